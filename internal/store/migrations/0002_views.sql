-- What metrics count, defined once.

-- Work: a commit by a person that is no merge and no end of a shallow history.
CREATE VIEW work AS
SELECT c.repo_id, c.sha, c.change_sha, c.landed_at, c.authored_at, c.author_zone, c.on_main, c.is_revert, c.is_date_suspect, i.person_id
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
