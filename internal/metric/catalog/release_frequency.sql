-- title: Releases
-- question: How often does a new version go out?
-- owner: vpe
-- unit: releases a month
-- better: up
-- grain: month
-- fill: zero
-- needs: release
-- nulls: a month without releases is zero; months before the first release are not there
-- supply: git fetch --tags   # in the clone; or tag what is released: git tag -a v1.2.3
-- cites: R5, B2, T1
-- caveats: A release is a tag that names a version; two tags on one commit are one. Pre-releases are left out, and releases that carry nothing but the work of bots. Teams that deploy without tagging look as if they did not release.
-- gaming: Tagging more often raises it; look at lead_time_to_release beside it.
WITH carried AS ( -- what a release was the first to carry; commits of other lines are taken for people's
  SELECT rc.repo_id, rc.tag, COUNT(*) - COUNT(c.sha) AS of_people
  FROM release_commit rc
  JOIN scope_repository s ON s.repo_id = rc.repo_id AND s.scope = $1
  LEFT JOIN (
    SELECT c.repo_id, c.sha FROM commit c LEFT JOIN identity i ON i.identity_id = c.author_id
    WHERE c.parent_count > 1 OR c.is_boundary OR i.is_bot OR i.identity_id IS NULL
  ) c ON c.repo_id = rc.repo_id AND c.sha = rc.sha
  GROUP BY rc.repo_id, rc.tag
), version AS ( -- a commit is released once
  SELECT r.repo_id, r.sha, MIN(r.released_at) AS released_at
  FROM release r
  JOIN scope_repository s ON s.repo_id = r.repo_id AND s.scope = $1
  LEFT JOIN carried c ON c.repo_id = r.repo_id AND c.tag = r.tag
  WHERE r.released_at < $2 AND NOT r.is_prerelease AND COALESCE(c.of_people, 1) > 0
  GROUP BY r.repo_id, r.sha
)
SELECT @month(released_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM version
GROUP BY 1
ORDER BY 1
-- facts:
WITH carried AS (
  SELECT rc.repo_id, rc.tag, COUNT(*) - COUNT(c.sha) AS of_people
  FROM release_commit rc
  JOIN scope_repository s ON s.repo_id = rc.repo_id AND s.scope = $1
  LEFT JOIN (
    SELECT c.repo_id, c.sha FROM commit c LEFT JOIN identity i ON i.identity_id = c.author_id
    WHERE c.parent_count > 1 OR c.is_boundary OR i.is_bot OR i.identity_id IS NULL
  ) c ON c.repo_id = rc.repo_id AND c.sha = rc.sha
  GROUP BY rc.repo_id, rc.tag
)
SELECT MIN(r.released_at) AS landed_at, r.repo_id, r.sha, MIN(r.tag) AS subject
FROM release r
JOIN scope_repository s ON s.repo_id = r.repo_id AND s.scope = $1
LEFT JOIN carried c ON c.repo_id = r.repo_id AND c.tag = r.tag
WHERE r.released_at < $2 AND NOT r.is_prerelease AND COALESCE(c.of_people, 1) > 0
GROUP BY r.repo_id, r.sha
HAVING MIN(r.released_at) >= $3 AND MIN(r.released_at) < $4
ORDER BY 1 DESC, 4
