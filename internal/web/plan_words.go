package web

import (
	"fmt"
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// stepWords says a step in a sentence.
func stepWords(st cockpit.PlanStep, o offered) string {
	switch st.Do {
	case "move":
		return o.person(st.Person) + " moves" + o.place(st) + with(" with a dotted line to ", o.person(st.Dotted))
	case "hire":
		who := fmt.Sprintf("%d hired", st.Count)
		if st.Name != "" {
			who = st.Name + " is hired"
		}
		return who + with(" as ", orElse(st.Title, cockpit.Words(st.Role))) + about(st) + o.place(st) + o.reports(st) + pay(st)
	case "role":
		return o.person(st.Person) + " becomes " + cockpit.Words(st.Role) + with(" with the title ", st.Title) + o.reports(st)
	case "leave":
		return o.person(st.Person) + " leaves"
	case "share":
		if st.Share == 0 {
			return o.person(st.Person) + " gives the team " + o.team(st.Team) + " no share of the time any more"
		}
		return o.person(st.Person) + " gives the team " + o.team(st.Team) + " " + percentWords(st.Share) + " % of the time"
	case "dotted":
		switch {
		case st.To == "":
			return "The dotted line of " + o.person(st.Person) + " to " + o.person(st.From) + " ends"
		case st.From == "":
			return o.person(st.Person) + " gets a dotted line to " + o.person(st.To)
		}
		return "The dotted line of " + o.person(st.Person) + " goes to " + o.person(st.To) + " and no more to " + o.person(st.From)
	case "merge":
		all := st.Teams
		if !slices.Contains(all, st.Into) {
			all = append(slices.Clone(all), st.Into)
		}
		return "The teams " + list(all, o.team) + " become one, " + o.team(st.Into)
	case doSplit:
		return list(st.People, o.person) + " leave the team " + o.team(st.Team) + " for a new one, " + orElse(st.Name, st.ID) +
			with(", ", cockpit.Words(st.Kind)) + with(", under ", o.team(st.Under)) + with(", with ", cockpit.ListWords(st.Owns))
	case "parent":
		if st.Under == nobody {
			return "The team " + o.team(st.Team) + " stands under no other"
		}
		return "The team " + o.team(st.Team) + " goes under " + o.team(st.Under)
	case "open":
		return "A position is opened: " + orElse(st.Title, orElse(cockpit.Words(st.Role), st.ID)) + with(", in the team ", o.team(st.Team)) + o.under(st)
	case "fill":
		return "The position " + o.position(st.Position) + " is filled" + with(" by ", st.Name) + with(" as ", orElse(st.Title, cockpit.Words(st.Role))) + about(st) + o.place(st) + pay(st)
	case "retire":
		return "The position " + o.position(st.Position) + " is given up"
	case doGrowth:
		return "Engineers grow by " + percentWords(st.Low) + " to " + percentWords(st.High) + " % a year"
	}
	return "a step that only the file can show"
}

// with is a text behind what introduces it, where there is one.
func with(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

func list(ids []string, name func(string) string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = name(id)
	}
	return cockpit.ListWords(names)
}

// place is where somebody goes, and to whom he or she reports.
func (o offered) place(st cockpit.PlanStep) string {
	return with(" to the team ", o.team(st.Team)) + o.under(st)
}

func (o offered) under(st cockpit.PlanStep) string {
	return with(", reporting to ", o.person(st.Manager))
}

// reports are those who report to somebody from then on.
func (o offered) reports(st cockpit.PlanStep) string {
	if len(st.Reports) == 0 {
		return ""
	}
	return ", and " + list(st.Reports, o.person) + " report to the person"
}

// about is what a step says of somebody new besides role, place and pay.
func about(st cockpit.PlanStep) string {
	return with(", level ", st.Level) + with(", ", cockpit.Words(st.Employment)) + with(", in ", st.Location)
}

func pay(st cockpit.PlanStep) string {
	if st.Cost == "" {
		return ""
	}
	return ", for " + st.Cost + " a year"
}

// person is the name of somebody, as the scenario leaves the organisation or as it is: who
// leaves is in the latter alone.
func (o offered) person(id string) string {
	for _, all := range [][]cockpit.OrgPerson{o.then.People, o.now.People} {
		if i := slices.IndexFunc(all, func(p cockpit.OrgPerson) bool { return p.ID == id }); i >= 0 {
			return orElse(all[i].Name, id)
		}
	}
	if id == nobody {
		return "nobody"
	}
	return id
}

func (o offered) team(id string) string {
	for _, all := range [][]cockpit.OrgTeam{o.then.Teams, o.now.Teams} {
		if i := slices.IndexFunc(all, func(t cockpit.OrgTeam) bool { return t.ID == id }); i >= 0 {
			return orElse(all[i].Name, id)
		}
	}
	return id
}

func (o offered) position(id string) string {
	for _, all := range [][]cockpit.OrgOpen{o.then.Open, o.now.Open} {
		if i := slices.IndexFunc(all, func(p cockpit.OrgOpen) bool { return p.ID == id }); i >= 0 {
			return orElse(all[i].Title, orElse(cockpit.Words(all[i].Role), id))
		}
	}
	return id
}
