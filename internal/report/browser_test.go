package report

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// The pages are opened in a real browser. Set DIARCHY_REQUIRE_BROWSER=1 where a
// missing browser or bundle must fail rather than skip.

const axePath = "../../web/node_modules/axe-core/axe.min.js"

// unavailable skips the test, or fails it where a browser is required.
func unavailable(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("DIARCHY_REQUIRE_BROWSER") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// chromium finds a browser.
func chromium(t *testing.T) string {
	t.Helper()
	for _, path := range []string{os.Getenv("DIARCHY_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(path); path != "" && err == nil {
			return path
		}
	}
	unavailable(t, "no chromium found; set DIARCHY_CHROMIUM to its path")
	return ""
}

// needBundle skips where the charts' script or axe-core is not there.
func needBundle(t *testing.T) {
	t.Helper()
	if builtAssets().script == "" {
		unavailable(t, "the charts' script is not built; run: npm --prefix web ci && npm --prefix web run build")
	}
	if _, err := os.Stat(axePath); err != nil {
		unavailable(t, "axe-core is not installed; run: npm --prefix web ci")
	}
}

// tab is a page in a browser, with what it asked for and complained about.
type tab struct {
	t        *testing.T
	ctx      context.Context
	mu       sync.Mutex
	requests []string
	errors   []string
}

// open renders a diagnosis to a file and opens it.
func open(t *testing.T, d cockpit.Diagnosis, width int64, scheme string) *tab {
	t.Helper()
	tb := newTab(t)
	tb.viewport(width)
	tb.scheme(scheme)
	tb.load(writeFile(t, d))
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

func newTab(t *testing.T) *tab {
	t.Helper()
	ctx, cancelAll := chromedp.NewExecAllocator(context.Background(), browserFlags(t)...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	ctx, cancelTime := context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(func() { cancelTime(); cancelTab(); cancelAll() })
	tb := &tab{t: t, ctx: ctx}
	tb.must(chromedp.Listen(ctx, tb.hear))
	return tb
}

func browserFlags(t *testing.T) []chromedp.ExecAllocatorOption {
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium(t)), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()),
	}
	for _, name := range []string{"disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage"} {
		flags = append(flags, chromedp.Flag(name, true))
	}
	return flags
}

// hear records requests and complaints.
func (tb *tab) hear(event any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tb.requests = append(tb.requests, e.Request.URL)
	case *log.EventEntryAdded:
		tb.errors = append(tb.errors, string(e.Entry.Level)+": "+e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		tb.errors = append(tb.errors, "console."+string(e.Type))
	case *runtime.EventExceptionThrown:
		tb.errors = append(tb.errors, e.ExceptionDetails.Text)
	}
}

func (tb *tab) must(err error) {
	tb.t.Helper()
	if err != nil {
		tb.t.Fatal(err)
	}
}

func (tb *tab) do(f func(context.Context, *chromedp.Target) error) {
	tb.t.Helper()
	tb.must(chromedp.Do(tb.ctx, chromedp.Func(f)))
}

func (tb *tab) load(url string) {
	tb.t.Helper()
	tb.must(chromedp.Do(tb.ctx, chromedp.Navigate(url)))
}

func (tb *tab) viewport(width int64) {
	tb.t.Helper()
	tb.must(chromedp.Do(tb.ctx, chromedp.EmulateViewport(width, 900)))
}

// scheme sets the colour scheme that the reader prefers.
func (tb *tab) scheme(scheme string) {
	tb.t.Helper()
	tb.do(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// eval evaluates an expression, awaiting it when it is a promise.
func eval[T any](tb *tab, js string) T {
	tb.t.Helper()
	v, err := chromedp.Run(tb.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	tb.must(err)
	return v
}

// settled waits for two frames, in which charts follow a change.
func (tb *tab) settled() {
	tb.t.Helper()
	eval[bool](tb, `new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))`)
}

// complaints are what the page wrote to the console.
func (tb *tab) complaints() []string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return tb.errors
}

// foreign are requests for anything but the file itself and inline data.
func (tb *tab) foreign() []string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	var out []string
	for _, url := range tb.requests {
		if !strings.HasPrefix(url, "file://") && !strings.HasPrefix(url, "data:,") {
			out = append(out, url)
		}
	}
	return out
}
