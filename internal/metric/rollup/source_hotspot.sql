-- The churn within 365 days, as in source_churn.sql, of each file of a repository that may be
-- among its ten hotspots at some time of a month: what its churn is at most reaches the tenth
-- of what others' is at least. Of a larger scope, hotspots are among those of its repositories.
WITH touch AS MATERIALIZED (
  SELECT f.repo_id, f.path, f.landed_at, f.added + f.deleted AS changed, fs.complexity
  FROM @source_change f
  JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path
  WHERE @only(f.repo_id) AND f.category = 'code' AND f.person_id IS NOT NULL AND fs.complexity > 0
), turn AS MATERIALIZED (
  SELECT t.repo_id, date_trunc('month', t.from_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began_at, t.from_at, t.path, t.complexity, t.changed, t.changes
  FROM (
    SELECT repo_id, landed_at AS from_at, path, complexity, changed, 1 AS changes FROM touch
    UNION ALL
    SELECT repo_id, landed_at + INTERVAL '365 days', path, complexity, -changed, -1 FROM touch
  ) t
), period AS (
  SELECT t.repo_id, t.began_at, t.began_at - INTERVAL '365 days' AS opens_at, t.began_at + INTERVAL '1 month' AS ends_at, t.began_at + INTERVAL '1 month' - INTERVAL '365 days' AS keeps_at
  FROM (SELECT repo_id, began_at FROM turn GROUP BY 1, 2) t
), bound AS ( -- the window of a date in the month holds what lies between, and nothing from before or after
  SELECT m.repo_id, m.began_at, t.path, t.complexity, SUM(t.changed) * t.complexity AS at_most,
         SUM(CASE WHEN t.landed_at >= m.keeps_at AND t.landed_at < m.began_at THEN t.changed ELSE 0 END) * t.complexity AS at_least
  FROM period m
  JOIN touch t ON t.repo_id = m.repo_id AND t.landed_at < m.ends_at AND t.landed_at >= m.opens_at
  GROUP BY m.repo_id, m.began_at, t.path, t.complexity
), ranked AS MATERIALIZED (
  SELECT b.repo_id, b.began_at, b.path, b.complexity, b.at_most, b.at_least,
         ROW_NUMBER() OVER (PARTITION BY b.repo_id, b.began_at ORDER BY b.at_least DESC, b.path) AS nth
  FROM bound b
), candidate AS MATERIALIZED (
  SELECT r.repo_id, r.began_at, r.path, r.complexity
  FROM ranked r
  LEFT JOIN ranked tenth ON tenth.repo_id = r.repo_id AND tenth.began_at = r.began_at AND tenth.nth = 10
  WHERE r.at_most > 0 AND r.at_most >= COALESCE(tenth.at_least, 0)
)
SELECT t.repo_id, t.began_at, t.from_at, t.path, t.complexity, CAST(SUM(t.changed) AS bigint) AS changed, CAST(SUM(t.changes) AS bigint) AS changes
FROM turn t
JOIN candidate c ON c.repo_id = t.repo_id AND c.began_at = t.began_at AND c.path = t.path
GROUP BY t.repo_id, t.began_at, t.from_at, t.path, t.complexity
UNION ALL
SELECT c.repo_id, c.began_at, c.began_at, c.path, c.complexity, CAST(SUM(t.changed) AS bigint), CAST(COUNT(*) AS bigint)
FROM candidate c
JOIN touch t ON t.repo_id = c.repo_id AND t.path = c.path AND t.landed_at < c.began_at AND t.landed_at + INTERVAL '365 days' >= c.began_at
GROUP BY c.repo_id, c.began_at, c.path, c.complexity
