package metric

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Sprint is what was planned in a sprint against what became of it, in issues. Those that
// were done when it began, and still were at its end, are none of its. What was said stays
// said when it is taken out; what was taken out first and done elsewhere is no work of the
// sprint. SaidDone is part of Done; Said and Added together are Done, Removed and Carried.
type Sprint struct {
	Project, Name string
	Start         time.Time
	End           time.Time // when it was completed; zero while it goes on
	Ends          time.Time // when it was to end; zero where nobody said
	Said          int       // in it when it began
	Added         int       // put in after that
	Removed       int       // taken out before it ended, and not done by then
	Done          int       // while in it, and still at its end
	SaidDone      int       // of those in it when it began
	Carried       int       // in it at its end, and not done
}

// Sprints are those of the scope that had begun, oldest first. Of one that goes on its end
// is the date that is judged.
func (e Evaluator) Sprints(ctx context.Context) (out []Sprint, err error) {
	statement, err := e.statement(sprints)
	if err != nil {
		return nil, fmt.Errorf("sprints: %w", err)
	}
	rows, err := e.Reader.Query(ctx, statement, e.scope(), e.AsOf)
	if err != nil {
		return nil, fmt.Errorf("sprints: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s Sprint
		var end, ends sql.NullTime
		if err := rows.Scan(&s.Project, &s.Name, &s.Start, &end, &ends, &s.Said, &s.Added, &s.Removed, &s.Done, &s.SaidDone, &s.Carried); err != nil {
			return nil, err
		}
		s.Start, s.End, s.Ends = s.Start.UTC(), end.Time.UTC(), ends.Time.UTC()
		if !end.Valid {
			s.End = time.Time{}
		}
		if !ends.Valid {
			s.Ends = time.Time{}
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// sprintWork is what metrics read as @sprint_work: the issues that were in a completed sprint
// of the scope while it went on. Late ones were put in after it began, or after its first day where only
// that is known; done is what was done
// while it was in the sprint and still was at its end; earlier was done when it began.
const sprintWork = `(
  SELECT p.project_id, p.sprint_id, p.issue_id, p.completed_at, p.late,
    bool_or(COALESCE(f.done_at <= p.completed_at AND (p.left_at IS NULL OR f.done_at <= p.left_at) AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false)) AS done,
    bool_or(COALESCE(f.done_at <= p.started_at AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false)) AS earlier
  FROM (
    SELECT sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at, MIN(si.added_at) > sp.said_by AS late, CASE WHEN bool_and(si.removed_at IS NOT NULL) THEN MAX(si.removed_at) END AS left_at
    FROM (SELECT b.*, @said_by(b.started_at) AS said_by FROM sprint b) sp
    JOIN scope_project s ON s.project_id = sp.project_id AND s.scope = $1 AND @held(s, sp.completed_at)
    JOIN sprint_issue si ON si.project_id = sp.project_id AND si.sprint_id = sp.sprint_id AND si.added_at < sp.completed_at AND (si.removed_at IS NULL OR si.removed_at > sp.said_by)
    WHERE sp.completed_at < $2 AND sp.started_at < sp.completed_at
    GROUP BY sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at, sp.said_by
  ) p
  LEFT JOIN issue_finish f ON f.project_id = p.project_id AND f.issue_id = p.issue_id AND f.done_at <= p.completed_at
  GROUP BY p.project_id, p.sprint_id, p.issue_id, p.completed_at, p.late
)`

// sprints counts as sprint_said_done and sprint_unplanned do.
const sprints = `
SELECT p.name, q.name, q.started_at, q.completed_at, q.ends_at,
  COUNT(*) FILTER (WHERE q.issue_id IS NOT NULL AND NOT q.late), COUNT(*) FILTER (WHERE q.late), COUNT(*) FILTER (WHERE NOT q.done AND NOT q.stays),
  COUNT(*) FILTER (WHERE q.done), COUNT(*) FILTER (WHERE q.done AND NOT q.late), COUNT(*) FILTER (WHERE NOT q.done AND q.stays)
FROM (
  SELECT sp.project_id, sp.sprint_id, sp.name, sp.started_at, sp.completed_at, sp.ends_at, i.issue_id, i.late, i.stays,
    CASE WHEN i.issue_id IS NOT NULL THEN bool_or(COALESCE(f.done_at <= sp.till AND (i.left_at IS NULL OR f.done_at <= i.left_at) AND (f.undone_at IS NULL OR f.undone_at > sp.till), false)) END AS done,
    bool_or(COALESCE(f.done_at <= sp.started_at AND (f.undone_at IS NULL OR f.undone_at > sp.till), false)) AS before
  FROM (
    SELECT b.project_id, b.sprint_id, b.name, b.started_at, b.ends_at, CASE WHEN b.completed_at < $2 THEN b.completed_at END AS completed_at,
      CASE WHEN b.completed_at < $2 THEN b.completed_at ELSE CAST($2 AS timestamptz) END AS till
    FROM sprint b
    JOIN scope_project s ON s.project_id = b.project_id AND s.scope = $1 AND (b.completed_at < $2 AND @held(s, b.completed_at) OR (b.completed_at IS NULL OR b.completed_at >= $2) AND @owned(s))
    WHERE b.started_at < $2 AND (b.completed_at IS NULL OR b.started_at < b.completed_at)
  ) sp
  LEFT JOIN (
    SELECT b.project_id, b.sprint_id, si.issue_id, MIN(si.added_at) > b.said_by AS late,
      bool_or(si.removed_at IS NULL OR si.removed_at >= CASE WHEN b.completed_at < $2 THEN b.completed_at ELSE CAST($2 AS timestamptz) END) AS stays,
      CASE WHEN bool_and(si.removed_at IS NOT NULL) THEN MAX(si.removed_at) END AS left_at
    FROM (SELECT b.*, @said_by(b.started_at) AS said_by FROM sprint b) b
    JOIN sprint_issue si ON si.project_id = b.project_id AND si.sprint_id = b.sprint_id AND si.added_at < CASE WHEN b.completed_at < $2 THEN b.completed_at ELSE CAST($2 AS timestamptz) END
      AND (si.removed_at IS NULL OR si.removed_at > b.said_by)
    GROUP BY b.project_id, b.sprint_id, si.issue_id, b.said_by
  ) i ON i.project_id = sp.project_id AND i.sprint_id = sp.sprint_id
  LEFT JOIN issue_finish f ON f.project_id = i.project_id AND f.issue_id = i.issue_id AND f.done_at <= sp.till
  GROUP BY sp.project_id, sp.sprint_id, sp.name, sp.started_at, sp.completed_at, sp.ends_at, i.issue_id, i.late, i.stays
) q
JOIN project p ON p.project_id = q.project_id
WHERE NOT q.before
GROUP BY p.name, q.project_id, q.sprint_id, q.name, q.started_at, q.completed_at, q.ends_at
ORDER BY q.started_at, p.name, q.sprint_id`
