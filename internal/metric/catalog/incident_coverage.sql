-- title: Deployments with incident data
-- question: Of what share of deployments would a failure be known?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: up
-- grain: month
-- needs: production_deployment, application_incidents
-- nulls: unknown in a month without deployments
-- supply: applications: [{name: NAME, repository: REPOSITORY, services: [NAME-OF-SERVICE]}]   # in diarchy.yaml, beside an incident system under systems:
-- cites: R5
-- caveats: Coverage of change_failure_rate: deployments, each once however many environments of production it came to, of an application that an incident system tells of, since its first incident of all, or the deployment that this is blamed on where that was at most 24 hours before. An application counts when one of its incidents is known, or when its services are declared under applications: in diarchy.yaml; of one that never had an incident and declares none, nobody can tell.
-- gaming: None known.
SELECT @month(d.deployed_at) AS bucket, CAST(COUNT(*) FILTER (WHERE d.covered) AS double precision) / COUNT(*) AS value, COUNT(*) AS n
FROM (
  SELECT p.repo_id, p.source, p.deployment_id, MIN(p.deployed_at) AS deployed_at, bool_or(c.application IS NOT NULL) AS covered
  FROM production_deployment p
  JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
  LEFT JOIN application_incidents c ON c.repo_id = p.repo_id AND c.application = p.application AND c.known_at < $2 AND p.deployed_at >= c.covered_from
  WHERE p.deployed_at < $2 AND p.kind NOT IN ('failed', 'cancelled', 'rollout')
  GROUP BY 1, 2, 3
) d
GROUP BY 1
ORDER BY 1
-- facts:
SELECT MIN(p.deployed_at) AS landed_at, p.repo_id, MIN(p.sha) AS sha, 'deployment ' || p.deployment_id || ' of ' || MIN(p.application) || CASE WHEN bool_or(c.application IS NOT NULL) THEN '' ELSE ' (no incident system tells of it)' END AS subject
FROM production_deployment p
JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
LEFT JOIN application_incidents c ON c.repo_id = p.repo_id AND c.application = p.application AND c.known_at < $2 AND p.deployed_at >= c.covered_from
WHERE p.deployed_at < $2 AND p.kind NOT IN ('failed', 'cancelled', 'rollout')
GROUP BY p.repo_id, p.source, p.deployment_id
HAVING MIN(p.deployed_at) >= $3 AND MIN(p.deployed_at) < $4
ORDER BY 1 DESC, 2, 4
