package report

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/diarchy/diarchy/internal/htmltest"
)

// seen counts places of the chart that have a size.
const seen = `[...document.querySelectorAll("#organisation .place")].filter(p => p.getBoundingClientRect().height > 0 && p.checkVisibility({contentVisibilityAuto: true})).length`

// TestBrowserChartIsWalkedByKeyboard opens a fold of 300 people with the keyboard alone.
func TestBrowserChartIsWalkedByKeyboard(t *testing.T) {
	needBundle(t)
	tb := open(t, big(), 1280, "light")
	tb.Settled()
	before := htmltest.Eval[int](tb, seen)
	if before < 8 || before > 20 {
		t.Errorf("%d places are seen at first: the leaders and those below them", before)
	}
	if got := htmltest.Eval[bool](tb, `(() => { const s = [...document.querySelectorAll("#organisation details:not([open]) > summary")][0]; s.focus(); return document.activeElement === s })()`); !got {
		t.Fatal("a fold cannot be reached by keyboard")
	}
	tb.Press("\r")
	tb.Settled()
	if after := htmltest.Eval[int](tb, seen); after != before+6 {
		t.Errorf("%d places after opening a director's fold, want %d", after, before+6)
	}
}

// TestBrowserChartPrintsWhole prints what is folded too.
func TestBrowserChartPrintsWhole(t *testing.T) {
	needBundle(t)
	tb := open(t, big(), 680, "light")
	tb.Settled()
	tb.Do(func(ctx context.Context, s *chromedp.Target) error {
		_, err := cdp.Call(ctx, s, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	})
	tb.Settled()
	if got, want := htmltest.Eval[int](tb, seen), len(bigChart().Places); got != want {
		t.Errorf("%d of %d places are printed", got, want)
	}
}
