package store

import (
	"context"
	"database/sql"
)

// ofIssues are the tables that follow from issues.
var ofIssues = []string{"issue_finish", "issue_doing", "issue_class"}

// StoredIssue is an issue as rules see it.
type StoredIssue struct {
	ProjectID, Source, Project, ID, Kind, Title, Parent string
	Labels                                              []string
	Beside                                              bool // of another project: some of these are parts of it
}

// StaleIssues lists the issues of stale projects, and those beside them that some are a part of.
func (s *Store) StaleIssues(ctx context.Context) (out []StoredIssue, err error) {
	index := map[[2]string]int{}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var i StoredIssue
		err := rows.Scan(&i.ProjectID, &i.Source, &i.Project, &i.ID, &i.Kind, &i.Title, &i.Parent, &i.Beside)
		index[[2]string{i.ProjectID, i.ID}] = len(out)
		out = append(out, i)
		return err
	}, `SELECT i.project_id, i.source, COALESCE(p.name, ''), i.issue_id, i.kind, i.title, i.parent_id, s.project_id IS NULL FROM issue i
		LEFT JOIN stale_project s ON s.project_id = i.project_id
		LEFT JOIN project p ON p.project_id = i.project_id
		WHERE s.project_id IS NOT NULL OR (i.source, i.issue_id) IN (SELECT c.source, c.parent_id FROM issue c JOIN stale_project sc ON sc.project_id = c.project_id WHERE c.parent_id <> '')
		ORDER BY i.project_id, i.issue_id`)
	if err != nil {
		return nil, err
	}
	err = s.each(ctx, func(rows *sql.Rows) error {
		var project, id, label string
		err := rows.Scan(&project, &id, &label)
		if k, ok := index[[2]string{project, id}]; ok {
			out[k].Labels = append(out[k].Labels, label)
		}
		return err
	}, `SELECT l.project_id, l.issue_id, l.label FROM issue_label l
		JOIN issue i ON i.project_id = l.project_id AND i.issue_id = l.issue_id
		WHERE l.project_id IN (SELECT project_id FROM stale_project)
			OR (i.source, i.issue_id) IN (SELECT c.source, c.parent_id FROM issue c JOIN stale_project sc ON sc.project_id = c.project_id WHERE c.parent_id <> '') ORDER BY l.project_id, l.issue_id, l.label`)
	return out, err
}

// IssueClass is what rules make of an issue.
type IssueClass struct{ ProjectID, ID, Category, Subject string }

// PutIssues replaces what follows from the issues of projects of which any changed: when
// they were done and under way, and what rules made of them. An issue that is recorded as
// done no later than it was opened was put in afterwards: it says nothing on time and is
// left out.
func (s *Store) PutIssues(ctx context.Context, classes []IssueClass) error {
	rows := make([][]any, len(classes))
	for i, c := range classes {
		rows[i] = []any{c.ProjectID, c.ID, c.Category, c.Subject}
	}
	return s.write(ctx, func(t *tx) {
		for _, table := range ofIssues {
			t.exec("DELETE FROM " + table + " WHERE project_id IN (SELECT project_id FROM stale_project)")
		}
		t.exec("INSERT INTO issue_finish " + finishes)
		t.exec("INSERT INTO issue_doing " + doings)
		t.bulk("issue_class", rows)
		t.exec("DELETE FROM stale_project")
	})
}

// steps are the changes of status of issues of stale projects, with what came before and
// what comes next. Only what a status meant when it was entered counts, so that workflows
// may change. Of a tracker that tells of no steps, there is one: when it was resolved.
const steps = `
  SELECT e.project_id, e.issue_id, e.position, e.happened_at, e.to_category, e.waits,
         COALESCE(LAG(e.to_category) OVER issue, '') AS was, LEAD(e.happened_at) OVER issue AS next_at
  FROM (
    SELECT t.project_id, t.issue_id, t.position, t.happened_at, t.to_category,
           lower(t.to_status) LIKE '%wait%' OR lower(t.to_status) LIKE '%block%' OR lower(t.to_status) LIKE '%hold%' OR lower(t.to_status) LIKE '%ready for%' OR lower(t.to_status) LIKE '%pending%' OR lower(t.to_status) LIKE '%queue%' AS waits
    FROM issue_transition t
    JOIN stale_project s ON s.project_id = t.project_id
    UNION ALL
    SELECT i.project_id, i.issue_id, 0, i.resolved_at, 'done', false
    FROM issue i
    JOIN stale_project s ON s.project_id = i.project_id
    LEFT JOIN (SELECT DISTINCT project_id, issue_id FROM issue_transition) n ON n.project_id = i.project_id AND n.issue_id = i.issue_id
    WHERE n.issue_id IS NULL AND i.resolved_at IS NOT NULL AND i.category = 'done'
  ) e
  WINDOW issue AS (PARTITION BY e.project_id, e.issue_id ORDER BY e.happened_at, e.position)`

// finishes is every time that an issue came to be done; a step from one done status to
// the next is none.
const finishes = `
SELECT f.project_id, f.issue_id, i.issue_key, i.title, i.opened_at, f.first_doing_at, f.done_at, f.undone_at, f.doing_days
FROM (
  SELECT e.project_id, e.issue_id, e.happened_at AS done_at, e.was, e.to_category,
         MIN(CASE WHEN e.to_category = 'doing' THEN e.happened_at END) OVER (PARTITION BY e.project_id, e.issue_id) AS first_doing_at,
         MIN(CASE WHEN e.to_category <> 'done' THEN e.happened_at END) OVER (PARTITION BY e.project_id, e.issue_id ORDER BY e.happened_at, e.position ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS undone_at,
         CAST(COALESCE(SUM(CASE WHEN e.to_category = 'doing' AND NOT e.waits THEN (EXTRACT(EPOCH FROM e.next_at) - EXTRACT(EPOCH FROM e.happened_at)) / 86400.0 END) OVER (PARTITION BY e.project_id, e.issue_id ORDER BY e.happened_at, e.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS double precision) AS doing_days
  FROM (` + steps + `) e
) f
JOIN issue i ON i.project_id = f.project_id AND i.issue_id = f.issue_id
WHERE f.to_category = 'done' AND f.was <> 'done' AND f.done_at > i.opened_at`

// doings is every time during which an issue was under way.
const doings = `
SELECT f.project_id, f.issue_id, i.issue_key, i.title, f.from_at, f.till_at
FROM (
  SELECT e.project_id, e.issue_id, e.happened_at AS from_at, e.was, e.to_category,
         MIN(CASE WHEN e.to_category <> 'doing' THEN e.happened_at END) OVER (PARTITION BY e.project_id, e.issue_id ORDER BY e.happened_at, e.position ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS till_at
  FROM (` + steps + `) e
) f
JOIN issue i ON i.project_id = f.project_id AND i.issue_id = f.issue_id
WHERE f.to_category = 'doing' AND f.was <> 'doing'`
