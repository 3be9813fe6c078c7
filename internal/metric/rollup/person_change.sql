-- Changes that reached the main line of a repository on a day of the company's calendar, by who wrote most
-- of their commits.
-- since: landed_on >= @day(@since)
SELECT c.repo_id, c.person_id, @day(c.landed_at) AS landed_on, MIN(c.landed_at) AS first_at, COUNT(*) AS changes
FROM (
  SELECT w.repo_id, w.change_sha, w.person_id, MIN(MIN(w.landed_at)) OVER (PARTITION BY w.repo_id, w.change_sha) AS landed_at,
         ROW_NUMBER() OVER (PARTITION BY w.repo_id, w.change_sha ORDER BY COUNT(*) DESC, w.person_id) AS nth
  FROM work w
  WHERE @only(w.repo_id) AND @touched_change(w.repo_id, w.change_sha)
  GROUP BY 1, 2, 3
) c
WHERE c.nth = 1
GROUP BY 1, 2, 3
