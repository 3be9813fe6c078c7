package playbook

import (
	"bufio"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/signal"
	"github.com/google/go-cmp/cmp"
)

func mustLoad(t *testing.T, override string) *Playbook {
	t.Helper()
	p, err := Load("playbook.yaml", []byte(override))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func indicator(t *testing.T, p *Playbook, id string) Indicator {
	t.Helper()
	ind, ok := find(p.Indicators, func(i Indicator) bool { return i.ID == id })
	if !ok {
		t.Fatalf("no indicator %s", id)
	}
	return ind
}

func TestBuiltinRulesPassTheirTests(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Test() {
		if r.Failure != "" {
			t.Errorf("%s: %s: %s", r.Rule, r.Name, r.Failure)
		}
	}
}

func TestEveryIndicatorIsTestedInEveryState(t *testing.T) {
	p := mustLoad(t, "")
	for _, id := range strings.Fields("N1 N2 N3 N4 N5 N6 N7 N8 N9 N10 N11 D1 D2 D3 merge_bottleneck key_person release_slowdown quality lead_time") {
		indicator(t, p, id)
	}
	for _, ind := range p.Indicators {
		seen := map[string]bool{}
		for _, c := range ind.Tests {
			seen[c.Expect] = true
		}
		if len(ind.Tests) < 4 || len(seen) != 3 {
			t.Errorf("%s has %d tests that expect %v; it needs each state and a tricky case", ind.ID, len(ind.Tests), seen)
		}
		if ind.Advice == "" || ind.Question == "" || ind.Group == "" {
			t.Errorf("%s lacks advice, question or group", ind.ID)
		}
	}
}

func TestFactsAreTheGuides(t *testing.T) {
	p := mustLoad(t, "")
	if len(p.Facts) != 45 || p.Guide.Title == "" || p.Guide.Note == "" {
		t.Fatalf("%d facts of %q", len(p.Facts), p.Guide.Title)
	}
	for id, want := range map[string]string{
		"N1": "The critical band is 20-50 engineers",
		"O1": "Early: one technical leader, reporting to the founder or CEO, does both. Mid-size: CTO strategy, VPE or director execution. Large: CTO or head > VPE > directors > engineering managers",
	} {
		if f, _ := p.Fact(id); f.Text != want {
			t.Errorf("%s reads %q", id, f.Text)
		}
	}
}

// TestEveryFigureHasAReason also looks at what validation leaves to the company:
// roles, hours and settings without a reason.
func TestEveryFigureHasAReason(t *testing.T) {
	p := mustLoad(t, "")
	err := eachRange(reflect.ValueOf(p).Elem(), "", func(path string, r Range) error {
		rule := strings.HasPrefix(path, "stage.rules.") // its source is its reason
		if r.High > 0 && len(r.Cites) == 0 && r.Why == "" && !rule {
			t.Errorf("%s neither cites a fact nor says why", path)
		}
		if r.High > 0 && r.Unit == "" {
			t.Errorf("%s has no unit", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	sources := map[string]bool{}
	for _, r := range p.Stage.Rules {
		sources[r.Source] = true
	}
	if len(sources) != 17 {
		t.Errorf("%d sources of stage rules, want 17", len(sources))
	}
}

// flips are changes to a condition that its tests should notice.
var flips = map[string]string{" > ": " < ", " < ": " > ", " <= ": " >= ", " >= ": " <= ", " == ": " != ", "&&": "||", "||": "&&", `"present"`: `"absent"`, `"absent"`: `"present"`, ".low": ".high", ".high": ".low", "!certain": "certain"}

// TestTestsNoticeFlips changes each operator, word and bound of each condition in
// turn, and expects a test of the rule to fail.
func TestTestsNoticeFlips(t *testing.T) {
	p := mustLoad(t, "")
	for i := range p.Indicators {
		original := p.Indicators[i]
		for name, condition := range map[string]*string{"present": &p.Indicators[i].Present, "absent": &p.Indicators[i].Absent} {
			text := *condition
			for from, to := range flips {
				for at := 0; ; at++ {
					next := strings.Index(text[at:], from)
					if next < 0 {
						break
					}
					at += next
					*condition = text[:at] + to + text[at+len(from):]
					if !noticed(t, p, i) {
						t.Errorf("%s: nothing fails when %s becomes %s", original.ID, name, *condition)
					}
					*condition = text
				}
			}
		}
	}
}

// noticed compiles one rule as it is now, and runs its tests.
func noticed(t *testing.T, p *Playbook, rule int) bool {
	t.Helper()
	alone := *p
	alone.Indicators = p.Indicators[rule : rule+1]
	var err error
	if alone.rules, err = alone.compile(); err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(alone.testIndicators(), func(r TestResult) bool { return r.Rule == alone.Indicators[0].ID && r.Failure != "" })
}

func TestUnknownNeverBecomesFalse(t *testing.T) {
	for name, c := range map[string]struct {
		present, absent string
		want            signal.State
	}{
		"comparison":              {`s["debt.balance"].value > 1.0`, `s["debt.balance"].value <= 1.0`, signal.Unknown},
		"negation":                {`!(s["debt.balance"].value > 1.0)`, `s["debt.balance"].value > 1.0`, signal.Unknown},
		"inequality":              {`s["debt.balance"].value != 1.0`, `s["debt.balance"].value == 1.0`, signal.Unknown},
		"state":                   {`s["debt.balance"].state != "present"`, `s["debt.balance"].state == "present"`, signal.Unknown},
		"through a function":      {`past(s["debt.balance"].value, t.debt_paydown_ratio) < 0.5`, `past(s["debt.balance"].value, t.debt_paydown_ratio) >= 0.5`, signal.Unknown},
		"in a choice":             {`s["debt.balance"].value > 1.0 ? false : true`, `s["debt.balance"].value > 1.0 ? true : false`, signal.Unknown},
		"decided whatever it is":  {`s["debt.balance"].value > 1.0 || true`, `s["debt.balance"].value > 1.0 && false`, signal.Present},
		"only where it is meant":  {`!certain(s["debt.balance"].value > 1.0)`, `certain(s["debt.balance"].value > 1.0)`, signal.Present},
		"error stays unknown too": {`1 / 0 > 0 && s["debt.balance"].value > 1.0`, `s["debt.balance"].value > 1.0`, signal.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustLoad(t, "indicators:\n  x:\n    title: X\n    why: a test\n    lens: symptoms\n    speaks_for: none\n    signals: [debt.balance]\n"+
				"    present: '"+c.present+"'\n    absent: '"+c.absent+"'\n    factors: {present: {low: 1, high: 1}, absent: {low: 1, high: 1}}\n")
			for what, claims := range map[string]map[string]signal.Claim{
				"not given":         nil,
				"state unknown":     {"debt.balance": {State: signal.Unknown, Value: 2}},
				"no state":          {"debt.balance": {Value: 2}},
				"number is unknown": {"debt.balance": {State: signal.Present, Value: *nan()}},
			} {
				if what == "number is unknown" && name == "state" {
					continue
				}
				judged := p.Judge(claims)
				if got := judged[len(judged)-1]; got.State != c.want {
					t.Errorf("%s: %s %v, want %s", what, got.State, got.Warnings, c.want)
				}
			}
		})
	}
}

func nan() *float64 {
	x := orNaN(nil)
	return &x
}

func TestJudge(t *testing.T) {
	p := mustLoad(t, "")
	claims := map[string]signal.Claim{
		"throughput.dispersion": {State: signal.Present, Value: 2, Sentence: "weekly changes vary twice as much"},
		"engineers.stability":   {State: signal.Present, Value: 0.01, Strength: 1},
	}
	judged := p.Judge(claims)
	if len(judged) != len(p.Indicators) {
		t.Fatalf("%d judgements of %d indicators", len(judged), len(p.Indicators))
	}
	j, _ := find(judged, func(j Judgement) bool { return j.ID == "N6" })
	if j.State != signal.Present || j.Strength != 0.5 || j.Weight != 0.5 || j.SpeaksFor != "vpe" || j.Group != "delivery" {
		t.Errorf("N6 = %+v", j)
	}
	if len(j.Signals) != 2 || j.Signals[0].Sentence == "" || j.Signals[0].ID != "throughput.dispersion" {
		t.Errorf("N6 rests on %+v", j.Signals)
	}
	for _, other := range judged {
		if other.ID != "N6" && (other.State != signal.Unknown || other.Strength != 0 || other.Weight != 0) {
			t.Errorf("%s is %s although nothing is known of it", other.ID, other.State)
		}
	}
}

func TestContradictionIsUnknown(t *testing.T) {
	p := mustLoad(t, "indicators: {N9: {absent: 's[\"satisfaction.trend\"].state == \"present\"'}}")
	j, _ := find(p.Judge(map[string]signal.Claim{"satisfaction.trend": {State: signal.Present, Strength: 1}}), func(j Judgement) bool { return j.ID == "N9" })
	if j.State != signal.Unknown || len(j.Warnings) != 1 {
		t.Errorf("%s with %v", j.State, j.Warnings)
	}
}

func TestAcross(t *testing.T) {
	for _, c := range []struct{ value, from, to, want float64 }{
		{1, 2, 4, 0}, {2, 2, 4, 0}, {3, 2, 4, 0.5}, {4, 2, 4, 1}, {5, 2, 4, 1},
		{5, 4, 2, 0}, {3, 4, 2, 0.5}, {1, 4, 2, 1},
		{1, 2, 2, 0}, {2, 2, 2, 1},
	} {
		if got := across(c.value, c.from, c.to); got != c.want {
			t.Errorf("across(%g, %g, %g) = %g, want %g", c.value, c.from, c.to, got, c.want)
		}
	}
}

func TestBands(t *testing.T) {
	bands := mustLoad(t, "thresholds: {critical_band: {high: 60}}").Bands()
	if got := bands["critical_band"]; got != (signal.Band{Low: 20, High: 60}) {
		t.Errorf("critical_band = %v", got)
	}
}

// TestFormats reads the built-in files as a reader does.
func TestFormats(t *testing.T) {
	files, err := os.ReadDir("builtin")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		file, err := os.Open("builtin/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		first := bufio.NewScanner(file)
		if !first.Scan() || !strings.HasPrefix(first.Text(), "#") {
			t.Errorf("%s does not begin by saying what it holds", f.Name())
		}
	}
}

func TestLoadIsTheSameEachTime(t *testing.T) {
	a, b := mustLoad(t, ""), mustLoad(t, "# nothing yet\n")
	if diff := cmp.Diff(a.Values(), b.Values()); diff != "" {
		t.Error(diff)
	}
}
