-- title: Failed deployment recovery time
-- question: How long does it take until a deployment that failed is mended?
-- owner: vpe
-- unit: hours
-- better: down
-- grain: month
-- needs: deployment_failure, production_deployment
-- nulls: unknown in a month in which fewer than three failed deployments were mended
-- supply: systems: [{system: csv, files: {incidents: incidents.csv}}]   # in diarchy.yaml; or an incident system
-- cites: R5, R7, B2
-- caveats: Median, by the month of the recovery, from the beginning of the first incident that is blamed on a deployment to the end of the last; of a deployment that was rolled back without an incident, from that deployment to the rollback, in all environments of production in which it was. Rollbacks one after the other undo the same deployment. Incidents that are blamed on no deployment are not in it, and neither is what goes on still. A failure of a deployment from before incident data begin is in it, though not in change_failure_rate: how long it took is known, how many others failed then is not. Nights and weekends are in it.
-- gaming: Closing incidents early lowers it.
SELECT @month(r.recovered_at) AS bucket, CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.hours) AS double precision) END AS value, COUNT(*) AS n
FROM (
  SELECT f.repo_id, f.deployment_source, f.deployment_id, MAX(f.recovered_at) AS recovered_at,
         CAST((EXTRACT(EPOCH FROM MAX(f.recovered_at)) - EXTRACT(EPOCH FROM COALESCE(MIN(CASE WHEN f.how <> 'rollback' THEN f.failed_at END), MIN(f.deployed_at)))) / 3600.0 AS double precision) AS hours
  FROM deployment_failure f
  JOIN scope_application s ON s.repo_id = f.repo_id AND s.application = f.application AND s.scope = $1 AND @held(s, f.deployed_at)
  WHERE f.failed_at < $2 AND f.deployment_id <> ''
  GROUP BY 1, 2, 3
  HAVING COUNT(*) = COUNT(*) FILTER (WHERE f.recovered_at < $2)
) r
WHERE r.hours >= 0
GROUP BY 1
ORDER BY 1
-- facts:
SELECT MAX(f.recovered_at) AS landed_at, f.repo_id, '' AS sha, 'deployment ' || f.deployment_id || ' of ' || MIN(f.application) || ', mended: ' || MIN(CASE WHEN f.how = 'rollback' THEN 'rolled back' ELSE f.title END) AS subject
FROM deployment_failure f
JOIN scope_application s ON s.repo_id = f.repo_id AND s.application = f.application AND s.scope = $1 AND @held(s, f.deployed_at)
WHERE f.failed_at < $2 AND f.deployment_id <> ''
GROUP BY f.repo_id, f.deployment_source, f.deployment_id
HAVING COUNT(*) = COUNT(*) FILTER (WHERE f.recovered_at < $2) AND MAX(f.recovered_at) >= $3 AND MAX(f.recovered_at) < $4
   AND MAX(f.recovered_at) >= COALESCE(MIN(CASE WHEN f.how <> 'rollback' THEN f.failed_at END), MIN(f.deployed_at))
ORDER BY 1 DESC, 2, 4
