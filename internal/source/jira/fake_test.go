package jira

import (
	"encoding/base64"
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

const user = "reader@acme.example"

// fake speaks Jira's documented protocol over a world.
type fake struct {
	w         *sourcetest.World
	cloud     bool
	histories int               // how many changes of an issue the search shows
	statuses  map[string]string // name to id
	zone      *time.Location
	boards    []object
	renamed   map[string]string // name of a status to the one that it has now
	noAgile   bool
}

type object = map[string]any

func newFake(w *sourcetest.World, cloud bool) *fake {
	return &fake{w: w, cloud: cloud, histories: 40, statuses: map[string]string{"To Do": "10000", "In Progress": "3", "Done": "10001"}, zone: time.FixedZone("", 2*3600),
		boards: []object{{"id": 5, "name": "PAY board", "type": "scrum"}, {"id": 6, "name": "PAY kanban", "type": "kanban"}}, renamed: map[string]string{}}
}

var categories = map[fact.IssueCategory]string{fact.IssueToDo: "new", fact.IssueDoing: "indeterminate", fact.IssueDone: "done"}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.w.Lock()
	defer f.w.Unlock()
	name, password, _ := r.BasicAuth()
	if f.cloud && (name != user || password != sourcetest.Token) || !f.cloud && r.Header.Get("Authorization") != "Bearer "+sourcetest.Token {
		w.Header().Set("X-Seraph-Loginreason", "AUTHENTICATED_FAILED")
		answer(w, http.StatusUnauthorized, object{"message": "Client must be authenticated to access this resource.", "status-code": 401})
		return
	}
	path := r.Method + " " + r.URL.Path
	rest := map[bool]string{true: "/rest/api/3", false: "/rest/api/2"}[f.cloud]
	sprint := regexp.MustCompile(`^GET /rest/agile/1\.0/sprint/(\d+)$`).FindStringSubmatch(path)
	switch {
	case path == "GET "+rest+"/myself":
		answer(w, 200, object{"timeZone": "Europe/Berlin"})
	case path == "GET "+rest+"/field":
		answer(w, 200, f.fields())
	case path == "GET "+rest+"/status":
		answer(w, 200, f.statusList())
	case f.cloud && path == "GET "+rest+"/project/search":
		answer(w, 200, object{"values": []object{f.project(), {"key": "OLD", "name": "Old", "archived": true}}, "isLast": true, "total": 2})
	case !f.cloud && path == "GET "+rest+"/project":
		answer(w, 200, []object{f.project()})
	case path == "GET "+rest+"/project/PAY":
		answer(w, 200, f.project())
	case path == "GET "+rest+"/project/WEB":
		answer(w, 200, object{"id": "10200", "key": "WEB", "name": "Web", "projectTypeKey": "software"})
	case f.cloud && path == "POST "+rest+"/search/approximate-count":
		answer(w, 200, object{"count": len(f.w.Issues)})
	case f.cloud && path == "POST "+rest+"/search/jql":
		f.searchCloud(w, r)
	case f.cloud && path == "POST "+rest+"/changelog/bulkfetch":
		f.bulk(w, r)
	case !f.cloud && path == "GET "+rest+"/search":
		f.searchCenter(w, r)
	case f.noAgile:
		answer(w, http.StatusNotFound, object{"message": "null for uri: " + r.URL.Path, "status-code": 404})
	case path == "GET /rest/agile/1.0/board" && (r.FormValue("projectKeyOrId") == "PAY" || r.FormValue("projectKeyOrId") == ""):
		answer(w, 200, object{"maxResults": 50, "startAt": 0, "total": len(f.boards), "isLast": true, "values": f.boards})
	case path == "GET /rest/agile/1.0/board" && r.FormValue("projectKeyOrId") == "WEB":
		answer(w, 200, object{"maxResults": 50, "startAt": 0, "total": 0, "isLast": true, "values": []object{}})
	case path == "GET /rest/agile/1.0/board/5/sprint":
		f.sprintList(w, r)
	case path == "GET /rest/agile/1.0/board/7/sprint":
		answer(w, http.StatusBadRequest, object{"errorMessages": []string{"The board does not support sprints"}})
	case sprint != nil:
		for _, s := range f.w.Sprints {
			if s.ID == sprint[1] {
				answer(w, 200, f.sprint(s))
				return
			}
		}
		answer(w, http.StatusNotFound, object{"errorMessages": []string{"Sprint does not exist."}})
	default:
		answer(w, http.StatusNotFound, object{"errorMessages": []string{"No project could be found"}})
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (f *fake) project() object {
	return object{"id": "10100", "key": "PAY", "name": "Payments", "projectTypeKey": "software"}
}

func (f *fake) fields() []object {
	list := []object{
		{"id": "summary", "name": "Summary", "custom": false, "schema": object{"type": "string", "system": "summary"}},
		{"id": "thumbnail", "name": "Images", "custom": false},
		{"id": "customfield_10020", "name": "Sprint", "custom": true, "schema": object{"type": "array", "custom": "com.pyxis.greenhopper.jira:gh-sprint"}},
		{"id": "customfield_10016", "name": "Story point estimate", "custom": true, "schema": object{"type": "number", "custom": "com.pyxis.greenhopper.jira:jsw-story-points"}},
		{"id": "customfield_10026", "name": "Story Points", "custom": true, "schema": object{"type": "number", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}},
	}
	if !f.cloud {
		list = append(list, object{"id": "customfield_10014", "name": "Epic Link", "custom": true, "schema": object{"type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link"}})
	}
	return list
}

func (f *fake) statusList() (out []object) {
	for _, s := range []struct{ name, key string }{{"To Do", "new"}, {"In Progress", "indeterminate"}, {"Done", "done"}} {
		if f.statuses[s.name] != "" {
			out = append(out, f.status(s.name, s.key))
		}
	}
	return out
}

func (f *fake) status(name, key string) object {
	id := f.statuses[name]
	if now := f.renamed[name]; now != "" {
		name = now
	}
	return object{"id": id, "name": name, "statusCategory": object{"id": 2, "key": key, "name": "any"}}
}

func (f *fake) time(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(f.zone).Format("2006-01-02T15:04:05.000-0700")
}

var queryForm = regexp.MustCompile(`^project = "(PAY|WEB)"(?: AND updated >= "(\d{4}-\d\d-\d\d \d\d:\d\d)")? ORDER BY updated DESC, key DESC$`)

// matching are the issues of a query, which has times of the zone of the token's account.
func (f *fake) matching(jql string) ([]fact.Issue, bool) {
	m := queryForm.FindStringSubmatch(jql)
	if m == nil {
		return nil, false
	}
	since, _ := time.ParseInLocation("2006-01-02 15:04", m[2], f.zone)
	list := slices.Clone(f.w.Issues)
	slices.SortStableFunc(list, func(a, b fact.Issue) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return slices.DeleteFunc(list, func(i fact.Issue) bool { return i.Project != m[1] || m[2] != "" && i.UpdatedAt.Before(since) }), true
}

func (f *fake) searchCloud(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		JQL        string   `json:"jql"`
		Next       string   `json:"nextPageToken"`
		MaxResults int      `json:"maxResults"`
		Fields     []string `json:"fields"`
		Expand     string   `json:"expand"`
	}
	err := json.NewDecoder(r.Body).Decode(&ask)
	list, ok := f.matching(ask.JQL)
	start := 0
	if ask.Next != "" {
		text, _ := base64.StdEncoding.DecodeString(ask.Next)
		position, of, _ := strings.Cut(string(text), "|")
		start, _ = strconv.Atoi(position)
		ok = ok && of == ask.JQL // the token is of one query
	}
	if err != nil || !ok || start > len(list) {
		answer(w, http.StatusBadRequest, object{"errorMessages": []string{"The query or the token is not valid."}})
		return
	}
	end := min(start+min(ask.MaxResults, 100), len(list))
	out := object{"issues": f.issues(list[start:end], ask.Fields, ask.Expand), "isLast": end == len(list)}
	if end < len(list) {
		out["nextPageToken"] = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%d|%s", end, ask.JQL))
	}
	answer(w, 200, out)
}

func (f *fake) searchCenter(w http.ResponseWriter, r *http.Request) {
	list, ok := f.matching(r.FormValue("jql"))
	if keys, is := strings.CutPrefix(r.FormValue("jql"), "key in ("); is {
		ok = true
		list = slices.DeleteFunc(slices.Clone(f.w.Issues), func(i fact.Issue) bool { return !strings.Contains(keys, `"`+i.Key+`"`) })
	}
	if !ok {
		answer(w, http.StatusBadRequest, object{"errorMessages": []string{"Error in the JQL Query"}, "errors": object{}})
		return
	}
	start, _ := strconv.Atoi(r.FormValue("startAt"))
	most, _ := strconv.Atoi(r.FormValue("maxResults"))
	start = min(start, len(list))
	end := min(start+min(most, 1000), len(list))
	answer(w, 200, object{"startAt": start, "maxResults": most, "total": len(list), "issues": f.issues(list[start:end], strings.Split(r.FormValue("fields"), ","), r.FormValue("expand"))})
}

func (f *fake) issues(list []fact.Issue, fields []string, expand string) []object {
	out := []object{}
	for _, i := range list {
		o := object{"id": i.ID, "key": i.Key, "self": "https://acme.example/rest/api/3/issue/" + i.ID}
		if len(fields) > 0 {
			all := f.values(i)
			values := object{}
			for _, name := range fields {
				if v, ok := all[name]; ok {
					values[name] = v
				}
			}
			o["fields"] = values
		}
		if expand == "changelog" {
			h := f.changes(i, nil)
			shown := h[max(0, len(h)-f.histories):]
			if f.cloud {
				slices.Reverse(shown)
			}
			o["changelog"] = object{"startAt": 0, "maxResults": len(shown), "total": len(h), "histories": shown}
		}
		out = append(out, o)
	}
	return out
}

func (f *fake) values(i fact.Issue) object {
	v := object{"summary": i.Title, "status": f.status(i.Status, categories[i.Category]), "issuetype": object{"id": "1", "name": i.Kind, "subtask": false}, "project": f.project(),
		"created": f.time(i.OpenedAt), "updated": f.time(i.UpdatedAt), "resolutiondate": f.time(i.ResolvedAt), "labels": append([]string{}, i.Labels...),
		"assignee": object{"displayName": "Somebody"}, "reporter": object{"displayName": "Somebody"}}
	if i.Project != "PAY" {
		v["project"] = object{"key": i.Project, "name": i.Project}
	}
	v["customfield_10016"], v["customfield_10026"] = nil, i.Points
	links := []object{}
	for n, l := range i.Links {
		links = append(links, object{"id": fmt.Sprint(n), "type": object{"name": l.Kind, "outward": l.Kind, "inward": "is blocked by"}, "outwardIssue": object{"id": "1", "key": l.Target}})
	}
	v["issuelinks"] = links
	if i.Parent != "" && f.cloud {
		v["parent"] = object{"id": i.Parent, "key": "PAY-1"}
	} else if i.Parent != "" {
		v["customfield_10014"] = "PAY-1"
	}
	var sprints []any
	for _, s := range i.Sprints {
		if id, _ := strconv.Atoi(s.SprintID); s.RemovedAt.IsZero() && f.cloud {
			sprints = append(sprints, object{"id": id, "name": "Sprint", "state": "active", "boardId": 5})
		} else if s.RemovedAt.IsZero() {
			sprints = append(sprints, fmt.Sprintf("com.atlassian.greenhopper.service.sprint.Sprint@1f[id=%d,rapidViewId=5,state=ACTIVE,name=Sprint,goal=]", id))
		}
	}
	v["customfield_10020"] = sprints
	return v
}

// changes are the history of an issue, oldest first; of some fields, or of all.
func (f *fake) changes(i fact.Issue, fields []string) []object {
	type change struct {
		at   time.Time
		item object
	}
	list := []change{{i.OpenedAt.Add(time.Second), object{"field": "description", "fieldtype": "jira", "fieldId": "description", "from": nil, "fromString": nil, "to": nil, "toString": "x"}}}
	for _, t := range i.Transitions {
		list = append(list, change{t.At, object{"field": "status", "fieldtype": "jira", "fieldId": "status", "from": f.statuses[t.From], "fromString": t.From, "to": f.statuses[t.To], "toString": t.To}})
	}
	times := map[time.Time]bool{}
	for _, s := range i.Sprints {
		times[s.AddedAt] = s.AddedAt.After(i.OpenedAt)
		times[s.RemovedAt] = !s.RemovedAt.IsZero()
	}
	for at, changed := range times {
		if !changed {
			continue
		}
		var from, to []string
		for _, s := range i.Sprints {
			if s.AddedAt.Before(at) && (s.RemovedAt.IsZero() || !s.RemovedAt.Before(at)) {
				from = append(from, s.SprintID)
			}
			if !s.AddedAt.After(at) && (s.RemovedAt.IsZero() || s.RemovedAt.After(at)) {
				to = append(to, s.SprintID)
			}
		}
		list = append(list, change{at, object{"field": "Sprint", "fieldtype": "custom", "fieldId": "customfield_10020", "from": strings.Join(from, ", "), "fromString": "Sprint", "to": strings.Join(to, ", "), "toString": "Sprint"}})
	}
	slices.SortStableFunc(list, func(a, b change) int { return a.at.Compare(b.at) })
	out := []object{}
	for n, c := range list {
		if fields == nil || slices.Contains(fields, c.item["fieldId"].(string)) {
			if !f.cloud {
				delete(c.item, "fieldId")
			}
			out = append(out, object{"id": fmt.Sprint(1000 + n), "created": f.time(c.at), "author": object{"displayName": "Somebody"}, "items": []object{c.item}})
		}
	}
	return out
}

// bulk answers with milliseconds since 1970, as Jira does in this place alone.
func (f *fake) bulk(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Issues []string `json:"issueIdsOrKeys"`
		Fields []string `json:"fieldIds"`
		Next   string   `json:"nextPageToken"`
	}
	_ = json.NewDecoder(r.Body).Decode(&ask)
	logs := []object{}
	for _, i := range f.w.Issues {
		if !slices.Contains(ask.Issues, i.ID) {
			continue
		}
		h := f.changes(i, ask.Fields)
		for _, c := range h {
			at, _ := time.Parse("2006-01-02T15:04:05.000-0700", c["created"].(string))
			c["created"] = at.UnixMilli()
		}
		if len(h) > 1 && ask.Next == "" { // the rest of it comes with another page
			logs = append(logs, object{"issueId": i.ID, "changeHistories": h[:1]})
		} else {
			logs = append(logs, object{"issueId": i.ID, "changeHistories": h[min(1, max(0, len(h)-1)):]})
		}
	}
	out := object{"issueChangeLogs": logs}
	if ask.Next == "" {
		out["nextPageToken"] = "UxAQBFRF"
	}
	answer(w, 200, out)
}

func (f *fake) sprintList(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, s := range f.w.Sprints {
		o := f.sprint(s)
		if states := r.FormValue("state"); states == "" || strings.Contains(states, o["state"].(string)) {
			list = append(list, o)
		}
	}
	start, _ := strconv.Atoi(r.FormValue("startAt"))
	end := min(start+3, len(list)) // a server may give fewer than are asked for
	if f.cloud {
		end = len(list)
	}
	answer(w, 200, object{"maxResults": 50, "startAt": start, "isLast": end == len(list), "values": list[start:end]})
}

func (f *fake) sprint(s fact.Sprint) object {
	id, _ := strconv.Atoi(s.ID)
	o := object{"id": id, "name": s.Name, "state": "active", "startDate": f.time(s.StartedAt), "endDate": f.time(s.EndsAt), "originBoardId": 5}
	if !s.CompletedAt.IsZero() {
		o["state"], o["completeDate"] = "closed", f.time(s.CompletedAt)
	}
	if s.StartedAt.IsZero() {
		o["state"], o["startDate"] = "future", f.time(f.w.Now) // as it is planned
	}
	return o
}
