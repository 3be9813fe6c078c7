-- The tables of migrations/sqlite, with PostgreSQL's types: what they hold is said there. Text is
-- compared by its bytes, and the names of accounts without regard to A-Z or a-z, as in SQLite.

CREATE TABLE account (
  id             text COLLATE "C" NOT NULL PRIMARY KEY,
  name           text COLLATE "C" NOT NULL,
  password       text COLLATE "C" NOT NULL DEFAULT '',
  person         text COLLATE "C" NOT NULL DEFAULT '',
  created_us     bigint NOT NULL,
  deactivated_us bigint
);
CREATE UNIQUE INDEX account_name ON account (lower(name));

CREATE TABLE account_role (
  account text COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  role    text COLLATE "C" NOT NULL,
  PRIMARY KEY (account, role)
);

CREATE TABLE identity (
  issuer    text COLLATE "C" NOT NULL,
  subject   text COLLATE "C" NOT NULL,
  account   text COLLATE "C" NOT NULL REFERENCES account (id),
  email     bytea,
  linked_us bigint NOT NULL,
  PRIMARY KEY (issuer, subject)
);

CREATE TABLE session (
  hash       bytea NOT NULL PRIMARY KEY,
  id         text COLLATE "C" NOT NULL UNIQUE,
  account    text COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  standing   text COLLATE "C" NOT NULL,
  created_us bigint NOT NULL,
  seen_us    bigint NOT NULL,
  expires_us bigint NOT NULL,
  address    text COLLATE "C" NOT NULL,
  agent      text COLLATE "C" NOT NULL
);
CREATE INDEX session_account ON session (account);

CREATE TABLE api_token (
  hash       bytea NOT NULL PRIMARY KEY,
  id         text COLLATE "C" NOT NULL UNIQUE,
  account    text COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name       text COLLATE "C" NOT NULL,
  grants     text COLLATE "C" NOT NULL,
  standing   text COLLATE "C" NOT NULL,
  created_us bigint NOT NULL,
  expires_us bigint NOT NULL,
  used_us    bigint
);
CREATE INDEX api_token_account ON api_token (account);

CREATE TABLE totp (
  account      text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
  secret       bytea NOT NULL,
  confirmed_us bigint,
  last_step    bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_code (
  account text COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  hash    bytea NOT NULL,
  PRIMARY KEY (account, hash)
);

CREATE TABLE sign_in_attempt (
  of_hash  bytea NOT NULL PRIMARY KEY,
  failures bigint NOT NULL,
  last_us  bigint NOT NULL,
  until_us bigint NOT NULL
);

CREATE TABLE one_time_link (
  hash       bytea NOT NULL PRIMARY KEY,
  purpose    text COLLATE "C" NOT NULL CHECK (purpose IN ('first', 'invitation')),
  account    text COLLATE "C" REFERENCES account (id) ON DELETE CASCADE,
  standing   text COLLATE "C" NOT NULL DEFAULT '',
  expires_us bigint NOT NULL
);

CREATE TABLE oidc_flow (
  state      bytea NOT NULL PRIMARY KEY,
  provider   text COLLATE "C" NOT NULL,
  nonce      text COLLATE "C" NOT NULL,
  verifier   bytea NOT NULL,
  link       bytea,
  expires_us bigint NOT NULL
);

CREATE TABLE erasure (
  person    text COLLATE "C" NOT NULL PRIMARY KEY,
  erased_us bigint NOT NULL,
  erased_by text COLLATE "C" NOT NULL
);

CREATE TABLE erasure_key (
  person text COLLATE "C" NOT NULL REFERENCES erasure (person),
  kind   text COLLATE "C" NOT NULL,
  words  bigint NOT NULL,
  hash   bytea NOT NULL,
  PRIMARY KEY (person, kind, hash)
);

CREATE TABLE audit (
  seq   bigint NOT NULL PRIMARY KEY,
  entry text COLLATE "C" NOT NULL,
  hash  bytea NOT NULL
);

CREATE TABLE audit_head (
  one  bigint NOT NULL PRIMARY KEY CHECK (one = 1),
  seq  bigint NOT NULL,
  hash bytea NOT NULL,
  mac  bytea NOT NULL
);

CREATE TABLE audit_erased (
  seq    bigint NOT NULL PRIMARY KEY REFERENCES audit (seq),
  digest bytea NOT NULL
);

CREATE TABLE pause (
  one      bigint NOT NULL PRIMARY KEY CHECK (one = 1),
  since_us bigint NOT NULL
);

-- Whether a key is the one that made this ledger: the server is one for all, the file of the key is
-- not, and a host with another one must not write.
CREATE TABLE key_check (
  one  bigint NOT NULL PRIMARY KEY CHECK (one = 1),
  hash bytea NOT NULL
);

CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.seq = OLD.seq AND NEW.hash = OLD.hash AND EXISTS (SELECT 1 FROM audit_erased WHERE seq = OLD.seq) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
