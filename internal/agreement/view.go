package agreement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// View is an agreement as surfaces show it, with what Check finds on a day.
func View(p *playbook.Playbook, a *workspace.Agreement, staff Staff, today time.Time) cockpit.Agreement {
	n := names{a, p}
	v := cockpit.Agreement{
		Schema: cockpit.AgreementSchema, Source: a.Path, AsOf: date(today), Company: a.Company, Version: a.Version,
		Effective: date(a.Effective), ReviewBy: date(a.ReviewBy), SHA256: a.Hash,
		Effort: effortFacts(a.Effort), Findings: Check(p, a, staff, today), Signatures: n.signatures(),
	}
	for _, r := range a.Roles {
		v.Roles = append(v.Roles, n.role(r))
	}
	for _, d := range a.Decisions {
		v.Decisions = append(v.Decisions, n.right(d))
	}
	for _, o := range a.Overlaps {
		v.Overlaps = append(v.Overlaps, cockpit.AgreedOverlap{ID: o.ID, Title: o.Title, Owner: n.all(o.Owner), Process: o.Process})
	}
	for _, m := range a.Meetings {
		v.Meetings = append(v.Meetings, cockpit.AgreedMeeting{ID: m.ID, Title: m.Title, Every: m.Every, Minutes: m.Minutes, Who: n.all(m.Who), About: m.About})
	}
	for _, r := range a.Reviews {
		v.Reviews = append(v.Reviews, cockpit.AgreedReview{ID: r.ID, Title: r.Title, Owner: n.all(list(r.Owner)), Every: r.Every, Today: r.Today, Next: date(r.Next)})
	}
	for _, t := range a.TradeOffs {
		v.TradeOffs = append(v.TradeOffs, cockpit.AgreedTradeOff{ID: t.ID, Title: t.Title, Question: t.Question, Decides: n.all(t.Decides), Today: t.Today, Position: t.Position, Review: date(t.Review)})
	}
	for _, s := range a.Escalation {
		v.Escalation = append(v.Escalation, n.step(s))
	}
	v.Headline = n.headline(v)
	v.Summary = summary(v)
	v.Citations = citations(p, cited(v))
	return v
}

func (n names) role(r workspace.AgreedRole) cockpit.AgreementRole {
	out := cockpit.AgreementRole{Who: n.who(r.ID), Title: r.Title, Mission: r.Mission, Owns: r.Owns, AnswersFor: r.AnswersFor, ShownBy: r.ShownBy}
	add := func(label, value, cite string) {
		out.Facts = append(out.Facts, cockpit.Fact{Label: label, Value: value, Citation: cite})
	}
	if r.ReportsTo != "" {
		add("Reports to", n.called(r.ReportsTo), "O2")
	}
	if r.Horizon.OK {
		add("Looks ahead", months(r.Horizon.Value), "R4")
	}
	for _, t := range r.Time {
		add("Time on "+t.On, percent(t.Share), "R3")
	}
	if b := r.Budget; b.OK {
		value := "amount not agreed"
		if b.Value.Amount.OK {
			value = money(b.Value.Amount.Value, n.a.Currency) + " a year"
		}
		add("Budget: "+b.Value.Of, value, "R6")
	}
	if r.Spending.OK {
		add("Spends on one thing without asking", money(r.Spending.Value, n.a.Currency), "R6")
	} else {
		add("Spends on one thing without asking", "not agreed", "R6")
	}
	return out
}

func (n names) right(d workspace.DecisionRight) cockpit.DecisionRight {
	return cockpit.DecisionRight{
		ID: d.ID, Title: d.Title, Decides: n.all(d.Decides), Consulted: n.all(d.Consulted), Informed: n.all(d.Informed),
		Days: d.Days, EscalatesTo: n.all(list(d.EscalatesTo)), Cites: d.Cites,
	}
}

func (n names) step(s workspace.AgreedStep) cockpit.EscalationStep {
	return cockpit.EscalationStep{To: n.all(s.To), Within: s.Within, How: s.How}
}

func effortFacts(e workspace.Known[workspace.Effort]) (out []cockpit.Fact) {
	for _, part := range []struct {
		label string
		share workspace.Known[workspace.Span]
	}{{"Innovation", e.Value.Innovation}, {"Predictable delivery", e.Value.Delivery}} {
		if e.OK && part.share.OK {
			out = append(out, cockpit.Fact{Label: part.label, Value: percent(part.share.Value) + " of engineering effort", Citation: "S4"})
		}
	}
	return out
}

// signatures are those of each role that signs, given or not.
func (n names) signatures() (out []cockpit.SignatureStatus) {
	for _, r := range n.a.Roles {
		s := cockpit.SignatureStatus{Who: n.who(r.ID), State: cockpit.SignatureMissing}
		for _, given := range n.a.Signatures {
			if given.Role != r.ID {
				continue
			}
			s.State, s.Name, s.Date = cockpit.SignatureValid, given.Name, date(given.Date)
			if given.SHA256 != n.a.Hash {
				s.State = cockpit.SignatureStale
			}
		}
		out = append(out, s)
	}
	return out
}

// headline says who decides how much.
func (n names) headline(v cockpit.Agreement) string {
	var parts []string
	for _, r := range v.Roles {
		count := 0
		for _, d := range v.Decisions {
			if len(d.Decides) == 1 && d.Decides[0].ID == r.ID {
				count++
			}
		}
		noun := "kinds"
		if count == 1 {
			noun = "kind"
		}
		if len(parts) == 0 {
			parts = append(parts, fmt.Sprintf("%s decides %d %s of decision", r.Called, count, noun))
		} else {
			parts = append(parts, fmt.Sprintf("%s %d", r.Called, count))
		}
	}
	if len(parts) == 0 {
		return "The agreement names nobody who signs"
	}
	return capital(strings.Join(parts, ", "))
}

// summary says what is open, and whether it holds.
func summary(v cockpit.Agreement) string {
	return strings.TrimSpace(findingsWords(v.Findings) + " " + signedWords(v.Signatures))
}

func findingsWords(all []cockpit.AgreementIssue) string {
	count := map[string]int{}
	for _, f := range all {
		count[f.Level]++
	}
	var parts []string
	for _, l := range []struct{ level, one, many string }{{cockpit.LevelProblem, "problem", "problems"}, {cockpit.LevelGap, "gap", "gaps"}, {cockpit.LevelNote, "note", "notes"}} {
		if n := count[l.level]; n > 0 {
			parts = append(parts, counted(n, l.one, l.many))
		}
	}
	if len(parts) == 0 {
		return "Nothing is open."
	}
	text := "Open: " + strings.Join(parts, ", ") + "."
	if all[0].Level != cockpit.LevelNote {
		text += " First: " + strings.TrimRight(all[0].Text, ".") + "."
	}
	return text
}

func signedWords(all []cockpit.SignatureStatus) string {
	by := map[string][]cockpit.Who{}
	for _, s := range all {
		by[s.State] = append(by[s.State], s.Who)
	}
	switch {
	case len(all) == 0:
		return ""
	case len(by[cockpit.SignatureValid]) == len(all):
		return "It is signed by " + cockpit.WhoWords(by[cockpit.SignatureValid]) + "."
	case len(by[cockpit.SignatureStale]) > 0:
		return "It was changed after " + cockpit.WhoWords(by[cockpit.SignatureStale]) + " signed."
	case len(by[cockpit.SignatureValid]) == 0:
		return "Nobody has signed it."
	}
	return "It is not signed by " + cockpit.WhoWords(by[cockpit.SignatureMissing]) + "."
}

// cited are all facts that a view names.
func cited(v cockpit.Agreement) (ids []string) {
	for _, r := range v.Roles {
		for _, f := range r.Facts {
			ids = append(ids, f.Citation)
		}
	}
	for _, f := range v.Effort {
		ids = append(ids, f.Citation)
	}
	for _, d := range v.Decisions {
		ids = append(ids, d.Cites...)
	}
	for _, f := range v.Findings {
		ids = append(ids, f.Cites...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
