-- The newest readings of all sources.
CREATE TABLE sync_run (
  began_us    INTEGER NOT NULL PRIMARY KEY,
  ended_us    INTEGER NOT NULL,
  new_commits INTEGER NOT NULL,
  failed      TEXT NOT NULL, -- sources with the reason, a JSON list
  failure     TEXT NOT NULL  -- why all of it failed; '' when it did not
) STRICT;
