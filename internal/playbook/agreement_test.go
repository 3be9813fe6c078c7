package playbook

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestAgreementOverride(t *testing.T) {
	p := mustLoad(t, `
agreement:
  parties:
    works_council: {title: the works council}
  clocks:
    team: {low: 3, high: 3}
  spending:
    vpe: {low: 20}
  decisions:
    hiring: {decides: cto, consulted: [works_council]}
    outside_representation: {strike: true}
    pricing: {title: Pricing of the product, decides: ceo, clock: company, why: ours}
  deciding:
    rules:
      first: {order: 30, when: 'reach == "company" && cost >= 10.0', kind: pricing, says: ours, why: ours}
    tests:
      - {name: "a linter for everybody", strike: true}
      - {name: ours, given: {reach: company, cost: 10, security: false, compliance: false}, expect: pricing}
`)
	k, _ := p.Kind("hiring")
	if k.Decides != "cto" || !slices.Equal(k.Consulted, []string{"works_council"}) || k.Origin != FromCompany || k.Title == "" {
		t.Errorf("hiring = %+v", k)
	}
	if _, ok := p.Kind("outside_representation"); ok {
		t.Error("what was struck is there")
	}
	if p.Days("team") != 3 || p.Days("company") != 10 || p.Days("nothing") != 0 {
		t.Errorf("days %d, %d, %d", p.Days("team"), p.Days("company"), p.Days("nothing"))
	}
	if called, _ := p.Called("works_council"); called != "the works council" {
		t.Errorf("called %q", called)
	}
	for _, r := range p.Test() { // the built-in ones are run on the built-in rules
		if r.Failure != "" {
			t.Errorf("%s: %s: %s", r.Rule, r.Name, r.Failure)
		}
	}
	marks := map[string]Value{}
	for _, v := range p.Values() {
		marks[v.Key] = v
	}
	for key, want := range map[string][3]string{
		"agreement.clocks.team":                      {"3 working days", "5 working days", "company"},
		"agreement.clocks.company":                   {"10 working days", "10 working days", "default"},
		"agreement.decisions.hiring.decides":         {"cto", "vpe", "company"},
		"agreement.decisions.hiring.clock":           {"team", "team", "default"},
		"agreement.deciding.rules.first.when":        {`reach == "company" && cost >= 10.0`, "", "company"},
		"agreement.deciding.rules.first.order":       {"30", "", "company"},
		"agreement.decisions.pricing.decides":        {"ceo", "", "company"},
		"agreement.decisions.outside_representation": {Struck, "Speaking for the company's technology outside", "company"},
	} {
		if v := marks[key]; v.Value != want[0] || v.Default != want[1] || string(v.Origin) != want[2] {
			t.Errorf("%s = %q (default %q, %s), want %q", key, v.Value, v.Default, v.Origin, want)
		}
	}
}

// TestDecideComplete: some rule holds for every choice, unless the company strikes one that
// others need.
func TestDecideComplete(t *testing.T) {
	yes := true
	for overrides, want := range map[string][3]bool{
		"": {true, true, true},
		"agreement: {deciding: {rules: {shared: {strike: true}}}}":    {false, true, false},
		"agreement: {deciding: {rules: {of_a_team: {strike: true}}}}": {false, false, true},
	} {
		p := mustLoad(t, overrides)
		for i, a := range []Attributes{{Security: &yes}, {Reach: "team"}, {Reach: "company"}} {
			d, err := p.Decide(a)
			if err != nil || d.Complete != want[i] {
				t.Errorf("%q, %+v: complete %v, want %v (%v)", overrides, a, d.Complete, want[i], err)
			}
		}
	}
}

func TestAgreementErrors(t *testing.T) {
	for _, c := range []struct{ name, yaml, want string }{
		{"nobody of that name", "decisions: {hiring: {decides: cfo}}", `agreement.decisions.hiring.decides: nobody is called "cfo"`},
		{"nobody asked", "decisions: {hiring: {consulted: [cto, vp]}}", `nobody is called "vp"`},
		{"clock", "decisions: {hiring: {clock: soon}}", `"soon" is not one of its values`},
		{"new kind without a title", "decisions: {hring: {decides: cto}}", "a new entry needs the key title"},
		{"new kind without a title, advice", "decisions: {hring: {decides: cto}}", `did you mean "hiring"?`},
		{"new kind without a reason", "decisions: {x: {title: X, decides: cto, clock: team}}", "it is new, and needs a reason"},
		{"fact", "decisions: {hiring: {cites: [R99]}}", `there is no fact "R99"`},
		{"figure without a reason", "clocks: {later: {low: 1, high: 2, unit: working days}}", "it is new, and needs a reason"},
		{"no time", "clocks: {team: {low: 0, high: 0}}", "it gives no time"},
		{"unknown key", "decisions: {hiring: {decider: cto}}", `has no key "decider"`},
		{"rule of no kind", "deciding: {rules: {shared: {kind: nothing}}}", `"nothing" is not one of its values`},
		{"rule that is no condition", "deciding: {rules: {shared: {when: cost}}}", "gives double; it must give bool"},
		{"rule with a slip", `deciding: {rules: {shared: {when: 'reach == "teams"'}}}`, `compares with "teams", which is no reach`},
		{"rule with an unknown word", `deciding: {rules: {shared: {when: 'costs > 1.0'}}}`, "undeclared reference to 'costs'"},
		{"rule with an unknown bound", `deciding: {rules: {shared: {when: 'cost > t.price.low'}}}`, `uses the bound "price", which does not exist`},
		{"kind that a rule needs", "decisions: {team_technology: {strike: true}}", "it is struck, and a rule leads to it"},
		{"rhythm", "meetings: {alignment: {every: weekly}}", `"weekly" is not one of its values`},
		{"signal", "trade_offs: {debt_or_features: {signal: debts}}", `"debts" is not one of its values`},
		{"test of no kind", "deciding: {tests: [{name: x, given: {}, expect: nothing}]}", `"nothing" is not one of its values`},
		{"test of no attribute", "deciding: {tests: [{name: x, given: {price: 3}, expect: unknown}]}", `there is no attribute "price"`},
		{"test with a word", "deciding: {tests: [{name: x, given: {cost: much}, expect: unknown}]}", `cost is "much"`},
		{"test with neither", "deciding: {tests: [{name: x, given: {security: maybe}, expect: unknown}]}", `write true or false`},
		{"role that cannot be struck", "parties: {ceo: {strike: true}}", "cannot be struck"},
		{"shares that cannot add", "innovation: {low: 0.3, high: 0.4}", "innovation and delivery cannot add to 1"},
		{"metric", "shown_by: {cto: {metrics: [speed]}}", `"speed" is not one of its values`},
		{"signal of a review", "reviews: {operational: {signal: docs}}", `"docs" is not one of its values`},
		{"role of metrics", "shown_by: {cfo: {metrics: [x]}}", `"cfo" is not one of its values`},
	} {
		_, err := Load("playbook.yaml", []byte("agreement:\n  "+c.yaml+"\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q is not in\n%v", c.name, c.want, err)
			continue
		}
		if !strings.HasPrefix(err.Error(), "playbook.yaml:2:") {
			t.Errorf("%s: no place in\n%v", c.name, err)
		}
	}
}

// A company's test that fails is shown to fail.
func TestDecidingTestsCanFail(t *testing.T) {
	p := mustLoad(t, "agreement: {deciding: {tests: [{name: ours, given: {reach: team}, expect: vendors}]}}")
	for _, r := range p.Test() {
		if r.Name == "ours" {
			if !strings.Contains(r.Failure, "expected vendors, got unknown; it depends on") {
				t.Errorf("failure %q", r.Failure)
			}
			return
		}
	}
	t.Error("the test was not run")
}

// Every kind can be told in a trace, and leads out of the hands of the one who decides.
func TestKindsAreComplete(t *testing.T) {
	p := mustLoad(t, "")
	words := map[string]string{}
	for _, k := range p.Agreement.Decisions {
		if len(k.Keywords) == 0 || len(k.Labels) == 0 {
			t.Errorf("%s: no keywords or labels to tell a trace by", k.ID)
		}
		if k.EscalatesTo == "" || k.EscalatesTo == k.Decides {
			t.Errorf("%s: a dispute with %s goes to %q", k.ID, k.Decides, k.EscalatesTo)
		}
		if slices.Contains(k.Consulted, k.Decides) || slices.Contains(k.Informed, k.Decides) {
			t.Errorf("%s: the decider is asked or told", k.ID)
		}
		for _, w := range k.Keywords {
			if other := words[w]; other != "" {
				t.Errorf("%q tells %s and %s", w, other, k.ID)
			}
			words[w] = k.ID
		}
	}
	for _, want := range []struct{ kind, decides, fact string }{
		{"team_technology", "vpe", "T1"}, {"enterprise_technology", "cto", "T2"}, {"debt_priorities", "cto", "S1"}, {"migrations", "vpe", "S1"},
		{"quarterly_roadmap", "vpe", "S1"}, {"hiring", "vpe", "R2"}, {"vendors", "cto", "R1"}, {"technology_budget", "cto", "R6"}, {"people_budget", "vpe", "R6"}, {"innovation_portfolio", "cto", "S4"},
	} {
		k, ok := p.Kind(want.kind)
		if !ok || k.Decides != want.decides || !slices.Contains(k.Cites, want.fact) {
			t.Errorf("%s is decided by %s, citing %v; %s says %s", want.kind, k.Decides, k.Cites, want.fact, want.decides)
		}
	}
}

// The example of the how-to is a playbook, and its test passes.
func TestHowToChangeWhoDecides(t *testing.T) {
	text, err := os.ReadFile("../../docs/howto/change-who-decides.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	p := mustLoad(t, example)
	tested := false
	for _, r := range p.Test() {
		tested = tested || r.Name == "personal data of one team"
		if r.Failure != "" {
			t.Errorf("%s: %s", r.Name, r.Failure)
		}
	}
	if k, ok := p.Kind("pricing"); !tested || !ok || k.Decides != "ceo" {
		t.Errorf("tested %v, %+v", tested, k)
	}
}
