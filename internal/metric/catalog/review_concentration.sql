-- title: Share of the largest reviewer
-- question: Does one person review most of the work?
-- owner: vpe
-- unit: share
-- better: down
-- grain: quarter
-- needs: trailer
-- nulls: unknown in a quarter with fewer than twenty reviews that are written in commits
-- supply: git commit --trailer "Reviewed-by: NAME <MAIL>"   # reviews that only a forge knows are not read yet
-- cites: R2, N11
-- people: yes
-- caveats: Counts Reviewed-by, Acked-by and Approved-by trailers. Reviews on a forge leave none in git. The person is not named anywhere.
-- gaming: None known.
WITH counted AS (
  SELECT t.quarter_on, t.person_id, SUM(t.reviews) AS reviews
  FROM @person_review t
  JOIN scope_repository s ON s.repo_id = t.repo_id AND s.scope = $1 AND @owned(s)
  WHERE t.quarter_on <= @day(CAST($2 AS timestamptz))
  GROUP BY 1, 2
)
SELECT CAST(quarter_on AS timestamp) AS bucket, CASE WHEN SUM(reviews) >= 20 THEN CAST(MAX(reviews) AS double precision) / SUM(reviews) END AS value, CAST(SUM(reviews) AS bigint) AS n
FROM counted
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, c.repo_id, c.sha, c.subject
FROM trailer t
JOIN commit c ON c.repo_id = t.repo_id AND c.sha = t.sha
JOIN scope_repository s ON s.repo_id = t.repo_id AND s.scope = $1 AND @owned(s)
JOIN identity i ON i.identity_id = t.identity_id
WHERE c.landed_at < $2 AND NOT i.is_bot AND t.trailer_key IN ('reviewed-by', 'acked-by', 'approved-by') AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.sha
