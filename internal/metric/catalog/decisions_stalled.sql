-- title: Stalled decisions
-- question: How many key technical decisions are waiting, and for too long?
-- owner: cto
-- unit: decisions
-- better: down
-- grain: 4 weeks
-- needs: decision_version
-- nulls: unknown when there is no decision record that states a status
-- cites: N8
-- caveats: Records whose newest version on the main line says proposed (or draft, pending, open) and whose first version is older than 60 days. Records that nobody ever closes look stalled; so do abandoned ones.
-- gaming: Deleting open records lowers it.
WITH step AS MATERIALIZED ( -- since is computed once: arithmetic on instants is slow inside a join
  SELECT $2 - k * INTERVAL '28 days' AS till, $2 - k * INTERVAL '28 days' - INTERVAL '60 days' AS since FROM generate_series(0, 78) AS g(k)
), version AS (
  SELECT v.repo_id, v.path, v.status, c.landed_at, c.reading_order,
         LEAD(c.landed_at) OVER (PARTITION BY v.repo_id, v.path ORDER BY c.landed_at, c.reading_order) AS next_at,
         MIN(c.landed_at) OVER (PARTITION BY v.repo_id, v.path) AS began_at,
         (SELECT MIN(g.landed_at) FROM file_change f JOIN commit g ON g.repo_id = f.repo_id AND g.sha = f.sha
          WHERE f.repo_id = v.repo_id AND (f.old_path = v.path OR f.path = v.path AND f.kind = 'D')) AS gone_at
  FROM decision_version v
  JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1
  WHERE c.landed_at < $2
)
SELECT t.till AS bucket,
       CAST(COUNT(v.path) FILTER (WHERE v.status = 'proposed' AND v.began_at < t.since) AS double precision) AS value,
       COUNT(v.path) AS n
FROM step t
LEFT JOIN version v ON v.landed_at < t.till AND (v.next_at IS NULL OR v.next_at >= t.till) AND (v.gone_at IS NULL OR v.gone_at >= t.till) AND v.status <> ''
WHERE t.till > (SELECT MIN(landed_at) FROM version WHERE status <> '')
GROUP BY t.till
ORDER BY t.till
-- facts:
SELECT c.landed_at, v.repo_id, v.sha, v.title || ' (' || v.status || ')' AS subject
FROM decision_version v
JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1
WHERE c.landed_at < $2 AND c.landed_at < $4 AND $3 < $4 AND v.status = 'proposed'
  AND NOT EXISTS (SELECT 1 FROM decision_version n JOIN commit nc ON nc.repo_id = n.repo_id AND nc.sha = n.sha
                  WHERE n.repo_id = v.repo_id AND n.path = v.path AND nc.reading_order > c.reading_order AND nc.landed_at < $4 AND nc.landed_at < $2)
ORDER BY c.landed_at, v.path
