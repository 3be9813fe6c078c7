-- title: Forecast dates that held
-- question: How far does the pace of the past say when work will be finished?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: up
-- grain: quarter
-- settles: 7 days
-- reduce: walk forward
-- needs: commit
-- nulls: unknown in a quarter in which no forecast of the past came due: before the first ten weeks are over, while too little is finished, and for ten weeks after the pace has changed
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: R5
-- caveats: At the end of every fourth week of the last two years, with only what was known then, it was forecast when as many changes as usually come in four weeks would be finished; of the dates said with 85 % that fell into the quarter, the share that held. 85 of 100 should. They are the dates of the simulation alone: diarchy forecast then corrects them by this record until they hold, and shows it whole. A quarter has three or four of them, so look at several. Within a week, days are alike here.
-- gaming: Cutting work into pieces of another size moves it for some weeks; look at throughput beside it.
SELECT @week_of(k.landed_on) AS bucket, CAST(SUM(k.changes) AS double precision) AS value, CAST(SUM(k.changes) AS bigint) AS n
FROM @person_change k
WHERE @credited(k.repo_id, k.person_id, k.first_at) AND k.landed_on <= @day(CAST($2 AS timestamptz))
GROUP BY 1
ORDER BY 1
-- facts:
WITH own AS MATERIALIZED ( -- first where it can be, or a database looks for the authors of all changes
  SELECT s.repo_id FROM scope_repository s WHERE s.scope = $1
  UNION
  SELECT k.repo_id FROM @person_week k JOIN scope_person m ON m.person_id = k.person_id AND m.scope = $1 WHERE k.last_at >= $3 AND k.first_at < $4
)
SELECT c.landed_at, c.repo_id, c.sha, c.subject
FROM own o
JOIN commit c ON c.repo_id = o.repo_id
JOIN (
  SELECT w.repo_id, w.change_sha, w.person_id, ROW_NUMBER() OVER (PARTITION BY w.repo_id, w.change_sha ORDER BY COUNT(*) DESC, w.person_id) AS nth
  FROM own o
  JOIN work w ON w.repo_id = o.repo_id
  WHERE w.landed_at >= $3 AND w.landed_at < $4
  GROUP BY 1, 2, 3
) w ON w.repo_id = c.repo_id AND w.change_sha = c.sha AND w.nth = 1
WHERE @credited(c.repo_id, w.person_id, c.landed_at) AND c.landed_at < $2 AND c.landed_at >= $3 AND c.landed_at < $4 AND c.change_sha = c.sha
ORDER BY c.landed_at DESC, c.sha
