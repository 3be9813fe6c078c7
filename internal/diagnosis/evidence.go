package diagnosis

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// strongest orders judgements: present by strength, then absent, then unknown.
func strongest(js []playbook.Judgement) []playbook.Judgement {
	rank := map[signal.State]int{signal.Present: 0, signal.Absent: 1, signal.Unknown: 2}
	out := append([]playbook.Judgement(nil), js...)
	sort.SliceStable(out, func(a, b int) bool {
		if rank[out[a].State] != rank[out[b].State] {
			return rank[out[a].State] < rank[out[b].State]
		}
		return reach(out[a])*out[a].Strength > reach(out[b])*out[b].Strength
	})
	return out
}

// reach is how far an indicator can move the odds.
func reach(j playbook.Judgement) float64 {
	if !weighs(j) {
		return 0.2
	}
	return math.Log(math.Max(j.Factors.Present.High, 1.01))
}

func (in Input) findings(s sight) []cockpit.Finding {
	var out []cockpit.Finding
	for _, j := range strongest(s.judgements) {
		if j.Lens == playbook.LensStructure {
			continue
		}
		f := finding(j)
		f.Chart = chartOf(s, j)
		if j.State == signal.Absent && j.Weight == 0 {
			f.Warnings = append(f.Warnings, "it says nothing either way here, and is not counted")
		}
		if s.volunteers() > 0 && j.State == signal.Present && j.AboutPeople {
			f.Warnings = append(f.Warnings, "in an open-source project volunteers come and go as they like, so this says little about leadership")
		}
		out = append(out, f)
	}
	return out
}

// Structure is what the structure of the organisation needs, the strongest first.
func Structure(judgements []playbook.Judgement) []cockpit.Finding {
	out := []cockpit.Finding{}
	for _, j := range strongest(judgements) {
		if j.Lens == playbook.LensStructure {
			f := finding(j)
			f.Advice = j.Advice
			out = append(out, f)
		}
	}
	return out
}

// finding is a judgement as surfaces show it.
func finding(j playbook.Judgement) cockpit.Finding {
	f := cockpit.Finding{ID: j.ID, Title: j.Title, State: string(j.State), Strength: round(j.Strength, 3), Speaks: j.SpeaksFor,
		Cites: j.Cites, Warnings: slices.Clone(j.Warnings), Explain: "diarchy explain " + j.ID}
	var seen, lacks []string
	for _, c := range j.Signals {
		f.Evidence = append(f.Evidence, evidence(c))
		for _, w := range c.Warnings {
			if !slices.Contains(f.Warnings, w) {
				f.Warnings = append(f.Warnings, w)
			}
		}
		switch {
		case c.Sentence != "":
			seen = append(seen, c.Sentence)
		case c.Lacks != "" && !slices.Contains(lacks, c.Lacks):
			lacks = append(lacks, c.Lacks)
		}
	}
	f.Summary = capital(strings.Join(seen, "; "))
	if j.State == signal.Unknown || f.Summary == "" {
		f.Summary = capital(strings.Join(append(seen, lacks...), "; "))
	}
	if !strings.HasSuffix(f.Summary, ".") && f.Summary != "" {
		f.Summary += "."
	}
	return f
}

// evidence is a claim as a labelled number.
func evidence(c signal.Claim) cockpit.Fact {
	f := cockpit.Fact{Label: plain(strings.ReplaceAll(c.ID, ".", " ")), Value: "unknown", Metric: c.Metric, Unit: c.Unit, Origin: "measured"}
	if c.Metric == "" {
		f.Origin = "declared"
	}
	if c.ID == "load.overload" {
		f.Origin = "assumed"
	}
	var notes []string
	switch {
	case c.State == signal.Unknown && math.IsNaN(c.Value):
		f.Origin = ""
		notes = append(notes, c.Lacks)
	case math.IsNaN(c.Value):
		f.Value = string(c.State)
	case c.Metric == "" && c.Unit == "" && c.Sentence != "":
		f.Value = c.Sentence // a statement rather than a number
	default:
		f.Value, f.Number = show(c.Value, c.Unit), number(c.Value)
		if !math.IsNaN(c.Low) && c.Low != c.High {
			notes = append(notes, fmt.Sprintf("%s to %s", show(c.Low, c.Unit), show(c.High, c.Unit)))
		}
		if c.State == signal.Unknown && c.Lacks != "" {
			notes = append(notes, c.Lacks)
		}
	}
	if c.N > 0 && c.Metric != "" {
		notes = append(notes, fmt.Sprintf("n %d", c.N))
	}
	if c.Method != "" {
		notes = append(notes, c.Method)
	}
	f.Note = strings.Join(notes, "; ")
	return f
}

// plain is an id as a word in a text.
func plain(id string) string { return strings.ReplaceAll(id, "_", " ") }

func show(x float64, unit string) string {
	switch unit {
	case "share", "chance", "relative change", "growth a year", "paid down of what came in":
		return fmt.Sprintf("%.0f %%", 100*x)
	case "ratio":
		return fmt.Sprintf("%.2f times", x)
	case "round":
		if i := int(x); i >= 0 && i < len(rounds) {
			return strings.ReplaceAll(rounds[i], "_", " ")
		}
	case "":
		return fmt.Sprintf("%.3g", x)
	}
	text := fmt.Sprintf("%.3g", x)
	if math.Abs(x) >= 100 {
		text = fmt.Sprintf("%.0f", x)
	}
	if text == "1" {
		unit = signal.Singular(unit)
	}
	return text + " " + unit
}

func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	x = round(x, 6)
	return &x
}

func round(x float64, digits int) float64 {
	p := math.Pow(10, float64(digits))
	return math.Round(x*p) / p
}

// lenses are the three ways of looking, each read alone.
func (in Input) lenses(s sight) []cockpit.Lens {
	out := []cockpit.Lens{in.stageLens(s), in.symptomsLens(s), in.loadLens(s)}
	for i := range out {
		if out[i].Reading == "" {
			out[i].Reading, out[i].Confidence = s.tally.lens(i)
		}
	}
	return out
}

func (in Input) stageLens(s sight) cockpit.Lens {
	l := cockpit.Lens{Name: "stage"}
	if !s.model.engineers.known() {
		l.Reading, l.Summary = cockpit.CallUnknown, "The number of engineers is not known."
	} else {
		asked, low, mid, high := s.opinions()
		l.Summary = fmt.Sprintf("Of %d sources with published rules that apply, %.0f would have split the role by now (%.0f to %.0f as their thresholds and our knowledge of the size vary).", asked, mid, low, high)
	}
	for _, id := range []string{"company.engineers", "engineers.growth", "company.funding", "company.revenue", "company.market_fit", "company.enterprise", "company.compliance", "company.board"} {
		f := evidence(s.claims[id])
		f.Label = strings.TrimPrefix(f.Label, "company ")
		if c := s.claims[id]; c.State != signal.Unknown && c.Sentence != "" && (c.Unit == "" || math.IsNaN(c.Value)) {
			f.Value, f.Number = c.Sentence, nil
		}
		f.Note = ""
		if c := s.claims[id]; c.State == signal.Unknown {
			f.Note = c.Lacks
		} else if id == "company.engineers" && s.co.measured {
			f.Note = c.Sentence
		}
		l.Facts = append(l.Facts, f)
	}
	return l
}

// opinions counts the sources with published rules that apply, and those of them that
// would have split the role by now.
func (s sight) opinions() (asked int, low, mid, high float64) {
	sources := map[string]bool{}
	for _, r := range s.model.stage {
		if r.unit == "engineers" || r.unit == "people" || r.unit == "arr_usd_m" && s.model.revenue.known() || r.unit == "funding" && s.model.round >= 0 {
			sources[r.source] = true
		}
	}
	low, mid, high = s.tally.spread(func(o outcome) float64 { return o.stage })
	n := float64(len(sources))
	return len(sources), low * n, mid * n, high * n
}

func (in Input) symptomsLens(s sight) cockpit.Lens {
	l := cockpit.Lens{Name: "symptoms"}
	var present, absent, unknown []string
	for _, i := range s.model.indicators {
		switch {
		case i.lens != playbook.LensSymptoms:
		case i.state == signal.Present:
			present = append(present, i.id)
		case i.judged():
			absent = append(absent, i.id)
		default:
			unknown = append(unknown, i.id)
		}
	}
	if len(present)+len(absent) == 0 {
		l.Reading, l.Summary = cockpit.CallUnknown, "No symptom that is known says anything here."
		return l
	}
	low, mid, high := s.tally.spread(func(o outcome) float64 { return o.symptoms })
	l.Summary = fmt.Sprintf("%s of the %d symptoms that say something %s present. Together they multiply", capital(counted(len(present))), len(present)+len(absent), are(len(present)))
	if len(present)+len(absent) == 1 {
		l.Summary = fmt.Sprintf("The one symptom that says something is %s. It multiplies", []string{"absent", "present"}[len(present)])
	}
	l.Summary += fmt.Sprintf(" the odds of needing two leaders by %.2g (%.2g to %.2g).", mid, low, high)
	for _, p := range []struct {
		label string
		ids   []string
	}{{"present", present}, {"absent", absent}, {"unknown", unknown}} {
		value := "none"
		if len(p.ids) > 0 {
			value = plain(strings.Join(p.ids, ", "))
		}
		l.Facts = append(l.Facts, cockpit.Fact{Label: p.label, Value: value})
	}
	return l
}

func (in Input) loadLens(s sight) cockpit.Lens {
	l := cockpit.Lens{Name: "load"}
	if !s.model.engineers.known() {
		l.Reading, l.Summary = cockpit.CallUnknown, "The number of engineers is not known."
		return l
	}
	row := func(label string, of func(outcome) float64, unit, cite string) cockpit.Fact {
		low, mid, high := s.tally.spread(of)
		f := cockpit.Fact{Label: label, Number: number(mid), Unit: unit, Origin: "assumed", Citation: cite}
		f.Value = fmt.Sprintf("%.0f %s (%.0f to %.0f)", mid, unit, low, high)
		if unit == "share" {
			f.Value = fmt.Sprintf("%.0f %% (%.0f to %.0f %%)", 100*mid, 100*low, 100*high)
		}
		return f
	}
	over := s.claims["load.overload"].Value
	_, focus, _ := s.tally.spread(func(o outcome) float64 { return o.focus })
	l.Summary = fmt.Sprintf("In %d of 100 draws the work exceeds one person. If execution comes first, about %.0f %% of the week is left for strategy, against the 60-70 %% of a CTO (R3). %s", ofHundred(over), 100*focus, hoursFrom(s.model.counted))
	l.Facts = []cockpit.Fact{
		row("execution work", func(o outcome) float64 { return o.execution }, "hours a week", "R2"),
		row("strategy work", func(o outcome) float64 { return o.strategy }, "hours a week", "R1"),
		row("left for strategy", func(o outcome) float64 { return o.focus }, "share", "N10"),
		{Label: "chance of overload", Value: fmt.Sprintf("%.0f %%", 100*over), Number: number(over), Origin: "assumed", Citation: "N11"},
	}
	for _, r := range in.Playbook.Load.Usual {
		l.Facts = append(l.Facts, s.usualWork(r))
	}
	return l
}

// usualWork is how much there is of work that does not follow from size: as declared, or
// that it is not known, and what is reckoned with.
func (s sight) usualWork(r playbook.Ratio) cockpit.Fact {
	f := cockpit.Fact{Label: uncapital(r.Title), Unit: r.Unit, Value: "unknown", Note: fmt.Sprintf("%g to %g %s are reckoned with: %s", r.Low, r.High, r.Unit, r.Why), Citation: strings.Join(r.Cites, ", ")}
	if n, ok := s.model.counted[r.ID]; ok {
		f.Value, f.Number, f.Origin, f.Note = show(n, r.Unit), number(n), "declared", ""
	}
	return f
}

// hoursFrom says what hours rest on.
func hoursFrom(counted map[string]float64) string {
	if len(counted) == 0 {
		return "Hours are estimated from size, not measured."
	}
	var said []string
	for _, unit := range []struct{ id, words string }{{"direct_report", "direct reports"}, {"team", "teams"}, {"open_position", "open positions"}, {"initiative", "initiatives"}, {"incident", "incidents a week"}, {"release", "releases a week"}, {"decision", "open decisions"}, {"vendor", "vendors"}, {"audit", "audits by customers a year"}, {"board_meeting", "board meetings a year"}} {
		if n, ok := counted[unit.id]; ok {
			what := unit.words
			if n == 1 {
				what = signal.Singular(what)
			}
			said = append(said, fmt.Sprintf("%g %s", n, what))
		}
	}
	return fmt.Sprintf("Counted are %s; other work is estimated, and hours are assumed, not measured.", strings.Join(said, ", "))
}

// disagreement says where lenses differ.
func disagreement(lenses []cockpit.Lens) string {
	by := map[string][]string{}
	for _, l := range lenses {
		if l.Reading != cockpit.CallUnknown { // what is not known disagrees with nothing
			by[l.Reading] = append(by[l.Reading], l.Name)
		}
	}
	if len(by) < 2 {
		return ""
	}
	var parts []string
	for _, c := range calls {
		if names := by[c]; len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%s: %s", strings.Join(names, " and "), uncapital(callWords[c])))
		}
	}
	return "The lenses disagree. " + capital(strings.Join(parts, "; ")) + "."
}
