-- Every version of a decision record; see the view decision.
SELECT v.repo_id, v.path, v.record_path, v.sha, v.title, v.status, v.landed_at, v.reading_order, v.authored_at, v.is_date_suspect, v.is_boundary
FROM decision v
