package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

// fake is an Enterprise Server over a world: GraphQL for change requests, issues and
// deployments, REST for runs and listings. Issues of the world's one project are those of
// acme/api, as far as GitHub knows of them.
type fake struct {
	*sourcetest.World
	token string
	patch func(kind string, number int64, o object) // changes what is told of an item; may be nil
	older int                                       // how many of the newer fields it does not know
	repos []object                                  // of the listing
	runs  []object                                  // besides the world's, attempts

	working string // label that issues have while they are worked on; "" for none
}

func serve(w *sourcetest.World) http.Handler { return &fake{World: w, token: sourcetest.Token} }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Lock()
	defer f.Unlock()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-RateLimit-Remaining", "4990")
	w.Header().Set("X-RateLimit-Reset", fmt.Sprint(f.Now.Add(time.Hour).Unix()))
	if r.Header.Get("Authorization") != "Bearer "+f.token {
		tell(w, http.StatusUnauthorized, object{"message": "Bad credentials"})
		return
	}
	if r.URL.Path == "/api/graphql" && r.Method == http.MethodPost {
		f.graph(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v3")
	if !ok || r.Method != http.MethodGet {
		tell(w, http.StatusNotFound, object{"message": "Not Found"})
		return
	}
	f.get(w, r, path)
}

func tell(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func (f *fake) graph(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Query     string
		Variables map[string]any
	}
	if json.NewDecoder(r.Body).Decode(&q) != nil {
		tell(w, http.StatusBadRequest, object{"message": "Problems parsing JSON"})
		return
	}
	data, err := answer(object{"__typename": "Query",
		"rateLimit":  object{"cost": 1, "remaining": 4990, "resetAt": stamp(f.Now.Add(time.Hour))},
		"repository": resolver(f.repository)}, parse(q.Query), q.Variables)
	if err != nil {
		e := object{"message": err.Message, "path": err.Path}
		if err.Type != "" {
			e["type"] = err.Type
		}
		if err.Extensions.Code != "" {
			e["extensions"] = object{"code": err.Extensions.Code}
		}
		tell(w, http.StatusOK, object{"data": object{"repository": nil}, "errors": []any{e}})
		return
	}
	tell(w, http.StatusOK, object{"data": data})
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func (f *fake) repository(args map[string]any) (any, *fault) {
	name := fmt.Sprintf("%v/%v", args["owner"], args["name"])
	if name == "acme/old" { // it was renamed
		name = "acme/api"
	}
	if !slices.ContainsFunc(f.Repositories, func(r fact.ForgeRepository) bool { return r.Name == name }) {
		return nil, &fault{Type: "NOT_FOUND", Path: []any{"repository"}, Message: "Could not resolve to a Repository with the name '" + name + "'."}
	}
	var requests, issues, deployments []keyed
	for _, c := range f.ChangeRequests {
		if c.Repository == name {
			requests = append(requests, keyed{c.UpdatedAt, c.Number, f.patched("request", c.Number, f.request(c))})
		}
	}
	if name == "acme/api" {
		for _, i := range f.Issues {
			n := number(i.Key)
			issues = append(issues, keyed{i.UpdatedAt, n, f.patched("issue", n, f.issue(i))})
		}
	}
	for n, d := range f.Deployments {
		if d.Repository == name {
			deployments = append(deployments, keyed{d.StartedAt, int64(n), f.patched("deployment", int64(n), told(d))})
		}
	}
	one := func(items []keyed) resolver {
		return func(args map[string]any) (any, *fault) {
			for _, k := range items {
				if float64(k.id) == args["number"] {
					return k.node, nil
				}
			}
			return nil, &fault{Type: "NOT_FOUND", Path: []any{"repository", "item"}, Message: "Could not resolve"}
		}
	}
	return object{"__typename": "Repository", "nameWithOwner": name, "pullRequests": connection(requests), "pullRequest": one(requests),
		"issues": connection(issues), "issue": one(issues), "deployments": connection(deployments)}, nil
}

func (f *fake) patched(kind string, number int64, o object) object {
	if f.patch != nil {
		f.patch(kind, number, o)
	}
	return o
}

func number(key string) int64 {
	n, _ := strconv.ParseInt(key[strings.LastIndex(key, "-")+1:], 10, 64)
	return n
}

// ids of accounts.
var ids = map[string]int{"ann": 1001, "bob": 1002}

func user(name string) object {
	return object{"__typename": "User", "login": name, "databaseId": ids[name]}
}

func plain(nodes ...object) resolver {
	var items []keyed
	for i, n := range nodes {
		items = append(items, keyed{time.Time{}, int64(i), n})
	}
	return connection(items)
}

var camel = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// timeline tells those events whose types are asked for.
func timeline(events ...object) resolver {
	return func(args map[string]any) (any, *fault) {
		asked, _ := args["itemTypes"].([]any)
		var told []object
		for _, e := range events {
			kind := strings.ToUpper(camel.ReplaceAllString(e["__typename"].(string), "${1}_$2"))
			if slices.ContainsFunc(asked, func(a any) bool { return fmt.Sprint(a) == kind }) {
				told = append(told, e)
			}
		}
		return plain(told...)(args)
	}
}

func labels(names []string) resolver {
	var nodes []object
	for _, l := range names {
		nodes = append(nodes, object{"name": l})
	}
	return plain(nodes...)
}

func files(paths []string) resolver {
	var nodes []object
	for _, p := range paths {
		nodes = append(nodes, object{"path": p, "additions": 1, "deletions": 1, "changeType": "MODIFIED"})
	}
	return plain(nodes...)
}

func (f *fake) request(c fact.ChangeRequest) object {
	var commits, events []object
	for _, k := range c.Commits {
		commits = append(commits, commit(k.SHA, k.AuthoredAt, k.AuthoredAt, "ann"))
	}
	for _, e := range c.Events {
		who := user(e.Actor.Name)
		switch e.Kind {
		case fact.ReviewRequested:
			events = append(events, object{"__typename": "ReviewRequestedEvent", "createdAt": stamp(e.At), "actor": who})
		case fact.Commented:
			events = append(events, object{"__typename": "IssueComment", "createdAt": stamp(e.At), "author": who})
		case fact.Approved, fact.ChangesRequested:
			events = append(events, object{"__typename": "PullRequestReview", "id": fmt.Sprint("PRR_", c.Number, e.At.Unix()), "state": strings.ToUpper(string(e.Kind)), "submittedAt": stamp(e.At), "author": who})
		}
	}
	o := object{"__typename": "PullRequest", "id": fmt.Sprint("PR_", c.Number), "number": c.Number, "title": c.Title, "body": sourcetest.Description(c), "state": strings.ToUpper(string(c.State)), "isDraft": c.Draft, "author": user(c.Author.Name),
		"baseRefName": c.Base, "headRefName": c.Head, "headRefOid": c.HeadSHA, "mergeCommit": nil, "createdAt": stamp(c.OpenedAt), "updatedAt": stamp(c.UpdatedAt),
		"mergedAt": stamp(c.MergedAt), "closedAt": stamp(c.ClosedAt), "additions": c.Added, "deletions": c.Deleted, "changedFiles": c.Files,
		"labels": labels(c.Labels), "files": files(c.Paths), "commits": plain(commits...), "timelineItems": plain(events...)}
	if c.MergeSHA != "" {
		o["mergeCommit"] = object{"oid": c.MergeSHA}
	}
	return o
}

func commit(sha string, authored, committed time.Time, who string) object {
	return object{"commit": object{"oid": sha, "authoredDate": stamp(authored), "committedDate": stamp(committed),
		"author": object{"name": who, "email": who + "@example.com", "user": user(who)}}}
}

func (f *fake) issue(i fact.Issue) object {
	o := object{"__typename": "Issue", "id": "I_" + i.ID, "number": number(i.Key), "title": i.Title, "state": "OPEN", "stateReason": nil, "createdAt": stamp(i.OpenedAt), "updatedAt": stamp(i.UpdatedAt),
		"closedAt": stamp(i.ResolvedAt), "labels": labels(i.Labels)}
	if f.working != "" && i.Category == fact.IssueDoing {
		o["labels"] = labels(append(slices.Clone(i.Labels), f.working))
	}
	if i.Category == fact.IssueDone {
		o["state"], o["stateReason"] = "CLOSED", "COMPLETED"
	}
	var events []object
	for _, t := range i.Transitions {
		switch {
		case t.ToCategory == fact.IssueDone:
			events = append(events, object{"__typename": "ClosedEvent", "createdAt": stamp(t.At), "stateReason": "COMPLETED"})
		case t.FromCategory == fact.IssueDone:
			events = append(events, object{"__typename": "ReopenedEvent", "createdAt": stamp(t.At)})
		}
		if label := (object{"name": f.working}); f.working != "" && t.ToCategory == fact.IssueDoing {
			events = append(events, object{"__typename": "LabeledEvent", "createdAt": stamp(t.At), "label": label})
		} else if f.working != "" && t.FromCategory == fact.IssueDoing {
			events = append(events, object{"__typename": "UnlabeledEvent", "createdAt": stamp(t.At), "label": label})
		}
	}
	o["timelineItems"] = timeline(events...)
	if f.older == withoutTypes {
		return o
	}
	o["issueType"], o["parent"], o["closedByPullRequestsReferences"] = object{"name": i.Kind}, nil, plain()
	if i.Parent != "" {
		o["parent"] = object{"id": "I_" + i.Parent}
	}
	if f.older < withoutLinks {
		o["blockedBy"], o["blocking"] = plain(), plain()
	}
	return o
}

func told(d fact.Deployment) object {
	states := map[fact.Result]string{fact.Succeeded: "SUCCESS", fact.Failed: "FAILURE"}
	return object{"__typename": "Deployment", "id": "DE_" + d.ID, "commitOid": d.SHA, "environment": d.Environment, "latestEnvironment": d.Environment, "createdAt": stamp(d.StartedAt), "updatedAt": stamp(d.UpdatedAt),
		"statuses": plain(object{"state": "IN_PROGRESS", "createdAt": stamp(d.StartedAt)}, object{"state": states[d.Result], "createdAt": stamp(d.FinishedAt)})}
}

var (
	runsPath    = regexp.MustCompile(`^/repos/([^/]+/[^/]+)/actions/runs$`)
	attemptPath = regexp.MustCompile(`^/repos/[^/]+/[^/]+/actions/runs/(\d+)/attempts/(\d+)$`)
)

func (f *fake) get(w http.ResponseWriter, r *http.Request, path string) {
	if m := attemptPath.FindStringSubmatch(path); m != nil {
		for _, o := range f.runs {
			if fmt.Sprint(o["id"]) == m[1] && fmt.Sprint(o["run_attempt"]) == m[2] {
				tell(w, http.StatusOK, o)
				return
			}
		}
	}
	if path == "/user/repos" && r.URL.Query().Get("affiliation") != "" {
		f.page(w, r, f.repos, func(part []object, _ int) any { return part })
		return
	}
	m := runsPath.FindStringSubmatch(path)
	if m == nil {
		tell(w, http.StatusNotFound, object{"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})
		return
	}
	var runs []object
	for _, b := range f.Builds {
		if b.Repository == m[1] {
			runs = append(runs, f.patched("run", 0, ran(b)))
		}
	}
	if until, ok := strings.CutPrefix(r.URL.Query().Get("created"), "<="); ok {
		runs = slices.DeleteFunc(runs, func(o object) bool { return o["created_at"].(string) > until })
	}
	slices.SortFunc(runs, func(a, b object) int { return strings.Compare(b["created_at"].(string), a["created_at"].(string)) })
	f.page(w, r, runs, func(part []object, total int) any { return object{"total_count": total, "workflow_runs": part} })
}

func (f *fake) page(w http.ResponseWriter, r *http.Request, all []object, wrap func([]object, int) any) {
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	if size < 1 || size > 100 {
		size = 30
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	n = max(n, 1)
	from, to := min(len(all), (n-1)*size), min(len(all), n*size)
	if to < len(all) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next", <http://%s%s>; rel="last"`, r.Host, r.URL.Path, q.Encode(), r.Host, r.URL.Path))
	}
	tell(w, http.StatusOK, wrap(append([]object{}, all[from:to]...), len(all)))
}

func ran(b fact.Build) object {
	id, _ := strconv.ParseInt(b.ID, 10, 64)
	return object{"id": id, "name": b.Pipeline, "path": ".github/workflows/ci.yml", "run_attempt": b.Attempt, "head_branch": b.Branch, "head_sha": b.SHA, "status": "completed", "conclusion": string(b.Result),
		"created_at": stamp(b.QueuedAt), "run_started_at": stamp(b.StartedAt), "updated_at": stamp(b.FinishedAt), "repository": object{"full_name": b.Repository}}
}

// keeps is what GitHub can tell of a world.
func keeps(d fact.Delivery) fact.Delivery {
	as := func(who fact.Identity) fact.Identity {
		return fact.Identity{Name: who.Name, Email: fmt.Sprintf("%d+%s@users.noreply.127.0.0.1", ids[who.Name], who.Name)}
	}
	var out fact.Delivery
	for _, c := range d.ChangeRequests {
		c.Author = as(c.Author)
		c.Events = slices.Clone(c.Events)
		for i := range c.Events {
			c.Events[i].Actor = as(c.Events[i].Actor)
		}
		out.ChangeRequests = append(out.ChangeRequests, c)
	}
	for _, i := range d.Issues {
		i.Project, i.ID, i.Key = "acme/api", "I_"+i.ID, "#"+strings.TrimPrefix(i.Key, "PAY-")
		if i.Parent != "" {
			i.Parent = "I_" + i.Parent
		}
		i.Points, i.Sprints, i.Links = nil, nil, nil
		two := func(c fact.IssueCategory) (string, fact.IssueCategory) {
			if c == fact.IssueDone {
				return "closed", fact.IssueDone
			}
			return "open", fact.IssueToDo
		}
		i.Status, i.Category = two(i.Category)
		var transitions []fact.Transition
		for _, t := range i.Transitions {
			t.From, t.FromCategory = two(t.FromCategory)
			t.To, t.ToCategory = two(t.ToCategory)
			if t.From != t.To {
				transitions = append(transitions, t)
			}
		}
		i.Transitions = transitions
		out.Issues = append(out.Issues, i)
	}
	out.Builds = d.Builds
	for _, x := range d.Deployments {
		x.ID = "DE_" + x.ID
		out.Deployments = append(out.Deployments, x)
	}
	return out
}
