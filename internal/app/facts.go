package app

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// table is a table of facts that can be streamed.
type table struct {
	name, columns, where, order string
}

// ofScope keeps the rows of the repositories that a command was given: one database
// may hold others.
const ofScope = "repo_id IN (SELECT repo_id FROM scope_repository WHERE scope = 'company')"

// ofProjects keeps the rows of trackers' projects.
const ofProjects = "project_id IN (SELECT project_id FROM scope_project WHERE scope = 'company')"

// ofPeople keeps the identities that write, bring in or sign in those repositories.
const ofPeople = `identity_id IN (
	SELECT author_id FROM commit WHERE ` + ofScope + `
	UNION SELECT committer_id FROM commit WHERE ` + ofScope + `
	UNION SELECT author_id FROM change_request WHERE ` + ofScope + `
	UNION SELECT actor_id FROM change_request_event WHERE ` + ofScope + `
	UNION SELECT identity_id FROM trailer WHERE ` + ofScope + ")"

// tables are all tables of facts. What only the program itself needs, such as the
// cursor of a location, is not among them.
var tables = []table{
	{"commit", "*", ofScope, "repo_id, reading_order, sha"},
	{"commit_parent", "*", ofScope, "repo_id, sha, position"},
	{"commit_uncounted", "*", ofScope, "repo_id, sha"},
	{"file_change", "*", ofScope, "repo_id, sha, path"},
	{"trailer", "*", ofScope, "repo_id, sha, trailer_key, identity_id"},
	{"release", "*", ofScope, "repo_id, released_at, tag"},
	{"release_commit", "*", ofScope, "repo_id, tag, sha"},
	{"marker_line", "*", ofScope, "repo_id, sha, position"},
	{"debt_marker", "*", ofScope, "repo_id, in_sha, ordinal"},
	{"decision_version", "*", ofScope, "repo_id, path, sha"},
	{"decision_field", "*", ofScope, "repo_id, path, sha, position"},
	{"document", "*", ofScope, "repo_id, path"},
	{"file_shape", "*", ofScope, "repo_id, path"},
	{"change_request", "*", ofScope, "repo_id, source, number"},
	{"change_request_commit", "*", ofScope, "repo_id, source, number, position"},
	{"change_request_event", "*", ofScope, "repo_id, source, number, position"},
	{"change_request_label", "*", ofScope, "repo_id, source, number, label"},
	{"change_request_close", "*", ofScope, "repo_id, source, number, position"},
	{"build", "*", ofScope, "repo_id, source, build_id, attempt"},
	{"deployment", "*", ofScope, "repo_id, source, deployment_id"},
	{"incident", "*", "1 = 1", "source, incident_id"},
	{"incident_link", "*", "1 = 1", "source, incident_id, kind, target"},
	{"production_deployment", "*", ofScope, "repo_id, application, deployed_at, source, deployment_id"},
	{"change_delivery", "*", ofScope, "repo_id, application, change_key"},
	{"deployment_failure", "*", "1 = 1", "failed_at, source, incident_id"},
	{"deployment_rework", "*", ofScope, "repo_id, application, deployment_source, deployment_id"},
	{"application_incidents", "*", ofScope, "repo_id, application, known_at, covered_from"},
	{"scope_application", "*", ofScope, "scope, repo_id, application, since"},
	{"request_class", "*", ofScope, "repo_id, source, number"},
	{"forge_repository", "*", ofScope, "source, name"},
	{"scope_project", "*", ofProjects, "scope, project_id, since"},
	{"issue_finish", "*", ofProjects, "project_id, issue_id, done_at"},
	{"issue_doing", "*", ofProjects, "project_id, issue_id, from_at"},
	{"issue_class", "*", ofProjects, "project_id, issue_id"},
	{"project", "*", ofProjects, "project_id"},
	{"issue", "*", ofProjects, "project_id, issue_id"},
	{"issue_transition", "*", ofProjects, "project_id, issue_id, position"},
	{"issue_label", "*", ofProjects, "project_id, issue_id, label"},
	{"issue_link", "*", ofProjects, "project_id, issue_id, kind, target"},
	{"sprint", "*", ofProjects, "project_id, sprint_id"},
	{"sprint_issue", "*", ofProjects, "project_id, issue_id, sprint_id, added_at"},
	{"identity", "*", ofPeople, "identity_id"},
	{"repository", "*", ofScope, "repo_id"},
	{"scope_repository", "*", "1 = 1", "scope, repo_id, since"},
	{"scope_person", "*", "1 = 1", "scope, person_id, since"},
	{"location", "location, repo_id, name, branch, head_sha, status, notes, read_at", ofScope, "location"},
	{"skipped", "", "", ""}, // of what every source says, not of the table alone
}

// FactTables implements cli.Actions.
func (p *program) FactTables() []string {
	var names []string
	for _, t := range tables {
		names = append(names, t.name)
	}
	return names
}

// StreamFacts implements cli.Actions.
func (p *program) StreamFacts(ctx context.Context, scope cli.Scope, name, form string, w io.Writer) ([]cockpit.Skipped, error) {
	i := slices.IndexFunc(tables, func(t table) bool { return t.name == name })
	if i < 0 {
		return nil, problem.New(problem.Usage, "use one of "+strings.Join(p.FactTables(), ", "), "there is no table %q", name)
	}
	r, err := p.read(ctx, scope)
	if err != nil {
		return nil, err
	}
	defer r.close()
	_, skipped, err := r.sourceViews(ctx)
	if err != nil {
		return nil, err
	}
	if name == "skipped" {
		return skipped, r.streamSkipped(form, w)
	}
	return skipped, r.stream(ctx, tables[i], form, w)
}

// streamSkipped writes what could not be read, as a diagnosis lists it.
func (r *reading) streamSkipped(form string, w io.Writer) error {
	write, flush := rowWriter(form, w, []string{"location", "what", "why", "n"})
	for _, res := range r.results {
		if res.Err != nil {
			if err := write([]any{res.Place.Location, wholeSource, res.Err.Error(), 1}); err != nil {
				return err
			}
		}
		for _, s := range res.Skipped {
			if err := write([]any{res.Place.Location, s.What, s.Why, s.Count}); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (r *reading) stream(ctx context.Context, t table, form string, w io.Writer) error {
	rows, err := r.store.Query(ctx, "SELECT "+t.columns+" FROM "+t.name+" WHERE "+t.where+" ORDER BY "+t.order)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	write, flush := rowWriter(form, w, columns)
	values, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		for i, v := range values {
			if t, ok := v.(time.Time); ok {
				values[i] = t.UTC().Format(time.RFC3339Nano)
			}
		}
		if err := write(values); err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return rows.Err()
}

// rowWriter writes rows as CSV, or as JSON lines.
func rowWriter(form string, w io.Writer, columns []string) (write func([]any) error, flush func() error) {
	if form == "json" {
		return jsonWriter(w, columns)
	}
	return csvWriter(w, columns)
}

// csvWriter writes text such that no spreadsheet takes it for a formula.
func csvWriter(w io.Writer, columns []string) (write func([]any) error, flush func() error) {
	c := csv.NewWriter(w)
	err := c.Write(columns)
	record := make([]string, len(columns))
	write = func(values []any) error {
		for i, v := range values {
			switch v := v.(type) {
			case nil:
				record[i] = ""
			case string:
				record[i] = report.Inert(v)
			default:
				record[i] = fmt.Sprint(v)
			}
		}
		return c.Write(record)
	}
	return write, func() error {
		c.Flush()
		if err != nil {
			return err
		}
		return c.Error()
	}
}

func jsonWriter(w io.Writer, columns []string) (write func([]any) error, flush func() error) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(values []any) error {
		row := make(map[string]any, len(columns))
		for i, c := range columns {
			row[c] = values[i]
		}
		return enc.Encode(row)
	}, func() error { return nil }
}
