package report

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// A page with every mistake that the tests look for, so that their silence on
// ours means something.
func TestBrowserHearsMistakes(t *testing.T) {
	needBundle(t)
	axe, err := os.ReadFile(axePath)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bad.html")
	bad := `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="style-src 'none'"><p style="color:red">x</p>` +
		`<img src="http://127.0.0.1:9/x.png"><script>setTimeout(() => { throw new Error("x") })</script>`
	if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	tb := newTab(t)
	tb.load("file://" + path)
	tb.settled()
	if len(tb.foreign()) != 1 {
		t.Errorf("requests heard: %q", tb.foreign())
	}
	if len(tb.complaints()) < 3 {
		t.Errorf("complaints heard: %q", tb.complaints())
	}
	if got := tb.violations(string(axe)); len(got) < 3 {
		t.Errorf("violations seen: %q", got)
	}
}

func TestBrowserAsksForNothingAndComplainsOfNothing(t *testing.T) {
	needBundle(t)
	for name, d := range all() {
		t.Run(name, func(t *testing.T) {
			tb := open(t, d, 1280, "light")
			tb.settled()
			tb.hover()
			if got := tb.foreign(); len(got) > 0 {
				t.Errorf("requests: %q", got)
			}
			if got := tb.complaints(); len(got) > 0 {
				t.Errorf("console: %q", got)
			}
			if eval[bool](tb, `"pwned" in window`) {
				t.Error("foreign text was executed")
			}
		})
	}
}

// hover brings up the tooltip of every chart.
func (tb *tab) hover() {
	tb.t.Helper()
	eval[bool](tb, `(() => { for (const p of document.querySelectorAll(".plot svg")) {
		const r = p.getBoundingClientRect();
		p.dispatchEvent(new MouseEvent("mousemove", {bubbles: true, clientX: r.left + r.width / 2, clientY: r.top + r.height / 2}));
	} return true })()`)
	tb.settled()
}

func TestBrowserDrawsEveryChart(t *testing.T) {
	needBundle(t)
	tb := open(t, sample(), 1280, "light")
	tb.settled()
	if got := eval[int](tb, `[...document.querySelectorAll(".plot")].filter(p => p.querySelectorAll("svg path").length > 3).length`); got != 5 {
		t.Errorf("%d charts drawn, want 5", got)
	}
	if got := eval[int](tb, `document.querySelectorAll("details.twin[open]").length`); got != 0 {
		t.Errorf("%d tables stand open beside their drawing", got)
	}
	if got := eval[int](tb, `[...document.querySelectorAll(".plot")].filter(p => p.getAttribute("role") === "img" && p.getAttribute("aria-label").length > 30).length`); got != 5 {
		t.Errorf("%d charts have a text in the place of the picture, want 5", got)
	}
}

func TestBrowserDrawsDark(t *testing.T) {
	needBundle(t)
	tb := open(t, sample(), 1280, "light")
	light := tb.colours()
	tb.scheme("dark")
	tb.settled()
	dark := tb.colours()
	if light == dark {
		t.Errorf("page and charts look the same in light and dark: %s", dark)
	}
	tb.scheme("light")
	tb.settled()
	if again := tb.colours(); again != light {
		t.Errorf("back in light: %s, was %s", again, light)
	}
}

func TestBrowserAxesEndWhereUnitsDo(t *testing.T) {
	needBundle(t)
	for _, c := range []struct {
		unit   string
		values []*float64
		want   string
	}{
		{"decisions", points(0, 1), "0 1"},
		{"%", points(40, 100), "0 25 50 75 100"},
	} {
		d := sample()
		d.Findings, d.History = nil, cockpit.History{}
		d.Charts = []cockpit.Chart{{ID: "one", Title: "One", Kind: "line", Unit: c.unit, X: []string{"2026-01", "2026-02"}, Series: []cockpit.Series{{Name: "One", Values: c.values}}}}
		tb := open(t, d, 1280, "light")
		tb.settled()
		if got := eval[string](tb, `[...document.querySelectorAll(".plot svg text")].map(t => t.textContent).filter(t => /^[0-9.]+$/.test(t)).join(" ")`); got != c.want {
			t.Errorf("the axis of %s reads %q, want %q", c.unit, got, c.want)
		}
	}
}

// colours are those of the page and of what is drawn.
func (tb *tab) colours() string {
	tb.t.Helper()
	return eval[string](tb, `getComputedStyle(document.body).backgroundColor + " " +
		[...document.querySelectorAll(".plot svg path")].map(p => p.getAttribute("stroke")).filter(c => c && c !== "none").slice(0, 40).join(",")`)
}

func TestBrowserFitsEveryWidth(t *testing.T) {
	needBundle(t)
	for name, d := range map[string]cockpit.Diagnosis{"full": sample(), "empty": empty(), "hostile": hostile(), "300 people": big()} {
		tb := open(t, d, 320, "light")
		for _, width := range []int64{320, 390, 640, 800, 1024, 1280, 1920} {
			tb.viewport(width)
			tb.settled()
			tb.unfold()
			if got := eval[int](tb, `document.documentElement.scrollWidth`); got > int(width) {
				t.Errorf("%s at %d: the page is %d wide; %s", name, width, got, tb.widest())
			}
		}
	}
}

// widest names what sticks out of the page.
func (tb *tab) widest() string {
	tb.t.Helper()
	return eval[string](tb, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
		.slice(0, 5).map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 30)).join("; ")`)
}

func TestBrowserIsAccessible(t *testing.T) {
	needBundle(t)
	axe, err := os.ReadFile(axePath)
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]cockpit.Diagnosis{"full": sample(), "empty": empty(), "chartless": chartless(), "300 people": big()} {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 320} {
				t.Run(fmt.Sprintf("%s-%s-%d", name, scheme, width), func(t *testing.T) {
					tb := open(t, d, width, scheme)
					tb.settled()
					tb.unfold()
					for _, v := range tb.violations(string(axe)) {
						t.Error(v)
					}
				})
			}
		}
	}
}

// unfold opens every detail, so that what is folded away is checked too.
func (tb *tab) unfold() {
	tb.t.Helper()
	eval[bool](tb, `(() => { for (const d of document.querySelectorAll("details")) d.open = true; return true })()`)
	tb.settled()
}

// violations runs axe-core with the rules of WCAG 2.2 AA and good practice.
func (tb *tab) violations(axe string) []string {
	tb.t.Helper()
	tb.must(chromedp.Do(tb.ctx, chromedp.Func(func(ctx context.Context, s *chromedp.Target) error {
		_, err := chromedp.Evaluate[any](axe+"; null")(ctx, s)
		return err
	})))
	report := eval[string](tb, `axe.run().then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | "))))`)
	var out []string
	tb.must(json.Unmarshal([]byte(report), &out))
	return out
}

func TestBrowserReadsWithoutScripts(t *testing.T) {
	needBundle(t)
	tb := newTab(t)
	tb.viewport(1280)
	tb.do(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	tb.load(writeFile(t, sample()))
	if got := eval[int](tb, `[...document.querySelectorAll(".twin table")].filter(e => e.getBoundingClientRect().height > 40).length`); got != 5 {
		t.Errorf("%d tables can be read without scripts, want 5", got)
	}
	if got := eval[int](tb, `[...document.querySelectorAll(".plot")].filter(e => e.getBoundingClientRect().height > 0).length`); got != 0 {
		t.Errorf("%d empty places for drawings", got)
	}
}

func TestBrowserPrintsEverythingOpen(t *testing.T) {
	needBundle(t)
	tb := open(t, sample(), 1280, "dark")
	tb.settled()
	pdf, err := chromedp.Run(tb.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) < 50_000 {
		t.Errorf("a printed report of %d bytes", len(pdf))
	}
	if got := eval[int](tb, `document.querySelectorAll("details.more[open]").length`); got != 0 {
		t.Errorf("%d details stay open after printing", got)
	}
	tb.do(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	})
	tb.viewport(680)
	tb.settled()
	if got := eval[string](tb, `getComputedStyle(document.body).backgroundColor`); got != "rgb(255, 255, 255)" {
		t.Errorf("paper is %s", got)
	}
	if got := eval[int](tb, `document.documentElement.scrollWidth`); got > 680 {
		t.Errorf("the printed page is %d wide; %s", got, tb.widest())
	}
}
