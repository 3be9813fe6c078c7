package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// patience is how long a writer waits for the one before: the server may need a moment
// to see that a process has ended.
const patience = time.Second

// key is that of the advisory lock of the one who writes to the schema.
func (e engine) key() int64 { return e.at.LockKey("writer") }

// Claim takes the lock, which ends with the session at the latest, and says in the
// session's name who has it: others may see that much of a session that is not theirs.
func (e engine) Claim(ctx context.Context, conn *sql.Conn) error {
	for until := time.Now().Add(patience); ; {
		var got bool
		if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", e.key()).Scan(&got); err != nil {
			return err
		}
		if got {
			_, err := conn.ExecContext(ctx, "SELECT set_config('application_name', $1, false)", holderName(time.Now()))
			return err
		}
		if time.Now().After(until) {
			return e.held(ctx, conn)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(patience / 10):
		}
	}
}

// Release gives the lock back.
func (e engine) Release(ctx context.Context, conn *sql.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var held bool
	err := conn.QueryRowContext(ctx, "SELECT pg_advisory_unlock($1) FROM set_config('application_name', 'diarchy', false)", e.key()).Scan(&held)
	if err == nil && !held {
		err = errors.New("the claim was lost")
	}
	return err
}

const holder = "diarchy"

// holderName is at most 63 bytes, the longest name of a session; a long host is cut.
func holderName(since time.Time) string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "?"
	}
	name := fmt.Sprintf("%s %d %s %s", holder, os.Getpid(), since.UTC().Format("2006-01-02T15:04:05Z"), host)
	return name[:min(len(name), 63)]
}

// held is the error of a second writer.
func (e engine) held(ctx context.Context, conn *sql.Conn) error {
	var name string
	err := conn.QueryRowContext(ctx, `SELECT COALESCE(a.application_name, '') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
		AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND (CAST(CAST(l.classid AS bigint) << 32 AS bigint) | CAST(l.objid AS bigint)) = $1`, e.key()).Scan(&name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	who := "another session"
	if f := strings.Fields(name); len(f) == 4 && f[0] == holder {
		who = fmt.Sprintf("process %s on %s, since %s", f[1], f[3], f[2])
	}
	return problem.New(problem.Locked, "wait until it is done, or stop it", "the facts database is being written to by %s", who)
}
