package report

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/htmltest"
)

// A page with every mistake that the tests look for, so that their silence on
// ours means something.
func TestBrowserHearsMistakes(t *testing.T) {
	needBundle(t)
	path := filepath.Join(t.TempDir(), "bad.html")
	bad := `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="style-src 'none'"><p style="color:red">x</p>` +
		`<img src="http://127.0.0.1:9/x.png"><script>setTimeout(() => { throw new Error("x") })</script>`
	if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	tb := htmltest.New(t)
	tb.Load("file://" + path)
	tb.Settled()
	if len(tb.Foreign("file://")) != 1 {
		t.Errorf("requests heard: %q", tb.Foreign("file://"))
	}
	if len(tb.Complaints()) < 3 {
		t.Errorf("complaints heard: %q", tb.Complaints())
	}
	if got := tb.Violations(); len(got) < 3 {
		t.Errorf("violations seen: %q", got)
	}
}

func TestBrowserAsksForNothingAndComplainsOfNothing(t *testing.T) {
	needBundle(t)
	for name, d := range all() {
		t.Run(name, func(t *testing.T) {
			tb := open(t, d, 1280, "light")
			tb.Settled()
			hover(tb)
			if got := tb.Foreign("file://"); len(got) > 0 {
				t.Errorf("requests: %q", got)
			}
			if got := tb.Complaints(); len(got) > 0 {
				t.Errorf("console: %q", got)
			}
			if htmltest.Eval[bool](tb, `"pwned" in window`) {
				t.Error("foreign text was executed")
			}
		})
	}
}

// hover brings up the tooltip of every chart.
func hover(tb *htmltest.Tab) {
	htmltest.Eval[bool](tb, `(() => { for (const p of document.querySelectorAll(".plot svg")) {
		const r = p.getBoundingClientRect();
		p.dispatchEvent(new MouseEvent("mousemove", {bubbles: true, clientX: r.left + r.width / 2, clientY: r.top + r.height / 2}));
	} return true })()`)
	tb.Settled()
}

func TestBrowserDrawsEveryChart(t *testing.T) {
	needBundle(t)
	tb := open(t, sample(), 1280, "light")
	tb.Settled()
	if got := htmltest.Eval[int](tb, `[...document.querySelectorAll(".plot")].filter(p => p.querySelectorAll("svg path").length > 3).length`); got != 5 {
		t.Errorf("%d charts drawn, want 5", got)
	}
	if got := htmltest.Eval[int](tb, `document.querySelectorAll("details.twin[open]").length`); got != 0 {
		t.Errorf("%d tables stand open beside their drawing", got)
	}
	if got := htmltest.Eval[int](tb, `[...document.querySelectorAll(".plot")].filter(p => p.getAttribute("role") === "img" && p.getAttribute("aria-label").length > 30).length`); got != 5 {
		t.Errorf("%d charts have a text in the place of the picture, want 5", got)
	}
}

func TestBrowserDrawsDark(t *testing.T) {
	needBundle(t)
	tb := open(t, sample(), 1280, "light")
	light := colours(tb)
	tb.Scheme("dark")
	tb.Settled()
	dark := colours(tb)
	if light == dark {
		t.Errorf("page and charts look the same in light and dark: %s", dark)
	}
	tb.Scheme("light")
	tb.Settled()
	if again := colours(tb); again != light {
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
		tb.Settled()
		if got := htmltest.Eval[string](tb, `[...document.querySelectorAll(".plot svg text")].map(t => t.textContent).filter(t => /^[0-9.]+$/.test(t)).join(" ")`); got != c.want {
			t.Errorf("the axis of %s reads %q, want %q", c.unit, got, c.want)
		}
	}
}

// colours are those of the page and of what is drawn.
func colours(tb *htmltest.Tab) string {
	return htmltest.Eval[string](tb, `getComputedStyle(document.body).backgroundColor + " " +
		[...document.querySelectorAll(".plot svg path")].map(p => p.getAttribute("stroke")).filter(c => c && c !== "none").slice(0, 40).join(",")`)
}

func TestBrowserFitsEveryWidth(t *testing.T) {
	needBundle(t)
	for name, d := range map[string]cockpit.Diagnosis{"full": sample(), "empty": empty(), "hostile": hostile(), "300 people": big()} {
		tb := open(t, d, 320, "light")
		for _, width := range []int64{320, 390, 640, 800, 1024, 1280, 1920} {
			tb.Viewport(width)
			tb.Settled()
			tb.Unfold()
			if got := htmltest.Eval[int](tb, `document.documentElement.scrollWidth`); got > int(width) {
				t.Errorf("%s at %d: the page is %d wide; %s", name, width, got, tb.Widest())
			}
		}
	}
}

func TestBrowserIsAccessible(t *testing.T) {
	needBundle(t)
	for name, d := range map[string]cockpit.Diagnosis{"full": sample(), "empty": empty(), "chartless": chartless(), "300 people": big()} {
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{1280, 320} {
				t.Run(fmt.Sprintf("%s-%s-%d", name, scheme, width), func(t *testing.T) {
					tb := open(t, d, width, scheme)
					tb.Settled()
					tb.Unfold()
					for _, v := range tb.Violations() {
						t.Error(v)
					}
				})
			}
		}
	}
}

func TestBrowserReadsWithoutScripts(t *testing.T) {
	needBundle(t)
	tb := htmltest.New(t)
	tb.Viewport(1280)
	tb.Do(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	tb.Load(writeFile(t, sample()))
	if got := htmltest.Eval[int](tb, `[...document.querySelectorAll(".twin table")].filter(e => e.getBoundingClientRect().height > 40).length`); got != 5 {
		t.Errorf("%d tables can be read without scripts, want 5", got)
	}
	if got := htmltest.Eval[int](tb, `[...document.querySelectorAll(".plot")].filter(e => e.getBoundingClientRect().height > 0).length`); got != 0 {
		t.Errorf("%d empty places for drawings", got)
	}
}

func TestBrowserPrintsEverythingOpen(t *testing.T) {
	needBundle(t)
	tb := open(t, sample(), 1280, "dark")
	tb.Settled()
	pdf, err := chromedp.Run(tb.Context, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) < 50_000 {
		t.Errorf("a printed report of %d bytes", len(pdf))
	}
	if got := htmltest.Eval[int](tb, `document.querySelectorAll("details.more[open]").length`); got != 0 {
		t.Errorf("%d details stay open after printing", got)
	}
	tb.Do(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	})
	tb.Viewport(680)
	tb.Settled()
	if got := htmltest.Eval[string](tb, `getComputedStyle(document.body).backgroundColor`); got != "rgb(255, 255, 255)" {
		t.Errorf("paper is %s", got)
	}
	if got := htmltest.Eval[int](tb, `document.documentElement.scrollWidth`); got > 680 {
		t.Errorf("the printed page is %d wide; %s", got, tb.Widest())
	}
}
