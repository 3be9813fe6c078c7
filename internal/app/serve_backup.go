package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/store"
)

// keptBackups is how many of each kind stay.
const keptBackups = 7

// backups are made on a schedule while a server runs: of the facts, each read back and
// compared, and of the ledger, each read back and its chain followed.
type backups struct {
	host   *host
	ledger *ledger.Ledger
	dir    string
	every  time.Duration
	made   func(at time.Time, err error) // hears of each
}

// keep makes a backup whenever the newest is older than the schedule says, until the
// context ends.
func (b backups) keep(ctx context.Context) {
	for {
		wait := b.every - b.host.now().Sub(b.newest())
		if wait <= 0 {
			began := b.host.now()
			err := b.back(ctx, began)
			if ctx.Err() != nil {
				return
			}
			b.made(began, err)
			if wait = b.every; err != nil {
				b.host.log.Error("backup failed", "error", err)
				wait = min(b.every, 10*time.Minute)
			} else {
				b.host.log.Info("backup made and read back", "folder", b.dir, "seconds", b.host.now().Sub(began).Seconds())
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// back makes one of each, and removes those that are too many.
func (b backups) back(ctx context.Context, at time.Time) error {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	stamp := at.UTC().Format("20060102T150405Z")
	if err := b.facts(ctx, filepath.Join(b.dir, "facts-"+stamp+".duckdb"), at); err != nil {
		return err
	}
	if _, err := b.ledger.Backup(ctx, filepath.Join(b.dir, "ledger-"+stamp+".sqlite")); err != nil {
		return err
	}
	return errors.Join(b.prune("facts-"), b.prune("ledger-"))
}

func (b backups) facts(ctx context.Context, file string, at time.Time) error {
	s, err := b.host.documents(b.host.scope)
	if err != nil {
		return err
	}
	s.scope.Progress = nil
	dir, err := os.MkdirTemp(b.dir, ".diarchy-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is a hidden folder
	made := filepath.Join(dir, "facts.duckdb")
	seal := store.Seal{By: Version(), At: at.UTC()}
	if err := s.seal(ctx, b.host.store, made, &seal); err != nil {
		return aboutBackup(file, made, err)
	}
	return publish(made, file)
}

// newest is when the last complete backup was made; long ago when there is none.
func (b backups) newest() (at time.Time) {
	for _, name := range b.names("ledger-") {
		stamp := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "ledger-"), ".sqlite")
		if t, err := time.Parse("20060102T150405Z", stamp); err == nil && t.After(at) {
			at = t
		}
	}
	return at
}

// names are the backups of a kind, oldest first. What else is in the folder is left alone.
func (b backups) names(kind string) []string {
	names, _ := filepath.Glob(filepath.Join(b.dir, kind+"????????T??????Z.*"))
	slices.Sort(names)
	return names
}

func (b backups) prune(kind string) error {
	names := b.names(kind)
	var errs []error
	for _, name := range names[:max(0, len(names)-keptBackups)] {
		errs = append(errs, os.Remove(name))
	}
	return errors.Join(errs...)
}
