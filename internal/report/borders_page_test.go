package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/htmltest"
)

// TestBordersPage: the page holds the picture and the tables, is accessible in light and
// dark and on a small screen, and says what is not known.
func TestBordersPage(t *testing.T) {
	known := cockpit.Borders{Schema: cockpit.BordersSchema, AsOf: "2026-06-28", Summary: "Teams change each other's code", Changes: 1200, Across: 140, Unowned: 30,
		Pairs: []cockpit.BorderPair{{A: "pay<script>", B: "shop", Changes: 90}, {A: "shop", B: "data", Changes: 50}}, Areas: []cockpit.BorderArea{{Area: "web /pay/", Team: "shop", With: "pay", Changes: 60, Shared: 40}}}
	unknown := cockpit.Borders{Schema: cockpit.BordersSchema, Summary: "How much teams change each other's code is not known", How: "ownership:\n  - {team: pay, repository: web}", Skipped: []cockpit.Skipped{{Source: "web", What: "the clone", Why: "it is not there"}}}
	for name, b := range map[string]cockpit.Borders{"known": known, "unknown": unknown} {
		var buf bytes.Buffer
		if err := BordersHTML(&buf, b); err != nil {
			t.Fatal(err)
		}
		text := buf.String()
		if name == "known" && (strings.Count(text, `class="tie"`) != 2 || !strings.Contains(text, "140 of 1,200 changes") || strings.Contains(text, "<script")) {
			t.Errorf("%s: %s", name, text)
		}
		if name == "unknown" && (strings.Contains(text, "<svg class=\"between") || !strings.Contains(text, "ownership:") || !strings.Contains(text, "Not read: web")) {
			t.Errorf("%s: %s", name, text)
		}
		path := filepath.Join(t.TempDir(), "borders.html")
		if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, width := range []int64{1280, 320} {
			tb := htmltest.New(t)
			tb.Viewport(width)
			tb.Scheme(map[int64]string{1280: "light", 320: "dark"}[width])
			tb.Load("file://" + path)
			tb.Settled()
			tb.Unfold()
			for _, v := range tb.Violations() {
				t.Errorf("%s at %d: %s", name, width, v)
			}
			if got := htmltest.Eval[int](tb, `document.documentElement.scrollWidth`); got > int(width) {
				t.Errorf("%s at %d: the page is %d wide; %s", name, width, got, tb.Widest())
			}
			if got := append(tb.Foreign("file://"), tb.Complaints()...); len(got) > 0 {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
}
