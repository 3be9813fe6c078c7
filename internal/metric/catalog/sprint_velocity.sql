-- title: What a sprint delivers, against its usual
-- question: Is as much done in a sprint as in those before it?
-- owner: vpe
-- unit: times the usual
-- better: steady
-- grain: event
-- reduce: against the usual
-- needs: sprint, sprint_issue, issue_transition
-- nulls: unknown of a sprint with fewer than six before it, or of a team that usually does fewer than three issues in one; unknown in a quarter with fewer than three sprints
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: N6, R5
-- caveats: Issues done in a sprint, planned or not, as a multiple of the median of the project's six sprints before, so that teams that estimate or cut their work otherwise can stand together. Small teams and short sprints vary more by chance: whether they turned uneven is judged of projects that go on as they were. Done is what was done while it was in the sprint, and still was at the sprint's end. A project whose teams have sprints of their own at the same time is one row of sprints here. Issues count alike, whatever their estimate, and a sprint counts alike, however long it is.
-- gaming: Cutting work into smaller pieces raises it for a while; look at sprint_said_done beside it.
WITH item AS (
  SELECT p.project_id, p.sprint_id, p.completed_at, p.issue_id, bool_or(COALESCE(f.done_at <= p.completed_at AND (p.left_at IS NULL OR f.done_at <= p.left_at) AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false)) AS done
  FROM (
    SELECT sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at, CASE WHEN bool_and(si.removed_at IS NOT NULL) THEN MAX(si.removed_at) END AS left_at
    FROM sprint sp
    JOIN scope_project s ON s.project_id = sp.project_id AND s.scope = $1 AND @held(s, sp.completed_at)
    JOIN sprint_issue si ON si.project_id = sp.project_id AND si.sprint_id = sp.sprint_id AND si.added_at < sp.completed_at AND (si.removed_at IS NULL OR si.removed_at > sp.started_at)
    WHERE sp.completed_at < $2 AND sp.started_at < sp.completed_at
    GROUP BY sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at
  ) p
  LEFT JOIN issue_finish f ON f.project_id = p.project_id AND f.issue_id = p.issue_id AND f.done_at <= p.completed_at
  GROUP BY p.project_id, p.sprint_id, p.completed_at, p.issue_id
  HAVING NOT bool_or(COALESCE(f.done_at <= p.started_at AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false))
)
SELECT completed_at AS bucket, CAST(COUNT(*) FILTER (WHERE done) AS double precision) AS value, COUNT(*) FILTER (WHERE done) AS n, project_id
FROM item
GROUP BY project_id, sprint_id, completed_at
ORDER BY completed_at, project_id, sprint_id
-- facts:
SELECT sp.completed_at AS landed_at, sp.project_id AS repo_id, '' AS sha, pr.name || ' ' || sp.name || ': ' || COUNT(*) FILTER (WHERE q.done) || ' of ' || COUNT(*) || ' issues done' AS subject
FROM (
  SELECT p.project_id, p.sprint_id, p.issue_id, bool_or(COALESCE(f.done_at <= p.completed_at AND (p.left_at IS NULL OR f.done_at <= p.left_at) AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false)) AS done
  FROM (
    SELECT sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at, CASE WHEN bool_and(si.removed_at IS NOT NULL) THEN MAX(si.removed_at) END AS left_at
    FROM sprint sp
    JOIN scope_project s ON s.project_id = sp.project_id AND s.scope = $1 AND @held(s, sp.completed_at)
    JOIN sprint_issue si ON si.project_id = sp.project_id AND si.sprint_id = sp.sprint_id AND si.added_at < sp.completed_at AND (si.removed_at IS NULL OR si.removed_at > sp.started_at)
    WHERE sp.completed_at < $2 AND sp.started_at < sp.completed_at
    GROUP BY sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at
  ) p
  LEFT JOIN issue_finish f ON f.project_id = p.project_id AND f.issue_id = p.issue_id AND f.done_at <= p.completed_at
  GROUP BY p.project_id, p.sprint_id, p.completed_at, p.issue_id
  HAVING NOT bool_or(COALESCE(f.done_at <= p.started_at AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false))
) q
JOIN sprint sp ON sp.project_id = q.project_id AND sp.sprint_id = q.sprint_id
JOIN project pr ON pr.project_id = q.project_id
WHERE sp.completed_at >= $3 AND sp.completed_at < $4
GROUP BY sp.project_id, sp.sprint_id, pr.name, sp.name, sp.completed_at
ORDER BY sp.completed_at DESC, sp.project_id, sp.name
