-- title: Truck factor
-- question: How many people hold the knowledge of half of the code?
-- owner: vpe
-- unit: people
-- better: up
-- grain: snapshot
-- reduce: truck factor
-- needs: file_change
-- nulls: unknown below twenty source files
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: R2
-- caveats: Degree of authorship after Avelino and others, "A Novel Approach for Estimating Truck Factors" (2016): the fewest people without whom more than half of the source files would have no author. Files that were renamed begin anew; people who left long ago still count.
-- gaming: None known; it names nobody.
SELECT h.people, CAST(SUM(h.files) AS bigint) AS files
FROM @source_holder h
JOIN (
  SELECT h.repo_id, MAX(h.began_at) AS began_at
  FROM @source_holder h
  JOIN scope_repository s ON s.repo_id = h.repo_id AND s.scope = $1 AND @owned(s)
  WHERE h.began_at < $2
  GROUP BY 1
) q ON q.repo_id = h.repo_id AND q.began_at = h.began_at
WHERE h.from_at < $2
GROUP BY 1
HAVING SUM(h.files) <> 0
ORDER BY 1
-- facts:
SELECT MAX(f.landed_at) AS landed_at, f.repo_id, '' AS sha, f.path || ', changed by one person alone' AS subject
FROM @source_change f
JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1 AND @owned(s)
WHERE f.landed_at < $2 AND f.category = 'code' AND f.person_id IS NOT NULL AND f.landed_at >= $3 AND f.landed_at < $4
GROUP BY f.repo_id, f.path
HAVING COUNT(DISTINCT f.person_id) = 1
ORDER BY 1 DESC, 4
