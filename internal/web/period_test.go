package web

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/cockpit"
)

func values(all ...float64) (out []*float64) {
	for i := range all {
		out = append(out, &all[i])
	}
	return out
}

// TestAPeriodCutsWhatIsDrawn: of a year up to 26 June 2026 the first day is 26 June 2025.
func TestAPeriodCutsWhatIsDrawn(t *testing.T) {
	const asOf = "2026-06-26"
	days := []string{"2024-01-01", "2025-06-25", "2025-06-26", "2026-01-01"}
	chart := cockpit.Chart{Sentence: "It rises.", X: days, Series: []cockpit.Series{{Name: "a", Values: values(1, 2, 3, 4)}}, Marks: []cockpit.Mark{{X: "2024-01-01"}, {X: "2026-01-01"}}}
	for period, want := range map[string]cockpit.Chart{
		"":          chart,
		"two_years": {Sentence: "It rises. Shown from 25 June 2025 on.", X: days[1:], Series: []cockpit.Series{{Name: "a", Values: values(2, 3, 4)}}, Marks: chart.Marks[1:]},
		"year":      {Sentence: "It rises. Shown from 26 June 2025 on.", X: days[2:], Series: []cockpit.Series{{Name: "a", Values: values(3, 4)}}, Marks: chart.Marks[1:]},
		"quarter":   {Sentence: "It rises. Shown from 26 June 2025 on.", X: days[2:], Series: []cockpit.Series{{Name: "a", Values: values(3, 4)}}, Marks: chart.Marks[1:]}, // two make a course
	} {
		p := Place{Period: period}
		if diff := cmp.Diff([]cockpit.Chart{want}, p.lately([]cockpit.Chart{chart}, asOf)); diff != "" {
			t.Errorf("%q: a chart (-want +got):\n%s", period, diff)
		}
		h := cockpit.History{}
		for _, day := range days {
			h.Points = append(h.Points, cockpit.Past{AsOf: day})
		}
		if got, note := p.replayed(h, asOf); len(got.Points) != len(want.X) || got.Points[0].AsOf != want.X[0] || !strings.HasSuffix(want.Sentence, note) {
			t.Errorf("%q: the history begins on %s: %q", period, got.Points[0].AsOf, note)
		}
		lines := []cockpit.MetricLine{{Course: chart.Series[0].Values, Days: days}}
		got := p.courses(lines, asOf)[0]
		if diff := cmp.Diff(want.Series[0].Values, got.Course); diff != "" || len(got.Days) != len(want.X) || len(lines[0].Course) != 4 {
			t.Errorf("%q: a course (-want +got):\n%s", period, diff)
		}
	}
	if chart.Series[0].Values[0] == nil || len(chart.X) != 4 {
		t.Error("the chart of everybody was cut")
	}
	all := []cockpit.Sprint{{Name: "old", End: "2026-03-25"}, {Name: "new", End: "2026-03-26"}, {Name: "now", Open: true}}
	if got, note := (Place{Period: "quarter"}).sprints(all, asOf); len(got) != 2 || note != "Those that ended before 26 March 2026 are left out." {
		t.Errorf("sprints %v: %q", got, note)
	}
	if got, note := (Place{}).sprints(all, asOf); len(got) != 3 || note != "" {
		t.Errorf("sprints without a period: %v: %q", got, note)
	}
}

// datedCompany has a history and courses of three years.
type datedCompany struct{ *fakeCompany }

var years = []string{"2023-06-26", "2024-06-26", "2026-04-01", "2026-06-26"}

func (c datedCompany) Diagnosis(ctx context.Context, p Place) (cockpit.Diagnosis, error) {
	d, err := c.fakeCompany.Diagnosis(ctx, p)
	d.AsOf, d.History.Points = "2026-06-26", nil
	for _, day := range years {
		d.History.Points = append(d.History.Points, cockpit.Past{AsOf: day, Shares: map[string]float64{"one_leader": 1}})
	}
	for i := range d.Charts {
		d.Charts[i].X, d.Charts[i].Series = years, []cockpit.Series{{Values: values(1, 2, 3, 4)}}
	}
	return d, err
}

func (c datedCompany) Leader(ctx context.Context, p Place, role string) (cockpit.Leader, error) {
	l, err := c.fakeCompany.Leader(ctx, p, role)
	l.AsOf = "2026-06-26"
	return l, err
}

// TestRoomsHeedThePeriodOrDoNotOfferIt: where it can be chosen, it changes what is shown.
func TestRoomsHeedThePeriodOrDoNotOfferIt(t *testing.T) {
	s := newSite(t, "text")
	s.server.company = datedCompany{s.company}
	for _, path := range []string{"/", "/vpe", "/cto"} {
		if _, _, text := s.ask("GET", path+"?period=quarter", "all", "", ""); strings.Contains(text, years[0]) || !strings.Contains(text, years[2]) || !strings.Contains(text, "Shown from 1 April 2026 on.") {
			t.Errorf("%s shows years of a quarter", path)
		}
		if _, _, text := s.ask("GET", path, "all", "", ""); !strings.Contains(text, years[0]) {
			t.Errorf("%s does not show %s", path, years[0])
		}
	}
}

// TestWhatARoomDoesNotHeedStaysAndCannotBeChosen, and the room says what it is of.
func TestWhatARoomDoesNotHeedStaysAndCannotBeChosen(t *testing.T) {
	s := newSite(t, "red")
	for path, want := range map[string][2]bool{ // part, period
		"/": {false, true}, "/vpe": {true, true}, "/cto": {true, true}, "/delivery": {true, true}, "/numbers": {true, true}, "/metrics/throughput": {true, true}, "/forecast": {true, false},
		"/agreement": {}, "/agreement/drift": {}, "/agreement/agenda": {}, "/organisation": {}, "/decisions": {}, "/data": {}, "/explain/verdict": {},
	} {
		_, _, text := s.ask("GET", path+"?period=year&scope=team:red", "all", "", "")
		_, form, _ := strings.Cut(text, `<form class="place"`)
		form, _, _ = strings.Cut(form, "</form>")
		for i, name := range []string{"scope", "period"} {
			if chosen, kept := strings.Contains(form, `<select name="`+name+`"`), strings.Contains(form, `type="hidden" name="`+name+`"`); chosen != want[i] || kept == want[i] {
				t.Errorf("%s: %s can be chosen: %v, is kept: %v", path, name, chosen, kept)
			}
		}
		if says := strings.Contains(form, "Part: the whole company (team red stays chosen for the rooms with numbers)"); says == want[0] {
			t.Errorf("%s says that it is of the whole company: %v", path, says)
		}
	}
	if _, _, text := s.ask("GET", "/organisation", string(access.Manager), "", ""); !strings.Contains(text, "Part: what you may see of it") {
		t.Error("a manager is told that a part is the whole company")
	}
}
