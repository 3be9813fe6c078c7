-- title: Debt markers going out
-- question: How much admitted debt is paid down?
-- owner: cto
-- unit: markers a month
-- better: up
-- grain: month
-- fill: zero
-- needs: debt_marker
-- nulls: a month without any is zero
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N7, S1
-- caveats: A marker goes out when its line is removed, whether the debt was paid or only the comment deleted. Markers that a merge commit removes by itself are not seen.
-- gaming: Deleting comments raises it.
SELECT @month_of(d.landed_on) AS bucket, CAST(SUM(d.markers_out) AS double precision) AS value, CAST(SUM(d.markers_out) AS bigint) AS n
FROM @repository_day d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @held_on(s, d.landed_on)
WHERE d.landed_on <= @day(CAST($2 AS timestamptz)) AND d.markers_out > 0
GROUP BY 1
ORDER BY 1
-- facts:
SELECT l.out_at AS landed_at, d.repo_id, d.out_sha AS sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN @debt_life l ON l.repo_id = d.repo_id AND l.in_sha = d.in_sha AND l.ordinal = d.ordinal
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @held(s, l.out_at)
WHERE l.out_at < $2 AND l.out_at >= $3 AND l.out_at < $4
ORDER BY l.out_at DESC, d.out_sha, d.ordinal
