package playbook

import (
	"strings"
	"testing"
)

func TestConditionsShowTheirThresholds(t *testing.T) {
	p, err := Load("playbook.yaml", []byte("thresholds:\n  overload_chance: {low: 0.4, high: 0.8}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		`s["load.overload"].value > t.overload_chance.low`:         `s["load.overload"].value > t.overload_chance.low (0.4)`,
		`past(s["load.overload"].value, t.overload_chance)`:        `past(s["load.overload"].value, t.overload_chance (0.4 to 0.8))`,
		`across(s["x"].value, t.overload_chance.high, 1.0)`:        `across(s["x"].value, t.overload_chance.high (0.8), 1.0)`,
		`s["company.market_fit"].state == "present" && t.none > 1`: `s["company.market_fit"].state == "present" && t.none > 1`,
	} {
		if got := p.WithValues(in); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	for _, ind := range p.Indicators {
		if text := ind.Present + ind.Absent; strings.Contains(text, " t.") && !strings.Contains(p.WithValues(text), ")") {
			t.Errorf("%s: %s", ind.ID, p.WithValues(text))
		}
	}
}
