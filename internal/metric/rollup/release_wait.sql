-- How long each commit waited, from the author's clock to the first release that contains it.
-- since, while releases stay: (repo_id, sha) @touched_commit
SELECT r.repo_id, r.released_at, CAST(@month(r.released_at) AS date) AS month_on, r.days, r.tag, r.sha, r.authored_at
FROM (
  SELECT rc.repo_id, rc.tag, rc.sha, w.authored_at, r.released_at, CAST((EXTRACT(EPOCH FROM r.released_at) - EXTRACT(EPOCH FROM w.authored_at)) / 86400.0 AS double precision) AS days
  FROM @lately(release_commit) rc
  JOIN release r ON r.repo_id = rc.repo_id AND r.tag = rc.tag
  JOIN work w ON w.repo_id = rc.repo_id AND w.sha = rc.sha
  WHERE @only(rc.repo_id) AND @only(r.repo_id) AND @only(w.repo_id) AND NOT w.is_date_suspect
) r
WHERE r.days >= 0
