-- The churn within 365 days, as in source_churn.sql, of each file of a repository that may be
-- among its ten hotspots at some time of a month: what its churn is at most reaches the tenth
-- of what others' is at least. Of a larger scope, hotspots are among those of its repositories.
WITH touch AS MATERIALIZED (
  SELECT f.repo_id, f.path, fs.complexity, f.landed_at, CAST(SUM(f.added + f.deleted) AS bigint) AS changed, COUNT(*) AS changes
  FROM @source_change f
  JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path
  WHERE @only(f.repo_id) AND @only(fs.repo_id) AND f.category = 'code' AND f.person_id IS NOT NULL AND fs.complexity > 0
  GROUP BY 1, 2, 3, 4
), landing AS MATERIALIZED ( -- a year and two months, worked out once for each
  SELECT l.repo_id, l.landed_at, date_trunc('month', l.landed_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS landed_in, l.ended_at, date_trunc('month', l.ended_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS ended_in
  FROM (SELECT l.repo_id, l.landed_at, l.landed_at + INTERVAL '365 days' AS ended_at FROM (SELECT DISTINCT repo_id, landed_at FROM touch) l) l
), event AS MATERIALIZED (
  SELECT t.repo_id, l.landed_in AS began_at, t.landed_at AS from_at, t.path, t.complexity, t.changed AS gained, CAST(0 AS bigint) AS lost, t.changes
  FROM touch t
  JOIN landing l ON l.repo_id = t.repo_id AND l.landed_at = t.landed_at
  UNION ALL
  SELECT t.repo_id, l.ended_in, l.ended_at, t.path, t.complexity, 0, t.changed, -t.changes
  FROM touch t
  JOIN landing l ON l.repo_id = t.repo_id AND l.landed_at = t.landed_at
), month AS MATERIALIZED (
  SELECT t.repo_id, t.began_at, t.path, t.complexity, CAST(SUM(t.gained) AS bigint) AS gained, CAST(SUM(t.lost) AS bigint) AS lost, CAST(SUM(t.changes) AS bigint) AS changes
  FROM event t
  GROUP BY 1, 2, 3, 4
), opened AS ( -- what the window holds when a month begins, also of months in which a file did not change
  SELECT m.repo_id, m.began_at, m.path, m.complexity, m.gained, m.lost,
         CAST(SUM(m.gained - m.lost) OVER upto AS bigint) - m.gained + m.lost AS changed, CAST(SUM(m.changes) OVER upto AS bigint) - m.changes AS changes
  FROM (
    SELECT p.repo_id, q.began_at, p.path, p.complexity, COALESCE(m.gained, 0) AS gained, COALESCE(m.lost, 0) AS lost, COALESCE(m.changes, 0) AS changes
    FROM (SELECT repo_id, path, complexity, MIN(began_at) AS first_at, MAX(began_at) AS last_at FROM month GROUP BY 1, 2, 3) p
    JOIN (SELECT DISTINCT repo_id, began_at FROM month) q ON q.repo_id = p.repo_id AND q.began_at >= p.first_at AND q.began_at <= p.last_at
    LEFT JOIN month m ON m.repo_id = p.repo_id AND m.path = p.path AND m.began_at = q.began_at
  ) m
  WINDOW upto AS (PARTITION BY m.repo_id, m.path ORDER BY m.began_at)
), bounded AS MATERIALIZED ( -- the window of a date in the month holds no more than what comes in besides, and no less than what stays
  SELECT o.repo_id, o.began_at, o.path, o.complexity, o.changed, o.changes, (o.changed + o.gained) * o.complexity AS at_most, (o.changed - o.lost) * o.complexity AS at_least
  FROM opened o
  WHERE o.changed > 0 OR o.gained > 0
), tenth AS (
  SELECT repo_id, began_at, at_least
  FROM (SELECT repo_id, began_at, at_least, ROW_NUMBER() OVER (PARTITION BY repo_id, began_at ORDER BY at_least DESC) AS nth FROM bounded WHERE at_least > 0) r
  WHERE nth = 10
), candidate AS MATERIALIZED (
  SELECT r.repo_id, r.began_at, r.path, r.complexity, r.changed, r.changes
  FROM bounded r
  LEFT JOIN tenth ON tenth.repo_id = r.repo_id AND tenth.began_at = r.began_at
  WHERE r.at_most > 0 AND r.at_most >= COALESCE(tenth.at_least, 0)
)
SELECT t.repo_id, t.began_at, t.from_at, t.path, t.complexity, CAST(SUM(t.gained - t.lost) AS bigint) AS changed, CAST(SUM(t.changes) AS bigint) AS changes
FROM event t
JOIN candidate c ON c.repo_id = t.repo_id AND c.began_at = t.began_at AND c.path = t.path
GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT c.repo_id, c.began_at, c.began_at, c.path, c.complexity, CAST(c.changed AS bigint), CAST(c.changes AS bigint)
FROM candidate c
WHERE c.changes > 0
