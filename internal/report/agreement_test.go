package report

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/net/html"

	"github.com/diarchy/diarchy/internal/cockpit"
)

var (
	cto   = cockpit.Who{ID: "cto", Called: "the CTO", Holder: "Ada"}
	vpe   = cockpit.Who{ID: "vpe", Called: "the VP of Engineering"}
	ceo   = cockpit.Who{ID: "ceo", Called: "the CEO"}
	legal = cockpit.Who{ID: "legal", Called: "legal counsel"}
)

// sampleAgreement is signed by one, and has one finding of each level.
func sampleAgreement() cockpit.Agreement {
	return cockpit.Agreement{
		Schema: cockpit.AgreementSchema, Program: "diarchy 0.1.0", Source: "agreement.yaml", AsOf: "2026-10-31", Company: "Kestrel Freight & Söhne GmbH",
		Version: 3, Effective: "2026-07-01", ReviewBy: "2027-01-01", SHA256: strings.Repeat("ab", 32),
		Headline: "The CTO decides 1 kind of decision, the VP of Engineering 1", Summary: "Open: 1 problem, 1 gap, 1 note. First: Nobody decides on vendors.",
		Roles: []cockpit.AgreementRole{
			{Who: cto, Title: "CTO", Mission: "What and why", Owns: []string{"vision", "debt | priorities"}, AnswersFor: "advantage", ShownBy: []string{"decision_days"},
				Facts: []cockpit.Fact{{Label: "Looks ahead", Value: "24-60 months", Citation: "R4"}, {Label: "Time on the future", Value: "60-70 %", Citation: "R3"}}},
			{Who: vpe, Title: "VP of Engineering", Mission: "How and when", Owns: []string{"hiring"}, Facts: []cockpit.Fact{{Label: "Reports to", Value: "the CTO", Citation: "O2"}}},
		},
		Effort: []cockpit.Fact{{Label: "Innovation", Value: "15 % of engineering effort", Citation: "S4"}},
		Decisions: []cockpit.DecisionRight{
			{ID: "team_technology", Title: "Technology of one team", Decides: []cockpit.Who{vpe}, Consulted: []cockpit.Who{cto}, Informed: []cockpit.Who{ceo}, Days: 5, EscalatesTo: []cockpit.Who{cto}, Cites: []string{"T1"}},
			{ID: "vision", Title: "Vision", Decides: []cockpit.Who{cto}, Consulted: []cockpit.Who{vpe, legal}, Days: 1, EscalatesTo: []cockpit.Who{ceo}, Cites: []string{"R1"}},
			{ID: "vendors", Title: "Vendors"},
		},
		Overlaps:   []cockpit.AgreedOverlap{{ID: "architecture", Title: "Architecture", Owner: []cockpit.Who{cto}, Process: "By decision record"}, {ID: "risk", Title: "Risk", Process: "One list"}},
		Meetings:   []cockpit.AgreedMeeting{{ID: "alignment", Title: "Weekly alignment", Every: "week", Minutes: 45, Who: []cockpit.Who{cto, vpe}, About: "What changed"}},
		Reviews:    []cockpit.AgreedReview{{ID: "operational", Title: "Runbooks", Owner: []cockpit.Who{vpe}, Every: "month", Today: "3 of 8 changed within a month", Next: "2026-11-30"}},
		TradeOffs:  []cockpit.AgreedTradeOff{{ID: "debt", Title: "Debt against features", Question: "How much?", Decides: []cockpit.Who{cto}, Today: "12 came in, 4 went out", Position: "15 %", Review: "2027-01-01"}, {ID: "people", Title: "People", Question: "Or what?", Decides: []cockpit.Who{ceo}}},
		Escalation: []cockpit.EscalationStep{{To: []cockpit.Who{cto, vpe}, Within: 2, How: "They talk"}, {To: []cockpit.Who{ceo}, Within: 1, How: "The CEO decides"}},
		Findings: []cockpit.AgreementIssue{
			{ID: "nobody_decides", Level: "problem", Where: "decisions.vendors", Line: 12, Text: "Nobody decides on vendors", Advice: "write decides: with one role", Cites: []string{"R1"}},
			{ID: "not_signed", Level: "gap", Text: "The VP of Engineering has not signed", Advice: "sign"},
			{ID: "horizon_gap", Level: "note", Text: "Nobody is named for what lies 18 to 24 months ahead", Cites: []string{"R4"}},
		},
		Signatures: []cockpit.SignatureStatus{{Who: cto, State: "valid", Name: "Ada", Date: "2026-07-02"}, {Who: vpe, State: "missing"}},
		Citations:  []cockpit.Citation{{ID: "R1", Text: "CTO owns vision"}, {ID: "R3", Text: "CTO time"}, {ID: "R4", Text: "Horizons"}, {ID: "S4", Text: "Innovation 10-20 %"}, {ID: "O2", Text: "Who reports"}, {ID: "T1", Text: "Choices of a team"}},
	}
}

func sampleCheck() cockpit.AgreementCheck {
	a := sampleAgreement()
	return cockpit.AgreementCheck{Schema: cockpit.CheckSchema, Source: a.Source, AsOf: a.AsOf, Headline: a.Summary, Findings: a.Findings, Citations: a.Citations}
}

func sampleComparison() cockpit.Comparison {
	return cockpit.Comparison{Schema: cockpit.ComparisonSchema, From: "HEAD:agreement.yaml", To: "agreement.yaml", Headline: "2 changes; 1 decision passes to somebody else.", Changes: []cockpit.AgreementChange{
		{Part: "who decides", Where: "decisions.vendors.decides", Text: "Vendors: decided by the VP of Engineering, was the CTO."},
		{Part: "meetings", Where: "meetings.alignment.every", Text: "Weekly alignment: every month, was every week."},
	}}
}

func sampleRuling() cockpit.Ruling {
	return cockpit.Ruling{
		Schema: cockpit.RulingSchema, Sentence: "The CTO decides, after consulting the VP of Engineering, within 10 working days.", Source: "agreement.yaml", Certain: true,
		Kind: "vision", Title: "Vision", Decides: []cockpit.Who{cto}, Consulted: []cockpit.Who{vpe}, Informed: []cockpit.Who{ceo}, Days: 10, Escalation: sampleAgreement().Escalation,
		Rules: []cockpit.RulingRule{{ID: "enterprise", Says: "Choices for the enterprise are the CTO's", When: `reach == "company"`, Kind: "vision", Then: "the CTO", Cites: []string{"T2"}}, {ID: "no_way_back", Says: "It cannot be taken back", When: "!reversible", Then: "consults the VP of Engineering", Cites: []string{"N11"}}},
		Given: []cockpit.Fact{{Label: "reach", Value: "company"}}, Notes: []string{"The money needs the CEO."}, Citations: []cockpit.Citation{{ID: "T2", Text: "Enterprise choices are the CTO's"}},
	}
}

func hostileAgreement() cockpit.Agreement {
	a := sampleAgreement()
	n := 0
	poison(reflect.ValueOf(&a).Elem(), &n)
	a.SHA256 = sampleAgreement().SHA256 // computed, never foreign
	return a
}

func agreements() map[string]cockpit.Agreement {
	return map[string]cockpit.Agreement{"full": sampleAgreement(), "empty": {}, "hostile": hostileAgreement()}
}

func agreementMarkdown(t *testing.T, a cockpit.Agreement) string {
	t.Helper()
	var buf bytes.Buffer
	if err := AgreementMarkdown(&buf, a); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func agreementPageOf(t *testing.T, a cockpit.Agreement) *html.Node {
	t.Helper()
	var buf bytes.Buffer
	if err := AgreementHTML(&buf, a); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&buf)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestAgreementGolden(t *testing.T) {
	var terminal, check, comparison, decision, open bytes.Buffer
	unsure := sampleRuling()
	unsure.Certain, unsure.Kind, unsure.Title, unsure.Decides, unsure.Escalation, unsure.Depends = false, "", "", nil, nil, []string{"reach", "cost"}
	unsure.Sentence = "It depends on reach and cost: it is for the CTO or the VP of Engineering to decide."
	for _, err := range []error{
		Agreement(&terminal, sampleAgreement(), TerminalOptions{Width: 80}),
		AgreementCheck(&check, sampleCheck(), TerminalOptions{Width: 80}),
		Comparison(&comparison, sampleComparison(), TerminalOptions{Width: 80}),
		Ruling(&decision, sampleRuling(), TerminalOptions{Width: 80}),
		Ruling(&open, unsure, TerminalOptions{Width: 80}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "agreement.md", agreementMarkdown(t, sampleAgreement()))
	golden(t, "agreement.txt", terminal.String())
	golden(t, "agreement-check.txt", check.String())
	golden(t, "agreement-comparison.txt", comparison.String())
	golden(t, "decide.txt", decision.String())
	golden(t, "decide-open.txt", open.String())
}

func TestAgreementHTML(t *testing.T) {
	root := agreementPageOf(t, sampleAgreement())
	for selector, want := range map[string][]string{
		"h1":                     {"The CTO decides 1 kind of decision, the VP of Engineering 1"},
		"title":                  {"Kestrel Freight & Söhne GmbH: agreement"},
		".strip dd":              {"3", "1 July 2026", "1 January 2027", "1 of 2"},
		"#open li b":             {"problem", "note"},
		"#roles article h3":      {"CTO: Ada", "VP of Engineering: open"},
		"#rights tbody th":       {"Technology of one team", "Vision", "Vendors"},
		"#trade-offs article h3": {"Debt against features", "People"},
		"#escalation li b":       {"The CTO and the VP of Engineering", "The CEO"},
		".sign .state":           {"CTO: signed this text", "VP of Engineering: not signed"},
		"#signatures code":       {strings.Repeat("ab", 32), "diarchy agreement sign"},
	} {
		if got := texts(root, selector); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	rows := find(root, "#rights tbody tr")
	if got := texts(rows[0], "td"); !slices.Equal(got, []string{"VP of Engineering", "CTO", "CEO", "5", "CTO", "T1"}) {
		t.Errorf("the right of a team's technology: %q", got)
	}
	if got := texts(rows[2], "td"); !slices.Equal(got, []string{"nobody", "", "", "open", "", ""}) {
		t.Errorf("what nobody decides: %q", got)
	}
}

func TestAgreementHTMLIsSelfContainedAndInert(t *testing.T) {
	for name, a := range agreements() {
		root := agreementPageOf(t, a)
		if n := len(find(root, "script")) + len(find(root, "img")) + len(find(root, "iframe")); n != 0 {
			t.Errorf("%s: %d elements that run or load something", name, n)
		}
		ids := map[string]int{}
		for n := range root.Descendants() {
			if id := attr(n, "id"); id != "" {
				ids[id]++
			}
			for _, x := range n.Attr {
				if x.Key == "href" && x.Val != "data:," && !strings.HasPrefix(x.Val, "#") || x.Key == "src" || x.Key == "style" || strings.HasPrefix(x.Key, "on") {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, x.Key, x.Val)
				}
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: %d elements with id %s", name, n, id)
			}
		}
		for _, l := range find(root, "a") {
			if ids[strings.TrimPrefix(attr(l, "href"), "#")] == 0 {
				t.Errorf("%s: no target for %s", name, attr(l, "href"))
			}
		}
		if n := len(find(root, "h1")); n != 1 {
			t.Errorf("%s: %d h1", name, n)
		}
		csp := attr(find(root, "meta[http-equiv=Content-Security-Policy]")[0], "content")
		if !strings.Contains(csp, hash(find(root, "style")[0].FirstChild.Data)) || !strings.Contains(csp, "script-src 'none'") {
			t.Errorf("%s: the policy does not fit the page: %s", name, csp)
		}
	}
}

func TestAgreementMarkdownForeignTextIsInert(t *testing.T) {
	out := agreementMarkdown(t, hostileAgreement())
	if bad := containsAny(out, "<script", "](http", "\x1b"); bad != "" {
		t.Errorf("%q is in\n%s", bad, out)
	}
}

func TestAgreementJSONFollowsItsSchema(t *testing.T) {
	for _, c := range []struct {
		file  string
		typ   reflect.Type
		value func() ([]byte, error)
		bad   [2]string
	}{
		{"agreement-v1", reflect.TypeFor[cockpit.Agreement](), func() ([]byte, error) { return jsonBytes(sampleAgreement()) }, [2]string{`"state": "valid"`, `"state": "sure"`}},
		{"agreement-check-v1", reflect.TypeFor[cockpit.AgreementCheck](), func() ([]byte, error) { return jsonBytes(sampleCheck()) }, [2]string{`"level": "problem"`, `"level": "error"`}},
		{"agreement-comparison-v1", reflect.TypeFor[cockpit.Comparison](), func() ([]byte, error) { return jsonBytes(sampleComparison()) }, [2]string{`"headline"`, `"headlin"`}},
		{"decide-v1", reflect.TypeFor[cockpit.Ruling](), func() ([]byte, error) { return jsonBytes(sampleRuling()) }, [2]string{`"days": 10`, `"days": -1`}},
	} {
		doc, err := c.value()
		if err != nil {
			t.Fatal(err)
		}
		path := "../../docs/schema/" + c.file + ".json"
		if err := validateBy(t, path, doc); err != nil {
			t.Errorf("%s: %v", c.file, err)
		}
		broken := strings.Replace(string(doc), c.bad[0], c.bad[1], 1)
		if broken == string(doc) || validateBy(t, path, []byte(broken)) == nil {
			t.Errorf("%s: %s is accepted", c.file, c.bad[1])
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var root schemaNode
		if err := json.Unmarshal(raw, &root); err != nil {
			t.Fatal(err)
		}
		compareType(t, c.file, c.typ, root, root.Defs)
	}
	empty, err := jsonBytes(cockpit.Agreement{Schema: cockpit.AgreementSchema, AsOf: "2026-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	if err := validateBy(t, "../../docs/schema/agreement-v1.json", empty); err != nil {
		t.Error(err)
	}
}

func jsonBytes[T cockpit.Agreement | cockpit.AgreementCheck | cockpit.Comparison | cockpit.Ruling](v T) ([]byte, error) {
	var buf bytes.Buffer
	err := AgreementJSON(&buf, v)
	return buf.Bytes(), err
}

func validateBy(t *testing.T, path string, doc []byte) error {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}
