package web

import (
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// board is who is in which team, with the steps of a scenario. What is dragged on it is
// sent as a step to Action.
type board struct {
	Action, File, Scenario string
	Teams                  []boardTeam
}

type boardTeam struct {
	ID, Name string
	Under    string // name of the team above
	New      bool
	People   []boardPerson
}

type boardPerson struct {
	ID          string // "" of those whom no step can name
	Name, About string
	Moved, New  bool
}

// boardOf lays out the organisation as a scenario leaves it, beside the one that it is.
func boardOf(o offered, action string) *board {
	b := &board{Action: action, File: o.file, Scenario: o.plan.Name}
	for _, t := range o.then.Teams {
		one := boardTeam{ID: t.ID, Name: report.Clean(orElse(t.Name, t.ID)), New: !slices.ContainsFunc(o.now.Teams, func(n cockpit.OrgTeam) bool { return n.ID == t.ID })}
		if t.Parent != "" {
			one.Under = report.Clean(o.team(t.Parent))
		}
		b.Teams = append(b.Teams, one)
	}
	was := map[string]string{} // teams of people, as it is
	for _, p := range o.now.People {
		was[p.ID] = p.Team
	}
	for _, p := range o.then.People {
		i := slices.IndexFunc(b.Teams, func(t boardTeam) bool { return t.ID == p.Team })
		if i < 0 {
			continue
		}
		one := boardPerson{ID: p.ID, Name: report.Clean(orElse(p.Name, p.ID)), About: report.Clean(orElse(p.Title, cockpit.Words(p.Role)))}
		team, known := was[p.ID]
		one.New, one.Moved = !known, known && team != p.Team
		if o.nameless(p.ID) {
			one.ID = ""
		}
		b.Teams[i].People = append(b.Teams[i].People, one)
	}
	return b
}
