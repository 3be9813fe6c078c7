-- title: Debt markers going out
-- question: How much admitted debt is paid down?
-- owner: cto
-- unit: markers a month
-- better: up
-- grain: month
-- fill: zero
-- needs: debt_marker
-- nulls: a month without any is zero
-- cites: N7, S1
-- caveats: A marker goes out when its line is removed, whether the debt was paid or only the comment deleted. Markers that a merge commit removes by itself are not seen.
-- gaming: Deleting comments raises it.
SELECT @month_of(d.landed_on) AS bucket, CAST(SUM(d.markers_out) AS double precision) AS value, CAST(SUM(d.markers_out) AS bigint) AS n
FROM @repository_day d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE d.landed_on <= @day($2) AND d.markers_out > 0
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, d.repo_id, c.sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN commit c ON c.repo_id = d.repo_id AND c.sha = d.out_sha
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE c.landed_at < $2 AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.sha, d.ordinal
