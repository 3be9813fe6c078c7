-- title: Duration of builds
-- question: How long does it take to know whether a change builds?
-- owner: vpe
-- unit: minutes
-- better: down
-- grain: month
-- needs: build
-- nulls: unknown in a month with fewer than ten builds that ended by themselves
-- supply: systems: [{system: csv, files: {builds: builds.csv}}]   # in diarchy.yaml; or a forge that runs pipelines
-- cites: B2
-- caveats: Median from queued to finished, of builds that succeeded or failed, on every branch.
-- gaming: Leaving tests out lowers it.
SELECT @month(b.finished_at) AS bucket,
       CASE WHEN COUNT(*) >= 10 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY (EXTRACT(EPOCH FROM b.finished_at) - EXTRACT(EPOCH FROM b.queued_at)) / 60.0) FILTER (WHERE b.finished_at >= @from) AS double precision) END AS value, COUNT(*) AS n
FROM build b
JOIN scope_repository s ON s.repo_id = b.repo_id AND s.scope = $1 AND @held(s, b.finished_at)
WHERE b.finished_at < $2 AND b.result IN ('success', 'failure') AND b.finished_at >= b.queued_at
GROUP BY 1
ORDER BY 1
-- facts:
SELECT b.finished_at AS landed_at, b.repo_id, b.sha, b.pipeline || ' ' || b.build_id || ': ' || b.result AS subject
FROM build b
JOIN scope_repository s ON s.repo_id = b.repo_id AND s.scope = $1 AND @held(s, b.finished_at)
WHERE b.finished_at < $2 AND b.result IN ('success', 'failure') AND b.finished_at >= b.queued_at AND b.finished_at >= $3 AND b.finished_at < $4
ORDER BY b.finished_at DESC, b.repo_id, b.build_id
