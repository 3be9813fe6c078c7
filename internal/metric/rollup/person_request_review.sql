-- How many change requests of others each person reviewed: once each, by the quarter of the first time.
SELECT v.repo_id, v.person_id, CAST(@quarter(v.first_at) AS date) AS quarter_on, COUNT(*) AS reviews
FROM (
  SELECT x.repo_id, p.person_id, x.source, x.number, MIN(x.happened_at) AS first_at
  FROM change_request_event x
  JOIN change_request q ON q.repo_id = x.repo_id AND q.source = x.source AND q.number = x.number
  JOIN identity p ON p.identity_id = x.actor_id AND NOT p.is_bot
  JOIN identity o ON o.identity_id = q.author_id AND NOT o.is_bot AND o.person_id <> p.person_id
  WHERE @only(x.repo_id) AND @only(q.repo_id) AND x.kind IN ('approved', 'changes_requested', 'reviewed')
  GROUP BY 1, 2, 3, 4
) v
GROUP BY 1, 2, 3
