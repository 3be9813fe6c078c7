-- title: Time from proposed to decided
-- question: How long does a key technical decision take?
-- owner: cto
-- unit: days
-- better: down
-- grain: event
-- reduce: median by quarter
-- needs: decision_version
-- nulls: unknown in a quarter with fewer than three decisions
-- cites: N8, D2
-- caveats: From the author's clock on the record's first version to the day on which a version that says accepted or rejected reached the main line. Where records are merged only once they are accepted, it is the time of writing and review. Records that state no status are left out.
-- gaming: Proposing late lowers it.
WITH version AS (
  SELECT v.repo_id, v.path, c.landed_at, c.authored_at, c.is_date_suspect, v.status, v.title
  FROM decision_version v
  JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1
  WHERE c.landed_at < $2
), record AS (
  SELECT repo_id, title, MIN(authored_at) AS began_at, MIN(landed_at) FILTER (WHERE status IN ('accepted', 'rejected')) AS decided_at,
         bool_or(is_date_suspect) AS is_suspect
  FROM version GROUP BY repo_id, title
)
SELECT r.decided_at AS bucket, CAST((EXTRACT(EPOCH FROM r.decided_at) - EXTRACT(EPOCH FROM r.began_at)) / 86400.0 AS double precision) AS value, 1 AS n
FROM record r
WHERE r.decided_at IS NOT NULL AND r.decided_at >= r.began_at AND NOT r.is_suspect
ORDER BY 1, 2
-- facts:
SELECT c.landed_at, v.repo_id, v.sha, v.title || ' (' || CASE WHEN v.status = '' THEN 'no status' ELSE v.status END || ')' AS subject
FROM decision_version v
JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1
WHERE c.landed_at < $2 AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, v.path
