package workspace

import (
	"cmp"
	"slices"
	"time"
)

// The At methods answer for the moment t. With now, t is the present, and
// entries without a date count as well, before any dated one: they declare what
// holds now. Without now they say nothing about t and are left out.

// FundingAt returns the stage of funding at t.
func (c Company) FundingAt(t time.Time, now bool) Known[Funding] {
	return latest(c.Funding, func(f Funding) time.Time { return f.Date }, t, now)
}

// RevenueAt returns the annual recurring revenue at t.
func (c Company) RevenueAt(t time.Time, now bool) Known[Revenue] {
	return latest(c.Revenue, func(r Revenue) time.Time { return r.Date }, t, now)
}

// HeadcountAt returns the number of engineers and of people at t, each from the
// latest entry that declares it.
func (c Company) HeadcountAt(t time.Time, now bool) (engineers, people Known[int]) {
	of := func(count func(Headcount) Known[int]) Known[int] {
		declared := slices.DeleteFunc(slices.Clone(c.Headcount), func(h Headcount) bool { return !count(h).OK })
		return count(latest(declared, func(h Headcount) time.Time { return h.Date }, t, now).Value)
	}
	return of(func(h Headcount) Known[int] { return h.Engineers }), of(func(h Headcount) Known[int] { return h.People })
}

// MarketFitAt tells whether the company had product-market fit at t. A date
// answers for the time before it as well, and so does "not yet".
func (c Company) MarketFitAt(t time.Time, _ bool) Known[bool] {
	fit := c.MarketFit
	if !fit.OK {
		return Known[bool]{}
	}
	return Is(!fit.Value.NotYet && !fit.Value.Date.After(t))
}

// EnterpriseAt tells whether the company sold to enterprises at t. A date
// answers for the time before it as well; a bare true or false only for now.
func (c Company) EnterpriseAt(t time.Time, now bool) Known[bool] {
	e := c.Enterprise
	switch {
	case !e.OK:
		return Known[bool]{}
	case !e.Value.Since.IsZero():
		return Is(!e.Value.Since.After(t))
	case now:
		return Is(e.Value.Active)
	}
	return Known[bool]{}
}

// ComplianceAt returns the frameworks in force at t; known and empty means none.
// For the past it is known only when the list is not empty and every framework
// in it is dated.
func (c Company) ComplianceAt(t time.Time, now bool) Known[[]Compliance] {
	all := c.Compliance.Value
	undated := slices.ContainsFunc(all, func(f Compliance) bool { return f.Since.IsZero() })
	if !c.Compliance.OK || !now && (undated || len(all) == 0) {
		return Known[[]Compliance]{}
	}
	return Is(slices.DeleteFunc(slices.Clone(all), func(f Compliance) bool { return f.Since.After(t) }))
}

// BoardCadenceAt returns how often the board meets. It is declared without a
// date and so known only for now.
func (c Company) BoardCadenceAt(_ time.Time, now bool) Known[string] {
	if !now {
		return Known[string]{}
	}
	return c.BoardCadence
}

// LeadersAt returns the roles held at t, in the order cto, vpe,
// technical_leader, each once. No roles but known means that the company
// declared that nobody leads; a time that no entry covers is unknown.
func (d *Document) LeadersAt(t time.Time, now bool) (roles []string, known bool) {
	if d == nil {
		return nil, false
	}
	for _, l := range d.Leadership {
		if !l.heldAt(t, now) {
			continue
		}
		known = true
		if l.Role != RoleNone {
			roles = append(roles, l.Role)
		}
	}
	slices.SortFunc(roles, func(a, b string) int {
		return cmp.Compare(slices.Index(roleNames, a), slices.Index(roleNames, b))
	})
	return slices.Compact(roles), known
}

func (l Leadership) heldAt(t time.Time, now bool) bool {
	if !l.Until.IsZero() && !t.Before(l.Until.AddDate(0, 0, 1)) {
		return false
	}
	if l.Since.IsZero() {
		return now
	}
	return !l.Since.After(t)
}

// latest returns the undated entry when now, else the one with the latest date
// that is not after t.
func latest[T any](list []T, date func(T) time.Time, t time.Time, now bool) Known[T] {
	var best Known[T]
	for _, entry := range list {
		switch when := date(entry); {
		case when.IsZero() && now:
			return Is(entry)
		case when.IsZero(), when.After(t):
		case !best.OK || when.After(date(best.Value)):
			best = Is(entry)
		}
	}
	return best
}
