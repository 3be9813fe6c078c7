-- Every release, pre-releases aside, that was not the first to carry only what bots wrote;
-- commits of other lines are taken for people's.
-- since, while releases stay: tag @touched_release
SELECT r.repo_id, r.tag, r.sha, r.released_at
FROM release r
LEFT JOIN (
  SELECT rc.repo_id, rc.tag, COUNT(w.sha) + COUNT(*) - COUNT(c.sha) AS of_people
  FROM release_commit rc
  LEFT JOIN commit c ON c.repo_id = rc.repo_id AND c.sha = rc.sha
  LEFT JOIN work w ON w.repo_id = rc.repo_id AND w.sha = rc.sha
  WHERE @touched_release(rc.tag)
  GROUP BY rc.repo_id, rc.tag
) c ON c.repo_id = r.repo_id AND c.tag = r.tag
WHERE @touched_release(r.tag) AND NOT r.is_prerelease AND COALESCE(c.of_people, 1) > 0
