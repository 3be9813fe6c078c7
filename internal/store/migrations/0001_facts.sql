-- Facts as read from sources. Every table of facts leads its key with the repository, so that the
-- schema can be distributed by it. Small tables (repository, location, identity, scope) stand apart.
-- Text is ordered by its bytes (COLLATE "C"), on every database and whatever its language.

CREATE TABLE repository (
  repo_id     varchar COLLATE "C" NOT NULL PRIMARY KEY,
  name        varchar COLLATE "C" NOT NULL,
  root_sha    varchar COLLATE "C" NOT NULL
);

-- Where a repository is read from; a repository that is given under two paths has two.
CREATE TABLE location (
  location     varchar COLLATE "C" NOT NULL PRIMARY KEY,
  repo_id      varchar COLLATE "C",
  name         varchar COLLATE "C" NOT NULL,
  branch       varchar COLLATE "C" NOT NULL,
  head_sha     varchar COLLATE "C" NOT NULL,
  cursor_state varchar COLLATE "C" NOT NULL,
  status       varchar COLLATE "C" NOT NULL,
  notes        varchar COLLATE "C" NOT NULL,
  read_at      timestamptz NOT NULL
);

-- Parts of the input that could not be read, by place.
CREATE TABLE skipped (
  location varchar COLLATE "C" NOT NULL,
  what     varchar COLLATE "C" NOT NULL,
  why      varchar COLLATE "C" NOT NULL,
  n        bigint NOT NULL
);

-- A name and an e-mail as written; person_id joins those that are one person.
CREATE TABLE identity (
  identity_id bigint NOT NULL PRIMARY KEY,
  name        varchar COLLATE "C" NOT NULL,
  email       varchar COLLATE "C" NOT NULL,
  person_id   bigint NOT NULL,
  is_bot      boolean NOT NULL,
  reason      varchar COLLATE "C" NOT NULL
);

CREATE TABLE commit (
  repo_id          varchar COLLATE "C" NOT NULL,
  sha              varchar COLLATE "C" NOT NULL,
  reading_order    bigint NOT NULL,
  author_id        bigint NOT NULL,
  committer_id     bigint NOT NULL,
  authored_at      timestamptz NOT NULL,
  author_zone      integer NOT NULL,
  committed_at     timestamptz NOT NULL,
  committer_zone   integer NOT NULL,
  parent_count     integer NOT NULL,
  subject          varchar COLLATE "C" NOT NULL,
  is_revert        boolean NOT NULL,
  reverts_sha      varchar COLLATE "C" NOT NULL,
  is_boundary      boolean NOT NULL,
  is_date_suspect  boolean NOT NULL,
  on_main          boolean NOT NULL,
  change_sha       varchar COLLATE "C" NOT NULL,
  landed_at        timestamptz NOT NULL,
  PRIMARY KEY (repo_id, sha)
);

CREATE TABLE commit_parent (
  repo_id    varchar COLLATE "C" NOT NULL,
  sha        varchar COLLATE "C" NOT NULL,
  position   integer NOT NULL,
  parent_sha varchar COLLATE "C" NOT NULL
);

CREATE TABLE trailer (
  repo_id     varchar COLLATE "C" NOT NULL,
  sha         varchar COLLATE "C" NOT NULL,
  trailer_key varchar COLLATE "C" NOT NULL,
  identity_id bigint NOT NULL
);

-- Lines as `git log --numstat -M` counts them; null where there is no count (binary, or missing).
CREATE TABLE file_change (
  repo_id   varchar COLLATE "C" NOT NULL,
  sha       varchar COLLATE "C" NOT NULL,
  path      varchar COLLATE "C" NOT NULL,
  old_path  varchar COLLATE "C" NOT NULL,
  kind      varchar COLLATE "C" NOT NULL,
  added     bigint,
  deleted   bigint,
  is_binary boolean NOT NULL,
  category  varchar COLLATE "C" NOT NULL
);

CREATE TABLE release (
  repo_id       varchar COLLATE "C" NOT NULL,
  tag           varchar COLLATE "C" NOT NULL,
  sha           varchar COLLATE "C" NOT NULL,
  released_at   timestamptz NOT NULL,
  is_prerelease boolean NOT NULL,
  PRIMARY KEY (repo_id, tag)
);

-- The first release (pre-releases aside) that contains a commit.
CREATE TABLE release_commit (
  repo_id varchar COLLATE "C" NOT NULL,
  sha     varchar COLLATE "C" NOT NULL,
  tag     varchar COLLATE "C" NOT NULL
);

CREATE TABLE debt_marker (
  repo_id varchar COLLATE "C" NOT NULL,
  in_sha  varchar COLLATE "C" NOT NULL,
  ordinal integer NOT NULL,
  path    varchar COLLATE "C" NOT NULL,
  kind    varchar COLLATE "C" NOT NULL,
  note    varchar COLLATE "C" NOT NULL,
  out_sha varchar COLLATE "C" NOT NULL,
  PRIMARY KEY (repo_id, in_sha, ordinal)
);

CREATE TABLE decision_version (
  repo_id varchar COLLATE "C" NOT NULL,
  path    varchar COLLATE "C" NOT NULL,
  sha     varchar COLLATE "C" NOT NULL,
  title   varchar COLLATE "C" NOT NULL,
  status  varchar COLLATE "C" NOT NULL
);

CREATE TABLE document (
  repo_id varchar COLLATE "C" NOT NULL,
  path    varchar COLLATE "C" NOT NULL,
  kind    varchar COLLATE "C" NOT NULL
);

CREATE TABLE file_shape (
  repo_id    varchar COLLATE "C" NOT NULL,
  path       varchar COLLATE "C" NOT NULL,
  language   varchar COLLATE "C" NOT NULL,
  line_count bigint NOT NULL,
  complexity bigint NOT NULL
);

-- Which repositories belong to the company, a group, a team or a repository:
-- company, group:NAME, team:NAME, repository:NAME.
CREATE TABLE scope_repository (
  scope   varchar COLLATE "C" NOT NULL,
  repo_id varchar COLLATE "C" NOT NULL
);
