package diagnosis

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
)

// caveats qualify the whole page.
func (in Input) caveats(s sight) []string {
	var out []string
	if v := s.claims["people.volunteers"]; s.volunteers() > 0 {
		out = append(out, fmt.Sprintf("This looks like an open-source history: %s. Volunteers are no employees: they have no leader in the sense of this product, and sizes, joining and leaving mean something else.", v.Sentence))
	}
	if len(in.Sources) == 1 {
		out = append(out, "One repository was read. If the company has more, read them together: the number of engineers, newcomers and leavers are seen only in part here.")
	}
	if s.co.measured {
		out = append(out, "The number of engineers is taken from commits; declare company.headcount to replace the estimate.")
	}
	if in.Document == nil {
		out = append(out, "Nothing is declared about the company (no diarchy.yaml was read): funding, revenue, market and leadership are unknown. `diarchy init` writes a file to fill in.")
	}
	if len(in.Skipped) > 0 {
		out = append(out, "Part of the input could not be read; see what was skipped.")
	}
	return out
}

// assumptions are the numbers that were not read from anywhere.
func (in Input) assumptions() []cockpit.Assumption {
	var out []cockpit.Assumption
	for _, v := range in.Playbook.Values() {
		if !strings.HasPrefix(v.Key, "load.") && !strings.HasPrefix(v.Key, "verdict.") && !strings.HasPrefix(v.Key, "thresholds.") && !strings.Contains(v.Key, ".factors") && !strings.HasPrefix(v.Key, "stage.") {
			continue
		}
		a := cockpit.Assumption{Name: v.Title, Value: v.Value, Source: because(v.Cites, v.Why), Origin: string(v.Origin), Edit: "playbook.yaml: " + v.Key}
		if a.Name == "" {
			a.Name = v.Key
		}
		if rule, ok := strings.CutPrefix(v.Key, "stage.rules."); ok && v.Value != playbook.Struck && !in.opinion(rule, &a) {
			continue
		}
		out = append(out, a)
	}
	return out
}

// opinion makes an assumption of a published rule: what it says, the threshold that
// is drawn from, and who says it. key is that of one of the rule's values; false is
// of those that are no threshold.
func (in Input) opinion(key string, a *cockpit.Assumption) bool {
	id, field, _ := strings.Cut(key, ".")
	if field != "" && field != "stages" {
		return false
	}
	for _, r := range in.Playbook.Stage.Rules {
		if r.ID == id && r.Unit != playbook.UnitSymptoms {
			a.Name, a.Value, a.Source = r.Says, thresholdOf(r), r.Source
			if why := because(r.Cites, r.Why); why != "" {
				a.Source += "; " + why
			}
			return true
		}
	}
	return false
}

// because is the reason of a figure: what it cites, and why.
func because(cites []string, why string) string {
	text := strings.Join(cites, ", ")
	if text != "" && why != "" {
		text += ": "
	}
	return text + why
}

// thresholdOf is the threshold of a published rule in words; "" of one that names no
// size.
func thresholdOf(r playbook.StageRule) string {
	switch r.Unit {
	case playbook.UnitSymptoms:
		return ""
	case playbook.UnitFunding:
		return plain(strings.Join(r.Stages, " to "))
	}
	in := r.Range
	switch r.Unit {
	case playbook.UnitRevenue:
		in.Unit = "M$ a year"
	case playbook.UnitPeople:
		in.Unit = "people in the company"
	}
	return in.String()
}

func (in Input) method() cockpit.Method {
	return cockpit.Method{Draws: in.Draws, Seed: in.Seed, Sentences: []string{
		"Every number that is assumed or known only roughly is a range. The diagnosis draws from all ranges many times; each draw makes a call, the most frequent call is the verdict, and its share of the draws is the confidence." + luck(in.Draws),
		"Stage: the share of published rules whose threshold the company has passed is the prior probability that two leaders are due.",
		"Symptoms: an indicator that is judged present or absent multiplies the odds by a factor from its range, in proportion to its strength; an unknown one leaves them alone. Indicators that rest on the same facts share one factor.",
		"Load: the hours that leadership work takes at this size, against the hours of one person, raise or lower the odds.",
		"When: draws are projected month by month along the growth of engineers until the call turns.",
		"Missing evidence is ranked by how far the call's share moves between its possible answers.",
		"A commit is dated by the day on which it reached the main line, since that is when others could see it; only lead time and onboarding look at the author's clock.",
		"Nothing here measures, ranks or scores a person. What is known of newcomers, leavers, merging and reviewing is not shown where fewer than five people are active.",
	}}
}

// luck says how far the drawing alone moves a share: 1.96 standard errors of a half.
func luck(draws int) string {
	if draws <= 0 {
		return ""
	}
	points := math.Ceil(98 / math.Sqrt(float64(draws)))
	return fmt.Sprintf(" The luck of drawing moves a share by up to %.0f of 100.", points)
}

func definitions(set metric.Set) []cockpit.Definition {
	var out []cockpit.Definition
	for _, s := range set {
		out = append(out, Define(s.Metric))
	}
	sort.Slice(out, func(a, b int) bool { return out[a].Name < out[b].Name })
	return out
}

// Define is a metric's definition as surfaces show it.
func Define(d metric.Definition) cockpit.Definition {
	return cockpit.Definition{Name: d.Name, Title: d.Title, Question: d.Question, Unit: d.Unit, Cites: d.Cites,
		Meaning: "Unknown: " + d.Nulls + ".", Caveats: d.Caveats, Gaming: d.Gaming}
}

// citations are the playbook facts that the page cites.
func (in Input) citations(d cockpit.Diagnosis) []cockpit.Citation {
	cited := map[string]bool{"O1": true, "C1": true, "R1": true, "R2": true, "R3": true, "N10": true, "N11": true}
	for _, f := range d.Findings {
		for _, c := range f.Cites {
			cited[c] = true
		}
	}
	if d.Delivery != nil {
		for _, c := range d.Delivery.Changes {
			for _, id := range c.Cites {
				cited[id] = true
			}
		}
	}
	if d.Agreement != nil {
		for _, f := range d.Agreement.Drift {
			for _, c := range f.Cites {
				cited[c] = true
			}
		}
	}
	for _, def := range d.Definitions {
		for _, c := range def.Cites {
			cited[c] = true
		}
	}
	var out []cockpit.Citation
	for _, f := range in.Playbook.Facts {
		if cited[f.ID] {
			out = append(out, cockpit.Citation{ID: f.ID, Text: f.Text})
		}
	}
	return out
}
