package cockpit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Agenda is what two leaders have to talk about this week, made from what changed.
type Agenda struct {
	Schema   string        `json:"schema"`
	AsOf     string        `json:"as_of"`
	Since    string        `json:"since"`
	Summary  string        `json:"summary"`
	Points   []AgendaPoint `json:"points"`
	Outcomes []Outcome     `json:"outcomes"` // of earlier weeks too, newest first
}

// AgendaPoint is one thing to talk about.
type AgendaPoint struct {
	ID      string   `json:"id"`   // stays the same from week to week
	Kind    string   `json:"kind"` // escalation, waiting, drift, finding, structure, agreement, decision
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Clock   string   `json:"clock"` // of what has one
	Advice  string   `json:"advice"`
	Room    string   `json:"room"`
	Outcome *Outcome `json:"outcome"` // of this week; null while there is none
}

// Outcome is what came out of a point.
type Outcome struct {
	Day     string `json:"day"`
	Point   string `json:"point"`
	Title   string `json:"title"`
	Outcome string `json:"outcome"`
}

// AgendaInput is what an agenda is made of.
type AgendaInput struct {
	BriefInput
	Steps    []EscalationStep // of the agreement, or of the playbook
	Outcomes []Outcome
	Until    string // last day of outcomes that are of these points; "" is the day of the facts
}

// NewAgenda makes the agenda: what has a clock first, then what changed.
func NewAgenda(in AgendaInput) Agenda {
	a := Agenda{Schema: AgendaSchema, AsOf: in.Now.AsOf, Points: []AgendaPoint{}, Outcomes: in.Outcomes}
	if in.Before != nil {
		a.Since = in.Before.AsOf
	}
	a.Points = slices.Concat(waiting(in), driftPoints(in.Drift), newsPoints(in.BriefInput), agreementPoints(in.Agreement))
	for i, p := range a.Points {
		for _, o := range in.Outcomes {
			if o.Point == p.ID && o.Day > a.Since && o.Day <= max(in.Until, a.AsOf) {
				a.Points[i].Outcome = &o
				break
			}
		}
	}
	a.Summary = a.summary()
	return a
}

// summary says in a sentence how much there is to talk about.
func (a Agenda) summary() string {
	clocks := 0
	for _, p := range a.Points {
		if p.Clock != "" {
			clocks++
		}
	}
	switch n := len(a.Points); {
	case n == 0 && a.Since == "":
		return "There is nothing that the two have to talk about. What changed is told when there is a week to compare with."
	case n == 0:
		return "Nothing changed since " + a.Since + " that the two have to talk about. That is an agenda too."
	case n == 1 && clocks == 1:
		return "One point, with a clock that runs."
	case n == 1:
		return "One point, without a clock that runs."
	default:
		return fmt.Sprintf("%d points, %d of them with a clock that runs.", n, clocks)
	}
}

// waiting are decisions that are open, those whose time is up first.
func waiting(in AgendaInput) (out []AgendaPoint) {
	if in.Drift == nil {
		return nil
	}
	type clocked struct {
		AgendaPoint
		late int // working days
	}
	var all []clocked
	for _, k := range in.Drift.Kinds {
		for _, t := range k.Traces {
			if t.Decided != "" {
				continue
			}
			late := 0
			p := AgendaPoint{ID: "waiting " + t.Record, Kind: "waiting", Title: t.Title, Text: fmt.Sprintf("%s, for %s. Waiting for %d working days.", k.Title, k.Owner, t.Days), Room: "decisions"}
			if k.Days > 0 && t.Days > k.Days {
				late = t.Days - k.Days
				p.Kind, p.Clock = "escalation", fmt.Sprintf("%d working days past the %d that were agreed", t.Days-k.Days, k.Days)
				p.Advice = escalation(in.Steps, t.Days-k.Days)
			} else if k.Days > 0 {
				p.Clock = fmt.Sprintf("%d working days left", k.Days-t.Days)
			}
			all = append(all, clocked{p, late})
		}
	}
	slices.SortStableFunc(all, func(a, b clocked) int { return cmp.Compare(b.late, a.late) })
	for _, c := range all {
		out = append(out, c.AgendaPoint)
	}
	return out
}

// escalation says whose turn it is so many working days after the time was up.
func escalation(steps []EscalationStep, late int) string {
	for _, s := range steps {
		if s.Within == 0 || late <= s.Within {
			return fmt.Sprintf("Now with %s: %s", WhoWords(s.To), s.How)
		}
		late -= s.Within
	}
	if len(steps) == 0 {
		return "No path of disputes is agreed."
	}
	return fmt.Sprintf("The time of every step is up; %s decides now.", WhoWords(steps[len(steps)-1].To))
}

func driftPoints(d *Drift) (out []AgendaPoint) {
	if d == nil {
		return nil
	}
	for _, f := range d.Findings {
		if f.What != "waits_too_long" { // each of those is a point of its own
			out = append(out, AgendaPoint{ID: "drift " + f.Kind + " " + f.What, Kind: "drift", Title: capital(Words(f.Kind)), Text: f.Text, Advice: f.Advice, Room: "agreement"})
		}
	}
	return out
}

func newsPoints(in BriefInput) (out []AgendaPoint) {
	for _, n := range changed(in) {
		out = append(out, AgendaPoint{ID: n.Kind + " " + n.ID, Kind: n.Kind, Title: n.Title, Text: n.Text, Room: n.Room})
	}
	return out
}

func agreementPoints(a *Agreement) (out []AgendaPoint) {
	if a == nil {
		return []AgendaPoint{{ID: "agreement none", Kind: "agreement", Title: "There is no agreement", Text: "Nothing says who of the two decides what.", Advice: "Read the proposal in the room Agreement, change it, and sign it.", Room: "agreement"}}
	}
	for _, f := range a.Findings {
		if f.Level != LevelNote {
			out = append(out, AgendaPoint{ID: "agreement " + f.ID + " " + f.Where, Kind: "agreement", Title: f.Text, Text: agreedWhere(f.Where), Advice: f.Advice, Room: "agreement"})
		}
	}
	return out
}

// agreedWhere says where in the agreement something is open.
func agreedWhere(key string) string {
	if key == "" {
		return "In the agreement."
	}
	return "In the agreement, under " + key + "."
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
