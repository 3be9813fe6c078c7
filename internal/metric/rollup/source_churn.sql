-- The churn of a repository's source files within 365 days: by how much it is more from from_at
-- on. A change counts from its landing on and until a year later. changed is lines, known
-- those of files that were measured, files and measured how many there are. To be added up
-- from the beginning of the latest period that began before a date.
WITH touch AS MATERIALIZED (
  SELECT f.repo_id, f.path, f.landed_at, f.added + f.deleted AS changed, COALESCE(fs.complexity, -1) >= 0 AS is_known,
         LAG(f.landed_at) OVER (PARTITION BY f.repo_id, f.path ORDER BY f.landed_at) AS before_at,
         LEAD(f.landed_at) OVER (PARTITION BY f.repo_id, f.path ORDER BY f.landed_at) AS next_at
  FROM @source_change f
  LEFT JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path AND @only(fs.repo_id)
  WHERE @only(f.repo_id) AND f.category = 'code' AND f.person_id IS NOT NULL
), landing AS MATERIALIZED ( -- the year before and after each, which takes longer than adding up
  SELECT l.repo_id, l.landed_at, l.landed_at - INTERVAL '365 days' AS year_before, l.landed_at + INTERVAL '365 days' AS year_after
  FROM (SELECT DISTINCT repo_id, landed_at FROM touch) l
), year AS MATERIALIZED (
  SELECT t.repo_id, t.landed_at, l.year_after, CAST(SUM(t.changed) AS bigint) AS changed, CAST(SUM(CASE WHEN t.is_known THEN t.changed ELSE 0 END) AS bigint) AS known,
         COUNT(CASE WHEN t.before_at >= l.year_before THEN NULL ELSE 1 END) AS began, COUNT(CASE WHEN t.before_at >= l.year_before OR NOT t.is_known THEN NULL ELSE 1 END) AS began_known,
         COUNT(CASE WHEN t.next_at <= l.year_after THEN NULL ELSE 1 END) AS ended, COUNT(CASE WHEN t.next_at <= l.year_after OR NOT t.is_known THEN NULL ELSE 1 END) AS ended_known
  FROM touch t
  JOIN landing l ON l.repo_id = t.repo_id AND l.landed_at = t.landed_at
  GROUP BY 1, 2, 3
), instant AS (
  SELECT y.repo_id, y.from_at, CAST(SUM(y.changed) AS bigint) AS changed, CAST(SUM(y.known) AS bigint) AS known, CAST(SUM(y.files) AS bigint) AS files, CAST(SUM(y.measured) AS bigint) AS measured
  FROM (
    SELECT repo_id, landed_at AS from_at, changed, known, began AS files, began_known AS measured FROM year
    UNION ALL
    SELECT repo_id, year_after, -changed, -known, -ended, -ended_known FROM year
  ) y
  GROUP BY 1, 2
), turn AS MATERIALIZED (
  SELECT i.repo_id, date_trunc('quarter', i.from_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began_at, i.from_at, i.changed, i.known, i.files, i.measured
  FROM instant i
)
SELECT t.repo_id, t.began_at, t.from_at, t.changed, t.known, t.files, t.measured
FROM turn t
UNION ALL
SELECT q.repo_id, q.began_at, q.began_at, CAST(SUM(t.changed) AS bigint), CAST(SUM(t.known) AS bigint), CAST(SUM(t.files) AS bigint), CAST(SUM(t.measured) AS bigint)
FROM (SELECT DISTINCT repo_id, began_at FROM turn) q
JOIN (
  SELECT repo_id, began_at, SUM(changed) AS changed, SUM(known) AS known, SUM(files) AS files, SUM(measured) AS measured FROM turn GROUP BY 1, 2
) t ON t.repo_id = q.repo_id AND t.began_at < q.began_at
GROUP BY q.repo_id, q.began_at
