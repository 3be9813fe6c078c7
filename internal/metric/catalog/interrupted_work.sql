-- title: Interrupted work
-- question: Of what is begun, how much is put aside again before it is done?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: down
-- grain: week
-- needs: issue, issue_transition
-- nulls: unknown in a week in which fewer than five issues were under way, and while none was ever put aside
-- supply: systems: [{system: csv, files: {issues: issues.csv, transitions: transitions.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, N6
-- caveats: Of the issues that were under way in a week, once each, those that were put aside in it: moved back among what is to be done, or to a status that says that they are blocked, on hold or paused. A status that waits for the next stage, such as ready for review, is no interruption. Why something was put aside is not known: unplanned work is one reason among others; see sprint_unplanned. Where nobody ever moves an issue back, interruptions are not seen, and it is unknown rather than zero.
-- gaming: Not moving issues back lowers it; look at issue_cycle_time and issues_in_progress beside it.
WITH step AS MATERIALIZED (
  SELECT @week(CAST($2 AS timestamptz)) - k * INTERVAL '7 days' AS bucket FROM generate_series(0, 260) AS g(k)
), aside AS (
  SELECT DISTINCT x.project_id, x.issue_id, @week(x.happened_at) AS bucket
  FROM issue_transition x
  JOIN scope_project s ON s.project_id = x.project_id AND s.scope = $1 AND @owned(s)
  WHERE x.happened_at < $2 AND x.from_category = 'doing'
    AND NOT (lower(x.from_status) LIKE '%block%' OR lower(x.from_status) LIKE '%hold%' OR lower(x.from_status) LIKE '%pause%')
    AND (x.to_category = 'todo' OR x.to_category = 'doing' AND (lower(x.to_status) LIKE '%block%' OR lower(x.to_status) LIKE '%hold%' OR lower(x.to_status) LIKE '%pause%'))
), doing AS (
  SELECT DISTINCT t.bucket, d.project_id, d.issue_id
  FROM step t
  JOIN issue_doing d ON d.from_at < $2 AND @week(d.from_at) <= t.bucket AND (d.till_at IS NULL OR @week(d.till_at) >= t.bucket)
  JOIN scope_project s ON s.project_id = d.project_id AND s.scope = $1 AND @owned(s)
)
SELECT d.bucket, CASE WHEN COUNT(*) >= 5 AND SUM(COUNT(a.issue_id)) OVER () > 0 THEN CAST(COUNT(a.issue_id) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM doing d
LEFT JOIN aside a ON a.project_id = d.project_id AND a.issue_id = d.issue_id AND a.bucket = d.bucket
GROUP BY d.bucket
ORDER BY d.bucket
-- facts:
SELECT x.happened_at AS landed_at, x.project_id AS repo_id, '' AS sha, i.issue_key || ' ' || i.title || ' (from ' || x.from_status || ' to ' || x.to_status || ')' AS subject
FROM issue_transition x
JOIN scope_project s ON s.project_id = x.project_id AND s.scope = $1 AND @owned(s)
JOIN issue i ON i.project_id = x.project_id AND i.issue_id = x.issue_id
WHERE x.happened_at < $2 AND x.from_category = 'doing' AND x.happened_at >= $3 AND x.happened_at < $4
  AND NOT (lower(x.from_status) LIKE '%block%' OR lower(x.from_status) LIKE '%hold%' OR lower(x.from_status) LIKE '%pause%')
  AND (x.to_category = 'todo' OR x.to_category = 'doing' AND (lower(x.to_status) LIKE '%block%' OR lower(x.to_status) LIKE '%hold%' OR lower(x.to_status) LIKE '%pause%'))
ORDER BY x.happened_at DESC, x.project_id, i.issue_key
