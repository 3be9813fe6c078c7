package cockpit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAgenda: what has a clock comes first, the longest overdue before the rest; then what
// changed, and what is open in the agreement. Records of several repositories may have one number.
func TestAgenda(t *testing.T) {
	now := quiet(calm)
	now.Findings[0].State, now.Findings[0].Summary = Present, "Fourteen do."
	agreed := signed()
	agreed.Findings = []AgreementIssue{{ID: "small", Level: LevelNote}, {ID: "no_date", Where: "review", Level: LevelGap, Text: "It has no day of review.", Advice: "Write one."}}
	drift := &Drift{
		Findings: []DriftFinding{{What: "waits_too_long", Kind: "vendors"}, {What: "decided_by_another", Kind: "tech_radar", Text: "The VPE did.", Advice: "Ask why."}},
		Kinds: []DriftKind{
			{Title: "Vendors", Owner: "the CTO", Days: 10, Traces: []DriftTrace{
				{ID: "0001", Record: "web:1.md", Title: "Done", Decided: "2026-03-02", Days: 99}, {ID: "0002", Record: "web:2.md", Title: "In time", Days: 8},
				{ID: "0003", Record: "web:3.md", Title: "Late", Days: 12}, {ID: "0003", Record: "api:3.md", Title: "Very late", Days: 30},
			}},
			{Title: "Names", Owner: "anybody", Traces: []DriftTrace{{ID: "0003", Record: "lib:3.md", Title: "Without a time", Days: 50}}},
		},
	}
	steps := []EscalationStep{{To: []Who{{Called: "both"}}, Within: 5, How: "in the weekly"}, {To: []Who{{Called: "the CEO"}}, Within: 5, How: "in writing"}}
	of := Outcome{Day: "2026-03-05", Point: "waiting web:3.md", Outcome: "Decided: yes"}
	old := Outcome{Day: before, Point: "waiting api:3.md", Outcome: "Next week"}
	a := NewAgenda(AgendaInput{BriefInput{Now: now, Before: quiet(before), Agreement: agreed, Drift: drift, Records: []RecordSummary{{ID: "0006", Repository: "web", Path: "6.md", Title: "Use one queue", Status: "accepted", Since: "2026-03-02"}}}, steps, []Outcome{of, old}, ""})
	want := []AgendaPoint{
		{ID: "waiting api:3.md", Kind: "escalation", Title: "Very late", Text: "Vendors, for the CTO. Waiting for 30 working days.", Clock: "20 working days past the 10 that were agreed", Advice: "The time of every step is up; the CEO decides now.", Room: "decisions"},
		{ID: "waiting web:3.md", Kind: "escalation", Title: "Late", Text: "Vendors, for the CTO. Waiting for 12 working days.", Clock: "2 working days past the 10 that were agreed", Advice: "Now with both: in the weekly", Room: "decisions", Outcome: &of},
		{ID: "waiting web:2.md", Kind: "waiting", Title: "In time", Text: "Vendors, for the CTO. Waiting for 8 working days.", Clock: "2 working days left", Room: "decisions"},
		{ID: "waiting lib:3.md", Kind: "waiting", Title: "Without a time", Text: "Names, for anybody. Waiting for 50 working days.", Room: "decisions"},
		{ID: "drift tech_radar decided_by_another", Kind: "drift", Title: "Tech radar", Text: "The VPE did.", Advice: "Ask why.", Room: "agreement"},
		{ID: "finding N6", Kind: "finding", Title: "Too many report to one", Text: "Present, was absent. Fourteen do.", Room: "vpe"},
		{ID: "decision web:6.md", Kind: "decision", Title: "Use one queue", Text: "It is accepted since 2026-03-02.", Room: "decisions"},
		{ID: "agreement no_date review", Kind: "agreement", Title: "It has no day of review.", Text: "In the agreement, under review.", Advice: "Write one.", Room: "agreement"},
	}
	if diff := cmp.Diff(want, a.Points); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a.Since != before || a.AsOf != calm || a.Summary != "8 points, 3 of them with a clock that runs." {
		t.Errorf("since %s as of %s: %s", a.Since, a.AsOf, a.Summary)
	}
	if diff := cmp.Diff([]Outcome{of, old}, a.Outcomes); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

// TestAnOutcomeIsOfTheDayOnWhichItIsWritten, which may be long after the newest facts.
func TestAnOutcomeIsOfTheDayOnWhichItIsWritten(t *testing.T) {
	late := Outcome{Day: "2026-09-01", Point: "agreement none"}
	for until, want := range map[string]bool{"2026-09-01": true, "2026-08-31": false, "": false} {
		a := NewAgenda(AgendaInput{BriefInput: BriefInput{Now: quiet(calm), Before: quiet(before)}, Outcomes: []Outcome{late}, Until: until})
		if got := a.Points[0].Outcome != nil; got != want {
			t.Errorf("until %q it is concluded: %v, want %v", until, got, want)
		}
	}
}

func TestAgendaOfAnEmptyWeek(t *testing.T) {
	a := NewAgenda(AgendaInput{BriefInput: BriefInput{Now: quiet(calm), Before: quiet(before), Agreement: signed(), Drift: &Drift{}}})
	if len(a.Points) != 0 || a.Summary != "Nothing changed since 2026-03-01 that the two have to talk about. That is an agenda too." {
		t.Errorf("%q with %d points", a.Summary, len(a.Points))
	}
	a = NewAgenda(AgendaInput{BriefInput: BriefInput{Now: quiet(calm), Agreement: signed()}})
	if len(a.Points) != 0 || a.Summary != "There is nothing that the two have to talk about. What changed is told when there is a week to compare with." {
		t.Errorf("without a week before: %q with %d points", a.Summary, len(a.Points))
	}
	a = NewAgenda(AgendaInput{BriefInput: BriefInput{Now: quiet(calm), Before: quiet(before)}})
	if len(a.Points) != 1 || a.Points[0].ID != "agreement none" || a.Summary != "One point, without a clock that runs." {
		t.Errorf("without an agreement: %q, %+v", a.Summary, a.Points)
	}
}

// TestEscalation walks the path of disputes working day by working day.
func TestEscalation(t *testing.T) {
	both, ceo, board := []Who{{Called: "both"}}, []Who{{Called: "the CEO"}}, []Who{{Called: "the board"}}
	steps := []EscalationStep{{To: both, Within: 2, How: "talk"}, {To: ceo, Within: 3, How: "write"}}
	for late, want := range map[int]string{1: "Now with both: talk", 2: "Now with both: talk", 3: "Now with the CEO: write", 5: "Now with the CEO: write", 6: "The time of every step is up; the CEO decides now."} {
		if got := escalation(steps, late); got != want {
			t.Errorf("%d days late: %q, want %q", late, got, want)
		}
	}
	if got := escalation(append(steps, EscalationStep{To: board, How: "meet"}), 99); got != "Now with the board: meet" {
		t.Errorf("a step without an end: %q", got)
	}
	if got := escalation(nil, 1); got != "No path of disputes is agreed." {
		t.Errorf("no steps: %q", got)
	}
}
