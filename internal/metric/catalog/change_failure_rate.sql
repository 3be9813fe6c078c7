-- title: Change failure rate
-- question: What share of deployments fails in production and has to be dealt with at once?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: down
-- grain: month
-- needs: production_deployment, deployment_failure, application_incidents
-- nulls: unknown where no incident system tells of the application, before incident data begin, and in a month with fewer than five deployments
-- supply: systems: [{system: csv, files: {incidents: incidents.csv}}]   # in diarchy.yaml; or an incident system; applications: services: says which of them are whose
-- cites: R5, R7, B2
-- caveats: A deployment failed when an incident is blamed on it (as the user says, else by a link to it, to a commit or to a change request, else because it was the last of its service within 24 hours before), or when it was rolled back; an incident after a rollback is blamed on what that undid. A link to what is known blames that or nothing: one to a deployment that failed, or that went elsewhere than to production, blames none. Rollbacks are no deployments here: they are how a failure is dealt with, and bring no change that could fail. A release that comes to several environments of production is one deployment, to the first of them, and failed when it did in any. A deployment that names no commit counts by itself. Deployments of applications that no incident system tells of are left out, as are those before incident data begin: with the first incident of all, or with the deployment that it is blamed on where that was at most 24 hours before; see incident_coverage. An incident that is found to come from an older deployment moves nothing: before the first incident nobody may have recorded any. Deployments that never succeeded did not reach production and are no failures here.
-- gaming: Not recording incidents lowers it; look at incident_coverage and revert_share beside it.
SELECT @month(d.deployed_at) AS bucket, CASE WHEN COUNT(*) >= 5 THEN CAST(COUNT(*) FILTER (WHERE d.failed) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM (
  SELECT p.repo_id, p.source, p.deployment_id, MIN(p.deployed_at) AS deployed_at, bool_or(f.deployment_id IS NOT NULL) AS failed
  FROM production_deployment p
  JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
  JOIN application_incidents c ON c.repo_id = p.repo_id AND c.application = p.application AND c.known_at < $2 AND p.deployed_at >= c.covered_from
  LEFT JOIN (
    SELECT DISTINCT repo_id, application, deployment_source, deployment_id FROM deployment_failure WHERE deployment_id <> '' AND failed_at < $2
  ) f ON f.repo_id = p.repo_id AND f.application = p.application AND f.deployment_source = p.source AND f.deployment_id = p.deployment_id
  WHERE p.deployed_at < $2 AND p.kind IN ('first', 'forward', 'unplaced', 'redeploy')
  GROUP BY 1, 2, 3
) d
GROUP BY 1
ORDER BY 1
-- facts:
SELECT p.deployed_at AS landed_at, f.repo_id, MIN(p.sha) AS sha, 'deployment ' || f.deployment_id || ' of ' || MIN(f.application) || ' failed: ' || MIN(CASE WHEN f.how = 'rollback' THEN 'rolled back' ELSE f.title || ' (known by ' || f.how || ')' END) AS subject
FROM deployment_failure f
JOIN production_deployment p ON p.repo_id = f.repo_id AND p.application = f.application AND p.source = f.deployment_source AND p.deployment_id = f.deployment_id AND p.kind IN ('first', 'forward', 'unplaced', 'redeploy')
JOIN scope_application s ON s.repo_id = f.repo_id AND s.application = f.application AND s.scope = $1 AND @held(s, p.deployed_at)
JOIN application_incidents c ON c.repo_id = f.repo_id AND c.application = f.application AND c.known_at < $2 AND p.deployed_at >= c.covered_from
WHERE f.failed_at < $2 AND p.deployed_at >= $3 AND p.deployed_at < $4
GROUP BY f.repo_id, f.deployment_source, f.deployment_id, p.deployed_at
ORDER BY 1 DESC, 2, 4
