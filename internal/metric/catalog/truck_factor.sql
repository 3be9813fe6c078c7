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
WITH renamed AS ( -- what was done to a path before it last got another name belongs to the old file
  SELECT f.repo_id, f.old_path AS path, MAX(c.landed_at) AS gone_at
  FROM file_change f
  JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
  JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
  WHERE f.old_path <> '' AND c.landed_at < $2
  GROUP BY f.repo_id, f.old_path
), touched AS (
  SELECT f.repo_id, f.path, w.person_id, w.landed_at, f.kind,
         ROW_NUMBER() OVER (PARTITION BY f.repo_id, f.path ORDER BY w.landed_at, w.sha) AS nth,
         ROW_NUMBER() OVER (PARTITION BY f.repo_id, f.path ORDER BY w.landed_at DESC, w.sha DESC) AS nth_last
  FROM file_change f
  JOIN work w ON w.repo_id = f.repo_id AND w.sha = f.sha
  JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
  LEFT JOIN renamed r ON r.repo_id = f.repo_id AND r.path = f.path
  WHERE w.landed_at < $2 AND f.category = 'code' AND (r.gone_at IS NULL OR w.landed_at > r.gone_at)
), standing AS (
  SELECT repo_id, path FROM touched WHERE nth_last = 1 AND kind <> 'D'
)
SELECT t.repo_id || ':' || t.path AS file, t.person_id,
       MAX(CASE WHEN t.nth = 1 THEN 1 ELSE 0 END) AS created, COUNT(*) AS deliveries
FROM touched t
JOIN standing k ON k.repo_id = t.repo_id AND k.path = t.path
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
