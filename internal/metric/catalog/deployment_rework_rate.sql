-- title: Deployment rework rate
-- question: What share of deployments was not planned, but made to mend what users ran into?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: down
-- grain: month
-- needs: production_deployment, deployment_rework, application_incidents
-- nulls: unknown where no incident system tells of the application, before incident data begin, in a month with fewer than five deployments, and while no deployment was ever seen to be rework
-- supply: systems: [{system: csv, files: {incidents: incidents.csv}}]   # in diarchy.yaml; or an incident system; link what mended an incident to it
-- cites: R5, R7, B2
-- caveats: Defined as DORA does since 2024. Incident data begin with the first incident of all, or with the deployment that it is blamed on where that was at most 24 hours before. A deployment is rework when an incident says that it was mended by it, by a commit or by a change request that it carries; when it is a rollback; or when all changes that it carries call themselves hotfix, in title, branch or label, or in every commit; of a merge, its words tell the branch. A release, and a rollback, that comes to several environments of production is one deployment. Unplanned deployments that say nothing of the kind are not seen, so it is at least this; where none ever was seen, nobody may be saying so, and it is unknown rather than zero.
-- gaming: Not naming hotfixes lowers it; look at change_failure_rate beside it.
SELECT @month(d.deployed_at) AS bucket, CASE WHEN COUNT(*) >= 5 AND SUM(COUNT(*) FILTER (WHERE d.rework)) OVER () > 0 THEN CAST(COUNT(*) FILTER (WHERE d.rework) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM (
  SELECT p.repo_id, p.source, p.deployment_id, MIN(p.deployed_at) AS deployed_at, bool_or(r.deployment_id IS NOT NULL) AS rework
  FROM production_deployment p
  JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
  JOIN application_incidents c ON c.repo_id = p.repo_id AND c.application = p.application AND c.known_at < $2 AND p.deployed_at >= c.covered_from
  LEFT JOIN deployment_rework r ON r.repo_id = p.repo_id AND r.application = p.application AND r.deployment_source = p.source AND r.deployment_id = p.deployment_id
  WHERE p.deployed_at < $2 AND p.kind NOT IN ('failed', 'cancelled', 'rollout')
  GROUP BY 1, 2, 3
) d
GROUP BY 1
ORDER BY 1
-- facts:
SELECT p.deployed_at AS landed_at, p.repo_id, MIN(p.sha) AS sha, 'deployment ' || p.deployment_id || ' of ' || MIN(p.application) || ' (' || MIN(r.how) || ')' AS subject
FROM production_deployment p
JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
JOIN application_incidents c ON c.repo_id = p.repo_id AND c.application = p.application AND c.known_at < $2 AND p.deployed_at >= c.covered_from
JOIN deployment_rework r ON r.repo_id = p.repo_id AND r.application = p.application AND r.deployment_source = p.source AND r.deployment_id = p.deployment_id
WHERE p.deployed_at < $2 AND p.kind NOT IN ('failed', 'cancelled', 'rollout') AND p.deployed_at >= $3 AND p.deployed_at < $4
GROUP BY p.repo_id, p.source, p.deployment_id, p.deployed_at
ORDER BY 1 DESC, 2, 4
