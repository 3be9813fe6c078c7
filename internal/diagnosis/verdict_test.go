package diagnosis

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

var today = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// diagnose runs on series that stand still: weeks of six changes, so many active
// engineers, and a share of occasional contributors.
func diagnose(t *testing.T, weeks int, engineers, occasional float64) (cockpit.Diagnosis, sight) {
	t.Helper()
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Playbook: pb, AsOf: today, Present: true, Began: today.AddDate(0, 0, -7*weeks), Seed: 1, Draws: 400}
	in.Evaluate = func(_ context.Context, asOf time.Time, _ ...string) (metric.Set, error) {
		throughput, active := metric.Series{AsOf: asOf}, metric.Series{AsOf: asOf}
		n := int(asOf.Sub(in.Began).Hours() / 24 / 7)
		for w := range n {
			p := metric.Point{Start: asOf.AddDate(0, 0, -7*(n-w)), Value: float64(5 + w%3), N: 6}
			throughput.Points = append(throughput.Points, p)
			if w%4 == 3 {
				p.Start, p.Value = p.Start.AddDate(0, 0, 6), engineers
				active.Points = append(active.Points, p)
			}
		}
		last := metric.Point{Start: asOf.AddDate(0, 0, -1), Value: occasional, N: 100}
		return metric.Set{"throughput": throughput, "active_engineers": active, "occasional_share": {AsOf: asOf, Points: []metric.Point{last}}}, nil
	}
	d, err := Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	s, err := in.see(context.Background(), today, true, 400)
	if err != nil {
		t.Fatal(err)
	}
	return d, s
}

// Commits do not tell a volunteer from an employee: the number of engineers is then
// so wide a range that it is the first thing to ask for, and no call is sure.
func TestVolunteersAreNoEmployees(t *testing.T) {
	_, company := diagnose(t, 156, 60, 0.1)
	d, project := diagnose(t, 156, 60, 0.8)
	if want := (Range{60, 78}); company.co.engineers != want {
		t.Errorf("a company has %v engineers, want %v", company.co.engineers, want)
	}
	if got := project.co.engineers; math.Abs(got.Low-12) > 1e-9 || got.High != 78 {
		t.Errorf("a project of volunteers has %v engineers, want 12 to 78", got)
	}
	if _, sure := project.tally.call(); sure > 0.95 {
		t.Errorf("%.2f sure of a project of volunteers", sure)
	}
	if len(d.Caveats) == 0 || !strings.Contains(d.Caveats[0], "open-source") {
		t.Errorf("caveats: %q", d.Caveats)
	}
	if _, half := diagnose(t, 156, 60, 0.5); half.co.engineers.Low <= project.co.engineers.Low || half.co.engineers.Low >= 60 {
		t.Errorf("half occasional contributors give %v engineers", half.co.engineers) // no cliff
	}
	for _, i := range project.model.indicators {
		if i.people != i.discount.known() {
			t.Errorf("%s: discount %v", i.id, i.discount)
		}
	}
}

func TestTooLittleEvidenceMakesNoCall(t *testing.T) {
	for name, weeks := range map[string]int{"twenty weeks": 20, "few symptoms": 156} {
		d, _ := diagnose(t, weeks, 30, 0.1)
		if d.Verdict.Call != cockpit.CallUnknown || d.Verdict.MissingRole != "unknown" || d.Verdict.Shares[cockpit.CallUnknown] != 1 {
			t.Errorf("%s: %+v", name, d.Verdict)
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), `"confidence":null`) {
			t.Errorf("%s: a confidence without a call: %s", name, text)
		}
		if len(d.Missing) == 0 {
			t.Fatalf("%s: nothing is named that would help", name)
		}
		for i, m := range d.Missing { // first what makes a call possible, and can be had
			lifts := strings.Contains(m.Effect, "still needed")
			if weeks > 100 && i == 0 && !lifts || lifts != m.Needed || lifts && i > 0 && !d.Missing[i-1].Needed || lifts && strings.Contains(m.How, "not read yet") {
				t.Errorf("%s: %d is %+v", name, i, m)
			}
		}
	}
}

func TestWhichRoleIsMissing(t *testing.T) {
	symptom := func(role string, factor float64) indicator {
		return indicator{id: "for_" + role, lens: playbook.LensSymptoms, speaks: role, state: signal.Present, weight: 1, present: only(factor)}
	}
	strategy := []indicator{symptom("cto", 3), symptom("vpe", 2)}
	execution := []indicator{symptom("cto", 2), symptom("vpe", 3)}
	for _, c := range []struct {
		name       string
		call       string
		known      bool
		leaders    []string
		indicators []indicator
		want, says string
	}{
		{"nobody leads a small team", cockpit.CallOneLeader, true, nil, nil, "first_leader", "Nobody"},
		{"one is enough", cockpit.CallOneLeader, true, []string{"cto"}, execution, "none", "One technical leader"},
		{"a CTO alone", cockpit.CallSplitNow, true, []string{"cto"}, strategy, "vpe", "for vpe"},
		{"a VPE alone", cockpit.CallPrepare, true, []string{"vpe"}, execution, "cto", "for cto"},
		{"both", cockpit.CallSplitNow, true, []string{"cto", "vpe"}, execution, "none", "both lead"},
		{"nobody leads a large one", cockpit.CallSplitNow, true, nil, strategy, "both", "Start with the CTO"},
		{"not declared, direction is missing", cockpit.CallSplitNow, false, nil, strategy, "cto", "not declared"},
		{"not declared, execution is missing", cockpit.CallSplitNow, false, nil, execution, "vpe", "not declared"},
		{"not declared, no symptom", cockpit.CallSplitNow, false, nil, nil, "vpe", "No symptom"},
	} {
		s := sight{co: company{leadKnown: c.known, leaders: c.leaders}, model: model{indicators: c.indicators}}
		role, reason := missingRole(c.call, s)
		if role != c.want || !strings.Contains(reason, c.says) {
			t.Errorf("%s: %s: %s", c.name, role, reason)
		}
	}
}

// Evidence is asked for in the order of what it could change.
func TestMissingEvidenceIsRanked(t *testing.T) {
	m := fixed()
	m.revenue, m.people, m.round = only(12), only(60), 3
	unknown := func(id, group string, present, absent float64) indicator {
		return indicator{id: id, lens: playbook.LensSymptoms, group: group, state: signal.Unknown, weight: 1, present: only(present), absent: only(absent)}
	}
	m.cuts.prepare, m.cuts.split = Range{0.3, 0.5}, Range{0.55, 0.8}
	m.indicators = []indicator{unknown("weak", "a", 1.05, 0.95), unknown("strong", "b", 3, 0.3)}
	in := Input{Seed: 1}
	s := sight{model: m, tally: m.run(1, 400, 0), co: company{leadKnown: true}, claims: map[string]signal.Claim{}}
	missing := in.missing(s, cockpit.CallPrepare)
	if len(missing) != 2 || !strings.HasPrefix(missing[0].What, "strong") || missing[0].Shift <= missing[1].Shift {
		t.Errorf("%+v", missing)
	}
	current, _ := s.tally.call()
	for _, c := range in.wouldChange(s, current) {
		if c.Call == current {
			t.Errorf("no change: %+v", c)
		}
	}
}
