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
SELECT @month(released_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM ( -- a commit is released once
  SELECT r.repo_id, r.sha, MIN(r.released_at) AS released_at
  FROM @release_version r
  JOIN scope_repository s ON s.repo_id = r.repo_id AND s.scope = $1 AND @held(s, r.released_at)
  WHERE r.released_at < $2
  GROUP BY r.repo_id, r.sha
) version
GROUP BY 1
ORDER BY 1
-- facts:
SELECT MIN(r.released_at) AS landed_at, r.repo_id, r.sha, MIN(r.tag) AS subject
FROM @release_version r
JOIN scope_repository s ON s.repo_id = r.repo_id AND s.scope = $1 AND @held(s, r.released_at)
WHERE r.released_at < $2
GROUP BY r.repo_id, r.sha
HAVING MIN(r.released_at) >= $3 AND MIN(r.released_at) < $4
ORDER BY 1 DESC, 4
