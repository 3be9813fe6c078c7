// Package agreement drafts, checks and compares the agreement between two leaders of
// engineering, and answers who decides. It is pure: documents and playbook in, words
// out; no files, no clock, no network.
//
// It stands between workspace and playbook, whose data it reads, and cockpit, whose
// views it makes. Holding an agreement against what really happened is not here.
package agreement

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Facts are what is known of the company when an agreement is drafted. What is not
// known stays zero or out of a map, and becomes a gap that the draft shows.
type Facts struct {
	Company     string
	Today       time.Time
	Engineers   float64 // 0: unknown
	Leaders     []string
	Holders     map[string]string // names by id of a role, of roles that one person holds
	LeadersSeen bool              // Leaders are known; none means that nobody leads
	Stand       map[string]string // where the company stands, in a sentence, by id of a claim
	Currency    string            // of revenue; "" is unknown
}

// Draft is an agreement to talk about, and what it could not know.
type Draft struct {
	Agreement *workspace.Agreement
	Notes     []string // comments at the top of the file
}

// guideCurrency is that of the figures in the playbook.
const guideCurrency = "USD"

// leaders are the two who sign, in the order in which they are written.
var leaders = []string{workspace.RoleCTO, workspace.RoleVPE}

// New drafts the agreement that the playbook proposes for a company.
func New(p *playbook.Playbook, f Facts) Draft {
	currency := f.Currency
	if currency == "" {
		currency = guideCurrency
	}
	a := &workspace.Agreement{
		Company: f.Company, Version: 1, Effective: f.Today, ReviewBy: f.Today.AddDate(0, int(p.Agreement.ReviewAfter.High), 0), Currency: currency,
		Effort: workspace.Is(workspace.Effort{Innovation: workspace.Is(spanOf(p.Agreement.Innovation)), Delivery: workspace.Is(spanOf(p.Agreement.Delivery))}),
	}
	for _, id := range leaders {
		if r, ok := p.Role(id); ok {
			role := draftRole(p, r, currency)
			role.Holder = f.Holders[id]
			a.Roles = append(a.Roles, role)
		}
	}
	draftRights(p, a)
	draftRhythm(p, a, f)
	for _, s := range p.Steps() {
		a.Escalation = append(a.Escalation, workspace.AgreedStep{To: slices.Clone(s.To), Within: int(s.Within.High), How: s.How})
	}
	a.Others = named(p, a)
	return Draft{a, draftNotes(p, f, currency)}
}

func draftRole(p *playbook.Playbook, r playbook.Role, currency string) workspace.AgreedRole {
	out := workspace.AgreedRole{
		ID: r.ID, Title: r.Title, Mission: r.Mission, Owns: slices.Clone(r.Owns), AnswersFor: r.AnswersFor,
		Horizon: workspace.Is(spanOf(r.Horizon)), ReportsTo: "ceo",
	}
	if r.ID == workspace.RoleVPE {
		out.ReportsTo = workspace.RoleCTO // O2: where both exist
	}
	for _, s := range p.Agreement.ShownBy {
		if s.ID == r.ID {
			out.ShownBy = slices.Clone(s.Metrics)
		}
	}
	if r.Time.High > 0 {
		out.Time = []workspace.TimeShare{
			{On: primary(r), Share: spanOf(r.Time)},
			{On: "everything else", Share: workspace.Span{Low: round(1 - r.Time.High), High: round(1 - r.Time.Low)}},
		}
	}
	if r.Budget.Title != "" {
		out.Budget = workspace.Is(workspace.Budget{Of: r.Budget.Title})
	}
	for _, s := range p.Agreement.Spending {
		if s.ID == r.ID && currency == guideCurrency {
			out.Spending = workspace.Is(int64(s.Low * 1000))
		}
	}
	return out
}

// primary is what a role's own time goes to, in a few words.
func primary(r playbook.Role) string {
	if r.Primary == playbook.Strategy {
		return "outward- and future-facing work"
	}
	return "internal operations"
}

func draftRights(p *playbook.Playbook, a *workspace.Agreement) {
	for _, k := range p.Agreement.Decisions {
		a.Decisions = append(a.Decisions, right(p, k))
	}
	for _, o := range p.Agreement.Overlaps {
		a.Overlaps = append(a.Overlaps, workspace.AgreedOverlap{ID: o.ID, Title: o.Title, Owner: list(o.Owner), Process: o.Process})
	}
}

// right is the playbook's kind of decision as an agreement writes it.
func right(p *playbook.Playbook, k playbook.DecisionKind) workspace.DecisionRight {
	return workspace.DecisionRight{
		ID: k.ID, Title: k.Title, Decides: list(k.Decides), Consulted: slices.Clone(k.Consulted), Informed: slices.Clone(k.Informed),
		Days: p.Days(k.Clock), EscalatesTo: k.EscalatesTo, Cites: slices.Clone(k.Cites),
	}
}

func draftRhythm(p *playbook.Playbook, a *workspace.Agreement, f Facts) {
	for _, m := range p.Agreement.Meetings {
		a.Meetings = append(a.Meetings, workspace.AgreedMeeting{ID: m.ID, Title: m.Title, Every: m.Every, Minutes: int(m.Minutes.High), Who: slices.Clone(m.Who), About: m.About})
	}
	for _, r := range p.Agreement.Reviews {
		a.Reviews = append(a.Reviews, workspace.AgreedReview{ID: r.ID, Title: r.Title, Owner: r.Owner, Every: r.Every, Today: f.Stand[r.Signal], Next: after(f.Today, r.Every)})
	}
	for _, t := range p.Agreement.TradeOffs {
		a.TradeOffs = append(a.TradeOffs, workspace.AgreedTradeOff{ID: t.ID, Title: t.Title, Question: t.Question, Decides: list(t.Decides), Today: f.Stand[t.Signal], Review: after(f.Today, "quarter")})
	}
}

// named are all who are named and do not sign, in the order of the playbook.
func named(p *playbook.Playbook, a *workspace.Agreement) (out []workspace.Other) {
	mentioned := mentions(a)
	for _, party := range p.Agreement.Parties {
		if len(mentioned[party.ID]) > 0 {
			out = append(out, workspace.Other{ID: party.ID, Title: party.Title})
		}
	}
	return out
}

// mentions are the lines on which each id is named.
func mentions(a *workspace.Agreement) map[string][]int {
	out := map[string][]int{}
	add := func(line int, lists ...[]string) {
		for _, ids := range lists {
			for _, id := range ids {
				if id != "" {
					out[id] = append(out[id], line)
				}
			}
		}
	}
	for _, r := range a.Roles {
		add(r.Line, list(r.ReportsTo))
	}
	for _, d := range a.Decisions {
		add(d.Line, d.Decides, d.Consulted, d.Informed, list(d.EscalatesTo))
	}
	for _, o := range a.Overlaps {
		add(o.Line, o.Owner)
	}
	for _, m := range a.Meetings {
		add(m.Line, m.Who)
	}
	for _, r := range a.Reviews {
		add(r.Line, list(r.Owner))
	}
	for _, t := range a.TradeOffs {
		add(t.Line, t.Decides)
	}
	for _, s := range a.Escalation {
		add(s.Line, s.To)
	}
	for _, s := range a.Signatures {
		add(s.Line, list(s.Role))
	}
	return out
}

// draftNotes are the comments at the top of a draft.
func draftNotes(p *playbook.Playbook, f Facts, currency string) []string {
	notes := []string{
		"The agreement between CTO and VP of Engineering: a draft to talk about for an hour, to change and to sign.",
		"Lines that begin with # and a key are not known yet. See what is open with: diarchy agreement check",
		"As a page to print: diarchy agreement show --html agreement.html",
	}
	switch {
	case !f.LeadersSeen:
		notes = append(notes, "Who leads engineering today is not known: declare leadership in diarchy.yaml.")
	case len(f.Leaders) == 0:
		notes = append(notes, "Nobody leads engineering today: this is how two would divide it.")
	case !slices.Contains(f.Leaders, workspace.RoleCTO) || !slices.Contains(f.Leaders, workspace.RoleVPE):
		notes = append(notes, fmt.Sprintf("Today there is only a %s: this is how two would divide the work.", roleWords(p, f.Leaders)))
	}
	if f.Engineers > 0 {
		notes = append(notes, fmt.Sprintf("Drafted for about %.0f engineers.", math.Round(f.Engineers)))
	} else {
		notes = append(notes, "The number of engineers is not known.")
	}
	if currency == guideCurrency {
		notes = append(notes, "Spending limits are the playbook's, in US dollars: proposals, not your figures.")
	} else {
		notes = append(notes, "Spending limits are not drafted: the playbook's are in US dollars, and this company counts in "+currency+".")
	}
	return append(notes, "")
}

func roleWords(p *playbook.Playbook, ids []string) string {
	var titles []string
	for _, id := range ids {
		r, _ := p.Role(id)
		titles = append(titles, r.Title)
	}
	return strings.Join(titles, " and ")
}

// after is a day one rhythm later.
func after(day time.Time, every string) time.Time {
	switch every {
	case "week":
		return day.AddDate(0, 0, 7)
	case "two_weeks":
		return day.AddDate(0, 0, 14)
	case "month":
		return day.AddDate(0, 1, 0)
	case "quarter":
		return day.AddDate(0, 3, 0)
	case "half_year":
		return day.AddDate(0, 6, 0)
	}
	return day.AddDate(1, 0, 0)
}

func spanOf(r playbook.Range) workspace.Span { return workspace.Span{Low: r.Low, High: r.High} }

func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// list is one word as a list; none for "".
func list(word string) []string {
	if word == "" {
		return nil
	}
	return []string{word}
}
