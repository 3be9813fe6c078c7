-- title: Size of change requests
-- question: How large are the pieces in which work is reviewed?
-- owner: vpe
-- unit: changed lines
-- better: down
-- grain: month
-- needs: change_request
-- nulls: unknown in a month with fewer than three merged change requests of which the forge counts lines
-- supply: systems: [{system: github, token_env: GITHUB_TOKEN}]   # in diarchy.yaml; or another forge, or {system: csv, files: {change_requests: requests.csv}}
-- cites: R5, B2
-- caveats: Median of added and deleted lines of merged change requests by people, as the forge counts them, generated files included.
-- gaming: Splitting by file count alone lowers it.
SELECT @month(r.merged_at) AS bucket, CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.changed) FILTER (WHERE r.merged_at >= @from) AS double precision) END AS value, COUNT(*) AS n
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2 AND r.changed IS NOT NULL
GROUP BY 1
ORDER BY 1
-- facts:
SELECT r.merged_at AS landed_at, r.repo_id, r.sha, '#' || CAST(r.number AS varchar) || ' ' || r.title || ' (' || CAST(r.changed AS varchar) || ' lines)' AS subject
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2 AND r.changed IS NOT NULL AND r.merged_at >= $3 AND r.merged_at < $4
ORDER BY r.merged_at DESC, r.repo_id, r.number
