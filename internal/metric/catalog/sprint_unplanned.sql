-- title: Unplanned share of sprints
-- question: How much of a sprint was put in after it had begun?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: down
-- grain: month
-- needs: sprint, sprint_issue
-- nulls: unknown in a month with fewer than five issues in sprints that ended in it
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, N6
-- caveats: Of the issues that were in a sprint while it went on, those that were added after its start, by the month in which the sprint was completed. Issues count alike, whatever their estimate.
-- gaming: Starting sprints late lowers it; look at sprint_said_done beside it.
SELECT @month(q.completed_at) AS bucket, CASE WHEN COUNT(*) >= 5 THEN CAST(COUNT(*) FILTER (WHERE q.late) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM (
  SELECT sp.project_id, sp.sprint_id, si.issue_id, sp.completed_at, MIN(si.added_at) > sp.started_at AS late
  FROM sprint sp
  JOIN scope_project s ON s.project_id = sp.project_id AND s.scope = $1 AND @held(s, sp.completed_at)
  JOIN sprint_issue si ON si.project_id = sp.project_id AND si.sprint_id = sp.sprint_id AND si.added_at < sp.completed_at AND (si.removed_at IS NULL OR si.removed_at > sp.started_at)
  WHERE sp.completed_at < $2 AND sp.started_at < sp.completed_at
  GROUP BY sp.project_id, sp.sprint_id, si.issue_id, sp.completed_at, sp.started_at
) q
GROUP BY 1
ORDER BY 1
-- facts:
SELECT q.completed_at AS landed_at, q.project_id AS repo_id, '' AS sha, i.issue_key || ' ' || i.title AS subject
FROM (
  SELECT sp.project_id, sp.sprint_id, si.issue_id, sp.completed_at, MIN(si.added_at) > sp.started_at AS late
  FROM sprint sp
  JOIN scope_project s ON s.project_id = sp.project_id AND s.scope = $1 AND @held(s, sp.completed_at)
  JOIN sprint_issue si ON si.project_id = sp.project_id AND si.sprint_id = sp.sprint_id AND si.added_at < sp.completed_at AND (si.removed_at IS NULL OR si.removed_at > sp.started_at)
  WHERE sp.completed_at < $2 AND sp.started_at < sp.completed_at
  GROUP BY sp.project_id, sp.sprint_id, si.issue_id, sp.completed_at, sp.started_at
) q
JOIN issue i ON i.project_id = q.project_id AND i.issue_id = q.issue_id
WHERE q.late AND q.completed_at >= $3 AND q.completed_at < $4
ORDER BY q.completed_at DESC, q.project_id, i.issue_key
