-- title: Time to regular contribution
-- question: How long does a newcomer take from the first commit to working regularly?
-- owner: vpe
-- unit: days
-- better: down
-- grain: event
-- reduce: median by quarter
-- needs: commit
-- nulls: unknown in a quarter with fewer than five newcomers
-- cites: D3, R2
-- people: yes
-- caveats: Days from a person's first commit to the fifth different day with one. Those who never got there within 180 days did not stay and are left out, as are the people of the history's first 91 days. The first commit stands for the first day at work, so the time before it is not seen.
-- gaming: Early trivial commits lower the start, not the fifth day.
WITH days AS (
  SELECT k.person_id, k.landed_on, MIN(k.first_at) AS first_at
  FROM @person_day k
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1
  WHERE k.first_at < $2 AND k.nth <= 5 -- a person's first five days are among the first five in each repository
  GROUP BY 1, 2
), ranked AS (
  SELECT person_id, first_at, ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY landed_on) AS nth,
         MIN(first_at) OVER (PARTITION BY person_id) AS started_at, MIN(first_at) OVER () AS history_began
  FROM days
)
SELECT r.started_at AS bucket, CAST((EXTRACT(EPOCH FROM r.first_at) - EXTRACT(EPOCH FROM r.started_at)) / 86400.0 AS double precision) AS value, 1 AS n
FROM ranked r
WHERE r.nth = 5 AND r.first_at - r.started_at <= INTERVAL '180 days' AND r.started_at >= r.history_began + INTERVAL '91 days'
ORDER BY 1, 2
-- facts:
SELECT MIN(w.landed_at) AS landed_at, MIN(w.repo_id) AS repo_id, '' AS sha, 'a newcomer''s first commit' AS subject
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1
WHERE w.landed_at < $2
GROUP BY w.person_id
HAVING MIN(w.landed_at) >= $3 AND MIN(w.landed_at) < $4
ORDER BY 1 DESC
