-- What follows from deployments, change requests and incidents together with history; made again for each
-- repository of which something changed (ingest/deliver.go).

-- Which applications belong to the company, a group, a team, a repository, or are application:NAME.
-- The company also has ('', ''): incidents of which nobody knows what they belong to.
CREATE TABLE scope_application (
  scope       varchar COLLATE "C" NOT NULL,
  repo_id     varchar COLLATE "C" NOT NULL,
  application varchar COLLATE "C" NOT NULL
);

-- What ended of attempts to bring an application into production. kind: first (all that it holds was there
-- before anybody looked), forward (it carries something new), rollback (what it holds lies behind what ran),
-- redeploy (it carries nothing new otherwise), unplaced (its commit is not in the history), failed, cancelled.
CREATE TABLE production_deployment (
  repo_id       varchar COLLATE "C" NOT NULL,
  application   varchar COLLATE "C" NOT NULL,
  source        varchar COLLATE "C" NOT NULL,
  deployment_id varchar COLLATE "C" NOT NULL,
  sha           varchar COLLATE "C" NOT NULL,
  deployed_at   timestamptz NOT NULL,
  kind          varchar COLLATE "C" NOT NULL,
  changes       bigint NOT NULL,
  hotfixes      bigint NOT NULL
);

-- A change (a change request, or what reached the main line as one step without one) of an application, and
-- the deployment that was the first to carry all of it. sha is where it landed; deployed_at is null while no
-- deployment does. category is what rules make of the change itself; issue_key is what its title or branch names.
CREATE TABLE change_delivery (
  repo_id           varchar COLLATE "C" NOT NULL,
  application       varchar COLLATE "C" NOT NULL,
  change_key        varchar COLLATE "C" NOT NULL,
  sha               varchar COLLATE "C" NOT NULL,
  title             varchar COLLATE "C" NOT NULL,
  category          varchar COLLATE "C" NOT NULL,
  issue_key         varchar COLLATE "C" NOT NULL,
  started_at        timestamptz NOT NULL,
  landed_at         timestamptz NOT NULL,
  deployed_at       timestamptz,
  deployment_source varchar COLLATE "C" NOT NULL,
  deployment_id     varchar COLLATE "C" NOT NULL,
  is_baseline       boolean NOT NULL
);

-- Deployments that failed after they were in production, and incidents that belong to none. how it is known:
-- correction, deployment, commit, change_request (links), service, rollback, or none.
CREATE TABLE deployment_failure (
  repo_id           varchar COLLATE "C" NOT NULL,
  application       varchar COLLATE "C" NOT NULL,
  source            varchar COLLATE "C" NOT NULL,
  incident_id       varchar COLLATE "C" NOT NULL,
  title             varchar COLLATE "C" NOT NULL,
  how               varchar COLLATE "C" NOT NULL,
  deployment_source varchar COLLATE "C" NOT NULL,
  deployment_id     varchar COLLATE "C" NOT NULL,
  deployed_at       timestamptz,
  failed_at         timestamptz NOT NULL,
  recovered_at      timestamptz
);

-- Deployments that were made to mend something: how it is known (mended_by, rollback, hotfix).
CREATE TABLE deployment_rework (
  repo_id           varchar COLLATE "C" NOT NULL,
  application       varchar COLLATE "C" NOT NULL,
  deployment_source varchar COLLATE "C" NOT NULL,
  deployment_id     varchar COLLATE "C" NOT NULL,
  how               varchar COLLATE "C" NOT NULL
);

-- Since when incident systems tell of an application, and since when that is known.
CREATE TABLE application_incidents (
  repo_id      varchar COLLATE "C" NOT NULL,
  application  varchar COLLATE "C" NOT NULL,
  covered_from timestamptz NOT NULL,
  known_at     timestamptz NOT NULL
);

-- Repositories of which something changed since this was made; '' is what belongs to none.
CREATE TABLE stale_delivery (
  repo_id varchar COLLATE "C" NOT NULL PRIMARY KEY
);

-- What it was made by: rules and what the workspace declares.
CREATE TABLE delivery_version (
  version varchar COLLATE "C" NOT NULL
);

-- When an issue was done, each time, and until when: null while it is. first_doing_at is null where nobody
-- said that it was begun; doing_days is for how long it was under way until then, in statuses that do not
-- say that it waits.
CREATE TABLE issue_finish (
  project_id     varchar COLLATE "C" NOT NULL,
  issue_id       varchar COLLATE "C" NOT NULL,
  issue_key      varchar COLLATE "C" NOT NULL,
  title          varchar COLLATE "C" NOT NULL,
  opened_at      timestamptz NOT NULL,
  first_doing_at timestamptz,
  done_at        timestamptz NOT NULL,
  undone_at      timestamptz,
  doing_days     double precision NOT NULL
);

-- Times during which an issue was under way; till_at is null while it is.
CREATE TABLE issue_doing (
  project_id varchar COLLATE "C" NOT NULL,
  issue_id   varchar COLLATE "C" NOT NULL,
  issue_key  varchar COLLATE "C" NOT NULL,
  title      varchar COLLATE "C" NOT NULL,
  from_at    timestamptz NOT NULL,
  till_at    timestamptz
);

-- What rules make of issues and change requests: category of investment, and subject (migration, upgrade,
-- security); '' where no rule fits.
CREATE TABLE issue_class (
  project_id varchar COLLATE "C" NOT NULL,
  issue_id   varchar COLLATE "C" NOT NULL,
  category   varchar COLLATE "C" NOT NULL,
  subject    varchar COLLATE "C" NOT NULL
);

CREATE TABLE request_class (
  repo_id varchar COLLATE "C" NOT NULL,
  source  varchar COLLATE "C" NOT NULL,
  number  bigint NOT NULL,
  subject varchar COLLATE "C" NOT NULL
);

-- Projects of which issues changed since then.
CREATE TABLE stale_project (
  project_id varchar COLLATE "C" NOT NULL PRIMARY KEY
);


-- Rollup of change requests by people: their stages, and what was done about them until they were merged.
CREATE TABLE request_stage (
  repo_id     varchar COLLATE "C" NOT NULL,
  source      varchar COLLATE "C" NOT NULL,
  number      bigint NOT NULL,
  title       varchar COLLATE "C" NOT NULL,
  sha         varchar COLLATE "C" NOT NULL,
  opened_at   timestamptz NOT NULL,
  merged_at   timestamptz,
  closed_at   timestamptz,
  started_at  timestamptz NOT NULL,
  ready_at    timestamptz NOT NULL,
  reviewed_at timestamptz,
  agreed_at   timestamptz,
  deployed_at timestamptz,
  changed     bigint,
  reworked    boolean NOT NULL
);

-- Reviews of change requests, by quarter.
CREATE TABLE person_request_review (
  repo_id    varchar COLLATE "C" NOT NULL,
  person_id  bigint NOT NULL,
  quarter_on date NOT NULL,
  reviews    bigint NOT NULL
);

INSERT INTO stale_delivery SELECT repo_id FROM repository;
INSERT INTO stale_project SELECT project_id FROM project;
