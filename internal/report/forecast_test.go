package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"golang.org/x/net/html"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/htmltest"
)

// sampleForecast is of two pieces of work and a date, with a record that moved dates.
func sampleForecast() cockpit.Forecast {
	share := func(x float64) *float64 { return &x }
	return cockpit.Forecast{
		Schema: cockpit.ForecastSchema, Scope: "team:Payments", AsOf: "2026-10-31", Unit: "changes", Start: "2026-11-01",
		Headline: "Both pieces of work by 18 January 2027", Summary: "Both pieces of work: finished by 18 January 2027 with a chance of 85 %, by 21 December 2026 with one of 50 %.",
		Pieces: []cockpit.ForecastPiece{
			{Name: "Invoices", Low: 25, High: 25, Weeks: 3.2, Record: 4,
				Dates: []cockpit.ForecastDate{{Chance: 0.5, Date: "2026-11-23", Share: 0.5, Uncorrected: "2026-11-23"}, {Chance: 0.7, Date: "2026-11-27", Share: 0.72, Uncorrected: "2026-11-26"}, {Chance: 0.85, Date: "2026-12-04", Share: 0.9, Uncorrected: "2026-12-01"}, {Chance: 0.95, Date: "2026-12-15", Share: 0.98, Uncorrected: "2026-12-09"}},
				Bins:  []cockpit.ForecastBin{{From: "2026-11-10", To: "2026-11-16", Share: 0.08, Until: 0.08}, {From: "2026-11-17", To: "2026-11-23", Share: 0.44, Until: 0.52}, {From: "2026-11-24", To: "2026-11-30", Share: 0.3, Until: 0.82}, {From: "2026-12-01", To: "2026-12-07", Share: 0.12, Until: 0.94}, {From: "2026-12-08", To: "2026-12-14", Share: 0.04, Until: 0.98}, {From: "2026-12-15", To: "2026-12-21", Share: 0.015, Until: 0.995}}},
			{Name: "Refunds", Low: 10, High: 15, Weeks: 7, Record: 8,
				Dates: []cockpit.ForecastDate{{Chance: 0.5, Date: "2026-12-21", Share: 0.5, Uncorrected: "2026-12-21"}, {Chance: 0.7, Date: "2027-01-04", Share: 0.7, Uncorrected: "2027-01-04"}, {Chance: 0.85, Date: "2027-01-18", Share: 0.85, Uncorrected: "2027-01-18"}, {Chance: 0.95}},
				Bins:  []cockpit.ForecastBin{{From: "2026-12-08", To: "2027-01-04", Share: 0.7, Until: 0.7}, {From: "2027-01-05", To: "2027-02-01", Share: 0.2, Until: 0.9}}},
		},
		By:    &cockpit.ForecastBy{Date: "2026-12-31", Record: 8, Counts: []cockpit.ForecastCount{{Chance: 0.5, Items: 61, Share: 0.5}, {Chance: 0.85, Items: 48, Share: 0.9}}},
		Basis: &cockpit.ForecastBasis{From: "2025-11-03", To: "2026-11-01", Weeks: 52, Items: 390, Zero: 1, Recent: 7.53, Note: "the newest year", History: 120},
		Record: cockpit.ForecastRecord{Origins: 110, Refused: 2, Summary: "Of 100 past forecasts over 8 weeks, 79 % finished by their 85 % date.", Scores: []cockpit.ForecastScore{
			{Weeks: 4, Chance: 0.85, Forecasts: 104, Held: 83, Share: share(0.8), Uncorrected: share(0.75), Blocks: 26, Low: 0.62, High: 0.91},
			{Weeks: 8, Chance: 0.85, Forecasts: 100, Held: 79, Share: share(0.79), Uncorrected: share(0.7), Blocks: 12, Low: 0.51, High: 0.93},
			{Weeks: 8, Chance: 0.95, High: 1},
		}},
		Assumed: []cockpit.Fact{{Label: "focus", Value: "60 % of what is finished goes into this work"}}, Warnings: []string{"the newest commit is of 2026-10-31"},
		Method: []string{"Futures are blocks of past weeks."}, Trials: 100_000, Seed: 7, Skipped: []cockpit.Skipped{},
	}
}

func refusedForecast() cockpit.Forecast {
	return cockpit.Forecast{Schema: cockpit.ForecastSchema, Scope: "company", AsOf: "2026-10-31", Unit: "changes", Start: "2026-11-01", Summary: "No forecast: there are 6 complete weeks since the first finished item; 10 are needed, 4 more.",
		Refused: &cockpit.ForecastRefusal{Kind: "short", Why: "there are 6 complete weeks", Missing: "10 are needed", Supply: "git fetch --unshallow"}}
}

func hostileForecast() cockpit.Forecast {
	f, n := sampleForecast(), 0
	poison(reflect.ValueOf(&f).Elem(), &n)
	return f
}

func forecasts() map[string]cockpit.Forecast {
	return map[string]cockpit.Forecast{"sample": sampleForecast(), "refused": refusedForecast(), "hostile": hostileForecast(), "empty": {}}
}

func forecastText(t *testing.T, f cockpit.Forecast, opts TerminalOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := Forecast(&out, f, opts); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func forecastPageOf(t *testing.T, f cockpit.Forecast) *html.Node {
	t.Helper()
	var out bytes.Buffer
	if err := ForecastHTML(&out, f); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&out)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestForecastGolden(t *testing.T) {
	golden(t, "forecast.txt", forecastText(t, sampleForecast(), TerminalOptions{Width: 80}))
	golden(t, "forecast-refused.txt", forecastText(t, refusedForecast(), TerminalOptions{Width: 80}))
	var md bytes.Buffer
	if err := ForecastMarkdown(&md, sampleForecast()); err != nil {
		t.Fatal(err)
	}
	golden(t, "forecast.md", md.String())
}

func TestForecastFitsTheTerminal(t *testing.T) {
	for name, f := range forecasts() {
		for width := 40; width <= 100; width += 5 {
			for line := range strings.SplitSeq(forecastText(t, f, TerminalOptions{Width: width, Color: true}), "\n") {
				line = sgr.ReplaceAllString(line, "")
				if w := uniseg.StringWidth(line); w > width || strings.TrimRight(line, " ") != line {
					t.Fatalf("%s at %d: %d columns: %q", name, width, w, line)
				}
			}
		}
	}
}

func TestForecastForeignTextIsInert(t *testing.T) {
	if bad := containsAny(forecastText(t, hostileForecast(), TerminalOptions{Width: 80}), "\x1b", "\r", "\u202e", "\x00"); bad != "" {
		t.Errorf("%q reaches the terminal", bad)
	}
	var md bytes.Buffer
	if err := ForecastMarkdown(&md, hostileForecast()); err != nil {
		t.Fatal(err)
	}
	if bad := containsAny(md.String(), "<script", "](http", "\x1b"); bad != "" {
		t.Errorf("%q is in\n%s", bad, md.String())
	}
	for name, f := range forecasts() {
		root := forecastPageOf(t, f)
		if n := len(find(root, "script")) + len(find(root, "img")) + len(find(root, "iframe")); n != 0 {
			t.Errorf("%s: %d elements that run or load something", name, n)
		}
		for n := range root.Descendants() {
			for _, x := range n.Attr {
				if x.Key == "href" && x.Val != "data:," && !strings.HasPrefix(x.Val, "#") || x.Key == "src" || x.Key == "style" || strings.HasPrefix(x.Key, "on") {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, x.Key, x.Val)
				}
			}
		}
		csp := attr(find(root, "meta[http-equiv=Content-Security-Policy]")[0], "content")
		if !strings.Contains(csp, hash(find(root, "style")[0].FirstChild.Data)) || !strings.Contains(csp, "script-src 'none'") {
			t.Errorf("%s: the policy does not fit the page: %s", name, csp)
		}
	}
}

// The chart says what its table says: a bar for each row, as high as its share, and a
// mark for each date that there is, at its place between the first day and the last.
func TestForecastChartSaysWhatTheTableSays(t *testing.T) {
	f := sampleForecast()
	root := forecastPageOf(t, f)
	if bars, marks := len(find(root, "rect.bar")), len(find(root, "line.mark")); bars != 8 || marks != 7 {
		t.Errorf("%d bars and %d marks, want 8 and 7", bars, marks)
	}
	p := plotForecast(f.Pieces[0])
	for i, b := range p.Bars {
		share := f.Pieces[0].Bins[i].Share
		if want := 0.8 * (plotBase - plotTop) * share / 0.44; b.Height < want-0.1 || b.Height > want+0.1 || b.Y+b.Height > plotBase+0.1 || b.Y+b.Height < plotBase-0.1 {
			t.Errorf("bar %d is %v high from %v on, want %v", i, b.Height, b.Y, want)
		}
	}
	// 23 November ends after 14 of 42 days.
	if m, want := p.Marks[0], round1(plotLeft+(plotRight-plotLeft)*14/42); m.X != want || m.Text != "50 %: 23 November 2026" {
		t.Errorf("the first mark %q stands at %v, want %v", m.Text, m.X, want)
	}
	if !slices.IsSortedFunc(p.Marks, func(a, b plotMark) int { return int(a.Y - b.Y) }) {
		t.Error("labels do not step down")
	}
	if last := p.Line[strings.LastIndex(p.Line, " ")+1:]; last != fmt.Sprintf("%g,%g", plotRight, round1(plotBase-0.995*(plotBase-plotTop))) {
		t.Errorf("the line ends at %s", last)
	}
	if got := texts(root, "dl.strip dd"); !slices.Equal(got, []string{"21 December 2026", "4 January 2027", "18 January 2027", "not within ten years"}) {
		t.Errorf("the page begins with %q", got)
	}
}

func TestBrowserForecast(t *testing.T) {
	for name, f := range forecasts() {
		var buf bytes.Buffer
		if err := ForecastHTML(&buf, f); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "forecast.html")
		if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		tb := htmltest.New(t)
		for _, scheme := range []string{"light", "dark"} {
			tb.Scheme(scheme)
			for _, width := range []int64{320, 768, 1280} {
				tb.Viewport(width)
				tb.Load("file://" + path)
				tb.Settled()
				if got := htmltest.Eval[int](tb, `document.documentElement.scrollWidth`); got > int(width) {
					t.Errorf("%s at %d: the page is %d wide; %s", name, width, got, tb.Widest())
				}
				for _, v := range tb.Violations() {
					t.Errorf("%s, %s at %d: %s", name, scheme, width, v)
				}
			}
		}
		if got := append(tb.Foreign("file://"+path), tb.Complaints()...); len(got) > 0 || htmltest.Eval[bool](tb, `"pwned" in window`) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
