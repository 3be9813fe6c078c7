-- title: Time from proposed to decided
-- question: How long does a key technical decision take?
-- owner: cto
-- unit: days
-- better: down
-- grain: event
-- reduce: median by quarter
-- needs: decision_version
-- nulls: unknown in a quarter with fewer than three decisions
-- supply: docs/decisions/0001-title.md   # decision records with a line "Status: proposed" or "accepted"; if they lie elsewhere, name that repository too: diarchy diagnose PATH PATH ...
-- cites: N8, D2
-- caveats: From the author's clock on the record's first version to the day on which a version that says accepted or rejected reached the main line. Where records are merged only once they are accepted, it is the time of writing and review. Records that state no status are left out.
-- gaming: Proposing late lowers it.
WITH record AS (
  SELECT v.repo_id, v.record_path, MIN(v.authored_at) AS began_at, MIN(v.landed_at) FILTER (WHERE v.status IN ('accepted', 'rejected')) AS decided_at,
         bool_or(v.is_date_suspect) AS is_suspect, bool_or(v.is_boundary) AS is_cut
  FROM @decision_moment v
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1 AND @owned(s)
  WHERE v.landed_at < $2
  GROUP BY v.repo_id, v.record_path
)
SELECT r.decided_at AS bucket, CAST((EXTRACT(EPOCH FROM r.decided_at) - EXTRACT(EPOCH FROM r.began_at)) / 86400.0 AS double precision) AS value, 1 AS n
FROM record r
WHERE r.decided_at IS NOT NULL AND r.decided_at >= r.began_at AND NOT r.is_suspect AND NOT r.is_cut
ORDER BY 1, 2
-- facts:
SELECT v.landed_at, v.repo_id, v.sha, v.title || ' (' || CASE WHEN v.status = '' THEN 'no status' ELSE v.status END || ')' AS subject
FROM @decision_moment v
JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1 AND @owned(s)
WHERE v.landed_at < $2 AND v.landed_at >= $3 AND v.landed_at < $4
ORDER BY v.landed_at DESC, v.path
