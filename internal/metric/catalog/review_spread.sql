-- title: Share of reviews by the busiest fifth of reviewers
-- question: Is reviewing spread over many people?
-- owner: vpe
-- unit: share
-- better: down
-- grain: quarter
-- needs: change_request_event
-- nulls: unknown in a quarter with fewer than twenty reviews on a forge, or fewer than five reviewers
-- supply: systems: [{system: github, token_env: GITHUB_TOKEN}]   # in diarchy.yaml; or another forge, or {system: csv, files: {change_requests: requests.csv}}
-- cites: R2, N11
-- people: yes
-- caveats: Of the change requests that each person reviewed for others, once each, the share of the fifth of reviewers with most; 20 % is an even spread. Where a fifth is no whole number of people, the last of them counts in part. Who reviewed nothing is not among the reviewers. No reviewer is named anywhere.
-- gaming: An approval at a glance counts like a thorough review. Look at change_failure_rate and revert_share beside it.
WITH counted AS (
  SELECT t.quarter_on, t.person_id, SUM(t.reviews) AS reviews
  FROM @person_request_review t
  JOIN scope_repository s ON s.repo_id = t.repo_id AND s.scope = $1 AND @owned(s)
  WHERE t.quarter_on <= @day(CAST($2 AS timestamptz))
  GROUP BY 1, 2
), placed AS (
  SELECT quarter_on, reviews, COUNT(*) OVER (PARTITION BY quarter_on) AS reviewers,
    ROW_NUMBER() OVER (PARTITION BY quarter_on ORDER BY reviews DESC) AS place
  FROM counted
)
SELECT CAST(quarter_on AS timestamp) AS bucket,
  CASE WHEN SUM(reviews) >= 20 AND COUNT(*) >= 5
    THEN SUM(reviews * LEAST(1, GREATEST(0, CAST(reviewers AS double precision) / 5 - place + 1))) / CAST(SUM(reviews) AS double precision) END AS value,
  CAST(SUM(reviews) AS bigint) AS n
FROM placed
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
