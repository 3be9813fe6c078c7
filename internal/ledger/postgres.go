package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/pg"
	"github.com/diarchy/diarchy/internal/problem"
)

// Schema holds the tables on a PostgreSQL server, beside that of the facts, unless the
// address names another one as its search_path.
const Schema = "diarchy_ledger"

// sessions of all processes keep what was acknowledged, do not wait for ever, and do not
// keep others waiting when the network is cut in the middle of a transaction.
const sessions = `SET timezone = 'UTC'; SET jit = off; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`

// server is a ledger in a schema on a PostgreSQL server.
type server struct{ at pg.Place }

// OpenPostgres opens the ledger that a postgres:// address names, and brings its tables to
// the newest version. Its key is in a file, of which each host has a copy.
func OpenPostgres(ctx context.Context, address string, opts Options) (*Ledger, error) {
	at, err := pg.At(address, pg.Options{What: "the ledger", Variable: "DIARCHY_LEDGER", Schema: Schema, Session: sessions})
	if err != nil {
		return nil, err
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := server{at}
	l := &Ledger{engine: s, keyPath: opts.Key, now: opts.Now, newKey: opts.NewKey, writer: at.Connect(1), reader: at.Connect(4)}
	err = s.prepare(ctx, l, opts.Create)
	if err == nil {
		err = l.migrate(ctx)
	}
	if err == nil {
		err = s.checkKey(ctx, l)
	}
	if err != nil {
		return nil, errors.Join(s.explain(err), l.Close())
	}
	return l, nil
}

// prepare makes the schema where one may be made.
func (s server) prepare(ctx context.Context, l *Ledger, create bool) error {
	exists, err := s.at.Suits(ctx, l.reader)
	if err != nil {
		return err
	}
	there := false
	if exists {
		err = l.Read(ctx, func(t *Tx) error {
			there, err = t.there()
			return err
		})
	}
	switch {
	case err != nil:
		return err
	case there:
		return s.isOurs(ctx, l)
	case !create:
		return none(s.String())
	case exists:
		return nil
	}
	return s.at.Make(ctx, l.writer)
}

// isOurs refuses a schema that holds something else, such as facts.
func (s server) isOurs(ctx context.Context, l *Ledger) error {
	return l.Read(ctx, func(t *Tx) error {
		var one int
		is, err := t.Get(s.has("key_check"), nil, &one)
		if err == nil && !is {
			err = problem.New(problem.Usage, "leave search_path out of the address of the ledger, or name a schema of its own", "%s holds something else", s)
		}
		return err
	})
}

func (s server) String() string { return fmt.Sprintf("%s, schema %s", s.at, s.at.Schema) }

// begin waits until nobody else writes, on whichever host: the next line of the audit
// trail is made of the newest one.
func (s server) begin(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", s.at.LockKey("ledger"))
	return err
}

func (server) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// bind numbers the places of arguments, and takes out of texts what PostgreSQL refuses:
// they come from browsers and identity providers.
func (server) bind(statement string, args []any) (string, []any) {
	var b strings.Builder
	n, quoted := 0, false
	for _, r := range statement {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == '?' && !quoted:
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	args = slices.Clone(args)
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return b.String(), args
}

// schema looks for tables by the schema's name: who may not use a schema has none that is
// current, and must not take that for no ledger.
func (s server) schema() schema {
	return schema{
		folder: "postgres",
		there:  s.has("schema_migration"),
		made:   `CREATE TABLE IF NOT EXISTS schema_migration (name text COLLATE "C" NOT NULL PRIMARY KEY, checksum text NOT NULL, applied_us bigint NOT NULL)`,
	}
}

// has is a query: whether there is a table. A schema's name is plain.
func (s server) has(table string) string {
	return "SELECT 1 FROM pg_tables WHERE schemaname = '" + s.at.Schema + "' AND tablename = '" + table + "'"
}

func (server) script(ctx context.Context, tx *sql.Tx, text string) error {
	return pg.Script(ctx, tx, text)
}

// explain puts PostgreSQL's errors in the program's categories.
func (s server) explain(err error) error {
	switch code := pg.Code(err); {
	case code == "55P03": // lock_not_available
		return problem.New(problem.Locked, "wait until it is done, and try again", "another process is writing to the ledger: %w", err)
	case code == "53100": // disk_full
		return problem.New(problem.Full, "make space on the disk of the server", "ledger: %w", err)
	case pg.FromServer(err):
		return s.at.Explain(err)
	}
	return err
}

// checkKey refuses a key that is not the one that made the ledger: what one host sealed
// no other one could read.
func (s server) checkKey(ctx context.Context, l *Ledger) error {
	if l.newKey {
		return nil
	}
	var hash []byte
	err := l.Read(ctx, func(t *Tx) error {
		_, err := t.Get("SELECT hash FROM key_check", nil, &hash)
		return err
	})
	if err == nil && !bytes.Equal(hash, l.keyCheck()) {
		err = otherKey(s, "%s is not the key of the ledger in %s", l.keyPath, s)
	}
	return err
}

func otherKey(s server, format string, args ...any) error {
	return problem.New(problem.Damaged, "copy the file from the host that made the ledger, or name it in DIARCHY_LEDGER_KEY; if it is lost for good: diarchy ledger restore BACKUP --without-key", format, args...)
}

// takeKey reads the key; a new ledger gets a new one where there is none yet.
func (s server) takeKey(l *Ledger, fresh bool) (err error) {
	if !fresh && !l.newKey && !isThere(l.keyPath) {
		return otherKey(s, "the key of the ledger in %s is not here: there is no %s", s, l.keyPath)
	}
	l.key, err = openKey(l.keyPath)
	return err
}

// keyCheck is by what a key is known.
func (l *Ledger) keyCheck() []byte { return l.Keyed("check of the key", "ledger") }

func (server) putKey(t *Tx) error {
	_, err := t.Exec("INSERT INTO key_check (one, hash) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET hash = excluded.hash", t.l.keyCheck())
	return err
}

// copyInto writes all rows, as they are at one moment, into a file of SQLite.
func (server) copyInto(ctx context.Context, l *Ledger, to string) (err error) {
	c, err := l.copied(ctx, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }() // writes the log into the file
	return l.Read(ctx, func(from *Tx) error {
		return c.Write(ctx, func(to *Tx) error { return copyRows(from, to) })
	})
}

// work is the system's folder for temporary files; what is made there only the user can
// read.
func (server) work() string { return "" }

// takeOver puts the rows of a file in the place of all that there are, in one transaction.
func (s server) takeOver(ctx context.Context, l *Ledger, from string) (err error) {
	c, err := l.copied(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return c.Read(ctx, func(from *Tx) error {
		return l.Write(ctx, func(to *Tx) error {
			if _, err := to.Exec("ALTER TABLE audit DISABLE TRIGGER USER"); err != nil {
				return err
			}
			for _, table := range slices.Backward(tables) {
				if _, err := to.Exec("DELETE FROM " + table); err != nil {
					return err
				}
			}
			if err := copyRows(from, to); err != nil {
				return err
			}
			if _, err := to.Exec("ALTER TABLE audit ENABLE TRIGGER USER"); err != nil {
				return err
			}
			return s.putKey(to)
		})
	})
}

// scrub has the server write its files anew. Its log and its own backups are the work of
// whoever runs it.
func (server) scrub(ctx context.Context, l *Ledger) error {
	_, err := l.writer.ExecContext(ctx, "VACUUM (FULL, ANALYZE) "+strings.Join(tables, ", "))
	return err
}
