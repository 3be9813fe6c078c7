-- title: Occasional contributors
-- question: Is this a company, or a project that strangers contribute to?
-- owner: both
-- unit: share
-- better: none
-- grain: 4 weeks
-- needs: commit
-- nulls: unknown with fewer than ten people in a year
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N1
-- caveats: The share of a year's contributors who wrote on one or two days only. Employees seldom do; above a half it is the mark of an open-source project, whose people this product cannot count as staff.
-- gaming: None.
WITH step AS MATERIALIZED (
  SELECT k, CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till, CAST($2 AS timestamptz) - k * INTERVAL '28 days' - INTERVAL '365 days' AS since FROM generate_series(0, 26) AS g(k)
  WHERE CAST($2 AS timestamptz) - k * INTERVAL '28 days' >= @from
), days AS ( -- in how many steps back from the date the day is after the end, and in how many not yet before the beginning
  SELECT k.person_id, k.landed_on,
         (EXTRACT(EPOCH FROM CAST($2 AS timestamptz)) - EXTRACT(EPOCH FROM MIN(k.first_at))) / 2419200.0 AS last_step,
         (EXTRACT(EPOCH FROM CAST($2 AS timestamptz)) - EXTRACT(EPOCH FROM MAX(k.last_at)) - 31536000.0) / 2419200.0 AS first_step
  FROM @person_day k
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
  WHERE k.first_at < $2 AND k.last_at >= (SELECT MIN(since) FROM step)
  GROUP BY 1, 2
), steps AS ( -- a day counts in steps from first_step on and before last_step
  SELECT person_id, GREATEST(CEIL(first_step), 0) AS k, 1 AS days FROM days
  UNION ALL
  SELECT person_id, CEIL(last_step), -1 FROM days
), moves AS (
  SELECT person_id, k, SUM(days) AS days FROM steps GROUP BY 1, 2
), levels AS (
  SELECT person_id, k, LEAD(k) OVER (PARTITION BY person_id ORDER BY k) AS next_k, SUM(days) OVER (PARTITION BY person_id ORDER BY k) AS active_days
  FROM moves
)
SELECT t.till AS bucket,
       CASE WHEN COUNT(*) >= 10 THEN CAST(COUNT(*) FILTER (WHERE l.active_days <= 2) AS double precision) / COUNT(*) END AS value,
       COUNT(*) AS n
FROM step t
JOIN levels l ON l.k <= t.k AND l.next_k > t.k AND l.active_days > 0
GROUP BY 1
ORDER BY 1
-- facts:
SELECT w.landed_at, w.repo_id, w.sha, w.subject
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1 AND @owned(s)
WHERE w.landed_at < $2 AND w.landed_at >= $3 AND w.landed_at < $4
ORDER BY w.landed_at DESC, w.sha
