-- What metrics count, defined once.

-- Work: a commit by a person that is no merge and no end of a shallow history.
CREATE VIEW work AS
SELECT c.repo_id, c.sha, c.change_sha, c.reading_order, c.landed_at, c.authored_at, c.author_zone, c.on_main, c.is_revert, c.is_date_suspect, i.person_id
FROM commit c
JOIN identity i ON i.identity_id = c.author_id
WHERE c.parent_count < 2 AND NOT c.is_boundary AND NOT i.is_bot;

-- Change: what reached the main line as one step, a merge with all that it brought or
-- a commit alone, if a person wrote any of it.
CREATE VIEW change AS
SELECT w.repo_id, w.change_sha, MIN(w.landed_at) AS landed_at, MIN(w.authored_at) AS started_at,
       COUNT(*) AS commits, bool_or(w.is_revert AND w.on_main) AS is_revert
FROM work w
GROUP BY w.repo_id, w.change_sha;

-- Decision: a version of a decision record. Its record is the path at which the record
-- was first seen, so that a rename does not begin another one; three renames are followed.
CREATE VIEW decision AS
WITH renamed AS (
  SELECT repo_id, path, old_path, landed_at, reading_order
  FROM (
    SELECT f.repo_id, f.path, f.old_path, c.landed_at, c.reading_order,
           ROW_NUMBER() OVER (PARTITION BY f.repo_id, f.path ORDER BY c.landed_at, c.reading_order) AS nth
    FROM decision_version v
    JOIN file_change f ON f.repo_id = v.repo_id AND f.sha = v.sha AND f.path = v.path
    JOIN commit c ON c.repo_id = v.repo_id AND c.sha = v.sha
    WHERE f.old_path <> ''
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
  AND (r3.landed_at < r2.landed_at OR r3.landed_at = r2.landed_at AND r3.reading_order < r2.reading_order);
