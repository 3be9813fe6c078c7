-- Who holds how many source files of a repository, by the method of truck_factor.sql: people
-- are those who are authors of a file at a time, by number and parted by commas, and files is
-- by how many more there are from then on of which exactly these are. To be added up from the
-- beginning of the latest period that began before a date: of the instant before it are rows
-- that say what held until then. Made again are the rows of the files that changed, and the
-- beginnings of periods, from those of the last that was over.
-- since: from_at >= @since OR from_at < began_at AND began_at >= @since_quarter
WITH step AS ( -- every change of a source file; a rename ends the file that had the old path
  SELECT f.repo_id, f.path, f.landed_at, f.reading_order, f.stands, f.begins, f.person_id
  FROM @source_change f
  WHERE @only(f.repo_id) AND f.category = 'code' AND @touched_path(f.repo_id, f.path)
  UNION ALL
  SELECT f.repo_id, f.old_path, c.landed_at, c.reading_order, false, false, NULL
  FROM @lately(file_change.old_path) f
  JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
  WHERE @only(f.repo_id) AND @only(c.repo_id) AND f.old_path <> ''
), life AS ( -- a path may be several files, one after the other
  SELECT s.repo_id, s.path, s.landed_at, s.reading_order, s.stands, s.begins, s.person_id,
         SUM(CASE WHEN s.stands THEN 0 ELSE 1 END) OVER earlier AS life,
         MIN(CASE WHEN NOT s.stands THEN s.landed_at END) OVER later AS ends_at
  FROM step s
  WINDOW earlier AS (PARTITION BY s.repo_id, s.path ORDER BY s.landed_at, s.reading_order, s.stands),
         later AS (PARTITION BY s.repo_id, s.path ORDER BY s.landed_at DESC, s.reading_order DESC, s.stands DESC)
), begun AS ( -- what was only edited since it ended was edited on another branch, and has not come back by that
  SELECT l.repo_id, l.path, l.life, l.ends_at, l.landed_at, l.reading_order, l.stands, l.person_id,
         CASE WHEN l.life > 0 THEN MIN(CASE WHEN l.begins THEN l.landed_at END) OVER (PARTITION BY l.repo_id, l.path, l.life) ELSE l.landed_at END AS begins_at
  FROM life l
), delivery AS MATERIALIZED (
  SELECT l.repo_id, l.path, l.life, l.ends_at, CASE WHEN l.begins_at > l.landed_at THEN l.begins_at ELSE l.landed_at END AS landed_at, l.person_id,
         ROW_NUMBER() OVER (PARTITION BY l.repo_id, l.path, l.life ORDER BY l.landed_at, l.reading_order) AS nth,
         COUNT(*) OVER (PARTITION BY l.repo_id, l.path, l.life) AS deliveries,
         ROW_NUMBER() OVER (PARTITION BY l.repo_id, l.path, l.life, l.person_id ORDER BY l.landed_at, l.reading_order) AS own
  FROM begun l
  WHERE l.stands AND l.person_id IS NOT NULL AND l.begins_at IS NOT NULL
), standing AS ( -- until a person's next delivery
  SELECT d.repo_id, d.path, d.life, d.person_id, d.nth, d.own,
         1098 * MAX(CASE WHEN d.nth = 1 THEN 1 ELSE 0 END) OVER (PARTITION BY d.repo_id, d.path, d.life, d.person_id) + 164 * d.own AS gained,
         COALESCE(LEAD(d.nth) OVER (PARTITION BY d.repo_id, d.path, d.life, d.person_id ORDER BY d.nth) - 1, d.deliveries) AS until_nth
  FROM delivery d
), moment AS ( -- what lands together is known together
  SELECT d.repo_id, d.path, d.life, d.ends_at, d.landed_at, MAX(d.nth) AS nth
  FROM delivery d
  GROUP BY d.repo_id, d.path, d.life, d.ends_at, d.landed_at
), degree AS ( -- in thousandths, after each delivery; it is enough as long as what was gained outweighs others' deliveries
  SELECT e.repo_id, e.path, e.life, e.nth, e.person_id, e.degree
  FROM (
    SELECT s.repo_id, s.path, s.life, g.nth, s.person_id,
           CAST(3293 + s.gained AS double precision) - 321 * LN(CAST(GREATEST(1 + g.nth - s.own, 1) AS double precision)) AS degree
    FROM standing s,
         generate_series(CAST(s.nth AS bigint), CAST(LEAST(s.until_nth, s.own + EXP(LEAST(CAST(s.gained AS double precision) / 321, 30)) + 1) AS bigint)) AS g(nth)
  ) e
  WHERE e.degree >= 3293
), author AS (
  SELECT m.repo_id, m.path, m.life, m.ends_at, m.landed_at, e.person_id, e.degree, MAX(e.degree) OVER (PARTITION BY m.repo_id, m.path, m.life, m.nth) AS highest
  FROM moment m
  LEFT JOIN degree e ON e.repo_id = m.repo_id AND e.path = m.path AND e.life = m.life AND e.nth = m.nth
), held AS MATERIALIZED (
  SELECT h.repo_id, h.path, h.life, h.ends_at, h.landed_at, h.people,
         LAG(h.people) OVER (PARTITION BY h.repo_id, h.path, h.life ORDER BY h.landed_at) AS until_then,
         LEAD(h.landed_at) OVER (PARTITION BY h.repo_id, h.path, h.life ORDER BY h.landed_at) AS next_at
  FROM (
    SELECT a.repo_id, a.path, a.life, a.ends_at, a.landed_at,
           COALESCE(string_agg(CASE WHEN 4 * a.degree > 3 * a.highest THEN CAST(a.person_id AS varchar) END, ',' ORDER BY a.person_id), '') AS people
    FROM author a
    GROUP BY a.repo_id, a.path, a.life, a.ends_at, a.landed_at
  ) h
), turn AS MATERIALIZED (
  SELECT t.repo_id, date_trunc('quarter', t.from_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS began_at, t.from_at, t.people, CAST(SUM(t.files) AS bigint) AS files
  FROM (
    SELECT repo_id, landed_at AS from_at, people, 1 AS files FROM held WHERE until_then IS NULL OR until_then <> people
    UNION ALL
    SELECT repo_id, landed_at, until_then, -1 FROM held WHERE until_then <> people
    UNION ALL
    SELECT repo_id, ends_at, people, -1 FROM held WHERE next_at IS NULL AND ends_at IS NOT NULL
  ) t
  WHERE @new(t.from_at)
  GROUP BY 1, 2, 3, 4
  HAVING SUM(t.files) <> 0
), known AS MATERIALIZED (
  SELECT t.repo_id, t.began_at, t.people, t.files FROM turn t
  UNION ALL
  SELECT k.repo_id, k.began_at, k.people, k.files
  FROM source_holder k
  LEFT JOIN (
    SELECT repo_id, MAX(began_at) AS began_at FROM source_holder WHERE @only(repo_id) AND @past(began_at) GROUP BY 1
  ) past ON past.repo_id = k.repo_id
  WHERE @only(k.repo_id) AND @old(k.from_at) AND (past.began_at IS NULL AND k.from_at >= k.began_at OR k.began_at = past.began_at OR k.began_at > past.began_at AND k.from_at >= k.began_at)
)
SELECT t.repo_id, t.began_at, t.from_at, t.people, t.files
FROM turn t
UNION ALL
SELECT q.repo_id, q.began_at, q.began_at - INTERVAL '1 microsecond', t.people, CAST(SUM(t.files) AS bigint)
FROM (SELECT DISTINCT repo_id, began_at FROM known) q
JOIN (SELECT repo_id, began_at, people, SUM(files) AS files FROM known GROUP BY 1, 2, 3) t ON t.repo_id = q.repo_id AND t.began_at < q.began_at
GROUP BY q.repo_id, q.began_at, t.people
HAVING SUM(t.files) <> 0
