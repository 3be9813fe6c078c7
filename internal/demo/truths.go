package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Truths is what was planted in a company. A truth that was not planted is nil.
type Truths struct {
	Company     string
	First, Last time.Time // the first Monday and the last Sunday of the history
	StableSince time.Time // Monday from which the number of engineers stays
	Engineers   int       // from then on

	Velocity   *VelocityTruth
	Debt       *DebtTruth
	Decisions  *DecisionsTruth
	Onboarding *OnboardingTruth
	Merging    *MergingTruth
	Releases   *ReleasesTruth
	Border     *BorderTruth
	Delivery   *DeliveryTruth
	Reviewing  *ReviewingTruth
	Agreement  *AgreementTruth
}

// VelocityTruth: from a Monday on, fewer changes reach the main lines in a week,
// and their number varies more.
type VelocityTruth struct {
	Since                             time.Time
	ChangesBefore, ChangesAfter       float64 // expected in a week
	DispersionBefore, DispersionAfter float64 // relative deviation
}

// DebtTruth: from a Monday on, admitted debt comes in at a multiple of the earlier
// rate, while pay-down stays.
type DebtTruth struct {
	Since  time.Time
	Factor float64
}

// DecisionsTruth: decisions proposed from a Monday on stall.
type DecisionsTruth struct {
	Since         time.Time
	MedianBefore  int      // days from proposal to decision
	DaysDecided   []int    // of those proposed since and decided
	Open          []string // "repository: path" of those that stay proposed
	ProposedSince int
}

// OnboardingTruth: newcomers who joined from a Monday on take longer to their
// fifth day with a landed change.
type OnboardingTruth struct {
	Since                        time.Time
	DaysBefore, DaysAfter        int // medians from the first active day to the fifth
	NewcomersBefore, NewcomersIn int // number of newcomers before and since
}

// MergingTruth: from a Monday on, one person gives most reviews, and makes most merges in the
// repositories that merge change requests.
type MergingTruth struct {
	Since        time.Time
	Share        float64
	Merger       string // e-mail
	Repositories []string
}

// ReleasesTruth: from a Monday on, a repository's releases lie further apart.
type ReleasesTruth struct {
	Since                 time.Time
	DaysBefore, DaysAfter int
}

// AgreementTruth: an agreement that holds since a day gives architecture to the CTO, and
// nobody looked at it again. Of the decisions since, engineering managers took most.
type AgreementTruth struct {
	Since               time.Time
	Decided, ByManagers int
}

// truths tells what the plan planted.
func (p *plan) truths() Truths {
	c := p.company
	monday := func(weeks int) time.Time { return p.cal.week(p.cal.back(weeks)) }
	t := Truths{Company: c.Name, First: p.cal.first, Last: p.cal.end(), StableSince: monday(c.StableWeeks), Engineers: c.Engineers}
	if v := c.Velocity; v.Weeks > 0 {
		before := c.Changes * float64(c.Engineers)
		t.Velocity = &VelocityTruth{monday(v.Weeks), before, before * v.Level, c.Dispersion, v.Dispersion}
	}
	if c.Debt.Weeks > 0 {
		t.Debt = &DebtTruth{monday(c.Debt.Weeks), c.Debt.Factor}
	}
	if c.Decisions.Weeks > 0 {
		t.Decisions = p.decisionsTruth(monday(c.Decisions.Weeks))
	}
	if c.Onboarding.Weeks > 0 {
		t.Onboarding = p.onboardingTruth(monday(c.Onboarding.Weeks))
	}
	if m := c.Merging; m.Weeks > 0 {
		t.Merging = &MergingTruth{Since: monday(m.Weeks), Share: m.Share, Merger: p.people[0].email}
		for _, r := range p.repos {
			if r.style == mergeCommits {
				t.Merging.Repositories = append(t.Merging.Repositories, r.name)
			}
		}
	}
	if c.Releases.Weeks > 0 {
		t.Releases = &ReleasesTruth{monday(c.Releases.Weeks), 14, c.Releases.Days}
	}
	t.Border = p.borderTruth()
	t.Delivery = p.deliveryTruth()
	t.Reviewing = p.reviewingTruth()
	t.Agreement = p.agreementTruth()
	return t
}

func (p *plan) agreementTruth() *AgreementTruth {
	since, _ := p.company.AgreementDays()
	if since.IsZero() || p.company.Lines != Flat {
		return nil
	}
	t := &AgreementTruth{Since: since}
	for _, rec := range p.records {
		if len(rec.steps) < 2 || rec.steps[1].day.Before(since) {
			continue
		}
		t.Decided++
		if rec.decider == managersDecide {
			t.ByManagers++
		}
	}
	return t
}

func (p *plan) decisionsTruth(since time.Time) *DecisionsTruth {
	t := &DecisionsTruth{Since: since}
	var before []int
	for _, rec := range p.records {
		days := -1
		if len(rec.steps) > 1 {
			days = int(rec.steps[1].day.Sub(rec.steps[0].day).Hours() / 24)
		}
		switch late := !rec.steps[0].day.Before(since); {
		case !late:
			before = append(before, days)
		case days < 0:
			t.Open = append(t.Open, p.repos[rec.repo].name+": "+rec.path())
			t.ProposedSince++
		default:
			t.DaysDecided = append(t.DaysDecided, days)
			t.ProposedSince++
		}
	}
	t.MedianBefore = median(before)
	return t
}

func (p *plan) onboardingTruth(since time.Time) *OnboardingTruth {
	var before, after []int
	for _, a := range p.people {
		if a.ramp == nil {
			continue
		}
		days := int(a.ramp[4].Sub(a.ramp[0]).Hours() / 24)
		if a.ramp[0].Before(since) {
			before = append(before, days)
		} else {
			after = append(after, days)
		}
	}
	return &OnboardingTruth{since, median(before), median(after), len(before), len(after)}
}

func median(v []int) int {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// Lines says the truths in sentences, one for each that was planted.
func (t Truths) Lines() []string {
	day := func(at time.Time) string { return at.Format(time.DateOnly) }
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if v := t.Velocity; v != nil {
		say("From %s, changes that land in a week fall from about %.0f to %.0f, and vary %.1f times as much, with %d engineers who write it throughout.",
			day(v.Since), v.ChangesBefore, v.ChangesAfter, v.DispersionAfter/v.DispersionBefore, t.Engineers)
	}
	if d := t.Debt; d != nil {
		say("From %s, admitted debt comes in at %.0f times the earlier rate; pay-down stays.", day(d.Since), d.Factor)
	}
	if d := t.Decisions; d != nil {
		say("Of %d decisions proposed from %s on, %d are still open and %d took %s days; before, the median was %d days.",
			d.ProposedSince, day(d.Since), len(d.Open), len(d.DaysDecided), strings.ReplaceAll(strings.Trim(fmt.Sprint(d.DaysDecided), "[]"), " ", " and "), d.MedianBefore)
	}
	if o := t.Onboarding; o != nil {
		say("Newcomers from %s on need about %d days to their fifth active day, instead of %d.", day(o.Since), o.DaysAfter, o.DaysBefore)
	}
	if m := t.Merging; m != nil {
		say("From %s, one person makes %.0f %% of the merges in %s.", day(m.Since), 100*m.Share, strings.Join(m.Repositories, " and "))
	}
	if r := t.Releases; r != nil {
		say("From %s, a repository releases every %d days instead of every %d.", day(r.Since), r.DaysAfter, r.DaysBefore)
	}
	if b := t.Border; b != nil {
		say("From %s, the team %s owns the tests of %s, and the team %s its code: what changes together lies on both sides of a border.", day(b.Since), b.Tests, b.Repository, b.Code)
	}
	if d := t.Delivery; d != nil {
		say("From %s, deployments come every %d days instead of every %d, %.0f %% of them fail instead of %.0f %%, sprints deliver %.0f %% of their plan instead of %.0f %%, and %d migrations and upgrades stay open.",
			day(d.Since), d.DaysAfter, d.DaysBefore, 100*d.FailsAfter, 100*d.FailsBefore, 100*d.DoneAfter, 100*d.DoneBefore, d.Stalled)
	}
	if r := t.Reviewing; r != nil {
		say("From %s, change requests wait for their first review for %.0f %% of the time from their last commit to their merge; before, for %.0f hours at most.", day(r.Since), 100*r.Share, r.MostBefore.Hours())
	}
	if a := t.Agreement; a != nil {
		say("Since %s an agreement gives architecture to the CTO; engineering managers took %d of the %d decisions since, and nobody looked at it again.", day(a.Since), a.ByManagers, a.Decided)
	}
	return out
}
