package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/htmltest"
)

// The pages are opened in a real browser. Set DIARCHY_REQUIRE_BROWSER=1 where a
// missing browser or bundle must fail rather than skip.

// needBundle skips where the charts' script or axe-core is not there.
func needBundle(t *testing.T) {
	t.Helper()
	if builtAssets().script == "" {
		htmltest.Unavailable(t, "the charts' script is not built; run: npm --prefix web ci && npm --prefix web run build")
	}
}

// open renders a diagnosis to a file and opens it.
func open(t *testing.T, d cockpit.Diagnosis, width int64, scheme string) *htmltest.Tab {
	t.Helper()
	tb := htmltest.New(t)
	tb.Viewport(width)
	tb.Scheme(scheme)
	tb.Load(writeFile(t, d))
	return tb
}

func writeFile(t *testing.T, d cockpit.Diagnosis) string {
	t.Helper()
	var buf bytes.Buffer
	if err := HTML(&buf, d); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}
