-- title: How long debt stands
-- question: How long does admitted debt live before it is removed?
-- owner: cto
-- unit: days
-- better: down
-- grain: event
-- reduce: median survival
-- needs: debt_marker
-- nulls: unknown below twenty markers, or while more than half of them still stand
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N7, S1
-- caveats: Kaplan-Meier median over all markers; those that still stand count with the age that they have.
-- gaming: Deleting old comments lowers it.
SELECT ci.landed_at AS bucket,
       CAST((EXTRACT(EPOCH FROM CASE WHEN co.landed_at < $2 THEN co.landed_at ELSE $2 END) - EXTRACT(EPOCH FROM ci.landed_at)) / 86400.0 AS double precision) AS value,
       CASE WHEN co.landed_at < $2 THEN 1 ELSE 0 END AS n
FROM debt_marker d
JOIN commit ci ON ci.repo_id = d.repo_id AND ci.sha = d.in_sha
LEFT JOIN commit co ON co.repo_id = d.repo_id AND co.sha = d.out_sha
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE ci.landed_at < $2 AND NOT ci.is_boundary
ORDER BY 1, 2
-- facts:
SELECT ci.landed_at, d.repo_id, d.in_sha AS sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN commit ci ON ci.repo_id = d.repo_id AND ci.sha = d.in_sha
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE ci.landed_at < $2 AND NOT ci.is_boundary AND ci.landed_at >= $3 AND ci.landed_at < $4
ORDER BY ci.landed_at DESC, d.in_sha, d.ordinal
