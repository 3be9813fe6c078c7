-- title: Freshness of architectural documents
-- question: Are decision records, evaluation frameworks and integration patterns kept up to date?
-- owner: cto
-- unit: share
-- better: up
-- grain: 4 weeks
-- needs: document, file_change
-- nulls: unknown when there is no such document
-- supply: diarchy diagnose PATH PATH ...   # with the repository that holds decision records, principles and architecture documents
-- cites: D2
-- caveats: A decision that stands need not change, so the unit is the collection: the decision records of a repository, its evaluation frameworks, its integration patterns. The share of collections in which anything was added or changed within the last 92 days; D2 asks for a quarterly review. A review that changes nothing is not seen.
-- gaming: Touching files raises it.
WITH step AS MATERIALIZED ( -- since is computed once: arithmetic on instants is slow inside a join
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till, CAST($2 AS timestamptz) - k * INTERVAL '28 days' - INTERVAL '92 days' AS since FROM generate_series(0, 39) AS g(k)
), touched AS ( -- a file that is renamed is gone from its old path
  SELECT d.repo_id, d.kind AS kind_of, d.path, f.landed_at, f.reading_order, f.kind <> 'D' AS stands, f.kind IN ('A', 'R') AS begins
  FROM document d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
  JOIN @document_change f ON f.repo_id = d.repo_id AND f.path = d.path
  WHERE d.kind IN ('decision_record', 'evaluation', 'pattern') AND f.landed_at < $2
  UNION ALL
  SELECT d.repo_id, d.kind, d.path, f.landed_at, f.reading_order, false, false
  FROM document d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
  JOIN @document_change f ON f.repo_id = d.repo_id AND f.old_path = d.path
  WHERE d.kind IN ('decision_record', 'evaluation', 'pattern') AND f.landed_at < $2
), life AS ( -- how often a path began or ended up to here
  SELECT repo_id, kind_of, path, landed_at, reading_order, stands, begins,
         SUM(CASE WHEN stands AND NOT begins THEN 0 ELSE 1 END) OVER (PARTITION BY repo_id, path ORDER BY landed_at, reading_order, stands) AS nth
  FROM touched
), moment AS ( -- what was only edited since it ended was edited on another branch, and has not come back by that
  SELECT repo_id, kind_of, path, landed_at, nth = 0 OR bool_or(begins) OVER (PARTITION BY repo_id, path, nth) AS stands,
         LEAD(landed_at) OVER (PARTITION BY repo_id, path ORDER BY landed_at, reading_order, stands) AS next_at
  FROM life
), collection AS (
  SELECT t.till, t.since, m.repo_id, m.kind_of, MAX(m.landed_at) AS changed_at
  FROM step t
  JOIN moment m ON m.landed_at < t.till AND (m.next_at IS NULL OR m.next_at >= t.till) AND m.stands
  GROUP BY t.till, t.since, m.repo_id, m.kind_of
)
SELECT till AS bucket,
       CAST(COUNT(*) FILTER (WHERE changed_at >= since) AS double precision) / NULLIF(COUNT(*), 0) AS value,
       COUNT(*) AS n
FROM collection
GROUP BY till
ORDER BY till
-- facts:
SELECT f.landed_at, d.repo_id, f.sha, d.path AS subject
FROM document d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
JOIN @document_change f ON f.repo_id = d.repo_id AND f.path = d.path
WHERE d.kind IN ('decision_record', 'evaluation', 'pattern') AND f.landed_at < $2 AND f.landed_at >= $3 AND f.landed_at < $4
ORDER BY f.landed_at DESC, d.path
