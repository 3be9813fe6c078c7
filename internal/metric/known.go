package metric

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// telling is a kind of fact that systems tell of a scope: what its streams are called, and how it
// is seen that a system (f.source) tells it of the scope $1.
type telling struct{ streams, exists string }

var (
	deploymentsTold = telling{"deployments", `SELECT 1 FROM production_deployment x JOIN scope_application s ON s.repo_id = x.repo_id AND s.application = x.application AND s.scope = $1 WHERE x.source = f.source`}
	// An incident that was not read may be of any application.
	incidentsTold = telling{"incidents", `SELECT 1 FROM incident x JOIN scope_application s ON s.scope = $1 WHERE x.source = f.source`}
	requestsTold  = telling{"change requests", `SELECT 1 FROM change_request x JOIN scope_repository s ON s.repo_id = x.repo_id AND s.scope = $1 WHERE x.source = f.source`}
	issuesTold    = telling{"issues", `SELECT 1 FROM project x JOIN scope_project s ON s.project_id = x.project_id AND s.scope = $1 WHERE x.source = f.source`}
	sprintsTold   = telling{"sprints", `SELECT 1 FROM sprint y JOIN project x ON x.project_id = y.project_id JOIN scope_project s ON s.project_id = x.project_id AND s.scope = $1 WHERE x.source = f.source`}
	buildsTold    = telling{"builds", `SELECT 1 FROM build x JOIN scope_repository s ON s.repo_id = x.repo_id AND s.scope = $1 WHERE x.source = f.source`}
)

// told are the tables that hold what systems tell, or what follows from it: of what comes after
// systems were last read, nothing in them is known.
var told = map[string]telling{
	"production_deployment": deploymentsTold, "deployment_failure": incidentsTold, "application_incidents": incidentsTold,
	"change_request": requestsTold, "change_request_event": requestsTold, "change_request_commit": requestsTold,
	"issue": issuesTold, "issue_transition": issuesTold, "issue_class": issuesTold,
	"sprint": sprintsTold, "sprint_issue": sprintsTold, "build": buildsTold,
}

// tellings are the kinds of fact of systems that a metric needs.
func (d Definition) tellings() (out []telling) {
	for _, table := range d.Needs {
		if t, ok := told[table]; ok && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// reading is until when a system that tells of a scope was read.
type reading struct {
	source string
	until  time.Time
}

// oldestReading is that of the systems that tell the scope what a metric needs: what one of them
// was not asked about, the others cannot know. Zero: no system tells it, or nothing says when.
func (e Evaluator) oldestReading(ctx context.Context, d Definition) (oldest reading, err error) {
	for _, t := range d.tellings() {
		r, err := e.oldestOf(ctx, t)
		if err != nil {
			return oldest, err
		}
		if oldest.until.IsZero() || !r.until.IsZero() && r.until.Before(oldest.until) {
			oldest = r
		}
	}
	return oldest, nil
}

// oldestOf is the oldest reading of those systems that are still asked; of others, as where a
// company went from one forge to the next, the newest counts, where there is no such system.
func (e Evaluator) oldestOf(ctx context.Context, t telling) (oldest reading, err error) {
	rows, err := e.Reader.Query(ctx, fmt.Sprintf(`SELECT f.source, COALESCE(MIN(f.read_at) FILTER (WHERE replace(f.stream, '_', ' ') LIKE '%%%s'), MIN(f.read_at)) AS until
		FROM feed_stream f WHERE EXISTS (%s) GROUP BY f.source ORDER BY 2 DESC, 1`, t.streams, t.exists), e.scope())
	if err != nil {
		return oldest, err
	}
	defer rows.Close()
	asked := false
	for rows.Next() { // the newest first
		var r reading
		if err := rows.Scan(&r.source, &r.until); err != nil {
			return oldest, err
		}
		if !slices.Contains(e.Left, r.source) {
			oldest, asked = r, true
		} else if !asked && oldest.until.IsZero() {
			oldest = r
		}
	}
	return oldest, rows.Err()
}

// staleStock is how much older than the end of four weeks a reading may be that says what was
// there at that end.
const staleStock = 7 * 24 * time.Hour

// unread makes unknown what was counted as nothing, or in part, because a system that tells
// it was no longer read: what it would have told is not zero.
func (e Evaluator) unread(s *Series, last reading) {
	if last.until.IsZero() || !last.until.Before(s.AsOf) {
		return
	}
	local, lost := e.local(last.until), 0
	for i, p := range s.Points {
		end := next(s.Metric.Grain, p.Start)
		if end.IsZero() && p.Start.Sub(last.until) > staleStock || end.After(local) {
			s.Points[i].Value, s.Points[i].N = math.NaN(), 0
			lost++
		}
	}
	if lost > 0 {
		said := last.source + ", which tells it, was last read on " + local.Format(time.DateOnly)
		s.Warnings = append(s.Warnings, said+": what came after is unknown, not zero")
		if !slices.Contains(e.Left, last.source) {
			s.Unread = said
		}
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
