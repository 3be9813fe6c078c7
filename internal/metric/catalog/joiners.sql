-- title: Joiners
-- question: How many people began and stayed long enough to count?
-- owner: vpe
-- unit: people a quarter
-- better: none
-- grain: quarter
-- fill: zero
-- settles: 91 days
-- needs: commit
-- nulls: a quarter without joiners is zero; the first quarter of the history is left out, since everybody joins in it, and so is a quarter that ended less than thirteen weeks ago, since its newcomers may still become joiners
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: R2, D3
-- people: yes
-- caveats: A joiner is a person whose first commit lies in the quarter and who wrote in at least three different weeks of the thirteen from then.
-- gaming: None known.
WITH started AS MATERIALIZED (
  SELECT k.person_id, MIN(k.first_at) AS started_at
  FROM @person_week k
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
  WHERE k.first_at < $2
  GROUP BY 1
), joined AS (
  SELECT st.person_id, st.started_at
  FROM started st
  JOIN @person_week k ON k.person_id = st.person_id AND k.first_at < LEAST(st.started_at + INTERVAL '91 days', $2)
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
  GROUP BY st.person_id, st.started_at
  HAVING COUNT(DISTINCT k.week_on) >= 3
)
SELECT @quarter(j.started_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM joined j
WHERE @quarter(j.started_at) > (SELECT @quarter(MIN(started_at)) FROM started)
GROUP BY 1
ORDER BY 1
-- facts:
WITH weeks AS (
  SELECT w.person_id, @week(w.landed_at) AS week, MIN(w.landed_at) AS first_at, MIN(w.repo_id) AS repo_id
  FROM work w
  JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1 AND @owned(s)
  WHERE w.landed_at < $2
  GROUP BY 1, 2
), started AS (
  SELECT person_id, MIN(first_at) AS started_at, MIN(repo_id) AS repo_id FROM weeks GROUP BY person_id
)
SELECT st.started_at AS landed_at, st.repo_id, '' AS sha, 'somebody''s first commit here; not shown: it would name a person' AS subject
FROM started st
JOIN weeks k ON k.person_id = st.person_id AND k.first_at < st.started_at + INTERVAL '91 days'
WHERE st.started_at >= $3 AND st.started_at < $4
GROUP BY st.person_id, st.started_at, st.repo_id
HAVING COUNT(*) >= 3
ORDER BY 1 DESC
