package cockpit

import (
	"strings"
	"testing"
)

// TestLeadersLookAtWhatTheirRoleIsFor: what a room shows stands under the part of the role
// that it belongs to, and once.
func TestLeadersLookAtWhatTheirRoleIsFor(t *testing.T) {
	share := 0.3
	names := []string{"hotspots", "code_size", "investment_new_value", "investment_keeping", "investment_debt", "investment_innovation", "investment_unplanned", "investment_unclassified"}
	var lines []MetricLine
	for _, name := range names {
		lines = append(lines, MetricLine{Name: name, Owner: "both", Value: &share})
	}
	d := Diagnosis{Findings: []Finding{{ID: "innovation_share", State: Absent, Speaks: "cto"}},
		Structure: []Finding{{ID: "team_borders", State: Present}, {ID: "span_wide", State: Present}}}
	for _, tt := range []struct{ role, area, findings, metrics string }{
		{"vpe", "investment", "", "investment_new_value investment_keeping investment_debt investment_innovation investment_unplanned investment_unclassified"},
		{"cto", "innovation", "innovation_share", "investment_innovation"},
		{"cto", "hotspots", "team_borders", "hotspots code_size"},
		{"cto", "structure", "span_wide", ""},
		{"cto", "other", "", ""},
		{"vpe", "other", "", ""},
	} {
		var found, measured []string
		for _, a := range NewLeader(tt.role, "", d, lines).Areas {
			if a.ID != tt.area {
				continue
			}
			for _, f := range a.Findings {
				found = append(found, f.ID)
			}
			for _, m := range a.Metrics {
				measured = append(measured, m.Name)
			}
		}
		if got := strings.Join(found, " "); got != tt.findings {
			t.Errorf("%s, %s: findings %q, want %q", tt.role, tt.area, got, tt.findings)
		}
		if got := strings.Join(measured, " "); got != tt.metrics {
			t.Errorf("%s, %s: metrics %q, want %q", tt.role, tt.area, got, tt.metrics)
		}
	}
}

// TestAnAreaOfWhichNothingIsKnownSaysWhatSuppliesIt and one with a judgement shows that.
func TestAnAreaOfWhichNothingIsKnownSaysWhatSuppliesIt(t *testing.T) {
	value := 0.3
	for name, tt := range map[string]struct {
		findings []Finding
		value    *float64
		want     string
	}{
		"nothing":     {nil, nil, "no issues: categories"},
		"a value":     {nil, &value, ": "},
		"a judgement": {[]Finding{{ID: "innovation_share", State: Unknown, Speaks: "cto"}}, nil, ": "},
	} {
		lines := []MetricLine{{Name: "investment_innovation", Value: tt.value, Missing: "no issues", Supply: "categories"}}
		for _, a := range NewLeader("cto", "", Diagnosis{Findings: tt.findings}, lines).Areas {
			if got := a.Absent + ": " + a.Supply; a.ID == "innovation" && got != tt.want {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		}
	}
}
