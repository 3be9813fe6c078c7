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
SELECT @week_of(d.landed_on) AS bucket, CAST(SUM(d.changes) AS double precision) AS value, CAST(SUM(d.changes) AS bigint) AS n
FROM @repository_day d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
WHERE d.landed_on <= @day(CAST($2 AS timestamptz)) AND d.changes > 0
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, c.repo_id, c.sha, c.subject
FROM commit c
JOIN scope_repository s ON s.repo_id = c.repo_id AND s.scope = $1
WHERE c.landed_at < $2 AND c.landed_at >= $3 AND c.landed_at < $4 AND c.change_sha = c.sha
  AND EXISTS (SELECT 1 FROM work w WHERE w.repo_id = c.repo_id AND w.change_sha = c.sha AND w.landed_at >= $3 AND w.landed_at < $4)
ORDER BY c.landed_at DESC, c.sha
