-- title: Hotspots
-- question: Where do much change and much branching meet?
-- owner: cto
-- unit: share of changed lines
-- better: down
-- grain: snapshot
-- reduce: hotspots
-- needs: file_change, file_shape
-- nulls: unknown where fewer than twenty files of those that changed within the year could be measured
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N7, S1
-- caveats: The share of a year's changed lines of code that falls on the ten files with the highest product of changed lines and branches. Changes by bots are left out. Branches are counted by scc in the files that stand at the head of the clone, and of them in the 300 that changed most over the history. When an earlier date is judged (--as-of), files that have gone since are therefore not measured, and the others have the branches that they have at the head, not those that they had then.
-- gaming: Splitting files lowers it, and may be right.
SELECT f.repo_id || ':' || f.path AS file,
       CAST(SUM(COALESCE(f.added, 0) + COALESCE(f.deleted, 0)) AS bigint) AS changed_lines,
       CAST(COALESCE(MAX(fs.complexity), -1) AS bigint) AS complexity,
       COUNT(*) AS changes
FROM file_change f
JOIN work c ON c.repo_id = f.repo_id AND c.sha = f.sha
JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
LEFT JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path
WHERE c.landed_at < $2 AND c.landed_at >= CAST($2 AS timestamptz) - INTERVAL '365 days' AND f.category = 'code'
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, f.repo_id, c.sha, f.path || ': +' || CAST(COALESCE(f.added, 0) AS varchar) || ' -' || CAST(COALESCE(f.deleted, 0) AS varchar) AS subject
FROM file_change f
JOIN work c ON c.repo_id = f.repo_id AND c.sha = f.sha
JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
JOIN file_shape fs ON fs.repo_id = f.repo_id AND fs.path = f.path
WHERE c.landed_at < $2 AND f.category = 'code' AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.sha, f.path
