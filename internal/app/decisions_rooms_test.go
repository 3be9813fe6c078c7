package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// TestRecordsThatShareTheirNumber: the first record of each repository has the number 1, and is
// another decision all the same, in the room, in its links and on the agenda.
func TestRecordsThatShareTheirNumber(t *testing.T) {
	h := newHome(t)
	dir := bareWorkspace(t, h)
	sources := "sources:\n"
	for _, name := range []string{"alpha", "beta"} {
		r := gittest.New(t)
		r.Save("docs/adr/0001-architecture.md", "# 1. Architecture of "+name+"\n\n* Status: proposed\n")
		sources += "  - {git: " + r.Dir + ", name: " + name + "}\n"
	}
	edit(t, dir+"/diarchy.yaml", "sources:\n", sources)
	s := serveDir(t, dir)
	c := s.client()
	links := regexp.MustCompile(`href="(/decisions/record[^"]*)"`)
	for _, page := range []string{"/decisions", "/agreement/drift", "/search?q=architecture"} {
		_, text := s.get(c, page)
		found := links.FindAllStringSubmatch(text, -1)
		if len(found) < 2 {
			t.Errorf("%s: %d links to records\n%s", page, len(found), text)
		}
		said := ""
		for _, m := range found {
			status, text := s.get(c, strings.ReplaceAll(m[1], "&amp;", "&"))
			if status != http.StatusOK {
				t.Errorf("%s, from %s: status %d", m[1], page, status)
			}
			said += text
		}
		if !strings.Contains(said, "Architecture of alpha") || !strings.Contains(said, "Architecture of beta") {
			t.Errorf("%s: the links lead to one record", page)
		}
	}
	_, agenda := s.get(c, "/agreement/agenda")
	said := url.Values{"outcome": {"we split it"}}
	for _, m := range regexp.MustCompile(`type="hidden" name="(\w+)" value="([^"]*)"`).FindAllStringSubmatch(agenda[strings.Index(agenda, `"waiting alpha:`)-100:], 2) {
		said.Set(m[1], m[2])
	}
	text := s.post(c, "/agreement/agenda", said)
	if n := strings.Count(text, "Concluded on"); n != 1 || !strings.Contains(text, `value="waiting beta:docs/adr/0001-architecture.md"`) {
		t.Errorf("%d points concluded, want 1, and the other one open\n%s", n, text)
	}
}
