-- Issues that a change request says to close, and then those of other repositories that its title names, in
-- their order: REPOSITORY#NUMBER in small letters, or the key of a tracker.
CREATE TABLE change_request_close (
  repo_id  varchar COLLATE "C" NOT NULL,
  source   varchar COLLATE "C" NOT NULL,
  number   bigint NOT NULL,
  position integer NOT NULL,
  issue    varchar COLLATE "C" NOT NULL
);
