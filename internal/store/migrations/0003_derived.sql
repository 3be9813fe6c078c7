-- What follows from a repository's facts as a whole (debts, shapes) is made again after each
-- reading, from what is kept here: whatever the order in which history was read, the result is
-- the same. Facts from before lack it: they are fetched again.

-- Added and deleted lines in which somebody admits debt; debt_marker follows from them.
CREATE TABLE marker_line (
  repo_id  varchar COLLATE "C" NOT NULL,
  sha      varchar COLLATE "C" NOT NULL,
  position integer NOT NULL,
  path     varchar COLLATE "C" NOT NULL,
  kind     varchar COLLATE "C" NOT NULL,
  note     varchar COLLATE "C" NOT NULL,
  is_added boolean NOT NULL
);

-- Commits of which some line counts could not be read.
CREATE TABLE commit_uncounted (
  repo_id varchar COLLATE "C" NOT NULL,
  sha     varchar COLLATE "C" NOT NULL
);

-- Repositories whose facts changed since what follows from them was made.
CREATE TABLE stale_repository (
  repo_id varchar COLLATE "C" NOT NULL PRIMARY KEY
);

DELETE FROM commit;
DELETE FROM commit_parent;
DELETE FROM trailer;
DELETE FROM file_change;
DELETE FROM release;
DELETE FROM release_commit;
DELETE FROM debt_marker;
DELETE FROM decision_version;
DELETE FROM document;
DELETE FROM skipped;
UPDATE location SET cursor_state = '';
