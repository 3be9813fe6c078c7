package csv

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
)

// column is one that a kind of file has.
type column struct {
	name string
	need bool
	also []string // what exports call it otherwise
}

// columns by kind of file. Times are RFC 3339, or YYYY-MM-DD with an hour or
// without.
var columns = map[string][]column{
	"change_requests": {{"repository", true, []string{"repo"}}, {"number", true, []string{"id", "iid"}}, {"title", false, nil}, {"author", false, []string{"user", "login"}}, {"author_email", false, nil},
		{"state", true, nil}, {"draft", false, nil}, {"base", false, []string{"target_branch"}}, {"head", false, []string{"source_branch"}}, {"head_sha", false, nil}, {"merge_sha", false, []string{"merge_commit_sha"}},
		{"opened_at", true, []string{"created_at"}}, {"merged_at", false, nil}, {"closed_at", false, nil}, {"updated_at", false, nil}, {"added", false, []string{"additions"}}, {"deleted", false, []string{"deletions"}}, {"files", false, []string{"changed_files"}}, {"paths", false, []string{"file_paths"}}, {"labels", false, nil}, {"closes", false, []string{"closing_issues"}}},
	"change_request_events":  {{"repository", true, []string{"repo"}}, {"number", true, []string{"id", "iid"}}, {"kind", true, []string{"event"}}, {"actor", false, []string{"user", "login"}}, {"actor_email", false, nil}, {"at", true, []string{"created_at", "submitted_at"}}},
	"change_request_commits": {{"repository", true, []string{"repo"}}, {"number", true, []string{"id", "iid"}}, {"sha", true, nil}, {"authored_at", true, nil}},
	"issues": {{"project", true, nil}, {"id", true, nil}, {"key", false, nil}, {"kind", false, []string{"type", "issue_type"}}, {"title", false, []string{"summary"}}, {"status", false, nil}, {"category", true, []string{"status_category"}}, {"parent", false, nil},
		{"points", false, []string{"story_points", "estimate"}}, {"opened_at", true, []string{"created_at", "created"}}, {"resolved_at", false, []string{"resolved", "closed_at"}}, {"updated_at", false, []string{"updated"}}, {"labels", false, nil}, {"closed_by", false, nil}},
	"transitions":   {{"project", true, nil}, {"id", true, []string{"issue"}}, {"from", false, []string{"from_status"}}, {"to", true, []string{"to_status"}}, {"from_category", true, nil}, {"to_category", true, nil}, {"at", true, nil}},
	"sprints":       {{"project", true, nil}, {"id", true, nil}, {"name", false, nil}, {"started_at", false, []string{"start"}}, {"ends_at", false, []string{"end"}}, {"completed_at", false, nil}},
	"sprint_issues": {{"project", true, nil}, {"id", true, []string{"issue"}}, {"sprint", true, nil}, {"added_at", true, nil}, {"removed_at", false, nil}},
	"builds":        {{"repository", true, []string{"repo"}}, {"id", true, nil}, {"pipeline", false, []string{"workflow"}}, {"attempt", false, nil}, {"sha", true, []string{"commit"}}, {"branch", false, nil}, {"result", true, []string{"status"}}, {"queued_at", true, []string{"created_at"}}, {"started_at", false, nil}, {"finished_at", false, nil}},
	"deployments":   {{"repository", false, []string{"repo"}}, {"application", false, []string{"service"}}, {"id", true, nil}, {"environment", true, nil}, {"sha", true, []string{"commit"}}, {"result", true, []string{"status"}}, {"started_at", true, []string{"created_at"}}, {"finished_at", false, nil}},
	"incidents":     {{"id", true, nil}, {"service", false, nil}, {"title", false, []string{"summary"}}, {"severity", false, []string{"priority"}}, {"opened_at", true, []string{"created_at", "started_at"}}, {"acknowledged_at", false, nil}, {"resolved_at", false, nil}, {"deployment", false, []string{"caused_by_deployment"}}, {"commit", false, []string{"caused_by_commit"}}, {"change_request", false, []string{"caused_by_change_request"}}, {"mended_by", false, nil}},
}

// reader turns files into facts. What is wrong is gathered.
type reader struct {
	files map[string]string
	zone  *time.Location // of times that do not say their offset; nil where they must
	rows  int
	bad   []string

	advice string         // what to do about the first thing that is wrong; "" for correcting rows
	filled map[string]int // rows by kind, and by kind.column those that say something there

	where    string // of an object that was pushed; "" in a file
	file     string // that is read
	line     int
	values   map[string]string
	lists    map[string][]string // what stands as a list instead
	requests map[string]*fact.ChangeRequest
	issues   map[string]*fact.Issue
	order    []string // keys of both, as they came
	projects []string
	out      fact.Delivery
}

// repeats are kinds without an id, of which an item can have the same again: what happens twice on a day
// reads alike where times are dates.
var repeats = []string{"change_request_events", "transitions"}

// mostBad is how many bad rows are named.
const mostBad = 10

func (d *reader) read(kind string, text []byte) {
	d.file = filepath.Base(d.files[kind])
	if !utf8.Valid(text) {
		d.bad = append(d.bad, d.file+": it is not UTF-8 text")
		return
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	head, err := r.Read()
	if err != nil {
		d.bad = append(d.bad, d.file+": a heading is missing")
		return
	}
	at, missing := locate(kind, head)
	if len(missing) > 0 {
		noun := "column "
		if len(missing) > 1 {
			noun = "columns "
		}
		d.bad = append(d.bad, fmt.Sprintf("%s:1: missing %s; there are: %s", d.file, noun+strings.Join(missing, ", "), strings.Join(head, ", ")))
		if d.advice == "" {
			d.advice = "add the " + noun + strings.Join(missing, ", ") + " to " + d.file + "; nothing of it was taken"
		}
		return
	}
	width := len(head)
	d.values = map[string]string{}
	seen := map[string]bool{}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			d.bad = append(d.bad, d.file+": "+err.Error())
			return
		}
		d.line, _ = r.FieldPos(0)
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue
		}
		if len(record) != width {
			d.wrong("it has %d columns, and the heading has %d", len(record), width)
			continue
		}
		row := strings.Join(record, "\x00")
		if seen[row] && !slices.Contains(repeats, kind) { // word for word: exports overlap
			continue
		}
		seen[row] = true
		clear(d.values)
		for name, i := range at {
			d.values[name] = strings.TrimSpace(record[i])
		}
		for _, c := range columns[kind] {
			if d.values[c.name] != "" {
				d.filled[kind+"."+c.name]++
			} else if c.need {
				d.wrong("%s is empty", c.name)
			}
		}
		d.rows++
		d.filled[kind]++
		d.take(kind)
	}
}

// locate finds our columns in a heading.
func locate(kind string, head []string) (at map[string]int, missing []string) {
	at = map[string]int{}
	for _, c := range columns[kind] {
		for _, name := range append([]string{c.name}, c.also...) {
			i := slices.IndexFunc(head, func(h string) bool {
				return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(h)), " ", "_") == name
			})
			if i >= 0 {
				at[c.name] = i
				break
			}
		}
		if _, ok := at[c.name]; c.need && !ok {
			missing = append(missing, c.name)
		}
	}
	return at, missing
}

func (d *reader) take(kind string) {
	switch kind {
	case "change_requests":
		d.changeRequest()
	case "change_request_events":
		if c := d.requestOf(); c != nil {
			c.Events = append(c.Events, fact.RequestEvent{Kind: d.eventKind(), Actor: d.person("actor"), At: d.time("at")})
		}
	case "change_request_commits":
		if c := d.requestOf(); c != nil {
			c.Commits = append(c.Commits, fact.RequestCommit{SHA: d.values["sha"], AuthoredAt: d.time("authored_at")})
		}
	case "issues":
		d.issue()
	case "transitions":
		if i := d.issueOf(); i != nil {
			i.Transitions = append(i.Transitions, fact.Transition{From: d.values["from"], To: d.values["to"], FromCategory: d.category("from_category"), ToCategory: d.category("to_category"), At: d.time("at")})
		}
	case "sprint_issues":
		if i := d.issueOf(); i != nil {
			i.Sprints = append(i.Sprints, fact.SprintSpan{SprintID: d.values["sprint"], AddedAt: d.time("added_at"), RemovedAt: d.time("removed_at")})
		}
	case "sprints":
		d.project()
		if slices.ContainsFunc(d.out.Sprints, func(s fact.Sprint) bool { return s.Project == d.values["project"] && s.ID == d.values["id"] }) {
			d.wrong("sprint %s of %s is there twice, and not the same", d.values["id"], d.values["project"])
		}
		d.out.Sprints = append(d.out.Sprints, fact.Sprint{Project: d.values["project"], ID: d.values["id"], Name: d.values["name"], StartedAt: d.time("started_at"), EndsAt: d.time("ends_at"), CompletedAt: d.time("completed_at")})
	case "builds":
		b := fact.Build{Repository: d.values["repository"], ID: d.values["id"], Pipeline: d.values["pipeline"], Attempt: int(d.whole("attempt", 1)), SHA: d.values["sha"], Branch: d.values["branch"], Result: d.result(), QueuedAt: d.time("queued_at"), StartedAt: d.time("started_at"), FinishedAt: d.time("finished_at")}
		d.out.Builds = append(d.out.Builds, b)
	case "deployments":
		if d.values["repository"] == "" && d.values["application"] == "" {
			d.wrong("repository or application must be there")
		}
		x := fact.Deployment{Repository: d.values["repository"], Application: d.values["application"], ID: d.values["id"], Environment: d.values["environment"], SHA: d.values["sha"], Result: d.result(), StartedAt: d.time("started_at"), FinishedAt: d.time("finished_at")}
		d.ordered("finished_at", x.StartedAt, &x.FinishedAt)
		x.UpdatedAt = latest(x.StartedAt, x.FinishedAt)
		d.out.Deployments = append(d.out.Deployments, x)
	case "incidents":
		d.incident()
	}
}

func (d *reader) changeRequest() {
	c := fact.ChangeRequest{Repository: d.values["repository"], Number: d.whole("number", 0), Title: d.values["title"], Author: d.person("author"), Draft: d.truth("draft"), Base: d.values["base"], Head: d.values["head"],
		HeadSHA: d.values["head_sha"], MergeSHA: d.values["merge_sha"], OpenedAt: d.time("opened_at"), MergedAt: d.time("merged_at"), ClosedAt: d.time("closed_at"), UpdatedAt: d.time("updated_at"),
		Added: d.whole("added", fact.Uncounted), Deleted: d.whole("deleted", fact.Uncounted), Files: d.whole("files", fact.Uncounted), Paths: d.list("paths"), Labels: d.list("labels")}
	c.Closes = d.closes(c.Repository, c.Title)
	d.ordered("merged_at", c.OpenedAt, &c.MergedAt)
	d.ordered("closed_at", c.OpenedAt, &c.ClosedAt)
	switch c.State = fact.RequestState(strings.ToLower(d.values["state"])); c.State {
	case fact.RequestOpen, fact.RequestClosed:
	case fact.RequestMerged:
		if c.MergedAt.IsZero() {
			d.wrong("it is merged, and merged_at is empty")
		}
		if c.ClosedAt.IsZero() {
			c.ClosedAt = c.MergedAt
		}
	case "":
	default:
		d.wrong("state %q is none of open, merged, closed", d.values["state"])
	}
	c.UpdatedAt = latest(c.UpdatedAt, c.OpenedAt, c.ClosedAt)
	key := fmt.Sprintf("%s#%d", c.Repository, c.Number)
	if d.requests == nil {
		d.requests = map[string]*fact.ChangeRequest{}
	}
	if d.requests[key] != nil {
		d.wrong("%s is there twice, and not the same", key)
		return
	}
	d.requests[key] = &c
	d.order = append(d.order, key)
}

// requestOf is the change request that a row belongs to.
func (d *reader) requestOf() *fact.ChangeRequest {
	key := fmt.Sprintf("%s#%d", d.values["repository"], d.whole("number", 0))
	if d.requests[key] == nil {
		d.wrong("no change request %s is in %s", key, filepath.Base(d.files["change_requests"]))
	}
	return d.requests[key]
}

func (d *reader) issue() {
	d.project()
	i := fact.Issue{Project: d.values["project"], ID: d.values["id"], Key: d.values["key"], Kind: d.values["kind"], Title: d.values["title"], Status: d.values["status"], Category: d.category("category"), Parent: d.values["parent"],
		OpenedAt: d.time("opened_at"), ResolvedAt: d.time("resolved_at"), UpdatedAt: d.time("updated_at"), Labels: d.list("labels"), Links: d.closedBy()}
	if i.Key == "" {
		i.Key = i.ID
	}
	if s := d.values["points"]; s != "" {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			d.wrong("points %q is no number", s)
		}
		i.Points = &v
	}
	if i.Category == fact.IssueDone && i.ResolvedAt.IsZero() {
		d.wrong("it is done, and resolved_at is empty")
	}
	d.ordered("resolved_at", i.OpenedAt, &i.ResolvedAt)
	i.UpdatedAt = latest(i.UpdatedAt, i.OpenedAt, i.ResolvedAt)
	if d.issues == nil {
		d.issues = map[string]*fact.Issue{}
	}
	if d.issues[i.ID] != nil {
		if other := d.issues[i.ID].Project; other != i.Project {
			d.wrong("issue %s is in %s, too: where projects number alike, let id be as KEY-1", i.ID, other)
			return
		}
		d.wrong("issue %s is there twice, and not the same", i.ID)
		return
	}
	d.issues[i.ID] = &i
	d.order = append(d.order, i.ID)
}

// issueOf is the issue that a row belongs to.
func (d *reader) issueOf() *fact.Issue {
	if d.issues[d.values["id"]] == nil {
		d.wrong("no issue %s is in %s", d.values["id"], filepath.Base(d.files["issues"]))
	}
	return d.issues[d.values["id"]]
}

func (d *reader) incident() {
	i := fact.Incident{ID: d.values["id"], Service: d.values["service"], Title: d.values["title"], Severity: d.values["severity"], OpenedAt: d.time("opened_at"), AcknowledgedAt: d.time("acknowledged_at"), ResolvedAt: d.time("resolved_at")}
	for name, kind := range map[string]fact.IncidentLinkKind{"deployment": fact.CausedByDeployment, "commit": fact.CausedByCommit, "change_request": fact.CausedByRequest, "mended_by": fact.MendedBy} {
		if v := d.values[name]; v != "" {
			i.Links = append(i.Links, fact.IncidentLink{Kind: kind, Target: v})
		}
	}
	slices.SortFunc(i.Links, func(a, b fact.IncidentLink) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	d.ordered("acknowledged_at", i.OpenedAt, &i.AcknowledgedAt)
	d.ordered("resolved_at", i.OpenedAt, &i.ResolvedAt)
	i.UpdatedAt = latest(i.OpenedAt, i.AcknowledgedAt, i.ResolvedAt)
	d.out.Incidents = append(d.out.Incidents, i)
}

func (d *reader) project() {
	if !slices.Contains(d.projects, d.values["project"]) {
		d.projects = append(d.projects, d.values["project"])
	}
}

// delivery is everything that was read. What belongs to an item makes it newer.
func (d *reader) delivery() fact.Delivery {
	for _, p := range d.projects {
		d.out.Projects = append(d.out.Projects, fact.Project{Name: p})
	}
	for _, key := range d.order {
		if c := d.requests[key]; c != nil {
			slices.SortStableFunc(c.Events, func(a, b fact.RequestEvent) int { return a.At.Compare(b.At) })
			slices.SortStableFunc(c.Commits, func(a, b fact.RequestCommit) int { return a.AuthoredAt.Compare(b.AuthoredAt) })
			for _, e := range c.Events {
				c.UpdatedAt = latest(c.UpdatedAt, e.At)
			}
			d.out.ChangeRequests = append(d.out.ChangeRequests, *c)
		}
		if i := d.issues[key]; i != nil {
			slices.SortStableFunc(i.Transitions, func(a, b fact.Transition) int { return a.At.Compare(b.At) })
			i.Transitions = slices.Compact(i.Transitions) // who is there already takes no step
			slices.SortStableFunc(i.Sprints, func(a, b fact.SprintSpan) int { return a.AddedAt.Compare(b.AddedAt) })
			for _, t := range i.Transitions {
				i.UpdatedAt = latest(i.UpdatedAt, t.At)
			}
			for _, s := range i.Sprints {
				i.UpdatedAt = latest(i.UpdatedAt, s.AddedAt, s.RemovedAt)
			}
			d.out.Issues = append(d.out.Issues, *i)
		}
	}
	return d.out
}

func (d *reader) refuse() error {
	if len(d.bad) == 0 {
		return nil
	}
	text := strings.Join(d.bad[:min(len(d.bad), mostBad)], "\n  ")
	if more := len(d.bad) - mostBad; more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	return problem.New(problem.Invalid, cmp.Or(d.advice, "correct these rows; nothing of the file was taken"), "%s", text)
}

func (d *reader) wrong(format string, args ...any) {
	where := d.where
	if where == "" {
		where = fmt.Sprintf("%s:%d", d.file, d.line)
	}
	d.bad = append(d.bad, where+": "+fmt.Sprintf(format, args...))
}

func (d *reader) person(column string) fact.Identity {
	return fact.Identity{Name: d.values[column], Email: d.values[column+"_email"]}
}

func (d *reader) eventKind() fact.RequestEventKind {
	k := fact.RequestEventKind(strings.ToLower(d.values["kind"]))
	switch k {
	case fact.ReviewRequested, fact.Ready, fact.Drafted, fact.Approved, fact.ChangesRequested, fact.Reviewed, fact.Commented, fact.Pushed, fact.Reopened:
	default:
		d.wrong("kind %q is none of review_requested, ready, drafted, approved, changes_requested, reviewed, commented, pushed, reopened", d.values["kind"])
	}
	return k
}

func (d *reader) category(column string) fact.IssueCategory {
	c := fact.IssueCategory(strings.ToLower(d.values[column]))
	if c != fact.IssueToDo && c != fact.IssueDoing && c != fact.IssueDone {
		d.wrong("%s %q is none of todo, doing, done", column, d.values[column])
	}
	return c
}

func (d *reader) result() fact.Result {
	r := fact.Result(strings.ToLower(d.values["result"]))
	switch r {
	case fact.Succeeded, fact.Failed, fact.Cancelled, fact.Running:
	default:
		d.wrong("result %q is none of success, failure, cancelled, running", d.values["result"])
	}
	return r
}

func (d *reader) truth(column string) bool {
	switch strings.ToLower(d.values[column]) {
	case "", "false", "no", "0":
	case "true", "yes", "1":
		return true
	default:
		d.wrong("%s %q is neither true nor false", column, d.values[column])
	}
	return false
}

func (d *reader) whole(column string, none int64) int64 {
	s := strings.TrimPrefix(d.values[column], "#")
	if s == "" {
		return none
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		d.wrong("%s %q is no whole number", column, d.values[column])
	}
	return n
}

// layouts of times; local ones do not say their offset from UTC.
var (
	layouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700"}
	local   = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly}
)

// time reads an instant; zero where the column is empty.
func (d *reader) time(column string) time.Time {
	s := d.values[column]
	if s == "" {
		return time.Time{}
	}
	at, ok := parse(s, layouts)
	if !ok {
		if at, ok = parse(s, local); ok && d.zone == nil {
			d.wrong("%s %q does not say its offset from UTC; write it as 2024-05-01T09:30:00Z", column, s)
			return time.Time{}
		}
		if ok {
			at, _ = instants(at, d.zone)
		}
	}
	if !ok || at.Year() < 1980 || at.Year() > 2200 {
		d.wrong("%s %q is no time; write it as 2024-05-01T09:30:00Z", column, s)
		return time.Time{}
	}
	return at
}

// parse reads a time by the first layout that fits; one without an offset as of UTC.
func parse(s string, layouts []string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Microsecond), true
		}
	}
	return time.Time{}, false
}

// instants are when the clocks of a zone show what a time in UTC shows: two, where they are put back
// over it. Where they are put forward over it, it is taken by the clock that was not.
func instants(shown time.Time, zone *time.Location) (first, last time.Time) {
	by := func(of time.Time) (time.Time, bool) {
		_, seconds := of.In(zone).Zone()
		at := shown.Add(-time.Duration(seconds) * time.Second)
		_, then := at.In(zone).Zone()
		return at, then == seconds
	}
	before, ok := by(shown.Add(-24 * time.Hour))
	after, too := by(shown.Add(24 * time.Hour))
	switch {
	case ok && too:
		return before, after
	case too:
		return after, after
	}
	return before, before
}

// ordered refuses an end before its beginning. An end in the hour that clocks show twice is in the
// second one where it would be too early in the first.
func (d *reader) ordered(column string, begin time.Time, end *time.Time) {
	if begin.IsZero() || end.IsZero() || !end.Before(begin) {
		return
	}
	if shown, ok := parse(d.values[column], local); ok && d.zone != nil {
		if _, *end = instants(shown, d.zone); !end.Before(begin) {
			return
		}
	}
	d.wrong("%s is before its beginning, %s", column, begin.Format(time.RFC3339))
}

func latest(times ...time.Time) (t time.Time) {
	for _, one := range times {
		if one.After(t) {
			t = one
		}
	}
	return t
}

// list is what a column lists: separated by semicolons or commas, where it does not stand as a list.
func (d *reader) list(column string) (out []string) {
	list := d.lists[column]
	if list == nil {
		list = strings.FieldsFunc(d.values[column], func(r rune) bool { return r == ';' || r == ',' })
	}
	for _, l := range list {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// closes are the issues that a change request is told to close, and those that its title says.
func (d *reader) closes(repository, title string) (out []string) {
	for _, ref := range d.list("closes") {
		issue, ok := fact.ClosedIssue(repository, ref)
		if !ok {
			d.wrong("closes %q is no issue as #12, acme/web#12 or PAY-12", ref)
		}
		out = append(out, issue)
	}
	for _, issue := range fact.Closes(repository, title, "") {
		if !slices.Contains(out, issue) {
			out = append(out, issue)
		}
	}
	return out
}

// closedBy are the change requests that are told to have closed an issue.
func (d *reader) closedBy() (out []fact.IssueLink) {
	for _, ref := range d.list("closed_by") {
		repository, number, _ := strings.Cut(ref, "#")
		if n, err := strconv.ParseInt(number, 10, 64); err != nil || n <= 0 || repository == "" {
			d.wrong("closed_by %q is no change request as acme/web#12", ref)
		}
		out = append(out, fact.IssueLink{Kind: "closed by", Target: ref})
	}
	return out
}
