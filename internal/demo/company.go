package demo

import (
	"errors"
	"time"
)

// Company is the recipe of an invented company. Symptoms begin a number of
// weeks before the end, the last week counting as 1; a symptom with Weeks 0 is
// not planted.
type Company struct {
	Name string
	Seed uint64
	End  time.Time // last day; the history ends on the last Sunday up to it
	Span int       // weeks of history

	Founders    int     // engineers at the start
	Engineers   int     // engineers from the StableWeeks-th week before the end on
	StableWeeks int     // weeks of stable size; Span when Founders equals Engineers
	ChurnWeeks  int     // weeks from one leaver, who is replaced, to the next; twice that in growth
	Changes     float64 // changes that each engineer lands in a week
	Dispersion  float64 // relative deviation of the weekly sum of changes; 0 is Poisson's
	DocsWeeks   int     // weeks from one review of a repository's documents to the next

	Velocity   Velocity
	Debt       Debt
	Decisions  Decisions
	Onboarding Onboarding
	Merging    Merging
	Releases   Rhythm
	Delivery   Delivery
	Reviewing  Reviewing // of a company with Delivery
	Declared   Declared
	Lines      Lines
	Agreed     Agreed
	Beside     int // engineers who change none of the repositories; of a company with Lines
	Border     Border
}

// Velocity changes the weekly sum of changes (playbook fact N6).
type Velocity struct {
	Weeks      int
	Level      float64 // of the earlier level
	Dispersion float64 // relative deviation from then on
}

// Debt multiplies the inflow of admitted debt while pay-down stays (N7).
type Debt struct {
	Weeks  int
	Factor float64
}

// Decisions leaves proposals open (N8).
type Decisions struct {
	Weeks   int
	Stalled int   // records that stay proposed
	Slow    []int // days that the accepted ones take
}

// Onboarding delays newcomers (D3).
type Onboarding struct {
	Weeks int
	Days  int // from a newcomer's first active day to the fifth
}

// Merging gives one person most merges of change requests.
type Merging struct {
	Weeks int
	Share float64
}

// Rhythm slows releases.
type Rhythm struct {
	Weeks int
	Days  int // from a repository's release to its next
}

// Declared is what the company says of itself in diarchy.yaml. Months count
// back from the end.
type Declared struct {
	Funding          []Round
	Revenue          []Income
	MarketFitMonths  int // 0: not yet
	EnterpriseMonths int // 0: does not sell to enterprises
	SOC2Months       int // 0: no framework
	Board            string
	PeoplePerTen     int    // people in the company for ten engineers
	Role             string // who leads engineering: cto or technical_leader
	RoleMonths       int
}

// Agreed is the agreement of who leads engineering, in months before the end.
type Agreed struct {
	Months int // since when it holds; 0: there is none
	Looked int // when it was last looked at and signed; Months where it never was again
}

// Round is a stage of funding.
type Round struct {
	Months int
	Stage  string
}

// Income is annual recurring revenue in euros.
type Income struct {
	Months int
	ARR    int
}

// defaultEnd is the day on which invented histories end unless told otherwise.
func defaultEnd() time.Time { return time.Date(2026, 6, 28, 0, 0, 0, 0, time.UTC) }

// Troubled is a company that grew from 14 to 40 engineers who write code, and 20 beside
// them, under one CTO and then lost its pace: every symptom is planted.
func Troubled() Company {
	c := BigAlone()
	c.Name, c.Seed = "Brambleway", 7
	c.ChurnWeeks, c.Lines, c.Beside = 4, Flat, 20
	c.Delivery, c.Reviewing = Delivery{Told: true, Weeks: 30}, Reviewing{Weeks: 25}
	c.Agreed = Agreed{Months: 12, Looked: 12}
	c.Border = Border{Weeks: 56}
	return c.withSymptoms()
}

// Healthy is a company of 14 engineers in which nothing changes but the people.
func Healthy() Company {
	return Company{
		Name: "Quillstead", Seed: 11, End: defaultEnd(), Span: 157,
		Founders: 14, Engineers: 14, StableWeeks: 157, ChurnWeeks: 15, Changes: 3, DocsWeeks: 4, Lines: Layered,
		Delivery: Delivery{Told: true}, Agreed: Agreed{Months: 12},
		Declared: Declared{
			Funding:         []Round{{40, "seed"}, {16, "series_a"}},
			Revenue:         []Income{{30, 600_000}, {18, 1_300_000}, {6, 2_000_000}},
			MarketFitMonths: 26, Board: "quarterly", PeoplePerTen: 20, Role: "technical_leader", RoleMonths: 44,
		},
	}
}

// BigAlone has the troubled company's size, funding and market, and no symptom.
func BigAlone() Company {
	return Company{
		Name: "Copperlark", Seed: 19, End: defaultEnd(), Span: 157,
		Founders: 14, Engineers: 40, StableWeeks: 70, ChurnWeeks: 6, Changes: 1.9, Dispersion: 0.095, DocsWeeks: 4,
		Declared: Declared{
			Funding:         []Round{{56, "seed"}, {38, "series_a"}, {17, "series_b"}},
			Revenue:         []Income{{36, 2_100_000}, {24, 4_800_000}, {12, 9_500_000}, {3, 14_000_000}},
			MarketFitMonths: 37, EnterpriseMonths: 28, SOC2Months: 25, Board: "quarterly",
			PeoplePerTen: 26, Role: "cto", RoleMonths: 61,
		},
	}
}

// SmallTroubled has the healthy company's size and every symptom.
func SmallTroubled() Company {
	c := Healthy()
	c.Name, c.Seed, c.Dispersion, c.ChurnWeeks, c.Lines = "Thistlemere", 23, 0.095, 5, ""
	c.Agreed = Agreed{}
	return c.withSymptoms()
}

// withSymptoms plants all of them, and lets documents lie for a quarter. For the default end they begin on 2026-01-05
// (velocity, releases), 2025-09-01 (debt), 2025-09-29 (decisions), 2025-06-02
// (onboarding) and 2025-06-30 (merging).
func (c Company) withSymptoms() Company {
	c.DocsWeeks = 13
	c.Velocity = Velocity{Weeks: 25, Level: 0.7, Dispersion: 0.26}
	c.Debt = Debt{Weeks: 43, Factor: 3}
	c.Decisions = Decisions{Weeks: 39, Stalled: 7, Slow: []int{84, 97}}
	c.Onboarding = Onboarding{Weeks: 56, Days: 35}
	c.Merging = Merging{Weeks: 52, Share: 0.75}
	c.Releases = Rhythm{Weeks: 25, Days: 42}
	return c
}

// check refuses recipes that cannot be cooked.
func (c Company) check() error {
	switch {
	case c.End.IsZero():
		return errors.New("no end date")
	case c.Span < 30:
		return errors.New("fewer than 30 weeks of history")
	case c.Founders < mergers+2 || c.Engineers < c.Founders:
		return errors.New("too few founders, or fewer engineers than founders")
	case c.StableWeeks < 1 || c.StableWeeks > c.Span:
		return errors.New("stable weeks outside of the history")
	case c.Changes <= 0 || c.ChurnWeeks < 1 || c.DocsWeeks < 1:
		return errors.New("changes, churn and documents need positive numbers")
	}
	return nil
}
