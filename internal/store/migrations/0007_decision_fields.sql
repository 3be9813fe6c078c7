-- What a version of a decision record states besides title and status: who decided, dates, links.
CREATE TABLE decision_field (
  repo_id  varchar COLLATE "C" NOT NULL,
  path     varchar COLLATE "C" NOT NULL,
  sha      varchar COLLATE "C" NOT NULL,
  position integer NOT NULL,
  kind     varchar COLLATE "C" NOT NULL,
  stated   varchar COLLATE "C" NOT NULL
);

-- Which version of the program's reader read a version of a record; those of an older one are read
-- again from their repository.
ALTER TABLE decision_version ADD COLUMN reader integer DEFAULT 0;
