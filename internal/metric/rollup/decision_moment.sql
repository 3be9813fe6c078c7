-- Every version of a decision record. Its record is the path at which the record was first
-- seen, so that a rename does not begin another one; three renames are followed.
WITH renamed AS (
  SELECT repo_id, path, old_path, landed_at, reading_order
  FROM (
    SELECT f.repo_id, f.path, f.old_path, f.landed_at, f.reading_order,
           ROW_NUMBER() OVER (PARTITION BY f.repo_id, f.path ORDER BY f.landed_at, f.reading_order) AS nth
    FROM decision_version v
    JOIN @document_change f ON f.repo_id = v.repo_id AND f.sha = v.sha AND f.path = v.path
    WHERE @only(v.repo_id) AND @only(f.repo_id) AND f.old_path <> ''
  ) r
  WHERE nth = 1
)
SELECT v.repo_id, v.path, COALESCE(r3.old_path, r2.old_path, r1.old_path, v.path) AS record_path, v.sha, v.title, v.status,
       c.landed_at, c.reading_order, c.authored_at, c.is_date_suspect, c.is_boundary
FROM decision_version v
JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
LEFT JOIN renamed r1 ON r1.repo_id = v.repo_id AND r1.path = v.path
  AND (r1.landed_at < c.landed_at OR r1.landed_at = c.landed_at AND r1.reading_order <= c.reading_order)
LEFT JOIN renamed r2 ON r2.repo_id = v.repo_id AND r2.path = r1.old_path
  AND (r2.landed_at < r1.landed_at OR r2.landed_at = r1.landed_at AND r2.reading_order < r1.reading_order)
LEFT JOIN renamed r3 ON r3.repo_id = v.repo_id AND r3.path = r2.old_path
  AND (r3.landed_at < r2.landed_at OR r3.landed_at = r2.landed_at AND r3.reading_order < r2.reading_order)
WHERE @only(v.repo_id) AND @only(c.repo_id)
