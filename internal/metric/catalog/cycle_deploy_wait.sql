-- title: Cycle time: waiting to deploy
-- question: How long does what is merged wait until it runs in production?
-- owner: vpe
-- unit: hours
-- better: down
-- grain: month
-- needs: change_request, change_delivery, production_deployment
-- nulls: unknown in a month in which fewer than three merged change requests were first deployed
-- supply: systems: [{system: csv, files: {deployments: deployments.csv}}]   # in diarchy.yaml; or a forge that knows deployments
-- cites: R5, B2
-- caveats: Median from the merge to the first deployment that carries it, by ancestry; by the month of the deployment. What was deployed before it was merged is not in it.
-- gaming: Merging late lowers it; look at cycle_merge_wait beside it.
SELECT @month(r.deployed_at) AS bucket,
       CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY @hours(r.merged_at, r.deployed_at)) FILTER (WHERE r.deployed_at >= @from) AS double precision) END AS value,
       COUNT(*) AS n
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.deployed_at < $2 AND r.merged_at <= r.deployed_at
GROUP BY 1
ORDER BY 1
-- facts:
SELECT r.deployed_at AS landed_at, r.repo_id, r.sha, '#' || CAST(r.number AS varchar) || ' ' || r.title AS subject
FROM @request_stage r
WHERE @credited(r.repo_id, r.person_id, r.merged_at) AND r.deployed_at < $2 AND r.merged_at <= r.deployed_at AND r.deployed_at >= $3 AND r.deployed_at < $4
ORDER BY r.deployed_at DESC, r.repo_id, r.number
