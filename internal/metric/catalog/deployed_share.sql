-- title: Changes that were seen deployed
-- question: Of what share of changes is it known that they run in production?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: up
-- grain: month
-- needs: change_delivery, production_deployment
-- nulls: unknown in a month in which fewer than three changes landed, and where no deployment at all is known
-- supply: systems: [{system: csv, files: {deployments: deployments.csv}}]   # in diarchy.yaml; or a forge that knows deployments
-- cites: R5
-- caveats: Coverage of change_lead_time: of the changes that landed in a month, those that a deployment was seen to carry until the date that is judged. It is low where repositories do not deploy, where their deployments are not read, and at the end, for what waits.
-- gaming: None known.
SELECT @month(c.landed_at) AS bucket, CASE WHEN COUNT(*) >= 3 THEN CAST(COUNT(*) FILTER (WHERE c.deployed) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM (
  SELECT d.repo_id, d.change_key, MIN(d.landed_at) AS landed_at, bool_or(COALESCE(d.deployed_at < $2, false)) AS deployed
  FROM change_delivery d
  JOIN scope_application s ON s.repo_id = d.repo_id AND s.application = d.application AND s.scope = $1 AND @held(s, d.landed_at)
  WHERE d.landed_at < $2 AND NOT d.is_baseline
    AND d.landed_at >= (SELECT MIN(p.deployed_at) FROM production_deployment p JOIN scope_application o ON o.repo_id = p.repo_id AND o.application = p.application AND o.scope = $1 WHERE p.kind = 'first' AND p.deployed_at < $2)
  GROUP BY 1, 2
) c
GROUP BY 1
ORDER BY 1
-- facts:
SELECT MIN(d.landed_at) AS landed_at, d.repo_id, MIN(d.sha) AS sha, MIN(d.title) || CASE WHEN bool_or(COALESCE(d.deployed_at < $2, false)) THEN '' ELSE ' (not seen deployed)' END AS subject
FROM change_delivery d
JOIN scope_application s ON s.repo_id = d.repo_id AND s.application = d.application AND s.scope = $1 AND @held(s, d.landed_at)
WHERE d.landed_at < $2 AND NOT d.is_baseline
  AND d.landed_at >= (SELECT MIN(p.deployed_at) FROM production_deployment p JOIN scope_application o ON o.repo_id = p.repo_id AND o.application = p.application AND o.scope = $1 WHERE p.kind = 'first' AND p.deployed_at < $2)
GROUP BY d.repo_id, d.change_key
HAVING MIN(d.landed_at) >= $3 AND MIN(d.landed_at) < $4
ORDER BY 1 DESC, 2, 4
