-- There is a row while sources are not read in the background.
CREATE TABLE pause (
  one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  since_us INTEGER NOT NULL
) STRICT;
