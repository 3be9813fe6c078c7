package app

import (
	"context"
	"math"

	"github.com/diarchy/diarchy/internal/decision"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

// tree is a source that can say what a commit holds. Facts are of commits that are no
// merges: a record that was moved while two branches were merged is known by the tree
// alone.
type tree interface {
	source.Recorder
	RecordsAt(ctx context.Context, sha string) ([]string, error)
	Holds(ctx context.Context, sha string, paths []string) (map[string]bool, error)
	Brought(ctx context.Context, sha, path string) (string, error)
}

// mostMoved bounds how many records are looked up one by one.
const mostMoved = 100

// trees corrects what facts say of records by what the main line held at the end of the
// day, repository by repository. Where no clone can say, facts have to do.
func (r *reading) trees(ctx context.Context, names map[string]string, f *decision.Facts) error {
	done := map[string]bool{}
	for i, res := range r.results[:len(r.sources)] { // systems come after clones
		clone, ok := r.sources[i].(tree)
		if !ok || res.RepoID == "" || done[res.RepoID] {
			continue
		}
		tip, err := r.tip(ctx, res.RepoID)
		if err != nil {
			return err
		}
		if tip == "" {
			continue
		}
		paths, err := clone.RecordsAt(ctx, tip)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // a partial clone, or another one's commit
			continue
		}
		done[res.RepoID] = true
		t := standing{reading: r, clone: clone, repo: res.RepoID, name: names[res.RepoID], tip: tip}
		if err := t.correct(ctx, paths, f); err != nil {
			return err
		}
	}
	return nil
}

// tip is the newest commit of the main line by the end of the day.
func (r *reading) tip(ctx context.Context, repo string) (sha string, err error) {
	rows, err := r.store.Query(ctx, "SELECT sha FROM commit WHERE repo_id = $1 AND on_main AND landed_at < $2 ORDER BY landed_at DESC, reading_order DESC LIMIT 1", repo, r.asOf)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&sha); err != nil {
			return "", err
		}
	}
	return sha, rows.Err()
}

// standing is what one repository holds at its tip.
type standing struct {
	*reading
	clone           tree
	repo, name, tip string
}

func (t standing) correct(ctx context.Context, paths []string, f *decision.Facts) error {
	held, versioned := map[string]bool{}, map[string]bool{}
	for _, p := range paths {
		held[p] = true
	}
	var kept []decision.Departure
	for _, d := range f.Departures {
		if d.Repository != t.name {
			kept = append(kept, d)
		}
	}
	f.Departures = kept
	orphans := map[string]string{} // record by title without its number, of those that are not where facts have them
	for _, v := range f.Versions {
		if v.Repository != t.name {
			continue
		}
		if !held[v.Path] && !versioned[v.Path] {
			f.Departures = append(f.Departures, decision.Departure{Place: decision.Place{Repository: t.name, Path: v.Path}, At: t.asOf, Order: math.MaxInt64})
		}
		versioned[v.Path] = true
		if delete(orphans, decision.BareTitle(v.Title)); !held[v.Path] {
			orphans[decision.BareTitle(v.Title)] = v.Record
		}
	}
	var moved []fact.DecisionVersion
	for _, p := range paths {
		if !versioned[p] && len(moved) < mostMoved {
			moved = append(moved, fact.DecisionVersion{Path: p, SHA: t.tip})
		}
	}
	read, err := t.clone.Decisions(ctx, moved)
	if err != nil {
		return err
	}
	for _, v := range read {
		if err := t.add(ctx, v, orphans, f); err != nil {
			return err
		}
	}
	return nil
}

// add adds what a merge brought as a version of its own, of the record that was there
// under the same title before.
func (t standing) add(ctx context.Context, read fact.DecisionVersion, orphans map[string]string, f *decision.Facts) error {
	sha, err := t.clone.Brought(ctx, t.tip, read.Path)
	if err != nil {
		return err
	}
	if sha == "" {
		sha = t.tip
	}
	v := decision.Version{DecisionVersion: read, Repository: t.name, Record: read.Path, Boundary: true}
	v.SHA = sha
	if record, ok := orphans[decision.BareTitle(read.Title)]; ok {
		v.Record, v.Boundary = record, false
	}
	if v.LandedAt, err = t.store.Landed(ctx, t.repo, sha); err != nil {
		return err
	}
	if v.LandedAt.IsZero() {
		return nil
	}
	v.AuthoredAt, v.Order = v.LandedAt, math.MaxInt64
	f.Versions = append(f.Versions, v)
	return nil
}

// linked says which documents that records link to are there.
func (r *reading) linked(ctx context.Context, names map[string]string, f *decision.Facts) error {
	of := map[string][]string{}
	for _, p := range decision.Linked(*f) {
		of[p.Repository] = append(of[p.Repository], p.Path)
	}
	for i, res := range r.results[:len(r.sources)] {
		name := names[res.RepoID]
		clone, ok := r.sources[i].(tree)
		if !ok || res.RepoID == "" || len(of[name]) == 0 {
			continue
		}
		tip, err := r.tip(ctx, res.RepoID)
		if err != nil {
			return err
		}
		if tip == "" {
			continue
		}
		held, err := clone.Holds(ctx, tip, of[name])
		if err != nil {
			return err
		}
		for path, is := range held {
			f.Exists[decision.Place{Repository: name, Path: path}] = f.Exists[decision.Place{Repository: name, Path: path}] || is
		}
	}
	return nil
}
