// Package facts writes the facts of a synthetic company of any size into a store, as
// reading git would, but without git: to measure what is done with facts at scale. The
// same seed and options give the same facts. It streams: what is kept in memory grows
// with the number of repositories and of their files, not with that of facts.
package facts

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// RowsPerEngineerYear is how many rows one engineer causes in a year, over all tables,
// to about a tenth.
const RowsPerEngineerYear = 10_500

// Options say which company.
type Options struct {
	Engineers int
	Years     int
	Seed      uint64
	Until     time.Time // nothing happens from here on
	Readings  int       // how often the last year is read; 0 is once a month
}

// Shape of a company.
const (
	teamSize     = 8
	teamsInGroup = 8
	reposOfTeam  = 6
	turnover     = 0.15 // a year; a person who leaves is followed by another one
	strangers    = 0.08 // share of work in another team's repository
	secondNames  = 0.12 // share of people who commit under two addresses
)

// Company is who works on what.
type Company struct {
	opts  Options
	began time.Time
	seats [][]person // who sits there, one after the other
	repos []*repository
	teams int
}

// person is somebody who is here from a time on.
type person struct {
	from  time.Time
	names []fact.Identity // all of one person
}

// New draws a company.
func New(opts Options) *Company {
	c := &Company{opts: opts, began: opts.Until.AddDate(-opts.Years, 0, 0), teams: (opts.Engineers + teamSize - 1) / teamSize}
	rng := rand.New(rand.NewPCG(opts.Seed, 0))
	for seat := range opts.Engineers {
		c.seats = append(c.seats, c.draw(rng, seat))
	}
	for i := range c.teams * reposOfTeam {
		c.repos = append(c.repos, newRepository(c, i))
	}
	return c
}

func (c *Company) draw(rng *rand.Rand, seat int) (line []person) {
	for from := c.began; from.Before(c.opts.Until); {
		name := fmt.Sprintf("Engineer %d-%d", seat, len(line))
		p := person{from: from, names: []fact.Identity{{Name: name, Email: fmt.Sprintf("e%d.%d@example.com", seat, len(line))}}}
		if rng.Float64() < secondNames {
			p.names = append(p.names, fact.Identity{Name: name, Email: fmt.Sprintf("e%d.%d@home.example.org", seat, len(line))})
		}
		line = append(line, p)
		from = from.Add(time.Duration(rng.ExpFloat64() / turnover * 365 * float64(24*time.Hour)))
	}
	return line
}

// sitting is who sits on a seat at a time, under one of their names.
func (c *Company) sitting(rng *rand.Rand, seat int, at time.Time) fact.Identity {
	line := c.seats[seat]
	i := len(line) - 1
	for i > 0 && line[i].from.After(at) {
		i--
	}
	names := line[i].names
	if len(names) > 1 && rng.IntN(4) > 0 {
		return names[0]
	}
	return names[rng.IntN(len(names))]
}

// Team, Group and Everybody are scopes of every company.
const (
	Team      = "team:0"
	Group     = "group:0"
	Everybody = "company"
)

// scopes are the company, its groups, teams and repositories.
func (c *Company) scopes() []store.Scope {
	everybody := store.Scope{Name: Everybody}
	groups := make([]store.Scope, (c.teams+teamsInGroup-1)/teamsInGroup)
	teams := make([]store.Scope, c.teams)
	var out []store.Scope
	for i, r := range c.repos {
		team := i / reposOfTeam
		group := team / teamsInGroup
		everybody.Repos = append(everybody.Repos, store.Belonging{ID: r.id})
		teams[team].Name, teams[team].Repos = fmt.Sprintf("team:%d", team), append(teams[team].Repos, store.Belonging{ID: r.id})
		groups[group].Name, groups[group].Repos = fmt.Sprintf("group:%d", group), append(groups[group].Repos, store.Belonging{ID: r.id})
		out = append(out, store.Scope{Name: "repository:" + r.name, Repos: []store.Belonging{{ID: r.id}}})
	}
	return append(append(append(out, everybody), teams...), groups...)
}

// personOf says who an identity is, as identity merging would: the first of the name.
func personOf(id fact.Identity, first map[string]int64) int64 {
	own := store.IdentityID(id)
	if p, ok := first[id.Name]; ok && p < own {
		return p
	}
	return own
}

var bots = []fact.Identity{{Name: "renovate[bot]", Email: "bot@renovateapp.com"}, {Name: "dependabot[bot]", Email: "support@dependabot.com"}, {Name: "ci-bot", Email: "ci@example.com"}}

var forge = fact.Identity{Name: "GitHub", Email: "noreply@github.com"}

func isBot(id fact.Identity) bool {
	for _, b := range bots {
		if id == b {
			return true
		}
	}
	return id == forge
}
