-- Rollups: what metrics read in the place of facts, so that they answer at once however long
-- the history is. Each is made by one statement, internal/metric/rollup/NAME.sql, for one
-- repository at a time; it holds nothing that facts do not say, and can be made again at any
-- time. Days, weeks and quarters are those of the company's calendar.

CREATE TABLE repository_day (
  repo_id        varchar COLLATE "C" NOT NULL,
  landed_on      date NOT NULL,
  commits        bigint NOT NULL,
  reverts        bigint NOT NULL,
  changes        bigint NOT NULL,
  markers_in     bigint NOT NULL,
  markers_found  bigint NOT NULL,
  markers_out    bigint NOT NULL,
  source_changes bigint NOT NULL,
  source_lines   bigint NOT NULL
);

CREATE TABLE person_week (
  repo_id    varchar COLLATE "C" NOT NULL,
  person_id  bigint NOT NULL,
  week_on    date NOT NULL,
  quarter_on date NOT NULL,
  first_at   timestamptz NOT NULL,
  last_at    timestamptz NOT NULL,
  commits    bigint NOT NULL
);

CREATE TABLE person_day (
  repo_id   varchar COLLATE "C" NOT NULL,
  person_id bigint NOT NULL,
  landed_on date NOT NULL,
  first_at  timestamptz NOT NULL,
  last_at   timestamptz NOT NULL
);

CREATE TABLE person_written_day (
  repo_id    varchar COLLATE "C" NOT NULL,
  person_id  bigint NOT NULL,
  written_on date NOT NULL,
  known_at   timestamptz NOT NULL
);

CREATE TABLE person_merge (
  repo_id    varchar COLLATE "C" NOT NULL,
  person_id  bigint NOT NULL,
  quarter_on date NOT NULL,
  changes    bigint NOT NULL
);

CREATE TABLE person_review (
  repo_id    varchar COLLATE "C" NOT NULL,
  person_id  bigint NOT NULL,
  quarter_on date NOT NULL,
  reviews    bigint NOT NULL
);

CREATE TABLE release_wait (
  repo_id     varchar COLLATE "C" NOT NULL,
  released_at timestamptz NOT NULL,
  month_on    date NOT NULL,
  days        double precision NOT NULL
);

CREATE TABLE debt_life (
  repo_id     varchar COLLATE "C" NOT NULL,
  in_sha      varchar COLLATE "C" NOT NULL,
  ordinal     integer NOT NULL,
  in_at       timestamptz NOT NULL,
  out_at      timestamptz,
  is_boundary boolean NOT NULL
);

CREATE TABLE document_change (
  repo_id       varchar COLLATE "C" NOT NULL,
  sha           varchar COLLATE "C" NOT NULL,
  path          varchar COLLATE "C" NOT NULL,
  old_path      varchar COLLATE "C" NOT NULL,
  kind          varchar COLLATE "C" NOT NULL,
  landed_at     timestamptz NOT NULL,
  reading_order bigint NOT NULL
);

CREATE TABLE decision_moment (
  repo_id         varchar COLLATE "C" NOT NULL,
  path            varchar COLLATE "C" NOT NULL,
  record_path     varchar COLLATE "C" NOT NULL,
  sha             varchar COLLATE "C" NOT NULL,
  title           varchar COLLATE "C" NOT NULL,
  status          varchar COLLATE "C" NOT NULL,
  landed_at       timestamptz NOT NULL,
  reading_order   bigint NOT NULL,
  authored_at     timestamptz NOT NULL,
  is_date_suspect boolean NOT NULL,
  is_boundary     boolean NOT NULL
);

-- Repositories whose facts, or whose people, changed since their rollups were made.
CREATE TABLE stale_rollup (
  repo_id varchar COLLATE "C" NOT NULL PRIMARY KEY
);

-- What rollups were made by: when statements or the calendar change, all are stale.
CREATE TABLE rollup_version (
  version varchar COLLATE "C" NOT NULL
);
