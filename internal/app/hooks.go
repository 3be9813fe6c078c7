package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/cdevents"
	"github.com/diarchy/diarchy/internal/source/csv"
	"github.com/diarchy/diarchy/internal/workspace"
)

// hook takes signed events that a system pushes, and keeps each as a line of the file that
// the system is read from: what is in the file when the answer is sent is not lost, and is
// read like any other.
type hook struct {
	admit admission
	file  string
	after func() // asks for the file to be read

	writing sync.Mutex // of the file
	mu      sync.Mutex
	next    *lines // wait for those that are being written; nil: none do
}

// admission looks at a request: it gives the line to keep, and what lets the same come again
// where it could not be kept.
type admission func(header http.Header, text []byte) (line []byte, release func(), err error)

// events admits CDEvents.
func events(gate *cdevents.Gate) admission {
	return func(header http.Header, text []byte) ([]byte, func(), error) {
		event, err := gate.Admit(header, text)
		if err != nil {
			return nil, nil, err
		}
		release := func() { gate.Release(event) }
		line, err := lineOf(header, text)
		if err == nil {
			_, err = cdevents.Parse(line) // what cannot be read again must not be kept
		}
		if err != nil {
			release()
		}
		return line, release, err
	}
}

// rows admits rows of what CSV files hold, as JSON.
func rows(gate *csv.Gate) admission {
	return func(header http.Header, text []byte) ([]byte, func(), error) {
		return gate.Admit(header.Get(source.SignatureHeader), text)
	}
}

// hookFiles are the systems that can be pushed to, with the file that keeps what comes.
var hookFiles = map[string]string{"cdevents": "events", "webhook": "items"}

// hooks are the webhooks of the workspace, by name: systems that are read from a file of
// what is pushed and have a secret, and those that say by one that something changed in them.
func (g *gate) hooks() (map[string]http.Handler, error) {
	s, err := g.served.host.documents(g.served.host.scope)
	if err != nil || s.doc == nil {
		return nil, err
	}
	out := map[string]http.Handler{}
	add := func(name string, h http.Handler) error {
		if out[name] != nil {
			return problem.New(problem.Invalid, "give each a name of its own", "two systems would be the webhook /hooks/%s", name)
		}
		out[name] = h
		return nil
	}
	for _, sys := range s.doc.Systems {
		if key, pushes := hookFiles[sys.System]; pushes && (sys.TokenEnv != "" || sys.TokenFile != "") {
			h, err := g.fileHook(s, sys, key)
			if err == nil {
				err = add(systemName(sys), h)
			}
			if err != nil {
				return nil, err
			}
		}
		secret, err := s.hookSecret(sys)
		if err == nil && secret != "" {
			err = add(systemName(sys), &knock{proofs[sys.System], []byte(secret), g.served.host.soon})
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fileHook is the webhook of a system that is read from a file of what is pushed.
func (g *gate) fileHook(s *session, sys workspace.System, key string) (*hook, error) {
	secret, err := s.token(sys)
	if err != nil {
		return nil, err
	}
	file := s.doc.FilesOf(sys)[key]
	if file == "" {
		return nil, problem.New(problem.Invalid, fmt.Sprintf("write files: {%s: %s.jsonl} in its entry", key, key), "the webhook of %s has no file to keep in what comes", systemName(sys))
	}
	if err := touch(file); err != nil { // read before the first event comes
		return nil, err
	}
	h := &hook{file: file, after: g.served.host.news}
	if sys.System == "cdevents" {
		h.admit = events(&cdevents.Gate{Secrets: [][]byte{[]byte(secret)}, Now: g.served.p.now})
		return h, nil
	}
	known, err := csv.NewGate(file, []byte(secret))
	if err != nil {
		return nil, err
	}
	h.admit = rows(known)
	return h, nil
}

// touch makes a file if it is not there.
func touch(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// hooked adds POST /hooks/NAME.
func hooked(mux *http.ServeMux, hooks map[string]http.Handler) {
	mux.HandleFunc("POST /hooks/{name}", func(w http.ResponseWriter, r *http.Request) {
		h := hooks[r.PathValue("name")]
		if h == nil {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// mostEvent is how long an event may be, in bytes.
const mostEvent = 1 << 20

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostEvent))
	if err != nil {
		http.Error(w, "it is too long", http.StatusRequestEntityTooLarge)
		return
	}
	line, release, err := h.admit(r.Header, text)
	switch {
	case errors.Is(err, source.ErrReplayed): // its sender did not hear that it arrived
		w.WriteHeader(http.StatusOK)
		return
	case errors.Is(err, source.ErrSignature):
		http.Error(w, "the signature is missing or wrong", http.StatusUnauthorized)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	if err := h.keep(line); err != nil {
		release()
		http.Error(w, "it could not be kept; send it again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	h.after()
}

// lineOf is an event in one line, with what its headers say of it.
func lineOf(header http.Header, text []byte) ([]byte, error) {
	var line bytes.Buffer
	if header.Get("Ce-Specversion") == "" {
		err := json.Compact(&line, text)
		return line.Bytes(), err
	}
	envelope := map[string]any{"datacontenttype": "application/json", "data": json.RawMessage(text)}
	for key := range header {
		if name, ok := strings.CutPrefix(strings.ToLower(key), "ce-"); ok {
			value, err := url.PathUnescape(header.Get(key))
			if err != nil {
				return nil, err
			}
			envelope[name] = value
		}
	}
	whole, err := json.Marshal(envelope)
	if err != nil {
		return nil, err
	}
	err = json.Compact(&line, whole)
	return line.Bytes(), err
}

// lines are events that are written to the disk together, with one wait for it.
type lines struct {
	text []byte
	done chan struct{} // closed when they are there, or err says why not
	err  error
}

// keep writes a line to the disk, together with those that come while others are written.
func (h *hook) keep(line []byte) error {
	h.mu.Lock()
	next, first := h.next, h.next == nil
	if first {
		next = &lines{done: make(chan struct{})}
		h.next = next
	}
	next.text = append(append(next.text, line...), '\n')
	h.mu.Unlock()
	if first {
		h.writing.Lock()
		h.mu.Lock()
		h.next = nil
		h.mu.Unlock()
		next.err = h.write(next.text)
		h.writing.Unlock()
		close(next.done)
	}
	<-next.done
	return next.err
}

func (h *hook) write(text []byte) (err error) {
	f, err := os.OpenFile(h.file, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := cutHalf(f); err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

// cutHalf takes off a line without an end: the machine stopped while it was written, and its
// sender did not hear that it arrived.
func cutHalf(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	tail := make([]byte, min(info.Size(), 2*mostEvent))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return err
	}
	if rest := len(tail) - 1 - bytes.LastIndexByte(tail, '\n'); rest > 0 {
		return f.Truncate(info.Size() - int64(rest))
	}
	return nil
}
