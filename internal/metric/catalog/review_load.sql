-- title: Review load of the busiest reviewer
-- question: Do most reviews pass through one person?
-- owner: vpe
-- unit: share
-- better: down
-- grain: quarter
-- needs: change_request_event
-- nulls: unknown in a quarter with fewer than twenty reviews on a forge
-- supply: systems: [{system: github, token_env: GITHUB_TOKEN}]   # in diarchy.yaml; or another forge, or {system: csv, files: {change_requests: requests.csv}}
-- cites: R2, N11
-- people: yes
-- caveats: Of the change requests that each person reviewed for others, once each, the share of the one with most. The person is not named anywhere. Reviews that only commits tell of are in review_concentration.
-- gaming: None known.
WITH counted AS (
  SELECT t.quarter_on, t.person_id, SUM(t.reviews) AS reviews
  FROM @person_request_review t
  JOIN scope_repository s ON s.repo_id = t.repo_id AND s.scope = $1 AND @owned(s)
  WHERE t.quarter_on <= @day(CAST($2 AS timestamptz))
  GROUP BY 1, 2
)
SELECT CAST(quarter_on AS timestamp) AS bucket, CASE WHEN SUM(reviews) >= 20 THEN CAST(MAX(reviews) AS double precision) / SUM(reviews) END AS value, CAST(SUM(reviews) AS bigint) AS n
FROM counted
GROUP BY 1
ORDER BY 1
-- facts:
SELECT x.happened_at AS landed_at, x.repo_id, '' AS sha, '#' || CAST(q.number AS varchar) || ' ' || q.title AS subject
FROM change_request_event x
JOIN change_request q ON q.repo_id = x.repo_id AND q.source = x.source AND q.number = x.number
JOIN scope_repository s ON s.repo_id = x.repo_id AND s.scope = $1 AND @owned(s)
JOIN identity p ON p.identity_id = x.actor_id AND NOT p.is_bot
JOIN identity o ON o.identity_id = q.author_id AND NOT o.is_bot AND o.person_id <> p.person_id
WHERE x.happened_at < $2 AND x.kind IN ('approved', 'changes_requested', 'reviewed') AND x.happened_at >= $3 AND x.happened_at < $4
ORDER BY x.happened_at DESC, x.repo_id, q.number
