package ingest

import (
	"context"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// Stored gives what earlier runs stored of sources, without reading them: for use
// beside another process that writes. all says whether every source was read before.
func Stored(ctx context.Context, st *store.Store, sources []source.Source) (results []Result, all bool, err error) {
	locations, err := st.Locations(ctx)
	if err != nil {
		return nil, false, err
	}
	known := map[string]store.Location{}
	for _, l := range locations {
		known[l.Location] = l
	}
	skipped, err := st.Skipped(ctx)
	if err != nil {
		return nil, false, err
	}
	all = true
	for _, src := range sources {
		place, err := src.Open(ctx)
		if err != nil {
			results = append(results, Result{Place: place, Status: "failed", Err: err})
			continue
		}
		l := known[place.Location]
		if l.Cursor == "" && place.Head != "" {
			all = false
		}
		r := Result{Place: place, RepoID: l.RepoID, Status: "ok", Skipped: append(place.Skipped, skipped[place.Location]...)}
		if len(r.Skipped) > 0 {
			r.Status = "partial"
		}
		results = append(results, r)
	}
	return results, all, nil
}
