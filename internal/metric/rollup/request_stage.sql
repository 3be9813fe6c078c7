-- Change requests by people. started_at: the earliest commit; ready_at: when it was opened, or, of a draft,
-- declared ready; reviewed_at: the first review by another person; agreed_at: the last approval, or without
-- one the last review; deployed_at: the first deployment that carried it. Of a merged one, what came after
-- the merge does not count.
SELECT r.repo_id, r.source, r.number, r.title, r.merge_sha AS sha, r.opened_at, r.merged_at, r.closed_at,
       LEAST(r.opened_at, COALESCE(c.began_at, r.opened_at)) AS started_at,
       GREATEST(r.opened_at, COALESCE(e.ready_at, r.opened_at)) AS ready_at,
       e.reviewed_at, COALESCE(e.approved_at, e.last_review_at) AS agreed_at, d.deployed_at,
       r.added + r.deleted AS changed,
       COALESCE(e.pushed_at > e.reviewed_at, false) AS reworked, a.person_id
FROM change_request r
JOIN identity a ON a.identity_id = r.author_id AND NOT a.is_bot
LEFT JOIN (
  SELECT repo_id, source, number, MIN(authored_at) AS began_at FROM change_request_commit WHERE @only(repo_id) GROUP BY 1, 2, 3
) c ON c.repo_id = r.repo_id AND c.source = r.source AND c.number = r.number
LEFT JOIN (
  SELECT v.repo_id, v.source, v.number,
         MAX(v.happened_at) FILTER (WHERE v.kind = 'ready') AS ready_at,
         MIN(v.happened_at) FILTER (WHERE v.is_review) AS reviewed_at,
         MAX(v.happened_at) FILTER (WHERE v.is_review) AS last_review_at,
         MAX(v.happened_at) FILTER (WHERE v.is_review AND v.kind = 'approved') AS approved_at,
         MAX(v.happened_at) FILTER (WHERE v.kind = 'pushed') AS pushed_at
  FROM (
    SELECT x.repo_id, x.source, x.number, x.kind, x.happened_at,
           x.kind IN ('approved', 'changes_requested', 'reviewed') AND NOT p.is_bot AND p.person_id <> o.person_id AS is_review
    FROM change_request_event x
    JOIN change_request q ON q.repo_id = x.repo_id AND q.source = x.source AND q.number = x.number AND (q.merged_at IS NULL OR x.happened_at <= q.merged_at)
    JOIN identity p ON p.identity_id = x.actor_id
    JOIN identity o ON o.identity_id = q.author_id
    WHERE @only(x.repo_id) AND @only(q.repo_id)
  ) v
  GROUP BY 1, 2, 3
) e ON e.repo_id = r.repo_id AND e.source = r.source AND e.number = r.number
LEFT JOIN (
  SELECT repo_id, change_key, MIN(deployed_at) AS deployed_at FROM change_delivery WHERE @only(repo_id) AND NOT is_baseline GROUP BY 1, 2
) d ON d.repo_id = r.repo_id AND d.change_key = r.source || '#' || CAST(r.number AS varchar)
WHERE @only(r.repo_id)
