package diagnosis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// whatIf compares an organisation with scenarios, on three years in which nothing happens
// but six changes a week. A call is made of whatever little is known.
func whatIf(t *testing.T, organisation, scenarios string) []cockpit.Scenario {
	t.Helper()
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	pb.Verdict.FewestKnown, pb.Verdict.ConfidenceFloor = playbook.Range{}, playbook.Range{}
	in := Input{Playbook: pb, AsOf: today, Present: true, Began: today.AddDate(-3, 0, 0), Seed: 1, Draws: 400}
	in.Evaluate = func(_ context.Context, asOf time.Time, _ ...string) (metric.Set, error) {
		throughput := metric.Series{AsOf: asOf}
		for w := range 156 {
			throughput.Points = append(throughput.Points, metric.Point{Start: asOf.AddDate(0, 0, -7*(156-w)), Value: float64(5 + w%3), N: 6})
		}
		return metric.Set{"throughput": throughput}, nil
	}
	doc, err := workspace.ParseOrganisation("organisation.yaml", []byte(organisation))
	if err != nil {
		t.Fatal(err)
	}
	all, err := workspace.ParseScenarios("s.yaml", []byte("scenarios:\n"+scenarios))
	if err != nil {
		t.Fatal(err)
	}
	chart, day := org.New(doc), org.DayOf(today)
	variants := []Variant{{Name: "As it is", Chart: chart, Day: day}}
	for _, s := range all {
		a, err := chart.Apply(s, day)
		if err != nil {
			t.Fatal(err)
		}
		variants = append(variants, Variant{Name: s.Name, Chart: a.Chart, Day: a.Day, Growth: s.Growth, Hired: a.Hired, Left: a.Left})
	}
	out, err := WhatIf(context.Background(), in, variants)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// engineers are so many, who report to one person.
func engineers(n int, manager string) string {
	return strings.Repeat("  - {id: e@, role: engineer, manager: "+manager+"}\n", n)
}

// people numbers those who are written e@.
func people(lines ...string) string {
	text := strings.Join(lines, "")
	for n := 1; strings.Contains(text, "@"); n++ {
		text = strings.Replace(text, "@", fmt.Sprint(n), 1)
	}
	return "people:\n" + text
}

func TestNobodyLeadsWhenTheOnlyLeaderLeaves(t *testing.T) {
	got := whatIf(t, people("  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo}\n", engineers(4, "ada")),
		"  - {name: The CTO leaves, steps: [{leave: ada}]}\n")
	now, then := got[0], got[1]
	if now.MissingRole != "none" || now.Loads[0].Label != "the one leader" {
		t.Errorf("before: %+v", now)
	}
	if then.MissingRole != "first_leader" || !strings.Contains(then.Headline, "there is none") || len(then.Loads) != 1 || !strings.Contains(then.Loads[0].Label, "nobody leads") {
		t.Errorf("%s, missing %s, load %+v", then.Headline, then.MissingRole, then.Loads)
	}
	if *then.Waiting[0].Number <= *now.Waiting[0].Number {
		t.Errorf("as much work finds time without a leader: %v, before %v", *then.Waiting[0].Number, *now.Waiting[0].Number)
	}
	many := whatIf(t, people("  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo}\n", engineers(90, "ada")),
		"  - {name: The CTO leaves, steps: [{leave: ada}]}\n  - {name: A head takes over, steps: [{leave: ada}, {hire: {role: head_of_engineering, manager: ceo}}]}\n")
	if h := many[1].Headline; !strings.HasSuffix(h, ": a CTO and a VP of Engineering are missing") {
		t.Errorf("of 90: %q", h)
	}
	if many[1].MissingRole != "both" || many[2].MissingRole == "both" {
		t.Errorf("of 90: %s; with a head of engineering: %s", many[1].MissingRole, many[2].MissingRole)
	}
	if !slices.Contains(many[1].Needs, "Too many people report to one person") {
		t.Errorf("the CEO takes 90 engineers: %q", many[1].Needs)
	}
}

// A VP of Engineering beside the CTO who takes all of twelve managers leaves the work of
// leading them to be done: it is counted in both structures, and the CTO's part alone
// would be none.
func TestWorkOfASecondLeaderCounts(t *testing.T) {
	var managers, ids strings.Builder
	for i := range 12 {
		fmt.Fprintf(&managers, "  - {id: m%d, role: engineering_manager, manager: ada}\n  - {id: x%d, role: engineer, manager: m%d}\n", i, i, i)
		fmt.Fprintf(&ids, "m%d, ", i)
	}
	got := whatIf(t, people("  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo}\n"+managers.String()), "  - {name: V, steps: [{hire: {role: vpe, manager: ceo, reports: ["+ids.String()+"]}}]}\n")
	sum := func(s cockpit.Scenario) (total float64) {
		for _, f := range s.Loads {
			total += *f.Number
		}
		return total
	}
	if was, is := sum(got[0]), sum(got[1]); is < 0.95*was || is > 1.1*was || len(got[1].Loads) != 2 {
		t.Errorf("the work of one leader is %.2f weeks a week, that of both %.2f: %+v", was, is, got[1].Loads)
	}
	for _, s := range got {
		if layers := s.Facts[3]; layers.Label != "layers" || layers.Value != "3 layers" {
			t.Errorf("%s: %+v", s.Name, layers)
		}
	}
}

func TestTwoLeadersHaveNothingToSplit(t *testing.T) {
	got := whatIf(t, people("  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo}\n", engineers(150, "ada")),
		"  - {name: A VP of Engineering, steps: [{hire: {role: vpe, manager: ada}}]}\n")
	if now := got[0]; now.Call != cockpit.CallSplitNow || !strings.Contains(now.Headline, "Split the role now") {
		t.Fatalf("of 150: %+v", now)
	}
	if then := got[1]; then.Headline != "Two leaders are needed, and both are there" || then.HeadlineInAYear != then.Headline {
		t.Errorf("with both: %q, in a year %q", then.Headline, then.HeadlineInAYear)
	}
	few := whatIf(t, people("  - {id: ada, role: cto, manager: none}\n", engineers(4, "ada")), "  - {name: V, steps: [{hire: {role: vpe, manager: ada}}]}\n")
	if h := few[1].Headline; h != "One leader of engineering would be enough, and there are two" {
		t.Errorf("of six: %q", h)
	}
	for _, next := range []string{cockpit.CallOneLeader, cockpit.CallPrepare} {
		if h := tooClose(cockpit.CallSplitNow, next, true); strings.Contains(strings.ToLower(h), "split") || !strings.HasPrefix(h, "Two leaders are there") {
			t.Errorf("close to %s: %q", next, h)
		}
	}
}

// Pay of the playbook is 90 to 220 thousand $ for an engineer, and 1.6 to 2.8 times that
// for a leader: 144 to 616.
func TestPayAsDeclaredElseOfTheRole(t *testing.T) {
	organisation := people("  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo, cost: 200000 EUR}\n  - {id: vp, role: vpe, manager: ceo}\n  - {id: eve, role: engineer, manager: vp, cost: 80000 EUR}\n", engineers(20, "vp"))
	got := whatIf(t, organisation, `
  - {name: declared, steps: [{leave: ada}, {leave: eve}]}
  - {name: assumed leader, steps: [{leave: vp}]}
  - {name: mixed, steps: [{leave: ada}, {leave: e1}, {leave: vp}]}
  - {name: comes, steps: [{hire: {role: engineer, manager: vp, cost: 100000 USD}}]}
  - {name: comes and goes, steps: [{hire: {id: n, role: engineer, manager: vp}}, {leave: n}]}
`)
	others := whatIf(t, people("  - {id: ceo, role: ceo, manager: none}\n  - {id: pm, role: product_manager, manager: ceo}\n", engineers(3, "ceo")), "  - {name: O, steps: [{leave: pm}, {leave: e1}, {leave: e2}]}\n")
	if c := others[1].Costs[0]; c.Value != "270 to 660 thousand $ a year less assumed for 2 engineers and one other as if an engineer" {
		t.Errorf("%+v", c)
	}
	for i, want := range []string{
		"280 thousand EUR a year less as declared",
		"144 to 616 thousand $ a year less assumed for a leader",
		"200 thousand EUR a year less as declared for 1 of 3, and 234 to 836 thousand $ a year less assumed for a leader and an engineer",
		"100 thousand USD a year as declared",
	} {
		if c := got[i+1].Costs; len(c) == 0 || c[0].Value != want || (c[0].Origin == "declared") != (i == 0 || i == 3) {
			t.Errorf("%s: %+v, want %s", got[i+1].Name, c, want)
		}
	}
	if c := got[4].Costs[1]; c.Label != "search" || c.Value != "20 to 33 thousand $ once" {
		t.Errorf("%+v", c)
	}
	if c := got[5].Costs; len(c) != 0 {
		t.Errorf("somebody who comes and goes costs %+v", c)
	}
}

// Searching costs 20 to 33 of a hundred of a year's pay: of 100 thousand EUR 20 to 33, of
// 50 thousand KWD (which has a thousand fils) 10 to 16, of an engineer whose pay is assumed
// 18 to 73 thousand $, and of one who gets 100 thousand USD 20 to 33 more.
func TestCurrenciesAreNotAddedUp(t *testing.T) {
	got := whatIf(t, people("  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo, cost: 200000 EUR}\n  - {id: eve, role: engineer, manager: ada, cost: 9000000 JPY}\n", engineers(20, "ada")), `
  - {name: come, steps: [{hire: {role: engineer, cost: 100000 EUR}}, {hire: {role: engineer, cost: 50000 KWD}}]}
  - {name: assumed too, steps: [{hire: {role: engineer, cost: 100000 EUR}}, {hire: {role: engineer}}, {hire: {role: engineer, cost: 100000 USD}}]}
  - {name: go, steps: [{leave: ada}, {leave: eve}]}
  - {name: dollars, steps: [{hire: {role: engineer}}, {hire: {role: engineer, cost: 100000 USD}}]}
`)
	for i, want := range [][]string{
		{"100 thousand EUR a year, and 50 thousand KWD a year as declared", "20 to 33 thousand EUR once, and 10 to 16 thousand KWD once"},
		{"100 thousand EUR a year, and 100 thousand USD a year as declared for 2 of 3, and 90 to 220 thousand $ a year assumed for an engineer", "20 to 33 thousand EUR once, and 38 to 106 thousand $ once"},
		{"200 thousand EUR a year less, and 9000 thousand JPY a year less as declared"},
		{"100 thousand USD a year as declared for 1 of 2, and 90 to 220 thousand $ a year assumed for an engineer", "38 to 106 thousand $ once"},
	} {
		for j, value := range want {
			f := got[i+1].Costs[j]
			if f.Value != value || strings.Contains(f.Note, apart) != (i < 3) || f.Number != nil {
				t.Errorf("%s: %+v, want %s", got[i+1].Name, f, value)
			}
		}
	}
}

// Sixty engineers who grow by a half each year are 90 in one and 202 in three; 80 are
// reached after 12 ln(80/60) / ln 1.5 = 8.5 months, 100 after 15.1.
func TestGrowthAboveFiftyEngineers(t *testing.T) {
	got := whatIf(t, people("  - {id: ada, role: cto, manager: none}\n", engineers(59, "ada")), `
  - {name: Fast, growth: {low: 0.5, high: 0.5}}
  - {name: Wide, growth: {low: 0, high: 1}}
  - {name: Shrinking, growth: {low: -0.2, high: -0.2}}
`)
	values := func(s cockpit.Scenario) (out []string) {
		for _, f := range s.Next {
			out = append(out, f.Label+": "+f.Value)
		}
		return out
	}
	for i, want := range [][]string{
		{"growth: 50 % a year", "in 12 months: 90 engineers", "in 36 months: 202 engineers", "80 engineers: in 9 months", "100 engineers: in 15 months"},
		nil,
		{"growth: -20 % a year", "in 12 months: 48 engineers", "in 36 months: 31 engineers", "80 engineers: not within 36 months"},
	} {
		if got := values(got[i+1]); want != nil && !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if f := got[1].Next[0]; f.Note != "of the scenario" || f.Origin != "declared" {
		t.Errorf("the rate: %+v", f)
	}
	if f := got[0].Next[0]; f.Origin == "declared" {
		t.Errorf("the rate as it is: %+v", f)
	}
	// Growth is drawn evenly from 0 to 1: its middle eight of ten are 0.1 to 0.9, so 66 to
	// 114 engineers in a year, and 80 after 12 ln(4/3) / ln 1.9 = 5.4 months to, at 0.1,
	// 36.2: more than three years.
	wide := got[2].Next
	var low, high float64
	if _, err := fmt.Sscanf(wide[1].Value[strings.Index(wide[1].Value, "("):], "(%f to %f)", &low, &high); err != nil || low < 64 || low > 69 || high < 111 || high > 116 {
		t.Errorf("in a year %q", wide[1].Value)
	}
	if !strings.HasPrefix(wide[3].Value, "in 5 ") && !strings.HasPrefix(wide[3].Value, "in 6 ") {
		t.Errorf("80 engineers %q", wide[3].Value)
	}
}

// TestNobodyIsLeft: no verdict is made of commits where a scenario leaves no engineer.
func TestNobodyIsLeft(t *testing.T) {
	got := whatIf(t, people("  - {id: ceo, role: ceo, manager: none}\n  - {id: ada, role: cto, manager: ceo}\n", engineers(1, "ada")), "  - {name: All leave, steps: [{leave: ada}, {leave: e1}]}\n")
	if then := got[1]; then.Call != cockpit.CallUnknown || then.Headline != "No engineer is left to lead" || len(then.Facts) == 0 || *then.Facts[0].Number != 0 || len(then.Costs) != 1 {
		t.Errorf("%+v", then)
	}
}

// TestSizesCountEngineers: what growth is held against counts the same as what grows.
func TestSizesCountEngineers(t *testing.T) {
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range sizes {
		if band, ok := pb.Threshold(size.id); !ok || band.Unit != "engineers" {
			t.Errorf("%s counts %q", size.id, band.Unit)
		}
	}
}
