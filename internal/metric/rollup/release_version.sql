-- Every release, pre-releases aside, that was not the first to carry only what bots wrote;
-- commits of other lines are taken for people's.
-- since, while releases stay: (repo_id, tag) @touched_release
SELECT r.repo_id, r.tag, r.sha, r.released_at
FROM release r
LEFT JOIN (
  SELECT rc.repo_id, rc.tag, COUNT(w.sha) + COUNT(*) - COUNT(c.sha) AS of_people
  FROM release_commit rc
  LEFT JOIN commit c ON @only(c.repo_id) AND c.repo_id = rc.repo_id AND c.sha = rc.sha
  LEFT JOIN work w ON @only(w.repo_id) AND w.repo_id = rc.repo_id AND w.sha = rc.sha
  WHERE @only(rc.repo_id) AND @touched_release(rc.repo_id, rc.tag)
  GROUP BY rc.repo_id, rc.tag
) c ON c.repo_id = r.repo_id AND c.tag = r.tag
WHERE @only(r.repo_id) AND @touched_release(r.repo_id, r.tag) AND NOT r.is_prerelease AND COALESCE(c.of_people, 1) > 0
