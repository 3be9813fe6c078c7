package sourcetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// World is what is true in a vendor's system, in our own words. A connector's fake tells it
// in the vendor's. It is guarded: a test changes it while the fake answers.
type World struct {
	sync.Mutex
	fact.Delivery
	Now time.Time // of the vendor's clock
}

// People of the world.
var (
	ann = fact.Identity{Name: "ann", Email: "ann@users.noreply.example.com"}
	bob = fact.Identity{Name: "bob", Email: "bob@users.noreply.example.com"}
)

// NewWorld makes two repositories, 130 change requests in the first, a project with 130
// issues and sprints, builds, deployments and incidents. The same seed gives the same
// world. Numbers go beyond what a double holds exactly.
func NewWorld(seed uint64) *World { return NewWorldOf(seed, 1) }

// NewWorldOf is NewWorld with so many times as much in the same half year.
func NewWorldOf(seed uint64, times int) *World {
	r := rand.New(rand.NewPCG(seed, 1))
	start := time.Date(2024, 1, 8, 9, 0, 0, 0, time.UTC)
	w := &World{Now: start.AddDate(0, 6, 0)}
	w.Repositories = []fact.ForgeRepository{{Name: "acme/api", Addresses: []string{"https://forge.example.com/acme/api.git"}}, {Name: "acme/web"}}
	w.Projects = []fact.Project{{Name: "PAY", Title: "Payments"}, {Name: "acme/api"}, {Name: "acme/web"}}
	each := func(i, hours int) time.Time {
		return start.Add(time.Duration(i*hours) * time.Hour / time.Duration(times))
	}
	for i := range 130*times + 3 {
		repo := "acme/api"
		if i >= 130*times {
			repo = "acme/web"
		}
		w.ChangeRequests = append(w.ChangeRequests, request(r, repo, int64(i+1), each(i, 7)))
	}
	w.sprints(start)
	for i := range 130 * times {
		w.Issues = append(w.Issues, w.issue(r, i, each(i, 9)))
	}
	w.pipelines(r, start)
	for i := range 30 * times {
		w.Incidents = append(w.Incidents, incident(i, each(i, 60), i == 30*times-1))
	}
	return w
}

// Description is the text of a change request: what it says to close, and what it does not.
func Description(c fact.ChangeRequest) string {
	text := "It is about #1.\n<!-- Closes #9 -->\n"
	for _, issue := range c.Closes {
		text += "Closes " + strings.TrimPrefix(issue, c.Repository) + "\n"
	}
	return text
}

func request(r *rand.Rand, repo string, number int64, at time.Time) fact.ChangeRequest {
	c := fact.ChangeRequest{Repository: repo, Number: number, Title: fmt.Sprintf("Change %d: ünïcode <b> =1+1", number), Author: ann, State: fact.RequestOpen,
		Base: "main", Head: fmt.Sprintf("branch-%d", number), HeadSHA: sha("head", number), OpenedAt: at, Added: r.Int64N(400), Deleted: r.Int64N(100), Files: 1 + r.Int64N(9)}
	for k := range c.Files {
		c.Paths = append(c.Paths, fmt.Sprintf("pkg/ünï %d/go.mod", k))
	}
	for k := range 1 + r.IntN(3) {
		c.Commits = append(c.Commits, fact.RequestCommit{SHA: sha(fmt.Sprint("commit", k), number), AuthoredAt: at.Add(time.Duration(k-5) * time.Hour)})
	}
	c.Commits[len(c.Commits)-1].SHA = c.HeadSHA
	if number%4 == 0 {
		c.Labels = []string{"debt", "size/S"}
	}
	if number%4 == 1 {
		c.Closes = []string{repo + "#2", "acme/other#7", "PAY-3"}
	}
	if number%10 == 3 {
		c.Draft = true
		c.UpdatedAt = at
		return c
	}
	c.Events = append(c.Events,
		fact.RequestEvent{Kind: fact.ReviewRequested, Actor: ann, At: at.Add(10 * time.Minute)},
		fact.RequestEvent{Kind: fact.ChangesRequested, Actor: bob, At: at.Add(3 * time.Hour)},
		fact.RequestEvent{Kind: fact.Commented, Actor: ann, At: at.Add(4 * time.Hour)},
		fact.RequestEvent{Kind: fact.Approved, Actor: bob, At: at.Add(6 * time.Hour)})
	c.UpdatedAt = at.Add(6 * time.Hour)
	switch number % 5 {
	case 0:
		c.State, c.ClosedAt = fact.RequestClosed, at.Add(30*time.Hour)
		c.UpdatedAt = c.ClosedAt
	case 1, 2, 3:
		c.State, c.MergedAt = fact.RequestMerged, at.Add(8*time.Hour)
		c.ClosedAt, c.UpdatedAt, c.MergeSHA = c.MergedAt, c.MergedAt, sha("merge", number)
	}
	return c
}

// sha is a commit's id.
func sha(kind string, n int64) string {
	var b strings.Builder
	r := rand.New(rand.NewPCG(uint64(n), uint64(len(kind))*31+uint64(kind[0])+uint64(kind[len(kind)-1])<<8))
	for range 40 {
		b.WriteByte("0123456789abcdef"[r.IntN(16)])
	}
	return b.String()
}

// Sprints of two weeks each.
func (w *World) sprints(start time.Time) {
	for i := range 4 {
		s := fact.Sprint{Project: "PAY", ID: fmt.Sprint(70 + i), Name: fmt.Sprintf("Sprint %d", i+1), StartedAt: start.AddDate(0, 0, 14*i), EndsAt: start.AddDate(0, 0, 14*(i+1))}
		if i < 3 {
			s.CompletedAt = s.EndsAt.Add(2 * time.Hour)
		}
		w.Sprints = append(w.Sprints, s)
	}
}

// issue is one that went through a workflow; some are reopened, some were planned into a
// sprint, some moved from one to the next.
func (w *World) issue(r *rand.Rand, i int, at time.Time) fact.Issue {
	is := fact.Issue{Project: "PAY", ID: fmt.Sprint(9007199254741000 + i), Key: fmt.Sprintf("PAY-%d", i+1), Kind: []string{"Story", "Bug", "Task"}[i%3],
		Title: fmt.Sprintf("Issue %d", i+1), Status: "To Do", Category: fact.IssueToDo, OpenedAt: at, UpdatedAt: at}
	if i%2 == 0 {
		points := float64(1 + r.IntN(8))
		is.Points = &points
	}
	if i%6 == 0 {
		is.Labels = []string{"security", "team-a"}
	}
	if i%7 == 0 && i > 0 {
		is.Parent = fmt.Sprint(9007199254741000)
		is.Links = []fact.IssueLink{{Kind: "Blocks", Target: "PAY-1"}}
	}
	move := func(to string, category fact.IssueCategory, after time.Duration) {
		is.Transitions = append(is.Transitions, fact.Transition{From: is.Status, To: to, FromCategory: is.Category, ToCategory: category, At: is.UpdatedAt.Add(after)})
		is.UpdatedAt, is.Status, is.Category = is.UpdatedAt.Add(after), to, category
		is.ResolvedAt = time.Time{}
		if category == fact.IssueDone {
			is.ResolvedAt = is.UpdatedAt
		}
	}
	if i%3 > 0 {
		move("In Progress", fact.IssueDoing, 20*time.Hour)
	}
	if i%4 > 0 && i%3 > 0 {
		move("Done", fact.IssueDone, 50*time.Hour)
	}
	if i%20 == 5 {
		move("In Progress", fact.IssueDoing, 30*time.Hour)
	}
	if i < 40 {
		is.Sprints = []fact.SprintSpan{{SprintID: w.Sprints[i%3].ID, AddedAt: at}}
		if i%5 == 0 {
			is.UpdatedAt = is.UpdatedAt.Add(time.Hour)
			is.Sprints[0].RemovedAt = is.UpdatedAt
			is.Sprints = append(is.Sprints, fact.SprintSpan{SprintID: w.Sprints[3].ID, AddedAt: is.UpdatedAt})
		}
	}
	return is
}

// pipelines builds every merge, and deploys every third to production; one deployment
// fails, one build is made again.
func (w *World) pipelines(r *rand.Rand, _ time.Time) {
	for i, c := range w.ChangeRequests {
		if c.State != fact.RequestMerged {
			continue
		}
		id := int64(9007199254750000 + i)
		b := fact.Build{Repository: c.Repository, ID: fmt.Sprint(id), Pipeline: "ci", Attempt: 1, SHA: c.MergeSHA, Branch: "main", Result: fact.Succeeded,
			QueuedAt: c.MergedAt.Add(time.Minute), StartedAt: c.MergedAt.Add(2 * time.Minute), FinishedAt: c.MergedAt.Add(time.Duration(3+r.IntN(9)) * time.Minute)}
		if i%11 == 0 {
			b.Result = fact.Failed
		}
		w.Builds = append(w.Builds, b)
		if i%3 != 0 {
			continue
		}
		d := fact.Deployment{Repository: c.Repository, ID: fmt.Sprint(id + 5000), Environment: "production", SHA: c.MergeSHA, Result: fact.Succeeded, StartedAt: c.MergedAt.Add(20 * time.Minute), FinishedAt: c.MergedAt.Add(25 * time.Minute)}
		if i%12 == 0 {
			d.Result = fact.Failed
		}
		d.UpdatedAt = d.FinishedAt
		w.Deployments = append(w.Deployments, d)
	}
}

func incident(i int, at time.Time, open bool) fact.Incident {
	in := fact.Incident{ID: fmt.Sprintf("PINC%03d", i), Service: []string{"checkout", "search"}[i%2], Title: fmt.Sprintf("Incident %d", i), Severity: []string{"high", "low"}[i%2], OpenedAt: at, AcknowledgedAt: at.Add(5 * time.Minute), ResolvedAt: at.Add(90 * time.Minute)}
	in.UpdatedAt = in.ResolvedAt
	if open {
		in.AcknowledgedAt, in.ResolvedAt, in.UpdatedAt = time.Time{}, time.Time{}, at
	}
	return in
}

// News changes the world: a request is merged, one opens, an issue is done, one opens, there
// is a build, a deployment and an incident, all after everything else.
func (w *World) News() {
	w.Lock()
	defer w.Unlock()
	w.Now = w.Now.Add(48 * time.Hour)
	at := w.Now.Add(-time.Hour)
	r := rand.New(rand.NewPCG(99, uint64(at.Unix())))
	for i := range w.ChangeRequests {
		if c := &w.ChangeRequests[i]; c.State == fact.RequestOpen && !c.Draft && c.Repository == "acme/api" {
			c.State, c.MergedAt, c.ClosedAt, c.UpdatedAt, c.MergeSHA = fact.RequestMerged, at, at, at, sha("late", c.Number)
			break
		}
	}
	n := int64(len(w.ChangeRequests) + 1)
	c := request(r, "acme/api", n, at.Add(-12*time.Hour))
	w.ChangeRequests = append(w.ChangeRequests, c)
	for i := range w.Issues {
		if is := &w.Issues[i]; is.Category == fact.IssueDoing {
			is.Transitions = append(slices.Clone(is.Transitions), fact.Transition{From: is.Status, To: "Done", FromCategory: is.Category, ToCategory: fact.IssueDone, At: at})
			is.Status, is.Category, is.ResolvedAt, is.UpdatedAt = "Done", fact.IssueDone, at, at
			break
		}
	}
	w.Issues = append(w.Issues, fact.Issue{Project: "PAY", ID: fmt.Sprint(9007199254741000 + len(w.Issues)), Key: fmt.Sprintf("PAY-%d", len(w.Issues)+1), Kind: "Bug", Title: "New", Status: "To Do", Category: fact.IssueToDo, OpenedAt: at, UpdatedAt: at})
	id := fmt.Sprint(9007199254760000 + n)
	w.Builds = append(w.Builds, fact.Build{Repository: "acme/api", ID: id, Pipeline: "ci", Attempt: 1, SHA: sha("late", n), Branch: "main", Result: fact.Succeeded, QueuedAt: at, StartedAt: at, FinishedAt: at.Add(5 * time.Minute)})
	w.Deployments = append(w.Deployments, fact.Deployment{Repository: "acme/api", ID: id, Environment: "production", SHA: sha("late", n), Result: fact.Succeeded, StartedAt: at, FinishedAt: at.Add(4 * time.Minute), UpdatedAt: at.Add(4 * time.Minute)})
	w.Incidents = append(w.Incidents, fact.Incident{ID: "PNEW" + id, Service: "checkout", Title: "New", Severity: "high", OpenedAt: at, UpdatedAt: at})
}
