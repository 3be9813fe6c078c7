package web

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/diarchy/diarchy/internal/htmltest"
)

// hostile is a text that does something in every place where texts are not kept apart
// from markup, scripts, addresses and styles.
const hostile = `"'><script>window.pwned=1</script><img src=x onerror="window.pwned=1">{{.}}</style><style>*{display:none}</style>javascript:window.pwned=1` + "\u202e\x1b[31m"

// signedIn is a tab in which somebody has signed in.
func (s *site) signedIn(t *testing.T, session string) *htmltest.Tab {
	t.Helper()
	tb := htmltest.New(t)
	tb.Do(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "diarchy", Value: session, URL: s.url})
		return err
	})
	return tb
}

// TestStoredScriptsDoNothing puts scripts into every text of every page (T7).
func TestStoredScriptsDoNothing(t *testing.T) {
	s := newSite(t, hostile)
	tb := s.signedIn(t, "all")
	tb.Viewport(1280)
	for _, path := range s.roomsOf() {
		tb.Load(s.url + path)
		tb.Settled()
		if htmltest.Eval[bool](tb, `"pwned" in window`) {
			t.Errorf("%s: a stored script ran", path)
		}
		if n := htmltest.Eval[int](tb, `document.querySelectorAll("main img, main script, main style, main [onerror], main iframe").length`); n > 0 {
			t.Errorf("%s: %d elements of foreign making", path, n)
		}
		if n := htmltest.Eval[int](tb, `[...document.querySelectorAll("a[href]")].filter(a => !a.href.startsWith(location.origin)).length`); n > 0 {
			t.Errorf("%s: %d links lead elsewhere", path, n)
		}
		if htmltest.Eval[int](tb, `document.querySelector("main").getBoundingClientRect().height|0`) < 50 {
			t.Errorf("%s: the page is gone", path)
		}
	}
	if got := tb.Complaints(); len(got) > 0 {
		t.Errorf("console: %q", got)
	}
	if got := tb.Foreign(s.url); len(got) > 0 {
		t.Errorf("requests: %q", got)
	}
}

func TestRoomsFitNarrowScreens(t *testing.T) {
	s := newSite(t, "a text of a few words, and averyveryverylongwordthatdoesnotendbeforethescreendoes")
	tb := s.signedIn(t, "all")
	for _, width := range []int64{320, 768} {
		tb.Viewport(width)
		for _, path := range s.roomsOf() {
			tb.Load(s.url + path)
			tb.Settled()
			if got := htmltest.Eval[int](tb, `document.documentElement.scrollWidth`); got > int(width) {
				t.Errorf("%s at %d: the page is %d wide; %s", path, width, got, tb.Widest())
			}
		}
	}
}

// TestRoomsPrint: what is for the screen alone is left out, and no table or list is cut.
func TestRoomsPrint(t *testing.T) {
	s := newSite(t, "text")
	tb := s.signedIn(t, "all")
	tb.Viewport(794) // of a sheet of A4
	tb.Do(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	})
	for _, path := range s.roomsOf() {
		tb.Load(s.url + path)
		tb.Settled()
		if got := htmltest.Eval[int](tb, `[...document.querySelectorAll(".rooms, form.place, .find, .who, .exports, .theme, .tabs")].filter(e => e.getBoundingClientRect().height > 0).length`); got != 0 {
			t.Errorf("%s: %d things for the screen are printed", path, got)
		}
		if got := htmltest.Eval[int](tb, `[...document.querySelectorAll("main *")].filter(e => e.clientHeight > 0 && e.scrollHeight > e.clientHeight + 4 && getComputedStyle(e).overflowY != "visible").length`); got != 0 {
			t.Errorf("%s: %d parts are cut", path, got)
		}
		if got := htmltest.Eval[int](tb, `[...document.querySelectorAll("main .scroll")].filter(e => getComputedStyle(e).maxHeight != "none").length`); got != 0 {
			t.Errorf("%s: %d tables are cut when they are long", path, got)
		}
		if got := htmltest.Eval[int](tb, `document.querySelector("main").getBoundingClientRect().height|0`); got < 50 {
			t.Errorf("%s: nothing is printed", path)
		}
	}
}

// TestReducedMotion: nothing moves for who asked for that.
func TestReducedMotion(t *testing.T) {
	s := newSite(t, "text")
	tb := s.signedIn(t, "all")
	tb.Viewport(1280)
	moving := func(path string) int {
		tb.Load(s.url + path)
		tb.Settled()
		// something that would move, whatever pages hold
		return htmltest.Eval[int](tb, `(() => { const e = document.body.appendChild(document.createElement("p")); e.style.animation = "turn 1s"; e.style.transition = "all 1s"; })(), [...document.querySelectorAll("*")].filter(e => { const c = getComputedStyle(e); return c.scrollBehavior == "smooth" || parseFloat(c.transitionDuration) > 0 && c.transitionProperty != "none" || c.animationName != "none" }).length`)
	}
	tb.Do(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	})
	if !htmltest.Eval[bool](tb, `matchMedia("(prefers-reduced-motion: reduce)").matches`) {
		t.Fatal("the browser does not ask for it")
	}
	for _, path := range s.roomsOf() {
		if n := moving(path); n > 0 {
			t.Errorf("%s: %d elements move", path, n)
		}
	}
}

func TestRoomsReadWithoutScripts(t *testing.T) {
	s := newSite(t, "text")
	tb := s.signedIn(t, "all")
	tb.Viewport(1280)
	tb.Do(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	for _, path := range s.roomsOf() {
		tb.Load(s.url + path)
		if got := htmltest.Eval[int](tb, `[...document.querySelectorAll(".plot")].filter(e => e.getBoundingClientRect().height > 0).length`); got != 0 {
			t.Errorf("%s: %d empty places for drawings", path, got)
		}
		if got := htmltest.Eval[int](tb, `[...document.querySelectorAll(".twin table")].filter(e => e.getBoundingClientRect().height < 20).length`); got != 0 {
			t.Errorf("%s: %d tables cannot be read", path, got)
		}
	}
}

func TestKeys(t *testing.T) {
	s := newSite(t, "text")
	if s.server.files.keys.name == "" {
		htmltest.Unavailable(t, "the rooms' script is not built; run: npm --prefix web ci && npm --prefix web run build")
	}
	tb := s.signedIn(t, "all")
	tb.Viewport(1280)
	tb.Load(s.url + "/?as_of=2026-03-01")
	at := func() string { return htmltest.Eval[string](tb, `location.pathname + location.search`) }
	press := func(keys string) {
		t.Helper()
		tb.Must(chromedp.Do(tb.Context, chromedp.KeyEvent(keys)))
	}
	press("gv")
	waitFor(tb, `location.pathname === "/vpe"`)
	if got := at(); got != "/vpe?as_of=2026-03-01" {
		t.Errorf("g v leads to %s", got)
	}
	press("/")
	if got := htmltest.Eval[string](tb, `document.activeElement.name`); got != "q" {
		t.Errorf("/ goes to %s", got)
	}
	press("gc") // letters of a search
	if got := htmltest.Eval[string](tb, `document.activeElement.value`); !strings.HasSuffix(got, "gc") {
		t.Errorf("the search holds %q", got)
	}
	tb.Load(s.url + "/?as_of=2026-03-01")
	press("?")
	waitFor(tb, `location.pathname === "/help"`)
	tb.Must(chromedp.Do(tb.Context, chromedp.KeyEvent("k", chromedp.KeyModifiers(2))))
	waitFor(tb, `!!document.querySelector("dialog[open]")`)
	for _, v := range tb.Violations() {
		t.Errorf("palette: %s", v)
	}
	press("agree")
	press("\r")
	waitFor(tb, `location.pathname === "/agreement"`)

	tb.Load(s.url + "/help")
	for _, v := range tb.Violations() {
		t.Errorf("help: %s", v)
	}
	htmltest.Eval[bool](tb, `document.querySelector(".switch input").focus(), true`)
	press(" ") // off
	for _, key := range []string{"gv", "/", "?"} {
		tb.Load(s.url + "/cto")
		press(key)
		tb.Settled()
		if got := htmltest.Eval[string](tb, `location.pathname + document.activeElement.tagName`); got != "/ctoBODY" {
			t.Errorf("%s acts though it was turned off: %s", key, got)
		}
	}
	tb.Load(s.url + "/help")
	if htmltest.Eval[bool](tb, `document.querySelector(".switch input").checked`) {
		t.Error("the switch forgets where it stands")
	}
	htmltest.Eval[bool](tb, `document.querySelector(".switch input").focus(), true`)
	press(" ")
	press("\t") // away from the switch
	press("gv")
	waitFor(tb, `location.pathname === "/vpe"`)
	if got := tb.Complaints(); len(got) > 0 {
		t.Errorf("console: %q", got)
	}
}

// TestChoosingStays: a page is loaded when it is asked for, and not when something is chosen in a list.
func TestChoosingStays(t *testing.T) {
	s := newSite(t, "red")
	tb := s.signedIn(t, "all")
	tb.Viewport(1280)
	tb.Load(s.url + "/vpe")
	for list, value := range map[string]string{"scope": "team:red", "period": "year"} {
		htmltest.Eval[bool](tb, `(() => { const list = document.querySelector(".place [name=`+list+`]"); list.value = "`+value+`"; return list.dispatchEvent(new Event("change", { bubbles: true })) })()`)
	}
	tb.Settled()
	if got := htmltest.Eval[string](tb, `location.pathname + location.search`); got != "/vpe" {
		t.Errorf("choosing leads to %s", got)
	}
	tb.Must(chromedp.Do(tb.Context, chromedp.Click(".place button")))
	waitFor(tb, `new URLSearchParams(location.search).get("scope") === "team:red" && new URLSearchParams(location.search).get("period") === "year"`)
}

// waitFor waits until an expression is true.
func waitFor(tb *htmltest.Tab, js string) {
	for range 50 {
		ok, err := chromedp.Run(tb.Context, chromedp.Evaluate[bool](js))
		if err == nil && ok && strings.Contains(htmltest.Eval[string](tb, `document.readyState`), "complete") {
			return
		}
		tb.Settled()
	}
	tb.Must(errNever(js))
}

type errNever string

func (e errNever) Error() string { return "never so: " + string(e) }
