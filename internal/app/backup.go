package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Backup implements cli.Actions. The file is written and checked in a folder beside the
// place that it is then renamed to.
func (p *program) Backup(ctx context.Context, scope cli.Scope, file string, replace bool) (res cli.BackupResult, err error) {
	s, database, err := p.configured(scope, file)
	if err != nil {
		return res, err
	}
	file = absolute(file)
	if err := mayWrite(file, replace); err != nil {
		return res, err
	}
	if !workspace.IsPostgres(database) {
		if _, err := os.Stat(database); err != nil {
			return res, problem.New(problem.Missing, "name the database that holds the facts by --database: diarchy doctor prints it", "there is no %s", database)
		}
	}
	if err := s.openToRead(ctx, database, duckdb.Options{}); err != nil {
		return res, err
	}
	defer s.close()
	dir, err := os.MkdirTemp(filepath.Dir(file), ".diarchy-backup-")
	if err != nil {
		return res, problem.New(nil, "name a file in a folder that may be written", "back up to %s: %w", file, err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is a hidden folder
	made := filepath.Join(dir, "facts.duckdb")
	seal := store.Seal{By: Version(), At: p.now().UTC()}
	if err := s.seal(ctx, s.store, made, &seal); err != nil {
		return res, aboutBackup(file, made, err)
	}
	if err := mayWrite(file, replace); err != nil {
		return res, err
	}
	if err := publish(made, file); err != nil {
		return res, fmt.Errorf("back up to %s: %w", file, err)
	}
	return backupResult(file, database, seal), nil
}

// Restore implements cli.Actions. A copy is what is opened: opening writes, and brings
// an older schema up to date.
func (p *program) Restore(ctx context.Context, scope cli.Scope, file string, replace bool) (res cli.BackupResult, err error) {
	s, database, err := p.configured(scope, file)
	if err != nil {
		return res, err
	}
	file = absolute(file)
	beside := "" // the folder for temporary files
	if !workspace.IsPostgres(database) {
		beside = filepath.Dir(database)
		if err := os.MkdirAll(beside, 0o700); err != nil {
			return res, err
		}
	}
	dir, err := os.MkdirTemp(beside, ".diarchy-restore-")
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is a hidden folder
	opened := filepath.Join(dir, "facts.duckdb")
	if err := copyBackup(file, opened); err != nil {
		return res, err
	}
	from, seal, err := duckdb.OpenSealed(ctx, opened, duckdb.Options{MemoryLimit: s.settings.MemoryLimit})
	if err != nil {
		return res, aboutBackup(file, opened, err)
	}
	defer from.Close()                             //nolint:errcheck // a copy
	if err := s.concealIn(ctx, from); err != nil { // before it comes anywhere else
		return res, err
	}
	to, err := s.openAt(ctx, database, duckdb.Options{})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if seal.Sums, err = p.copy(ctx, scope, from, to, store.MoveOptions{Replace: replace}); err != nil {
		return res, err
	}
	return backupResult(file, database, seal), nil
}

// configured is the facts database that is not the backup itself.
func (p *program) configured(scope cli.Scope, file string) (*session, string, error) {
	s, err := p.documents(scope)
	if err != nil {
		return nil, "", err
	}
	database := s.settings.Database
	switch {
	case database == workspace.InMemory:
		return nil, "", problem.New(problem.Usage, "name it by --database, or give --workspace; diarchy doctor PATH prints which it is", "no facts database is configured here")
	case workspace.IsPostgres(database):
		return s, database, nil
	}
	database = absolute(database)
	one, err1 := os.Stat(database)
	other, err2 := os.Stat(file)
	if database == absolute(file) || err1 == nil && err2 == nil && os.SameFile(one, other) {
		return nil, "", problem.New(problem.Usage, "name another file", "%s is the facts database itself", file)
	}
	return s, database, nil
}

// mayWrite refuses to write over a file that nobody said may be replaced.
func mayWrite(file string, replace bool) error {
	switch info, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return problem.New(problem.Usage, "name a file", "%s is no file", file)
	case !replace:
		return problem.New(problem.Usage, "name another file, or give --replace", "%s is there already", file)
	}
	return nil
}

// seal copies facts into a new file, says there what it holds, and reads it again from
// the disk.
func (s *session) seal(ctx context.Context, from *store.Store, made string, seal *store.Seal) error {
	opts := duckdb.Options{MemoryLimit: s.settings.MemoryLimit}
	to, err := duckdb.Open(ctx, made, opts)
	if err != nil {
		return err
	}
	seal.Sums, err = s.copy(ctx, s.scope, from, to, store.MoveOptions{Beside: true})
	if err == nil {
		err = to.Seal(ctx, *seal)
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return err
	}
	if to, _, err = duckdb.OpenSealed(ctx, made, opts); err != nil {
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	if _, err := os.Stat(made + ".wal"); err == nil {
		return errors.New("the database left a log beside the file")
	}
	return nil
}

// publish gives a complete file its name, so that it is there after a power failure
// too, or is not.
func publish(made, file string) error {
	if err := os.Chmod(made, 0o600); err != nil {
		return err
	}
	if err := syncFile(made); err != nil {
		return err
	}
	if err := os.Rename(made, file); err != nil {
		return err
	}
	return syncFile(filepath.Dir(file))
}

// syncFile has the system write a file or folder to the disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// copyBackup copies what looks like a database file.
func copyBackup(file, to string) (err error) {
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return problem.New(problem.Missing, "name a file that diarchy backup wrote", "there is no %s", file)
	}
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	head := make([]byte, 12)
	if _, err := in.ReadAt(head, 0); err != nil || string(head[8:]) != "DUCK" {
		return problem.New(problem.Invalid, "name a file that diarchy backup wrote", "%s is no backup", file)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// aboutBackup says what is wrong with a backup, of which another file is a copy.
func aboutBackup(file, copied string, err error) error {
	text := strings.ReplaceAll(err.Error(), copied, file)
	if !strings.Contains(text, file) {
		text = file + ": " + text
	}
	switch {
	case errors.Is(err, problem.Damaged):
		return problem.New(problem.Damaged, "use another backup; the facts database was not touched", "%s", text)
	case errors.Is(err, problem.Full):
		return problem.New(problem.Full, "make room there, or name another folder; nothing was written under that name", "%s", text)
	case errors.Is(err, problem.Invalid) && !strings.Contains(text, "no backup"):
		return problem.New(problem.Invalid, "use the version of the program that made it, or a later one; the facts database was not touched", "%s", text)
	case problem.Hint(err) != "":
		return problem.New(problem.Invalid, problem.Hint(err), "%s", text)
	}
	return fmt.Errorf("%s: %w", file, err)
}

func backupResult(file, database string, seal store.Seal) cli.BackupResult {
	return cli.BackupResult{Schema: "diarchy/backup/v1", File: file, Database: workspace.Hide(database), MadeAt: seal.At.UTC(), MadeBy: seal.By, Tables: movedTables(seal.Sums)}
}
