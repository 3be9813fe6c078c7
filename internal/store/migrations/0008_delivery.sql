-- What forges, trackers, pipelines and incident systems tell. source is the system, as in github.com.
-- What belongs to a repository leads its key with it, what belongs to a tracker's project with that
-- project; incidents are few and stand apart.

-- What is read apart from a system, with its own cursor: the change requests of one repository, say.
CREATE TABLE feed_stream (
  source       varchar COLLATE "C" NOT NULL,
  stream       varchar COLLATE "C" NOT NULL,
  cursor_state varchar COLLATE "C" NOT NULL,
  read_at      timestamptz NOT NULL,
  PRIMARY KEY (source, stream)
);

-- A repository as a forge names it. repo_id is that of the clone that holds its commits, or one of
-- its own while there is none.
CREATE TABLE forge_repository (
  source  varchar COLLATE "C" NOT NULL,
  name    varchar COLLATE "C" NOT NULL,
  repo_id varchar COLLATE "C" NOT NULL,
  PRIMARY KEY (source, name)
);

-- merged_at and closed_at are null while it is neither; lines and files where the forge does not say.
CREATE TABLE change_request (
  repo_id     varchar COLLATE "C" NOT NULL,
  source      varchar COLLATE "C" NOT NULL,
  number      bigint NOT NULL,
  title       varchar COLLATE "C" NOT NULL,
  author_id   bigint NOT NULL,
  state       varchar COLLATE "C" NOT NULL,
  is_draft    boolean NOT NULL,
  base_branch varchar COLLATE "C" NOT NULL,
  head_branch varchar COLLATE "C" NOT NULL,
  head_sha    varchar COLLATE "C" NOT NULL,
  merge_sha   varchar COLLATE "C" NOT NULL,
  opened_at   timestamptz NOT NULL,
  merged_at   timestamptz,
  closed_at   timestamptz,
  updated_at  timestamptz NOT NULL,
  added       bigint,
  deleted     bigint,
  files       bigint,
  PRIMARY KEY (repo_id, source, number)
);

CREATE TABLE change_request_commit (
  repo_id     varchar COLLATE "C" NOT NULL,
  source      varchar COLLATE "C" NOT NULL,
  number      bigint NOT NULL,
  position    integer NOT NULL,
  sha         varchar COLLATE "C" NOT NULL,
  authored_at timestamptz NOT NULL
);

CREATE TABLE change_request_event (
  repo_id     varchar COLLATE "C" NOT NULL,
  source      varchar COLLATE "C" NOT NULL,
  number      bigint NOT NULL,
  position    integer NOT NULL,
  kind        varchar COLLATE "C" NOT NULL,
  actor_id    bigint NOT NULL,
  happened_at timestamptz NOT NULL
);

CREATE TABLE change_request_label (
  repo_id varchar COLLATE "C" NOT NULL,
  source  varchar COLLATE "C" NOT NULL,
  number  bigint NOT NULL,
  label   varchar COLLATE "C" NOT NULL
);

-- project_id is SOURCE/NAME.
CREATE TABLE project (
  project_id varchar COLLATE "C" NOT NULL PRIMARY KEY,
  source     varchar COLLATE "C" NOT NULL,
  name       varchar COLLATE "C" NOT NULL,
  title      varchar COLLATE "C" NOT NULL
);

-- category: todo, doing, done. resolved_at is null while it is not done.
CREATE TABLE issue (
  project_id  varchar COLLATE "C" NOT NULL,
  source      varchar COLLATE "C" NOT NULL,
  issue_id    varchar COLLATE "C" NOT NULL,
  issue_key   varchar COLLATE "C" NOT NULL,
  kind        varchar COLLATE "C" NOT NULL,
  title       varchar COLLATE "C" NOT NULL,
  status      varchar COLLATE "C" NOT NULL,
  category    varchar COLLATE "C" NOT NULL,
  parent_id   varchar COLLATE "C" NOT NULL,
  points      double precision,
  opened_at   timestamptz NOT NULL,
  resolved_at timestamptz,
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (project_id, issue_id)
);

CREATE TABLE issue_transition (
  project_id    varchar COLLATE "C" NOT NULL,
  issue_id      varchar COLLATE "C" NOT NULL,
  position      integer NOT NULL,
  from_status   varchar COLLATE "C" NOT NULL,
  to_status     varchar COLLATE "C" NOT NULL,
  from_category varchar COLLATE "C" NOT NULL,
  to_category   varchar COLLATE "C" NOT NULL,
  happened_at   timestamptz NOT NULL
);

CREATE TABLE issue_label (
  project_id varchar COLLATE "C" NOT NULL,
  issue_id   varchar COLLATE "C" NOT NULL,
  label      varchar COLLATE "C" NOT NULL
);

CREATE TABLE issue_link (
  project_id varchar COLLATE "C" NOT NULL,
  issue_id   varchar COLLATE "C" NOT NULL,
  kind       varchar COLLATE "C" NOT NULL,
  target     varchar COLLATE "C" NOT NULL
);

CREATE TABLE sprint (
  project_id   varchar COLLATE "C" NOT NULL,
  sprint_id    varchar COLLATE "C" NOT NULL,
  name         varchar COLLATE "C" NOT NULL,
  started_at   timestamptz,
  ends_at      timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (project_id, sprint_id)
);

CREATE TABLE sprint_issue (
  project_id varchar COLLATE "C" NOT NULL,
  issue_id   varchar COLLATE "C" NOT NULL,
  sprint_id  varchar COLLATE "C" NOT NULL,
  added_at   timestamptz NOT NULL,
  removed_at timestamptz
);

-- result: success, failure, cancelled, running.
CREATE TABLE build (
  repo_id     varchar COLLATE "C" NOT NULL,
  source      varchar COLLATE "C" NOT NULL,
  build_id    varchar COLLATE "C" NOT NULL,
  attempt     integer NOT NULL,
  pipeline    varchar COLLATE "C" NOT NULL,
  sha         varchar COLLATE "C" NOT NULL,
  branch      varchar COLLATE "C" NOT NULL,
  result      varchar COLLATE "C" NOT NULL,
  queued_at   timestamptz NOT NULL,
  started_at  timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (repo_id, source, build_id, attempt)
);

-- told_application is as the system names it; application is what the workspace, or its repository, makes
-- of that.
CREATE TABLE deployment (
  repo_id          varchar COLLATE "C" NOT NULL,
  source           varchar COLLATE "C" NOT NULL,
  deployment_id    varchar COLLATE "C" NOT NULL,
  told_application varchar COLLATE "C" NOT NULL,
  environment      varchar COLLATE "C" NOT NULL,
  sha              varchar COLLATE "C" NOT NULL,
  result           varchar COLLATE "C" NOT NULL,
  started_at       timestamptz NOT NULL,
  finished_at      timestamptz,
  updated_at       timestamptz NOT NULL,
  PRIMARY KEY (repo_id, source, deployment_id)
);

CREATE TABLE incident (
  source          varchar COLLATE "C" NOT NULL,
  incident_id     varchar COLLATE "C" NOT NULL,
  service         varchar COLLATE "C" NOT NULL,
  title           varchar COLLATE "C" NOT NULL,
  severity        varchar COLLATE "C" NOT NULL,
  opened_at       timestamptz NOT NULL,
  acknowledged_at timestamptz,
  resolved_at     timestamptz,
  updated_at      timestamptz NOT NULL,
  PRIMARY KEY (source, incident_id)
);

CREATE TABLE incident_link (
  source      varchar COLLATE "C" NOT NULL,
  incident_id varchar COLLATE "C" NOT NULL,
  kind        varchar COLLATE "C" NOT NULL,
  target      varchar COLLATE "C" NOT NULL
);

-- Which projects belong to the company, a group or a team.
CREATE TABLE scope_project (
  scope      varchar COLLATE "C" NOT NULL,
  project_id varchar COLLATE "C" NOT NULL
)
