-- title: Active engineers
-- question: How many people regularly write what this organisation ships?
-- owner: both
-- unit: people
-- better: none
-- grain: 4 weeks
-- needs: commit
-- nulls: unknown before the first commit
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N1, R7
-- caveats: A person counts who wrote commits in at least three different weeks of the last thirteen. Engineers who seldom commit are not seen, so the headcount is at least this; identities of one person that could not be joined count twice. Bots are left out.
-- gaming: Cannot be raised without people; it says nothing about any of them.
WITH step AS MATERIALIZED ( -- since is computed once: arithmetic on instants is slow inside a join
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till, CAST($2 AS timestamptz) - k * INTERVAL '28 days' - INTERVAL '91 days' AS since FROM generate_series(0, 78) AS g(k)
  WHERE CAST($2 AS timestamptz) - k * INTERVAL '28 days' >= @from
), weeks AS (
  SELECT k.person_id, k.week_on, MIN(k.first_at) AS first_at, MAX(k.last_at) AS last_at
  FROM @person_week k
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
  WHERE k.first_at < $2 AND k.last_at >= @from - INTERVAL '91 days'
  GROUP BY 1, 2
), regular AS (
  SELECT t.till, k.person_id
  FROM step t
  JOIN weeks k ON k.first_at < t.till AND k.last_at >= t.since
  GROUP BY t.till, k.person_id
  HAVING COUNT(*) >= 3
)
SELECT t.till AS bucket, CAST(COUNT(r.person_id) AS double precision) AS value, COUNT(r.person_id) AS n
FROM step t
LEFT JOIN regular r ON r.till = t.till
WHERE t.till > (SELECT k.first_at FROM @person_week k JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s) WHERE k.first_at < $2 ORDER BY 1 LIMIT 1)
GROUP BY t.till
ORDER BY t.till
-- facts:
SELECT w.landed_at, w.repo_id, w.sha, w.subject
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1 AND @owned(s)
WHERE w.landed_at < $2 AND w.landed_at >= CAST($3 AS timestamptz) - INTERVAL '91 days' AND w.landed_at < $4
ORDER BY w.landed_at DESC, w.sha
