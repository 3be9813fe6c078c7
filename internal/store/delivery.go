package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// Page is a piece of what a system told, with the cursor of the stream that it is of.
type Page struct {
	Source   string
	Stream   string
	Cursor   string
	ReadAt   time.Time
	Delivery fact.Delivery
	// Repositories gives the ids of the repositories that the page names.
	Repositories map[string]string
	Whole        []fact.ItemKind // what the source told of these before is forgotten
	Skipped      []fact.Skipped
	Fresh        bool // the stream is read from its beginning: what was skipped of it before is forgotten
}

// WritePage stores a page and its cursor in one transaction. What is stored already and
// newer stays, so that pages can come in any order and more than once.
func (s *Store) WritePage(ctx context.Context, p Page) error {
	if err := s.room(); err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) {
		d := p.Delivery
		t.forget(p.Source, p.Whole)
		t.people(actors(d))
		t.requests(p)
		t.projects(p.Source, d.Projects)
		t.issues(p.Source, d.Issues)
		t.sprints(p.Source, d.Sprints)
		t.builds(p)
		t.deployments(p)
		t.incidents(p.Source, d.Incidents)
		t.gone(p)
		t.staleBy(p)
		if p.Fresh {
			t.exec("DELETE FROM skipped WHERE location = $1", p.Source+" "+p.Stream)
		}
		for _, sk := range p.Skipped { // said again, it is not more
			t.exec("DELETE FROM skipped WHERE location = $1 AND what = $2 AND why = $3", p.Source+" "+p.Stream, sk.What, t.written("why", sk.Why))
		}
		t.skip(Batch{Location: p.Source + " " + p.Stream, Skipped: p.Skipped})
		t.exec(`INSERT INTO feed_stream VALUES ($1, $2, $3, $4) ON CONFLICT (source, stream)
			DO UPDATE SET cursor_state = excluded.cursor_state, read_at = excluded.read_at`, p.Source, p.Stream, p.Cursor, p.ReadAt)
	})
}

// staleBy notes what follows from what a page tells, so that it is made again.
func (t *tx) staleBy(p Page) {
	d := p.Delivery
	repos, projects := map[string]bool{}, map[string]bool{}
	for _, r := range d.ChangeRequests {
		repos[p.Repositories[r.Repository]] = true
	}
	for _, x := range d.Deployments {
		repos[p.Repositories[x.Repository]] = true
	}
	var closing, issues []string // repositories of which a change closed an issue; and the issues
	for _, i := range d.Issues {
		projects[ProjectID(p.Source, i.Project)] = true
		issues = append(issues, strings.ToLower(i.Project)+"#"+strings.TrimPrefix(i.Key, "#"))
		for _, l := range i.Links {
			repository, _, _ := strings.Cut(l.Target, "#")
			closing = append(closing, repository)
		}
	}
	if len(issues) > 0 {
		t.changed("stale_delivery", "SELECT DISTINCT repo_id FROM forge_repository WHERE name = ANY($1::varchar[])", append([]string{}, distinct(closing)...))
		t.changed("stale_delivery", "SELECT DISTINCT repo_id FROM change_request_close WHERE source = $1 AND issue = ANY($2::varchar[])", p.Source, issues)
	}
	for _, g := range d.Gone {
		switch g.Kind {
		case fact.IssueItem:
			projects[ProjectID(p.Source, g.In)] = true
		case fact.IncidentItem:
			repos[""] = true
		default:
			repos[p.Repositories[g.In]] = true
		}
	}
	if len(d.Incidents) > 0 {
		repos[""] = true
	}
	if len(p.Whole) > 0 { // also of what is no longer told
		repos[""] = true
		t.changed("stale_delivery", "SELECT DISTINCT repo_id FROM forge_repository WHERE source = $1", p.Source)
		t.changed("stale_rollup", "SELECT DISTINCT repo_id FROM forge_repository WHERE source = $1", p.Source)
		t.exec("INSERT INTO stale_project SELECT project_id FROM project WHERE source = $1 ON CONFLICT DO NOTHING", p.Source)
	}
	for id := range repos {
		t.changed("stale_delivery", one, id)
		if id != "" {
			t.changedFrom("stale_rollup", "SELECT CAST($1 AS varchar) AS repo_id, "+fromNever+" AS from_at", id)
		}
	}
	for id := range projects {
		t.exec("INSERT INTO stale_project VALUES ($1) ON CONFLICT DO NOTHING", id)
	}
}

// Stream is what is read apart from a system.
type Stream struct {
	Source, Stream, Cursor string
	ReadAt                 time.Time
}

// Streams lists what was ever read of systems.
func (s *Store) Streams(ctx context.Context) (out []Stream, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var st Stream
		err := rows.Scan(&st.Source, &st.Stream, &st.Cursor, &st.ReadAt)
		st.ReadAt = st.ReadAt.UTC()
		out = append(out, st)
		return err
	}, "SELECT source, stream, cursor_state, read_at FROM feed_stream ORDER BY source, stream")
	return out, err
}

// ReadWhole says that all that a system tells was read at a time, also of streams without news; or
// all of some streams.
func (s *Store) ReadWhole(ctx context.Context, source string, at time.Time, streams ...string) error {
	return s.write(ctx, func(t *tx) {
		if len(streams) == 0 {
			t.exec("UPDATE feed_stream SET read_at = $2 WHERE source = $1", source, at)
			return
		}
		t.exec("UPDATE feed_stream SET read_at = $2 WHERE source = $1 AND stream = ANY($3::varchar[])", source, at, streams)
	})
}

// ForgetStreams forgets when other streams of a system than these were read, and how far: what they told
// stays, and is read anew where they are asked for again.
func (s *Store) ForgetStreams(ctx context.Context, source string, but []string) error {
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM feed_stream WHERE source = $1 AND NOT stream = ANY($2::varchar[])", source, but)
	})
}

// ForgeRepositories gives the ids of the repositories that a system names.
func (s *Store) ForgeRepositories(ctx context.Context, source string) (map[string]string, error) {
	out := map[string]string{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var name, id string
		err := rows.Scan(&name, &id)
		out[name] = id
		return err
	}, "SELECT name, repo_id FROM forge_repository WHERE source = $1", source)
	return out, err
}

// NamedCommits gives some commits that systems name of a repository.
func (s *Store) NamedCommits(ctx context.Context, repoID string) ([]string, error) {
	return s.column(ctx, `SELECT n.sha FROM (SELECT merge_sha AS sha FROM change_request WHERE repo_id = $1 UNION SELECT sha FROM deployment WHERE repo_id = $1) n
		WHERE n.sha <> '' ORDER BY n.sha LIMIT 10`, repoID)
}

// Told counts what each system told, by kind; a kind of which it told nothing is not there.
func (s *Store) Told(ctx context.Context) (map[string]map[fact.ItemKind]int, error) {
	out := map[string]map[fact.ItemKind]int{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var source string
		var kind fact.ItemKind
		var n int
		err := rows.Scan(&source, &kind, &n)
		if out[source] == nil {
			out[source] = map[fact.ItemKind]int{}
		}
		out[source][kind] = n
		return err
	}, `SELECT source, 'change_request', COUNT(*) FROM change_request GROUP BY source UNION ALL SELECT source, 'issue', COUNT(*) FROM issue GROUP BY source
		UNION ALL SELECT p.source, 'sprint', COUNT(*) FROM sprint s JOIN project p ON p.project_id = s.project_id GROUP BY p.source
		UNION ALL SELECT source, 'build', COUNT(*) FROM build GROUP BY source UNION ALL SELECT source, 'deployment', COUNT(*) FROM deployment GROUP BY source
		UNION ALL SELECT source, 'incident', COUNT(*) FROM incident GROUP BY source`)
	return out, err
}

// ofRepository are the tables of what systems tell of a repository.
var ofRepository = []string{"change_request", "change_request_commit", "change_request_event", "change_request_label", "change_request_close", "build", "deployment"}

// PutForgeRepository says which repository it is that a system names. What was stored of
// it under another id moves with it.
func (s *Store) PutForgeRepository(ctx context.Context, source, name, repoID string) error {
	known, err := s.ForgeRepositories(ctx, source)
	if err != nil || known[name] == repoID {
		return err
	}
	return s.write(ctx, func(t *tx) {
		t.exec("INSERT INTO repository VALUES ($1, $2, '') ON CONFLICT (repo_id) DO NOTHING", repoID, name)
		if before := known[name]; before != "" {
			for _, table := range ofRepository {
				t.exec("UPDATE "+table+" SET repo_id = $1 WHERE repo_id = $2 AND source = $3", repoID, before, source)
			}
			t.exec("DELETE FROM repository WHERE repo_id = $1 AND root_sha = ''", before)
			t.forgetDelivery("$1", before)
		}
		t.changed("stale_delivery", one, repoID)
		t.changed("stale_rollup", one, repoID)
		t.exec(`INSERT INTO forge_repository VALUES ($1, $2, $3) ON CONFLICT (source, name) DO UPDATE SET repo_id = excluded.repo_id`, source, name, repoID)
	})
}

// ForgetSource takes out what a system told, so that it is read anew.
func (s *Store) ForgetSource(ctx context.Context, source string) error {
	return s.write(ctx, func(t *tx) {
		t.changed("stale_delivery", "SELECT DISTINCT repo_id FROM forge_repository WHERE source = $1", source)
		t.changed("stale_delivery", "SELECT '' AS repo_id")
		t.changed("stale_rollup", "SELECT DISTINCT repo_id FROM forge_repository WHERE source = $1", source)
		for _, table := range ofIssues {
			t.exec("DELETE FROM "+table+" WHERE project_id IN (SELECT project_id FROM project WHERE source = $1)", source)
		}
		alone := "SELECT repo_id FROM repository WHERE root_sha = '' AND repo_id IN (SELECT repo_id FROM forge_repository WHERE source = $1)" // no clone is of them
		t.forgetDelivery(alone, source)
		t.exec("DELETE FROM repository WHERE repo_id IN ("+alone+")", source)
		t.forget(source, slices.Collect(maps.Keys(itemTables)))
		t.exec("DELETE FROM scope_project WHERE project_id IN (SELECT project_id FROM project WHERE source = $1)", source)
		for _, table := range []string{"feed_stream", "forge_repository"} {
			t.exec("DELETE FROM "+table+" WHERE source = $1", source)
		}
		t.exec("DELETE FROM project WHERE source = $1", source)
		t.exec("DELETE FROM skipped WHERE substr(location, 1, length(CAST($1 AS varchar)) + 1) = CAST($1 AS varchar) || ' '", source)
	})
}

// forgetDelivery takes out what was worked out of repositories that are no more.
func (t *tx) forgetDelivery(repositories string, args ...any) {
	for _, table := range []string{"production_deployment", "change_delivery", "deployment_failure", "deployment_rework", "application_incidents", "request_class", "stale_delivery", "stale_rollup"} {
		t.exec("DELETE FROM "+table+" WHERE repo_id IN ("+repositories+")", args...)
	}
}

// PutProjectScopes replaces which projects belong to the company, a group or a team.
func (s *Store) PutProjectScopes(ctx context.Context, projects map[string][]Belonging) error {
	var rows [][]any
	for scope, held := range projects {
		for _, p := range held {
			since, until := p.row()
			rows = append(rows, []any{scope, p.ID, since, until})
		}
	}
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM scope_project")
		t.bulk("scope_project", rows)
	})
}

// ProjectID is the key of a tracker's project.
func ProjectID(source, name string) string { return source + "/" + name }

func (t *tx) requests(p Page) {
	var rows [][]any
	newest := map[string]time.Time{}
	of := map[string]fact.ChangeRequest{}
	for _, r := range p.Delivery.ChangeRequests {
		k := fmt.Sprintf("%s %d", p.Repositories[r.Repository], r.Number)
		if at, ok := newest[k]; !ok || r.UpdatedAt.After(at) {
			newest[k], of[k] = r.UpdatedAt, r
		}
	}
	t.drop(newest, `SELECT repo_id || ' ' || CAST(number AS varchar), updated_at FROM change_request WHERE source = $1 AND repo_id = ANY($2::varchar[]) AND number = ANY($3::bigint[])`,
		p.Source, repoIDs(p), numbers(p.Delivery.ChangeRequests))
	var commits, events, labels, closes [][]any
	stored := map[string][]int64{} // by repository
	for k := range newest {
		r := of[k]
		repo := p.Repositories[r.Repository]
		stored[repo] = append(stored[repo], r.Number)
		rows = append(rows, []any{repo, p.Source, r.Number, t.written("title", r.Title), IdentityID(r.Author), string(r.State), r.Draft, t.written("base_branch", r.Base), t.written("head_branch", r.Head), r.HeadSHA, r.MergeSHA,
			r.OpenedAt, moment(r.MergedAt), moment(r.ClosedAt), r.UpdatedAt, count(r.Added), count(r.Deleted), count(r.Files), pathsSay(r)})
		for i, c := range r.Commits {
			commits = append(commits, []any{repo, p.Source, r.Number, int32(i), c.SHA, c.AuthoredAt})
		}
		for i, e := range r.Events {
			events = append(events, []any{repo, p.Source, r.Number, int32(i), string(e.Kind), IdentityID(e.Actor), e.At})
		}
		for _, l := range distinct(r.Labels) {
			labels = append(labels, []any{repo, p.Source, r.Number, t.written("label", l)})
		}
		for i, issue := range r.Closes {
			closes = append(closes, []any{repo, p.Source, r.Number, int32(i), issue})
		}
	}
	t.replace("change_request", []string{"repo_id", "source", "number"}, rows)
	for _, child := range []struct {
		table string
		rows  [][]any
	}{{"change_request_commit", commits}, {"change_request_event", events}, {"change_request_label", labels}, {"change_request_close", closes}} {
		for repo, numbers := range stored {
			t.exec("DELETE FROM "+child.table+" WHERE repo_id = $1 AND source = $2 AND number = ANY($3::bigint[])", repo, p.Source, numbers)
		}
		t.bulk(child.table, child.rows)
	}
}

// pathsSay is null where not all paths are known.
func pathsSay(r fact.ChangeRequest) any {
	if r.Paths == nil {
		return nil
	}
	return r.PathsSay
}

func (t *tx) projects(source string, projects []fact.Project) {
	for _, p := range projects {
		t.exec(`INSERT INTO project VALUES ($1, $2, $3, $4) ON CONFLICT (project_id) DO UPDATE SET title = excluded.title`,
			ProjectID(source, p.Name), source, p.Name, p.Title)
	}
}

// issues stores issues. One that moved to another project is in that one alone.
func (t *tx) issues(source string, issues []fact.Issue) {
	newest, of := map[string]time.Time{}, map[string]fact.Issue{}
	for _, i := range issues {
		if at, ok := newest[i.ID]; !ok || i.UpdatedAt.After(at) {
			newest[i.ID], of[i.ID] = i.UpdatedAt, i
		}
	}
	t.drop(newest, "SELECT issue_id, updated_at FROM issue WHERE source = $1 AND issue_id = ANY($2::varchar[])", source, keys(newest))
	ids := keys(newest)
	if len(ids) == 0 {
		return
	}
	t.loosen(source, ids)
	for _, table := range []string{"issue_transition", "issue_label", "issue_link", "sprint_issue"} {
		t.exec("DELETE FROM "+table+" WHERE issue_id = ANY($1::varchar[]) AND project_id IN (SELECT project_id FROM issue WHERE source = $2 AND issue_id = ANY($1::varchar[]))", ids, source)
	}
	var rows, transitions, labels, links, sprints [][]any
	in := map[string][]string{} // by project
	for _, id := range ids {
		i := of[id]
		project := ProjectID(source, i.Project)
		in[project] = append(in[project], id)
		var points any
		if i.Points != nil {
			points = *i.Points
		}
		rows = append(rows, []any{project, source, id, i.Key, i.Kind, t.written("title", i.Title), i.Status, string(i.Category), i.Parent, points, i.OpenedAt, moment(i.ResolvedAt), i.UpdatedAt})
		for n, c := range i.Transitions {
			transitions = append(transitions, []any{project, id, int32(n), c.From, c.To, string(c.FromCategory), string(c.ToCategory), c.At})
		}
		for _, l := range distinct(i.Labels) {
			labels = append(labels, []any{project, id, t.written("label", l)})
		}
		for _, l := range i.Links {
			links = append(links, []any{project, id, l.Kind, l.Target})
		}
		for _, sp := range i.Sprints {
			sprints = append(sprints, []any{project, id, sp.SprintID, sp.AddedAt, moment(sp.RemovedAt)})
		}
	}
	for project, ids := range in {
		t.exec("DELETE FROM issue WHERE source = $1 AND issue_id = ANY($2::varchar[]) AND project_id <> $3", source, ids, project)
	}
	t.replace("issue", []string{"project_id", "issue_id"}, rows)
	t.bulk("issue_transition", transitions)
	t.bulk("issue_label", labels)
	t.bulk("issue_link", links)
	t.bulk("sprint_issue", sprints)
}

// loosen notes what rests on issues as they are stored, before they change or go: the projects that
// they are in, those of their parts, and the repositories with changes that close them.
func (t *tx) loosen(source string, ids []string) {
	t.exec("INSERT INTO stale_project SELECT DISTINCT project_id FROM issue WHERE source = $1 AND (issue_id = ANY($2::varchar[]) OR parent_id = ANY($2::varchar[])) ON CONFLICT DO NOTHING", source, ids)
	t.changed("stale_delivery", `SELECT c.repo_id FROM issue i
		JOIN project p ON p.project_id = i.project_id
		JOIN change_request_close c ON c.source = i.source AND c.issue = lower(p.name) || '#' || ltrim(i.issue_key, '#')
		WHERE i.source = $1 AND i.issue_id = ANY($2::varchar[])
		UNION SELECT f.repo_id FROM issue i
		JOIN issue_link l ON l.project_id = i.project_id AND l.issue_id = i.issue_id AND l.kind = 'closed by'
		JOIN forge_repository f ON f.name = split_part(l.target, '#', 1)
		WHERE i.source = $1 AND i.issue_id = ANY($2::varchar[])`, source, ids)
}

func (t *tx) sprints(source string, sprints []fact.Sprint) {
	var rows [][]any
	seen := map[string]int{}
	completed := t.completed(source, sprints)
	for _, s := range sprints {
		project := ProjectID(source, s.Project)
		if at, ok := completed[[2]string{project, s.ID}]; ok && s.AtLatest && at.Before(s.CompletedAt) {
			s.CompletedAt = at
		}
		row := []any{project, s.ID, t.written("name", s.Name), moment(s.StartedAt), moment(s.EndsAt), moment(s.CompletedAt)}
		if i, ok := seen[s.Project+" "+s.ID]; ok {
			rows[i] = row
			continue
		}
		seen[s.Project+" "+s.ID] = len(rows)
		rows = append(rows, row)
	}
	t.replace("sprint", []string{"project_id", "sprint_id"}, rows)
}

// completed is when sprints were completed, as it is stored, of those of which only the latest
// time is told: the first one that was seen is nearer.
func (t *tx) completed(source string, sprints []fact.Sprint) map[[2]string]time.Time {
	var projects, ids []string
	for _, s := range sprints {
		if s.AtLatest && !s.CompletedAt.IsZero() {
			projects, ids = append(projects, ProjectID(source, s.Project)), append(ids, s.ID)
		}
	}
	if t.err != nil || len(ids) == 0 {
		return nil
	}
	rows, err := t.conn.QueryContext(t.ctx, "SELECT project_id, sprint_id, completed_at FROM sprint WHERE completed_at IS NOT NULL AND project_id = ANY($1::varchar[]) AND sprint_id = ANY($2::varchar[])", projects, ids)
	if err != nil {
		t.err = fmt.Errorf("completed sprints: %w", err)
		return nil
	}
	defer rows.Close()
	out := map[[2]string]time.Time{}
	for rows.Next() {
		var key [2]string
		var at time.Time
		if t.err = rows.Scan(&key[0], &key[1], &at); t.err != nil {
			return nil
		}
		out[key] = at
	}
	t.err = rows.Err()
	return out
}

// builds stores builds; one that ended does not begin to run again, and of a page the one that ended last
// holds.
func (t *tx) builds(p Page) {
	var rows [][]any
	seen, ended := map[string]int{}, map[string]time.Time{}
	for _, b := range p.Delivery.Builds {
		row := []any{p.Repositories[b.Repository], p.Source, b.ID, int32(b.Attempt), b.Pipeline, b.SHA, t.written("branch", b.Branch), string(b.Result), b.QueuedAt, moment(b.StartedAt), moment(b.FinishedAt)}
		k := fmt.Sprintf("%s %s %d", b.Repository, b.ID, b.Attempt)
		if i, ok := seen[k]; !ok {
			seen[k], ended[k] = len(rows), b.FinishedAt
			rows = append(rows, row)
		} else if b.FinishedAt.After(ended[k]) {
			ended[k], rows[i] = b.FinishedAt, row
		}
	}
	t.upsert("build", []string{"repo_id", "source", "build_id", "attempt"}, rows, "excluded.finished_at IS NOT NULL OR build.finished_at IS NULL")
}

func (t *tx) deployments(p Page) {
	var rows [][]any
	newest, index := map[string]time.Time{}, map[string]int{}
	for _, d := range p.Delivery.Deployments {
		k := p.Repositories[d.Repository] + " " + d.ID
		row := []any{p.Repositories[d.Repository], p.Source, d.ID, d.Application, d.Environment, d.SHA, string(d.Result), d.StartedAt, moment(d.FinishedAt), d.UpdatedAt}
		if at, ok := newest[k]; !ok {
			newest[k], index[k] = d.UpdatedAt, len(rows)
			rows = append(rows, row)
		} else if d.UpdatedAt.After(at) {
			newest[k], rows[index[k]] = d.UpdatedAt, row
		}
	}
	t.upsert("deployment", []string{"repo_id", "source", "deployment_id"}, rows, "excluded.updated_at >= deployment.updated_at")
}

func (t *tx) incidents(source string, incidents []fact.Incident) {
	newest, of := map[string]time.Time{}, map[string]fact.Incident{}
	for _, i := range incidents {
		if at, ok := newest[i.ID]; !ok || i.UpdatedAt.After(at) {
			newest[i.ID], of[i.ID] = i.UpdatedAt, i
		}
	}
	t.drop(newest, "SELECT incident_id, updated_at FROM incident WHERE source = $1 AND incident_id = ANY($2::varchar[])", source, keys(newest))
	ids := keys(newest)
	var rows, links [][]any
	for _, id := range ids {
		i := of[id]
		rows = append(rows, []any{source, id, i.Service, t.written("title", i.Title), i.Severity, i.OpenedAt, moment(i.AcknowledgedAt), moment(i.ResolvedAt), i.UpdatedAt})
		for _, l := range i.Links {
			links = append(links, []any{source, id, string(l.Kind), l.Target})
		}
	}
	t.replace("incident", []string{"source", "incident_id"}, rows)
	if len(ids) > 0 {
		t.exec("DELETE FROM incident_link WHERE source = $1 AND incident_id = ANY($2::varchar[])", source, ids)
	}
	t.bulk("incident_link", links)
}

// itemTables hold the kinds of items, with what belongs to them.
var itemTables = map[fact.ItemKind][]string{
	fact.RequestItem:    {"change_request_commit", "change_request_event", "change_request_label", "change_request_close", "change_request"},
	fact.IssueItem:      {"issue_transition", "issue_label", "issue_link", "sprint_issue", "issue"},
	fact.SprintItem:     {"sprint"},
	fact.BuildItem:      {"build"},
	fact.DeploymentItem: {"deployment"},
	fact.IncidentItem:   {"incident_link", "incident"},
}

// forget takes out all items of some kinds that a source told.
func (t *tx) forget(source string, kinds []fact.ItemKind) {
	if slices.Contains(kinds, fact.IssueItem) { // changes of another system may have closed them
		t.changed("stale_delivery", `SELECT DISTINCT f.repo_id FROM issue_link l
			JOIN project p ON p.project_id = l.project_id
			JOIN forge_repository f ON f.name = split_part(l.target, '#', 1)
			WHERE p.source = $1 AND l.kind = 'closed by'`, source)
	}
	for _, kind := range kinds {
		for _, table := range itemTables[kind] {
			where := "source = $1"
			if kind == fact.IssueItem || kind == fact.SprintItem {
				where = "project_id IN (SELECT project_id FROM project WHERE source = $1)"
			}
			t.exec("DELETE FROM "+table+" WHERE "+where, source)
		}
	}
}

// gone takes out what the system says is deleted.
func (t *tx) gone(p Page) {
	for _, g := range p.Delivery.Gone {
		switch g.Kind {
		case fact.RequestItem:
			for _, table := range itemTables[g.Kind] {
				t.exec("DELETE FROM "+table+" WHERE repo_id = $1 AND source = $2 AND number = CAST($3 AS bigint)", p.Repositories[g.In], p.Source, g.ID)
			}
		case fact.IssueItem:
			t.loosen(p.Source, []string{g.ID})
			for _, table := range itemTables[g.Kind] {
				t.exec("DELETE FROM "+table+" WHERE project_id = $1 AND issue_id = $2", ProjectID(p.Source, g.In), g.ID)
			}
		case fact.DeploymentItem:
			t.exec("DELETE FROM deployment WHERE repo_id = $1 AND source = $2 AND deployment_id = $3", p.Repositories[g.In], p.Source, g.ID)
		case fact.IncidentItem:
			t.exec("DELETE FROM incident_link WHERE source = $1 AND incident_id = $2", p.Source, g.ID)
			t.exec("DELETE FROM incident WHERE source = $1 AND incident_id = $2", p.Source, g.ID)
		}
	}
}

// drop takes out of newest what is stored already and newer. The query gives keys and
// the times at which what is stored was last changed.
func (t *tx) drop(newest map[string]time.Time, query string, args ...any) {
	if t.err != nil || len(newest) == 0 {
		return
	}
	rows, err := t.conn.QueryContext(t.ctx, query, args...)
	if err != nil {
		t.err = fmt.Errorf("%w (in %.60q)", err, query)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var at time.Time
		if t.err = rows.Scan(&key, &at); t.err != nil {
			return
		}
		if told, ok := newest[key]; ok && at.After(told) {
			delete(newest, key)
		}
	}
	t.err = rows.Err()
}

// replace puts rows in the place of those with the same key.
func (t *tx) replace(table string, key []string, rows [][]any) { t.upsert(table, key, rows, "") }

// upsert puts rows in the place of those with the same key for which the condition holds.
func (t *tx) upsert(table string, key []string, rows [][]any, condition string) {
	if t.err != nil || len(rows) == 0 {
		return
	}
	columns := t.columns(table)
	incoming := "incoming_" + table // one name each: plans that a server keeps must not meet other columns
	t.exec("CREATE TEMP TABLE " + incoming + " AS SELECT * FROM " + table + " WHERE false")
	t.bulk(incoming, rows)
	var set []string
	for _, c := range columns {
		set = append(set, c+" = excluded."+c)
	}
	statement := "INSERT INTO " + table + " SELECT * FROM " + incoming + " ON CONFLICT (" + strings.Join(key, ", ") + ") DO UPDATE SET " + strings.Join(except(set, key), ", ")
	if condition != "" {
		statement += " WHERE " + condition
	}
	t.exec(statement)
	t.exec("DROP TABLE " + incoming)
}

// columns are those of a table, in order.
func (t *tx) columns(table string) (out []string) {
	if t.err != nil {
		return nil
	}
	rows, err := t.conn.QueryContext(t.ctx, "SELECT * FROM "+table+" WHERE false")
	if err != nil {
		t.err = err
		return nil
	}
	defer rows.Close()
	if out, err = rows.Columns(); err == nil {
		err = rows.Err()
	}
	t.err = err
	return out
}

// except leaves out the assignments of key columns.
func except(set, key []string) (out []string) {
	for _, s := range set {
		name, _, _ := strings.Cut(s, " ")
		isKey := false
		for _, k := range key {
			isKey = isKey || k == name
		}
		if !isKey {
			out = append(out, s)
		}
	}
	return out
}

// actors are the people that a page names.
func actors(d fact.Delivery) (out []fact.Identity) {
	for _, r := range d.ChangeRequests {
		out = append(out, r.Author)
		for _, e := range r.Events {
			out = append(out, e.Actor)
		}
	}
	return slices.DeleteFunc(out, func(id fact.Identity) bool { return id == fact.Identity{} }) // it was not told
}

func repoIDs(p Page) (out []string) {
	for _, id := range p.Repositories {
		out = append(out, id)
	}
	return out
}

func numbers(requests []fact.ChangeRequest) (out []int64) {
	for _, r := range requests {
		out = append(out, r.Number)
	}
	return out
}

func keys(m map[string]time.Time) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// distinct leaves out what is there already, and what is empty.
func distinct(list []string) (out []string) {
	seen := map[string]bool{"": true}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// moment is null for a time that has not come.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
