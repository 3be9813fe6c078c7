package playbook

import (
	"fmt"
	"maps"
	"slices"

	"github.com/diarchy/diarchy/internal/signal"
)

// reasoned is an entry of the agreement that must rest on a fact or say why.
type reasoned struct {
	path  string
	id    string
	cites []string
	why   string
	all   []string // ids of its list
	needs [][2]string
	roles map[string][]string // keys that name roles or parties
}

// checkAgreement looks whether everything in the agreement that is named is there,
// and whether every entry has a reason.
func (p *Playbook) checkAgreement() error {
	for _, r := range p.reasonedEntries() {
		if err := p.checkReasoned(r); err != nil {
			return err
		}
	}
	for _, check := range []func() error{p.checkKinds, p.checkDeciding, p.checkRhythms, p.checkClocks, p.checkShown} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (p *Playbook) checkReasoned(r reasoned) error {
	for _, need := range r.needs {
		if need[1] == "" {
			others := slices.DeleteFunc(slices.Clone(r.all), func(s string) bool { return s == r.id })
			return p.wrong(r.path, suggest(r.id, others), "a new entry needs the key %s", need[0])
		}
	}
	if len(r.cites) == 0 && r.why == "" {
		return p.unreasoned(r.path, r.id, r.all)
	}
	facts := ids(p.Facts, func(f Fact) string { return f.ID })
	for i, id := range r.cites {
		if !slices.Contains(facts, id) {
			return p.wrong(fmt.Sprintf("%s.cites[%d]", r.path, i), suggest(id, facts), "there is no fact %q", id)
		}
	}
	for _, key := range []string{"decides", "consulted", "informed", "escalates_to", "owner", "who", "to"} {
		for _, id := range r.roles[key] {
			if _, ok := p.Called(id); !ok && id != "" {
				return p.wrong(r.path+"."+key, suggest(id, p.everybody()), "nobody is called %q", id)
			}
		}
	}
	return nil
}

// everybody are the ids of roles and parties.
func (p *Playbook) everybody() []string {
	return append(ids(p.Roles, func(r Role) string { return r.ID }), ids(p.Agreement.Parties, func(x Party) string { return x.ID })...)
}

func (p *Playbook) reasonedEntries() (out []reasoned) {
	a := p.Agreement
	add := func(list string, all []string, r reasoned) {
		r.path, r.all = "agreement."+list+"."+r.id, all
		out = append(out, r)
	}
	all := ids(a.Decisions, func(k DecisionKind) string { return k.ID })
	for _, k := range a.Decisions {
		add("decisions", all, reasoned{id: k.ID, cites: k.Cites, why: k.Why, needs: [][2]string{{"title", k.Title}, {"decides", k.Decides}, {"clock", k.Clock}},
			roles: map[string][]string{"decides": {k.Decides}, "consulted": k.Consulted, "informed": k.Informed, "escalates_to": {k.EscalatesTo}}})
	}
	all = ids(a.Deciding.Rules, func(r DecidingRule) string { return r.ID })
	for _, r := range a.Deciding.Rules {
		add("deciding.rules", all, reasoned{id: r.ID, cites: r.Cites, why: r.Why, needs: [][2]string{{"when", r.When}, {"kind", r.Kind}, {"says", r.Says}}})
	}
	all = ids(a.Deciding.Additions, func(x Addition) string { return x.ID })
	for _, x := range a.Deciding.Additions {
		add("deciding.additions", all, reasoned{id: x.ID, cites: x.Cites, why: x.Why, needs: [][2]string{{"when", x.When}, {"says", x.Says}}, roles: map[string][]string{"consulted": x.Consulted, "informed": x.Informed}})
	}
	all = ids(a.Overlaps, func(o Overlap) string { return o.ID })
	for _, o := range a.Overlaps {
		add("overlaps", all, reasoned{id: o.ID, cites: o.Cites, why: o.Why, needs: [][2]string{{"title", o.Title}, {"owner or process", o.Owner + o.Process}}, roles: map[string][]string{"owner": {o.Owner}}})
	}
	all = ids(a.Meetings, func(m Meeting) string { return m.ID })
	for _, m := range a.Meetings {
		add("meetings", all, reasoned{id: m.ID, cites: m.Cites, why: m.Why, needs: [][2]string{{"title", m.Title}, {"every", m.Every}}, roles: map[string][]string{"who": m.Who}})
	}
	all = ids(a.Reviews, func(r Review) string { return r.ID })
	for _, r := range a.Reviews {
		add("reviews", all, reasoned{id: r.ID, cites: r.Cites, why: r.Why, needs: [][2]string{{"title", r.Title}, {"every", r.Every}, {"owner", r.Owner}}, roles: map[string][]string{"owner": {r.Owner}}})
	}
	all = ids(a.TradeOffs, func(t TradeOff) string { return t.ID })
	for _, t := range a.TradeOffs {
		add("trade_offs", all, reasoned{id: t.ID, cites: t.Cites, why: t.Why, needs: [][2]string{{"title", t.Title}, {"question", t.Question}, {"decides", t.Decides}}, roles: map[string][]string{"decides": {t.Decides}}})
	}
	all = ids(a.Escalation, func(e Escalation) string { return e.ID })
	for _, e := range a.Escalation {
		to := ""
		if len(e.To) > 0 {
			to = e.To[0]
		}
		add("escalation", all, reasoned{id: e.ID, cites: e.Cites, why: e.Why, needs: [][2]string{{"to", to}, {"how", e.How}}, roles: map[string][]string{"to": e.To}})
	}
	return out
}

func (p *Playbook) checkKinds() error {
	clocks := ids(p.Agreement.Clocks, func(c Clock) string { return c.ID })
	for _, k := range p.Agreement.Decisions {
		if err := p.oneOf("agreement.decisions."+k.ID+".clock", k.Clock, clocks...); err != nil {
			return err
		}
	}
	shown := map[string]string{}
	for _, t := range p.Agreement.TradeOffs {
		shown["agreement.trade_offs."+t.ID+".signal"] = t.Signal
	}
	for _, r := range p.Agreement.Reviews {
		shown["agreement.reviews."+r.ID+".signal"] = r.Signal
	}
	signals := ids(p.Signals, func(s Signal) string { return s.ID })
	for _, path := range slices.Sorted(maps.Keys(shown)) {
		if shown[path] == "" {
			continue
		}
		if err := p.oneOf(path, shown[path], signals...); err != nil {
			return err
		}
	}
	return nil
}

func (p *Playbook) checkDeciding() error {
	kinds := ids(p.Agreement.Decisions, func(k DecisionKind) string { return k.ID })
	for _, r := range p.Agreement.Deciding.Rules {
		if struck := "agreement.decisions." + r.Kind; slices.Contains(p.struck, struck) && !slices.Contains(kinds, r.Kind) {
			return p.wrong(struck, fmt.Sprintf("strike or change agreement.deciding.rules.%s as well", r.ID), "it is struck, and a rule leads to it")
		}
		if err := p.oneOf("agreement.deciding.rules."+r.ID+".kind", r.Kind, kinds...); err != nil {
			return err
		}
	}
	for _, c := range p.Agreement.Deciding.Tests {
		path := fmt.Sprintf("agreement.deciding.tests[%s]", c.Name)
		if err := p.oneOf(path+".expect", c.Expect, append([]string{"unknown"}, kinds...)...); err != nil && c.Origin == FromCompany {
			return err
		}
		if _, err := c.attributes(); err != nil {
			return p.wrong(path+".given", "", "%s", err)
		}
	}
	return nil
}

func (p *Playbook) checkRhythms() error {
	for _, m := range p.Agreement.Meetings {
		if err := p.oneOf("agreement.meetings."+m.ID+".every", m.Every, Rhythms()...); err != nil {
			return err
		}
	}
	for _, r := range p.Agreement.Reviews {
		if err := p.oneOf("agreement.reviews."+r.ID+".every", r.Every, Rhythms()...); err != nil {
			return err
		}
	}
	return nil
}

// checkClocks looks at figures of the agreement: each has a reason and a size.
func (p *Playbook) checkClocks() error {
	a := p.Agreement
	figures := map[string][]figure{}
	for _, c := range a.Clocks {
		figures["clocks"] = append(figures["clocks"], figure{c.ID, c.Range})
	}
	for _, b := range a.Bounds {
		figures["bounds"] = append(figures["bounds"], figure{b.ID, b.Range})
	}
	for _, s := range a.Spending {
		figures["spending"] = append(figures["spending"], figure{s.ID, s.Range})
	}
	for _, list := range []string{"clocks", "bounds", "spending"} {
		for _, f := range figures[list] {
			path := "agreement." + list + "." + f.id
			if len(f.Cites) == 0 && f.Why == "" {
				return p.unreasoned(path, f.id, ids(figures[list], func(f figure) string { return f.id }))
			}
			if list == "clocks" && f.High < 1 {
				return p.wrong(path, "a day at least", "it gives no time")
			}
		}
	}
	if a.Innovation.Low+a.Delivery.Low > 1 || a.Innovation.High+a.Delivery.High < 1 {
		return p.wrong("agreement.innovation", "innovation and delivery are all of the effort", "innovation and delivery cannot add to 1")
	}
	return nil
}

type figure struct {
	id string
	Range
}

func (p *Playbook) checkShown() error {
	roles := ids(p.Roles, func(r Role) string { return r.ID })
	for _, s := range p.Agreement.ShownBy {
		if err := p.oneOf("agreement.shown_by."+s.ID, s.ID, roles...); err != nil {
			return err
		}
		for i, name := range s.Metrics {
			if err := p.oneOf(fmt.Sprintf("agreement.shown_by.%s.metrics[%d]", s.ID, i), name, signal.Metrics...); err != nil {
				return err
			}
		}
	}
	for _, s := range p.Agreement.Spending {
		if err := p.oneOf("agreement.spending."+s.ID, s.ID, roles...); err != nil {
			return err
		}
	}
	return nil
}
