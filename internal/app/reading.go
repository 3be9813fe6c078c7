package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// reading is a session whose sources were read.
type reading struct {
	*session
	results []ingest.Result
	sources []source.Source // one for each result
	began   time.Time       // landing of the first commit
	newest  time.Time
	asOf    time.Time // exclusive
	present bool
	left    []string // systems that the workspace names no longer
	locked  error    // who else was writing: what is newer than the last run was not read
}

// read opens the store and reads what is new; while another process does, what is
// stored already has to do.
func (p *program) read(ctx context.Context, scope cli.Scope) (r *reading, err error) {
	if p.host != nil {
		return p.host.readingOf(ctx, p, scope)
	}
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	if asked, err := parseDate(scope.AsOf); err != nil {
		return nil, err
	} else if asked.After(p.now().Add(clocksAhead)) {
		return nil, problem.New(problem.Usage, "give an earlier day, or leave --as-of out to judge what is known now", "--as-of %s is in the future", scope.AsOf)
	}
	places, err := s.places()
	if err != nil {
		return nil, err
	}
	sources, err := s.sources(ctx, places)
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx, places); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	r = &reading{session: s, sources: sources}
	bar := &progress{w: scope.Progress, now: p.now}
	opts, err := s.ingestOptions(ctx, bar)
	if err != nil {
		return nil, err
	}
	r.results, err = ingest.Run(ctx, s.store, sources, opts)
	bar.close()
	if errors.Is(err, problem.Locked) {
		err = r.beside(ctx, sources, err)
	}
	if err != nil {
		return nil, err
	}
	if err := r.failures(); err != nil {
		return nil, err
	}
	return r, r.span(ctx)
}

// beside takes what is stored, if every source was read before.
func (r *reading) beside(ctx context.Context, sources []source.Source, locked error) error {
	results, all, err := ingest.Stored(ctx, r.store, sources)
	if err != nil || !all {
		return errors.Join(locked, err)
	}
	for i := range results {
		results[i].Place.Notes = append(results[i].Place.Notes, "as it was stored before: "+locked.Error())
	}
	r.results, r.locked = results, locked
	return nil
}

// failures is an error only if no source could be read; what failed beside others is
// listed as skipped.
func (r *reading) failures() error {
	failed := 0
	var first error
	for _, res := range r.results {
		if res.Err != nil {
			failed++
			if first == nil {
				first = res.Err
			}
		}
	}
	if failed == len(r.results) && failed > 0 {
		return first
	}
	return nil
}

// span finds the dates of the history, the date that is judged, and whom nobody asks any more.
func (r *reading) span(ctx context.Context) error {
	var err error
	if r.left, err = r.session.left(ctx); err != nil {
		return err
	}
	rows, err := r.store.Query(ctx, `SELECT MIN(w.landed_at), MAX(w.landed_at) FROM commit w JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = 'company' WHERE w.landed_at >= TIMESTAMPTZ '1980-01-01 00:00:00+00'`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var first, last *time.Time
		if err := rows.Scan(&first, &last); err != nil {
			return err
		}
		if first != nil && last != nil {
			r.began, r.newest = first.UTC(), last.UTC()
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	now := r.now().UTC()
	asked, err := parseDate(r.scope.AsOf)
	switch {
	case err != nil:
		return err
	case !asked.IsZero():
		r.asOf, r.present = r.endOfDay(asked), !r.endOfDay(asked).Before(now)
	case r.newest.IsZero() || now.Sub(r.newest) <= staleAfter:
		r.asOf, r.present = r.endOfDay(now), true
	default:
		r.asOf, r.present = r.endOfDay(r.newest), true
	}
	return nil
}

// endOfDay is the first instant after a day in the company's time zone.
func (r *reading) endOfDay(t time.Time) time.Time {
	zone := time.UTC
	if r.doc != nil {
		zone = r.doc.Company.TimeZone
	}
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone).UTC()
}

func (r *reading) evaluator(asOf time.Time, scope string) metric.Evaluator {
	return metric.Evaluator{Reader: r.store, AsOf: asOf, Scope: scope, Calendar: r.calendar(), Rolled: true, Left: r.left,
		Strays: func(ctx context.Context, scope string) ([]metric.Stray, error) { return r.strays(ctx, scope, asOf) }}
}

// sourceViews are the sources as surfaces show them.
func (r *reading) sourceViews(ctx context.Context) ([]cockpit.Source, []cockpit.Skipped, error) {
	counts := map[string]cockpit.Source{}
	rows, err := r.store.Query(ctx, `SELECT repo_id, COUNT(*), MIN(landed_at), MAX(landed_at) FROM commit GROUP BY repo_id`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var c cockpit.Source
		var first, last time.Time
		if err := rows.Scan(&id, &c.Commits, &first, &last); err != nil {
			return nil, nil, err
		}
		c.First, c.Last = first.UTC().Format(time.DateOnly), last.UTC().Format(time.DateOnly)
		counts[id] = c
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	told, err := r.store.Told(ctx)
	if err != nil {
		return nil, nil, err
	}
	streams, err := r.store.Streams(ctx)
	if err != nil {
		return nil, nil, err
	}
	locations, err := r.store.Locations(ctx)
	if err != nil {
		return nil, nil, err
	}
	readAt := map[string]time.Time{}
	for _, l := range locations {
		readAt[l.Location] = l.ReadAt
	}
	notes, costs := r.systemNotes(ctx, told), map[string]string{}
	for _, sys := range r.systems() {
		costs[sys.Called()] = lost(sys)
	}
	var out []cockpit.Source
	skipped := []cockpit.Skipped{}
	first, counting := map[string]string{}, map[string]string{}
	for _, res := range r.results {
		v := counts[res.RepoID]
		v.Name, v.Location, v.Branch, v.Head, v.Status, v.ReadAt, v.Notes = res.Place.Name, res.Place.Location, res.Place.Branch, res.Place.Head, res.Status, readAt[res.Place.Location].Truncate(time.Second), res.Place.Notes
		if res.Feed {
			v.System, v.ReadAt, v.Notes = true, lastRead(res, streams).Truncate(time.Second), slices.Concat(v.Notes, notes[res.Place.Name])
			if other := counting[res.Place.Location]; other != "" {
				v.Notes = append(v.Notes, "its items are counted with those of "+other)
			} else {
				counting[res.Place.Location] = res.Place.Name
				for kind, n := range told[res.Place.Location] {
					if kind != fact.SprintItem {
						v.Items += n
					}
				}
			}
		}
		if other := first[res.RepoID]; other != "" && res.RepoID != "" {
			v.Notes = append(v.Notes, "the same repository as "+other+"; counted once")
		} else {
			first[res.RepoID] = res.Place.Location
		}
		if res.Err != nil {
			v.Notes = append(v.Notes, res.Err.Error())
			if res.Feed {
				v.Notes = append(v.Notes, costs[res.Place.Name])
			}
			skipped = append(skipped, cockpit.Skipped{Source: orLocation(res), What: wholeSource, Why: res.Err.Error(), Count: 1})
		}
		out = append(out, v)
		for _, s := range res.Skipped {
			skipped = append(skipped, cockpit.Skipped{Source: orLocation(res), What: s.What, Why: s.Why, Count: s.Count})
		}
	}
	return out, skipped, nil
}

// lastRead is when all of a system was last read: all streams, where it did not come to say which are its.
func lastRead(system ingest.Result, streams []store.Stream) (at time.Time) {
	for _, st := range streams {
		its := st.Source == system.Place.Location && (len(system.Streams) == 0 || slices.Contains(system.Streams, st.Stream))
		if its && (at.IsZero() || st.ReadAt.Before(at)) {
			at = st.ReadAt
		}
	}
	return at
}

func orLocation(r ingest.Result) string {
	if r.Place.Name != "" {
		return r.Place.Name
	}
	return r.Place.Location
}
