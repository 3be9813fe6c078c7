-- title: Deployment frequency
-- question: How often does something new go into production?
-- owner: vpe
-- unit: deployments a week
-- better: up
-- grain: week
-- fill: zero
-- needs: production_deployment
-- nulls: a week without deployments is zero; weeks before the first deployment are not there
-- supply: systems: [{system: csv, files: {deployments: deployments.csv}}]   # in diarchy.yaml; or a forge that knows deployments
-- cites: R5, B2, T1
-- caveats: Successful deployments to an environment of production that carry a commit which none carried before, or one that is not in the history, or that name none. The same release in a further environment of production (prod-eu, then prod-us), rollbacks, and deployments of what was there already, are left out, as are failed and cancelled ones. One deployment of several applications counts once.
-- gaming: Deploying the same in smaller pieces raises it; look at change_lead_time and change_failure_rate beside it.
SELECT @week(d.deployed_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM (
  SELECT p.repo_id, p.source, p.deployment_id, MIN(p.deployed_at) AS deployed_at
  FROM production_deployment p
  JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
  WHERE p.deployed_at < $2 AND p.kind IN ('first', 'forward', 'unplaced')
  GROUP BY 1, 2, 3
) d
GROUP BY 1
ORDER BY 1
-- facts:
SELECT MIN(p.deployed_at) AS landed_at, p.repo_id, MIN(p.sha) AS sha, 'deployment ' || p.deployment_id || ' of ' || MIN(p.application) AS subject
FROM production_deployment p
JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
WHERE p.deployed_at < $2 AND p.kind IN ('first', 'forward', 'unplaced')
GROUP BY p.repo_id, p.source, p.deployment_id
HAVING MIN(p.deployed_at) >= $3 AND MIN(p.deployed_at) < $4
ORDER BY 1 DESC, 2, 4
