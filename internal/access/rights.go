package access

import (
	"slices"

	"github.com/diarchy/diarchy/internal/workspace"
)

// reach is how much of the company a role's right covers. A larger one holds all that
// a smaller one does, of the same kind.
type reach int

const (
	nothing reach = iota
	part          // people and teams below the viewer
	own           // the leader's own budget
	company
)

// right is what one role allows. What is not named here is denied.
func (p *Policy) right(r Role, a Action, k Kind) reach {
	if a == Change {
		return p.changing(r, k)
	}
	if a != See {
		return nothing
	}
	switch r {
	case Administrator:
		return whole(k, Administration, Audit, Data)
	case CTO, VPE:
		return p.leading(r, k)
	case Executive:
		return whole(k, Diagnosis, Organisation, Agreement, Playbook)
	case Manager:
		if slices.Contains([]Kind{Delivery, Organisation, People, Forecast}, k) {
			return part
		}
		return whole(k, Agreement, Decisions, Playbook)
	case Member:
		return whole(k, Delivery, Organisation, Agreement, Decisions, Forecast, Playbook)
	}
	return nothing
}

// leading is what the two leaders see: the rooms between them, and of what each answers
// for alone the own, or all of it when they agreed to share it. People are the VPE's.
func (p *Policy) leading(r Role, k Kind) reach {
	switch {
	case k == People && (r == VPE || p.shares(k)):
		return company
	case k == People:
		return part
	case k == Budget && p.shares(k):
		return company
	case k == Budget:
		return own
	}
	return whole(k, Diagnosis, Delivery, Organisation, Agreement, Decisions, Forecast, Data, Playbook)
}

// changing is what one role may change. Sharing is of sight only.
func (p *Policy) changing(r Role, k Kind) reach {
	switch r {
	case Administrator:
		return whole(k, Administration, Data)
	case CTO, VPE:
		switch k {
		case Budget:
			return own
		case People:
			if r == VPE {
				return company
			}
			return nothing
		}
		return whole(k, Organisation, Agreement, Decisions, Forecast, Data, Playbook)
	}
	return nothing
}

func (p *Policy) shares(k Kind) bool { return slices.Contains(p.shared, k) }

func whole(k Kind, of ...Kind) reach {
	if slices.Contains(of, k) {
		return company
	}
	return nothing
}

func teamIs(id string) func(workspace.OrgTeam) bool {
	return func(t workspace.OrgTeam) bool { return t.ID == id }
}
