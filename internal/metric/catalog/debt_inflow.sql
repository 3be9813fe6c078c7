-- title: Debt markers coming in
-- question: How much debt do people admit to taking on?
-- owner: cto
-- unit: markers a month
-- better: down
-- grain: month
-- fill: zero
-- needs: debt_marker
-- nulls: a month without markers is zero
-- cites: N7, S1
-- caveats: TODO, FIXME, HACK, XXX and phrases of admitted debt in comments of source files. Teams differ in how much they write down: compare a company with its own past, never with another.
-- gaming: Not writing debt down lowers it; so does moving it into a tracker.
SELECT @month_of(d.landed_on) AS bucket, CAST(SUM(d.markers_in) AS double precision) AS value, CAST(SUM(d.markers_in) AS bigint) AS n
FROM @repository_day d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE d.landed_on <= @day($2) AND d.markers_in > 0
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, d.repo_id, c.sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN commit c ON c.repo_id = d.repo_id AND c.sha = d.in_sha
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE c.landed_at < $2 AND NOT c.is_boundary AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.sha, d.ordinal
