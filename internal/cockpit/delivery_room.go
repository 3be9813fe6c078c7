package cockpit

import (
	"fmt"
	"slices"
	"strings"
)

// DeliveryRoomSchema names the version of DeliveryRoom as JSON.
const DeliveryRoomSchema = "diarchy/delivery-room/v1"

// DeliveryRoom is how work reaches those whom it is for, by what forges, trackers, pipelines
// and incident systems tell.
type DeliveryRoom struct {
	Schema   string           `json:"schema"`
	AsOf     string           `json:"as_of"`
	Scope    string           `json:"scope"` // "" is the company
	Headline string           `json:"headline"`
	Summary  string           `json:"summary"`
	Changes  []DeliveryChange `json:"changes"` // of the whole company: what is not what it was, for the worse first
	Areas    []LeaderArea     `json:"areas"`
	Sprints  []Sprint         `json:"sprints"` // planned against delivered, oldest first
}

// deliveryAreas are the parts of delivery.
var deliveryAreas = []area{
	{id: "dora", title: "DORA's five", metrics: []string{"deployment_frequency", "change_lead_time", "change_failure_rate", "failed_deployment_recovery_time", "deployment_rework_rate"}},
	{id: "mainline", title: "What reaches the main line", metrics: []string{"throughput", "forecast_hit_rate", "lead_time_to_release", "release_frequency", "revert_share"}},
	{id: "requests", title: "Change requests", metrics: []string{"request_throughput", "cycle_time", "cycle_coding", "cycle_review_wait", "cycle_review", "cycle_merge_wait", "cycle_deploy_wait", "requests_open", "request_age", "request_size", "request_rework", "review_load", "review_spread"}},
	{id: "work", title: "Items of work", metrics: []string{"issue_throughput", "issue_cycle_time", "issue_lead_time", "issues_in_progress", "issue_age", "flow_efficiency", "sprint_said_done", "sprint_unplanned", "sprint_velocity", "interrupted_work"}},
	{id: "builds", title: "Builds, deployments and incidents", metrics: []string{"build_success", "build_duration", "deployed_share", "incident_coverage"}},
}

// inDelivery tells whether a metric is shown in the room of delivery.
func inDelivery(name string) bool {
	return slices.ContainsFunc(deliveryAreas, func(a area) bool { return slices.Contains(a.metrics, name) })
}

// NewDeliveryRoom makes the room of delivery out of the newest values of all metrics. An area
// of which nothing is known says why, and what would supply it. told is what the diagnosis
// says of delivery; nil is nothing.
func NewDeliveryRoom(asOf, scope string, lines []MetricLine, told *Delivery, sprints []Sprint) DeliveryRoom {
	d := DeliveryRoom{Schema: DeliveryRoomSchema, AsOf: asOf, Scope: scope, Changes: []DeliveryChange{}, Areas: []LeaderArea{}, Sprints: sprints}
	known, all := 0, 0
	for _, a := range deliveryAreas {
		v := LeaderArea{ID: a.id, Title: a.title, Findings: []Finding{}, Metrics: []MetricLine{}}
		for _, name := range a.metrics {
			i := slices.IndexFunc(lines, func(m MetricLine) bool { return m.Name == name })
			if i < 0 {
				continue
			}
			all++
			v.Metrics = append(v.Metrics, lines[i])
			if lines[i].Value != nil {
				known++
			}
		}
		v.supplied()
		d.Areas = append(d.Areas, v)
	}
	d.Headline = fmt.Sprintf("%d of %d numbers of delivery are known", known, all)
	d.Summary = "Each opens its definition, course, sample, warnings and facts."
	if known < all {
		d.Summary += " What is not known needs a system that is not read yet: a forge, a tracker, pipelines or incidents."
	}
	if told != nil && scope == "" {
		d.lead(told.Changes)
	}
	return d
}

// lead puts what got worse into the headline.
func (d *DeliveryRoom) lead(changes []DeliveryChange) {
	d.Changes = append(d.Changes, changes...)
	var worse []string
	for _, c := range changes {
		if c.Tone == "worse" {
			worse = append(worse, lowerFirst(c.Title))
		}
	}
	if len(worse) == 0 {
		return
	}
	d.Summary = d.Headline + ". " + d.Summary
	d.Headline = "Delivery got worse: " + worse[0]
	switch more := len(worse) - 1; {
	case more == 1:
		d.Headline += " and " + worse[1]
	case more > 1:
		d.Headline += fmt.Sprintf(" and %d more", more)
	}
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' { // an abbreviation stays
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
