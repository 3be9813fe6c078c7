package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
)

// Backup copies the ledger, whichever kind it is, into a new file of SQLite while it is used, reads the copy back, and
// only then gives it its name. The key is not in it: without a copy of that, kept
// elsewhere, second factors must be set up again after a restore.
func (l *Ledger) Backup(ctx context.Context, file string) (head Head, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(file), ".diarchy-ledger-")
	if err != nil {
		return head, fmt.Errorf("back up the ledger: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is a hidden folder
	made := filepath.Join(dir, FileName)
	if err := touch(made); err != nil {
		return head, fmt.Errorf("back up the ledger: %w", err)
	}
	if err := l.engine.copyInto(ctx, l, made); err != nil {
		return head, l.engine.explain(err)
	}
	if head, err = l.inspect(ctx, made); err != nil {
		return head, err
	}
	if err := errors.Join(syncFile(made), os.Rename(made, file), syncFile(filepath.Dir(file))); err != nil {
		return head, fmt.Errorf("back up the ledger: %w", err)
	}
	return head, nil
}

// Keep copies the ledger into a new file as it is, also one that was tampered with.
func (l *Ledger) Keep(ctx context.Context, file string) error {
	if err := errors.Join(folder(filepath.Dir(file)), touch(file)); err != nil {
		return fmt.Errorf("keep the ledger: %w", err)
	}
	return l.engine.explain(l.engine.copyInto(ctx, l, file))
}

func touch(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// inspect opens a copy and looks whether it holds what it should.
func (l *Ledger) inspect(ctx context.Context, file string) (head Head, err error) {
	c, err := l.copied(ctx, file)
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.integrity(ctx); err != nil {
		return head, err
	}
	return c.Verify(ctx, Head{})
}

// RestoreOptions say what a restore may do.
type RestoreOptions struct {
	WithoutKey bool // the key of the backup is lost: second factors and what it knew erased people by go, and the audit trail is sealed anew
	// Erase takes out whose data was erased since the backup; nil where nobody's was.
	Erase func(*Tx) error
}

// Restore puts a backup in the place of what the ledger holds, in one step that other
// processes see whole or not at all. Sessions, tokens and links end: those that were
// revoked since the backup must not live again. Erasures since then are kept, and
// carried out again before anybody sees what was restored.
func (l *Ledger) Restore(ctx context.Context, file string, opts RestoreOptions) (head Head, err error) {
	dir, err := os.MkdirTemp(l.engine.work(), ".diarchy-restore-")
	if err != nil {
		return head, fmt.Errorf("restore the ledger: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is a hidden folder
	made := filepath.Join(dir, FileName)
	if err := copyFile(file, made); err != nil {
		return head, problem.New(nil, "name a backup of a ledger", "restore the ledger: %w", err)
	}
	if err := l.ready(ctx, made, opts); err != nil {
		return head, aboutCopy(file, made, err)
	}
	if err := l.engine.takeOver(ctx, l, made); err != nil {
		return head, l.engine.explain(err)
	}
	return l.Verify(ctx, Head{})
}

func aboutCopy(file, made string, err error) error {
	var p *problem.Error
	text := strings.ReplaceAll(err.Error(), made, file)
	if errors.As(err, &p) {
		return &problem.Error{Kind: p.Kind, Hint: strings.ReplaceAll(p.Hint, made, file), Err: errors.New(text)}
	}
	return errors.New(text)
}

// ready makes a copy of a backup ready to be taken over.
func (l *Ledger) ready(ctx context.Context, made string, opts RestoreOptions) (err error) {
	erased, err := l.erasures(ctx)
	if err != nil {
		return err
	}
	if err := isLedger(ctx, made); err != nil {
		return err
	}
	c, err := l.copied(ctx, made)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }() // writes the log into the file
	if err := c.integrity(ctx); err != nil {
		return err
	}
	if _, err := c.Verify(ctx, Head{}); err != nil && !opts.WithoutKey {
		return err
	}
	return c.Write(ctx, func(t *Tx) error {
		if opts.WithoutKey {
			if err := t.sealAnew(); err != nil {
				return err
			}
		}
		for _, table := range []string{"session", "api_token", "one_time_link", "oidc_flow", "sign_in_attempt"} {
			if _, err := t.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		for _, e := range erased {
			if err := t.Erase(e); err != nil {
				return err
			}
		}
		if err := t.Append(Event{Actor: "operator", Action: "ledger.restore"}); err != nil || opts.Erase == nil {
			return err
		}
		return opts.Erase(t)
	})
}

// sealAnew takes the chain as it is, and gives up what only the old key can read.
func (t *Tx) sealAnew() error {
	head, hash, err := t.follow(Head{})
	if err != nil {
		return err
	}
	for _, table := range []string{"totp", "recovery_code", "erasure_key"} {
		if _, err := t.Exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	return t.seal(head.Seq, hash)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// syncFile has the system write a file or a folder to the disk.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
