-- Every change of a document or a decision record, and of a file that once was one.
SELECT f.repo_id, f.sha, f.path, f.old_path, f.kind, c.landed_at, c.reading_order
FROM (
  SELECT f.repo_id, f.sha, f.path, f.old_path, f.kind
  FROM file_change f
  JOIN (SELECT repo_id, path FROM document UNION SELECT repo_id, path FROM decision_version) d ON d.repo_id = f.repo_id AND d.path = f.path
  WHERE @only(f.repo_id) AND @only(d.repo_id)
  UNION
  SELECT f.repo_id, f.sha, f.path, f.old_path, f.kind
  FROM file_change f
  JOIN (SELECT repo_id, path FROM document UNION SELECT repo_id, path FROM decision_version) d ON d.repo_id = f.repo_id AND d.path = f.old_path
  WHERE @only(f.repo_id) AND @only(d.repo_id) AND f.old_path <> ''
) f
JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
WHERE @only(c.repo_id)
