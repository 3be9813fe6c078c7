-- title: People who contributed
-- question: How many different people wrote anything at all?
-- owner: both
-- unit: people
-- better: none
-- grain: 4 weeks
-- needs: commit
-- nulls: unknown before the first commit
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N1
-- caveats: Anyone with at least one commit in the last thirteen weeks, once or often. Far more contributors than active engineers is the mark of an open-source project.
-- gaming: Splitting identities raises it; see the identities that were merged.
WITH step AS MATERIALIZED ( -- since is computed once: arithmetic on instants is slow inside a join
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till, CAST($2 AS timestamptz) - k * INTERVAL '28 days' - INTERVAL '91 days' AS since FROM generate_series(0, 78) AS g(k)
  WHERE CAST($2 AS timestamptz) - k * INTERVAL '28 days' >= @from
), weeks AS (
  SELECT k.person_id, k.week_on, MIN(k.first_at) AS first_at, MAX(k.last_at) AS last_at
  FROM @person_week k
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
  WHERE k.first_at < $2 AND k.last_at >= @from - INTERVAL '91 days'
  GROUP BY 1, 2
), seen AS (
  SELECT t.till, k.person_id
  FROM step t
  JOIN weeks k ON k.first_at < t.till AND k.last_at >= t.since
  GROUP BY t.till, k.person_id
)
SELECT t.till AS bucket, CAST(COUNT(p.person_id) AS double precision) AS value, COUNT(p.person_id) AS n
FROM step t
LEFT JOIN seen p ON p.till = t.till
WHERE t.till > (SELECT k.first_at FROM @person_week k JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s) WHERE k.first_at < $2 ORDER BY 1 LIMIT 1)
GROUP BY t.till
ORDER BY t.till
-- facts:
SELECT w.landed_at, w.repo_id, w.sha, w.subject
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1 AND @owned(s)
WHERE w.landed_at < $2 AND w.landed_at >= CAST($3 AS timestamptz) - INTERVAL '91 days' AND w.landed_at < $4
ORDER BY w.landed_at DESC, w.sha
