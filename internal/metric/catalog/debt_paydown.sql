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
SELECT @month(c.landed_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM debt_marker d
JOIN commit c ON c.repo_id = d.repo_id AND c.sha = d.out_sha
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE c.landed_at < $2
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, d.repo_id, c.sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN commit c ON c.repo_id = d.repo_id AND c.sha = d.out_sha
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE c.landed_at < $2 AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.sha, d.ordinal
