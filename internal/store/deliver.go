package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// Carried is what deliveries are worked out from, of one repository.
type Carried struct {
	Commits     []CarriedCommit
	Requests    []StoredRequest
	Deployments []StoredDeployment
	Since       time.Time // only the changes that may be others since then are here; zero: all
}

// CarriedCommit is a commit as deliveries need it. They come parents first where
// clocks are right; nothing rests on that.
type CarriedCommit struct {
	SHA, Change, Subject string
	Parents              []string
	AuthoredAt, LandedAt time.Time
	IsWork               bool // by a person, no merge, no end of a shallow history
	Person               int64
}

// StoredRequest is a change request.
type StoredRequest struct {
	Source         string
	Number         int64
	Title          string
	Head, MergeSHA string
	HeadSHA        string
	MergedAt       time.Time // zero while it is not
	Person         int64     // who asked for it
	ByBot          bool
	Commits        []fact.RequestCommit
	Labels         []string
	Closes         []string // as in fact.Closes
	PathsKnown     bool     // of all files
	PathsSay       string   // as in fact.ChangeRequest
}

// StoredDeployment is an attempt to deploy that ended.
type StoredDeployment struct {
	RepoID, Source, ID, Told, Environment, SHA string
	Result                                     fact.Result
	BeganAt, At                                time.Time // the second is when it ended
}

// PlacedDeployment is what became of an attempt to bring an application into production.
type PlacedDeployment struct {
	Application                  string
	Source, ID, Environment, SHA string
	BeganAt, At                  time.Time
	Kind                         string // see migrations 9 and 17
	OfSource, OfID               string // the deployment that it rolls out further or undoes; see migration 17
	Changes, Hotfixes            int64
}

// DeliveredChange is a change of an application, or of none with "", and what was first to carry it.
type DeliveredChange struct {
	Application, Key, SHA, Title, Category, IssueKey string
	StartedAt, LandedAt                              time.Time
	DeployedAt                                       time.Time // zero while nothing carries it
	DeploymentSource, DeploymentID                   string
	IsBaseline                                       bool
	Person                                           int64 // who wrote most of it
}

// RenewDelivery notes that everything is to be worked out again, where it was worked out by
// another version of the rules.
func (s *Store) RenewDelivery(ctx context.Context, version string) error {
	made, err := s.column(ctx, "SELECT version FROM delivery_version")
	if err != nil || slices.Equal(made, []string{version}) {
		return err
	}
	return s.write(ctx, func(t *tx) {
		t.changed("stale_delivery", "SELECT repo_id FROM repository")
		t.changed("stale_delivery", "SELECT '' AS repo_id")
		t.exec("INSERT INTO stale_project SELECT project_id FROM project ON CONFLICT DO NOTHING")
		t.exec("DELETE FROM delivery_version")
		t.exec("INSERT INTO delivery_version VALUES ($1)", version)
	})
}

// StaleDelivery names the repositories of which deliveries are to be worked out again. ""
// stands for what belongs to no repository.
func (s *Store) StaleDelivery(ctx context.Context) ([]string, error) {
	return s.column(ctx, "SELECT repo_id FROM stale_delivery ORDER BY repo_id")
}

// SpreadStale notes what rests on the issues of projects of which any changed: projects of which an
// issue is a part of one of those, repositories that are such a project, and those of which a
// commit or a change request mentions an issue of one. find gives the issues of other
// repositories that the first line of a commit or a title mentions, as acme/web#12.
func (s *Store) SpreadStale(ctx context.Context, find func(said string) []string) error {
	stale, err := s.column(ctx, "SELECT project_id FROM stale_project LIMIT 1")
	if err != nil || len(stale) == 0 {
		return err
	}
	err = s.write(ctx, func(t *tx) {
		t.exec(`INSERT INTO stale_project SELECT DISTINCT i.project_id FROM issue i
			JOIN issue above ON above.source = i.source AND above.issue_id = i.parent_id AND above.project_id <> i.project_id
			JOIN stale_project s ON s.project_id = above.project_id ON CONFLICT DO NOTHING`)
		t.changed("stale_delivery", `SELECT DISTINCT f.repo_id FROM forge_repository f
			JOIN project p ON p.source = f.source AND p.name = f.name
			JOIN stale_project s ON s.project_id = p.project_id`)
	})
	if err != nil {
		return err
	}
	mention, err := s.mention(ctx, find)
	if err != nil || len(mention) == 0 {
		return err
	}
	return s.write(ctx, func(t *tx) { t.changed("stale_delivery", "SELECT unnest($1::varchar[]) AS repo_id", mention) })
}

// mention names the repositories of which any mentions an issue of a stale project. Those that
// are worked out again as a whole anyway are left out.
func (s *Store) mention(ctx context.Context, find func(said string) []string) ([]string, error) {
	projects, err := s.column(ctx, "SELECT DISTINCT lower(p.name) FROM project p JOIN stale_project s ON s.project_id = p.project_id")
	if err != nil {
		return nil, err
	}
	changed, repositories := map[string]bool{}, map[string]bool{}
	for _, p := range projects {
		changed[p] = true
	}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var id, said string
		err := rows.Scan(&id, &said)
		for _, m := range find(said) {
			if project, _, _ := strings.Cut(m, "#"); changed[project] {
				repositories[id] = true
			}
		}
		return err
	}, `SELECT c.repo_id, c.said FROM (
			SELECT repo_id, subject AS said FROM commit WHERE subject LIKE '%/%#%'
			UNION ALL SELECT repo_id, title FROM change_request WHERE title LIKE '%/%#%') c
		WHERE c.repo_id IN (SELECT f.repo_id FROM forge_repository f JOIN project p ON p.source = f.source JOIN stale_project s ON s.project_id = p.project_id)
		AND c.repo_id NOT IN (SELECT repo_id FROM stale_delivery WHERE from_at = `+fromStart+`)`)
	return slices.Sorted(maps.Keys(repositories)), err
}

// RepositoryNames gives every name of each repository, as clones and forges call it: those
// of clones first, in the order of their letters, whichever was read last.
func (s *Store) RepositoryNames(ctx context.Context) (map[string][]string, error) {
	out := map[string][]string{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		if !slices.Contains(out[id], name) {
			out[id] = append(out[id], name)
		}
		return err
	}, `SELECT repo_id, name FROM (
			SELECT repo_id, name, 0 AS rank FROM location WHERE repo_id IS NOT NULL
			UNION ALL SELECT repo_id, name, 1 FROM forge_repository
			UNION ALL SELECT repo_id, name, 2 FROM repository) n
		ORDER BY repo_id, rank, name`)
	return out, err
}

// Carried reads what deliveries of a repository are worked out from. Deployments of
// systems that name no repository come with every one. Where there are neither deployments
// nor change requests, a change rests on its own commits alone, and those suffice that may
// have changed since deliveries were made.
func (s *Store) Carried(ctx context.Context, repoID string) (c Carried, err error) {
	if c.Requests, err = s.storedRequests(ctx, repoID); err != nil {
		return c, err
	}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var d StoredDeployment
		var result string
		err := rows.Scan(&d.RepoID, &d.Source, &d.ID, &d.Told, &d.Environment, &d.SHA, &result, &d.BeganAt, &d.At)
		d.Result, d.BeganAt, d.At = fact.Result(result), d.BeganAt.UTC(), d.At.UTC()
		c.Deployments = append(c.Deployments, d)
		return err
	}, `SELECT CASE WHEN repo_id = $1 THEN repo_id ELSE '' END, source, deployment_id, told_application, environment, sha, result, started_at, COALESCE(finished_at, started_at) AS ended_at
		FROM deployment WHERE repo_id IN ($1, '') AND result <> 'running'
			OR result <> 'running' AND repo_id IN (SELECT repo_id FROM repository WHERE root_sha = '' AND name LIKE 'application %')
		ORDER BY 9, source, deployment_id`, repoID)
	if err != nil {
		return c, err
	}
	if len(c.Requests)+len(c.Deployments) == 0 {
		if c.Since, err = s.changedSince(ctx, "stale_delivery", repoID); err != nil {
			return c, err
		}
	}
	c.Commits, err = s.carriedCommits(ctx, repoID, c.Since)
	return c, err
}

// changesSince are the keys of changes that may be others since an instant, $2.
const changesSince = `(SELECT change_sha FROM commit WHERE repo_id = $1 AND landed_at >= $2 UNION SELECT sha FROM commit WHERE repo_id = $1 AND landed_at >= $2)`

// commitsSince begins a statement with what these changes are made of. Joins begin with it, since a
// database does not see by itself how few there are.
const commitsSince = "changed AS MATERIALIZED " + changesSince + `, part AS MATERIALIZED (
	SELECT c.sha FROM changed k JOIN commit c ON c.repo_id = $1 AND c.change_sha = k.change_sha UNION SELECT change_sha FROM changed), `

func (s *Store) carriedCommits(ctx context.Context, repoID string, since time.Time) (out []CarriedCommit, err error) {
	args, part, of := []any{repoID}, "", "commit c"
	if !since.IsZero() {
		args, part, of = append(args, since), commitsSince, "part JOIN commit c ON c.sha = part.sha"
	}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var c CarriedCommit
		var parent sql.NullString
		if err := rows.Scan(&c.SHA, &c.Change, &c.Subject, &c.AuthoredAt, &c.LandedAt, &c.IsWork, &c.Person, &parent); err != nil {
			return err
		}
		c.AuthoredAt, c.LandedAt = c.AuthoredAt.UTC(), c.LandedAt.UTC()
		if len(out) == 0 || out[len(out)-1].SHA != c.SHA {
			out = append(out, c)
		}
		if last := &out[len(out)-1]; parent.Valid {
			last.Parents = append(last.Parents, parent.String)
		}
		return nil
	}, "WITH "+part+`chosen AS (SELECT c.* FROM `+of+` WHERE c.repo_id = $1)
		SELECT c.sha, c.change_sha, c.subject, c.authored_at, c.landed_at, c.parent_count < 2 AND NOT c.is_boundary AND NOT i.is_bot AS is_work, i.person_id, p.parent_sha
		FROM chosen c
		JOIN identity i ON i.identity_id = c.author_id
		LEFT JOIN commit_parent p ON p.repo_id = $1 AND p.sha = c.sha
		ORDER BY c.landed_at, c.sha, p.position`, args...)
	return out, err
}

func (s *Store) storedRequests(ctx context.Context, repoID string) (out []StoredRequest, err error) {
	type key struct {
		source string
		number int64
	}
	index := map[key]int{}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var r StoredRequest
		var merged sql.NullTime
		var paths sql.NullString
		err := rows.Scan(&r.Source, &r.Number, &r.Title, &r.Head, &r.HeadSHA, &r.MergeSHA, &merged, &paths, &r.Person, &r.ByBot)
		r.PathsKnown, r.PathsSay = paths.Valid, paths.String
		if merged.Valid {
			r.MergedAt = merged.Time.UTC()
		}
		index[key{r.Source, r.Number}] = len(out)
		out = append(out, r)
		return err
	}, `SELECT r.source, r.number, r.title, r.head_branch, r.head_sha, r.merge_sha, r.merged_at, r.paths_say, i.person_id, i.is_bot
		FROM change_request r JOIN identity i ON i.identity_id = r.author_id
		WHERE r.repo_id = $1 ORDER BY r.merged_at NULLS LAST, r.source, r.number`, repoID)
	if err != nil {
		return nil, err
	}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var k key
		var c fact.RequestCommit
		err := rows.Scan(&k.source, &k.number, &c.SHA, &c.AuthoredAt)
		c.AuthoredAt = c.AuthoredAt.UTC()
		if i, ok := index[k]; ok {
			out[i].Commits = append(out[i].Commits, c)
		}
		return err
	}, "SELECT source, number, sha, authored_at FROM change_request_commit WHERE repo_id = $1 ORDER BY source, number, position", repoID)
	if err != nil {
		return nil, err
	}
	for query, to := range map[string]func(*StoredRequest) *[]string{
		"SELECT source, number, label FROM change_request_label WHERE repo_id = $1 ORDER BY source, number, label":    func(r *StoredRequest) *[]string { return &r.Labels },
		"SELECT source, number, issue FROM change_request_close WHERE repo_id = $1 ORDER BY source, number, position": func(r *StoredRequest) *[]string { return &r.Closes },
	} {
		err = s.each(ctx, func(rows *sql.Rows) error {
			var k key
			var text string
			err := rows.Scan(&k.source, &k.number, &text)
			if i, ok := index[k]; ok {
				list := to(&out[i])
				*list = append(*list, text)
			}
			return err
		}, query, repoID)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Tied are the categories of issues of a forge by the change requests of a repository that are
// told to have closed them, by those that say to close them, and by the issues' own numbers: all
// as SOURCE#NUMBER; and of issues of other repositories as "SOURCE acme/web#12".
type Tied struct {
	ClosedBy, Closes, Numbered, Elsewhere map[string]string
	Forges                                []string // that hold the repository
}

// Tied reads what ties changes of a repository to issues that are of a category; elsewhere are
// issues of other repositories that they mention, as acme/web#12.
func (s *Store) Tied(ctx context.Context, repoID string, elsewhere []string) (t Tied, err error) {
	read := func(query string, args ...any) (map[string]string, error) {
		to := map[string]string{}
		return to, s.each(ctx, func(rows *sql.Rows) error {
			var key, category string
			err := rows.Scan(&key, &category)
			if to[key] == "" {
				to[key] = category
			}
			return err
		}, query, args...)
	}
	if t.Forges, err = s.column(ctx, "SELECT DISTINCT source FROM forge_repository WHERE repo_id = $1 ORDER BY source", repoID); err != nil {
		return t, err
	}
	t.Numbered, err = read(`SELECT i.source || '#' || ltrim(i.issue_key, '#'), MIN(c.category) FROM issue i
		JOIN project p ON p.project_id = i.project_id
		JOIN forge_repository f ON f.source = i.source AND f.name = p.name AND f.repo_id = $1
		JOIN issue_class c ON c.project_id = i.project_id AND c.issue_id = i.issue_id AND c.category <> '' GROUP BY 1`, repoID)
	if err != nil {
		return t, err
	}
	t.Closes, err = read(`SELECT l.source || '#' || CAST(l.number AS varchar), c.category FROM change_request_close l
		JOIN project p ON p.source = l.source AND lower(p.name) || '#' = substr(l.issue, 1, length(p.name) + 1)
		JOIN issue i ON i.project_id = p.project_id AND ltrim(i.issue_key, '#') = substr(l.issue, length(p.name) + 2)
		JOIN issue_class c ON c.project_id = i.project_id AND c.issue_id = i.issue_id AND c.category <> ''
		WHERE l.repo_id = $1 ORDER BY l.source, l.number, l.position, c.category`, repoID)
	if err != nil {
		return t, err
	}
	// An issue of a system that tells of no repository of such a name is closed by that of a forge.
	t.ClosedBy, err = read(`SELECT f.source || substr(l.target, length(f.name) + 1), MIN(c.category) FROM issue_link l
		JOIN issue i ON i.project_id = l.project_id AND i.issue_id = l.issue_id
		JOIN forge_repository f ON f.repo_id = $1 AND substr(l.target, 1, length(f.name) + 1) = f.name || '#'
		JOIN issue_class c ON c.project_id = i.project_id AND c.issue_id = i.issue_id AND c.category <> ''
		LEFT JOIN forge_repository own ON own.source = i.source AND own.name = f.name
		WHERE l.kind = 'closed by' AND (f.source = i.source OR own.name IS NULL) GROUP BY 1`, repoID)
	if err != nil || len(elsewhere) == 0 || len(t.Forges) == 0 {
		return t, err
	}
	var projects, numbers []string
	for _, issue := range elsewhere {
		project, number, _ := strings.Cut(issue, "#")
		projects, numbers = append(projects, project), append(numbers, number)
	}
	t.Elsewhere, err = read(`SELECT i.source || ' ' || lower(p.name) || '#' || ltrim(i.issue_key, '#'), MIN(c.category) FROM issue i
		JOIN project p ON p.project_id = i.project_id AND p.source = ANY($1::varchar[]) AND lower(p.name) = ANY($2::varchar[])
		JOIN issue_class c ON c.project_id = i.project_id AND c.issue_id = i.issue_id AND c.category <> ''
		WHERE ltrim(i.issue_key, '#') = ANY($3::varchar[]) GROUP BY 1`, t.Forges, distinct(projects), distinct(numbers))
	return t, err
}

// PathsOfChanges gives the paths that each commit of a repository changes: of changes that
// may be others since an instant, or with none, of all.
func (s *Store) PathsOfChanges(ctx context.Context, repoID string, since time.Time) (map[string][]string, error) {
	args, part, of := []any{repoID}, "", "file_change f"
	if !since.IsZero() {
		args, part, of = append(args, since), commitsSince, "part JOIN file_change f ON f.sha = part.sha"
	}
	out := map[string][]string{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var sha, path string
		err := rows.Scan(&sha, &path)
		out[sha] = append(out[sha], path)
		return err
	}, "WITH "+part+"file AS MATERIALIZED (SELECT f.sha, f.path, f.old_path FROM "+of+` WHERE f.repo_id = $1)
		SELECT sha, path FROM file UNION SELECT sha, old_path FROM file WHERE old_path <> ''`, args...)
	return out, err
}

// RequestClass is what rules make of a change request.
type RequestClass struct {
	Source  string
	Number  int64
	Subject string
}

// PutDelivery replaces the deliveries of a repository, which are then no longer stale: those
// of changes that may be others since an instant, as in Carried, or with none, of all.
func (s *Store) PutDelivery(ctx context.Context, repoID string, since time.Time, deployments []PlacedDeployment, changes []DeliveredChange, classes []RequestClass) error {
	var placed, delivered, classed [][]any
	for _, c := range classes {
		classed = append(classed, []any{repoID, c.Source, c.Number, c.Subject})
	}
	for _, d := range deployments {
		placed = append(placed, []any{repoID, d.Application, d.Source, d.ID, d.SHA, d.At, d.Kind, d.Changes, d.Hotfixes, d.Environment, d.BeganAt, d.OfSource, d.OfID})
	}
	for _, c := range changes {
		delivered = append(delivered, []any{repoID, c.Application, c.Key, c.SHA, c.Title, c.Category, c.IssueKey, c.StartedAt, c.LandedAt, moment(c.DeployedAt), c.DeploymentSource, c.DeploymentID, c.IsBaseline, c.Person})
	}
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM production_deployment WHERE repo_id = $1", repoID)
		t.bulk("production_deployment", placed)
		if since.IsZero() {
			t.exec("DELETE FROM change_delivery WHERE repo_id = $1", repoID)
		} else {
			t.exec("DELETE FROM change_delivery WHERE repo_id = $1 AND change_key IN "+changesSince, repoID, since)
		}
		t.bulk("change_delivery", delivered)
		t.exec("DELETE FROM request_class WHERE repo_id = $1", repoID)
		t.bulk("request_class", classed)
		t.changedFrom("stale_rollup", "SELECT repo_id, "+fromNever+" AS from_at FROM repository WHERE repo_id = $1", repoID)
		t.exec("DELETE FROM stale_delivery WHERE repo_id = $1", repoID)
	})
}

// ScopedApplication is an application that belongs to a scope.
type ScopedApplication struct {
	Scope, RepoID, Application string
	Period
}

// PutApplicationScopes replaces which applications belong to which scope.
func (s *Store) PutApplicationScopes(ctx context.Context, all []ScopedApplication) error {
	var rows [][]any
	for _, a := range all {
		since, until := a.row()
		rows = append(rows, []any{a.Scope, a.RepoID, a.Application, since, until})
	}
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM scope_application")
		t.bulk("scope_application", rows)
	})
}

// StoredIncident is an incident with what it is linked to.
type StoredIncident struct {
	Source, ID, Service, Title string
	OpenedAt, ResolvedAt       time.Time // the second is zero while it goes on
	Links                      []fact.IncidentLink
}

// Incidents lists all incidents, earliest first.
func (s *Store) Incidents(ctx context.Context) (out []StoredIncident, err error) {
	index := map[[2]string]int{}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var i StoredIncident
		var resolved sql.NullTime
		err := rows.Scan(&i.Source, &i.ID, &i.Service, &i.Title, &i.OpenedAt, &resolved)
		if i.OpenedAt = i.OpenedAt.UTC(); resolved.Valid {
			i.ResolvedAt = resolved.Time.UTC()
		}
		index[[2]string{i.Source, i.ID}] = len(out)
		out = append(out, i)
		return err
	}, "SELECT source, incident_id, service, title, opened_at, resolved_at FROM incident ORDER BY opened_at, source, incident_id")
	if err != nil {
		return nil, err
	}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var source, id, kind, target string
		err := rows.Scan(&source, &id, &kind, &target)
		if i, ok := index[[2]string{source, id}]; ok {
			out[i].Links = append(out[i].Links, fact.IncidentLink{Kind: fact.IncidentLinkKind(kind), Target: target})
		}
		return err
	}, "SELECT source, incident_id, kind, target FROM incident_link ORDER BY source, incident_id, kind, target")
	return out, err
}

// StoredPlaced is a PlacedDeployment of a repository.
type StoredPlaced struct {
	RepoID string
	PlacedDeployment
}

// Placed lists all deployments of applications to production, earliest first, whatever came of them.
func (s *Store) Placed(ctx context.Context) (out []StoredPlaced, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var p StoredPlaced
		err := rows.Scan(&p.RepoID, &p.Application, &p.Source, &p.ID, &p.SHA, &p.At, &p.Kind, &p.Changes, &p.Hotfixes, &p.Environment, &p.BeganAt, &p.OfSource, &p.OfID)
		p.BeganAt, p.At = p.BeganAt.UTC(), p.At.UTC()
		out = append(out, p)
		return err
	}, `SELECT repo_id, application, source, deployment_id, sha, deployed_at, kind, changes, hotfixes, environment, COALESCE(began_at, deployed_at), of_source, of_id FROM production_deployment
		ORDER BY deployed_at, repo_id, application, source, deployment_id`)
	return out, err
}

// LinkedDeployments are the ids of deployments, of whatever kind, that incidents say they were caused by.
func (s *Store) LinkedDeployments(ctx context.Context) ([]string, error) {
	return s.column(ctx, "SELECT DISTINCT l.target FROM incident_link l JOIN deployment d ON d.deployment_id = l.target WHERE l.kind = '"+string(fact.CausedByDeployment)+"' ORDER BY 1")
}

// Carrier is a deployment that was the first to carry something; without an id, none did.
type Carrier struct{ RepoID, Application, Source, ID string }

// CarriersOfCommit gives the deployments that were the first to carry a commit, or the
// change that it is a part of: one for each application.
func (s *Store) CarriersOfCommit(ctx context.Context, sha string) ([]Carrier, error) {
	return s.carriers(ctx, `SELECT d.repo_id, d.application, d.deployment_source, d.deployment_id FROM change_delivery d
		WHERE d.sha = $1
			OR EXISTS (SELECT 1 FROM commit c WHERE c.repo_id = d.repo_id AND c.sha = $1 AND c.change_sha = d.sha)
			OR EXISTS (SELECT 1 FROM change_request_commit r WHERE r.repo_id = d.repo_id AND r.sha = $1 AND d.change_key = r.source || '#' || CAST(r.number AS varchar))
		ORDER BY 1, 2`, sha)
}

// CarriersOfRequest gives the deployments that were the first to carry a change request
// of a repository, by any of its names. One that was not merged is of no application yet.
func (s *Store) CarriersOfRequest(ctx context.Context, repository string, number int64) ([]Carrier, error) {
	return s.carriers(ctx, `SELECT r.repo_id, COALESCE(d.application, ''), COALESCE(d.deployment_source, ''), COALESCE(d.deployment_id, '') FROM change_request r
		LEFT JOIN change_delivery d ON r.repo_id = d.repo_id AND d.change_key = r.source || '#' || CAST(r.number AS varchar)
		WHERE r.number = $2 AND r.repo_id IN (
			SELECT repo_id FROM repository WHERE name = $1 UNION SELECT repo_id FROM forge_repository WHERE name = $1)
		ORDER BY 1, 2`, repository, number)
}

func (s *Store) carriers(ctx context.Context, query string, args ...any) (out []Carrier, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var c Carrier
		err := rows.Scan(&c.RepoID, &c.Application, &c.Source, &c.ID)
		out = append(out, c)
		return err
	}, query, args...)
	return out, err
}

// Failure is a deployment that failed in production, or an incident that belongs to none.
type Failure struct {
	RepoID, Application            string
	Source, ID, Title              string // of the incident; "" for a rollback without one
	How                            string // see migration 9
	DeploymentSource, DeploymentID string
	DeployedAt                     time.Time // zero without a deployment
	FailedAt, RecoveredAt          time.Time // the second is zero while it goes on
}

// Rework is a deployment that was made to mend something.
type Rework struct {
	Carrier
	How string
}

// Cover says since when incident systems tell of an application.
type Cover struct {
	RepoID, Application string
	From, KnownAt       time.Time
}

// PutFailures replaces what is known of failures, for all repositories.
func (s *Store) PutFailures(ctx context.Context, failures []Failure, rework []Rework, covers []Cover) error {
	var f, r, c [][]any
	for _, x := range failures {
		f = append(f, []any{x.RepoID, x.Application, x.Source, x.ID, x.Title, x.How, x.DeploymentSource, x.DeploymentID, moment(x.DeployedAt), x.FailedAt, moment(x.RecoveredAt)})
	}
	for _, x := range rework {
		r = append(r, []any{x.RepoID, x.Application, x.Source, x.ID, x.How})
	}
	for _, x := range covers {
		c = append(c, []any{x.RepoID, x.Application, x.From, x.KnownAt})
	}
	return s.write(ctx, func(t *tx) {
		t.exec("DELETE FROM deployment_failure")
		t.bulk("deployment_failure", f)
		t.exec("DELETE FROM deployment_rework")
		t.bulk("deployment_rework", r)
		t.exec("DELETE FROM application_incidents")
		t.bulk("application_incidents", c)
		t.exec("DELETE FROM stale_delivery WHERE repo_id = '' OR repo_id NOT IN (SELECT repo_id FROM repository)")
	})
}

// Scopes lists which repositories belong to which scope.
func (s *Store) Scopes(ctx context.Context) (out []Scope, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var name, repo string
		var since, until time.Time
		err := rows.Scan(&name, &repo, &since, &until)
		if len(out) == 0 || out[len(out)-1].Name != name {
			out = append(out, Scope{Name: name})
		}
		out[len(out)-1].Repos = append(out[len(out)-1].Repos, Belonging{repo, scanned(since, until)})
		return err
	}, "SELECT scope, repo_id, since, until FROM scope_repository ORDER BY scope, repo_id, since")
	return out, err
}

// ProjectIDs gives the ids of trackers' projects by their names; several trackers may have
// one of a name.
func (s *Store) ProjectIDs(ctx context.Context) (map[string][]string, error) {
	out := map[string][]string{}
	err := s.each(ctx, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		out[name] = append(out[name], id)
		return err
	}, "SELECT project_id, name FROM project ORDER BY project_id")
	return out, err
}
