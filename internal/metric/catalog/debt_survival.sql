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
-- caveats: Kaplan-Meier median over all markers; those that still stand count with the age that they have. Lifetimes are whole days, begun ones not counted.
-- gaming: Deleting old comments lowers it.
SELECT l.days, l.n, COUNT(*) AS lives
FROM (
  SELECT CAST(FLOOR((EXTRACT(EPOCH FROM CASE WHEN d.out_at < $2 THEN d.out_at ELSE $2 END) - EXTRACT(EPOCH FROM d.in_at)) / 86400.0) AS double precision) AS days,
         CASE WHEN d.out_at < $2 THEN 1 ELSE 0 END AS n
  FROM @debt_life d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
  WHERE d.in_at < $2 AND NOT d.is_boundary
) l
GROUP BY 1, 2
ORDER BY 1, 2
-- facts:
SELECT l.in_at AS landed_at, d.repo_id, d.in_sha AS sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN @debt_life l ON l.repo_id = d.repo_id AND l.in_sha = d.in_sha AND l.ordinal = d.ordinal
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
WHERE l.in_at < $2 AND NOT l.is_boundary AND l.in_at >= $3 AND l.in_at < $4
ORDER BY l.in_at DESC, d.in_sha, d.ordinal
