-- title: Issues in progress
-- question: On how many things is work under way at once?
-- owner: vpe
-- unit: issues
-- better: down
-- grain: 4 weeks
-- needs: issue, issue_transition
-- nulls: unknown before the first issue was begun
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, B2
-- caveats: Issues whose status meant that work is under way, at the end of each four weeks. A status means what it meant when it was entered.
-- gaming: Not moving issues lowers it; look at issue_cycle_time beside it.
WITH step AS MATERIALIZED (
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till FROM generate_series(0, 78) AS g(k)
)
SELECT t.till AS bucket, CAST(COUNT(d.issue_id) AS double precision) AS value, COUNT(d.issue_id) AS n
FROM step t
LEFT JOIN (
  SELECT i.issue_id, i.from_at, i.till_at FROM issue_doing i
  JOIN scope_project s ON s.project_id = i.project_id AND s.scope = $1 AND @owned(s)
) d ON d.from_at < t.till AND (d.till_at IS NULL OR d.till_at >= t.till)
WHERE t.till > (SELECT MIN(f.from_at) FROM issue_doing f JOIN scope_project o ON o.project_id = f.project_id AND o.scope = $1)
GROUP BY t.till
ORDER BY t.till
-- facts:
SELECT d.from_at AS landed_at, d.project_id AS repo_id, '' AS sha, d.issue_key || ' ' || d.title AS subject
FROM issue_doing d
JOIN scope_project s ON s.project_id = d.project_id AND s.scope = $1 AND @owned(s)
WHERE d.from_at < $2 AND d.from_at < $4 AND $3 < $4 AND (d.till_at IS NULL OR d.till_at >= CASE WHEN $4 < $2 THEN $4 ELSE $2 END)
ORDER BY d.from_at DESC, d.project_id, d.issue_key
