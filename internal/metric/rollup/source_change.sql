-- Every change of a source or test file, with the person who made it: null for bots, for
-- merges and for what stood where a shallow history begins.
-- since: landed_at >= @since
SELECT f.repo_id, c.landed_at, c.reading_order, f.sha, f.path, f.category, COALESCE(f.added, 0) AS added, COALESCE(f.deleted, 0) AS deleted,
       f.kind <> 'D' AS stands, f.kind IN ('A', 'R') AS begins, CASE WHEN c.parent_count < 2 AND NOT c.is_boundary AND NOT i.is_bot THEN i.person_id END AS person_id
FROM @lately(file_change) f
JOIN @lately(commit) c ON c.repo_id = f.repo_id AND c.sha = f.sha
JOIN identity i ON i.identity_id = c.author_id
WHERE @only(f.repo_id) AND @only(c.repo_id) AND @new(c.landed_at) AND f.category IN ('code', 'test')
