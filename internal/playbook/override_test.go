package playbook

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

const override = `
facts:
  ACME1: {area: Our rules, text: Our board meets each month}
thresholds:
  critical_band: {low: 30, high: 60}
  our_band: {low: 1, high: 2, unit: ratio, title: Ours, cites: [ACME1]}
stage:
  people_per_engineer: {low: 3}
  rules:
    suster: {strike: true}
    ours: {source: our board, says: at 25 engineers, for: split, unit: engineers, low: 25, high: 25}
indicators:
  N9: {strike: true}
  N6:
    factors: {present: {high: 3}}
    tests:
      - {name: one release spike: the robust spread did not grow, strike: true}
      - {name: ours, given: {throughput.dispersion: {state: absent, value: 1}}, expect: absent}
      - {name: ours that fails, given: {}, expect: present}
  pager:
    title: The pager rings too often
    question: Do releases slow while more is taken back?
    why: our experience
    lens: symptoms
    speaks_for: vpe
    group: quality
    signals: [reverts.rising]
    present: s["reverts.rising"].value > t.our_band.high
    absent: s["reverts.rising"].value < t.our_band.low
    factors: {present: {low: 1.1, high: 1.5}, absent: {low: 0.9, high: 1}}
    tests:
      - {name: it rings, given: {reverts.rising: {state: present, value: 3}}, expect: present, strength: [1, 1]}
verdict:
  horizon: {low: 24, high: 24}
  costs: {hire_months: {high: 9}}
`

func loadOverride(t *testing.T) *Playbook {
	t.Helper()
	return mustLoad(t, strings.Replace(override, "one release spike: the robust spread did not grow", `"one release spike: the robust spread did not grow"`, 1))
}

func TestOverrideMerges(t *testing.T) {
	p := loadOverride(t)
	band, _ := p.Threshold("critical_band")
	if band.Low != 30 || band.High != 60 || band.Unit != "engineers" || band.Origin != FromCompany || len(band.Cites) != 1 {
		t.Errorf("critical_band = %+v: what is not overridden must stay", band)
	}
	if r := p.Stage.PeoplePerEngineer; r.Low != 3 || r.High != 4 {
		t.Errorf("people_per_engineer = %v", r)
	}
	if f := indicator(t, p, "N6").Factors; f.Present.Low != 1.5 || f.Present.High != 3 || f.Absent.Origin != FromDefault {
		t.Errorf("factors of N6 = %+v", f)
	}
	if p.Verdict.Horizon.Low != 24 || p.Verdict.Costs.HireMonths.High != 9 {
		t.Errorf("verdict = %+v", p.Verdict)
	}
	if _, there := find(p.Stage.Rules, func(r StageRule) bool { return r.ID == "suster" }); there {
		t.Error("suster is still there")
	}
	if _, there := find(p.Indicators, func(i Indicator) bool { return i.ID == "N9" }); there {
		t.Error("N9 is still there")
	}
	judged := p.Judge(map[string]signal.Claim{"company.engineers": {State: signal.Present, Value: 25}, "reverts.rising": {State: signal.Present, Value: 3}})
	for id, want := range map[string]signal.State{"N1": signal.Absent, "pager": signal.Present} {
		if j, _ := find(judged, func(j Judgement) bool { return j.ID == id }); j.State != want {
			t.Errorf("%s is %s, want %s", id, j.State, want)
		}
	}
}

func TestOverrideShowsWhoseValueItIs(t *testing.T) {
	want := map[string]Value{
		"thresholds.critical_band":          {Value: "30 to 60 engineers", Default: "20 to 50 engineers", Origin: FromCompany},
		"thresholds.revenue_band":           {Value: "10 to 50 M$ a year", Default: "10 to 50 M$ a year", Origin: FromDefault},
		"thresholds.our_band":               {Value: "1 to 2 ratio", Origin: FromCompany},
		"stage.rules.suster":                {Value: Struck, Default: "10 to 20 people", Origin: FromCompany},
		"stage.rules.ours":                  {Value: "25 engineers", Origin: FromCompany},
		"indicators.N9":                     {Value: Struck, Default: "Engineers are less satisfied than they were", Origin: FromCompany},
		"indicators.N6.factors.present":     {Value: "1.5 to 3 times the odds", Default: "1.5 to 4 times the odds", Origin: FromCompany},
		"indicators.N6.factors.absent":      {Value: "0.5 to 0.9 times the odds", Default: "0.5 to 0.9 times the odds", Origin: FromDefault},
		"indicators.pager.present":          {Value: `s["reverts.rising"].value > t.our_band.high`, Origin: FromCompany},
		"verdict.costs.hire_months":         {Value: "3 to 9 months", Default: "3 to 6 months", Origin: FromCompany},
		"facts.ACME1.text":                  {Value: "Our board meets each month", Origin: FromCompany},
		"load.activities.hiring":            {Value: "1 to 3 hours a week", Default: "1 to 3 hours a week", Origin: FromDefault},
		"stage.rules.n2_series_b.stages":    {Value: "series_b", Default: "series_b", Origin: FromDefault},
		"roles.cto.time":                    {Value: "0.6 to 0.7 share", Default: "0.6 to 0.7 share", Origin: FromDefault},
		"stage.people_per_engineer":         {Value: "3 to 4 people for one engineer", Default: "2.2 to 4 people for one engineer", Origin: FromCompany},
		"indicators.merge_bottleneck.group": {Value: "concentration", Default: "concentration", Origin: FromDefault},
	}
	got, seen := map[string]Value{}, map[string]bool{}
	for _, v := range loadOverride(t).Values() {
		if seen[v.Key] {
			t.Errorf("%s is listed twice", v.Key)
		}
		seen[v.Key] = true
		if _, ok := want[v.Key]; ok {
			got[v.Key] = Value{Value: v.Value, Default: v.Default, Origin: v.Origin}
		}
		if strings.HasPrefix(v.Key, "indicators.N9.") {
			t.Errorf("%s is struck with the indicator, and listed", v.Key)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOverrideKeepsBuiltinTestsPassing(t *testing.T) {
	company := 0
	for _, r := range loadOverride(t).Test() {
		if r.Origin == FromCompany {
			company++
		}
		if failed := r.Failure != ""; failed != (r.Name == "ours that fails") {
			t.Errorf("%s: %s: %q", r.Rule, r.Name, r.Failure)
		}
		if strings.HasPrefix(r.Name, "one release spike") {
			t.Error("a struck test was run")
		}
	}
	if company != 3 {
		t.Errorf("%d tests of the company, want 3", company)
	}
}

func TestInvalidOverrides(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Load("playbook.yaml", data)
			if problem.ExitCode(err) != 2 || problem.Hint(err) == "" {
				t.Fatalf("exit code %d, hint %q, for %v", problem.ExitCode(err), problem.Hint(err), err)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".err"
			if *update {
				if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, _ := os.ReadFile(golden)
			if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHostileOverridesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"large":    strings.Repeat("# x\n", maxBytes),
		"deep":     strings.Repeat("[", 100_000),
		"braces":   strings.Repeat("{a: ", 100_000),
		"dashes":   strings.Repeat("- ", 100_000),
		"binary":   "\x00\x01",
		"latin 1":  "facts: {X: {text: \xe9}}",
		"two":      "facts: {}\n---\nfacts: {}\n",
		"long CEL": "indicators: {N9: {present: '" + strings.Repeat("true || ", 1000) + "true'}}",
		"deep CEL": "indicators: {N9: {present: '" + strings.Repeat("(", 900) + "true" + strings.Repeat(")", 900) + "'}}",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Load("playbook.yaml", []byte(text)); problem.ExitCode(err) != 2 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(override))
	files, _ := filepath.Glob("testdata/invalid/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Load("playbook.yaml", data)
		if err != nil {
			if problem.ExitCode(err) != 2 {
				t.Errorf("not the document's fault: %v", err)
			}
			return
		}
		p.Judge(nil)
		p.Test()
		p.Values()
	})
}
