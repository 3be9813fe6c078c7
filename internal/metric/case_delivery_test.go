package metric_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/store"
)

// What systems tell stands in case files as well. All of it is of a system called "forge".
//
//	parents a2 a1                        of a commit of the repository above, by ancestry
//	application shop web paths=shop,lib services=checkout envs=live     of the repository web
//	attach i1 d3                         a user's correction; "attach i1 none"
//	request 12 ann opened=T commits=x@T,y@T merged=T sha=a3 title=fix_it labels=a,b head=h closed=T draft added=7 paths=go.mod,a.go
//	  approved bob T                     an event of the request
//	deploy d1 a3 T production failure     id, commit ("-": it names none), when it ended; cancelled, app=NAME, started=T
//	build b1 T T success pipe=ci branch=main sha=a1      when it started and ended
//	incident i1 T T checkout deployment:d1 title=x       T may be "-": it goes on
//	project PAY team=web 2024-02-01..    whose it is, for a time
//	issue PAY-1 T kind=Bug title=x points=3 labels=a,b resolved=T
//	  to doing T [Status]                a step, to a category
//	  sprint s1 T T                      it was in a sprint; the end may be "-"
//	sprint s1 PAY T T T                  began, was to end, was completed; each may be "-"
type deliveryFacts struct {
	requests     []fact.ChangeRequest
	deployments  []fact.Deployment
	builds       []fact.Build
	incidents    []fact.Incident
	projects     []fact.Project
	issues       []fact.Issue
	sprints      []fact.Sprint
	applications []ingest.Application
	attachments  []ingest.Attachment
	teams        []ingest.Team
	read         time.Time // until when they were read; zero: until it is asked
}

// delivery reads a line on what systems tell; it is false for another one.
func (r *caseReader) delivery(w []string) bool {
	r.t.Helper()
	d := &r.s.delivery
	var options map[string]string
	w, options = cutOptions(w)
	switch w[0] {
	case "read":
		d.read = r.time(w[1])
	case "parents":
		r.parents(w[1], w[2:])
	case "application":
		d.applications = append(d.applications, ingest.Application{Name: w[1], Repository: w[2], Paths: listOf(options["paths"]), Services: listOf(options["services"]), Environments: listOf(options["envs"])})
	case "attach":
		d.attachments = append(d.attachments, ingest.Attachment{Incident: w[1], Deployment: strings.TrimSuffix(w[2], "none")})
	case "request":
		d.requests = append(d.requests, r.request(w, options))
		r.on = func(w []string) {
			last := &d.requests[len(d.requests)-1]
			last.Events = append(last.Events, fact.RequestEvent{Kind: fact.RequestEventKind(w[0]), Actor: who(w[1]), At: r.time(w[2])})
		}
	case "deploy":
		d.deployments = append(d.deployments, r.deployment(w, options))
	case "build":
		b := fact.Build{Repository: r.repoName(), ID: w[1], StartedAt: r.time(w[2]), FinishedAt: r.moment(w[3]), Result: fact.Result(w[4]), Pipeline: options["pipe"], Branch: options["branch"], SHA: options["sha"]}
		b.QueuedAt = b.StartedAt
		d.builds = append(d.builds, b)
	case "incident":
		i := fact.Incident{ID: w[1], OpenedAt: r.time(w[2]), ResolvedAt: r.moment(w[3]), Service: options["service"], Title: spaced(options["title"], w[1])}
		for _, l := range w[4:] {
			kind, target, _ := strings.Cut(l, ":")
			i.Links = append(i.Links, fact.IncidentLink{Kind: fact.IncidentLinkKind(kind), Target: target})
		}
		d.incidents = append(d.incidents, i)
	case "project":
		d.projects = append(d.projects, fact.Project{Name: w[1], Title: w[1]})
		if team := options["team"]; team != "" {
			d.teams = append(d.teams, ingest.Team{Name: team, Repositories: []ingest.Holding{{Repository: w[1], Period: r.period(w[2:])}}})
		}
	case "issue":
		d.issues = append(d.issues, r.issue(w, options))
		r.on = func(w []string) { r.step(&d.issues[len(d.issues)-1], w) }
	case "sprint":
		d.sprints = append(d.sprints, fact.Sprint{ID: w[1], Name: w[1], Project: w[2], StartedAt: r.moment(w[3]), EndsAt: r.moment(w[4]), CompletedAt: r.moment(w[5])})
	default:
		return false
	}
	return true
}

func (r *caseReader) repoName() string { return r.s.repos[len(r.s.repos)-1] }

func (r *caseReader) parents(sha string, parents []string) {
	for i := range r.repo.commits {
		if r.repo.commits[i].SHA == sha {
			r.repo.commits[i].Parents = parents
			return
		}
	}
	r.t.Fatalf("%s: no commit %s", r.at, sha)
}

func (r *caseReader) request(w []string, options map[string]string) fact.ChangeRequest {
	number, err := strconv.ParseInt(w[1], 10, 64)
	if err != nil {
		r.t.Fatalf("%s: %v", r.at, err)
	}
	q := fact.ChangeRequest{Repository: r.repoName(), Number: number, Author: who(w[2]), State: fact.RequestOpen, Title: spaced(options["title"], "request "+w[1]), Head: options["head"], HeadSHA: options["headsha"],
		Base: "main", MergeSHA: options["sha"], Labels: listOf(options["labels"]), Draft: options["draft"] != "", Added: fact.Uncounted, Deleted: fact.Uncounted, Files: fact.Uncounted}
	for key, to := range map[string]*time.Time{"opened": &q.OpenedAt, "merged": &q.MergedAt, "closed": &q.ClosedAt} {
		if options[key] != "" {
			*to = r.time(options[key])
		}
	}
	if !q.ClosedAt.IsZero() {
		q.State = fact.RequestClosed
	}
	if !q.MergedAt.IsZero() {
		q.State, q.ClosedAt = fact.RequestMerged, q.MergedAt
	}
	if options["added"] != "" {
		q.Added, q.Deleted = int64(r.number(options["added"])), 0
	}
	q.Paths = listOf(options["paths"])
	for _, c := range listOf(options["commits"]) {
		sha, at, _ := strings.Cut(c, "@")
		q.Commits = append(q.Commits, fact.RequestCommit{SHA: sha, AuthoredAt: r.time(at)})
	}
	return q
}

func (r *caseReader) deployment(w []string, options map[string]string) fact.Deployment {
	x := fact.Deployment{Repository: r.repoName(), ID: w[1], SHA: strings.TrimPrefix(w[2], "-"), FinishedAt: r.time(w[3]), StartedAt: r.time(w[3]), Environment: "production", Result: fact.Succeeded, Application: options["app"]}
	if len(w) > 4 {
		x.Environment = w[4]
	}
	for _, o := range w[min(len(w), 5):] {
		x.Result = fact.Result(o)
	}
	if options["started"] != "" {
		x.StartedAt = r.time(options["started"])
	}
	if _, none := options["norepo"]; none {
		x.Repository = ""
	}
	return x
}

func (r *caseReader) issue(w []string, options map[string]string) fact.Issue {
	project, _, _ := strings.Cut(w[1], "-")
	i := fact.Issue{Project: project, ID: w[1], Key: w[1], OpenedAt: r.time(w[2]), Kind: options["kind"], Title: spaced(options["title"], w[1]), Labels: listOf(options["labels"]), Status: "New", Category: fact.IssueToDo}
	if options["points"] != "" {
		points := r.number(options["points"])
		i.Points = &points
	}
	if options["resolved"] != "" {
		i.ResolvedAt, i.Category = r.time(options["resolved"]), fact.IssueDone
	}
	return i
}

func (r *caseReader) step(i *fact.Issue, w []string) {
	switch w[0] {
	case "to":
		c := fact.Transition{From: i.Status, To: w[1], FromCategory: i.Category, ToCategory: fact.IssueCategory(w[1]), At: r.time(w[2])}
		if len(w) > 3 {
			c.To = w[3]
		}
		i.Status, i.Category = c.To, c.ToCategory
		i.Transitions = append(i.Transitions, c)
	case "sprint":
		i.Sprints = append(i.Sprints, fact.SprintSpan{SprintID: w[1], AddedAt: r.time(w[2]), RemovedAt: r.moment(w[3])})
	default:
		r.t.Fatalf("%s: %q", r.at, w)
	}
}

// moment reads a time that may not have come.
func (r *caseReader) moment(s string) time.Time {
	if s == "-" {
		return time.Time{}
	}
	return r.time(s)
}

// cutOptions takes key=value out of words.
func cutOptions(w []string) (rest []string, options map[string]string) {
	options = map[string]string{}
	for _, x := range w {
		if key, value, ok := strings.Cut(x, "="); ok {
			options[key] = value
		} else {
			rest = append(rest, x)
		}
	}
	return rest, options
}

func listOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func spaced(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return strings.ReplaceAll(s, "_", " ")
}

// deliver stores what systems told before a date, and what follows from it.
func (s *section) deliver(t *testing.T, st *store.Store, before time.Time) {
	t.Helper()
	ctx := context.Background()
	d, read := s.delivery.before(before), before
	if at := s.delivery.read; !at.IsZero() && at.Before(read) {
		read = at
	}
	ids := map[string]string{"": ""}
	for _, name := range s.repos {
		ids[name] = name
		if len(s.delivery.requests)+len(s.delivery.deployments)+len(s.delivery.builds) > 0 {
			must(t, st.PutForgeRepository(ctx, "forge", name, name))
		}
	}
	by := ingest.Delivering{Applications: s.delivery.applications, Attachments: s.delivery.attachments, Categories: categories, Subjects: subjects}
	d.ChangeRequests = by.PathsSay(d.ChangeRequests)
	must(t, st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", ReadAt: read, Delivery: d, Repositories: ids}))
	must(t, ingest.PutDeliveryScopes(ctx, st, by, s.delivery.teams))
	people, err := st.Identities(ctx)
	must(t, err)
	for i, p := range people {
		if of, ok := s.alias[p.Identity.Name]; ok {
			people[i].PersonID = store.IdentityID(who(of))
		}
		people[i].IsBot = s.bots[p.Identity.Name]
	}
	must(t, st.PutIdentities(ctx, people))
	must(t, ingest.Deliver(ctx, st, by))
}

// before is what was known before a date.
func (d deliveryFacts) before(at time.Time) (out fact.Delivery) {
	out.Projects = d.projects
	late := func(t time.Time) bool { return !t.IsZero() && !t.Before(at) }
	for _, r := range d.requests {
		if late(r.OpenedAt) {
			continue
		}
		if late(r.MergedAt) {
			r.MergedAt, r.MergeSHA = time.Time{}, ""
		}
		if late(r.ClosedAt) {
			r.ClosedAt, r.State = time.Time{}, fact.RequestOpen
		}
		r.Events = slices.DeleteFunc(slices.Clone(r.Events), func(e fact.RequestEvent) bool { return late(e.At) })
		r.Commits = slices.DeleteFunc(slices.Clone(r.Commits), func(c fact.RequestCommit) bool { return late(c.AuthoredAt) })
		out.ChangeRequests = append(out.ChangeRequests, r)
	}
	for _, x := range d.deployments {
		if late(x.FinishedAt) {
			x.FinishedAt, x.Result = time.Time{}, fact.Running
		}
		if !late(x.StartedAt) {
			out.Deployments = append(out.Deployments, x)
		}
	}
	for _, b := range d.builds {
		if late(b.FinishedAt) {
			b.FinishedAt, b.Result = time.Time{}, fact.Running
		}
		if !late(b.StartedAt) {
			out.Builds = append(out.Builds, b)
		}
	}
	for _, i := range d.incidents {
		if late(i.ResolvedAt) {
			i.ResolvedAt = time.Time{}
		}
		if !late(i.OpenedAt) {
			out.Incidents = append(out.Incidents, i)
		}
	}
	for _, i := range d.issues {
		if !late(i.OpenedAt) {
			out.Issues = append(out.Issues, issueBefore(i, late))
		}
	}
	for _, sp := range d.sprints {
		for _, end := range []*time.Time{&sp.StartedAt, &sp.CompletedAt} {
			if late(*end) {
				*end = time.Time{}
			}
		}
		out.Sprints = append(out.Sprints, sp)
	}
	return out
}

func issueBefore(i fact.Issue, late func(time.Time) bool) fact.Issue {
	if late(i.ResolvedAt) {
		i.ResolvedAt, i.Category = time.Time{}, fact.IssueToDo
	}
	var steps []fact.Transition
	for _, s := range i.Transitions {
		if !late(s.At) {
			steps = append(steps, s)
		}
	}
	i.Transitions = steps
	var spans []fact.SprintSpan
	for _, s := range i.Sprints {
		if late(s.RemovedAt) {
			s.RemovedAt = time.Time{}
		}
		if !late(s.AddedAt) {
			spans = append(spans, s)
		}
	}
	i.Sprints = spans
	return i
}

// Rules that cases on investment and on key work rest on.
var (
	categories = []ingest.Rule{
		{Category: "unplanned", Types: []string{"Bug"}, Labels: []string{"bug"}, Words: []string{"fix"}},
		{Category: "innovation", Labels: []string{"spike"}},
		{Category: "debt", Words: []string{"migrate", "clean up"}},
		{Category: "keeping", Words: []string{"upgrade"}, Paths: []string{"docs", "*.md"}},
		{Category: "new_value", Types: []string{"Story"}, Labels: []string{"feature"}, Projects: []string{"NEW"}},
	}
	subjects = []ingest.Rule{
		{Category: "security", Labels: []string{"security"}, Words: []string{"cve"}},
		{Category: "migration", Labels: []string{"migration"}, Words: []string{"migrate", "migration"}},
		{Category: "upgrade", Words: []string{"upgrade"}, Paths: []string{"go.mod", "go.sum", "*.csproj"}, Unless: []string{"release"}},
	}
)
