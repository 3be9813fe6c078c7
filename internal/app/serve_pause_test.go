package app_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/app"
)

// again starts the server of a workspace once more: it reads at once, unless it is paused.
func (s *serving) again() *serving {
	s.t.Helper()
	s.stop()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	next := &serving{t: s.t, dir: s.dir, log: &lockedBuffer{}}
	ended := make(chan int, 1)
	go func() {
		ended <- app.Run(ctx, []string{"serve", "--workspace", s.dir, "--listen", "127.0.0.1:0", "--every", "24h"}, newHome(s.t).env, strings.NewReader(""), in, next.log)
		in.Close()
	}()
	s.t.Cleanup(func() { cancel(); <-ended })
	lines := bufio.NewScanner(out)
	for next.address == "" && lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "Diarchy is at "); ok {
			next.address = rest
		}
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // what else is printed
	if next.address == "" {
		s.t.Fatalf("it did not start: %s", next.log)
	}
	return next
}

func (s *serving) post(c *http.Client, path string, form url.Values) string {
	s.t.Helper()
	resp, err := c.PostForm(s.address+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: status %d, %v", path, resp.StatusCode, err)
	}
	return string(text)
}

// reads tells whether the sources are read within a time.
func (s *serving) reads(within time.Duration) bool {
	s.t.Helper()
	const read = `msg="sources read"`
	before := strings.Count(s.log.String(), read)
	for until := time.Now().Add(within); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if strings.Count(s.log.String(), read) > before {
			return true
		}
	}
	return false
}

// TestPause: a pause holds until somebody ends it, also over a restart; who did either
// stands in the audit trail. What is asked for is read all the same.
func TestPause(t *testing.T) {
	c := newErasedCompany(t, "")
	s := serveDir(t, c.dir)
	browser := s.client()
	if text := s.post(browser, "/data/pause", nil); !strings.Contains(text, "Paused since") || !strings.Contains(text, "/data/resume") {
		t.Error("the page does not say that it is paused")
	}
	s = s.again()
	if s.reads(4 * time.Second) {
		t.Error("sources are read while that is paused")
	}
	s.post(browser, "/data/refresh", nil)
	if !s.reads(time.Minute) {
		t.Error("sources are not read when somebody asks")
	}

	if text := s.post(browser, "/data/resume", nil); !strings.Contains(text, "/data/pause") {
		t.Error("the page does not say that it goes on")
	}
	if !s.reads(time.Minute) {
		t.Error("sources are not read after the pause")
	}
	out := strings.Join(strings.Fields(c.ok(c.on("audit", "show", "--last", "100")...)), " ")
	if !strings.Contains(out, "sync.pause sources") || !strings.Contains(out, "sync.resume sources") || strings.Count(out, "sync.pause") != 1 {
		t.Errorf("the audit trail: %s", out)
	}
	c.ok(c.on("audit", "verify")...)
}
