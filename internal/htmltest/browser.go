// Package htmltest opens pages in a real browser for tests of packages that make pages,
// and holds their templates against the types that they are executed with. Only tests
// import it.
package htmltest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Set DIARCHY_REQUIRE_BROWSER=1 where a missing browser, or a script that is not built,
// must fail a test rather than skip it.

// Unavailable skips the test, or fails it where a browser is required.
func Unavailable(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("DIARCHY_REQUIRE_BROWSER") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// chromium finds a browser.
func chromium(t testing.TB) string {
	t.Helper()
	for _, path := range []string{os.Getenv("DIARCHY_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"} {
		if _, err := os.Stat(path); path != "" && err == nil {
			return path
		}
	}
	Unavailable(t, "no chromium found; set DIARCHY_CHROMIUM to its path")
	return ""
}

// Tab is a page in a browser, with what it asked for and complained about.
type Tab struct {
	t        testing.TB
	Context  context.Context
	mu       sync.Mutex
	requests []string
	errors   []string
}

// New opens an empty tab, which is closed when the test ends.
func New(t testing.TB) *Tab {
	t.Helper()
	ctx, cancelAll := chromedp.NewExecAllocator(context.Background(), browserFlags(t)...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	ctx, cancelTime := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(func() { cancelTime(); cancelTab(); cancelAll() })
	tb := &Tab{t: t, Context: ctx}
	tb.Must(chromedp.Listen(ctx, tb.hear))
	return tb
}

func browserFlags(t testing.TB) []chromedp.ExecAllocatorOption {
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
func (tb *Tab) hear(event any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tb.requests = append(tb.requests, e.Request.URL)
	case *log.EventEntryAdded:
		tb.errors = append(tb.errors, string(e.Entry.Level)+": "+e.Entry.Text)
	case *cdpruntime.EventConsoleAPICalled:
		tb.errors = append(tb.errors, "console."+string(e.Type))
	case *cdpruntime.EventExceptionThrown:
		tb.errors = append(tb.errors, e.ExceptionDetails.Text)
	}
}

// Must fails the test on an error.
func (tb *Tab) Must(err error) {
	tb.t.Helper()
	if err != nil {
		tb.t.Fatal(err)
	}
}

// Do runs steps of the browser protocol.
func (tb *Tab) Do(f func(context.Context, *chromedp.Target) error) {
	tb.t.Helper()
	tb.Must(chromedp.Do(tb.Context, chromedp.Func(f)))
}

// Press sends keys to what has the focus.
func (tb *Tab) Press(keys string) {
	tb.t.Helper()
	tb.Must(chromedp.Do(tb.Context, chromedp.KeyEvent(keys)))
}

// Load opens an address and waits until it is there.
func (tb *Tab) Load(url string) {
	tb.t.Helper()
	tb.Must(chromedp.Do(tb.Context, chromedp.Navigate(url)))
}

// Viewport sets the width in CSS pixels.
func (tb *Tab) Viewport(width int64) {
	tb.t.Helper()
	tb.Must(chromedp.Do(tb.Context, chromedp.EmulateViewport(width, 900)))
}

// Scheme sets the colour scheme that the reader prefers.
func (tb *Tab) Scheme(scheme string) {
	tb.t.Helper()
	tb.Do(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// Eval evaluates an expression, awaiting it when it is a promise.
func Eval[T any](tb *Tab, js string) T {
	tb.t.Helper()
	v, err := chromedp.Run(tb.Context, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	tb.Must(err)
	return v
}

// Settled waits for two frames, in which charts follow a change.
func (tb *Tab) Settled() {
	tb.t.Helper()
	Eval[bool](tb, `new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))`)
}

// Complaints are what the page wrote to the console.
func (tb *Tab) Complaints() []string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return tb.errors
}

// Foreign are requests for anything but inline data and addresses that begin with own.
func (tb *Tab) Foreign(own ...string) []string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	var out []string
	for _, url := range tb.requests {
		if strings.HasPrefix(url, "data:") || slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(url, o) }) {
			continue
		}
		out = append(out, url)
	}
	return out
}

// Widest names what sticks out of the page.
func (tb *Tab) Widest() string {
	tb.t.Helper()
	return Eval[string](tb, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
		.slice(0, 5).map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 30)).join("; ")`)
}

// Unfold opens every detail, so that what is folded away is checked too.
func (tb *Tab) Unfold() {
	tb.t.Helper()
	Eval[bool](tb, `(() => { for (const d of document.querySelectorAll("details")) d.open = true; return true })()`)
	tb.Settled()
}

// Violations runs axe-core with the rules of WCAG 2.2 AA and good practice.
func (tb *Tab) Violations() []string {
	tb.t.Helper()
	axe, err := os.ReadFile(axePath())
	if err != nil {
		Unavailable(tb.t, "axe-core is not installed; run: npm --prefix web ci")
	}
	tb.Must(chromedp.Do(tb.Context, chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := chromedp.Evaluate[any](string(axe)+"; null")(ctx, s)
		return err
	})))
	report := Eval[string](tb, `axe.run().then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "))))`)
	var out []string
	tb.Must(json.Unmarshal([]byte(report), &out))
	return out
}

// axePath is where npm puts axe-core, whatever folder a test runs in.
func axePath() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "web", "node_modules", "axe-core", "axe.min.js")
}
