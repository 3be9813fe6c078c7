-- title: Change requests in progress
-- question: How much work is begun and not finished?
-- owner: vpe
-- unit: change requests
-- better: down
-- grain: 4 weeks
-- needs: change_request
-- nulls: unknown before the first change request
-- supply: systems: [{system: github, token_env: GITHUB_TOKEN}]   # in diarchy.yaml; or another forge, or {system: csv, files: {change_requests: requests.csv}}
-- cites: R5, B2
-- caveats: Change requests by people that were open at the end of each four weeks, drafts included.
-- gaming: Opening them late lowers it.
WITH step AS MATERIALIZED (
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till FROM generate_series(0, 78) AS g(k)
)
SELECT t.till AS bucket, CAST(COUNT(r.number) AS double precision) AS value, COUNT(r.number) AS n
FROM step t
LEFT JOIN (
  SELECT q.number, q.opened_at, q.closed_at FROM @request_stage q
  WHERE @credited(q.repo_id, q.person_id, q.opened_at)
) r ON r.opened_at < t.till AND (r.closed_at IS NULL OR r.closed_at >= t.till)
WHERE t.till > (SELECT MIN(f.opened_at) FROM @request_stage f WHERE @credited(f.repo_id, f.person_id, f.opened_at))
GROUP BY t.till
ORDER BY t.till
-- facts:
SELECT r.opened_at AS landed_at, r.repo_id, '' AS sha, '#' || CAST(r.number AS varchar) || ' ' || r.title AS subject
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.opened_at) AND r.opened_at < $2 AND r.opened_at < $4 AND $3 < $4 AND (r.closed_at IS NULL OR r.closed_at >= CASE WHEN $4 < $2 THEN $4 ELSE $2 END)
ORDER BY r.opened_at DESC, r.repo_id, r.number
