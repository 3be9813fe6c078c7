-- title: Leavers
-- question: How many people who worked here regularly have stopped?
-- owner: vpe
-- unit: people a quarter
-- better: down
-- grain: quarter
-- fill: zero
-- needs: commit
-- nulls: a quarter without leavers is zero; the last thirteen weeks are left out, since a pause is not yet a leave
-- cites: R2
-- people: yes
-- caveats: A leaver is a person who wrote in at least three different weeks of some thirteen and then nothing for thirteen weeks. People who moved to other work or other repositories look the same.
-- gaming: None known.
WITH weeks AS (
  SELECT w.person_id, @week(w.landed_at) AS week, MIN(w.landed_at) AS first_at, MAX(w.landed_at) AS last_at
  FROM work w
  JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1
  WHERE w.landed_at < $2
  GROUP BY 1, 2
), stopped AS (
  SELECT person_id, MAX(last_at) AS stopped_at FROM weeks GROUP BY person_id HAVING MAX(last_at) < $2 - INTERVAL '91 days'
), left_us AS (
  SELECT st.person_id, st.stopped_at
  FROM stopped st
  JOIN weeks k ON k.person_id = st.person_id AND k.first_at >= st.stopped_at - INTERVAL '91 days'
  GROUP BY st.person_id, st.stopped_at
  HAVING COUNT(*) >= 3
)
SELECT @quarter(l.stopped_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM left_us l
GROUP BY 1
ORDER BY 1
-- facts:
SELECT MAX(w.landed_at) AS landed_at, MAX(w.repo_id) AS repo_id, '' AS sha, 'somebody''s last commit here' AS subject
FROM work w
JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1
WHERE w.landed_at < $2
GROUP BY w.person_id
HAVING MAX(w.landed_at) >= $3 AND MAX(w.landed_at) < $4 AND MAX(w.landed_at) < $2 - INTERVAL '91 days'
ORDER BY 1 DESC
