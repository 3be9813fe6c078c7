package metric

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"
)

// tellers are the systems that tell of a scope what a metric counts, by the table that it needs
// first, with what their streams of it are called.
var tellers = map[string]struct{ streams, exists string }{
	"production_deployment": {"deployments", `SELECT 1 FROM production_deployment x JOIN scope_application s ON s.repo_id = x.repo_id AND s.application = x.application AND s.scope = $1 WHERE x.source = f.source`},
	"change_request":        {"change requests", `SELECT 1 FROM change_request x JOIN scope_repository s ON s.repo_id = x.repo_id AND s.scope = $1 WHERE x.source = f.source`},
	"issue":                 {"issues", `SELECT 1 FROM project x JOIN scope_project s ON s.project_id = x.project_id AND s.scope = $1 WHERE x.source = f.source`},
}

// readUntil is until when what systems tell of the scope was read: the last time of the one
// that was read last. Zero: no system tells of it, or nothing says when.
func (e Evaluator) readUntil(ctx context.Context, d Definition) (time.Time, error) {
	t := tellers[d.Needs[0]]
	rows, err := e.Reader.Query(ctx, fmt.Sprintf(`SELECT MAX(r.until) FROM (
		SELECT f.source, COALESCE(MIN(f.read_at) FILTER (WHERE replace(f.stream, '_', ' ') LIKE '%%%s'), MIN(f.read_at)) AS until
		FROM feed_stream f WHERE EXISTS (%s) GROUP BY f.source) r`, t.streams, t.exists), e.scope())
	if err != nil {
		return time.Time{}, err
	}
	defer rows.Close()
	var until sql.NullTime
	for rows.Next() {
		if err := rows.Scan(&until); err != nil {
			return time.Time{}, err
		}
	}
	return until.Time, rows.Err()
}

// unread makes unknown what was counted as nothing, or in part, because the system that tells
// it was no longer read: what it would have told is not zero.
func (e Evaluator) unread(s *Series, until time.Time) {
	if until.IsZero() || !until.Before(s.AsOf) {
		return
	}
	local, lost := e.local(until), 0
	for i, p := range s.Points {
		if next(s.Metric.Grain, p.Start).After(local) {
			s.Points[i].Value, s.Points[i].N = math.NaN(), 0
			lost++
		}
	}
	if lost > 0 {
		s.Warnings = append(s.Warnings, "what tells it was last read on "+local.Format(time.DateOnly)+": what came after is unknown, not zero")
	}
}

// Silence is long when it is longer than any before by this factor, and these weeks.
const (
	longSilence   = 3
	fewestSilence = 4
)

// silent warns where a system that told something again and again does not any more: work may
// have stopped, or the system.
func silent(s *Series) {
	longest, now, some := 0, 0, 0
	for _, p := range s.Points {
		switch {
		case p.Value > 0:
			longest, now, some = max(longest, now), 0, some+1
		case p.Value == 0:
			now++
		}
	}
	if some > 1 && now >= fewestSilence && now > longSilence*longest {
		s.Warnings = append(s.Warnings, fmt.Sprintf("nothing for %d weeks, and never before for more than %d: work stopped, or what tells it", now, longest))
	}
}
