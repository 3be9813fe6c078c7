-- title: Debt markers coming in
-- question: How much debt do people admit to taking on?
-- owner: cto
-- unit: markers a month
-- better: down
-- grain: month
-- fill: zero
-- needs: debt_marker
-- nulls: a month without markers is zero
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N7, S1
-- caveats: TODO, FIXME, HACK, XXX and phrases of admitted debt in comments of source files. Teams differ in how much they write down: compare a company with its own past, never with another.
-- gaming: Not writing debt down lowers it; so does moving it into a tracker.
SELECT @month_of(d.landed_on) AS bucket, CAST(SUM(d.markers_in) AS double precision) AS value, CAST(SUM(d.markers_in) AS bigint) AS n
FROM @repository_day d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @held_on(s, d.landed_on)
WHERE d.landed_on <= @day(CAST($2 AS timestamptz)) AND d.markers_in > 0
GROUP BY 1
ORDER BY 1
-- facts:
SELECT l.in_at AS landed_at, d.repo_id, d.in_sha AS sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN @debt_life l ON l.repo_id = d.repo_id AND l.in_sha = d.in_sha AND l.ordinal = d.ordinal
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @held(s, l.in_at)
WHERE l.in_at < $2 AND NOT l.is_boundary AND l.in_at >= $3 AND l.in_at < $4
ORDER BY l.in_at DESC, d.in_sha, d.ordinal
