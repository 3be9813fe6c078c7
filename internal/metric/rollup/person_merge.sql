-- How many changes a person brought to the main line of a repository in a quarter of which
-- somebody else wrote a part.
-- since: quarter_on >= CAST(@quarter(@since) AS date)
SELECT b.repo_id, b.person_id, CAST(@quarter(b.landed_at) AS date) AS quarter_on, COUNT(*) AS changes
FROM (
  SELECT m.repo_id, m.sha, m.landed_at, i.person_id
  FROM commit m
  JOIN identity i ON i.identity_id = CASE WHEN m.parent_count > 1 THEN m.author_id ELSE m.committer_id END
  JOIN work w ON w.repo_id = m.repo_id AND w.change_sha = m.sha AND w.person_id <> i.person_id
  WHERE @only(m.repo_id) AND @only(w.repo_id) AND @recent(m.landed_at) AND m.on_main AND NOT i.is_bot AND NOT m.is_boundary
  GROUP BY m.repo_id, m.sha, m.landed_at, i.person_id
) b
GROUP BY 1, 2, 3
