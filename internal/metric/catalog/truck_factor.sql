-- title: Truck factor
-- question: How many people hold the knowledge of half of the code?
-- owner: vpe
-- unit: people
-- better: up
-- grain: snapshot
-- reduce: truck factor
-- needs: file_change
-- nulls: unknown below twenty source files
-- cites: R2
-- caveats: Degree of authorship after Avelino and others, "A Novel Approach for Estimating Truck Factors" (2016): the fewest people without whom more than half of the source files would have no author. Files that were renamed begin anew; people who left long ago still count.
-- gaming: None known; it names nobody.
WITH touched AS (
  SELECT f.repo_id, f.path, w.person_id, w.landed_at, f.kind,
         ROW_NUMBER() OVER (PARTITION BY f.repo_id, f.path ORDER BY w.landed_at, w.sha) AS nth,
         FIRST_VALUE(f.kind) OVER (PARTITION BY f.repo_id, f.path ORDER BY w.landed_at DESC, w.sha DESC) AS last_kind
  FROM file_change f
  JOIN work w ON w.repo_id = f.repo_id AND w.sha = f.sha
  JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
  WHERE w.landed_at < $2 AND f.category = 'code'
    AND NOT EXISTS (SELECT 1 FROM file_change g JOIN commit gc ON gc.repo_id = g.repo_id AND gc.sha = g.sha
                    WHERE g.repo_id = f.repo_id AND g.old_path = f.path AND gc.landed_at < $2 AND gc.landed_at >= w.landed_at)
)
SELECT t.repo_id || ':' || t.path AS file, t.person_id,
       MAX(CASE WHEN t.nth = 1 THEN 1 ELSE 0 END) AS created, COUNT(*) AS deliveries
FROM touched t
WHERE t.last_kind <> 'D'
GROUP BY 1, 2
ORDER BY 1, 2
-- facts:
SELECT MAX(w.landed_at) AS landed_at, f.repo_id, '' AS sha, f.path AS subject
FROM file_change f
JOIN work w ON w.repo_id = f.repo_id AND w.sha = f.sha
JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
WHERE w.landed_at < $2 AND f.category = 'code' AND w.landed_at >= $3 AND w.landed_at < $4
GROUP BY f.repo_id, f.path
HAVING COUNT(DISTINCT w.person_id) = 1
ORDER BY 1 DESC, 4
