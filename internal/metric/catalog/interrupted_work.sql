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
), span AS ( -- in weeks; of an issue that was begun again, what the times before have not counted
  SELECT d.project_id, d.issue_id, d.till, GREATEST(d.began, MAX(d.till) OVER (PARTITION BY d.project_id, d.issue_id ORDER BY d.began, d.till ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + INTERVAL '7 days') AS began
  FROM (
    SELECT i.project_id, i.issue_id, @week(i.from_at) AS began, @week(CASE WHEN i.till_at IS NULL OR i.till_at >= $2 THEN $2 ELSE i.till_at END) AS till
    FROM issue_doing i
    JOIN scope_project s ON s.project_id = i.project_id AND s.scope = $1 AND @owned(s)
    WHERE i.from_at < $2
  ) d
), going AS (
  SELECT c.bucket, SUM(SUM(c.n)) OVER (ORDER BY c.bucket) AS n
  FROM (
    SELECT began AS bucket, 1 AS n FROM span WHERE began <= till
    UNION ALL SELECT till + INTERVAL '7 days', -1 FROM span WHERE began <= till
    UNION ALL SELECT bucket, 0 FROM step
  ) c
  GROUP BY c.bucket
), counted AS (
  SELECT g.bucket, g.n, (SELECT COUNT(*) FROM aside a WHERE a.bucket = g.bucket) AS aside
  FROM going g
  JOIN step t ON t.bucket = g.bucket
  WHERE g.n > 0
)
SELECT bucket, CASE WHEN n >= 5 AND SUM(aside) OVER () > 0 THEN CAST(aside AS double precision) / n END AS value, CAST(n AS bigint) AS n
FROM counted
ORDER BY bucket
-- facts:
SELECT x.happened_at AS landed_at, x.project_id AS repo_id, '' AS sha, i.issue_key || ' ' || i.title || ' (from ' || x.from_status || ' to ' || x.to_status || ')' AS subject
FROM issue_transition x
JOIN scope_project s ON s.project_id = x.project_id AND s.scope = $1 AND @owned(s)
JOIN issue i ON i.project_id = x.project_id AND i.issue_id = x.issue_id
WHERE x.happened_at < $2 AND x.from_category = 'doing' AND x.happened_at >= $3 AND x.happened_at < $4
  AND NOT (lower(x.from_status) LIKE '%block%' OR lower(x.from_status) LIKE '%hold%' OR lower(x.from_status) LIKE '%pause%')
  AND (x.to_category = 'todo' OR x.to_category = 'doing' AND (lower(x.to_status) LIKE '%block%' OR lower(x.to_status) LIKE '%hold%' OR lower(x.to_status) LIKE '%pause%'))
ORDER BY x.happened_at DESC, x.project_id, i.issue_key
