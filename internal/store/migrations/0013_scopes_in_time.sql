-- What belongs to a scope belongs to it for a time: from since on, before until. 1900 stands for always, and
-- 9999 for still. A row of one scope and one thing does not overlap with another.

ALTER TABLE scope_repository RENAME TO scope_repository_always;
CREATE TABLE scope_repository (
  scope   varchar COLLATE "C" NOT NULL,
  repo_id varchar COLLATE "C" NOT NULL,
  since   timestamptz NOT NULL,
  until   timestamptz NOT NULL
);
INSERT INTO scope_repository
SELECT scope, repo_id, TIMESTAMPTZ '1900-01-01 00:00:00+00', TIMESTAMPTZ '9999-01-01 00:00:00+00' FROM scope_repository_always;
DROP TABLE scope_repository_always;

ALTER TABLE scope_application RENAME TO scope_application_always;
CREATE TABLE scope_application (
  scope       varchar COLLATE "C" NOT NULL,
  repo_id     varchar COLLATE "C" NOT NULL,
  application varchar COLLATE "C" NOT NULL,
  since       timestamptz NOT NULL,
  until       timestamptz NOT NULL
);
INSERT INTO scope_application
SELECT scope, repo_id, application, TIMESTAMPTZ '1900-01-01 00:00:00+00', TIMESTAMPTZ '9999-01-01 00:00:00+00' FROM scope_application_always;
DROP TABLE scope_application_always;

ALTER TABLE scope_project RENAME TO scope_project_always;
CREATE TABLE scope_project (
  scope      varchar COLLATE "C" NOT NULL,
  project_id varchar COLLATE "C" NOT NULL,
  since      timestamptz NOT NULL,
  until      timestamptz NOT NULL
);
INSERT INTO scope_project
SELECT scope, project_id, TIMESTAMPTZ '1900-01-01 00:00:00+00', TIMESTAMPTZ '9999-01-01 00:00:00+00' FROM scope_project_always;
DROP TABLE scope_project_always;

-- Whose work is credited to a team or a group, and when: at one instant to one team at most.
CREATE TABLE scope_person (
  scope     varchar COLLATE "C" NOT NULL,
  person_id bigint NOT NULL,
  since     timestamptz NOT NULL,
  until     timestamptz NOT NULL
);

-- Changes of a day by their author, in the place of their number by repository alone; and who asked for a
-- change. The next run makes both.
ALTER TABLE repository_day DROP COLUMN changes;
CREATE TABLE person_change (
  repo_id   varchar COLLATE "C" NOT NULL,
  person_id bigint NOT NULL,
  landed_on date NOT NULL,
  first_at  timestamptz NOT NULL,
  changes   bigint NOT NULL
);
ALTER TABLE request_stage ADD COLUMN person_id bigint DEFAULT 0;
