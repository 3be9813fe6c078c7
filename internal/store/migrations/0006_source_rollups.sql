-- Rollups of the changes of source files, by repository and in its order, so that those of a
-- team are found at once. As in migration 4, each is made by internal/metric/rollup/NAME.sql.

CREATE TABLE source_change (
  repo_id       varchar COLLATE "C" NOT NULL,
  landed_at     timestamptz NOT NULL,
  reading_order bigint NOT NULL,
  sha           varchar COLLATE "C" NOT NULL,
  path          varchar COLLATE "C" NOT NULL,
  category      varchar COLLATE "C" NOT NULL,
  added         bigint NOT NULL,
  deleted       bigint NOT NULL,
  stands        boolean NOT NULL,
  begins        boolean NOT NULL,
  person_id     bigint,
  complexity    bigint NOT NULL
);

CREATE TABLE source_holder (
  repo_id  varchar COLLATE "C" NOT NULL,
  began_at timestamptz NOT NULL,
  from_at  timestamptz NOT NULL,
  people   varchar COLLATE "C" NOT NULL,
  files    bigint NOT NULL
);

CREATE TABLE source_churn (
  repo_id  varchar COLLATE "C" NOT NULL,
  began_at timestamptz NOT NULL,
  from_at  timestamptz NOT NULL,
  changed  bigint NOT NULL,
  known    bigint NOT NULL,
  files    bigint NOT NULL,
  measured bigint NOT NULL
);

CREATE TABLE source_hotspot (
  repo_id    varchar COLLATE "C" NOT NULL,
  began_at   timestamptz NOT NULL,
  from_at    timestamptz NOT NULL,
  path       varchar COLLATE "C" NOT NULL,
  complexity bigint NOT NULL,
  changed    bigint NOT NULL,
  changes    bigint NOT NULL
);

-- Releases that count.
CREATE TABLE release_version (
  repo_id     varchar COLLATE "C" NOT NULL,
  tag         varchar COLLATE "C" NOT NULL,
  sha         varchar COLLATE "C" NOT NULL,
  released_at timestamptz NOT NULL
);

-- Waits of commits for their release, with what facts behind a number show.
DROP TABLE release_wait;
CREATE TABLE release_wait (
  repo_id     varchar COLLATE "C" NOT NULL,
  released_at timestamptz NOT NULL,
  month_on    date NOT NULL,
  days        double precision NOT NULL,
  tag         varchar COLLATE "C" NOT NULL,
  sha         varchar COLLATE "C" NOT NULL,
  authored_at timestamptz NOT NULL
);
