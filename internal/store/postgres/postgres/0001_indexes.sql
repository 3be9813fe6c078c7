-- Placeholder until measured.
CREATE UNIQUE INDEX commit_parent_key ON commit_parent (repo_id, sha, position);
CREATE INDEX file_change_commit ON file_change (repo_id, sha);
