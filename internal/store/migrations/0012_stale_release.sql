-- Repositories of which releases changed since their rollups were made.
CREATE TABLE stale_release (
  repo_id varchar COLLATE "C" NOT NULL PRIMARY KEY
);
INSERT INTO stale_release SELECT repo_id FROM repository;
