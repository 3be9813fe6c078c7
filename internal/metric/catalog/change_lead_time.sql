-- title: Change lead time
-- question: How long does a change take from its first commit until it runs in production?
-- owner: vpe
-- unit: days
-- better: down
-- grain: month
-- needs: change_delivery, production_deployment
-- nulls: unknown in a month in which fewer than three changes were first deployed, and where no deployment is known
-- supply: systems: [{system: csv, files: {deployments: deployments.csv}}]   # in diarchy.yaml; or a forge that knows deployments
-- cites: R5, B2
-- caveats: Median from the earliest commit of a change (of its change request, also where a squash kept none of them) to the end of the first successful deployment to production that carries all of it, to whichever environment first, found by ancestry and not by dates; nights and weekends are in it. What the first deployment ever seen carries was there before and has no lead time. A change of several applications counts once, when the first of them carries it. A deployment that names no commit carries nothing that is known. Changes that were never deployed are not in it: see deployed_share.
-- gaming: Rewriting the author's dates lowers it, and so do changes cut so small that none is useful; look at change_failure_rate beside it.
SELECT @month(c.deployed_at) AS bucket,
       CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY c.days) FILTER (WHERE c.deployed_at >= @from) AS double precision) END AS value,
       COUNT(*) AS n
FROM (
  SELECT d.repo_id, d.change_key, MIN(d.deployed_at) AS deployed_at, CAST((EXTRACT(EPOCH FROM MIN(d.deployed_at)) - EXTRACT(EPOCH FROM MIN(d.started_at))) / 86400.0 AS double precision) AS days
  FROM change_delivery d
  JOIN scope_application s ON s.repo_id = d.repo_id AND s.application = d.application AND s.scope = $1 AND @held(s, d.deployed_at)
  WHERE d.deployed_at < $2 AND d.landed_at < $2 AND NOT d.is_baseline AND d.started_at <= d.deployed_at
  GROUP BY d.repo_id, d.change_key
) c
GROUP BY 1
ORDER BY 1
-- facts:
SELECT d.deployed_at AS landed_at, d.repo_id, MIN(d.sha) AS sha, MIN(d.title) || ' (begun ' || CAST(CAST(MIN(d.started_at) AS date) AS varchar) || ')' AS subject
FROM (
  SELECT d.repo_id, d.change_key, d.sha, d.title, d.started_at, MIN(d.deployed_at) OVER (PARTITION BY d.repo_id, d.change_key) AS deployed_at
  FROM change_delivery d
  JOIN scope_application s ON s.repo_id = d.repo_id AND s.application = d.application AND s.scope = $1 AND @held(s, d.deployed_at)
  WHERE d.deployed_at < $2 AND d.landed_at < $2 AND NOT d.is_baseline AND d.started_at <= d.deployed_at
) d
WHERE d.deployed_at >= $3 AND d.deployed_at < $4
GROUP BY d.repo_id, d.change_key, d.deployed_at
ORDER BY 1 DESC, 2, 3
