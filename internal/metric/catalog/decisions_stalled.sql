-- title: Stalled decisions
-- question: How many key technical decisions are waiting, and for too long?
-- owner: cto
-- unit: decisions
-- better: down
-- grain: 4 weeks
-- needs: decision_version
-- nulls: unknown when there is no decision record that states a status
-- supply: docs/decisions/0001-title.md   # decision records with a line "Status: proposed" or "accepted"; if they lie elsewhere, name that repository too: diarchy diagnose PATH PATH ...
-- cites: N8
-- caveats: Records whose newest version on the main line says proposed (or draft, pending, open) and whose first version is older than 60 days. Records that nobody ever closes look stalled; so do abandoned ones.
-- gaming: Deleting open records lowers it.
WITH step AS MATERIALIZED ( -- since is computed once: arithmetic on instants is slow inside a join
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till, CAST($2 AS timestamptz) - k * INTERVAL '28 days' - INTERVAL '60 days' AS since FROM generate_series(0, 78) AS g(k)
), version AS (
  SELECT v.repo_id, v.path, v.record_path, v.status, v.landed_at, v.reading_order,
         MIN(v.landed_at) OVER (PARTITION BY v.repo_id, v.record_path) AS began_at
  FROM @decision_moment v
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1 AND @owned(s)
  WHERE v.landed_at < $2
), moment AS ( -- what a record said from then on; nothing, once it was deleted or moved away from the records
  SELECT repo_id, record_path, status, landed_at, reading_order, began_at FROM version
  UNION ALL
  SELECT v.repo_id, v.record_path, NULL, f.landed_at, f.reading_order, v.began_at
  FROM version v
  JOIN @document_change f ON f.repo_id = v.repo_id AND f.path = v.path AND f.kind = 'D'
  WHERE f.landed_at < $2
  UNION ALL
  SELECT v.repo_id, v.record_path, NULL, f.landed_at, f.reading_order, v.began_at
  FROM version v
  JOIN @document_change f ON f.repo_id = v.repo_id AND f.old_path = v.path
  LEFT JOIN decision_version n ON n.repo_id = f.repo_id AND n.sha = f.sha AND n.path = f.path
  WHERE f.landed_at < $2 AND n.sha IS NULL
), record AS (
  SELECT repo_id, record_path, status, landed_at, began_at,
         LEAD(landed_at) OVER (PARTITION BY repo_id, record_path ORDER BY landed_at, reading_order) AS next_at
  FROM moment
)
SELECT t.till AS bucket,
       CAST(COUNT(r.record_path) FILTER (WHERE r.status = 'proposed' AND r.began_at < t.since) AS double precision) AS value,
       COUNT(r.record_path) AS n
FROM step t
LEFT JOIN record r ON r.landed_at < t.till AND (r.next_at IS NULL OR r.next_at >= t.till) AND r.status <> ''
WHERE t.till > (SELECT MIN(landed_at) FROM version WHERE status <> '')
GROUP BY t.till
ORDER BY t.till
-- facts:
WITH version AS (
  SELECT v.repo_id, v.path, v.record_path, v.sha, v.title, v.status, v.landed_at,
         MIN(v.landed_at) OVER (PARTITION BY v.repo_id, v.record_path) AS began_at,
         ROW_NUMBER() OVER (PARTITION BY v.repo_id, v.record_path ORDER BY v.landed_at DESC, v.reading_order DESC) AS nth,
         v.reading_order
  FROM @decision_moment v
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1 AND @owned(s)
  WHERE v.landed_at < $2 AND v.landed_at < $4 AND $3 < $4
)
SELECT v.landed_at, v.repo_id, v.sha, v.title || ' (' || v.status || ')' AS subject
FROM version v
WHERE v.nth = 1 AND v.status = 'proposed' AND v.began_at < CASE WHEN $4 < $2 THEN $4 ELSE $2 END - INTERVAL '60 days'
  AND NOT EXISTS (SELECT 1 FROM @document_change f
                  WHERE f.repo_id = v.repo_id AND f.path = v.path AND f.kind = 'D' AND f.landed_at < $2 AND f.landed_at < $4
                    AND (f.landed_at > v.landed_at OR f.landed_at = v.landed_at AND f.reading_order > v.reading_order))
  AND NOT EXISTS (SELECT 1 FROM @document_change f
                  WHERE f.repo_id = v.repo_id AND f.old_path = v.path AND f.landed_at < $2 AND f.landed_at < $4
                    AND (f.landed_at > v.landed_at OR f.landed_at = v.landed_at AND f.reading_order > v.reading_order))
ORDER BY v.landed_at DESC, v.path
