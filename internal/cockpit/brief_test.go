package cockpit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const calm, before = "2026-03-08", "2026-03-01"

// quiet is a company in which nothing calls for anybody.
func quiet(day string) *Diagnosis {
	return &Diagnosis{AsOf: day, Company: "Acme", Verdict: Verdict{Call: CallOneLeader, Confidence: 0.9, Summary: "One leader is enough."},
		Findings: []Finding{
			{ID: "N6", Title: "Too many report to one", State: Absent, Speaks: "vpe"},
			{ID: "N7", Title: "Debt grows", State: Absent, Speaks: "cto"},
		},
		Structure: []Finding{{ID: "S1", Title: "A team has no lead", State: Absent}}}
}

// signed is an agreement that holds.
func signed() *Agreement {
	return &Agreement{Signatures: []SignatureStatus{{Who: Who{Called: "the CTO"}, State: SignatureValid}, {Who: Who{Called: "the VP of Engineering"}, State: SignatureValid}}}
}

// TestBriefDecides: what needs a decision now, of each kind the most urgent and three at most,
// each with its reason and its action.
func TestBriefDecides(t *testing.T) {
	split := func(d *Diagnosis) { d.Verdict.Call, d.Verdict.Summary = CallSplitNow, "Too much for one." }
	failed := func(d *Diagnosis) {
		d.Sources = []Source{{Name: "till", Status: "ok"}, {Name: "shop", Status: "failed", Notes: []string{"not found", "tried twice"}}, {Name: "search", Status: "failed"}}
	}
	needs := func(d *Diagnosis) {
		d.Structure = []Finding{
			{ID: "S1", Title: "A team has no lead", State: Present, Strength: 0.2, Summary: "Search has none.", Advice: "Name one."},
			{ID: "S2", Title: "Spans are wide", State: Present, Strength: 0.9, Summary: "Fourteen report to Bo.", Advice: "Add a manager."},
			{ID: "S3", Title: "Layers are many", State: Absent, Strength: 1},
		}
	}
	symptoms := func(d *Diagnosis) {
		d.Findings = []Finding{{ID: "N7", Title: "Debt grows", State: Present, Speaks: "cto", Summary: "Twice as fast as it is paid."}, {ID: "long_waits", Title: "Reviews wait", State: Present, Speaks: "vpe"}}
		d.Verdict.InTheMean = []string{"Talk to each other", "N99: do what nobody found", "N7: Keep a day a week for it", "long waits: Review first"}
	}
	task := map[string]Task{
		"split":     {Kind: "verdict", ID: "verdict", Title: "Whether to split the role now", Reason: "Too much for one.", Action: "See what each way of doing it would mean before you choose.", Room: "organisation"},
		"draft":     {Kind: "verdict", ID: "verdict", Title: "Whether to split the role now", Reason: "Too much for one.", Action: "Draft what each of the two would own, and who would decide what, before you look for anybody.", Room: "agreement"},
		"prepare":   {Kind: "verdict", ID: "verdict", Title: "Who prepares the split of the role, and by when", Reason: "Soon.", Action: "See what each way of doing it would mean before you choose.", Room: "organisation"},
		"missing":   {Kind: "missing", ID: "engineers", Title: "Who supplies what is missing: engineers", Reason: "It decides the call.", Action: "The answer is open without it.", Room: "data"},
		"source":    {Kind: "source", ID: "shop", Title: "Who mends the source shop", Reason: "not found; tried twice", Action: "What it held is not in any number until then.", Room: "data"},
		"mend":      {Kind: "agreement", ID: "two_deciders", Title: "How the agreement is to be mended", Reason: "Two decide on vendors.", Action: "Strike one.", Room: "agreement"},
		"sign":      {Kind: "agreement", ID: "not_signed", Title: "Whether the agreement holds", Reason: "Not signed yet by the CTO and the VP of Engineering.", Action: "Read it together, change what is not right, and sign.", Room: "agreement"},
		"waits":     {Kind: "drift", ID: "waits_too_long vendors", Title: "Decisions that have waited for longer than was agreed", Reason: "Two wait.", Action: "Decide.", Room: "agreement"},
		"structure": {Kind: "structure", ID: "S2", Title: "Spans are wide", Reason: "Fourteen report to Bo.", Action: "Add a manager.", Room: "organisation"},
		"debt":      {Kind: "symptom", ID: "N7", Title: "Debt grows", Reason: "Twice as fast as it is paid.", Action: "Keep a day a week for it", Room: "cto"},
		"reviews":   {Kind: "symptom", ID: "long_waits", Title: "Reviews wait", Action: "Review first", Room: "vpe"},
	}
	drift := &Drift{Findings: []DriftFinding{{What: "decided_late", Kind: "hiring"}, {What: "waits_too_long", Kind: "vendors", Text: "Two wait.", Advice: "Decide."}, {What: "decided_by_another", Kind: "hiring"}}}
	for name, tt := range map[string]struct {
		change    []func(*Diagnosis)
		agreement *Agreement
		drift     *Drift
		want      []string
	}{
		"an empty week":                        {nil, signed(), nil, nil},
		"a split before there is an agreement": {[]func(*Diagnosis){split}, nil, nil, []string{"draft"}},
		"a split":                              {[]func(*Diagnosis){split}, signed(), nil, []string{"split"}},
		"a split to come":                      {[]func(*Diagnosis){func(d *Diagnosis) { d.Verdict.Call, d.Verdict.Summary = CallPrepare, "Soon." }}, signed(), nil, []string{"prepare"}},
		"no answer": {[]func(*Diagnosis){func(d *Diagnosis) {
			d.Verdict.Call, d.Missing = CallUnknown, []Missing{{What: "engineers", Effect: "It decides the call."}, {What: "revenue"}}
		}}, signed(), nil, []string{"missing"}},
		"no answer, and nothing that would help": {[]func(*Diagnosis){func(d *Diagnosis) { d.Verdict.Call = CallUnknown }}, signed(), nil, nil},
		"of each kind one, three at most":        {[]func(*Diagnosis){symptoms, needs, failed, split}, signed(), drift, []string{"split", "source", "waits"}},
		"what is wrong before what is not signed": {[]func(*Diagnosis){failed}, &Agreement{
			Signatures: []SignatureStatus{{State: SignatureMissing}},
			Findings:   []AgreementIssue{{ID: "no_date", Level: LevelGap}, {ID: "two_deciders", Level: LevelProblem, Text: "Two decide on vendors.", Advice: "Strike one."}},
		}, nil, []string{"source", "mend"}},
		"what is not signed": {nil, &Agreement{Signatures: []SignatureStatus{{Who: Who{Called: "the CTO"}, State: SignatureMissing}, {Who: Who{Called: "the VP of Engineering"}, State: SignatureStale}}}, nil, []string{"sign"}},
		"a wide span is more than debt, and a strong need than a weak one": {[]func(*Diagnosis){symptoms, needs}, signed(), nil, []string{"structure", "debt"}},
		"the first advice of several":                                      {[]func(*Diagnosis){symptoms}, signed(), nil, []string{"debt"}},
		"advice by its finding's words":                                    {[]func(*Diagnosis){symptoms, func(d *Diagnosis) { d.Verdict.InTheMean = d.Verdict.InTheMean[3:] }}, signed(), nil, []string{"reviews"}},
	} {
		d := quiet(calm)
		for _, change := range tt.change {
			change(d)
		}
		want := []Task{}
		for _, one := range tt.want {
			want = append(want, task[one])
		}
		if diff := cmp.Diff(want, NewBrief(BriefInput{Now: d, Before: quiet(before), Agreement: tt.agreement, Drift: tt.drift}).Decide); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestBriefTellsWhatChanged since a week ago: states that turned and decisions that were taken.
func TestBriefTellsWhatChanged(t *testing.T) {
	now, then := quiet(calm), quiet(before)
	then.Findings = append(then.Findings, Finding{ID: "N8", State: Unknown}, Finding{ID: "N9", State: Unknown})
	now.Findings = []Finding{
		{ID: "N6", Title: "Too many report to one.", State: Present, Speaks: "vpe", Summary: "Fourteen do."},
		{ID: "N7", Title: "Debt grows", State: Absent, Speaks: "cto"},
		{ID: "N8", Title: "Budgets are late", State: Present, Evidence: []Fact{{Origin: "declared"}}}, // somebody said so, without saying since when
		{ID: "N9", Title: "Builds are slow", State: Present, Speaks: "cto", Summary: "By half.", Evidence: []Fact{{Origin: "measured"}}},
		{ID: "N10", Title: "Not looked for before", State: Present},
	}
	now.Structure = []Finding{{ID: "S1", Title: "A team has no lead", State: Unknown, Summary: "The chart ends in May."}}
	records := []RecordSummary{
		{ID: "0001", Title: "On the last day", Status: "accepted", Since: before},
		{ID: "0002", Repository: "web", Path: "0002.md", Title: "Use one queue", Status: "accepted", Since: "2026-03-02"},
		{ID: "0003", Repository: "web", Path: "0003.md", Title: "Drop the cache", Status: "rejected", Since: calm},
		{ID: "0004", Title: "After the day that is shown", Status: "accepted", Since: "2026-03-09"},
		{ID: "0005", Title: "Of no status", Since: "2026-03-03"},
	}
	then.Findings = append(then.Findings, Finding{ID: "D1", State: Present})
	now.Findings = append(now.Findings, Finding{ID: "D1", Title: "Documents are not kept up", State: Absent, Speaks: "vpe", Summary: "18 of 24 are."})
	want := []News{
		{Kind: "finding", ID: "N6", Title: "Too many report to one", Text: "Present, was absent. Fourteen do.", Room: "vpe"},
		{Kind: "finding", ID: "N9", Title: "Builds are slow", Text: "Present, was unknown. By half.", Room: "cto"},
		{Kind: "finding", ID: "D1", Title: "No longer: Documents are not kept up", Text: "18 of 24 are.", Room: "vpe"},
		{Kind: "structure", ID: "S1", Title: "A team has no lead", Text: "Unknown, was absent. The chart ends in May.", Room: "organisation"},
		{Kind: "decision", ID: "web:0002.md", Title: "Use one queue", Text: "It is accepted since 2026-03-02.", Room: "decisions"},
		{Kind: "decision", ID: "web:0003.md", Title: "Drop the cache", Text: "It is rejected since 2026-03-08.", Room: "decisions"},
	}
	if diff := cmp.Diff(want, NewBrief(BriefInput{Now: now, Before: then, Records: records}).Changed); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b := NewBrief(BriefInput{Now: quiet(calm), Before: quiet(before), Records: records[:1]})
	if len(b.Changed) != 0 || b.Since != before || b.AsOf != calm || b.Company != "Acme" {
		t.Errorf("an empty week: %+v", b)
	}
	if b = NewBrief(BriefInput{Now: now, Records: records}); len(b.Changed) != 0 || b.Since != "" {
		t.Errorf("without a week before: %+v", b)
	}
}

func TestBriefTellsHowTheVerdictMoved(t *testing.T) {
	for _, tt := range []struct {
		call       string
		confidence float64
		want       string
	}{
		{CallOneLeader, 0.9, "Since 2026-03-01 it has not moved. Calm for a year."},
		{CallOneLeader, 0.93, "Since 2026-03-01 the call is the same; 93 of 100 ways agree now, 90 did then. Calm for a year."},
		{CallPrepare, 0.6, `Since 2026-03-01 the call moved from "One leader is enough" to "Prepare to split the role". Calm for a year.`},
	} {
		now := quiet(calm)
		now.Verdict.Call, now.Verdict.Confidence, now.History.Summary = tt.call, tt.confidence, "Calm for a year."
		if got := NewBrief(BriefInput{Now: now, Before: quiet(before)}).Moved; got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
		if got := NewBrief(BriefInput{Now: now}).Moved; got != "Calm for a year." {
			t.Errorf("without a week before: %q", got)
		}
	}
}
