-- What changed since rollups and deliveries were made landed at from_at or later: what follows
-- only from what landed earlier is as it was. 1900 stands for all.

DROP TABLE stale_rollup;
CREATE TABLE stale_rollup (
  repo_id varchar COLLATE "C" NOT NULL PRIMARY KEY,
  from_at timestamptz NOT NULL
);
INSERT INTO stale_rollup SELECT repo_id, TIMESTAMPTZ '1900-01-01 00:00:00+00' FROM repository;

-- Branches of a file are those at the head, which change with every edit: file_shape has them.
ALTER TABLE source_change DROP COLUMN complexity;
