package cockpit

import (
	"fmt"
	"slices"
	"strings"
)

// LeaderSchema names the version of Leader as JSON.
const LeaderSchema = "diarchy/leader/v1"

// Leader is the cockpit of one role: what the facts say about what the role is for.
type Leader struct {
	Schema   string       `json:"schema"`
	AsOf     string       `json:"as_of"`
	Scope    string       `json:"scope"` // of the numbers; "" is the company
	Role     string       `json:"role"`  // cto or vpe
	Headline string       `json:"headline"`
	Summary  string       `json:"summary"`
	Areas    []LeaderArea `json:"areas"`
	Metrics  []MetricLine `json:"metrics"`
}

// LeaderArea is a part of what a role is for.
type LeaderArea struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	People   bool         `json:"people"`   // it speaks of people
	Findings []Finding    `json:"findings"` // of the company
	Metrics  []MetricLine `json:"metrics"`
	Absent   string       `json:"absent"` // why nothing is known; "" when something is
	Supply   string       `json:"supply"` // what would supply it
}

// MetricLine is a metric's newest value in a list.
type MetricLine struct {
	Name     string     `json:"name"`
	Title    string     `json:"title"`
	Owner    string     `json:"owner"`
	Unit     string     `json:"unit"`
	Better   string     `json:"better"`
	People   bool       `json:"people"` // it speaks of people
	Value    *float64   `json:"value"`  // null when it is not known
	Of       string     `json:"of"`     // what the value is of, in words: the week of 8 June 2026
	N        int        `json:"n"`
	Low      *float64   `json:"low"` // of the interval of the value; null where it has none
	High     *float64   `json:"high"`
	Before   *float64   `json:"a_year_before"`
	Course   []*float64 `json:"course"`      // newest buckets, oldest first
	Days     []string   `json:"course_days"` // of those buckets
	Warnings []string   `json:"warnings"`
	Missing  string     `json:"missing"` // why there is no value; "" when there is one
	Supply   string     `json:"supply"`
}

// area says what of the findings, structure and metrics belongs to a part of a role.
type area struct {
	id, title         string
	findings, metrics []string
	structure, people bool // structure: findings of the structure that no area names
}

// areas are what a role looks at, in the order in which it is asked.
var areas = map[string][]area{
	"vpe": {
		{id: "delivery", title: "Delivery and its predictability", findings: []string{"N6", "predictability", "lead_time", "release_slowdown"}, metrics: []string{"throughput", "sprint_said_done", "forecast_hit_rate", "lead_time_to_release", "release_frequency", "deployment_frequency", "change_lead_time"}},
		{id: "flow", title: "How work comes together", findings: []string{"merge_bottleneck"}, metrics: []string{"merge_concentration", "review_concentration"}},
		{id: "investment", title: "Investment", metrics: []string{"investment_new_value", "investment_keeping", "investment_debt", "investment_innovation", "investment_unplanned", "investment_unclassified"}},
		{id: "people", title: "People", people: true, findings: []string{"D3", "N9", "key_person"}, metrics: []string{"active_engineers", "joiners", "leavers", "onboarding_days", "truck_factor", "contributors", "occasional_share"}},
		{id: "quality", title: "Quality and reliability", findings: []string{"quality"}, metrics: []string{"revert_share", "change_failure_rate", "failed_deployment_recovery_time"}},
		{id: "process", title: "Process and operational documents", findings: []string{"D1"}, metrics: []string{"documents_operational"}},
	},
	"cto": {
		{id: "decisions", title: "Decisions, and how long they take", findings: []string{"N8"}, metrics: []string{"decision_days", "decisions_stalled", "key_work_days", "stalled_work", "decisions_recorded"}},
		{id: "debt", title: "Debt: inflow against pay-down", findings: []string{"N7"}, metrics: []string{"debt_inflow", "debt_paydown", "debt_density", "debt_survival"}},
		{id: "hotspots", title: "Hotspots and coupling", findings: []string{"team_borders"}, metrics: []string{"hotspots", "code_size"}},
		{id: "innovation", title: "Innovation", findings: []string{"innovation_share"}, metrics: []string{"investment_innovation"}},
		{id: "structure", title: "What the structure needs", structure: true},
		{id: "technology", title: "Technology and architectural documents", findings: []string{"D2"}, metrics: []string{"documents_architectural"}},
	},
}

// NewLeader makes the cockpit of a role. Findings that the role speaks for and that no
// area names, such as those of a company's own rules, come last.
func NewLeader(role, scope string, d Diagnosis, lines []MetricLine) Leader {
	l := Leader{Schema: LeaderSchema, AsOf: d.AsOf, Scope: scope, Role: role, Areas: []LeaderArea{}, Metrics: []MetricLine{}}
	placed := map[string]bool{}
	named := func(id string) bool {
		return slices.ContainsFunc(areas[role], func(a area) bool { return slices.Contains(a.findings, id) })
	}
	for _, a := range areas[role] {
		v := LeaderArea{ID: a.id, Title: a.title, People: a.people, Findings: []Finding{}, Metrics: []MetricLine{}}
		for _, f := range slices.Concat(d.Findings, d.Structure) {
			if slices.Contains(a.findings, f.ID) {
				v.Findings, placed[f.ID] = append(v.Findings, f), true
			}
		}
		for _, f := range d.Structure {
			if a.structure && !named(f.ID) {
				v.Findings = append(v.Findings, f)
			}
		}
		for _, name := range a.metrics {
			if i := slices.IndexFunc(lines, func(m MetricLine) bool { return m.Name == name }); i >= 0 {
				v.Metrics, placed[name] = append(v.Metrics, lines[i]), true
			}
		}
		if len(v.Findings) == 0 {
			v.supplied()
		}
		l.Areas = append(l.Areas, v)
		l.Metrics = append(l.Metrics, v.Metrics...)
	}
	rest := LeaderArea{ID: "other", Title: "Other", Findings: []Finding{}, Metrics: []MetricLine{}}
	for _, f := range d.Findings {
		if f.Speaks == role && !placed[f.ID] {
			rest.Findings = append(rest.Findings, f)
		}
	}
	for _, m := range lines {
		if m.Owner == role && !placed[m.Name] && !inDelivery(m.Name) {
			rest.Metrics = append(rest.Metrics, m)
		}
	}
	if len(rest.Findings)+len(rest.Metrics) > 0 {
		l.Areas = append(l.Areas, rest)
		l.Metrics = append(l.Metrics, rest.Metrics...)
	}
	l.say(d)
	return l
}

// supplied says why none of an area's metrics is known, and what would supply them.
func (a *LeaderArea) supplied() {
	if len(a.Metrics) > 0 && !slices.ContainsFunc(a.Metrics, func(m MetricLine) bool { return m.Value != nil }) {
		a.Absent, a.Supply = a.Metrics[0].Missing, a.Metrics[0].Supply
	}
}

// say puts what is seen into words.
func (l *Leader) say(d Diagnosis) {
	var seen, quiet, unknown []string
	for _, a := range l.Areas {
		for _, f := range a.Findings {
			title := strings.TrimSuffix(f.Title, ".")
			switch f.State {
			case Present:
				seen = append(seen, title)
			case Absent:
				quiet = append(quiet, title)
			default:
				unknown = append(unknown, title)
			}
		}
	}
	switch n := len(seen); {
	case n == 0 && len(quiet) == 0:
		l.Headline = "Nothing can be judged yet"
	case n == 0:
		l.Headline = "Nothing that was looked at calls for you"
	case n == 1:
		l.Headline = seen[0]
	default:
		l.Headline = fmt.Sprintf("%s, and %d more that call for you", seen[0], n-1)
		if n == 2 {
			l.Headline = fmt.Sprintf("%s, and one more thing that calls for you", seen[0])
		}
	}
	parts := []string{fmt.Sprintf("Of %d things that were looked at, %d are present, %d absent and %d not known.", len(seen)+len(quiet)+len(unknown), len(seen), len(quiet), len(unknown))}
	if l.Scope != "" {
		parts = append(parts, "Numbers are those of "+strings.Replace(l.Scope, ":", " ", 1)+"; what is judged is the whole company.")
	}
	l.Summary = strings.Join(parts, " ")
}
