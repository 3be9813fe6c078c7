-- The view of migration 2, with the subject: facts behind a number show it.
CREATE OR REPLACE VIEW work AS
SELECT c.repo_id, c.sha, c.change_sha, c.reading_order, c.landed_at, c.authored_at, c.author_zone, c.on_main, c.is_revert, c.is_date_suspect, i.person_id, c.subject
FROM commit c
JOIN identity i ON i.identity_id = c.author_id
WHERE c.parent_count < 2 AND NOT c.is_boundary AND NOT i.is_bot;
