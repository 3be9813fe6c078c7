package gitea

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

type object = map[string]any

// fake is a server over a world. Issues of the world's one project are those of acme/api, as far
// as Gitea knows of them. Its times have its own zone, and its pages at most 50 items.
type fake struct {
	*sourcetest.World
	repos    []object                                  // of the search
	patch    func(kind string, number int64, o object) // changes what is told of an item; may be nil
	timeline map[int64][]object                        // in the place of the world's
	hidden   map[int64]int                             // remarks on lines at the beginning of a timeline, which pages leave out
	reviews  map[int64][]object
	working  string // label that issues have while they are worked on; "" for none
}

func serve(w *sourcetest.World) http.Handler { return &fake{World: w} }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Lock()
	defer f.Unlock()
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Date", f.Now.UTC().Format(http.TimeFormat))
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v1")
	switch {
	case r.Header.Get("Authorization") != "token "+sourcetest.Token:
		tell(w, http.StatusUnauthorized, object{"message": "user does not exist [uid: 0, name: ]", "url": "/api/swagger"})
	case !ok || r.Method != http.MethodGet:
		missing(w)
	case path == "/settings/api":
		tell(w, http.StatusOK, object{"max_response_items": 50, "default_paging_num": 30})
	case path == "/repos/search" && r.URL.Query().Get("sort") == "id":
		page(w, r, f.repos, func(part []object) any { return object{"ok": true, "data": part} })
	default:
		f.repository(w, r, path)
	}
}

func missing(w http.ResponseWriter) {
	tell(w, http.StatusNotFound, object{"message": "The target couldn't be found.", "url": "/api/swagger", "errors": []string{}})
}

func tell(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// page tells a part of a list, with the headers that Gitea has.
func page(w http.ResponseWriter, r *http.Request, all []object, wrap func([]object) any) {
	part, last := cut(r, all)
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if !last {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(max(n, 1)+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next",<http://%s%s?page=99>; rel="last"`, r.Host, r.URL.Path, q.Encode(), r.Host, r.URL.Path))
	}
	w.Header().Set("X-Total-Count", fmt.Sprint(len(all)))
	tell(w, http.StatusOK, wrap(append([]object{}, part...)))
}

func cut(r *http.Request, all []object) (part []object, last bool) {
	size, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	if size < 1 {
		size = 30
	}
	size = min(size, 50)
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	n = max(n, 1)
	return all[min(len(all), (n-1)*size):min(len(all), n*size)], n*size >= len(all)
}

func plain(part []object) any { return part }

// stamp is a time as Gitea writes it.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(time.FixedZone("", 3600)).Format(time.RFC3339)
}

var below = regexp.MustCompile(`^/repos/([^/]+/[^/]+)(?:/(pulls|issues|actions)(?:/(\d+|runs)(?:/(\w+))?)?)?$`)

func (f *fake) repository(w http.ResponseWriter, r *http.Request, path string) {
	m := below.FindStringSubmatch(path)
	if m == nil {
		missing(w)
		return
	}
	if m[1] == "acme/old" { // it was renamed
		http.Redirect(w, r, strings.Replace(r.URL.String(), "acme/old", "acme/api", 1), http.StatusTemporaryRedirect)
		return
	}
	i := slices.IndexFunc(f.Repositories, func(r fact.ForgeRepository) bool { return r.Name == m[1] })
	if i < 0 {
		missing(w)
		return
	}
	n, _ := strconv.ParseInt(m[3], 10, 64)
	switch {
	case m[2] == "":
		host := "http://" + r.Host
		o := object{"full_name": m[1], "clone_url": host + "/" + m[1] + ".git", "ssh_url": "git@" + r.Host + ":" + m[1] + ".git", "has_issues": true, "has_pull_requests": true, "has_actions": true}
		tell(w, http.StatusOK, f.patched("repository", 0, o))
	case m[2] == "pulls":
		f.pulls(w, r, m[1], n, m[4])
	case m[2] == "issues" && m[4] == "timeline":
		f.happened(w, r, m[1], n)
	case m[2] == "issues":
		f.issues(w, r, m[1])
	case m[3] == "runs":
		var runs []object
		for _, b := range slices.Backward(f.Builds) {
			if b.Repository == m[1] {
				runs = append(runs, f.patched("run", 0, ran(b)))
			}
		}
		total := len(runs)
		page(w, r, runs, func(part []object) any { return object{"total_count": total, "workflow_runs": part} })
	default:
		missing(w)
	}
}

func (f *fake) patched(kind string, number int64, o object) object {
	if f.patch != nil {
		f.patch(kind, number, o)
	}
	return o
}

func account(who fact.Identity) object {
	return object{"id": len(who.Name) + int(who.Name[0]), "login": who.Name, "full_name": "", "email": who.Email}
}

func labels(names []string) []object {
	all := []object{}
	for i, n := range names {
		all = append(all, object{"id": i, "name": n, "color": "ededed"})
	}
	return all
}

func (f *fake) pulls(w http.ResponseWriter, r *http.Request, repo string, n int64, part string) {
	var all []fact.ChangeRequest
	for _, c := range f.ChangeRequests {
		if c.Repository == repo {
			all = append(all, c)
		}
	}
	if n == 0 {
		q := r.URL.Query()
		if q.Get("state") != "all" || q.Get("sort") != "recentupdate" {
			missing(w)
			return
		}
		slices.SortFunc(all, func(a, b fact.ChangeRequest) int {
			if c := b.UpdatedAt.Compare(a.UpdatedAt); c != 0 {
				return c
			}
			return int(b.Number - a.Number)
		})
		objects := []object{}
		for _, c := range all {
			o := f.pull(c)
			delete(o, "additions")
			delete(o, "deletions")
			delete(o, "changed_files")
			objects = append(objects, o)
		}
		page(w, r, objects, plain)
		return
	}
	i := slices.IndexFunc(all, func(c fact.ChangeRequest) bool { return c.Number == n })
	if i < 0 {
		missing(w)
		return
	}
	switch c := all[i]; part {
	case "":
		tell(w, http.StatusOK, f.pull(c))
	case "reviews":
		page(w, r, f.reviewsOf(c), plain)
	case "files":
		files := []object{}
		for _, path := range c.Paths {
			files = append(files, object{"filename": path, "status": "changed", "additions": 1, "deletions": 1, "changes": 2})
		}
		page(w, r, files, plain)
	case "commits":
		commits := []object{}
		for _, k := range slices.Backward(c.Commits) {
			commits = append(commits, object{"sha": k.SHA, "commit": object{"author": object{"name": "ann", "date": stamp(k.AuthoredAt)}}})
		}
		page(w, r, commits, plain)
	default:
		missing(w)
	}
}

func (f *fake) pull(c fact.ChangeRequest) object {
	o := object{"id": 5000 + c.Number, "number": c.Number, "title": c.Title, "body": sourcetest.Description(c), "user": account(c.Author), "state": "open", "draft": c.Draft, "merged": false, "merge_commit_sha": nil,
		"created_at": stamp(c.OpenedAt), "updated_at": stamp(c.UpdatedAt), "closed_at": stamp(c.ClosedAt), "merged_at": stamp(c.MergedAt), "labels": labels(c.Labels),
		"base": object{"label": c.Base, "ref": c.Base, "sha": strings.Repeat("0", 40)}, "head": object{"label": c.Head, "ref": fmt.Sprintf("refs/pull/%d/head", c.Number), "sha": c.HeadSHA},
		"additions": c.Added, "deletions": c.Deleted, "changed_files": c.Files}
	if c.State != fact.RequestOpen {
		o["state"] = "closed"
	}
	if c.State == fact.RequestMerged {
		o["merged"], o["merge_commit_sha"] = true, c.MergeSHA
	}
	return f.patched("pull", c.Number, o)
}

func (f *fake) reviewsOf(c fact.ChangeRequest) []object {
	if all, ok := f.reviews[c.Number]; ok {
		return all
	}
	all := []object{}
	for _, e := range c.Events {
		if state := map[fact.RequestEventKind]string{fact.Approved: "APPROVED", fact.ChangesRequested: "REQUEST_CHANGES"}[e.Kind]; state != "" {
			all = append(all, object{"id": len(all) + 1, "state": state, "user": account(e.Actor), "submitted_at": stamp(e.At), "comments_count": 0})
		}
	}
	return all
}

// happened tells a timeline: without headers for the page after, null when a page is empty, and
// without remarks on lines, which are taken out after the pages were cut.
func (f *fake) happened(w http.ResponseWriter, r *http.Request, repo string, n int64) {
	var all []object
	add := func(kind string, who fact.Identity, at time.Time) {
		all = append(all, object{"id": len(all) + 1, "type": kind, "user": account(who), "created_at": stamp(at), "body": ""})
	}
	for range f.hidden[n] {
		all = append(all, nil)
	}
	ann := fact.Identity{Name: "ann", Email: "ann@users.noreply.example.com"}
	for _, c := range f.ChangeRequests {
		for _, e := range c.Events {
			if kind := map[fact.RequestEventKind]string{fact.ReviewRequested: "review_request", fact.Commented: "comment", fact.Approved: "review", fact.ChangesRequested: "review"}[e.Kind]; c.Repository == repo && c.Number == n && kind != "" {
				add(kind, e.Actor, e.At)
			}
		}
	}
	for _, i := range f.Issues {
		if index(i.Key) != n || repo != "acme/api" {
			continue
		}
		for _, t := range i.Transitions {
			switch {
			case t.ToCategory == fact.IssueDone:
				add("close", ann, t.At)
			case t.FromCategory == fact.IssueDone:
				add("reopen", ann, t.At)
			}
			if f.working != "" && (t.ToCategory == fact.IssueDoing || t.FromCategory == fact.IssueDoing) {
				add("label", ann, t.At)
				all[len(all)-1]["label"] = labels([]string{f.working})[0]
				if t.ToCategory == fact.IssueDoing {
					all[len(all)-1]["body"] = "1"
				}
			}
		}
	}
	if told, ok := f.timeline[n]; ok {
		all = append(all[:f.hidden[n]], told...)
	}
	part, _ := cut(r, all)
	var out []object
	for _, o := range part {
		if o != nil {
			out = append(out, o)
		}
	}
	w.Header().Set("X-Total-Count", fmt.Sprint(len(out)))
	tell(w, http.StatusOK, out)
}

// number is that of an issue: beyond those of change requests, as they share one count.
func index(key string) int64 {
	n, _ := strconv.ParseInt(key[strings.LastIndex(key, "-")+1:], 10, 64)
	return 10_000 + n
}

func (f *fake) issues(w http.ResponseWriter, r *http.Request, repo string) {
	q := r.URL.Query()
	since := time.Time{}
	if text := q.Get("since"); text != "" {
		since, _ = time.Parse(time.RFC3339, text)
	}
	if q.Get("state") != "all" || q.Get("type") != "issues" {
		missing(w)
		return
	}
	all := []object{}
	for _, i := range slices.Backward(f.Issues) {
		if repo == "acme/api" && !i.UpdatedAt.Before(since) {
			all = append(all, f.issue(i))
		}
	}
	page(w, r, all, plain)
}

func (f *fake) issue(i fact.Issue) object {
	id, _ := strconv.ParseInt(i.ID, 10, 64)
	o := object{"id": id, "number": index(i.Key), "title": i.Title, "state": "open", "created_at": stamp(i.OpenedAt), "updated_at": stamp(i.UpdatedAt), "closed_at": stamp(i.ResolvedAt), "labels": labels(i.Labels)}
	if f.working != "" && i.Category == fact.IssueDoing {
		o["labels"] = labels(append(slices.Clone(i.Labels), f.working))
	}
	if i.Category == fact.IssueDone {
		o["state"] = "closed"
	}
	return f.patched("issue", index(i.Key), o)
}

func ran(b fact.Build) object {
	id, _ := strconv.ParseInt(b.ID, 10, 64)
	return object{"id": id, "path": b.Pipeline + ".yml@refs/heads/main", "run_attempt": 0, "head_branch": b.Branch, "head_sha": b.SHA, "status": "completed", "conclusion": string(b.Result),
		"started_at": stamp(b.StartedAt), "completed_at": stamp(b.FinishedAt)}
}

// keeps is what Gitea can tell of a world.
func keeps(d fact.Delivery) fact.Delivery {
	var out fact.Delivery
	for _, c := range d.ChangeRequests {
		if c.State == fact.RequestMerged {
			c.Paths = nil
		}
		out.ChangeRequests = append(out.ChangeRequests, c)
	}
	for _, i := range d.Issues {
		i.Project, i.Key, i.Kind = "acme/api", fmt.Sprintf("#%d", index(i.Key)), "Issue"
		i.Points, i.Sprints, i.Links, i.Parent = nil, nil, nil, ""
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
	for _, b := range d.Builds {
		b.QueuedAt, b.Pipeline = b.StartedAt, b.Pipeline+".yml"
		out.Builds = append(out.Builds, b)
	}
	return out
}
