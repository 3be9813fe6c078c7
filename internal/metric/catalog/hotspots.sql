-- title: Hotspots
-- question: Where do much change and much branching meet?
-- owner: cto
-- unit: share of changed lines
-- better: down
-- grain: snapshot
-- reduce: hotspots
-- needs: file_change, file_shape
-- nulls: unknown where fewer than twenty files of those that changed within the year could be measured
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N7, S1
-- caveats: The share of a year's changed lines of code that falls on the ten files with the highest product of changed lines and branches. Changes by bots are left out. Branches are counted by scc in the files that stand at the head of the clone, and of them in the 300 that changed most over the history. When an earlier date is judged (--as-of), files that have gone since are therefore not measured, and the others have the branches that they have at the head, not those that they had then.
-- gaming: Splitting files lowers it, and may be right.
WITH counted AS ( -- what began before a year and a quarter is over and done with
  SELECT c.repo_id, MAX(c.began_at) AS began_at
  FROM @source_churn c
  JOIN scope_repository s ON s.repo_id = c.repo_id AND s.scope = $1 AND @owned(s)
  WHERE c.began_at < $2 AND c.began_at > CAST($2 AS timestamptz) - INTERVAL '460 days'
  GROUP BY 1
), ranked AS (
  SELECT h.repo_id, MAX(h.began_at) AS began_at
  FROM @source_hotspot h
  JOIN scope_repository s ON s.repo_id = h.repo_id AND s.scope = $1 AND @owned(s)
  WHERE h.began_at < $2 AND h.began_at > CAST($2 AS timestamptz) - INTERVAL '460 days'
  GROUP BY 1
)
SELECT '' AS file, CAST(COALESCE(SUM(c.changed), 0) AS bigint) AS changed, CAST(COALESCE(SUM(c.known), 0) AS bigint) AS known,
       CAST(COALESCE(SUM(c.files), 0) AS bigint) AS files, CAST(COALESCE(SUM(c.measured), 0) AS bigint) AS measured, CAST(0 AS bigint) AS product
FROM @source_churn c
JOIN counted q ON q.repo_id = c.repo_id AND q.began_at = c.began_at
WHERE c.from_at < $2 AND c.began_at > CAST($2 AS timestamptz) - INTERVAL '460 days'
UNION ALL
SELECT t.file, t.changed, t.complexity, t.changes, CAST(0 AS bigint), t.changed * t.complexity
FROM (
  SELECT h.repo_id || ':' || h.path AS file, CAST(SUM(h.changed) AS bigint) AS changed, h.complexity, CAST(SUM(h.changes) AS bigint) AS changes
  FROM @source_hotspot h
  JOIN ranked q ON q.repo_id = h.repo_id AND q.began_at = h.began_at
  WHERE h.from_at < $2 AND h.began_at > CAST($2 AS timestamptz) - INTERVAL '460 days'
  GROUP BY h.repo_id, h.path, h.complexity
  HAVING SUM(h.changed) > 0
  ORDER BY SUM(h.changed) * h.complexity DESC, 1
  LIMIT 10
) t
ORDER BY product DESC, file
-- facts:
SELECT f.landed_at, f.repo_id, f.sha, f.path || ': +' || CAST(f.added AS varchar) || ' -' || CAST(f.deleted AS varchar) AS subject
FROM @source_change f
JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1 AND @owned(s)
JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path
WHERE f.landed_at < $2 AND f.category = 'code' AND f.person_id IS NOT NULL AND fs.complexity >= 0 AND f.landed_at >= $3 AND f.landed_at < $4
ORDER BY f.landed_at DESC, f.sha, f.path
