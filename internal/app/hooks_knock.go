package app

import (
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/diarchy/diarchy/internal/source"
)

// knock takes the word of a system that is asked by its API that something changed there, and
// has it read soon. What the word says is not looked at beyond its proof: facts are only what
// the system answers, so that a word which is repeated, late or lost does no harm.
type knock struct {
	proves proof
	secret []byte
	after  func()
}

// proof tells whether a request comes from who has the secret.
type proof func(header http.Header, body io.Reader, secret []byte) (bool, error)

// signedIn is the proof of a header that signs the body.
func signedIn(name string) proof {
	return func(header http.Header, body io.Reader, secret []byte) (bool, error) {
		return source.SignedStream(header.Get(name), body, secret)
	}
}

// tokenIn is the proof of a header that is the secret.
func tokenIn(name string) proof {
	return func(header http.Header, _ io.Reader, secret []byte) (bool, error) {
		return len(secret) > 0 && subtle.ConstantTimeCompare([]byte(header.Get(name)), secret) == 1, nil
	}
}

// proofs are how each system says who it is.
var proofs = map[string]proof{
	"github": signedIn(source.SignatureHeader), "gitea": signedIn(source.SignatureHeader), "forgejo": signedIn(source.SignatureHeader),
	"gitlab": tokenIn("X-Gitlab-Token"), "jira": signedIn("X-Hub-Signature"),
}

// mostKnock is how long a word may be, in bytes: GitHub's are no longer.
const mostKnock = 25 << 20

func (k *knock) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	proven, err := k.proves(r.Header, http.MaxBytesReader(w, r.Body, mostKnock), k.secret)
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		http.Error(w, "it is too long", http.StatusRequestEntityTooLarge)
	case err != nil:
		http.Error(w, "it did not arrive whole", http.StatusBadRequest)
	case !proven:
		http.Error(w, "the signature is missing or wrong", http.StatusUnauthorized)
	default:
		w.WriteHeader(http.StatusAccepted)
		k.after()
	}
}

// How long after a word the sources are read: words that come together are one run, and such
// runs leave a while between them.
const (
	knockSettles = 5 * time.Second
	knocksApart  = time.Minute
)

// soon asks for a run shortly, also where one is under way: it may have read already what changed.
func (h *host) soon() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.coming {
		return
	}
	h.coming = true
	wait := h.settles
	if len(h.runs) > 0 {
		wait = max(wait, min(h.apart, h.apart-h.now().Sub(h.runs[0].Ended)))
	}
	time.AfterFunc(wait, func() {
		h.mu.Lock()
		h.coming = false
		h.mu.Unlock()
		h.news()
	})
}
