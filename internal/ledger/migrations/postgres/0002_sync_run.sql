-- The newest readings of all sources.
CREATE TABLE sync_run (
  began_us    bigint NOT NULL PRIMARY KEY,
  ended_us    bigint NOT NULL,
  new_commits bigint NOT NULL,
  failed      text NOT NULL, -- sources with the reason, a JSON list
  failure     text NOT NULL  -- why all of it failed; '' when it did not
);
