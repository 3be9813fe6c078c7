-- The churn of a repository's source files within 365 days: by how much it is more from from_at
-- on. A change counts from its landing on and until a year later. changed is lines, files how many
-- there are; in rows of their own, known and measured are those of files that were measured. To be
-- added up from the beginning of the latest period that began before a date: of the instant
-- before it are rows that say what held until then. Which files were measured changes with the
-- head, so that these rows are all made again.
-- since: known <> 0 OR measured <> 0 OR from_at >= @since OR from_at < began_at AND began_at >= @since_quarter
WITH touch AS MATERIALIZED (
  SELECT f.repo_id, f.landed_at, f.added + f.deleted AS changed, false AS is_known,
         LAG(f.landed_at) OVER (PARTITION BY f.repo_id, f.path ORDER BY f.landed_at) AS before_at,
         LEAD(f.landed_at) OVER (PARTITION BY f.repo_id, f.path ORDER BY f.landed_at) AS next_at
  FROM @source_change f
  WHERE @only(f.repo_id) AND @within_year(f.landed_at) AND f.category = 'code' AND f.person_id IS NOT NULL
  UNION ALL
  SELECT f.repo_id, f.landed_at, f.added + f.deleted, true,
         LAG(f.landed_at) OVER (PARTITION BY f.repo_id, f.path ORDER BY f.landed_at),
         LEAD(f.landed_at) OVER (PARTITION BY f.repo_id, f.path ORDER BY f.landed_at)
  FROM @source_change f
  JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path AND fs.complexity >= 0
  WHERE @only(f.repo_id) AND @only(fs.repo_id) AND f.category = 'code' AND f.person_id IS NOT NULL
), landing AS MATERIALIZED ( -- the year before and after each, which takes longer than adding up
  SELECT l.repo_id, l.landed_at, l.landed_at - INTERVAL '365 days' AS year_before, l.landed_at + INTERVAL '365 days' AS year_after
  FROM (SELECT DISTINCT repo_id, landed_at FROM touch) l
), year AS MATERIALIZED (
  SELECT t.repo_id, t.is_known, t.landed_at, l.year_after, CAST(SUM(t.changed) AS bigint) AS changed,
         COUNT(CASE WHEN t.before_at >= l.year_before THEN NULL ELSE 1 END) AS began, COUNT(CASE WHEN t.next_at <= l.year_after THEN NULL ELSE 1 END) AS ended
  FROM touch t
  JOIN landing l ON l.repo_id = t.repo_id AND l.landed_at = t.landed_at
  GROUP BY 1, 2, 3, 4
), turn AS MATERIALIZED (
  SELECT i.repo_id, i.is_known, date_trunc('quarter', i.from_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began_at, i.from_at, i.changed, i.files
  FROM (
    SELECT y.repo_id, y.is_known, y.from_at, CAST(SUM(y.changed) AS bigint) AS changed, CAST(SUM(y.files) AS bigint) AS files
    FROM (
      SELECT repo_id, is_known, landed_at AS from_at, changed, began AS files FROM year
      UNION ALL
      SELECT repo_id, is_known, year_after, -changed, -ended FROM year
    ) y
    GROUP BY 1, 2, 3
  ) i
  WHERE (i.changed <> 0 OR i.files <> 0) AND (i.is_known OR @new(i.from_at))
), past AS (
  SELECT repo_id, MAX(began_at) AS began_at FROM source_churn WHERE @only(repo_id) AND known = 0 AND measured = 0 AND @past(began_at) GROUP BY 1
), moved AS MATERIALIZED ( -- what is more in each quarter, or before the first that is made again
  SELECT t.repo_id, t.is_known, t.began_at, SUM(t.changed) AS changed, SUM(t.files) AS files
  FROM (
    SELECT repo_id, is_known, began_at, changed, files FROM turn
    UNION ALL
    SELECT k.repo_id, false, k.began_at, k.changed, k.files
    FROM source_churn k
    LEFT JOIN past ON past.repo_id = k.repo_id
    WHERE @only(k.repo_id) AND @old(k.from_at) AND k.known = 0 AND k.measured = 0
      AND (past.began_at IS NULL AND k.from_at >= k.began_at OR k.began_at = past.began_at OR k.began_at > past.began_at AND k.from_at >= k.began_at)
  ) t
  GROUP BY 1, 2, 3
), made AS (
  SELECT t.repo_id, t.is_known, t.began_at, t.from_at, t.changed, t.files
  FROM turn t
  UNION ALL
  SELECT q.repo_id, q.is_known, q.began_at, q.began_at - INTERVAL '1 microsecond', CAST(SUM(m.changed) AS bigint), CAST(SUM(m.files) AS bigint)
  FROM moved q
  JOIN moved m ON m.repo_id = q.repo_id AND m.is_known = q.is_known AND m.began_at < q.began_at
  GROUP BY q.repo_id, q.is_known, q.began_at
  HAVING SUM(m.changed) <> 0 OR SUM(m.files) <> 0
)
SELECT m.repo_id, m.began_at, m.from_at, CASE WHEN m.is_known THEN 0 ELSE m.changed END AS changed, CASE WHEN m.is_known THEN m.changed ELSE 0 END AS known,
       CASE WHEN m.is_known THEN 0 ELSE m.files END AS files, CASE WHEN m.is_known THEN m.files ELSE 0 END AS measured
FROM made m
