-- title: Change requests reworked after review
-- question: How much of what is reviewed has to be done again?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: none
-- grain: month
-- needs: change_request, change_request_event
-- nulls: unknown in a month with fewer than five reviewed and merged change requests, and while a push after a review was never seen
-- supply: systems: [{system: github, token_env: GITHUB_TOKEN}]   # in diarchy.yaml; or another forge, or {system: csv, files: {change_requests: requests.csv, change_request_events: events.csv}} with what was pushed
-- cites: R7, B2
-- caveats: Share of the reviewed and merged change requests to which commits were pushed after the first review. Some rework is what reviews are for; a sudden change is what matters. Where none was ever seen, the system may not tell of pushes, and it is unknown rather than zero.
-- gaming: Approving without looking lowers it.
SELECT @month(r.merged_at) AS bucket, CASE WHEN COUNT(*) >= 5 AND SUM(COUNT(*) FILTER (WHERE r.reworked)) OVER () > 0 THEN CAST(COUNT(*) FILTER (WHERE r.reworked) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2 AND r.reviewed_at IS NOT NULL
GROUP BY 1
ORDER BY 1
-- facts:
SELECT r.merged_at AS landed_at, r.repo_id, r.sha, '#' || CAST(r.number AS varchar) || ' ' || r.title AS subject
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2 AND r.reviewed_at IS NOT NULL AND r.reworked AND r.merged_at >= $3 AND r.merged_at < $4
ORDER BY r.merged_at DESC, r.repo_id, r.number
