package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/agreement"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// agreementHealth is how the agreement stands on the day that is judged. An agreement
// that cannot be read is said and does not stop a diagnosis.
func (r *reading) agreementHealth(ctx context.Context) (*cockpit.AgreementHealth, error) {
	last := r.asOf.Add(-time.Nanosecond)
	day := dayOf(last)
	agreed, err := r.agreedOrNone()
	if err != nil && !errors.Is(err, problem.Invalid) {
		return nil, err
	}
	unreadable := err != nil
	drift, err := r.drift(ctx, agreed)
	if err != nil {
		return nil, err
	}
	var staff agreement.Staff
	if r.chart != nil {
		staff = newOrgStaff(r.chart, org.DayOf(last))
	}
	h := agreement.Health(r.playbook, agreed, staff, drift, day)
	switch {
	case unreadable:
		h.Unknown, h.How = workspace.AgreementFile+" cannot be read as it is.", "diarchy agreement check"
	case agreed == nil && r.doc.Dir() == "":
		h.How = "diarchy init\n" + h.How
	}
	return &h, r.maskHealth(ctx, &h)
}

// maskHealth takes the names of those who wrote the history out of the titles of their
// decisions.
func (r *reading) maskHealth(ctx context.Context, h *cockpit.AgreementHealth) error {
	if len(h.Drift) == 0 {
		return nil
	}
	x := &explaining{reading: r}
	if err := x.names(ctx); err != nil {
		return err
	}
	for i := range h.Drift {
		for j := range h.Drift[i].Traces {
			t := &h.Drift[i].Traces[j]
			t.Title = x.hide.mask(t.Title)
		}
	}
	return nil
}

// staff is what the organisation document says of a day; nil without one.
func (s *session) staff(day org.Day) (agreement.Staff, error) {
	chart, err := s.organisation()
	if err != nil || chart == nil {
		return nil, err
	}
	return newOrgStaff(chart, day), nil
}

// orgStaff implements agreement.Staff.
type orgStaff struct {
	day   org.Day
	holds map[string][]string
	known map[string]*workspace.Person // by name, id and e-mail
}

func newOrgStaff(chart *org.Chart, day org.Day) orgStaff {
	s := orgStaff{day: day, holds: map[string][]string{}, known: map[string]*workspace.Person{}}
	for _, m := range chart.At(day).Members {
		if role := leadingRole(m.Job.Role); role != "" {
			name := m.Person.Name
			if name == "" {
				name = m.Person.ID
			}
			s.holds[role] = append(s.holds[role], name)
		}
	}
	doc := chart.Document()
	for i := range doc.People {
		p := &doc.People[i]
		for _, key := range append([]string{p.Name, p.ID}, p.Emails...) {
			if key = nameKey(key); key == "" {
				continue
			}
			if before := s.known[key]; before == nil || !before.End.IsZero() && (p.End.IsZero() || p.End.After(before.End)) {
				s.known[key] = p
			}
		}
	}
	return s
}

// leadingRole is the role in an agreement that a role of the organisation is; "" of those
// who do not lead.
func leadingRole(role string) string {
	switch role {
	case workspace.RoleCTO, workspace.RoleVPE, workspace.RoleTechnicalLeader:
		return role
	case "head_of_engineering":
		return workspace.RoleVPE
	}
	return ""
}

// Holds implements agreement.Staff.
func (s orgStaff) Holds(role string) []string { return s.holds[role] }

// Knows implements agreement.Staff.
func (s orgStaff) Knows(name string) (role string, left time.Time, known bool) {
	p := s.known[nameKey(strings.TrimPrefix(strings.TrimSpace(name), "@"))]
	if p == nil {
		return "", time.Time{}, false
	}
	if !p.End.IsZero() && org.DayOf(p.End) < s.day {
		return "", p.End, true
	}
	role = org.JobAt(p, s.day).Role
	if leads := leadingRole(role); leads != "" {
		role = leads
	}
	return role, time.Time{}, true
}
