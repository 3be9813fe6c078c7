-- title: Decision records
-- question: Are important technical decisions written down?
-- owner: cto
-- unit: records a quarter
-- better: none
-- grain: quarter
-- fill: zero
-- needs: decision_version
-- nulls: unknown when there is no decision record at all
-- cites: D2, N8
-- caveats: Files in the usual places for decision records, by the commit that brought them. Decisions kept in a wiki are not seen.
-- gaming: Writing trivial records raises it.
SELECT @quarter(b.began_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM (
  SELECT v.repo_id, v.path, MIN(c.landed_at) AS began_at
  FROM decision_version v
  JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1
  WHERE c.landed_at < $2
    AND NOT EXISTS (SELECT 1 FROM file_change f WHERE f.repo_id = v.repo_id AND f.sha = v.sha AND f.path = v.path AND f.old_path <> '')
  GROUP BY v.repo_id, v.path
) b
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, v.repo_id, v.sha, v.title || ' (' || CASE WHEN v.status = '' THEN 'no status' ELSE v.status END || ')' AS subject
FROM decision_version v
JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1
WHERE c.landed_at < $2 AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, v.path
