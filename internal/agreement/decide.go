package agreement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Decide answers who decides a choice with these attributes. The rights are those of
// the agreement; without one, or of a kind that it does not have, the playbook's.
func Decide(p *playbook.Playbook, a *workspace.Agreement, attrs playbook.Attributes) (cockpit.Ruling, error) {
	said, err := p.Decide(attrs)
	if err != nil {
		return cockpit.Ruling{}, err
	}
	d := newDecider(p, a)
	d.out.Given = given(attrs)
	d.out.Certain = said.Certain
	d.out.Depends = said.Depends
	for _, r := range said.Rules {
		then, _ := d.right(r.Kind)
		d.out.Rules = append(d.out.Rules, cockpit.RulingRule{ID: r.ID, Says: r.Says, When: p.WithBounds(r.When), Kind: r.Kind, Then: d.n.words(then.Decides), Cites: r.Cites})
		d.cite(r.Cites)
	}
	switch {
	case said.Certain:
		d.kind(said.Rules[len(said.Rules)-1].Kind)
	case said.Complete && d.oneDecider(said.Rules):
		d.kinds(said.Rules)
	default:
		d.open(said)
		return d.done(), nil
	}
	for _, add := range said.Additions {
		d.add(add)
	}
	for _, add := range said.Maybe {
		d.out.Notes = append(d.out.Notes, d.maybe(add))
	}
	d.overLimit(attrs)
	if said.Certain {
		d.out.Sentence = d.sentence("")
	} else {
		d.out.Sentence = strings.TrimSuffix(d.sentence(" in any case"), ".") + fmt.Sprintf("; %s depend on %s.", d.unsettled(), wordsOf(said.Depends, "and"))
	}
	return d.done(), nil
}

// DecideKind answers who decides a kind of decision that is named.
func DecideKind(p *playbook.Playbook, a *workspace.Agreement, kind string) (cockpit.Ruling, bool) {
	d := newDecider(p, a)
	if _, ok := d.right(kind); !ok {
		return cockpit.Ruling{}, false
	}
	d.out.Certain = true
	d.kind(kind)
	d.out.Sentence = d.sentence("")
	return d.done(), true
}

// Kinds are the ids of all kinds of decision, those of the agreement first.
func Kinds(p *playbook.Playbook, a *workspace.Agreement) (ids []string) {
	if a != nil {
		for _, d := range a.Decisions {
			ids = append(ids, d.ID)
		}
	}
	for _, k := range p.Agreement.Decisions {
		if !slices.Contains(ids, k.ID) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// decider puts an answer together.
type decider struct {
	n     names
	given bool // there is an agreement
	out   cockpit.Ruling
	cites []string
}

func newDecider(p *playbook.Playbook, a *workspace.Agreement) *decider {
	d := &decider{n: names{a, p}, given: a != nil, out: cockpit.Ruling{Schema: cockpit.RulingSchema, Source: "the playbook"}}
	if a == nil {
		d.n.a = &workspace.Agreement{}
	} else {
		d.out.Source = a.Path
	}
	return d
}

// right is who has which part in a kind: as agreed, else as the playbook proposes.
func (d *decider) right(kind string) (workspace.DecisionRight, bool) {
	if r, ok := d.n.a.Decision(kind); ok {
		return r, true
	}
	k, ok := d.n.p.Kind(kind)
	return right(d.n.p, k), ok
}

// kind fills in what holds for a kind of decision.
func (d *decider) kind(id string) {
	r := d.grant(id)
	d.out.Kind, d.out.Title, d.out.Days = r.ID, r.Title, r.Days
	deciders := distinct(r.Decides)
	asked := without(distinct(r.Consulted), deciders)
	d.out.Decides, d.out.Consulted = d.n.all(deciders), d.n.all(asked)
	d.out.Informed = d.n.all(without(without(distinct(r.Informed), deciders), asked))
	d.out.Escalation = d.path(r)
	if d.out.Days == 0 {
		d.out.Notes = append(d.out.Notes, "No time is set for this decision.")
	}
}

// grant is the right of a kind that counts, and says where it is only proposed.
func (d *decider) grant(id string) workspace.DecisionRight {
	r, _ := d.right(id)
	if _, agreed := d.n.a.Decision(id); d.given && !agreed {
		d.out.Source = "the playbook"
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The agreement says nothing of %s, so this is what the playbook proposes.", lower(r.Title)))
	}
	d.cite(r.Cites)
	return r
}

// oneDecider tells whether the same decide by every rule.
func (d *decider) oneDecider(rules []playbook.DecidingRule) bool {
	first, _ := d.right(rules[0].Kind)
	return len(distinct(first.Decides)) > 0 && !slices.ContainsFunc(rules, func(rule playbook.DecidingRule) bool {
		r, _ := d.right(rule.Kind)
		return !slices.Equal(distinct(r.Decides), distinct(first.Decides))
	})
}

// kinds fills in what holds for each of several kinds that the same decide: who is asked
// and told in all of them, and time and way of a dispute where all have the same.
func (d *decider) kinds(rules []playbook.DecidingRule) {
	var all []workspace.DecisionRight
	for _, rule := range rules {
		if !slices.ContainsFunc(all, func(r workspace.DecisionRight) bool { return r.ID == rule.Kind }) {
			all = append(all, d.grant(rule.Kind))
		}
	}
	first := all[0]
	deciders, asked, told, days, escalates := distinct(first.Decides), first.Consulted, heard(first), first.Days, true
	for _, r := range all[1:] {
		asked = shared(asked, r.Consulted)
		told = shared(told, heard(r))
		escalates = escalates && r.EscalatesTo == first.EscalatesTo
		if r.Days != days {
			days = 0
		}
	}
	asked = without(distinct(asked), deciders)
	d.out.Days, d.out.Decides, d.out.Consulted = days, d.n.all(deciders), d.n.all(asked)
	d.out.Informed = d.n.all(without(without(distinct(told), deciders), asked))
	if escalates {
		d.out.Escalation = d.path(first)
	}
}

// heard are all who are asked or told.
func heard(r workspace.DecisionRight) []string {
	return append(slices.Clone(r.Consulted), r.Informed...)
}

// shared are those of a list who are in another too.
func shared(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(id string) bool { return !slices.Contains(b, id) })
}

// unsettled is what stays open where only who decides is certain.
func (d *decider) unsettled() string {
	open := []string{"the kind of decision", "who else is asked"}
	if d.out.Days == 0 {
		open = append(open, "by when")
	}
	return wordsOf(open, "and")
}

// path is the way of a dispute: the steps up to the one to whom this kind goes last.
func (d *decider) path(r workspace.DecisionRight) (out []cockpit.EscalationStep) {
	steps := d.n.a.Escalation
	if len(steps) == 0 {
		for _, s := range d.n.p.Steps() {
			steps = append(steps, workspace.AgreedStep{To: s.To, Within: int(s.Within.High), How: s.How})
		}
	}
	last := r.EscalatesTo
	for _, s := range steps {
		alone := last != "" && len(s.To) == 1 && s.To[0] != last
		if alone { // a step to one that this kind does not go to
			continue
		}
		out = append(out, d.n.step(s))
		if last != "" && len(s.To) == 1 {
			return out
		}
	}
	if last != "" {
		within := 0
		if len(steps) > 0 {
			within = steps[len(steps)-1].Within
		}
		out = append(out, cockpit.EscalationStep{To: d.n.all(list(last)), Within: within, How: capital(d.n.called(last)) + " decides, and the decision is recorded"})
	}
	return out
}

// add has more people asked or told.
func (d *decider) add(a playbook.Addition) {
	d.out.Rules = append(d.out.Rules, cockpit.RulingRule{ID: a.ID, Says: a.Says, When: d.n.p.WithBounds(a.When), Then: d.asked(a), Cites: a.Cites})
	d.cite(a.Cites)
	for _, id := range a.Consulted {
		d.consult(id)
	}
	for _, id := range a.Informed {
		if !has(d.out.Decides, id) && !has(d.out.Consulted, id) && !has(d.out.Informed, id) {
			d.out.Informed = append(d.out.Informed, d.n.who(id))
		}
	}
}

func (d *decider) consult(id string) {
	if has(d.out.Decides, id) || has(d.out.Consulted, id) {
		return
	}
	d.out.Consulted = append(d.out.Consulted, d.n.who(id))
	d.out.Informed = slices.DeleteFunc(d.out.Informed, func(w cockpit.Who) bool { return w.ID == id })
}

func (d *decider) asked(a playbook.Addition) string {
	var parts []string
	if others := d.others(a.Consulted); len(others) > 0 {
		parts = append(parts, "consults "+d.n.words(others))
	}
	if others := d.others(a.Informed); len(others) > 0 {
		parts = append(parts, "informs "+d.n.words(others))
	}
	if len(parts) == 0 {
		return "asks nobody besides who decides"
	}
	return strings.Join(parts, "; ")
}

// others leaves out who decides: nobody is asked or told by themselves.
func (d *decider) others(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return has(d.out.Decides, id) })
}

// maybe says who else would be asked if something unknown were so.
func (d *decider) maybe(a playbook.Addition) string {
	return fmt.Sprintf("If %s: %s.", lower(strings.TrimRight(a.Says, ".")), d.asked(a))
}

// overLimit adds who must agree to a cost above what the decider may spend.
func (d *decider) overLimit(attrs playbook.Attributes) {
	if attrs.Cost == nil {
		return
	}
	if c := d.n.a.Currency; c != "" && c != guideCurrency {
		d.out.Notes = append(d.out.Notes, fmt.Sprintf("The cost was compared as %s with limits of the agreement, and as US dollars with bounds of the playbook.", c))
	}
	if len(d.out.Decides) != 1 {
		return
	}
	role, ok := d.n.a.Role(d.out.Decides[0].ID)
	if !ok || !role.Spending.OK || *attrs.Cost*1000 <= float64(role.Spending.Value) {
		return
	}
	who := role.ReportsTo
	if who == "" {
		who = "ceo"
	}
	d.consult(who)
	d.out.Notes = append(d.out.Notes, fmt.Sprintf("It costs more than %s, which %s may spend on one thing: the money needs %s.", money(role.Spending.Value, d.n.a.Currency), d.n.called(role.ID), d.n.called(who)))
	d.cite([]string{"R6"})
}

// open says on what an answer depends.
func (d *decider) open(said playbook.Decided) {
	var deciders []string
	for _, r := range d.out.Rules {
		if !slices.Contains(deciders, r.Then) {
			deciders = append(deciders, r.Then)
		}
	}
	on := wordsOf(said.Depends, "and")
	switch {
	case len(d.out.Rules) == 0:
		d.out.Sentence = "No rule says who decides."
	case len(said.Depends) == 0:
		d.out.Sentence = "No rule says who decides."
	default:
		d.out.Sentence = fmt.Sprintf("It depends on %s: it is for %s to decide.", on, wordsOf(deciders, "or"))
	}
}

func wordsOf(all []string, last string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " " + last + " " + all[len(all)-1]
}

// sentence is the answer in one; surely stands behind the verb.
func (d *decider) sentence(surely string) string {
	o := d.out
	if len(o.Decides) == 0 {
		return fmt.Sprintf("Nobody decides on %s: the agreement leaves it open.", lower(o.Title))
	}
	verb := " decides"
	if len(o.Decides) > 1 {
		verb = " decide together"
	}
	text := capital(cockpit.WhoWords(o.Decides)) + verb + surely
	if len(o.Consulted) > 0 {
		text += ", after consulting " + cockpit.WhoWords(o.Consulted) + ","
	}
	if o.Days > 0 {
		return text + " within " + days(o.Days) + "."
	}
	return strings.TrimSuffix(text, ",") + "."
}

func (d *decider) cite(ids []string) { d.cites = append(d.cites, ids...) }

func (d *decider) done() cockpit.Ruling {
	d.out.Citations = citations(d.n.p, d.cites)
	return d.out
}

// given says the attributes in words.
func given(a playbook.Attributes) (out []cockpit.Fact) {
	add := func(label, value string) {
		if value == "" {
			value = "not said"
		}
		out = append(out, cockpit.Fact{Label: label, Value: value, Origin: "declared"})
	}
	number := func(x *float64, unit string) string {
		if x == nil {
			return ""
		}
		return plain(*x) + " " + unit
	}
	truth := func(b *bool) string {
		switch {
		case b == nil:
			return ""
		case *b:
			return "yes"
		}
		return "no"
	}
	add("reach", cockpit.Words(a.Reach))
	add("horizon", number(a.Horizon, "months"))
	add("cost", number(a.Cost, "thousand"))
	add("reversible", truth(a.Reversible))
	add("security", truth(a.Security))
	add("compliance", truth(a.Compliance))
	return out
}

func has(all []cockpit.Who, id string) bool {
	return slices.ContainsFunc(all, func(w cockpit.Who) bool { return w.ID == id })
}
