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
WITH step AS ( -- every change of a source file; a rename ends the file that had the old path
  SELECT f.repo_id, f.path, f.sha, c.landed_at, c.reading_order, f.kind <> 'D' AS stands, f.kind IN ('A', 'R') AS begins
  FROM file_change f
  JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
  JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
  WHERE c.landed_at < $2 AND f.category = 'code'
  UNION ALL
  SELECT f.repo_id, f.old_path, f.sha, c.landed_at, c.reading_order, false, false
  FROM file_change f
  JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
  JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
  WHERE c.landed_at < $2 AND f.old_path <> ''
), life AS ( -- how often a path ended from here on: the file that stands there now has never ended
  SELECT repo_id, path, sha, landed_at, reading_order, begins,
         SUM(CASE WHEN stands THEN 0 ELSE 1 END) OVER (PARTITION BY repo_id, path ORDER BY landed_at DESC, reading_order DESC, stands DESC) AS ends,
         SUM(CASE WHEN stands THEN 0 ELSE 1 END) OVER (PARTITION BY repo_id, path) AS all_ends
  FROM step
), standing AS ( -- what was only edited since it ended was edited on another branch, and has not come back by that
  SELECT repo_id, path, sha, landed_at, reading_order, all_ends = 0 OR bool_or(begins) OVER (PARTITION BY repo_id, path) AS stands
  FROM life
  WHERE ends = 0
), touched AS (
  SELECT l.repo_id, l.path, w.person_id, ROW_NUMBER() OVER (PARTITION BY l.repo_id, l.path ORDER BY l.landed_at, l.reading_order) AS nth
  FROM standing l
  JOIN work w ON w.repo_id = l.repo_id AND w.sha = l.sha
  WHERE l.stands
)
SELECT t.repo_id || ':' || t.path AS file, t.person_id,
       MAX(CASE WHEN t.nth = 1 THEN 1 ELSE 0 END) AS created, COUNT(*) AS deliveries
FROM touched t
GROUP BY 1, 2
ORDER BY 1, 2
-- facts:
SELECT MAX(w.landed_at) AS landed_at, f.repo_id, '' AS sha, f.path || ', changed by one person alone' AS subject
FROM file_change f
JOIN work w ON w.repo_id = f.repo_id AND w.sha = f.sha
JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1
WHERE w.landed_at < $2 AND f.category = 'code' AND w.landed_at >= $3 AND w.landed_at < $4
GROUP BY f.repo_id, f.path
HAVING COUNT(DISTINCT w.person_id) = 1
ORDER BY 1 DESC, 4
