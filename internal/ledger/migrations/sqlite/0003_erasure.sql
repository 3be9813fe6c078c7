-- By what an erased person is known again: keyed hashes, of which nobody without the key beside the
-- ledger can guess names. erasure.person is the pseudonym.
CREATE TABLE erasure_key (
  person TEXT NOT NULL REFERENCES erasure (person),
  kind   TEXT NOT NULL,
  words  INTEGER NOT NULL,
  hash   BLOB NOT NULL,
  PRIMARY KEY (person, kind, hash)
) STRICT;

-- Lines of the audit trail from which a name was taken out, with the SHA-256 of what they say since.
-- The line person.erase that follows holds a hash of this table, so that no line loses anything else.
CREATE TABLE audit_erased (
  seq    INTEGER NOT NULL PRIMARY KEY REFERENCES audit (seq),
  digest BLOB NOT NULL
) STRICT;

DROP TRIGGER audit_unchanged;
CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
WHEN NEW.seq <> OLD.seq OR NEW.hash <> OLD.hash OR NOT EXISTS (SELECT 1 FROM audit_erased WHERE seq = OLD.seq)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
