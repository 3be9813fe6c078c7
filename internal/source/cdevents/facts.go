package cdevents

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// Set is events, each once. What is made of it does not depend on the order in which they came.
type Set struct{ events map[string]Event }

// NewSet is an empty one.
func NewSet() *Set { return &Set{map[string]Event{}} }

// Add puts an event into the set, and tells whether it was not there.
func (s *Set) Add(e Event) bool {
	if _, ok := s.events[e.Key()]; ok {
		return false
	}
	s.events[e.Key()] = e
	return true
}

// Facts are what all events say. The time of a fact's last change is that of its newest event, so that it
// takes the place of what fewer events said of it.
func (s *Set) Facts() (fact.Delivery, []fact.Skipped) {
	return s.facts(slices.Collect(maps.Values(s.events)))
}

// About are the facts that events bear on.
func (s *Set) About(events ...Event) (fact.Delivery, []fact.Skipped) {
	groups, environments, artifacts := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range events {
		groups[e.group()] = true
		switch e.Subject {
		case "environment":
			environments[e.SubjectID] = true
		case "artifact":
			artifacts[e.SubjectID] = true
		}
	}
	for _, x := range s.events {
		if env := x.content.Environment; env != nil && environments[env.ID] || artifacts[x.content.ArtifactID] {
			groups[x.group()] = true
		}
	}
	var list []Event
	for _, x := range s.events {
		if groups[x.group()] {
			list = append(list, x)
		}
	}
	return s.facts(list)
}

// group is what the events of a fact have in common: their subject, but each event of a service is a
// deployment of its own.
func (e Event) group() string {
	if e.Subject == "service" {
		return e.Subject + "\x00" + e.Key()
	}
	return e.Subject + "\x00" + e.SubjectOf + "\x00" + e.SubjectID
}

// folder makes facts of the events of subjects.
type folder struct {
	environments map[string]string   // id to name
	artifacts    map[string]revision // what artifact.packaged says of one
	d            fact.Delivery
	skipped      map[string]int
}

func (s *Set) facts(list []Event) (fact.Delivery, []fact.Skipped) {
	f := folder{environments: map[string]string{}, artifacts: map[string]revision{}, skipped: map[string]int{}}
	for _, e := range inOrder(slices.Collect(maps.Values(s.events))) {
		f.learn(e)
	}
	groups := map[string][]Event{}
	for _, e := range inOrder(list) {
		groups[e.group()] = append(groups[e.group()], e)
	}
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		f.subject(groups[k])
	}
	var skipped []fact.Skipped
	for _, why := range slices.Sorted(maps.Keys(f.skipped)) {
		what, why, _ := strings.Cut(why, ": ")
		skipped = append(skipped, fact.Skipped{What: what, Why: why, Count: f.skipped[what+": "+why]})
	}
	return f.d, skipped
}

// inOrder sorts events by their times, each once.
func inOrder(list []Event) []Event {
	slices.SortFunc(list, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key(), b.Key())) })
	return slices.CompactFunc(list, func(a, b Event) bool { return a.Key() == b.Key() })
}

// learn takes what events of one subject say about others. A later name takes the place of an earlier one.
func (f *folder) learn(e Event) {
	switch {
	case e.Subject == "environment" && e.content.Name != "":
		f.environments[e.SubjectID] = e.content.Name
	case e.Subject == "artifact":
		if r := e.revision(e.SubjectID); r.sha != "" {
			f.artifacts[e.SubjectID] = r
		} else if e.content.Change != nil && isSHA(e.content.Change.ID) {
			f.artifacts[e.SubjectID] = revision{sha: e.content.Change.ID, repository: repositoryOf(e.content.Change.Source)}
		}
	}
}

func (f *folder) subject(list []Event) {
	switch list[0].Subject {
	case "service":
		f.deployments(list)
	case "pipelinerun":
		f.run(list)
	case "taskrun":
		f.run(slices.DeleteFunc(slices.Clone(list), func(e Event) bool { return e.content.PipelineRun != nil && e.content.PipelineRun.ID != "" }))
	case "change":
		f.change(list)
	case "ticket":
		f.ticket(list)
	case "incident":
		f.incident(list)
	}
}

// of finds the events of some predicates.
func of(list []Event, predicates ...string) (out []Event) {
	for _, e := range list {
		if slices.Contains(predicates, e.Predicate) {
			out = append(out, e)
		}
	}
	return out
}

// deployments: each time that a service came to run in an environment is one.
func (f *folder) deployments(list []Event) {
	for _, e := range of(list, "deployed", "upgraded", "rolledback") {
		d := fact.Deployment{ID: e.Key(), Application: e.SubjectID, Result: fact.Succeeded, StartedAt: e.At, FinishedAt: e.At, UpdatedAt: e.At}
		if env := e.content.Environment; env != nil {
			d.Environment = cmp.Or(f.environments[env.ID], env.Name, env.ID)
		}
		// Its repository is a part of what it is known by. So it is what the event itself says, and not what
		// another one says of the artifact.
		d.SHA, d.Repository = f.revision(e).sha, e.revision(e.content.ArtifactID).repository
		f.repository(d.Repository)
		f.d.Deployments = append(f.d.Deployments, d)
	}
}

// outcomes are the words of runs that finished.
var outcomes = map[string]fact.Result{"success": fact.Succeeded, "failure": fact.Failed, "error": fact.Failed, "cancel": fact.Cancelled}

// run is a build, if an event says of which commit.
func (f *folder) run(list []Event) {
	if len(list) == 0 {
		return
	}
	b := fact.Build{ID: list[0].SubjectOf + " " + list[0].SubjectID, Attempt: 1, Result: fact.Running, QueuedAt: list[0].At}
	for _, e := range list {
		r := f.revision(e)
		b.SHA, b.Repository, b.Branch = cmp.Or(r.sha, b.SHA), cmp.Or(r.repository, b.Repository), cmp.Or(e.custom.Branch, b.Branch)
		b.Pipeline = cmp.Or(e.content.PipelineName, e.content.TaskName, b.Pipeline)
		switch e.Predicate {
		case "started":
			b.StartedAt = e.At
		case "finished":
			b.FinishedAt = e.At
			b.Result = cmp.Or(outcomes[e.content.Outcome], fact.Failed)
		}
	}
	if b.SHA == "" || b.Repository == "" {
		f.skipped["runs of pipelines: no event says of which repository and commit (customData: repository, commit)"]++
		return
	}
	f.repository(b.Repository)
	f.d.Builds = append(f.d.Builds, b)
}

var digits = regexp.MustCompile(`(\d{1,18})$`)

// change is a change request, once it is known when it was opened.
func (f *folder) change(list []Event) {
	c := fact.ChangeRequest{State: fact.RequestOpen, Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted, UpdatedAt: list[len(list)-1].At}
	for _, e := range list {
		c.Title = cmp.Or(e.content.Description, c.Title)
		if r := e.content.Repository; r != nil {
			c.Repository = cmp.Or(r.ID, c.Repository)
		}
		c.Base = cmp.Or(e.custom.Branch, c.Base)
		switch e.Predicate {
		case "created":
			c.OpenedAt = e.At
		case "merged":
			c.State, c.MergedAt, c.ClosedAt, c.MergeSHA = fact.RequestMerged, e.At, e.At, e.custom.Commit
		case "abandoned":
			if c.State != fact.RequestMerged {
				c.State, c.ClosedAt = fact.RequestClosed, e.At
			}
		}
	}
	number := digits.FindString(list[0].SubjectID)
	switch {
	case number == "" || c.Repository == "":
		f.skipped["changes: they have no repository, or no number"]++
		return
	case c.OpenedAt.IsZero():
		f.skipped["changes: no event says when they were created"]++
		return
	}
	c.Number, _ = strconv.ParseInt(number, 10, 64)
	for _, e := range list {
		if issues := e.custom.closes(c.Repository); issues != nil {
			c.Closes = issues // the last that says any says all
		}
	}
	for _, issue := range fact.Closes(c.Repository, c.Title, "") {
		if !slices.Contains(c.Closes, issue) {
			c.Closes = append(c.Closes, issue)
		}
	}
	f.repository(c.Repository)
	f.d.ChangeRequests = append(f.d.ChangeRequests, c)
}

// ticket is an issue of the project that its group is, or else of the system that it is from.
func (f *folder) ticket(list []Event) {
	first := list[0]
	i := fact.Issue{ID: first.SubjectOf + " " + first.SubjectID, Key: first.SubjectID, Project: first.SubjectOf, Status: "open", Category: fact.IssueToDo, UpdatedAt: list[len(list)-1].At}
	for _, e := range list {
		i.Title, i.Kind, i.Project = cmp.Or(e.content.Summary, i.Title), cmp.Or(e.content.TicketType, i.Kind), cmp.Or(e.content.Group, i.Project)
		if e.content.Labels != nil {
			i.Labels = e.content.Labels
		}
		switch e.Predicate {
		case "created":
			i.OpenedAt = e.At
		case "closed":
			// One that was closed before was opened again, which no event tells: it is done since now.
			i.Transitions = []fact.Transition{{From: "open", To: "closed", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDone, At: e.At}}
			i.Status, i.Category, i.ResolvedAt = "closed", fact.IssueDone, e.At
		}
	}
	if i.OpenedAt.IsZero() {
		f.skipped["tickets: no event says when they were created"]++
		return
	}
	if !slices.ContainsFunc(f.d.Projects, func(p fact.Project) bool { return p.Name == i.Project }) {
		f.d.Projects = append(f.d.Projects, fact.Project{Name: i.Project, Title: i.Project})
	}
	f.d.Issues = append(f.d.Issues, i)
}

// incident begins when it was first detected or reported. What it was found in may have caused it; what
// resolved it mended it.
func (f *folder) incident(list []Event) {
	first := list[0]
	i := fact.Incident{ID: first.SubjectOf + " " + first.SubjectID, UpdatedAt: list[len(list)-1].At}
	for _, e := range list {
		i.Title, i.Severity = cmp.Or(i.Title, e.content.Description), cmp.Or(e.custom.Severity, e.content.Priority, i.Severity)
		if s := e.content.Service; s != nil {
			i.Service = cmp.Or(i.Service, s.ID)
		}
		kind := fact.CausedByCommit
		switch e.Predicate {
		case "detected", "reported":
			if i.OpenedAt.IsZero() {
				i.OpenedAt = e.At
			}
			if e.Predicate == "detected" {
				i.ResolvedAt = time.Time{} // it came again
			}
		case "resolved":
			i.ResolvedAt = e.At
			kind = fact.MendedBy
		}
		if sha := f.revision(e).sha; sha != "" {
			link := fact.IncidentLink{Kind: kind, Target: sha}
			if !slices.ContainsFunc(i.Links, func(l fact.IncidentLink) bool { return l.Target == sha }) {
				i.Links = append(i.Links, link)
			}
		}
	}
	if i.OpenedAt.IsZero() {
		f.skipped["incidents: no event says when they began"]++
		return
	}
	f.d.Incidents = append(f.d.Incidents, i)
}

func (f *folder) repository(name string) {
	if name != "" && !slices.ContainsFunc(f.d.Repositories, func(r fact.ForgeRepository) bool { return r.Name == name }) {
		f.d.Repositories = append(f.d.Repositories, fact.ForgeRepository{Name: name})
	}
}
