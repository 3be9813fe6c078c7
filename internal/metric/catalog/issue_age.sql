-- title: Age of issues in progress
-- question: How long has what is under way been under way?
-- owner: vpe
-- unit: days
-- better: down
-- grain: 4 weeks
-- needs: issue, issue_transition
-- nulls: unknown while fewer than three are under way
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, B2
-- caveats: Median, at the end of each four weeks, of the time since work on the issues that are under way was taken up, for the last time where it had been put down.
-- gaming: Putting issues down and taking them up again lowers it.
WITH step AS MATERIALIZED (
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till FROM generate_series(0, 78) AS g(k)
)
SELECT t.till AS bucket,
       CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY @days(d.from_at, t.till)) AS double precision) END AS value, COUNT(*) AS n
FROM step t
JOIN (
  SELECT i.from_at, i.till_at FROM issue_doing i
  JOIN scope_project s ON s.project_id = i.project_id AND s.scope = $1 AND @owned(s)
) d ON d.from_at < t.till AND (d.till_at IS NULL OR d.till_at >= t.till)
GROUP BY t.till
ORDER BY t.till
-- facts:
SELECT d.from_at AS landed_at, d.project_id AS repo_id, '' AS sha, d.issue_key || ' ' || d.title AS subject
FROM issue_doing d
JOIN scope_project s ON s.project_id = d.project_id AND s.scope = $1 AND @owned(s)
WHERE d.from_at < $2 AND d.from_at < $4 AND $3 < $4 AND (d.till_at IS NULL OR d.till_at >= CASE WHEN $4 < $2 THEN $4 ELSE $2 END)
ORDER BY d.from_at DESC, d.project_id, d.issue_key
