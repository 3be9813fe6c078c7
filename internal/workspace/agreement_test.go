package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func fullAgreement() *Agreement {
	day := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	return &Agreement{
		Company: `Ö "quoted" \ Sons`, Version: 2, Effective: day, ReviewBy: day.AddDate(0, 6, 0), Currency: "EUR",
		Roles: []AgreedRole{{
			ID: "cto", Title: "CTO", Holder: "Ada", Mission: "What and why: years ahead", ReportsTo: "ceo", AnswersFor: "advantage",
			Owns: []string{"vision", "debt: priorities"}, ShownBy: []string{"decision_days"}, Horizon: Is(Span{24, 60}),
			Time:   []TimeShare{{On: "outward and future", Share: Span{0.6, 0.7}}, {On: "the rest", Share: Span{0.3, 0.3}}},
			Budget: Is(Budget{Of: "R&D", Amount: Is[int64](2_000_000)}), Spending: Is[int64](500_000),
		}, {ID: "vpe", Title: "VP of Engineering", Budget: Is(Budget{Of: "people"})}},
		Others:     []Other{{ID: "ceo", Title: "the CEO"}},
		Effort:     Is(Effort{Innovation: Is(Span{0.15, 0.15}), Delivery: Is(Span{0.85, 0.85})}),
		Decisions:  []DecisionRight{{ID: "team_technology", Title: "Technology of a team", Decides: []string{"vpe"}, Consulted: []string{"cto"}, Informed: []string{"ceo"}, Days: 5, EscalatesTo: "ceo", Cites: []string{"T1"}, Keywords: []string{"search"}, Paths: []string{"docs/**"}, Labels: []string{"x"}}, {ID: "open", Title: "Open"}},
		Overlaps:   []AgreedOverlap{{ID: "architecture", Title: "Architecture", Owner: []string{"cto", "vpe"}, Process: "both"}},
		Meetings:   []AgreedMeeting{{ID: "alignment", Title: "Alignment", Every: "week", Minutes: 45, Who: []string{"cto", "vpe"}, About: "what changed"}},
		Reviews:    []AgreedReview{{ID: "runbooks", Title: "Runbooks", Owner: "vpe", Every: "month", Today: "half", Next: day}},
		TradeOffs:  []AgreedTradeOff{{ID: "debt", Title: "Debt", Question: "How much?", Decides: []string{"cto"}, Today: "70 %", Position: "15 %", Review: day}},
		Escalation: []AgreedStep{{To: []string{"cto", "vpe"}, Within: 2, How: "talk"}, {To: []string{"ceo"}}},
		Signatures: []Signature{{Role: "cto", Name: "Ada", Date: day.AddDate(-1, 0, 0), SHA256: strings.Repeat("12", 32)}},
	}
}

// ignoreLines leaves out what only a file gives a document.
var ignoreLines = cmp.FilterPath(func(p cmp.Path) bool {
	last := p.Last().String()
	return last == ".Line" || last == ".Path" || last == ".Hash"
}, cmp.Ignore())

func TestAgreementReadsWhatItWrites(t *testing.T) {
	for name, a := range map[string]*Agreement{"full": fullAgreement(), "empty": {}} {
		text := AgreementYAML(a, []string{"Not known: x", "", "a\nb"})
		if name == "empty" {
			text = []byte(strings.Replace(string(text), "roles:\n", "", 1))
		}
		got, err := ParseAgreement("agreement.yaml", text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if diff := cmp.Diff(a, got, ignoreLines, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
	}
}

func TestAgreementErrors(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"unknown key", "role: {}", `agreement.yaml:1:1: unknown key "role"`},
		{"not a mapping", "- x", "a mapping expected, found a list"},
		{"roles as a list", "roles: [cto]", "agreement.yaml:1:8: a mapping expected, found a list"},
		{"no id", "roles:\n  The CTO: {title: x}", `agreement.yaml:2:3: "The CTO" is not an id`},
		{"twice", "roles:\n  cto: {title: x}\n  cto: {title: y}", `agreement.yaml:3:3: "cto" is here twice`},
		{"no value", "roles:\n  cto:", `"cto" has no value`},
		{"no title", "roles:\n  cto: {holder: Ada}", `agreement.yaml:2:3: missing key "title"`},
		{"decider with a space", "decisions:\n  x: {title: x, decides: the CTO}", `agreement.yaml:2:26: "the CTO" is not an id`},
		{"share as a number", "effort: {innovation: 0.15}", "a share expected, found 0.15\n"},
		{"share above all", "effort: {innovation: 110 %}", "110 % is more than all"},
		{"share the wrong way round", "effort: {innovation: 20-10 %}", "the wrong way round"},
		{"horizon", "roles: {cto: {title: x, horizon: 5}}", "a horizon expected, found 5"},
		{"horizon the wrong way round", "roles: {cto: {title: x, horizon: 5-2 years}}", "the wrong way round"},
		{"days of none", "decisions: {x: {title: x, days: 0}}", "0 is not enough"},
		{"days in words", "decisions: {x: {title: x, days: five}}", `a whole number expected, found "five"`},
		{"rhythm", "meetings: {x: {title: x, every: weekly}}", `"weekly" is not a value of this key`},
		{"rhythm, advice", "meetings: {x: {title: x, every: weekly}}", `did you mean "week"?`},
		{"no such day", "review_by: 2026-02-30", "there is no day 2026-02-30"},
		{"year", "review_by: 0206-01-01", "is before 1970 or after 2199"},
		{"date", "effective: soon", `"soon" is not a date`},
		{"amount without a currency", "roles: {cto: {title: x, spending_limit: 5}}", "amounts without a currency"},
		{"currency", "currency: eur", "write it in capitals: EUR"},
		{"version", "version: 1.5", "1.5 is not a whole number"},
		{"hash", "signatures: [{role: cto, name: A, date: 2026-01-01, sha256: abc}]", `"abc" is not a SHA-256`},
		{"signed twice", "signatures:\n  - {role: cto, name: A, date: 2026-01-01, sha256: " + strings.Repeat("a", 64) + "}\n  - {role: cto, name: A, date: 2026-01-01, sha256: " + strings.Repeat("a", 64) + "}", "agreement.yaml:3:6: signature of cto is here twice"},
		{"step without anybody", "escalation: [{within: 3}]", `missing key "to"`},
		{"time twice", "roles: {cto: {title: x, time: [{on: A, share: 1 %}, {on: a, share: 1 %}]}}", "time on a is here twice"},
		{"tag", "company: !!str x", "is not used in this file"},
	} {
		_, err := ParseAgreement("agreement.yaml", []byte(c.yaml))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q is not in\n%v", c.name, c.want, err)
			continue
		}
		if problem.ExitCode(err) != 2 || problem.Hint(err) == "" || !strings.Contains(err.Error(), " | ") {
			t.Errorf("%s: status %d, hint %q, and an excerpt in\n%v", c.name, problem.ExitCode(err), problem.Hint(err), err)
		}
	}
}

func TestAgreementHashIsOfWhatItSays(t *testing.T) {
	hash := func(yaml string) string {
		a, err := ParseAgreement("x", []byte(yaml))
		if err != nil {
			t.Fatal(err)
		}
		return a.Hash
	}
	base := hash("company: A\nversion: 1\ndecisions: {x: {title: X, decides: cto}}\n")
	for name, same := range map[string]string{
		"comments, order, quotes": "# hello\nversion: 1\ndecisions:\n  x:\n    decides: \"cto\"\n    title: X # really\ncompany: 'A'\n",
		"a key without a value":   "company: A\nversion: 1\nreview_by:\ndecisions: {x: {title: X, decides: cto}}\n",
		"signatures":              "company: A\nversion: 1\ndecisions: {x: {title: X, decides: cto}}\nsignatures: [{role: cto, name: A, date: 2026-01-01, sha256: " + strings.Repeat("a", 64) + "}]\n",
	} {
		if hash(same) != base {
			t.Errorf("%s change the hash", name)
		}
	}
	for name, other := range map[string]string{
		"another decider":   "company: A\nversion: 1\ndecisions: {x: {title: X, decides: vpe}}\n",
		"one more informed": "company: A\nversion: 1\ndecisions: {x: {title: X, decides: cto, informed: [vpe]}}\n",
		"another version":   "company: A\nversion: 2\ndecisions: {x: {title: X, decides: cto}}\n",
		"order of a list":   "company: A\nversion: 1\ndecisions: {x: {title: X, decides: cto, informed: [a, b]}}\n",
	} {
		if hash(other) == base {
			t.Errorf("%s: the hash is the same", name)
		}
	}
}

func TestSign(t *testing.T) {
	const text = "# ours\ncompany: A # kept\nroles:\n  cto: {title: CTO}\n  vpe: {title: VPE}\n\nsignatures: []\n# after\nversion: 1\n"
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	once, err := Sign("x", []byte(text), Signature{Role: "cto", Name: `A "B"`, Date: day})
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Sign("x", once, Signature{Role: "vpe", Name: "C", Date: day})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Sign("x", twice, Signature{Role: "cto", Name: "D", Date: day})
	if err != nil {
		t.Fatal(err)
	}
	a, err := ParseAgreement("x", again)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Signatures) != 2 || a.Signatures[0].Name != "D" || a.Signatures[1].Name != "C" || a.Signatures[0].SHA256 != a.Hash || a.Signatures[1].SHA256 != a.Hash {
		t.Errorf("signatures %+v, hash %s", a.Signatures, a.Hash)
	}
	for _, kept := range []string{"# ours\n", "company: A # kept\n", "version: 1\n"} {
		if !strings.Contains(string(again), kept) {
			t.Errorf("%q is lost in\n%s", kept, again)
		}
	}
	if strings.Count(string(again), "signatures:") != 1 {
		t.Errorf("more than one block of signatures in\n%s", again)
	}
	if _, err := Sign("x", []byte(text), Signature{Role: "cfo", Name: "C", Date: day}); err == nil || !strings.Contains(problem.Hint(err), "cto, vpe") {
		t.Errorf("a role that is not there signs: %v, hint %q", err, problem.Hint(err))
	}
	if _, err := Sign("x", []byte("{company: A, roles: {cto: {title: x}}, signatures: []}\n"), Signature{Role: "cto", Name: "C", Date: day}); err == nil {
		t.Error("a text that cannot be extended is signed")
	}
}

func TestWriteAgreementKeepsWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), AgreementFile)
	if err := WriteAgreement(path, []byte("one\n"), false); err != nil {
		t.Fatal(err)
	}
	if err := WriteAgreement(path, []byte("two\n"), false); problem.ExitCode(err) != 2 {
		t.Errorf("overwriting: %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "one\n" {
		t.Errorf("the file holds %q", got)
	}
	if err := WriteAgreement(path, []byte("two\n"), true); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "two\n" {
		t.Errorf("the file holds %q", got)
	}
	if _, err := LoadAgreement(filepath.Join(t.TempDir(), "x")); problem.ExitCode(err) != 1 || !strings.Contains(problem.Hint(err), "agreement draft") {
		t.Errorf("a missing file: %v, hint %q", err, problem.Hint(err))
	}
}

func FuzzParseAgreement(f *testing.F) {
	f.Add(AgreementYAML(fullAgreement(), nil))
	f.Add([]byte("signatures: []\nroles: {cto: {title: x}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ParseAgreement("x", data)
		if err != nil {
			return
		}
		text := AgreementYAML(a, nil)
		again, err := ParseAgreement("x", text)
		if err != nil {
			t.Fatalf("what was read is written so that it cannot be read: %v", err)
		}
		if diff := cmp.Diff(a, again, ignoreLines, cmpopts.EquateEmpty(), cmpopts.EquateApprox(1e-4, 1e-6)); diff != "" {
			t.Fatalf("what was read is written otherwise (-read +written):\n%s\n%s", diff, text)
		}
	})
}
