-- The churn within 365 days, as in source_churn.sql, of each file of a repository that may be
-- among its ten hotspots at some time of a month: what its churn is at most reaches the tenth
-- of what others' is at least. Of a larger scope, hotspots are among those of its repositories.
WITH touch AS MATERIALIZED (
  SELECT f.repo_id, f.path, fs.complexity, f.landed_at, SUM(f.added + f.deleted) AS changed, COUNT(*) AS changes
  FROM @source_change f
  JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path
  WHERE @only(f.repo_id) AND @only(fs.repo_id) AND f.category = 'code' AND f.person_id IS NOT NULL AND fs.complexity > 0
  GROUP BY 1, 2, 3, 4
), event AS (
  SELECT repo_id, path, complexity, landed_at AS from_at, changed AS gained, 0 AS lost, changes FROM touch
  UNION ALL
  SELECT repo_id, path, complexity, landed_at + INTERVAL '365 days', 0, changed, -changes FROM touch
), instant AS ( -- its month is worked out once, which takes longer than adding up
  SELECT i.repo_id, i.from_at, date_trunc('month', i.from_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began_at
  FROM (SELECT DISTINCT repo_id, from_at FROM event) i
), turn AS MATERIALIZED (
  SELECT e.repo_id, i.began_at, e.from_at, e.path, e.complexity, SUM(e.gained) AS gained, SUM(e.lost) AS lost, SUM(e.changes) AS changes
  FROM event e
  JOIN instant i ON i.repo_id = e.repo_id AND i.from_at = e.from_at
  GROUP BY 1, 2, 3, 4, 5
), month AS MATERIALIZED (
  SELECT t.repo_id, t.began_at, t.path, t.complexity, SUM(t.gained) AS gained, SUM(t.lost) AS lost, SUM(t.changes) AS changes
  FROM turn t
  GROUP BY 1, 2, 3, 4
), opened AS ( -- what the window holds when a month begins, also of months in which a file did not change
  SELECT m.repo_id, m.began_at, m.path, m.complexity, SUM(m.gained) AS gained, SUM(m.lost) AS lost,
         COALESCE(SUM(SUM(m.gained - m.lost)) OVER before, 0) AS changed, COALESCE(SUM(SUM(m.changes)) OVER before, 0) AS changes
  FROM (
    SELECT repo_id, began_at, path, complexity, gained, lost, changes FROM month
    UNION ALL
    SELECT p.repo_id, q.began_at, p.path, p.complexity, 0, 0, 0
    FROM (SELECT repo_id, path, complexity, MIN(began_at) AS first_at, MAX(began_at) AS last_at FROM month GROUP BY 1, 2, 3) p
    JOIN (SELECT DISTINCT repo_id, began_at FROM month) q ON q.repo_id = p.repo_id AND q.began_at > p.first_at AND q.began_at < p.last_at
  ) m
  GROUP BY m.repo_id, m.began_at, m.path, m.complexity
  WINDOW before AS (PARTITION BY m.repo_id, m.path ORDER BY m.began_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), ranked AS MATERIALIZED ( -- the window of a date in the month holds no more than what comes in besides, and no less than what stays
  SELECT o.repo_id, o.began_at, o.path, o.complexity, o.changed, o.changes, (o.changed + o.gained) * o.complexity AS at_most, (o.changed - o.lost) * o.complexity AS at_least,
         ROW_NUMBER() OVER (PARTITION BY o.repo_id, o.began_at ORDER BY (o.changed - o.lost) * o.complexity DESC) AS nth
  FROM opened o
), candidate AS MATERIALIZED (
  SELECT r.repo_id, r.began_at, r.path, r.complexity, r.changed, r.changes
  FROM ranked r
  LEFT JOIN (SELECT repo_id, began_at, at_least FROM ranked WHERE nth = 10) tenth ON tenth.repo_id = r.repo_id AND tenth.began_at = r.began_at
  WHERE r.at_most > 0 AND r.at_most >= COALESCE(tenth.at_least, 0)
)
SELECT t.repo_id, t.began_at, t.from_at, t.path, t.complexity, CAST(t.gained - t.lost AS bigint) AS changed, CAST(t.changes AS bigint) AS changes
FROM turn t
JOIN candidate c ON c.repo_id = t.repo_id AND c.began_at = t.began_at AND c.path = t.path
UNION ALL
SELECT c.repo_id, c.began_at, c.began_at, c.path, c.complexity, CAST(c.changed AS bigint), CAST(c.changes AS bigint)
FROM candidate c
WHERE c.changes > 0
