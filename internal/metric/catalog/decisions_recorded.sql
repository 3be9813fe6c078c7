-- title: Decision records
-- question: Are important technical decisions written down?
-- owner: cto
-- unit: records a quarter
-- better: none
-- grain: quarter
-- fill: zero
-- needs: decision_version
-- nulls: unknown when there is no decision record at all
-- supply: docs/decisions/0001-title.md   # decision records with a line "Status: proposed" or "accepted"; if they lie elsewhere, name that repository too: diarchy diagnose PATH PATH ...
-- cites: D2, N8
-- caveats: Files in the usual places for decision records, by the commit that brought them. Decisions kept in a wiki are not seen.
-- gaming: Writing trivial records raises it.
SELECT @quarter(b.landed_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM (
  SELECT v.*, ROW_NUMBER() OVER (PARTITION BY v.repo_id, v.record_path ORDER BY v.landed_at, v.reading_order) AS nth
  FROM @decision_moment v
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1 AND @owned(s)
  WHERE v.landed_at < $2
) b
WHERE b.nth = 1 AND NOT b.is_boundary
GROUP BY 1
ORDER BY 1
-- facts:
SELECT b.landed_at, b.repo_id, b.sha, b.title || ' (' || CASE WHEN b.status = '' THEN 'no status' ELSE b.status END || ')' AS subject
FROM (
  SELECT v.*, ROW_NUMBER() OVER (PARTITION BY v.repo_id, v.record_path ORDER BY v.landed_at, v.reading_order) AS nth
  FROM @decision_moment v
  JOIN scope_repository s ON s.repo_id = v.repo_id AND s.scope = $1 AND @owned(s)
  WHERE v.landed_at < $2
) b
WHERE b.nth = 1 AND NOT b.is_boundary AND b.landed_at >= $3 AND b.landed_at < $4
ORDER BY b.landed_at DESC, b.path
