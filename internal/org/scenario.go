package org

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/workspace"
)

// Applied is an organisation after a scenario.
type Applied struct {
	Chart  *Chart
	Day    Day      // on which the scenario has happened
	Hired  []string // ids
	Left   []string
	Opened int
}

// Impossible is a step of a scenario that cannot happen.
type Impossible struct {
	Scenario string
	Step     int    // from 1
	Line     int    // of the file; 0 while the step is in none
	Field    string // the key of the step that is to blame, as documents name it; "" for all of it
	Err      error
}

func (i *Impossible) Error() string {
	if i.Line == 0 {
		return fmt.Sprintf("%s, step %d: %v", i.Scenario, i.Step, i.Err)
	}
	return fmt.Sprintf("%s, step %d (line %d): %v", i.Scenario, i.Step, i.Line, i.Err)
}

func (i *Impossible) Unwrap() error { return i.Err }

// blamed is an error with the key of the step that it is about.
type blamed struct {
	field string
	error
}

// blame says which key of a step an error is about.
func blame(field string, err error) error {
	if err == nil {
		return nil
	}
	return blamed{field, err}
}

// Apply makes the steps of a scenario happen, in their order, on its day. The chart is
// not changed. The error is *Impossible: it names the step that cannot happen, and why.
func (c *Chart) Apply(s workspace.Scenario, today Day) (Applied, error) {
	a := &applying{doc: copyOf(c.doc), day: today}
	if !s.Date.IsZero() {
		a.day = DayOf(s.Date)
	}
	a.index()
	if movesLeaders(s) && a.someWithoutRole() {
		a.engineers = c.At(a.day).byLine()
	}
	for i, step := range s.Steps {
		if err := a.step(step); err != nil {
			var by blamed
			errors.As(err, &by)
			return Applied{}, &Impossible{s.Name, i + 1, step.Line, by.field, err}
		}
	}
	a.stayEngineers()
	return Applied{New(a.doc), a.day, a.hired, a.left, a.opened}, nil
}

// movesLeaders tells whether somebody leaves, moves or gets another role, so that others may
// lose the leader by whom they are known as engineers.
func movesLeaders(s workspace.Scenario) bool {
	return slices.ContainsFunc(s.Steps, func(step workspace.Step) bool { return step.Leave != "" || step.Role != nil || step.Move != nil })
}

// someWithoutRole tells whether there is anybody whose role is not entered.
func (a *applying) someWithoutRole() bool {
	return slices.ContainsFunc(a.doc.People, func(p workspace.Person) bool { return p.Job.Role == "" && JobAt(&p, a.day).Role == "" })
}

// byLine are the ids of people without a role who count as engineers by whom they report to.
func (s *Snapshot) byLine() (ids []string) {
	for i := range s.Members {
		if yes, _ := s.engineer(i); yes && s.Members[i].Job.Role == "" {
			ids = append(ids, s.Members[i].Person.ID)
		}
	}
	return ids
}

// stayEngineers gives those who counted as engineers by their lines that role: a leader who
// leaves does not make others of them.
func (a *applying) stayEngineers() {
	for _, id := range a.engineers {
		p := &a.doc.People[a.people[id]]
		if spanOf(p.Start, p.End).holds(a.day) && JobAt(p, a.day).Role == "" {
			a.change(p, workspace.Job{Role: "engineer"})
		}
	}
}

func copyOf(o *workspace.Organisation) *workspace.Organisation {
	out := *o
	out.People, out.Teams = slices.Clone(o.People), slices.Clone(o.Teams)
	out.Memberships, out.Reporting = slices.Clone(o.Memberships), slices.Clone(o.Reporting)
	out.Positions, out.Ownership = slices.Clone(o.Positions), slices.Clone(o.Ownership)
	return &out
}

type applying struct {
	doc    *workspace.Organisation
	day    Day
	people map[string]int
	lines  map[string][]int // solid lines that stand by themselves, by person
	hired  []string
	left   []string
	opened int

	engineers []string // without a role, who are engineers by their lines
}

func (a *applying) index() {
	a.people = make(map[string]int, len(a.doc.People))
	for i := range a.doc.People {
		a.people[a.doc.People[i].ID] = i
	}
	a.lines = map[string][]int{}
	for i, l := range a.doc.Reporting {
		if !l.Dotted {
			a.lines[l.Person] = append(a.lines[l.Person], i)
		}
	}
}

func (a *applying) since() time.Time  { return a.day.Time() }
func (a *applying) before() time.Time { return (a.day - 1).Time() }

func (a *applying) step(s workspace.Step) error {
	switch {
	case s.Hire != nil:
		return a.hire(*s.Hire)
	case s.Leave != "":
		return a.leave(s.Leave)
	case s.Move != nil:
		return a.move(*s.Move)
	case s.Merge != nil:
		return a.merge(*s.Merge)
	case s.Split != nil:
		return a.split(*s.Split)
	case s.Role != nil:
		return a.role(*s.Role)
	case s.Open != nil:
		return a.open(*s.Open)
	case s.Fill != nil:
		return a.fill(*s.Fill)
	case s.Share != nil:
		return a.share(*s.Share)
	case s.Parent != nil:
		return a.parent(*s.Parent)
	case s.Dotted != nil:
		return a.dotted(*s.Dotted)
	}
	return a.retire(s.Retire)
}

// here is a person who is employed on the day.
func (a *applying) here(id string) (*workspace.Person, error) {
	i, ok := a.people[id]
	if !ok {
		return nil, fmt.Errorf("%q is nobody of the organisation document", id)
	}
	p := &a.doc.People[i]
	if !spanOf(p.Start, p.End).holds(a.day) {
		return nil, fmt.Errorf("%s is not employed on %s", id, a.day)
	}
	return p, nil
}

// team is a team that exists on the day.
func (a *applying) team(id string) (*workspace.OrgTeam, error) {
	i := slices.IndexFunc(a.doc.Teams, func(t workspace.OrgTeam) bool { return t.ID == id })
	if i < 0 || !spanOf(a.doc.Teams[i].Since, a.doc.Teams[i].Until).holds(a.day) {
		return nil, fmt.Errorf("there is no team %q on %s", id, a.day)
	}
	return &a.doc.Teams[i], nil
}

// change gives a person another job from the day on, whatever was planned after it.
func (a *applying) change(p *workspace.Person, j workspace.Job) {
	kept := slices.DeleteFunc(slices.Clone(p.Changes), func(c workspace.JobChange) bool { return DayOf(c.Since) > a.day })
	if n := len(kept); n > 0 && DayOf(kept[n-1].Since) == a.day {
		kept[n-1].Job = workspace.JobChange{Job: j}.Over(kept[n-1].Job)
	} else {
		kept = append(kept, workspace.JobChange{Since: a.since(), Job: j, Line: p.Line})
	}
	p.Changes = kept
}

func (a *applying) known(j workspace.Job) error {
	if j.Team != "" && j.Team != workspace.Nobody {
		if _, err := a.team(j.Team); err != nil {
			return blame("team", err)
		}
	}
	if j.Manager != "" && j.Manager != workspace.Nobody {
		if _, err := a.here(j.Manager); err != nil {
			return blame("manager", err)
		}
	}
	return nil
}

func (a *applying) join(p workspace.Person) (string, error) {
	if err := a.known(p.Job); err != nil {
		return "", err
	}
	for n := len(a.hired) + 1; p.ID == ""; n++ {
		if _, taken := a.people[fmt.Sprintf("new-%d", n)]; !taken {
			p.ID = fmt.Sprintf("new-%d", n)
		}
	}
	if _, taken := a.people[p.ID]; taken {
		return "", blame("id", fmt.Errorf("%s is somebody of the organisation already", p.ID))
	}
	p.Start = a.since()
	a.people[p.ID] = len(a.doc.People)
	a.doc.People = append(a.doc.People, p)
	a.hired = append(a.hired, p.ID)
	return p.ID, nil
}

func (a *applying) hire(h workspace.Hire) error {
	for range h.Count {
		id, err := a.join(h.Person)
		if err != nil {
			return err
		}
		if err := a.under(id, h.Reports); err != nil {
			return blame("reports", err)
		}
	}
	return nil
}

// under lets people report to somebody.
func (a *applying) under(manager string, reports []string) error {
	for _, r := range reports {
		p, err := a.here(r)
		if err != nil {
			return err
		}
		if err := a.lead(p.ID, manager); err != nil {
			return err
		}
		a.solid(p.ID)
		a.change(p, workspace.Job{Manager: manager})
	}
	return nil
}

// lead refuses a line by which somebody would report to himself or herself through
// others: spans, layers and who leads cannot be told of a circle.
func (a *applying) lead(person, manager string) error {
	path, seen := []string{person}, map[string]bool{}
	for at := manager; at != "" && at != workspace.Nobody && !seen[at]; at = a.manager(at) {
		seen[at] = true
		path = append(path, at)
		if at == person {
			return fmt.Errorf("%s would report to %s: a circle without a way to the top; give %s another manager first", path[0], strings.Join(path[1:], ", who reports to "), manager)
		}
	}
	return nil
}

// manager is to whom a person reports on the day; "" when to nobody who is known.
func (a *applying) manager(id string) string {
	i, ok := a.people[id]
	if !ok || !spanOf(a.doc.People[i].Start, a.doc.People[i].End).holds(a.day) {
		return ""
	}
	for _, l := range a.lines[id] {
		if spanOf(a.doc.Reporting[l].Since, a.doc.Reporting[l].Until).holds(a.day) {
			return a.doc.Reporting[l].To
		}
	}
	return JobAt(&a.doc.People[i], a.day).Manager
}

// solid ends solid lines that stand by themselves: the job's takes their place.
func (a *applying) solid(person string) {
	for _, i := range a.lines[person] {
		if l := &a.doc.Reporting[i]; spanOf(l.Since, l.Until).holds(a.day) {
			l.Until = a.before()
		}
	}
}

// leave ends a person's time, and with it what was planned; who reported to the person reports to the manager above.
func (a *applying) leave(id string) error {
	p, err := a.here(id)
	if err != nil {
		return blame("person", err)
	}
	above := JobAt(p, a.day).Manager
	p.End = a.before()
	p.Changes = slices.DeleteFunc(slices.Clone(p.Changes), func(c workspace.JobChange) bool { return DayOf(c.Since) >= a.day })
	a.left = append(a.left, id)
	if above == "" {
		above = workspace.Nobody
	}
	for i := range a.doc.People {
		r := &a.doc.People[i]
		if spanOf(r.Start, r.End).holds(a.day) && JobAt(r, a.day).Manager == id {
			a.change(r, workspace.Job{Manager: above})
		}
	}
	return nil
}

func (a *applying) move(m workspace.Move) error {
	p, err := a.here(m.Person)
	if err != nil {
		return blame("person", err)
	}
	j := workspace.Job{Team: m.Team, Manager: m.Manager}
	if err := a.known(j); err != nil {
		return err
	}
	if m.Manager != "" {
		if err := a.lead(m.Person, m.Manager); err != nil {
			return blame("manager", err)
		}
		a.solid(m.Person)
	}
	a.change(p, j)
	if m.Dotted != "" {
		return blame("dotted", a.dotted(workspace.NewDotted{Person: m.Person, To: m.Dotted}))
	}
	return nil
}

func (a *applying) merge(m workspace.Merge) error {
	if _, err := a.team(m.Into); err != nil {
		return blame("into", err)
	}
	for _, from := range m.Teams {
		if from == m.Into {
			continue
		}
		t, err := a.team(from)
		if err != nil {
			return blame("teams", err)
		}
		t.Until = a.before()
		for i := range a.doc.People {
			p := &a.doc.People[i]
			if spanOf(p.Start, p.End).holds(a.day) && JobAt(p, a.day).Team == from {
				a.change(p, workspace.Job{Team: m.Into})
			}
		}
		a.handOver(from, m.Into)
	}
	return nil
}

// handOver gives memberships, positions and ownership of a team to another.
func (a *applying) handOver(from, to string) {
	for i := range a.doc.Memberships {
		if m := &a.doc.Memberships[i]; m.Team == from && spanOf(m.Since, m.Until).holds(a.day) {
			next := *m
			m.Until, next.Since, next.Team = a.before(), a.since(), to
			a.doc.Memberships = append(a.doc.Memberships, next)
		}
	}
	for i := range a.doc.Positions {
		if p := &a.doc.Positions[i]; p.Team == from && spanOf(p.Opened, p.Closed).holds(a.day) {
			p.Team = to
		}
	}
	a.ownership(from, to)
	for i := range a.doc.Teams {
		t := &a.doc.Teams[i]
		if t.Parent != from || !spanOf(t.Since, t.Until).holds(a.day) {
			continue
		}
		if t.Parent = to; t.ID == to { // it takes the place of the team above it
			t.Parent = a.doc.Teams[slices.IndexFunc(a.doc.Teams, func(o workspace.OrgTeam) bool { return o.ID == from })].Parent
		}
	}
}

// ownership gives what a team owns to another, each pattern in its place: of two that fit
// a file the later counts, so that the order says who owns what.
func (a *applying) ownership(from, to string) {
	out := make([]workspace.Ownership, 0, len(a.doc.Ownership)+1)
	for _, o := range a.doc.Ownership {
		if (o.Team == from || o.With == from) && spanOf(o.Since, o.Until).holds(a.day) {
			next := o
			o.Until, next.Since = a.before(), a.since()
			if next.Team == from {
				next.Team = to
			}
			if next.With == from {
				next.With = to
			}
			if out = append(out, o); next.Team != next.With {
				out = append(out, next)
			}
			continue
		}
		out = append(out, o)
	}
	a.doc.Ownership = out
}

// takeOver lets a new team own a pattern of the team that it comes out of. It stands right
// behind what that team owns of the repository, so that what others own there stays theirs;
// where that team owns nothing, it stands last.
func (a *applying) takeOver(team string, o workspace.Ownership) {
	at := len(a.doc.Ownership)
	for i := range a.doc.Ownership {
		old := &a.doc.Ownership[i]
		if old.Team != team && old.Team != o.Team || old.Repository != o.Repository || !spanOf(old.Since, old.Until).holds(a.day) {
			continue
		}
		at = i + 1
		if old.Path == o.Path && old.With == "" {
			old.Until = a.before()
		}
	}
	o.Since = a.since()
	a.doc.Ownership = slices.Insert(a.doc.Ownership, at, o)
}

func (a *applying) split(s workspace.Split) error {
	if _, err := a.team(s.Team); err != nil {
		return blame("team", err)
	}
	if slices.ContainsFunc(a.doc.Teams, func(t workspace.OrgTeam) bool { return t.ID == s.New.ID }) {
		return blame("into", fmt.Errorf("there is a team %s already", s.New.ID))
	}
	s.New.Since = a.since()
	a.doc.Teams = append(a.doc.Teams, s.New)
	for _, id := range s.People {
		p, err := a.here(id)
		if err != nil {
			return blame("people", err)
		}
		if team := JobAt(p, a.day).Team; team != s.Team {
			return blame("people", fmt.Errorf("%s is not in team %s on %s", id, s.Team, a.day))
		}
		a.change(p, workspace.Job{Team: s.New.ID})
	}
	for _, o := range s.Owns {
		a.takeOver(s.Team, o)
	}
	return nil
}

func (a *applying) role(r workspace.NewRole) error {
	p, err := a.here(r.Person)
	if err != nil {
		return blame("person", err)
	}
	a.change(p, workspace.Job{Role: r.Role, Title: r.Title})
	return blame("reports", a.under(r.Person, r.Reports))
}

func (a *applying) open(p workspace.Position) error {
	if slices.ContainsFunc(a.doc.Positions, func(o workspace.Position) bool { return o.ID == p.ID }) {
		return blame("id", fmt.Errorf("there is a position %s already", p.ID))
	}
	if err := a.known(workspace.Job{Team: p.Team, Manager: p.Manager}); err != nil {
		return err
	}
	p.Opened = a.since()
	a.doc.Positions = append(a.doc.Positions, p)
	a.opened++
	return nil
}

// position is one that is open on the day.
func (a *applying) position(id string) (*workspace.Position, error) {
	i := slices.IndexFunc(a.doc.Positions, func(p workspace.Position) bool { return p.ID == id })
	if i < 0 || !spanOf(a.doc.Positions[i].Opened, a.doc.Positions[i].Closed).holds(a.day) {
		return nil, fmt.Errorf("no position %q is open on %s", id, a.day)
	}
	return &a.doc.Positions[i], nil
}

// fill hires for a position; what the newcomer does not say comes from the position.
func (a *applying) fill(f workspace.Fill) error {
	p, err := a.position(f.Position)
	if err != nil {
		return blame("position", err)
	}
	f.Person.Job = workspace.JobChange{Job: f.Person.Job}.Over(workspace.Job{Title: p.Title, Role: p.Role, Team: p.Team, Manager: p.Manager})
	id, err := a.join(f.Person)
	if err != nil {
		return err
	}
	p.Closed, p.FilledBy = a.before(), id
	return nil
}

func (a *applying) retire(id string) error {
	p, err := a.position(id)
	if err == nil {
		p.Closed = a.before()
	}
	return blame("position", err)
}

// share ends what a person gives a team besides the job, and begins the new share, which
// holds for as long as it is not said otherwise.
func (a *applying) share(s workspace.NewShare) error {
	p, err := a.here(s.Person)
	if err != nil {
		return blame("person", err)
	}
	if _, err := a.team(s.Team); err != nil {
		return blame("team", err)
	}
	ended, total := false, s.Share
	for i := range a.doc.Memberships {
		m := &a.doc.Memberships[i]
		switch {
		case m.Person != s.Person || !spanOf(m.Since, m.Until).holds(a.day):
		case m.Team == s.Team:
			m.Until, ended = a.before(), true
		default:
			total += m.Share
		}
	}
	a.doc.Memberships = slices.DeleteFunc(a.doc.Memberships, func(m workspace.Membership) bool { // planned, or begun this day
		return m.Person == s.Person && m.Team == s.Team && !m.Since.IsZero() && DayOf(m.Since) >= a.day
	})
	switch {
	case total > 1+1e-9:
		return blame("share", fmt.Errorf("%s would give teams %.0f %% of the time; take some from another team first", s.Person, 100*total))
	case s.Share > 0:
		a.doc.Memberships = append(a.doc.Memberships, workspace.Membership{Person: s.Person, Team: s.Team, Share: s.Share, Since: a.since()})
	case JobAt(p, a.day).Team == s.Team:
		return blame("share", fmt.Errorf("%s is in team %s by the job, so that a share of 0 says nothing; move the person instead", s.Person, s.Team))
	case !ended:
		return blame("share", fmt.Errorf("%s gives team %s no share on %s that could end", s.Person, s.Team, a.day))
	}
	return nil
}

// parent puts a team under another. A team has one parent for all time, so that the day
// before knows the new one too; nothing that is measured rests on it.
func (a *applying) parent(p workspace.NewParent) error {
	t, err := a.team(p.Team)
	if err != nil {
		return blame("team", err)
	}
	if p.Under == workspace.Nobody {
		t.Parent = ""
		return nil
	}
	if _, err := a.team(p.Under); err != nil {
		return blame("under", err)
	}
	above := map[string]string{}
	for _, o := range a.doc.Teams {
		above[o.ID] = o.Parent
	}
	path, seen := []string{p.Team}, map[string]bool{}
	for at := p.Under; at != "" && !seen[at]; at = above[at] {
		path, seen[at] = append(path, at), true
		if at == p.Team {
			return blame("under", fmt.Errorf("team %s would be under itself: a circle", strings.Join(path, " under ")))
		}
	}
	t.Parent = p.Under
	return nil
}

// dotted begins and ends dotted lines.
func (a *applying) dotted(d workspace.NewDotted) error {
	if _, err := a.here(d.Person); err != nil {
		return blame("person", err)
	}
	at := func(to string) int {
		return slices.IndexFunc(a.doc.Reporting, func(l workspace.ReportingLine) bool {
			return l.Dotted && l.Person == d.Person && l.To == to && spanOf(l.Since, l.Until).holds(a.day)
		})
	}
	if d.From != "" {
		i := at(d.From)
		if i < 0 {
			return blame("from", fmt.Errorf("%s has no dotted line to %s on %s that could end", d.Person, d.From, a.day))
		}
		for ; i >= 0; i = at(d.From) {
			if l := &a.doc.Reporting[i]; DayOf(l.Since) < a.day || l.Since.IsZero() {
				l.Until = a.before()
			} else {
				a.doc.Reporting = slices.Delete(a.doc.Reporting, i, i+1)
				a.index()
			}
		}
	}
	if d.To == "" {
		return nil
	}
	switch _, err := a.here(d.To); {
	case err != nil:
		return blame("to", err)
	case d.To == d.Person:
		return blame("to", fmt.Errorf("%s would have a dotted line to himself or herself", d.Person))
	case at(d.To) >= 0:
		return blame("to", fmt.Errorf("%s has a dotted line to %s already", d.Person, d.To))
	}
	a.doc.Reporting = append(a.doc.Reporting, workspace.ReportingLine{Person: d.Person, To: d.To, Dotted: true, Since: a.since()})
	return nil
}
