-- What changed since deliveries were worked out landed at from_at or later, as in migration 10.

DROP TABLE stale_delivery;
CREATE TABLE stale_delivery (
  repo_id varchar COLLATE "C" NOT NULL PRIMARY KEY,
  from_at timestamptz NOT NULL
);
INSERT INTO stale_delivery SELECT repo_id, TIMESTAMPTZ '1900-01-01 00:00:00+00' FROM repository;
INSERT INTO stale_delivery SELECT '', TIMESTAMPTZ '1900-01-01 00:00:00+00' WHERE EXISTS (SELECT 1 FROM repository) OR EXISTS (SELECT 1 FROM incident);
