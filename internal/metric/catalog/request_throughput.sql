-- title: Change requests merged
-- question: How many change requests are finished each week?
-- owner: vpe
-- unit: change requests a week
-- better: steady
-- grain: week
-- fill: zero
-- needs: change_request
-- nulls: a week without merges is zero; weeks before the first are not there
-- supply: systems: [{system: github, token_env: GITHUB_TOKEN}]   # in diarchy.yaml; or another forge, or {system: csv, files: {change_requests: requests.csv}}
-- cites: N6, R5, B2
-- caveats: Merged change requests by people, by the week of the merge. Work that goes to the main line without one is in throughput alone.
-- gaming: Cutting work into smaller pieces raises it; look at request_size beside it.
SELECT @week(r.merged_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2
GROUP BY 1
ORDER BY 1
-- facts:
SELECT r.merged_at AS landed_at, r.repo_id, r.sha, '#' || CAST(r.number AS varchar) || ' ' || r.title AS subject
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2 AND r.merged_at >= $3 AND r.merged_at < $4
ORDER BY r.merged_at DESC, r.repo_id, r.number
