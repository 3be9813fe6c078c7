-- title: Leavers
-- question: How many people who worked here regularly have stopped?
-- owner: vpe
-- unit: people a quarter
-- better: down
-- grain: quarter
-- fill: zero
-- settles: 91 days
-- needs: commit
-- nulls: a quarter without leavers is zero; one that ended less than thirteen weeks ago is left out, since a pause is not yet a leave
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: R2
-- people: yes
-- caveats: A leaver is a person who wrote in at least three different weeks of thirteen and then nothing for thirteen weeks; the quarter is that of the last commit. People who moved to other work or other repositories look the same.
-- gaming: None known.
WITH stopped AS MATERIALIZED (
  SELECT k.person_id, MAX(k.last_at) AS stopped_at
  FROM @person_week k
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
  WHERE k.first_at < $2
  GROUP BY 1
  HAVING MAX(k.last_at) < CAST($2 AS timestamptz) - INTERVAL '91 days'
), left_us AS (
  SELECT st.person_id, st.stopped_at
  FROM stopped st
  JOIN @person_week k ON k.person_id = st.person_id AND k.last_at >= st.stopped_at - INTERVAL '91 days'
  JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
  WHERE k.first_at < $2
  GROUP BY st.person_id, st.stopped_at
  HAVING COUNT(DISTINCT k.week_on) >= 3
)
SELECT @quarter(l.stopped_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM left_us l
GROUP BY 1
ORDER BY 1
-- facts:
WITH weeks AS (
  SELECT w.person_id, @week(w.landed_at) AS week, MIN(w.landed_at) AS first_at, MAX(w.landed_at) AS last_at, MAX(w.repo_id) AS repo_id
  FROM work w
  JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1 AND @owned(s)
  WHERE w.landed_at < $2
  GROUP BY 1, 2
), stopped AS (
  SELECT person_id, MAX(last_at) AS stopped_at, MAX(repo_id) AS repo_id FROM weeks GROUP BY person_id HAVING MAX(last_at) < CAST($2 AS timestamptz) - INTERVAL '91 days'
), left_us AS (
  SELECT st.person_id, st.stopped_at, st.repo_id
  FROM stopped st
  JOIN weeks k ON k.person_id = st.person_id AND k.last_at >= st.stopped_at - INTERVAL '91 days'
  GROUP BY st.person_id, st.stopped_at, st.repo_id
  HAVING COUNT(*) >= 3
)
SELECT l.stopped_at AS landed_at, l.repo_id, '' AS sha, 'somebody''s last commit here; not shown: it would name a person' AS subject
FROM left_us l
WHERE l.stopped_at >= $3 AND l.stopped_at < $4
ORDER BY 1 DESC
