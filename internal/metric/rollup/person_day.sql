-- A person's day (of UTC) in a repository.
-- since: landed_on >= CAST(@since AS date)
SELECT w.repo_id, w.person_id, CAST(w.landed_at AS date) AS landed_on, MIN(w.landed_at) AS first_at, MAX(w.landed_at) AS last_at
FROM work w
WHERE @only(w.repo_id) AND @recent(w.landed_at)
GROUP BY 1, 2, 3
