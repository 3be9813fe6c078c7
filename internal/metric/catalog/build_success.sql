-- title: Builds that succeed
-- question: How often does the main line build and pass its tests?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: up
-- grain: month
-- needs: build
-- nulls: unknown in a month with fewer than ten builds that ended
-- supply: systems: [{system: csv, files: {builds: builds.csv}}]   # in diarchy.yaml; or a forge that runs pipelines
-- cites: R7, B2
-- caveats: Share of finished builds that succeeded, each attempt by itself, on every branch; cancelled ones are left out. A build that is tried again until it passes shows as failures and one success.
-- gaming: Leaving tests out raises it; look at change_failure_rate beside it.
SELECT @month(b.finished_at) AS bucket, CASE WHEN COUNT(*) >= 10 THEN CAST(COUNT(*) FILTER (WHERE b.result = 'success') AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM build b
JOIN scope_repository s ON s.repo_id = b.repo_id AND s.scope = $1 AND @held(s, b.finished_at)
WHERE b.finished_at < $2 AND b.result IN ('success', 'failure')
GROUP BY 1
ORDER BY 1
-- facts:
SELECT b.finished_at AS landed_at, b.repo_id, b.sha, b.pipeline || ' ' || b.build_id || ' failed' AS subject
FROM build b
JOIN scope_repository s ON s.repo_id = b.repo_id AND s.scope = $1 AND @held(s, b.finished_at)
WHERE b.finished_at < $2 AND b.result = 'failure' AND b.finished_at >= $3 AND b.finished_at < $4
ORDER BY b.finished_at DESC, b.repo_id, b.build_id
