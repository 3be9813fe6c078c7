package metric_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
)

// randomDelivery adds to a random company what its forge, tracker, pipelines and
// incident system tell.
func randomDelivery(rng *rand.Rand, s *section) {
	d := &s.delivery
	d.applications = []ingest.Application{{Name: "shop", Repository: "web", Paths: []string{"f1.go", "f2.go", "f3.go", "runbooks"}}, {Name: "site", Repository: "web", Services: []string{"www"}}}
	for _, name := range s.repos {
		f := s.facts[name]
		ancestry(f)
		d.requests = append(d.requests, randomRequests(rng, name, f)...)
		deployments, incidents := randomDeployments(rng, name, f)
		d.deployments, d.incidents = append(d.deployments, deployments...), append(d.incidents, incidents...)
		for n, c := range f.commits {
			at := c.Landing.At
			d.builds = append(d.builds, fact.Build{Repository: name, ID: fmt.Sprint(n), Attempt: 1 + rng.IntN(2), Pipeline: "ci", SHA: c.SHA, Branch: []string{"main", "x"}[rng.IntN(2)], QueuedAt: at, StartedAt: at.Add(time.Minute),
				FinishedAt: at.Add(time.Duration(2+rng.IntN(20)) * time.Minute), Result: []fact.Result{fact.Succeeded, fact.Succeeded, fact.Failed, fact.Cancelled}[rng.IntN(4)]})
		}
	}
	d.projects = []fact.Project{{Name: "PAY"}, {Name: "WEB"}}
	d.teams = []ingest.Team{{Name: "web", Projects: []string{"WEB"}}, {Name: "moving", Projects: []string{"WEB"}}}
	for _, p := range d.projects {
		issues, sprints := randomIssues(rng, p.Name)
		d.issues, d.sprints = append(d.issues, issues...), append(d.sprints, sprints...)
	}
}

// ancestry gives commits parents: the main line is in the order in which it landed.
func ancestry(f *repoFacts) {
	var main []int
	branch := map[string][]int{}
	for i, c := range f.commits {
		if c.Landing.OnMain {
			main = append(main, i)
		} else {
			branch[c.Landing.Change] = append(branch[c.Landing.Change], i)
		}
	}
	sort.SliceStable(main, func(a, b int) bool { return f.commits[main[a]].Landing.At.Before(f.commits[main[b]].Landing.At) })
	before := "none"
	for _, i := range main {
		c := &f.commits[i]
		c.Parents[0] = before
		c.Subject = []string{"Fix x", "Upgrade y", "Migrate z", c.Subject}[i%4]
		last := before
		for _, b := range branch[c.SHA] {
			f.commits[b].Parents[0], last = last, f.commits[b].SHA
		}
		if len(c.Parents) > 1 {
			c.Parents[1] = last
		}
		before = c.SHA
	}
}

// randomRequests makes change requests of merges, and of some commits as squashes.
func randomRequests(rng *rand.Rand, repo string, f *repoFacts) (out []fact.ChangeRequest) {
	for i, c := range f.commits {
		if !c.Landing.OnMain || len(c.Parents) == 1 && rng.IntN(3) > 0 {
			continue
		}
		q := fact.ChangeRequest{Repository: repo, Number: int64(len(out) + 1), Title: fmt.Sprintf("request %d", i), Author: c.Author, State: fact.RequestMerged, Base: "main", Head: fmt.Sprintf("b%d", i), MergeSHA: c.SHA,
			MergedAt: c.Landing.At, ClosedAt: c.Landing.At, Added: int64(rng.IntN(400)), Deleted: int64(rng.IntN(100)), Files: 3}
		began := c.Landing.At.Add(-time.Duration(1+rng.IntN(200)) * time.Hour)
		q.Commits = []fact.RequestCommit{{SHA: fmt.Sprintf("q%d", i), AuthoredAt: began}}
		wait := func(share float64) time.Time {
			return began.Add(time.Duration(share * float64(c.Landing.At.Sub(began))))
		}
		q.OpenedAt = wait(0.2)
		reviewer := fmt.Sprintf("p%d", rng.IntN(12))
		if rng.IntN(5) > 0 {
			kind := []fact.RequestEventKind{fact.Approved, fact.ChangesRequested, fact.Reviewed}[rng.IntN(3)]
			q.Events = append(q.Events, fact.RequestEvent{Kind: kind, Actor: who(reviewer), At: wait(0.4 + 0.1*rng.Float64())})
			q.Events = append(q.Events, fact.RequestEvent{Kind: fact.Pushed, Actor: c.Author, At: wait(0.6)})
			q.Events = append(q.Events, fact.RequestEvent{Kind: fact.Approved, Actor: who(fmt.Sprintf("p%d", rng.IntN(12))), At: wait(0.8)})
		}
		q.Labels = []string{[]string{"bug", "feature", "spike", "migration", "x"}[rng.IntN(5)]}
		switch rng.IntN(12) {
		case 0:
			q.State, q.MergedAt, q.MergeSHA = fact.RequestClosed, time.Time{}, ""
		case 1:
			q.State, q.MergedAt, q.MergeSHA, q.ClosedAt = fact.RequestOpen, time.Time{}, "", time.Time{}
		case 2:
			q.Labels = append(q.Labels, "hotfix")
		}
		out = append(out, q)
	}
	return out
}

func randomDeployments(rng *rand.Rand, repo string, f *repoFacts) (out []fact.Deployment, incidents []fact.Incident) {
	var main []fact.Commit
	for _, c := range f.commits {
		if c.Landing.OnMain {
			main = append(main, c)
		}
	}
	slices.SortStableFunc(main, func(a, b fact.Commit) int { return a.Landing.At.Compare(b.Landing.At) })
	for i := 5; i < len(main); i += 1 + rng.IntN(3) {
		c, at := main[i], main[i].Landing.At.Add(time.Duration(1+rng.IntN(60))*time.Minute)
		if rng.IntN(12) == 0 {
			c = main[i-rng.IntN(5)]
		}
		x := fact.Deployment{Repository: repo, ID: fmt.Sprintf("%s-%d", repo, i), SHA: c.SHA, Environment: []string{"production", "production", "prod-eu", "staging"}[rng.IntN(4)], Result: fact.Succeeded, StartedAt: at, FinishedAt: at.Add(time.Duration(rng.IntN(30)) * time.Minute)}
		if rng.IntN(10) == 0 {
			x.Result = fact.Failed
		}
		if repo == "web" {
			x.Application = []string{"", "shop", "www"}[rng.IntN(3)]
		}
		out = append(out, x)
		if rng.IntN(6) > 0 {
			continue
		}
		n := fact.Incident{ID: "i-" + x.ID, Service: []string{"shop", "site", "api", "?"}[rng.IntN(4)], OpenedAt: x.FinishedAt.Add(time.Duration(rng.IntN(40)) * time.Hour)}
		n.ResolvedAt = n.OpenedAt.Add(time.Duration(1+rng.IntN(50)) * time.Hour)
		switch rng.IntN(4) {
		case 0:
			n.Links = []fact.IncidentLink{{Kind: fact.CausedByDeployment, Target: x.ID}}
		case 1:
			n.Links = []fact.IncidentLink{{Kind: fact.CausedByCommit, Target: c.SHA}}
		}
		incidents = append(incidents, n)
	}
	return out, incidents
}

func randomIssues(rng *rand.Rand, project string) (out []fact.Issue, sprints []fact.Sprint) {
	for at := historyBegan; at.Before(historyBegan.AddDate(0, 0, 1100)); at = at.AddDate(0, 0, 14) {
		sprints = append(sprints, fact.Sprint{Project: project, ID: fmt.Sprintf("%s-s%d", project, len(sprints)), StartedAt: at, EndsAt: at.AddDate(0, 0, 14), CompletedAt: at.AddDate(0, 0, 14)})
	}
	for at := historyBegan; at.Before(historyBegan.AddDate(0, 0, 1080)); at = at.Add(time.Duration(rng.ExpFloat64() * 14 * float64(time.Hour))) {
		key := fmt.Sprintf("%s-%d", project, len(out))
		i := fact.Issue{Project: project, ID: key, Key: key, Kind: []string{"Bug", "Story", "Task"}[rng.IntN(3)], Title: []string{"Migrate to x", "Upgrade y", "Add z"}[rng.IntN(3)], Status: "New", Category: fact.IssueToDo, OpenedAt: at}
		t, category := at, fact.IssueToDo
		for range rng.IntN(6) {
			next := []fact.IssueCategory{fact.IssueDoing, fact.IssueDoing, fact.IssueDone, fact.IssueDone, fact.IssueToDo}[rng.IntN(5)]
			t = t.Add(time.Duration(rng.ExpFloat64() * 60 * float64(time.Hour)))
			i.Transitions = append(i.Transitions, fact.Transition{From: string(category), To: string(next), FromCategory: category, ToCategory: next, At: t})
			category = next
		}
		i.Category, i.Status = category, string(category)
		if rng.IntN(3) > 0 {
			n := int(at.Sub(historyBegan).Hours()/24/14) + rng.IntN(2)
			span := fact.SprintSpan{SprintID: fmt.Sprintf("%s-s%d", project, n), AddedAt: at.Add(time.Duration(rng.IntN(100)) * time.Hour)}
			if rng.IntN(5) == 0 {
				span.RemovedAt = span.AddedAt.Add(time.Duration(rng.IntN(300)) * time.Hour)
			}
			i.Sprints = []fact.SprintSpan{span}
		}
		out = append(out, i)
	}
	return out, sprints
}
