package app

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/ledger"
)

// run is one reading of all sources.
type run struct {
	Began, Ended time.Time
	New          int
	Failed       []string // sources that could not be read, with the reason
	Err          error    // why all of it failed
}

// mostRuns is how many runs are kept, here and in the ledger.
const mostRuns = 50

// lastRuns are the newest runs, those of earlier servers too, newest first.
func (h *host) lastRuns() []cockpit.Run {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := []cockpit.Run{}
	for _, r := range h.runs {
		v := cockpit.Run{Began: r.Began.UTC().Format(time.RFC3339), Seconds: r.Ended.Sub(r.Began).Seconds(), New: r.New, Failed: append([]string{}, r.Failed...)}
		if r.Err != nil {
			v.Error = r.Err.Error()
		}
		out = append(out, v)
	}
	return out
}

// restoreRuns takes over the runs that the ledger has, so that a server that starts again shows
// what was read before.
func (g *gate) restoreRuns(ctx context.Context) error {
	var runs []run
	if err := g.ledger.Read(ctx, func(t *ledger.Tx) (err error) {
		runs, err = storedRuns(t)
		return err
	}); err != nil {
		return err
	}
	h := g.served.host
	h.mu.Lock()
	defer h.mu.Unlock()
	h.runs = runs
	return nil
}

// storedRuns are the runs of the ledger, newest first.
func storedRuns(t *ledger.Tx) (out []run, err error) {
	err = t.Each("SELECT began_us, ended_us, new_commits, failed, failure FROM sync_run ORDER BY began_us DESC", nil, func(scan func(...any) error) error {
		var r run
		var began, ended int64
		var failed, failure string
		if err := scan(&began, &ended, &r.New, &failed, &failure); err != nil {
			return err
		}
		r.Began, r.Ended = ledger.FromMicros(began), ledger.FromMicros(ended)
		if failure != "" {
			r.Err = errors.New(failure)
		}
		out = append(out, r)
		return json.Unmarshal([]byte(failed), &out[len(out)-1].Failed)
	})
	return out, err
}

// keepRun writes a run into the ledger, and removes those that are too many.
func (g *gate) keepRun(ctx context.Context, r run) error {
	return g.ledger.Write(ctx, func(t *ledger.Tx) error {
		if err := putRun(t, r); err != nil {
			return err
		}
		_, err := t.Exec("DELETE FROM sync_run WHERE began_us NOT IN (SELECT began_us FROM sync_run ORDER BY began_us DESC LIMIT ?)", mostRuns)
		return err
	})
}

func putRun(t *ledger.Tx, r run) error {
	failure := ""
	if r.Err != nil {
		failure = r.Err.Error()
	}
	failed, err := json.Marshal(append([]string{}, r.Failed...))
	if err != nil {
		return err
	}
	_, err = t.Exec("INSERT INTO sync_run (began_us, ended_us, new_commits, failed, failure) VALUES (?, ?, ?, ?, ?) ON CONFLICT (began_us) DO UPDATE SET ended_us = excluded.ended_us, new_commits = excluded.new_commits, failed = excluded.failed, failure = excluded.failure",
		ledger.Micros(r.Began), ledger.Micros(r.Ended), r.New, string(failed), failure)
	return err
}

// eraseRuns takes names out of the reasons: an error may quote a path, or what a system said.
func eraseRuns(t *ledger.Tx, value func(string) string) error {
	all, err := storedRuns(t)
	if err != nil {
		return err
	}
	for _, r := range all {
		for i := range r.Failed {
			r.Failed[i] = value(r.Failed[i])
		}
		if r.Err != nil {
			r.Err = errors.New(value(r.Err.Error()))
		}
		if err := putRun(t, r); err != nil {
			return err
		}
	}
	return nil
}
