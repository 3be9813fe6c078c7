package agreement

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/workspace"
)

func on(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// decided are n records of one title, decided by a role within a week.
func decided(n int, title, role string) (out []Trace) {
	for i := range n {
		out = append(out, Trace{ID: fmt.Sprint(role, i), Title: title, Proposed: on("2026-03-02"), Decided: on("2026-03-06"), Deciders: []string{role}})
	}
	return out
}

func found(d cockpit.Drift) (out []string) {
	for _, f := range d.Findings {
		out = append(out, f.What+": "+f.Text)
	}
	return out
}

// TestDriftIsSaidWithItsCount: nine architecture records of which the VP of Engineering
// decided seven.
func TestDriftIsSaidWithItsCount(t *testing.T) {
	traces := append(decided(7, "Split the monolith into a service boundary", "vpe"), decided(2, "Split the monolith into a service boundary", "cto")...)
	traces = append(traces, Trace{ID: "x", Title: "Split the monolith into a service boundary", Decided: on("2026-03-06"), Deciders: []string{""}})
	d := Drift(rules(t), nil, traces, time.Time{}, on("2026-06-01"))
	want := []string{"decided_by_another: Architecture principles and changes that cross teams: the playbook proposes the CTO, decided by the VP of Engineering in 7 of 9."}
	if got := found(d); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	k := d.Kinds[0]
	if k.Decided != 10 || k.ByOwner != 2 || k.Unknown != 1 || k.Others[0].Count != 7 || len(k.Traces) != 10 || k.Traces[0].Why == "" || k.Traces[0].Days != 4 {
		t.Errorf("%+v", k)
	}
	if d.Agreed || !strings.Contains(d.Summary, "there is no agreement yet") {
		t.Error(d.Summary)
	}
}

// TestNoDrift: where the owner decides mostly, where little is known, and where two decided
// together.
func TestNoDrift(t *testing.T) {
	for name, traces := range map[string][]Trace{
		"the owner decides":    append(decided(2, "New architecture", "vpe"), decided(3, "New architecture", "cto")...),
		"half and half":        append(decided(3, "New architecture", "vpe"), decided(3, "New architecture", "cto")...),
		"too few":              decided(2, "New architecture", "vpe"),
		"together":             {{Title: "New architecture", Decided: on("2026-03-02"), Deciders: []string{"vpe", "cto"}}, {Title: "Architecture", Decided: on("2026-03-02"), Deciders: []string{"vpe", "cto"}}, {Title: "Architecture", Decided: on("2026-03-02"), Deciders: []string{"cto", "vpe"}}},
		"nobody is known":      decided(9, "New architecture", ""),
		"of no kind":           decided(9, "Lunch", "vpe"),
		"of two kinds":         decided(9, "Protocol platform", "vpe"),
		"part of another word": decided(9, "Schematic drawings", "vpe"),
		"none":                 nil,
	} {
		d := Drift(rules(t), nil, traces, time.Time{}, on("2026-06-01"))
		if len(d.Findings) > 0 {
			t.Errorf("%s: %q", name, found(d))
		}
		if d.Summary == "" {
			t.Errorf("%s: no summary", name)
		}
	}
}

// TestLateAndWaiting: ten working days are agreed.
func TestLateAndWaiting(t *testing.T) {
	slow := decided(3, "New architecture", "cto")
	for i := range slow {
		slow[i].Decided = on("2026-03-17") // eleven working days later
	}
	in := append(slow, decided(1, "New architecture", "cto")...)
	in = append(in, Trace{ID: "w", Title: "Architecture of search", Proposed: on("2026-05-04")}, Trace{ID: "f", Title: "Architecture of mail", Proposed: on("2026-05-25")})
	d := Drift(rules(t), nil, in, time.Time{}, on("2026-06-01"))
	want := []string{
		"decided_late: Architecture principles and changes that cross teams: the playbook proposes 10 working days, and late in 3 of 4.",
		"waits_too_long: Architecture principles and changes that cross teams: 1 decision waits for longer than the 10 working days that the playbook proposes.",
	}
	if got := found(d); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestWorkdays against counting day by day.
func TestWorkdays(t *testing.T) {
	start := on("2026-01-01")
	for a := range 20 {
		for b := a; b < 60; b++ {
			from, to, want := start.AddDate(0, 0, a), start.AddDate(0, 0, b), 0
			for d := from.AddDate(0, 0, 1); !d.After(to); d = d.AddDate(0, 0, 1) {
				if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
					want++
				}
			}
			if got := workdays(from, to); got != want {
				t.Fatalf("%s to %s: %d, want %d", from, to, got, want)
			}
		}
	}
}

// TestDriftSaysWhatWasAgreed: only an agreement has an owner on paper and days that are
// agreed; without one it is the playbook that proposes them.
func TestDriftSaysWhatWasAgreed(t *testing.T) {
	slow := decided(3, "New architecture", "vpe")
	for i := range slow {
		slow[i].Decided = on("2026-03-17") // eleven working days later
	}
	in := append(slow, Trace{ID: "w", Title: "Architecture of search", Proposed: on("2026-05-04")})
	agreed := New(rules(t), Facts{Company: "Acme", Today: on("2026-01-01"), Engineers: 40, Leaders: []string{"cto", "vpe"}, LeadersSeen: true}).Agreement
	const kind = "Architecture principles and changes that cross teams: "
	want := []string{
		"decided_by_another: " + kind + "owned by the CTO on paper, decided by the VP of Engineering in 3 of 3.",
		"decided_late: " + kind + "agreed within 10 working days, and late in 3 of 3.",
		"waits_too_long: " + kind + "1 decision waits for longer than the 10 working days that are agreed.",
	}
	if got := found(Drift(rules(t), agreed, in, time.Time{}, on("2026-06-01"))); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	d := Drift(rules(t), nil, in, time.Time{}, on("2026-06-01"))
	if len(d.Findings) != 3 {
		t.Fatalf("%q", found(d))
	}
	for _, f := range d.Findings {
		if said := f.Text + f.Advice; !strings.Contains(said, "the playbook proposes") || strings.Contains(said, "agreed") || strings.Contains(said, "on paper") {
			t.Errorf("%s %s", f.Text, f.Advice)
		}
	}
}

// TestDriftOfWhatIsOlder: what was decided before the agreement held, or too long ago, is
// counted and says nothing of it; what waits is of today.
func TestDriftOfWhatIsOlder(t *testing.T) {
	traces := decided(7, "Split the monolith into a service boundary", "vpe")
	open := Trace{ID: "open", Title: "Split the monolith into another service boundary", Proposed: on("2025-01-07")}
	later := on("2027-01-01")
	d := Drift(rules(t), &workspace.Agreement{Effective: later}, append(traces, open), time.Time{}, on("2027-02-01"))
	if d.Older != 7 || d.Traces != 1 || d.Since != "2027-01-01" || slices.ContainsFunc(d.Findings, func(f cockpit.DriftFinding) bool { return f.What == "decided_by_another" }) {
		t.Errorf("%+v", d)
	}
	d = Drift(rules(t), nil, traces, later, on("2027-02-01"))
	if want := "None of 7 decision records was decided since 2027-01-01, so there is nothing to hold against what the playbook proposes (there is no agreement yet)."; d.Summary != want {
		t.Errorf("%q, want %q", d.Summary, want)
	}
	d = Drift(rules(t), nil, traces, on("2026-01-01"), on("2026-06-01"))
	if d.Older != 0 || len(d.Findings) == 0 || !d.Kinds[0].Traces[0].Departs {
		t.Errorf("%+v", d)
	}
}
