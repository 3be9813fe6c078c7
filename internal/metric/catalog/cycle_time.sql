-- title: Cycle time to merge
-- question: How long does a change request take from its first commit until it is merged?
-- owner: vpe
-- unit: hours
-- better: down
-- grain: month
-- needs: change_request, change_request_event, change_request_commit
-- nulls: unknown in a month in which fewer than three such change requests were merged
-- supply: systems: [{system: github, token_env: GITHUB_TOKEN}]   # in diarchy.yaml; or another forge, or {system: csv, files: {change_requests: requests.csv}}
-- cites: R5, B2
-- caveats: Median from the earliest commit of a change request to its merge. Its stages are cycle_coding, cycle_review_wait, cycle_review and cycle_merge_wait; medians of stages do not add up to that of the whole. By the month of the merge; of change requests by people; nights, weekends and holidays are in it unless diarchy.yaml declares working time.
-- gaming: Smaller change requests pass sooner, which is honest; opening them late hides the wait; look at change_lead_time beside it.
SELECT @month(r.merged_at) AS bucket,
       CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY @hours(r.started_at, r.merged_at)) FILTER (WHERE r.merged_at >= @from) AS double precision) END AS value,
       COUNT(*) AS n
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2
GROUP BY 1
ORDER BY 1
-- facts:
SELECT r.merged_at AS landed_at, r.repo_id, r.sha, '#' || CAST(r.number AS varchar) || ' ' || r.title AS subject
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.merged_at < $2 AND r.merged_at >= $3 AND r.merged_at < $4
ORDER BY r.merged_at DESC, r.repo_id, r.number
