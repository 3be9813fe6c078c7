-- Every change of a source or test file, with the person who made it: null for bots, for
-- merges and for what stood where a shallow history begins. Branches are those of the file at
-- the head, -1 where they were not measured.
SELECT f.repo_id, c.landed_at, c.reading_order, f.sha, f.path, f.category, COALESCE(f.added, 0) AS added, COALESCE(f.deleted, 0) AS deleted,
       f.kind <> 'D' AS stands, f.kind IN ('A', 'R') AS begins, CASE WHEN c.parent_count < 2 AND NOT c.is_boundary AND NOT i.is_bot THEN i.person_id END AS person_id,
       COALESCE(fs.complexity, -1) AS complexity
FROM file_change f
JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
JOIN identity i ON i.identity_id = c.author_id
LEFT JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path
WHERE f.category IN ('code', 'test')
