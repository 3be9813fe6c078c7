-- title: Share of reverts
-- question: How much of what is done is taken back?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: down
-- grain: month
-- needs: commit
-- nulls: unknown in a month with fewer than ten commits
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: R7, B2
-- caveats: Counts commits whose message says that they revert another. Mistakes that are mended by a new commit are not seen.
-- gaming: Reverting by hand without saying so lowers it.
SELECT @month_of(d.landed_on) AS bucket,
       CASE WHEN SUM(d.commits) >= 10 THEN CAST(SUM(d.reverts) AS double precision) / SUM(d.commits) END AS value,
       CAST(SUM(d.commits) AS bigint) AS n
FROM @repository_day d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @held_on(s, d.landed_on)
WHERE d.landed_on <= @day(CAST($2 AS timestamptz))
GROUP BY 1
ORDER BY 1
-- facts:
SELECT w.landed_at, w.repo_id, w.sha, w.subject
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1 AND @held(s, w.landed_at)
WHERE w.landed_at < $2 AND w.is_revert AND w.landed_at >= $3 AND w.landed_at < $4
ORDER BY w.landed_at DESC, w.sha
