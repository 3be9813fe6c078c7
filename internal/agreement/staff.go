package agreement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Staff is what the organisation document says of a day.
type Staff interface {
	// Holds are the names of those who have a role.
	Holds(role string) []string
	// Knows finds somebody by name: the role on the day, and the last day of who has left.
	Knows(name string) (role string, left time.Time, known bool)
}

// heldRoles are roles that the organisation document knows by the same word.
var heldRoles = []string{workspace.RoleCTO, workspace.RoleVPE, workspace.RoleTechnicalLeader}

// staffed holds those who are named against the organisation.
func (c *checker) staffed() {
	if c.staff == nil {
		return
	}
	for _, r := range c.a.Roles {
		if r.Holder != "" {
			c.held(r)
		}
	}
}

func (c *checker) held(r workspace.AgreedRole) {
	where, called := "roles."+r.ID+".holder", capital(c.called(r.ID))
	there := []string{}
	if slices.Contains(heldRoles, r.ID) {
		there = c.staff.Holds(r.ID)
	}
	role, left, known := c.staff.Knows(r.Holder)
	differs := len(there) > 0 && !slices.ContainsFunc(there, func(name string) bool { return strings.EqualFold(name, r.Holder) })
	switch {
	case !left.IsZero():
		c.problem("holder_left", where, r.Line, nil, "name who has the role now, and sign again", "%s of the agreement (%s) left on %s", called, r.Holder, date(left))
	case differs && !(known && role == r.ID):
		c.problem("holder_differs", where, r.Line, nil, fmt.Sprintf("correct holder: here, or the role %s in %s", r.ID, workspace.OrganisationFile), "%s of the agreement (%s) is not %s of the organisation (%s)", called, r.Holder, c.called(r.ID), strings.Join(there, ", "))
	case !known:
		c.gap("holder_unknown", where, r.Line, nil, "write the name as it stands in "+workspace.OrganisationFile+", or add the person there", "%s of the agreement (%s) is nobody of the organisation document", called, r.Holder)
	case slices.Contains(heldRoles, r.ID) && role != r.ID && role != "" && role != workspace.RoleTechnicalLeader:
		c.gap("holder_of_another_role", where, r.Line, nil, fmt.Sprintf("give the person the role %s in %s, or correct holder:", r.ID, workspace.OrganisationFile), "%s of the agreement (%s) has the role %s in the organisation document", called, r.Holder, cockpit.Words(role))
	}
}

// holderAdvice says how to name a holder; by the organisation, if it has exactly one.
func (c *checker) holderAdvice(role string) string {
	if c.staff != nil && slices.Contains(heldRoles, role) {
		if there := c.staff.Holds(role); len(there) == 1 {
			return fmt.Sprintf("write holder: %s, who has the role in %s", there[0], workspace.OrganisationFile)
		}
	}
	return "write holder: the name"
}
