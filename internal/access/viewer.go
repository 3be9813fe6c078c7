// Package access decides who may see and change what: the only place where that is
// decided. It is pure: it is given an account's roles, the organisation over time and
// what two leaders agreed to share, and denies whatever no rule allows.
//
// Who an account is, and whether it may sign in, is the work of package account.
package access

import (
	"slices"
	"strings"
)

// Role is what an account is allowed for. An account has any number of them, and may do
// what at least one of them allows.
type Role string

// Roles. None includes another.
const (
	Administrator Role = "administrator" // of the software: accounts, settings, audit
	CTO           Role = "cto"
	VPE           Role = "vpe"
	Executive     Role = "executive" // board and CEO
	Manager       Role = "manager"   // of the own part of the organisation, and no other
	Member        Role = "member"    // whatever is not about people
)

// Roles lists all roles.
func Roles() []Role { return []Role{Administrator, CTO, VPE, Executive, Manager, Member} }

// Known tells whether a role is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Kind is a kind of thing that there is to see.
type Kind string

// Kinds of resource. People is what is about single people or follows from few: joiners
// and leavers, load, identities.
const (
	Diagnosis      Kind = "diagnosis"
	Delivery       Kind = "delivery"
	Organisation   Kind = "organisation"
	People         Kind = "people"
	Budget         Kind = "budget"
	Agreement      Kind = "agreement"
	Decisions      Kind = "decisions"
	Forecast       Kind = "forecast"
	Data           Kind = "data" // sources, their freshness, what is missing
	Playbook       Kind = "playbook"
	Administration Kind = "administration"
	Audit          Kind = "audit"
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{Diagnosis, Delivery, Organisation, People, Budget, Agreement, Decisions, Forecast, Data, Playbook, Administration, Audit}
}

// Action is what a viewer wants to do with a resource.
type Action string

// Actions. Exporting is seeing; signing is changing.
const (
	See    Action = "read"
	Change Action = "write"
)

// Viewer is who asks: an account that has signed in. The zero Viewer may nothing.
type Viewer struct {
	Account string // id
	Name    string // with which it signs in
	Person  string // id in the organisation document; "" when it is nobody there
	Roles   []Role
	Token   bool    // asks with an API token: only what Grants name is allowed
	Grants  []Grant // of that token
}

// Is tells whether the viewer has a role.
func (v Viewer) Is(r Role) bool { return slices.Contains(v.Roles, r) }

// Grant is what an API token may be used for, such as read:diagnosis. It never allows
// more than its account may do.
type Grant string

// GrantFor names the grant that an action needs.
func GrantFor(a Action, k Kind) Grant { return Grant(string(a) + ":" + string(k)) }

// Grants lists all grants that a token can have: those of administration are left to
// people who have signed in.
func Grants() (out []Grant) {
	for _, k := range Kinds() {
		if k == Administration {
			continue
		}
		for _, a := range []Action{See, Change} {
			if k != Audit || a == See {
				out = append(out, GrantFor(a, k))
			}
		}
	}
	return out
}

// ParseGrants reads grants that are separated by spaces or commas; unknown names those
// that there are not.
func ParseGrants(s string) (grants []Grant, unknown []string) {
	all := Grants()
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		switch g := Grant(w); {
		case !slices.Contains(all, g):
			unknown = append(unknown, w)
		case !slices.Contains(grants, g):
			grants = append(grants, g)
		}
	}
	return grants, unknown
}
