-- Instants are microseconds since 1970 in UTC. Of secrets that are shown once (tokens,
-- links, recovery codes) there is a SHA-256 and nothing else.

CREATE TABLE account (
  id             TEXT NOT NULL PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password       TEXT NOT NULL DEFAULT '',  -- argon2id; '' when none is set
  person         TEXT NOT NULL DEFAULT '',  -- in the organisation document
  created_us     INTEGER NOT NULL,
  deactivated_us INTEGER                    -- kept for good, so that nobody takes its place
) STRICT;

CREATE TABLE account_role (
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  role    TEXT NOT NULL,
  PRIMARY KEY (account, role)
) STRICT;

-- Who somebody is at an identity provider: the pair, never the e-mail address.
CREATE TABLE identity (
  issuer    TEXT NOT NULL,
  subject   TEXT NOT NULL,
  account   TEXT NOT NULL REFERENCES account (id),
  email     BLOB,                          -- a keyed hash; null when none was given
  linked_us INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT;

CREATE TABLE session (
  hash       BLOB NOT NULL PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,         -- by which it is listed and revoked
  account    TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  standing   TEXT NOT NULL,                -- of the person in the organisation, when it began
  created_us INTEGER NOT NULL,
  seen_us    INTEGER NOT NULL,
  expires_us INTEGER NOT NULL,
  address    TEXT NOT NULL,
  agent      TEXT NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account);

CREATE TABLE api_token (
  hash       BLOB NOT NULL PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  account    TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name       TEXT NOT NULL,
  grants     TEXT NOT NULL,                -- separated by spaces
  standing   TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL,
  used_us    INTEGER
) STRICT;
CREATE INDEX api_token_account ON api_token (account);

CREATE TABLE totp (
  account      TEXT NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  secret       BLOB NOT NULL,              -- sealed with the key beside the ledger
  confirmed_us INTEGER,
  last_step    INTEGER NOT NULL DEFAULT 0  -- no code of this step or an earlier one counts
) STRICT;

CREATE TABLE recovery_code (
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  hash    BLOB NOT NULL,
  PRIMARY KEY (account, hash)
) STRICT;

-- Failures to sign in, by a keyed hash of the name or the address that was given.
CREATE TABLE sign_in_attempt (
  of_hash  BLOB NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_us  INTEGER NOT NULL,
  until_us INTEGER NOT NULL
) STRICT;

CREATE TABLE one_time_link (
  hash       BLOB NOT NULL PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('first', 'invitation')),
  account    TEXT REFERENCES account (id) ON DELETE CASCADE,
  standing   TEXT NOT NULL DEFAULT '',
  expires_us INTEGER NOT NULL
) STRICT;

-- A sign-in that is under way at an identity provider.
CREATE TABLE oidc_flow (
  state      BLOB NOT NULL PRIMARY KEY,    -- SHA-256
  provider   TEXT NOT NULL,
  nonce      TEXT NOT NULL,
  verifier   BLOB NOT NULL,                -- sealed
  link       BLOB,                         -- of the invitation that it takes up, or null
  expires_us INTEGER NOT NULL
) STRICT;

-- What the two leaders talk about every week, and what came of it.
CREATE TABLE agenda_item (
  id         TEXT NOT NULL PRIMARY KEY,
  meeting    TEXT NOT NULL,                -- day, YYYY-MM-DD
  source     TEXT NOT NULL,                -- what it was made from: kind:id
  title      TEXT NOT NULL,
  outcome    TEXT NOT NULL DEFAULT '',
  decided_by TEXT REFERENCES account (id),
  decided_us INTEGER,
  UNIQUE (meeting, source)
) STRICT;

-- Whose data was erased, to be erased again after a backup is restored.
CREATE TABLE erasure (
  person    TEXT NOT NULL PRIMARY KEY,
  erased_us INTEGER NOT NULL,
  erased_by TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
  seq   INTEGER NOT NULL PRIMARY KEY,
  entry TEXT NOT NULL,                     -- canonical JSON
  hash  BLOB NOT NULL                      -- SHA-256 of the hash before, then the entry
) STRICT;

-- The newest line, sealed with the key beside the ledger: a tail that was cut off is missed.
CREATE TABLE audit_head (
  one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  seq  INTEGER NOT NULL,
  hash BLOB NOT NULL,
  mac  BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
