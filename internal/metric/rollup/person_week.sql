-- A person's week in a repository, cut where a quarter ends.
-- since: week_on >= CAST(@week(@since) AS date)
SELECT w.repo_id, w.person_id, CAST(@week(w.landed_at) AS date) AS week_on, CAST(@quarter(w.landed_at) AS date) AS quarter_on,
       MIN(w.landed_at) AS first_at, MAX(w.landed_at) AS last_at, COUNT(*) AS commits
FROM work w
WHERE @only(w.repo_id) AND @recent(w.landed_at)
GROUP BY 1, 2, 3, 4
