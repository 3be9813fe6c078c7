package gitlab

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

type object = map[string]any

// fake is a server of the free tier over a world. Issues of the world's one project are those of
// acme/api, as far as GitLab knows of them, its sprints are milestones, and incidents are of acme/web.
type fake struct {
	*sourcetest.World
	patch      func(kind string, iid int64, o object) // changes what is told of an item; may be nil
	projects   []object                               // of the listing
	notes      map[int64][]object                     // in the place of the world's
	states     map[string][]object                    // the same, by kind and iid
	labels     map[int64][]object                     // that issues were given and lost
	labelled   int                                    // how often that was asked for
	iterations map[int64][]object                     // nil: the server has none
	complex    int                                    // merge requests that are too many for GraphQL; 0: none are
	noFiles    bool                                   // it has no list of the files of merge requests
	links      map[int64][]object                     // to other issues
	linked     int                                    // how often they were asked for
	working    string                                 // label that issues have while they are worked on; "" for none
	moved      string                                 // id of the issue that moves from acme/web, the project WEB of the world; "" for none
}

func serve(w *sourcetest.World) http.Handler { return &fake{World: w} }

var ids = map[string]int{"acme/api": 11, "acme/web": 12}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Lock()
	defer f.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", f.Now.UTC().Format(http.TimeFormat))
	w.Header().Set("RateLimit-Remaining", "1999")
	w.Header().Set("RateLimit-Reset", fmt.Sprint(f.Now.Add(time.Minute).Unix()))
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/v4/projects")
	switch {
	case r.Header.Get("PRIVATE-TOKEN") != sourcetest.Token:
		tell(w, http.StatusUnauthorized, object{"message": "401 Unauthorized"})
	case r.URL.Path == "/api/graphql" && r.Method == http.MethodPost:
		f.sizes(w, r)
	case !ok || r.Method != http.MethodGet:
		missing(w)
	case path == "":
		q := r.URL.Query()
		if q.Get("membership") != "true" || q.Get("pagination") != "keyset" || q.Get("order_by") != "id" {
			missing(w)
			return
		}
		f.keyset(w, r)
	default:
		f.project(w, r, path)
	}
}

func missing(w http.ResponseWriter) {
	tell(w, http.StatusNotFound, object{"message": "404 Project Not Found"})
}

func tell(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// keyset lists projects by id: the next page is those after the last one of this.
func (f *fake) keyset(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	after, _ := strconv.Atoi(q.Get("id_after"))
	var all []object
	for _, p := range f.projects {
		if p["id"].(int) > after {
			all = append(all, p)
		}
	}
	if len(all) > 100 {
		all = all[:100]
		q.Set("id_after", fmt.Sprint(all[99]["id"]))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, q.Encode()))
	}
	tell(w, http.StatusOK, append([]object{}, all...))
}

// page tells a part of a list, with the headers that GitLab has.
func page(w http.ResponseWriter, r *http.Request, all []object) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("per_page"))
	if size < 1 {
		size = 20
	}
	size = min(size, 100)
	n, _ := strconv.Atoi(q.Get("page"))
	n = max(n, 1)
	if n*size < len(all) {
		q.Set("page", strconv.Itoa(n+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next", <http://%s%s?page=1>; rel="first"`, r.Host, r.URL.Path, q.Encode(), r.Host, r.URL.Path))
		w.Header().Set("X-Next-Page", strconv.Itoa(n+1))
	}
	w.Header().Set("X-Total", strconv.Itoa(len(all)))
	tell(w, http.StatusOK, append([]object{}, all[min(len(all), (n-1)*size):min(len(all), n*size)]...))
}

// item is one of a listing by change. GitLab keeps more of a time than it tells.
type item struct {
	at time.Time
	id int64
	o  object
}

// listing orders and limits items as the query says.
func listing(w http.ResponseWriter, r *http.Request, items []item) {
	q := r.URL.Query()
	if q.Get("order_by") != "updated_at" || q.Get("sort") != "desc" {
		tell(w, http.StatusBadRequest, object{"message": "400 Bad request - `updated_at` filter and `updated_at` sort must be paired"})
		return
	}
	bound := func(name string) time.Time {
		t, _ := time.Parse(time.RFC3339Nano, q.Get(name))
		return t
	}
	after, before := bound("updated_after"), bound("updated_before")
	slices.SortFunc(items, func(a, b item) int {
		if c := b.at.Compare(a.at); c != 0 {
			return c
		}
		return int(b.id - a.id)
	})
	var all []object
	for _, i := range items {
		if !i.at.Before(after) && (before.IsZero() || !i.at.After(before)) {
			all = append(all, i.o)
		}
	}
	page(w, r, all)
}

// stamp is a time as GitLab writes it.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

var below = regexp.MustCompile(`^/([^/]+)(?:/(merge_requests|issues|milestones|pipelines|deployments)(?:/(\d+)/(\w+))?)?$`)

func (f *fake) project(w http.ResponseWriter, r *http.Request, path string) {
	m := below.FindStringSubmatch(path)
	if m == nil {
		missing(w)
		return
	}
	name, _ := url.PathUnescape(m[1])
	for n, id := range ids {
		if name == fmt.Sprint(id) {
			name = n
		}
	}
	if name == "acme/old" { // it was renamed
		w.Header().Set("Location", "http://"+r.Host+"/api/v4/projects/11")
		tell(w, http.StatusMovedPermanently, object{"message": "Non GET methods are not allowed for moved projects"})
		return
	}
	id, ok := ids[name]
	iid, _ := strconv.ParseInt(m[3], 10, 64)
	switch {
	case !ok:
		missing(w)
	case m[2] == "":
		o := object{"id": id, "path_with_namespace": name, "http_url_to_repo": "http://" + r.Host + "/" + name + ".git", "ssh_url_to_repo": "git@" + r.Host + ":" + name + ".git",
			"issues_access_level": "enabled", "merge_requests_access_level": "enabled", "builds_access_level": "private"}
		tell(w, http.StatusOK, f.patched("project", 0, o))
	case m[2] == "merge_requests" && m[4] != "":
		f.ofRequest(w, r, name, iid, m[4])
	case m[2] == "issues" && m[4] != "":
		f.ofIssue(w, r, name, iid, m[4])
	case m[2] == "milestones":
		f.milestones(w, r, name)
	case (m[2] == "merge_requests" || m[2] == "issues") && (r.URL.Query().Get("scope") != "all" || r.URL.Query().Get("state") != "all") && r.URL.Query().Get("per_page") != "1":
		missing(w)
	default:
		items := f.items(m[2], name)
		if r.URL.Query().Get("per_page") == "1" {
			var all []object
			for _, i := range items {
				all = append(all, i.o)
			}
			page(w, r, all)
			return
		}
		listing(w, r, items)
	}
}

func (f *fake) items(kind, project string) (items []item) {
	switch kind {
	case "merge_requests":
		for _, c := range f.ChangeRequests {
			if c.Repository == project {
				items = append(items, item{c.UpdatedAt, c.Number, f.patched("request", c.Number, request(c))})
			}
		}
	case "issues":
		for _, i := range f.issuesOf(project) {
			items = append(items, item{i.UpdatedAt, index(i.Key), f.patched("issue", index(i.Key), f.issue(i))})
		}
		for n, i := range f.Incidents {
			if project == "acme/web" {
				items = append(items, item{i.UpdatedAt, int64(n), f.patched("incident", int64(n), incident(int64(n), i))})
			}
		}
	case "pipelines":
		for n, b := range f.Builds {
			if b.Repository == project {
				items = append(items, item{b.FinishedAt, int64(n), f.patched("pipeline", int64(n), ran(b))})
			}
		}
	case "deployments":
		for n, d := range f.Deployments {
			if d.Repository == project {
				items = append(items, item{d.UpdatedAt, int64(n), f.patched("deployment", int64(n), deployed(d))})
			}
		}
	}
	return items
}

// issuesOf are those of a project. One that moved stays behind under its old id, closed, and keeps in
// its new project what happened to it.
func (f *fake) issuesOf(project string) (all []fact.Issue) {
	for _, i := range f.Issues {
		switch {
		case project == "acme/api" && i.Project != "WEB":
			all = append(all, i)
		case project == "acme/web" && f.moved != "" && i.ID == f.moved:
			if i.Project != "WEB" {
				i.Category, i.ResolvedAt = fact.IssueDone, i.UpdatedAt
			}
			i.ID = behind + i.ID
			all = append(all, i)
		}
	}
	return all
}

// behind begins the id of an issue in the project that it moves from.
const behind = "1"

func (f *fake) patched(kind string, iid int64, o object) object {
	if f.patch != nil {
		f.patch(kind, iid, o)
	}
	return o
}

func account(name string) object {
	return object{"id": 1000 + len(name) + int(name[0]), "username": name, "name": name, "state": "active"}
}

func index(key string) int64 {
	n, _ := strconv.ParseInt(key[strings.LastIndex(key, "-")+1:], 10, 64)
	return n
}

func number(id string) int64 {
	if n, ok := strings.CutPrefix(id, "PINC"); ok {
		id = "700" + n
	}
	n, _ := strconv.ParseInt(strings.TrimPrefix(id, "PNEW"), 10, 64)
	return n
}

func request(c fact.ChangeRequest) object {
	o := object{"id": 5_000_000 + c.Number, "iid": c.Number, "title": c.Title, "description": sourcetest.Description(c), "state": map[fact.RequestState]string{fact.RequestOpen: "opened", fact.RequestMerged: "merged", fact.RequestClosed: "closed"}[c.State], "draft": c.Draft,
		"author": account(c.Author.Name), "source_branch": c.Head, "target_branch": c.Base, "sha": c.HeadSHA, "merge_commit_sha": nil, "squash_commit_sha": nil,
		"created_at": stamp(c.OpenedAt), "updated_at": stamp(c.UpdatedAt), "merged_at": stamp(c.MergedAt), "closed_at": nil, "labels": append([]string{}, c.Labels...)}
	if c.State == fact.RequestClosed {
		o["closed_at"] = stamp(c.ClosedAt)
	}
	if c.MergeSHA != "" {
		o["merge_commit_sha"] = c.MergeSHA
	}
	return o
}

func (f *fake) ofRequest(w http.ResponseWriter, r *http.Request, project string, iid int64, part string) {
	i := slices.IndexFunc(f.ChangeRequests, func(c fact.ChangeRequest) bool { return c.Repository == project && c.Number == iid })
	if i < 0 {
		missing(w)
		return
	}
	c := f.ChangeRequests[i]
	switch part {
	case "resource_state_events":
		page(w, r, f.states[fmt.Sprint("request ", iid)])
	case "commits":
		var commits []object
		for _, k := range slices.Backward(c.Commits) {
			commits = append(commits, object{"id": k.SHA, "authored_date": stamp(k.AuthoredAt), "created_at": stamp(k.AuthoredAt)})
		}
		page(w, r, commits)
	case "notes":
		if told, ok := f.notes[iid]; ok {
			page(w, r, told)
			return
		}
		var notes []object
		for _, e := range c.Events {
			n := object{"author": account(e.Actor.Name), "created_at": stamp(e.At), "system": true, "type": nil}
			switch e.Kind {
			case fact.ReviewRequested:
				n["body"] = "requested review from @bob"
			case fact.Approved:
				n["body"] = "approved this merge request"
			case fact.ChangesRequested:
				n["body"] = "requested changes"
			default:
				n["body"], n["system"] = "approved this merge request, as it were", false
			}
			notes = append(notes, n)
		}
		page(w, r, notes)
	default:
		missing(w)
	}
}

func (f *fake) sizes(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Query     string
		Variables struct {
			Path string
			IIDs []string
		}
	}
	if json.NewDecoder(r.Body).Decode(&q) != nil || q.Query != sizesQuery && q.Query != (&Feed{noFiles: true}).sizesQuery() {
		tell(w, http.StatusBadRequest, object{"errors": []object{{"message": "Unexpected"}}})
		return
	}
	if f.complex > 0 && len(q.Variables.IIDs) > f.complex {
		tell(w, http.StatusOK, object{"errors": []object{{"message": "Query has complexity of 346, which exceeds max complexity of 250"}}})
		return
	}
	if f.noFiles && q.Query == sizesQuery {
		tell(w, http.StatusOK, object{"errors": []object{{"message": "Field 'diffStats' doesn't exist on type 'MergeRequest'"}}})
		return
	}
	nodes := []object{}
	for _, c := range f.ChangeRequests {
		if c.Repository == q.Variables.Path && slices.Contains(q.Variables.IIDs, fmt.Sprint(c.Number)) {
			o := object{"iid": fmt.Sprint(c.Number), "diffStatsSummary": object{"additions": c.Added, "deletions": c.Deleted, "fileCount": c.Files}}
			if q.Query == sizesQuery {
				stats := []object{}
				for _, path := range c.Paths {
					stats = append(stats, object{"path": path})
				}
				o["diffStats"] = stats
			}
			nodes = append(nodes, o)
		}
	}
	tell(w, http.StatusOK, object{"data": object{"project": object{"mergeRequests": object{"nodes": nodes}}}})
}

func (f *fake) issue(i fact.Issue) object {
	id, _ := strconv.ParseInt(i.ID, 10, 64)
	o := object{"id": id, "iid": index(i.Key), "title": i.Title, "state": "opened", "issue_type": "issue", "weight": i.Points, "moved_to_id": nil, "labels": append([]string{}, i.Labels...), "severity": "UNKNOWN",
		"created_at": stamp(i.OpenedAt), "updated_at": stamp(i.UpdatedAt), "closed_at": stamp(i.ResolvedAt), "milestone": nil}
	if f.working != "" && i.Category == fact.IssueDoing {
		o["labels"] = append(slices.Clone(i.Labels), f.working)
	}
	if old, was := strings.CutPrefix(i.ID, behind); was && old == f.moved && i.Project != "WEB" {
		o["moved_to_id"], _ = strconv.ParseInt(old, 10, 64)
	}
	for _, s := range i.Sprints {
		if s.RemovedAt.IsZero() {
			o["milestone"] = milestone(f.Sprints[slices.IndexFunc(f.Sprints, func(x fact.Sprint) bool { return x.ID == s.SprintID })])
		}
	}
	if i.Category == fact.IssueDone {
		o["state"] = "closed"
	}
	return o
}

func incident(iid int64, i fact.Incident) object {
	o := object{"id": number(i.ID), "iid": iid + 1, "title": i.Title, "state": "opened", "issue_type": "incident", "severity": strings.ToUpper(i.Severity), "labels": []string{},
		"created_at": stamp(i.OpenedAt), "updated_at": stamp(i.UpdatedAt), "closed_at": stamp(i.ResolvedAt)}
	if !i.ResolvedAt.IsZero() {
		o["state"] = "closed"
	}
	return o
}

func (f *fake) ofIssue(w http.ResponseWriter, r *http.Request, project string, iid int64, part string) {
	issues := f.issuesOf(project)
	i := slices.IndexFunc(issues, func(i fact.Issue) bool { return index(i.Key) == iid })
	if i < 0 {
		missing(w)
		return
	}
	var all []object
	switch part {
	case "resource_state_events":
		if told, ok := f.states[fmt.Sprint("issue ", iid)]; ok {
			page(w, r, told)
			return
		}
		for _, t := range issues[i].Transitions {
			switch {
			case t.ToCategory == fact.IssueDone:
				all = append(all, object{"state": "closed", "created_at": stamp(t.At), "user": account("ann")})
			case t.FromCategory == fact.IssueDone:
				all = append(all, object{"state": "reopened", "created_at": stamp(t.At), "user": account("ann")})
			}
		}
	case "resource_label_events":
		f.labelled++
		all = slices.Clone(f.labels[iid])
		for _, t := range issues[i].Transitions {
			if label := (object{"name": f.working}); f.working != "" && t.ToCategory == fact.IssueDoing {
				all = append(all, object{"action": "add", "created_at": stamp(t.At), "label": label})
			} else if f.working != "" && t.FromCategory == fact.IssueDoing {
				all = append(all, object{"action": "remove", "created_at": stamp(t.At), "label": label})
			}
		}
	case "links":
		f.linked++
		all = f.links[iid]
	case "resource_milestone_events":
		for _, s := range issues[i].Sprints {
			at := slices.IndexFunc(f.Sprints, func(x fact.Sprint) bool { return x.ID == s.SprintID })
			all = append(all, object{"action": "add", "created_at": stamp(s.AddedAt), "milestone": milestone(f.Sprints[at])})
			if !s.RemovedAt.IsZero() {
				all = append(all, object{"action": "remove", "created_at": stamp(s.RemovedAt), "milestone": milestone(f.Sprints[at])})
			}
		}
	default:
		if part != "resource_iteration_events" || f.iterations == nil {
			missing(w)
			return
		}
		all = f.iterations[iid]
	}
	page(w, r, all)
}

func milestone(s fact.Sprint) object {
	id, _ := strconv.ParseInt(s.ID, 10, 64)
	o := object{"id": id, "title": s.Name, "start_date": s.StartedAt.Format(time.DateOnly), "due_date": s.EndsAt.Format(time.DateOnly), "state": "active", "updated_at": stamp(s.StartedAt)}
	if !s.CompletedAt.IsZero() {
		o["state"], o["updated_at"] = "closed", stamp(s.CompletedAt)
	}
	return o
}

func (f *fake) milestones(w http.ResponseWriter, r *http.Request, project string) {
	after, _ := time.Parse(time.RFC3339Nano, r.URL.Query().Get("updated_after"))
	var all []object
	for n, s := range f.Sprints {
		changed := s.CompletedAt
		if changed.IsZero() {
			changed = s.StartedAt
		}
		if project == "acme/api" && !changed.Before(after) {
			all = append(all, f.patched("milestone", int64(n), milestone(s)))
		}
	}
	page(w, r, all)
}

func ran(b fact.Build) object {
	id, _ := strconv.ParseInt(b.ID, 10, 64)
	status := map[fact.Result]string{fact.Succeeded: "success", fact.Failed: "failed"}[b.Result]
	return object{"id": id, "sha": b.SHA, "ref": b.Branch, "status": status, "source": "push", "name": b.Pipeline, "created_at": stamp(b.QueuedAt), "updated_at": stamp(b.FinishedAt)}
}

func deployed(d fact.Deployment) object {
	id, _ := strconv.ParseInt(d.ID, 10, 64)
	status := map[fact.Result]string{fact.Succeeded: "success", fact.Failed: "failed"}[d.Result]
	return object{"id": id, "iid": 1, "sha": d.SHA, "status": status, "created_at": stamp(d.StartedAt.Add(-time.Minute)), "updated_at": stamp(d.UpdatedAt), "environment": object{"id": 1, "name": d.Environment},
		"deployable": object{"started_at": stamp(d.StartedAt), "finished_at": stamp(d.FinishedAt)}}
}

// keeps is what GitLab can tell of a world.
func keeps(d fact.Delivery) fact.Delivery {
	as := func(who fact.Identity) fact.Identity {
		return fact.Identity{Name: who.Name, Email: fmt.Sprintf("%d-%s@users.noreply.127.0.0.1", account(who.Name)["id"], who.Name)}
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
		i.Project, i.Key, i.Kind, i.Links, i.Parent = "acme/api", "#"+strings.TrimPrefix(i.Key, "PAY-"), "issue", nil, ""
		i.Sprints = slices.Clone(i.Sprints)
		for k := range i.Sprints {
			i.Sprints[k].SprintID = "milestone " + i.Sprints[k].SprintID
		}
		two := func(c fact.IssueCategory) (string, fact.IssueCategory) {
			if c == fact.IssueDone {
				return "closed", fact.IssueDone
			}
			return "opened", fact.IssueToDo
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
	day := func(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }
	for _, s := range d.Sprints {
		s.Project, s.ID, s.StartedAt, s.EndsAt = "acme/api", "milestone "+s.ID, day(s.StartedAt), day(s.EndsAt).AddDate(0, 0, 1)
		s.AtLatest = !s.CompletedAt.IsZero()
		out.Sprints = append(out.Sprints, s)
	}
	for _, b := range d.Builds {
		b.StartedAt = b.QueuedAt
		out.Builds = append(out.Builds, b)
	}
	out.Deployments = d.Deployments
	for _, i := range d.Incidents {
		i.ID, i.Service, i.Severity, i.AcknowledgedAt = fmt.Sprint(number(i.ID)), "acme/web", strings.ToUpper(i.Severity), time.Time{}
		out.Incidents = append(out.Incidents, i)
	}
	return out
}
