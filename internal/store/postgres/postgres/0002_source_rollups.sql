-- The way to the rows of one repository, in large rollups: they are removed and made again by
-- it, and read for the few repositories of a team.
CREATE INDEX source_change_repository ON source_change (repo_id, landed_at);
CREATE INDEX source_holder_repository ON source_holder (repo_id, began_at);
CREATE INDEX source_churn_repository ON source_churn (repo_id, began_at);
CREATE INDEX source_hotspot_repository ON source_hotspot (repo_id, began_at);
