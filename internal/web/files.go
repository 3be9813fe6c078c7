package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

//go:embed rooms.css
var roomsStyle string

// assetFiles holds rooms.js when web/ was built before the program.
//
//go:embed assets
var assetFiles embed.FS

// file is a file of the site, packed once.
type file struct {
	name   string // with a hash of its contents, so that it can be kept for ever
	kind   string
	plain  []byte
	packed []byte
}

// files are those of the site, by what they are for.
type files struct {
	style, charts, keys file
}

// builtFiles are those that this program was compiled with. Without the scripts pages
// are whole: they show tables, and keys do nothing.
func builtFiles() files {
	keys, _ := assetFiles.ReadFile("assets/rooms.js")
	return files{
		style:  newFile("style", "css", "text/css; charset=utf-8", report.Stylesheet()+roomsStyle),
		charts: newFile("charts", "js", "text/javascript; charset=utf-8", report.ChartScript()),
		keys:   newFile("rooms", "js", "text/javascript; charset=utf-8", string(keys)),
	}
}

func newFile(name, ext, kind, text string) file {
	if text == "" {
		return file{}
	}
	sum := sha256.Sum256([]byte(text))
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is a constant that exists
	_, _ = z.Write([]byte(text))                               // memory does not fail
	_ = z.Close()
	return file{name: name + "-" + hex.EncodeToString(sum[:6]) + "." + ext, kind: kind, plain: []byte(text), packed: packed.Bytes()}
}

func (f file) address() string {
	if f.name == "" {
		return ""
	}
	return "/assets/" + f.name
}

// asset sends a file; its name says what it holds, so browsers keep it.
func (s *Server) asset(r *request) error {
	for _, f := range []file{s.files.style, s.files.charts, s.files.keys} {
		if f.name == "" || f.name != r.PathValue("file") {
			continue
		}
		h := r.w.Header()
		h.Set("Content-Type", f.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		body := f.plain
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = f.packed
		}
		r.w.WriteHeader(http.StatusOK)
		_, err := r.w.Write(body)
		return err
	}
	return problem.New(problem.Missing, "", "there is no file %q", r.PathValue("file"))
}
