-- title: Lead time from commit to release
-- question: How long does a commit take until a version carries it out?
-- owner: vpe
-- unit: days
-- better: down
-- grain: month
-- needs: commit, release
-- nulls: unknown in a month whose releases carry fewer than three commits
-- supply: git fetch --tags   # in the clone; or tag what is released: git tag -a v1.2.3
-- cites: R5, B2
-- caveats: Median over the commits that the month's releases were the first to contain, from the author's clock to the tag's date, so review and merging are part of it; found by ancestry. Commits never released are not in it, so it looks better than it is while releases stand still.
-- gaming: Rewriting dates lowers it; releasing more often is the honest way.
SELECT CAST(r.month_on AS timestamp) AS bucket, CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.days) FILTER (WHERE r.released_at >= @from) AS double precision) END AS value, COUNT(*) AS n
FROM @release_wait r
JOIN scope_repository s ON s.repo_id = r.repo_id AND s.scope = $1 AND @held(s, r.released_at)
WHERE r.released_at < $2
GROUP BY 1
ORDER BY 1
-- facts:
SELECT r.released_at AS landed_at, r.repo_id, r.sha, r.tag || ' carried what was written on ' || CAST(CAST(r.authored_at AS date) AS varchar) AS subject
FROM @release_wait r
JOIN scope_repository s ON s.repo_id = r.repo_id AND s.scope = $1 AND @held(s, r.released_at)
WHERE r.released_at < $2 AND r.released_at >= $3 AND r.released_at < $4
ORDER BY r.released_at DESC, r.sha
