package cockpit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// BriefSchema names the version of Brief as JSON.
const BriefSchema = "diarchy/brief/v1"

// Brief is what two leaders look at first: the verdict and how it moved, what needs a
// decision now, and what changed since a week ago.
type Brief struct {
	Schema  string  `json:"schema"`
	AsOf    string  `json:"as_of"`
	Since   string  `json:"since"` // day that changes are counted from
	Company string  `json:"company"`
	Verdict Verdict `json:"verdict"`
	Moved   string  `json:"moved"`  // how the verdict moved, in a sentence or two
	Decide  []Task  `json:"decide"` // three at most, the most urgent first
	Changed []News  `json:"changed"`
}

// Task is something that needs a decision now.
type Task struct {
	Kind   string `json:"kind"` // verdict, agreement, drift, structure, symptom, source, missing
	ID     string `json:"id"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
	Action string `json:"action"`
	Room   string `json:"room"` // where it is done: agreement, organisation, data, cto, vpe
}

// urgent is a task with how urgent it is, from 0 to 100.
type urgent struct {
	Task
	rank float64
}

// mostTasks is how much two people can decide before it becomes a list.
const mostTasks = 3

// BriefInput is what a brief is made of. Only Now is always there.
type BriefInput struct {
	Now, Before *Diagnosis // today and a week ago
	Agreement   *Agreement
	Drift       *Drift
	Records     []RecordSummary
}

// News is something that is otherwise than it was.
type News struct {
	Kind  string `json:"kind"` // finding, structure, decision
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Room  string `json:"room"`
}

// NewBrief makes the brief.
func NewBrief(in BriefInput) Brief {
	d := in.Now
	b := Brief{Schema: BriefSchema, AsOf: d.AsOf, Company: d.Company, Verdict: d.Verdict, Decide: []Task{}, Changed: []News{}}
	if in.Before != nil {
		b.Since = in.Before.AsOf
	}
	b.Moved = moved(in)
	b.Decide = tasks(in)
	b.Changed = changed(in)
	return b
}

// moved says how the verdict moved in the last week, and before.
func moved(in BriefInput) string {
	now, text := in.Now.Verdict, in.Now.History.Summary
	if in.Before == nil {
		return text
	}
	before := in.Before.Verdict
	n, known := OfHundred(now.Confidence)
	m, knownBefore := OfHundred(before.Confidence)
	week := ""
	switch {
	case now.Call != before.Call:
		week = fmt.Sprintf("Since %s the call moved from %q to %q.", in.Before.AsOf, CallWords(before.Call), CallWords(now.Call))
	case known && knownBefore && n != m:
		week = fmt.Sprintf("Since %s the call is the same; %d of 100 ways agree now, %d did then.", in.Before.AsOf, n, m)
	default:
		week = fmt.Sprintf("Since %s it has not moved.", in.Before.AsOf)
	}
	return strings.TrimSpace(week + " " + text)
}

// tasks are the most urgent things, of each kind one, so that one trouble does not hide
// another.
func tasks(in BriefInput) []Task {
	all := slices.Concat(verdictTasks(in), sourceTasks(in.Now), agreementTasks(in), driftTasks(in.Drift), structureTasks(in.Now), symptomTasks(in.Now))
	slices.SortStableFunc(all, func(a, b urgent) int { return cmp.Compare(b.rank, a.rank) })
	out := []Task{}
	for _, t := range all {
		if len(out) < mostTasks && !slices.ContainsFunc(out, func(o Task) bool { return o.Kind == t.Kind }) {
			out = append(out, t.Task)
		}
	}
	return out
}

func verdictTasks(in BriefInput) []urgent {
	v, rank := in.Now.Verdict, 0.0
	t := Task{Kind: "verdict", ID: "verdict", Reason: v.Summary, Room: "organisation", Action: "See what each way of doing it would mean before you choose."}
	if in.Agreement == nil {
		t.Room, t.Action = "agreement", "Draft what each of the two would own, and who would decide what, before you look for anybody."
	}
	switch v.Call {
	case CallSplitNow:
		rank, t.Title = 100, "Whether to split the role now"
	case CallPrepare:
		rank, t.Title = 80, "Who prepares the split of the role, and by when"
	case CallUnknown:
		if len(in.Now.Missing) == 0 {
			return nil
		}
		m := in.Now.Missing[0]
		return []urgent{{Task{Kind: "missing", ID: m.What, Title: "Who supplies what is missing: " + m.What, Reason: m.Effect, Action: "The answer is open without it.", Room: "data"}, 90}}
	default:
		return nil
	}
	return []urgent{{t, rank}}
}

func sourceTasks(d *Diagnosis) (out []urgent) {
	for _, s := range d.Sources {
		if s.Status == "failed" {
			out = append(out, urgent{Task{Kind: "source", ID: s.Name, Title: "Who mends the source " + s.Name, Reason: strings.Join(s.Notes, "; "), Action: "What it held is not in any number until then.", Room: "data"}, 88})
		}
	}
	return out
}

func agreementTasks(in BriefInput) []urgent {
	if in.Agreement == nil {
		return nil
	}
	var unsigned []string
	for _, s := range in.Agreement.Signatures {
		if s.State != SignatureValid {
			unsigned = append(unsigned, s.Called)
		}
	}
	for _, f := range in.Agreement.Findings {
		if f.Level == LevelProblem {
			return []urgent{{Task{Kind: "agreement", ID: f.ID, Title: "How the agreement is to be mended", Reason: f.Text, Action: f.Advice, Room: "agreement"}, 85}}
		}
	}
	if len(unsigned) == 0 {
		return nil
	}
	return []urgent{{Task{Kind: "agreement", ID: "not_signed", Title: "Whether the agreement holds", Reason: "Not signed yet by " + strings.Join(unsigned, " and ") + ".", Action: "Read it together, change what is not right, and sign.", Room: "agreement"}, 70}}
}

func driftTasks(d *Drift) (out []urgent) {
	if d == nil {
		return nil
	}
	for _, f := range d.Findings {
		t := urgent{Task: Task{Kind: "drift", ID: f.What + " " + f.Kind, Reason: f.Text, Action: f.Advice, Room: "agreement"}}
		switch f.What {
		case "waits_too_long":
			t.Title, t.rank = "Decisions that have waited for longer than was agreed", 75
		case "decided_by_another":
			t.Title, t.rank = "Whether practice or the agreement is right about who decides", 60
		default:
			t.Title, t.rank = "How decisions are to be made in the time that was agreed", 50
		}
		out = append(out, t)
	}
	return out
}

func structureTasks(d *Diagnosis) (out []urgent) {
	for _, f := range d.Structure {
		if f.State == Present {
			out = append(out, urgent{Task{Kind: "structure", ID: f.ID, Title: f.Title, Reason: f.Summary, Action: f.Advice, Room: "organisation"}, 55 + 10*f.Strength})
		}
	}
	return out
}

// symptomTasks are what the verdict says to do in the meantime, each with its finding.
func symptomTasks(d *Diagnosis) (out []urgent) {
	for i, advice := range d.Verdict.InTheMean {
		id, text, ok := strings.Cut(advice, ": ")
		at := slices.IndexFunc(d.Findings, func(f Finding) bool { return f.ID == id || Words(f.ID) == id })
		if !ok || at < 0 {
			continue
		}
		f := d.Findings[at]
		out = append(out, urgent{Task{Kind: "symptom", ID: f.ID, Title: f.Title, Reason: f.Summary, Action: text, Room: roomOf(f.Speaks)}, 58 - float64(i)})
	}
	return out
}

// roomOf is the room of the leader whom a finding speaks for.
func roomOf(speaks string) string {
	if speaks == "cto" {
		return "cto"
	}
	return "vpe"
}

// changed is what is otherwise than a week ago.
func changed(in BriefInput) []News {
	out := []News{}
	if in.Before == nil {
		return out
	}
	out = append(out, turned("finding", in.Before.Findings, in.Now.Findings)...)
	out = append(out, turned("structure", in.Before.Structure, in.Now.Structure)...)
	for _, r := range in.Records {
		if r.Since > in.Before.AsOf && r.Since <= in.Now.AsOf && r.Status != "" {
			out = append(out, News{Kind: "decision", ID: r.Address(), Title: r.Title, Text: fmt.Sprintf("It is %s since %s.", r.Status, r.Since), Room: "decisions"})
		}
	}
	return out
}

// turned are findings whose state is another one.
func turned(kind string, before, now []Finding) (out []News) {
	was := map[string]string{}
	for _, f := range before {
		was[f.ID] = f.State
	}
	for _, f := range now {
		if old, known := was[f.ID]; known && old != f.State && !declaredSince(old, f) {
			room := roomOf(f.Speaks)
			if kind == "structure" {
				room = "organisation"
			}
			n := News{Kind: kind, ID: f.ID, Title: strings.TrimSuffix(f.Title, "."), Text: strings.TrimSpace(fmt.Sprintf("%s, was %s. %s", capital(f.State), old, f.Summary)), Room: room}
			if old == Present && f.State == Absent {
				n.Title, n.Text = "No longer: "+n.Title, f.Summary
			}
			out = append(out, n)
		}
	}
	return out
}

// declaredSince tells whether a finding is only known now because somebody said so: a
// document without dates does not say how it was before.
func declaredSince(old string, f Finding) bool {
	return old == Unknown && len(f.Evidence) > 0 && !slices.ContainsFunc(f.Evidence, func(e Fact) bool { return e.Origin != "declared" })
}

// WeekBefore is the day a week before a day; "" for what is no day.
func WeekBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, -7).Format(time.DateOnly)
}
