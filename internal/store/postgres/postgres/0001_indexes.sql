-- Placeholder until measured.
CREATE UNIQUE INDEX commit_parent_key ON commit_parent (repo_id, sha, position);
CREATE INDEX file_change_commit ON file_change (repo_id, sha);
CREATE INDEX file_change_path ON file_change USING hash (path);
CREATE INDEX file_change_old_path ON file_change USING hash (old_path) WHERE old_path <> '';
