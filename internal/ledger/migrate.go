package ledger

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/diarchy/diarchy/internal/problem"
)

//go:embed migrations/*/*.sql
var migrationFiles embed.FS

// ErrOtherVersion says that a ledger is of a schema that is not ours.
var ErrOtherVersion = errors.New("the ledger is of another version of this program")

// schema says where the migrations of a database are, and are written down.
type schema struct {
	folder string
	there  string // a query: whether any was
	made   string // a statement: where the next one is
}

// migrate brings the tables to the newest version, in one transaction: another process
// sees the old ones or the new ones.
func (l *Ledger) migrate(ctx context.Context) error {
	files, err := fs.Glob(migrationFiles, "migrations/"+l.engine.schema().folder+"/*.sql")
	if err != nil {
		return err
	}
	current := false
	if err := l.Read(ctx, func(t *Tx) error {
		applied, err := t.applied()
		current = err == nil && len(applied) == len(files)
		return err
	}); err != nil {
		return err
	}
	apply := func(t *Tx) error { return t.migrate(files) }
	if current {
		return l.Read(ctx, apply) // only compares
	}
	return l.Write(ctx, apply)
}

func (t *Tx) migrate(files []string) error {
	applied, err := t.applied()
	if err != nil {
		return err
	}
	fresh := len(applied) == 0
	for _, f := range files {
		text, err := fs.ReadFile(migrationFiles, f)
		if err != nil {
			return err
		}
		name, sum := path.Base(f), sha256.Sum256(text)
		was, done := applied[name]
		delete(applied, name)
		switch checksum := hex.EncodeToString(sum[:8]); {
		case done && was != checksum:
			return otherVersion("its migration %s differs", name)
		case !done:
			if err := t.apply(name, string(text), checksum); err != nil {
				return fmt.Errorf("migration %s: %w", name, err)
			}
		}
	}
	for name := range applied {
		return otherVersion("it has migration %s, which this program does not know", name)
	}
	if t.l.key == nil {
		if err := t.l.engine.takeKey(t.l, fresh); err != nil {
			return err
		}
	}
	if !fresh || t.l.unbegun {
		return nil
	}
	if err := t.l.engine.putKey(t); err != nil {
		return err
	}
	return t.Append(Event{Actor: "ledger", Action: "ledger.create"}) // so that no trail is ever empty
}

func otherVersion(format, name string) error {
	return problem.New(problem.Invalid, "use the version of the program that wrote it, or restore a backup of the ledger", "%w: "+format, ErrOtherVersion, name)
}

// applied are the migrations that a ledger has had, with their checksums.
func (t *Tx) applied() (map[string]string, error) {
	out := map[string]string{}
	if any, err := t.there(); err != nil || !any {
		return out, err
	}
	err := t.Each("SELECT name, checksum FROM schema_migration", nil, func(scan func(...any) error) error {
		var name, sum string
		err := scan(&name, &sum)
		out[name] = sum
		return err
	})
	return out, err
}

// there tells whether there is a ledger.
func (t *Tx) there() (bool, error) {
	var one int
	return t.Get(t.l.engine.schema().there, nil, &one)
}

func (t *Tx) apply(name, text, checksum string) error {
	if _, err := t.Exec(t.l.engine.schema().made); err != nil {
		return err
	}
	if err := t.l.mayWrite(); err != nil {
		return err
	}
	if err := t.l.engine.script(t.ctx, t.Tx, text); err != nil {
		return err
	}
	_, err := t.Exec("INSERT INTO schema_migration VALUES (?, ?, ?)", name, checksum, Micros(t.Now))
	return err
}
