-- title: Occasional contributors
-- question: Is this a company, or a project that strangers contribute to?
-- owner: both
-- unit: share
-- better: none
-- grain: 4 weeks
-- needs: commit
-- nulls: unknown with fewer than ten people in a year
-- cites: N1
-- caveats: The share of a year's contributors who wrote on one or two days only. Employees seldom do; above a half it is the mark of an open-source project, whose people this product cannot count as staff.
-- gaming: None.
WITH step AS MATERIALIZED ( -- since is computed once: arithmetic on instants is slow inside a join
  SELECT $2 - k * INTERVAL '28 days' AS till, $2 - k * INTERVAL '28 days' - INTERVAL '365 days' AS since FROM generate_series(0, 26) AS g(k)
), days AS (
  SELECT k.person_id, k.landed_on, MIN(k.first_at) AS first_at, MAX(k.last_at) AS last_at
  FROM @person_day k
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1
  WHERE k.first_at < $2
  GROUP BY 1, 2
), people AS (
  SELECT t.till, d.person_id, COUNT(*) AS active_days
  FROM step t
  JOIN days d ON d.first_at < t.till AND d.last_at >= t.since
  GROUP BY t.till, d.person_id
)
SELECT till AS bucket, CAST(COUNT(*) FILTER (WHERE active_days <= 2) AS double precision) / NULLIF(COUNT(*), 0) AS value, COUNT(*) AS n
FROM people
GROUP BY till
HAVING COUNT(*) >= 10
ORDER BY till
-- facts:
SELECT w.landed_at, w.repo_id, w.sha, c.subject
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1
JOIN commit c ON c.repo_id = w.repo_id AND c.sha = w.sha
WHERE w.landed_at < $2 AND w.landed_at >= $3 AND w.landed_at < $4
ORDER BY w.landed_at DESC, w.sha
