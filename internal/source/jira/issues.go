package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

const (
	perPage = 100
	// overlap is how far back news are asked for again: Jira's search learns of changes some time
	// after they were made, and not in their order.
	overlap = 15 * time.Minute
	// anyZone is more than any time zone differs from UTC. The times in a query are in the zone of
	// the token's account, which may change; so they are told earlier by this.
	anyZone = 15 * time.Hour
)

// pullIssues reads the issues of a project, those that changed last first.
func (f *Feed) pullIssues(ctx context.Context, req source.Pull, w *workflow, key string) error {
	stream := key + " issues"
	sweep := sweepOf(req.Cursor(stream), w.Turn)
	total := 0
	if f.cloud && sweep.Done.IsZero() {
		total = f.count(ctx, key)
	}
	inner := req
	inner.Emit = func(ctx context.Context, p source.Page) error {
		p.Cursor = source.Cursor(fmt.Sprintf("%d %s", w.Turn, p.Cursor))
		return req.Emit(ctx, p)
	}
	resumed := sweep.Next != ""
	return sweep.Run(ctx, stream, inner, func(ctx context.Context, next string, since time.Time, emit func(api.Listed, source.Page) error) error {
		if !since.IsZero() {
			since = since.Add(-overlap)
		}
		l, err := f.list(ctx, w, query(key, since), next)
		if resumed && errors.Is(err, api.ErrUnusable) { // where it stopped is forgotten there by now
			l, err = f.list(ctx, w, query(key, since), "")
		}
		resumed = false
		if err != nil {
			return fmt.Errorf("%s: %w", stream, err)
		}
		if l.Total == 0 {
			l.Total = total
		}
		page, err := w.page(l.issues, since, &l.Listed)
		if err != nil {
			return fmt.Errorf("%s: %w", stream, err)
		}
		return emit(l.Listed, page)
	})
}

// sweepOf reads a cursor. One that is of another turn of the workflow begins anew.
func sweepOf(c source.Cursor, turn int) api.Sweep {
	before, text, _ := strings.Cut(string(c), " ")
	if n, err := strconv.Atoi(before); err != nil || n != turn {
		return api.Sweep{}
	}
	return api.SweepOf(source.Cursor(text))
}

// query asks for what changed since a time at which it can be told in any time zone.
func query(key string, since time.Time) string {
	q := "project = " + quoted(key)
	if !since.IsZero() {
		q += " AND updated >= " + quoted(since.Add(-anyZone).UTC().Format("2006-01-02 15:04"))
	}
	return q + " ORDER BY updated DESC, key DESC"
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// count is about how many issues a project has; 0 if Jira does not say.
func (f *Feed) count(ctx context.Context, key string) int {
	var a struct {
		Count int `json:"count"`
	}
	if _, err := f.client.Post(ctx, f.rest+"/search/approximate-count", map[string]string{"jql": "project = " + quoted(key)}, &a); err != nil {
		return 0 // only progress needs it
	}
	return a.Count
}

// listing is one page of issues.
type listing struct {
	api.Listed
	issues []issueAnswer
}

func (f *Feed) list(ctx context.Context, w *workflow, jql, next string) (listing, error) {
	if f.cloud {
		return f.listCloud(ctx, w, jql, next)
	}
	return f.listCenter(ctx, w, jql, next)
}

func (f *Feed) listCloud(ctx context.Context, w *workflow, jql, next string) (l listing, err error) {
	ask := map[string]any{"jql": jql, "maxResults": perPage, "fields": w.fields.asked(), "expand": "changelog"}
	if next != "" {
		ask["nextPageToken"] = next
	}
	var a struct {
		Issues *[]issueAnswer `json:"issues"`
		Next   string         `json:"nextPageToken"`
		IsLast bool           `json:"isLast"`
	}
	if _, err := f.client.Post(ctx, f.rest+"/search/jql", ask, &a); err != nil {
		return l, err
	}
	if a.Issues == nil {
		return l, fmt.Errorf("%w: it has no issues, nor that there are none", api.ErrUnusable)
	}
	l.issues = *a.Issues
	if !a.IsLast {
		l.Next = a.Next
	}
	l.Items = len(l.issues)
	return l, f.longHistories(ctx, w, l.issues)
}

// longHistories completes those of which the search shows a part.
func (f *Feed) longHistories(ctx context.Context, w *workflow, issues []issueAnswer) error {
	cut := map[string]int{}
	ask := map[string]any{"maxResults": 1000}
	var ids []string
	for i, x := range issues {
		if x.Changelog.Total > len(x.Changelog.Histories) {
			cut[x.ID] = i
			ids = append(ids, x.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	ask["issueIdsOrKeys"] = ids
	of := []string{"status", "resolution"}
	if w.fields.sprint != "" {
		of = append(of, w.fields.sprint)
	}
	ask["fieldIds"] = of
	seen := map[string]bool{}
	for {
		var a struct {
			Issues []struct {
				ID        string          `json:"issueId"`
				Histories []historyAnswer `json:"changeHistories"`
			} `json:"issueChangeLogs"`
			Next string `json:"nextPageToken"`
		}
		if _, err := f.client.Post(ctx, f.rest+"/changelog/bulkfetch", ask, &a); err != nil {
			return err
		}
		for _, x := range a.Issues {
			if i, ok := cut[x.ID]; ok {
				issues[i].Changelog.Histories = append(issues[i].Changelog.Histories, x.Histories...)
				issues[i].Changelog.Total = 0 // whole, as far as it is asked for
			}
		}
		if a.Next == "" {
			return nil
		}
		if seen[a.Next] {
			return fmt.Errorf("%w: the pages of histories lead in a circle", api.ErrUnusable)
		}
		seen[a.Next], ask["nextPageToken"] = true, a.Next
	}
}

// listCenter asks a data center, whose pages shift when issues come or go. So each begins with the
// last issue of the one before; if it does not, it is asked for again from a page earlier.
func (f *Feed) listCenter(ctx context.Context, w *workflow, jql, next string) (l listing, err error) {
	start, last := 0, ""
	if position, id, ok := strings.Cut(next, ":"); ok {
		if start, err = strconv.Atoi(position); err != nil || start < 1 {
			start, id = 1, ""
		}
		start, last = start-1, id
	}
	ask := func(start int) (total int, err error) {
		q := url.Values{"jql": {jql}, "startAt": {fmt.Sprint(start)}, "maxResults": {fmt.Sprint(perPage)}, "fields": {strings.Join(w.fields.asked(), ",")}, "expand": {"changelog"}}
		var a struct {
			Issues *[]issueAnswer `json:"issues"`
			Total  *int           `json:"total"`
		}
		if _, err := f.client.Get(ctx, f.rest+"/search", q, &a); err != nil {
			return 0, err
		}
		if a.Issues == nil || a.Total == nil {
			return 0, fmt.Errorf("%w: it has no issues, nor that there are none", api.ErrUnusable)
		}
		l.issues = *a.Issues
		return *a.Total, nil
	}
	total, err := ask(start)
	if err == nil && last != "" && (len(l.issues) == 0 || l.issues[0].ID != last) {
		start = max(0, start-perPage+1)
		total, err = ask(start)
	}
	if err != nil {
		return l, err
	}
	l.Total, l.Items = total, len(l.issues)
	end := start + len(l.issues)
	if last != "" && l.Items > 0 {
		l.Items--
	}
	if n := len(l.issues); n > 0 && end < total && l.issues[n-1].ID != last {
		l.Next = fmt.Sprintf("%d:%s", end, l.issues[n-1].ID)
	}
	return l, f.findEpics(ctx, w, l.issues)
}

// findEpics learns the ids of epics, which a data center names by their keys.
func (f *Feed) findEpics(ctx context.Context, w *workflow, issues []issueAnswer) error {
	for _, x := range issues {
		w.epics[x.Key] = x.ID
	}
	var unknown []string
	for _, x := range issues {
		key, err := w.epic(x)
		if err != nil {
			return err
		}
		if _, known := w.epics[key]; !known && key != "" {
			w.epics[key] = ""
			unknown = append(unknown, quoted(key))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	var a struct {
		Issues []struct {
			ID  string `json:"id"`
			Key string `json:"key"`
		} `json:"issues"`
	}
	q := url.Values{"jql": {"key in (" + strings.Join(unknown, ", ") + ")"}, "maxResults": {fmt.Sprint(perPage)}, "fields": {"created"}, "validateQuery": {"false"}}
	if _, err := f.client.Get(ctx, f.rest+"/search", q, &a); err != nil {
		return err
	}
	for _, x := range a.Issues {
		w.epics[x.Key] = x.ID
	}
	return nil
}

// epic is the key of the epic that an issue of a data center belongs to.
func (w *workflow) epic(x issueAnswer) (key string, err error) {
	values := map[string]json.RawMessage{}
	if err := json.Unmarshal(x.Fields, &values); err != nil {
		return "", fmt.Errorf("%w: %w", api.ErrUnusable, err)
	}
	if text := values[w.fields.epic]; w.fields.epic != "" && len(text) > 0 {
		if err := json.Unmarshal(text, &key); err != nil {
			return "", fmt.Errorf("%w: %w", api.ErrUnusable, err)
		}
	}
	return key, nil
}

// page translates issues that changed since a time, and says of which time the page is.
func (w *workflow) page(issues []issueAnswer, since time.Time, l *api.Listed) (p source.Page, err error) {
	told, cut := map[string]bool{}, 0
	for _, x := range issues {
		i, title, err := w.issue(x)
		if err != nil {
			return p, fmt.Errorf("%w: issue %.40q: %w", api.ErrUnusable, x.ID, err)
		}
		if i.UpdatedAt.After(l.Newest) {
			l.Newest = i.UpdatedAt
		}
		if l.Oldest.IsZero() || i.UpdatedAt.Add(overlap).Before(l.Oldest) {
			l.Oldest = i.UpdatedAt.Add(overlap)
		}
		if i.UpdatedAt.Before(since) {
			continue
		}
		if x.Changelog.Total > len(x.Changelog.Histories) {
			cut++
		}
		if !told[i.Project] {
			told[i.Project] = true
			p.Delivery.Projects = append(p.Delivery.Projects, fact.Project{Name: i.Project, Title: title})
		}
		p.Delivery.Issues = append(p.Delivery.Issues, i)
	}
	if cut > 0 {
		p.Skipped = []fact.Skipped{{What: "the oldest changes of issues", Why: "this Jira shows only a part of long histories", Count: cut}}
	}
	return p, nil
}

// issue translates one, and gives the title of its project.
func (w *workflow) issue(x issueAnswer) (i fact.Issue, title string, err error) {
	var v issueFields
	values := map[string]json.RawMessage{}
	if err := errors.Join(json.Unmarshal(x.Fields, &v), json.Unmarshal(x.Fields, &values)); err != nil {
		return i, "", err
	}
	if x.ID == "" || x.Key == "" || v.Project.Key == "" || v.Status.Name == "" || v.Created.IsZero() || v.Updated.IsZero() {
		return i, "", errors.New("it lacks id, key, project, status or times")
	}
	category, err := categoryOf(v.Status.Category.Key)
	if err != nil {
		return i, "", err
	}
	history := oldestFirst(x.Changelog.Histories)
	for _, h := range history {
		if h.Created.IsZero() {
			return i, "", errors.New("a change lacks its time")
		}
	}
	now, err := sprintIDs(values[w.fields.sprint])
	if err != nil {
		return i, "", err
	}
	i = fact.Issue{Project: v.Project.Key, ID: x.ID, Key: x.Key, Kind: v.Type.Name, Title: v.Summary, Status: v.Status.Name, Category: category,
		OpenedAt: v.Created.Time, UpdatedAt: v.Updated.Time, Labels: v.Labels, Transitions: w.transitions(history), Links: links(v.Links),
		Sprints: spans(v.Created.Time, w.fields.sprint, history, now)}
	i.ResolvedAt = resolvedAt(i, v.Resolved.Time)
	if i.Parent, err = w.parent(x, v); err != nil {
		return i, "", err
	}
	i.Points, err = w.points(values)
	return i, v.Project.Name, err
}

func (w *workflow) parent(x issueAnswer, v issueFields) (string, error) {
	if v.Parent != nil {
		return v.Parent.ID, nil
	}
	key, err := w.epic(x)
	return w.epics[key], err
}

// points is the first estimate that one of the fields for it has.
func (w *workflow) points(values map[string]json.RawMessage) (points *float64, err error) {
	for _, id := range w.fields.points {
		if text := values[id]; len(text) > 0 {
			if err := json.Unmarshal(text, &points); err != nil || points != nil {
				return points, err
			}
		}
	}
	return nil, nil
}

func links(list []linkAnswer) (out []fact.IssueLink) {
	for _, l := range list {
		if l.Outward.Key != "" {
			out = append(out, fact.IssueLink{Kind: l.Type.Outward, Target: l.Outward.Key})
		}
		if l.Inward.Key != "" {
			out = append(out, fact.IssueLink{Kind: l.Type.Inward, Target: l.Inward.Key})
		}
	}
	return out
}
