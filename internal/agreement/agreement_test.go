package agreement

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/google/go-cmp/cmp"
)

var today = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// builtin is compiled once: nothing changes it.
var builtin = sync.OnceValues(playbook.Default)

func rules(t *testing.T) *playbook.Playbook {
	t.Helper()
	p, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// parse reads an agreement after edits of its text: pairs of old and new, each of which
// must be there.
func parse(t *testing.T, text []byte, edits ...string) *workspace.Agreement {
	t.Helper()
	s := string(text)
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(s, edits[i]) {
			t.Fatalf("%q is not in\n%s", edits[i], s)
		}
		s = strings.Replace(s, edits[i], edits[i+1], 1)
	}
	a, err := workspace.ParseAgreement("agreement.yaml", []byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// settled is an agreement in which nothing is open, as text.
func settled(t *testing.T) []byte {
	t.Helper()
	d := New(rules(t), Facts{Company: "Acme", Today: today, Engineers: 40, Leaders: []string{"cto", "vpe"}, LeadersSeen: true})
	a := d.Agreement
	a.Roles[0].Holder, a.Roles[1].Holder = "Ada", "Grace"
	a.Roles[1].Horizon.Value.High = 24
	for i := range a.Roles {
		a.Roles[i].Budget.Value.Amount = workspace.Is[int64](3_000_000)
	}
	for i := range a.TradeOffs {
		a.TradeOffs[i].Position = "agreed"
	}
	return sign(t, sign(t, workspace.AgreementYAML(a, d.Notes), "cto", "Ada"), "vpe", "Grace")
}

func sign(t *testing.T, text []byte, role, name string) []byte {
	t.Helper()
	out, err := workspace.Sign("agreement.yaml", text, workspace.Signature{Role: role, Name: name, Date: today})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDraftKnowsNothing(t *testing.T) {
	d := New(rules(t), Facts{Today: today})
	a := parse(t, workspace.AgreementYAML(d.Agreement, d.Notes))
	if len(a.Decisions) != len(rules(t).Agreement.Decisions) || len(a.Roles) != 2 {
		t.Errorf("%d decisions, %d roles", len(a.Decisions), len(a.Roles))
	}
	for _, r := range a.Roles {
		if r.Holder != "" || r.Budget.Value.Amount.OK {
			t.Errorf("%s: a holder or an amount was made up: %+v", r.ID, r)
		}
	}
	for _, x := range a.TradeOffs {
		if x.Today != "" || x.Position != "" {
			t.Errorf("%s: a position was made up", x.ID)
		}
	}
	notes := strings.Join(d.Notes, "\n")
	for _, want := range []string{"Who leads engineering today is not known", "The number of engineers is not known"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not said in\n%s", want, notes)
		}
	}
	found := Check(rules(t), a, nil, today)
	for _, f := range found {
		if f.Level == cockpit.LevelProblem {
			t.Errorf("a draft has a problem: %s", f.Text)
		}
	}
	for _, id := range []string{"no_holder", "no_budget", "no_position", "not_signed"} {
		if !slices.ContainsFunc(found, func(f cockpit.AgreementIssue) bool { return f.ID == id }) {
			t.Errorf("no finding %s", id)
		}
	}
}

func TestDraftTakesWhatIsKnown(t *testing.T) {
	d := New(rules(t), Facts{
		Company: "Acme", Today: today, Engineers: 41.6, Leaders: []string{"technical_leader"}, LeadersSeen: true, Currency: "EUR",
		Stand: map[string]string{"debt.balance": "more came in than went out"}, Holders: map[string]string{"cto": "Ada", "ceo": "Alan"},
	})
	a := d.Agreement
	if a.Currency != "EUR" || a.Roles[0].Spending.OK {
		t.Errorf("limits in US dollars were taken for %s: %+v", a.Currency, a.Roles[0].Spending)
	}
	if a.Roles[0].Holder != "Ada" || a.Roles[1].Holder != "" {
		t.Errorf("holders %q and %q", a.Roles[0].Holder, a.Roles[1].Holder)
	}
	if a.TradeOffs[0].Today != "more came in than went out" || a.TradeOffs[1].Today != "" {
		t.Errorf("today: %q and %q", a.TradeOffs[0].Today, a.TradeOffs[1].Today)
	}
	notes := strings.Join(d.Notes, "\n")
	for _, want := range []string{"Today there is only a Technical leader", "about 42 engineers", "counts in EUR"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not in\n%s", want, notes)
		}
	}
	if a.ReviewBy != today.AddDate(0, 6, 0) || a.Reviews[0].Next != today.AddDate(0, 1, 0) || a.Reviews[1].Next != today.AddDate(0, 3, 0) {
		t.Errorf("dates %v, %v, %v", a.ReviewBy, a.Reviews[0].Next, a.Reviews[1].Next)
	}
	if got := d.Agreement.Roles[0].Time; got[0].Share != (workspace.Span{Low: 0.6, High: 0.7}) || got[1].Share != (workspace.Span{Low: 0.3, High: 0.4}) {
		t.Errorf("time of the CTO %+v; R3 says 60-70 %%", got)
	}
}

func TestASettledAgreementHasNothingOpen(t *testing.T) {
	a := parse(t, settled(t))
	if found := Check(rules(t), a, nil, today); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	v := View(rules(t), a, nil, today)
	if v.Headline != "The CTO decides 11 kinds of decision, the VP of Engineering 10" || v.Summary != "Nothing is open. It is signed by the CTO and the VP of Engineering." {
		t.Errorf("%s\n%s", v.Headline, v.Summary)
	}
}

func TestCheck(t *testing.T) {
	const vendor = "    title: \"Vendors and technology partners\"\n    decides: cto\n"
	for _, c := range []struct {
		id, level, text string
		edits           []string
	}{
		{"nobody_decides", "problem", "Nobody decides on vendors and technology partners", []string{vendor, "    title: \"Vendors and technology partners\"\n"}},
		{"two_deciders", "problem", "The CTO and the VP of Engineering decide together on vendors", []string{vendor, strings.Replace(vendor, "cto", "[cto, vpe]", 1)}},
		{"two_deciders", "problem", `"VENDORS and technology partners" is here twice: the CTO decides by line`, []string{"  technology_risk:\n", "  partners: {title: \"VENDORS and technology partners\", decides: vpe, days: 3}\n  technology_risk:\n"}},
		{"keyword_of_two", "note", `The keyword "Cloud" stands under vendors and technology partners and technology risk`, []string{vendor, vendor + "    keywords: [cloud]\n", "    title: \"Technology risk and security\"\n    decides: cto\n", "    title: \"Technology risk and security\"\n    decides: vpe\n    keywords: [Cloud]\n"}},
		{"decider_asked", "note", "The CTO decides on vendors and technology partners, and is also to be asked or told", []string{vendor + "    consulted: [vpe", vendor + "    consulted: [cto, vpe"}},
		{"escalates_to_decider", "problem", "A dispute on vendors and technology partners goes to the CTO, who decided it", []string{vendor, vendor + "    escalates_to: cto\n", "    days: 20\n    escalates_to: ceo\n    cites: [R1, T3]", "    days: 20\n    cites: [R1, T3]"}},
		{"no_deadline", "gap", "No time is set to decide on vendors", []string{"    days: 20\n    escalates_to: ceo\n    cites: [R1, T3]", "    escalates_to: ceo\n    cites: [R1, T3]"}},
		{"no_right", "gap", "It is not said who decides on vendors and technology partners", []string{"  vendors:\n", "  sellers:\n"}},
		{"stranger", "gap", `"security" is named 2 times`, []string{"  security: \"whoever answers for security\"\n", ""}},
		{"stranger", "gap", `"cfo" is named once`, []string{"    consulted: [vpe, finance, legal]", "    consulted: [vpe, finance, legal, cfo]"}},
		{"owned_by_two", "problem", "The CTO and the VP of Engineering both own timelines and resource allocation", []string{"      - \"outside representation\"", "      - \"Timelines and resource allocation\""}},
		{"no_owner", "problem", "Technology risk has neither an owner nor a process", []string{"    owner: cto\n    process: \"One list of risks; the VP of Engineering runs what reduces them\"\n", ""}},
		{"two_owners", "problem", "The CTO and the VP of Engineering own technology risk together, without a process", []string{"    owner: cto\n    process: \"One list of risks; the VP of Engineering runs what reduces them\"\n", "    owner: [cto, vpe]\n"}},
		{"overlap_left_out", "gap", "Technology risk is a matter of both", []string{"  technology_risk:\n    title: \"Technology risk\"\n", "  risks:\n    title: \"Risks\"\n"}},
		{"time_over", "problem", "The time of the CTO adds to 105 % at least", []string{`{on: "everything else", share: 30-40 %}`, `{on: "everything else", share: 45-50 %}`}},
		{"time_under", "note", "The time of the CTO adds to 90 % at most", []string{`{on: "everything else", share: 30-40 %}`, `{on: "everything else", share: 10-20 %}`}},
		{"time_unusual", "note", "The CTO gives 20-30 % to outward- and future-facing work; the playbook says 60-70 %", []string{`share: 60-70 %`, `share: 20-30 %`, `share: 30-40 %`, `share: 70-80 %`}},
		{"no_time", "gap", "It is not said what the CTO gives time to", []string{"    time:\n      - {on: \"outward- and future-facing work\", share: 60-70 %}\n      - {on: \"everything else\", share: 30-40 %}\n", ""}},
		{"effort_sum", "problem", "Innovation (15 %) and delivery (80 %) cannot add to 100 %", []string{"innovation: 10-20 %", "innovation: 15 %", "delivery: 80-90 %", "delivery: 80 %"}},
		{"effort_sum", "problem", "Innovation (30 %) and delivery (80-90 %) cannot add to 100 %", []string{"innovation: 10-20 %", "innovation: 30 %"}},
		{"innovation_unusual", "note", "Innovation is set to 30 %; the playbook says 10-20 %", []string{"innovation: 10-20 %", "innovation: 30 %", "delivery: 80-90 %", "delivery: 70 %"}},
		{"no_innovation", "gap", "No share of effort is set for innovation", []string{"  innovation: 10-20 %\n", ""}},
		{"horizon_gap", "note", "Nobody is named for what lies 18 to 24 months ahead", []string{"horizon: 3-24 months", "horizon: 3-18 months"}},
		{"horizon_reversed", "problem", "The CTO looks 12 months ahead, less far than the VP of Engineering with 3-24 months", []string{"horizon: 24-60 months", "horizon: 1 year"}},
		{"no_horizon", "gap", "It is not said how far the CTO looks ahead", []string{"    horizon: 24-60 months\n", ""}},
		{"no_spending_limit", "gap", "It is not said what the CTO may spend without asking", []string{"    spending_limit: 500000\n", ""}},
		{"limit_above_budget", "problem", "The CTO may spend 5,000,000 USD on one thing, and has 3,000,000 USD for the year", []string{"spending_limit: 500000\n", "spending_limit: 5000000\n"}},
		{"no_meeting", "gap", "Weekly alignment is not agreed", []string{"  alignment:\n", "  talk:\n"}},
		{"rare_meeting", "note", "Weekly alignment takes place every month; the playbook says every week", []string{"every: week\n", "every: month\n"}},
		{"meeting_without", "problem", "Weekly alignment takes place without the VP of Engineering", []string{"    who: [cto, vpe]\n", "    who: [cto]\n"}},
		{"no_review", "gap", "Nobody is named who keeps decision records", []string{"  architectural:\n", "  records:\n"}},
		{"rare_review", "note", "are reviewed every half year; the playbook says every month", []string{"every: month\n", "every: half_year\n"}},
		{"no_keeper", "problem", "Nobody keeps API specifications", []string{"    owner: vpe\n    every: month\n", "    every: month\n"}},
		{"review_passed", "problem", "The review of API specifications, runbooks, review standards, deployment checklists was due on 2026-06-30", []string{"next: 2026-08-01", "next: 2026-06-30"}},
		{"review_passed", "problem", "Debt against features was to be looked at again on 2026-06-30", []string{"review: 2026-10-01", "review: 2026-06-30"}},
		{"review_passed", "problem", "The agreement was to be looked at again on 2026-06-30", []string{"effective: 2026-07-01", "effective: 2026-01-01", "review_by: 2027-01-01", "review_by: 2026-06-30"}},
		{"dates_reversed", "problem", "before it holds from 2026-07-01", []string{"review_by: 2027-01-01", "review_by: 2026-06-30"}},
		{"no_start", "gap", "It is not said from when the agreement holds", []string{"effective: 2026-07-01\n", ""}},
		{"no_end", "gap", "It is not said when the agreement is looked at again", []string{"review_by: 2027-01-01\n", ""}},
		{"no_position", "gap", `Debt against features: "How much of each quarter pays down debt?" is not answered`, []string{"    position: \"agreed\"\n", ""}},
		{"no_trade_off", "gap", "Nothing is said of debt against features", []string{"  debt_or_features:\n", "  debts:\n"}},
		{"nobody_decides", "problem", "Nobody decides on debt against features", []string{"debt?\"\n    decides: cto\n", "debt?\"\n"}},
		{"two_deciders", "problem", "The CTO and the VP of Engineering decide together on debt against features", []string{"debt?\"\n    decides: cto\n", "debt?\"\n    decides: [cto, vpe]\n"}},
		{"no_clock", "gap", "The step to the CEO has no clock", []string{"  - to: [ceo]\n    within: 3\n", "  - to: [ceo]\n"}},
		{"never_ends", "problem", "A dispute never leaves the two", []string{"  - to: [ceo]\n", "  - to: [cto, vpe]\n"}},
		{"ends_inside", "note", "A dispute ends with the CTO, who is one of the two", []string{"  - to: [ceo]\n", "  - to: [cto]\n"}},
		{"ends_with_many", "note", "A dispute ends with several: the CEO and finance", []string{"  - to: [ceo]\n", "  - to: [ceo, finance]\n"}},
		{"report_to_each_other", "problem", "report to each other", []string{"reports_to: ceo", "reports_to: vpe"}},
		{"no_holder", "gap", "Nobody is named as the CTO", []string{"    holder: \"Ada\"\n", ""}},
		{"one_holder", "note", "ada holds both roles, the CTO and the VP of Engineering", []string{`holder: "Grace"`, `holder: "ada"`}},
		{"no_budget", "gap", "The budget of the CTO has no amount", []string{"      amount: 3000000\n", ""}},
		{"no_mission", "gap", "It is not said what the CTO is for", []string{"    mission: \"Decides what is built on and why, years ahead\"\n", ""}},
		{"answers_for_nothing", "gap", "It is not said what the CTO answers for", []string{"    answers_for: \"technology competitive advantage and the innovation pipeline\"\n", ""}},
		{"signature_stale", "problem", "Ada signed another text on 2026-07-01", []string{vendor, strings.Replace(vendor, "cto", "vpe", 1)}},
		{"signed_by_another", "problem", "Ada signed as the CTO, whose holder is another (Alan)", []string{`holder: "Ada"`, `holder: "Alan"`}},
		{"signed_for_both", "note", "Ada signed for both the CTO and the VP of Engineering", []string{`name: "Grace"`, `name: "Ada"`}},
		{"signs_for_nothing", "problem", "Ada signed as cfo, which is no role here", []string{"  - role: cto\n", "  - role: cfo\n"}},
		{"not_signed", "gap", "The CTO has not signed", []string{"  - role: cto\n", "  - role: cfo\n"}},
	} {
		found := Check(rules(t), parse(t, settled(t), c.edits...), nil, today)
		i := slices.IndexFunc(found, func(f cockpit.AgreementIssue) bool { return f.ID == c.id && strings.Contains(f.Text, c.text) })
		switch {
		case i < 0:
			t.Errorf("%s: %q is not in\n%s", c.id, c.text, texts(found))
		case found[i].Level != c.level:
			t.Errorf("%s is a %s, want %s", c.id, found[i].Level, c.level)
		case c.id != "signed_for_both" && found[i].Advice == "":
			t.Errorf("%s has no advice", c.id)
		}
	}
}

func TestCheckOfNothing(t *testing.T) {
	found := Check(rules(t), parse(t, []byte("company: A\n")), nil, today)
	for _, id := range []string{"fewer_than_two", "no_escalation", "no_right", "no_innovation", "overlap_left_out", "no_meeting", "no_review", "no_trade_off"} {
		if !slices.ContainsFunc(found, func(f cockpit.AgreementIssue) bool { return f.ID == id }) {
			t.Errorf("no finding %s in\n%s", id, texts(found))
		}
	}
	if found[0].Level != cockpit.LevelProblem {
		t.Errorf("the first is a %s", found[0].Level)
	}
}

// Lines lead to what is wrong, and the worst comes first.
func TestFindingsHaveTheirLine(t *testing.T) {
	text := settled(t)
	a := parse(t, text, "    title: \"Vendors and technology partners\"\n    decides: cto\n", "    title: \"Vendors and technology partners\"\n", "    holder: \"Ada\"\n", "")
	found := Check(rules(t), a, nil, today)
	if found[0].Level != cockpit.LevelProblem || found[0].ID != "nobody_decides" {
		t.Fatalf("%s", texts(found))
	}
	line := slices.IndexFunc(strings.Split(string(text), "\n"), func(l string) bool { return l == "  vendors:" }) + 1 - 1 // a line above is gone
	if found[0].Line != line {
		t.Errorf("line %d, want %d", found[0].Line, line)
	}
}

func texts(found []cockpit.AgreementIssue) string {
	var lines []string
	for _, f := range found {
		lines = append(lines, f.Level+" "+f.ID+": "+f.Text)
	}
	return strings.Join(lines, "\n")
}

// TestUnsignable: two deciders and the wrong name keep from signing; a date that passed and
// the signature of another text do not.
func TestUnsignable(t *testing.T) {
	base := settled(t)
	for _, c := range []struct {
		edits []string
		want  []string
	}{
		{nil, nil},
		{[]string{"version: 1", "version: 2"}, nil},                                              // both signed another text
		{[]string{"review_by: 2027-01-01", "review_by: 2026-07-01"}, nil},                        // and it has passed
		{[]string{"partners\"\n    decides: cto\n", "partners\"\n"}, []string{"nobody_decides"}}, // a problem
		{[]string{"partners\"\n    decides: cto", "partners\"\n    decides: [cto, vpe]", `name: "Grace"`, `name: "Barbara"`}, []string{"two_deciders", "signed_by_another"}},
	} {
		var got []string
		for _, f := range Unsignable(Check(rules(t), parse(t, base, c.edits...), nil, time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC))) {
			got = append(got, f.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.edits, got, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	base := settled(t)
	for _, c := range []struct {
		name  string
		edits []string
		want  []string
	}{
		{"nothing", nil, nil},
		{"who decides", []string{"partners\"\n    decides: cto", "partners\"\n    decides: vpe"}, []string{"Vendors and technology partners: decided by the VP of Engineering, was the CTO."}},
		{"nobody any more", []string{"partners\"\n    decides: cto\n", "partners\"\n"}, []string{"Vendors and technology partners: decided by nobody, was the CTO."}},
		{"asked", []string{"[vpe, finance, legal]", "[vpe, legal, security]"}, []string{"Vendors and technology partners, consulted: whoever answers for security added; finance no longer."}},
		{"time to decide", []string{"days: 20\n    escalates_to: ceo\n    cites: [R1, T3]", "days: 1\n    escalates_to: ceo\n    cites: [R1, T3]"}, []string{"Vendors and technology partners, time to decide: 1 working day, was 20 working days."}},
		{"kind gone and new", []string{"  vendors:\n", "  sellers:\n"}, []string{"Vendors and technology partners: decided by the CTO, new.", "Vendors and technology partners: was decided by the CTO, and nobody is named any more."}},
		{"holder", []string{`holder: "Grace"`, `holder: "Barbara"`}, []string{"The VP of Engineering: Barbara, was Grace."}},
		{"holder gone", []string{"    holder: \"Grace\"\n", ""}, []string{"The VP of Engineering: was Grace, and is no longer said."}},
		{"owns", []string{"outside representation", "patents"}, []string{"The CTO owns: adds patents.", "The CTO owns: drops outside representation."}},
		{"innovation", []string{"innovation: 10-20 %", "innovation: 15 %"}, []string{"Share of innovation: 15 %, was 10-20 %."}},
		{"limit", []string{"spending_limit: 500000", "spending_limit: 250000"}, []string{"The CTO spends without asking: 250,000 USD, was 500,000 USD."}},
		{"time", []string{"share: 60-70 %", "share: 50 %"}, []string{"The CTO gives time to outward- and future-facing work: 50 %, was 60-70 %."}},
		{"budget", []string{"amount: 3000000", "amount: 4000000"}, []string{"The CTO, budget: Technology infrastructure and R&D, 4,000,000 USD a year, was Technology infrastructure and R&D, 3,000,000 USD a year."}},
		{"overlap", []string{"    owner: cto\n    process: \"One list", "    owner: vpe\n    process: \"One list"}, []string{"Technology risk, owner: the VP of Engineering, was the CTO."}},
		{"meeting", []string{"every: week\n", "every: month\n"}, []string{"Weekly alignment: every month, was every week."}},
		{"review", []string{"next: 2026-08-01", "next: 2026-09-01"}, []string{"API specifications, runbooks, review standards, deployment checklists, next: 2026-09-01, was 2026-08-01."}},
		{"position", []string{"position: \"agreed\"", "position: \"15 % of each quarter\""}, []string{"Debt against features, position: 15 % of each quarter, was agreed."}},
		{"step", []string{"  - to: [ceo]\n    within: 3", "  - to: [ceo]\n    within: 10"}, []string{"Step 3, time: 10 working days, was 3 working days."}},
		{"version", []string{"version: 1", "version: 2"}, []string{"Version: 2, was 1."}},
		{"signature", []string{`name: "Grace"`, `name: "Barbara"`}, []string{"Barbara signed as the VP of Engineering on 2026-07-01."}},
		{"others", []string{"finance: \"finance\"", "finance: \"the controller\""}, []string{"finance is called: the controller, was finance."}},
	} {
		cmped := Compare(rules(t), parse(t, base), parse(t, base, c.edits...))
		var got []string
		for _, ch := range cmped.Changes {
			got = append(got, ch.Text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCompareSaysHowMuch(t *testing.T) {
	base := settled(t)
	for want, edits := range map[string][]string{
		"The two say the same.":                         nil,
		"1 change; who decides what stays.":             {"version: 1", "version: 2"},
		"1 change; 1 decision passes to somebody else.": {"partners\"\n    decides: cto", "partners\"\n    decides: vpe"},
		"2 changes; 2 decisions pass to somebody else.": {"partners\"\n    decides: cto", "partners\"\n    decides: vpe", "debt?\"\n    decides: cto", "debt?\"\n    decides: ceo"},
	} {
		if got := Compare(rules(t), parse(t, base), parse(t, base, edits...)).Headline; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What changed of one part stands together: each has one heading.
func TestCompareGathersParts(t *testing.T) {
	base := settled(t)
	edits := []string{"partners\"\n    decides: cto", "partners\"\n    decides: vpe", "[vpe, finance, legal]", "[vpe, legal]", "debt?\"\n    decides: cto", "debt?\"\n    decides: ceo", "every: week\n", "every: month\n"}
	var parts []string
	changes := Compare(rules(t), parse(t, base), parse(t, base, edits...)).Changes
	for _, ch := range changes {
		parts = append(parts, ch.Part)
	}
	if want := []string{"who decides", "who decides", "decision rights", "meetings"}; !slices.Equal(parts, want) {
		t.Errorf("%q, want %q", parts, want)
	}
}

// Every value of the document that can change is compared: whatever is edited, either
// the comparison says something or the hash is the same.
func TestCompareMissesNothing(t *testing.T) {
	base := settled(t)
	lines := strings.Split(string(base), "\n")
	value := regexp.MustCompile(`: "([a-zA-Z][^"]*)"$|- "([a-zA-Z][^"]*)"$`)
	seen := 0
	for i, l := range lines {
		if !value.MatchString(l) || strings.Contains(l, "sha256") {
			continue
		}
		seen++
		edited := slices.Clone(lines)
		edited[i] = l[:len(l)-1] + ` changed"`
		b := parse(t, []byte(strings.Join(edited, "\n")))
		if c := Compare(rules(t), parse(t, base), b); len(c.Changes) == 0 {
			t.Errorf("line %d is not compared: %s", i+1, l)
		}
	}
	if seen < 80 {
		t.Errorf("only %d values were changed", seen)
	}
}

func num(x float64) *float64 { return &x }

func is(b bool) *bool { return &b }

func TestDecide(t *testing.T) {
	agreed := parse(t, settled(t))
	swapped := parse(t, settled(t), "database for one product, search)\"\n    decides: vpe", "database for one product, search)\"\n    decides: [cto, vpe]")
	open := parse(t, settled(t), "database for one product, search)\"\n    decides: vpe\n", "database for one product, search)\"\n")
	without := parse(t, settled(t), "  team_technology:\n", "  teams_choice:\n")
	small := playbook.Attributes{Reach: "team", Horizon: num(12), Cost: num(20), Reversible: is(true), Security: is(false), Compliance: is(false)}
	costly := small
	costly.Cost = num(60)
	secure := small
	secure.Security = is(true)
	big := playbook.Attributes{Reach: "company", Horizon: num(36), Cost: num(500), Reversible: is(false), Security: is(false), Compliance: is(false)}
	huge := big
	huge.Cost = num(2000)
	for _, c := range []struct {
		name  string
		a     *workspace.Agreement
		attrs playbook.Attributes
		kind  string
		want  string
	}{
		{"T1, by the agreement", agreed, small, "team_technology", "The VP of Engineering decides, after consulting the teams concerned and the CTO, within 5 working days."},
		{"T1, by the playbook", nil, small, "team_technology", "The VP of Engineering decides, after consulting the teams concerned and the CTO, within 5 working days."},
		{"T2", agreed, big, "enterprise_technology", "The CTO decides, after consulting the VP of Engineering, finance and the teams concerned, within 20 working days."},
		{"as much as a small budget", agreed, huge, "enterprise_technology", "The CTO decides, after consulting the VP of Engineering, finance, the teams concerned and the CEO, within 20 working days."},
		{"above the limit of the VP of Engineering", agreed, costly, "team_technology", "The VP of Engineering decides, after consulting the teams concerned and the CTO, within 5 working days."},
		{"security of a team", agreed, secure, "team_technology", "The VP of Engineering decides, after consulting the teams concerned, the CTO and whoever answers for security, within 5 working days."},
		{"two deciders are said", swapped, small, "team_technology", "The CTO and the VP of Engineering decide together, after consulting the teams concerned, within 5 working days."},
		{"nobody is said", open, small, "team_technology", "Nobody decides on technology of one team (framework, database for one product, search): the agreement leaves it open."},
		{"a kind that the agreement does not have", without, small, "team_technology", "The VP of Engineering decides, after consulting the teams concerned and the CTO, within 5 working days."},
		{"depends", agreed, playbook.Attributes{Cost: num(20)}, "", "It depends on reach, security, compliance, horizon and reversible: it is for the CTO or the VP of Engineering to decide."},
		{"depends, but not on who", agreed, playbook.Attributes{Reach: "company", Reversible: is(false)}, "", "The CTO decides in any case, after consulting the VP of Engineering; the kind of decision, who else is asked and by when depend on security and compliance."},
	} {
		d, err := Decide(rules(t), c.a, c.attrs)
		if err != nil {
			t.Fatal(err)
		}
		if d.Kind != c.kind || d.Sentence != c.want {
			t.Errorf("%s: %s\n%s\nwant\n%s", c.name, d.Kind, d.Sentence, c.want)
		}
		if len(d.Rules) == 0 || len(d.Citations) == 0 {
			t.Errorf("%s: no rule or no citation", c.name)
		}
	}
}

// TestDecideWhoIsCertain: where every kind that it may be has one decider, the answer holds
// the decider, who is asked and told in all of them, and time and way where they are the
// same; but not where some rule may hold that nobody wrote.
func TestDecideWhoIsCertain(t *testing.T) {
	attrs := playbook.Attributes{Reach: "company", Reversible: is(false)}
	d, err := Decide(rules(t), parse(t, settled(t)), attrs)
	if err != nil {
		t.Fatal(err)
	}
	if d.Certain || d.Kind != "" || d.Days != 0 || len(d.Rules) < 3 || len(d.Depends) == 0 {
		t.Errorf("the kind is not certain: %+v", d)
	}
	if got := [3]string{cockpit.WhoWords(d.Decides), cockpit.WhoWords(d.Consulted), cockpit.WhoWords(d.Informed)}; got != [3]string{"the CTO", "the VP of Engineering", "the CEO"} {
		t.Errorf("%q", got)
	}
	if len(d.Escalation) == 0 || len(d.Notes) == 0 || len(d.Citations) == 0 {
		t.Errorf("%+v", d)
	}
	other, err := Decide(rules(t), parse(t, settled(t), "  compliance:\n    title: \"Certifications and compliance frameworks\"\n    decides: cto", "  compliance:\n    title: \"Certifications and compliance frameworks\"\n    decides: ceo"), attrs)
	if err != nil || len(other.Decides) > 0 || !strings.HasPrefix(other.Sentence, "It depends on") {
		t.Errorf("two may decide: %v %s", err, other.Sentence)
	}
}

func TestDecideSaysWhatElseMatters(t *testing.T) {
	agreed := parse(t, settled(t))
	d, err := Decide(rules(t), agreed, playbook.Attributes{Reach: "team", Horizon: num(12), Cost: num(60), Reversible: is(true)})
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(d.Notes, "\n")
	for _, want := range []string{
		"If security is touched: consults the CTO and whoever answers for security.",
		"If a compliance framework is touched: consults legal counsel; informs the CEO.",
		"It costs more than 50,000 USD, which the VP of Engineering may spend on one thing: the money needs the CTO.",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not in\n%s", want, notes)
		}
	}
	var path []string
	for _, s := range d.Escalation {
		path = append(path, cockpit.WhoWords(s.To))
	}
	if diff := cmp.Diff([]string{"the CTO and the VP of Engineering", "the CTO and the VP of Engineering", "the CTO"}, path); diff != "" {
		t.Errorf("a team's choice goes to the CTO (-want +got):\n%s", diff)
	}
	if r := d.Rules[len(d.Rules)-1]; r.When != `reach == "team"` {
		t.Errorf("the rule reads %s", r.When)
	}
	euros, err := Decide(rules(t), parse(t, settled(t), "currency: USD", "currency: EUR"), playbook.Attributes{Reach: "company", Cost: num(500), Security: is(false), Compliance: is(false)})
	if err != nil || !strings.Contains(strings.Join(euros.Notes, "\n"), "as EUR with limits of the agreement, and as US dollars with bounds of the playbook") || !strings.Contains(euros.Rules[0].When, "cost >= t.cost.high (500)") {
		t.Errorf("%v, %q, %+v", err, euros.Notes, euros.Rules)
	}
	without, err := Decide(rules(t), parse(t, settled(t), "  team_technology:\n", "  teams_choice:\n"), playbook.Attributes{Reach: "team", Cost: num(1), Reversible: is(true)})
	if err != nil || without.Source != "the playbook" || !strings.Contains(strings.Join(without.Notes, "\n"), "The agreement says nothing of technology of one team") {
		t.Errorf("%s, %q, %v", without.Source, without.Notes, err)
	}
}

// Whatever is known of a choice, more knowledge only narrows the answer: what may be
// decided with less known holds what is decided with all known.
func TestDecideNeverTakesBackWhatItSaid(t *testing.T) {
	p := rules(t)
	bools := []*bool{nil, is(false), is(true)}
	horizons := []*float64{nil, num(6), num(18), num(24), num(60)}
	costs := []*float64{nil, num(0), num(499), num(500), num(5000)}
	checked := 0
	for _, reach := range append([]string{""}, playbook.Reaches()...) {
		for _, h := range horizons {
			for _, c := range costs {
				for _, r := range bools {
					for _, s := range bools {
						for _, k := range bools {
							some := playbook.Attributes{Reach: reach, Horizon: h, Cost: c, Reversible: r, Security: s, Compliance: k}
							d, err := p.Decide(some)
							if err != nil {
								t.Fatal(err)
							}
							full := filled(some)
							all, err := p.Decide(full)
							if err != nil || !all.Certain || len(all.Rules) != 1 {
								t.Fatalf("with everything known no single rule holds: %+v, %v", full, err)
							}
							kind := all.Rules[0].Kind
							if !slices.ContainsFunc(d.Rules, func(r playbook.DecidingRule) bool { return r.Kind == kind }) {
								t.Fatalf("%+v may be %v, and is %s", some, d.Rules, kind)
							}
							if d.Certain && d.Rules[0].Kind != kind || !d.Certain && len(d.Depends) == 0 {
								t.Fatalf("%+v was certainly %s (depends on %v), and is %s", some, d.Rules[0].Kind, d.Depends, kind)
							}
							checked++
						}
					}
				}
			}
		}
	}
	if checked != 4*5*5*27 {
		t.Errorf("%d choices", checked)
	}
}

// filled gives what is not known some value.
func filled(a playbook.Attributes) playbook.Attributes {
	if a.Reach == "" {
		a.Reach = "several_teams"
	}
	if a.Horizon == nil {
		a.Horizon = num(30)
	}
	if a.Cost == nil {
		a.Cost = num(10)
	}
	for _, b := range []**bool{&a.Reversible, &a.Security, &a.Compliance} {
		if *b == nil {
			*b = is(true)
		}
	}
	return a
}

func TestDecideKind(t *testing.T) {
	p := rules(t)
	for _, kind := range Kinds(p, nil) {
		d, ok := DecideKind(p, nil, kind)
		if !ok || len(d.Decides) != 1 || d.Days == 0 || len(d.Citations) == 0 {
			t.Errorf("%s: %+v", kind, d)
		}
		last := d.Escalation[len(d.Escalation)-1].To
		if len(last) != 1 || last[0].ID == d.Decides[0].ID {
			t.Errorf("%s: a dispute with %s ends with %v", kind, d.Decides[0].Called, last)
		}
	}
	if _, ok := DecideKind(p, nil, "nothing"); ok {
		t.Error("a kind that is not there was decided")
	}
}

func TestRightsTellTraces(t *testing.T) {
	p := rules(t)
	a := parse(t, settled(t), "partners\"\n    decides: cto\n", "partners\"\n    decides: vpe\n    keywords: [supplier]\n", "  hiring:\n", "  pricing:\n")
	rights := Rights(p, a)
	byID := map[string]Right{}
	for _, r := range rights {
		byID[r.ID] = r
	}
	if len(byID) != len(rights) || len(rights) != len(p.Agreement.Decisions)+1 {
		t.Errorf("%d rights, %d ids", len(rights), len(byID))
	}
	vendors := byID["vendors"]
	if !vendors.Agreed || !slices.Equal(vendors.Decides, []string{"vpe"}) || !slices.Equal(vendors.Keywords, []string{"supplier"}) || len(vendors.Labels) != 0 {
		t.Errorf("the company's own words count alone: %+v", vendors)
	}
	if r := byID["migrations"]; !r.Agreed || !slices.Contains(r.Keywords, "migration") || len(r.Paths) == 0 {
		t.Errorf("words of the playbook where the company has none: %+v", r)
	}
	if r := byID["hiring"]; r.Agreed || !slices.Equal(r.Decides, []string{"vpe"}) {
		t.Errorf("what is not agreed is proposed: %+v", r)
	}
	if r := byID["pricing"]; !r.Agreed || len(r.Keywords) != 0 {
		t.Errorf("the company's own kind: %+v", r)
	}
}

// TestNobodyAsksThemselves: of those whom a rule would have asked, who decides is left out.
func TestNobodyAsksThemselves(t *testing.T) {
	d := newDecider(rules(t), nil)
	d.out.Decides = d.n.all([]string{workspace.RoleCTO})
	for want, a := range map[string]playbook.Addition{
		"consults the VP of Engineering":                  {Consulted: []string{workspace.RoleCTO, workspace.RoleVPE}},
		"consults the VP of Engineering; informs the CEO": {Consulted: []string{workspace.RoleVPE}, Informed: []string{workspace.RoleCTO, "ceo"}},
		"asks nobody besides who decides":                 {Consulted: []string{workspace.RoleCTO}},
	} {
		if got := d.asked(a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
