package ingest

import (
	"container/heap"
	"context"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// mostShapes is how many files of a repository are measured.
const mostShapes = 300

// derive makes what follows from a repository's facts as a whole: the debts that
// stand, and the size and branching of the files that change most. What a source
// answers with an error goes to lost. Anew, no file is taken as it was measured before.
func derive(ctx context.Context, st *store.Store, byRepo map[string]source.Source, anew bool, lost func(repo string, err error) error) error {
	stale, err := st.Stale(ctx)
	if err != nil {
		return err
	}
	places, err := placesOf(ctx, st)
	if err != nil {
		return err
	}
	for _, repo := range stale {
		src := byRepo[repo]
		if src == nil {
			continue
		}
		if places[repo] > 1 {
			if err := order(ctx, st, repo); err != nil {
				return err
			}
		}
		paths, err := st.MostChanged(ctx, repo, mostShapes)
		if err != nil {
			return err
		}
		var known []fact.FileShape
		if !anew {
			if known, err = st.Shapes(ctx, repo); err != nil {
				return err
			}
		}
		shapes, err := src.Shapes(ctx, paths, known)
		if err != nil {
			if err := lost(repo, err); err != nil {
				return err
			}
			continue
		}
		if err := Derive(ctx, st, repo, shapes); err != nil {
			return err
		}
	}
	return nil
}

// Derive stores what follows from the facts of one repository, together with the shapes
// of its files.
func Derive(ctx context.Context, st *store.Store, repo string, shapes []fact.FileShape) error {
	history, err := st.Marked(ctx, repo)
	if err != nil {
		return err
	}
	return st.PutDerived(ctx, repo, debts(history), shapes)
}

// Roll makes stale rollups again. It needs no source: they follow from what is stored.
func Roll(ctx context.Context, st *store.Store, rollups []store.Rollup) error {
	stale, err := st.StaleRollups(ctx, rollups)
	if err != nil {
		return err
	}
	for _, repos := range stale {
		if err := st.PutRollups(ctx, repos, rollups); err != nil {
			return err
		}
	}
	return nil
}

// placesOf counts the places of each repository.
func placesOf(ctx context.Context, st *store.Store) (map[string]int, error) {
	locations, err := st.Locations(ctx)
	places := map[string]int{}
	for _, l := range locations {
		places[l.RepoID]++
	}
	return places, err
}

// order puts commits that came from several places into one order.
func order(ctx context.Context, st *store.Store, repo string) error {
	commits, err := st.Graph(ctx, repo)
	if err != nil {
		return err
	}
	return st.PutOrder(ctx, repo, sequence(commits))
}

// sequence lists commits after their parents and otherwise in the order given.
func sequence(commits []fact.Commit) []string {
	index := make(map[string]int, len(commits))
	for i, c := range commits {
		index[c.SHA] = i
	}
	children := make([][]int, len(commits))
	waits := make([]int, len(commits))
	var ready indexes
	for i, c := range commits {
		for _, p := range c.Parents {
			if k, ok := index[p]; ok {
				children[k] = append(children[k], i)
				waits[i]++
			}
		}
		if waits[i] == 0 {
			ready = append(ready, i)
		}
	}
	heap.Init(&ready)
	out := make([]string, 0, len(commits))
	for len(ready) > 0 {
		i := heap.Pop(&ready).(int)
		out = append(out, commits[i].SHA)
		for _, k := range children[i] {
			if waits[k]--; waits[k] == 0 {
				heap.Push(&ready, k)
			}
		}
	}
	return out
}

// indexes is a heap of numbers.
type indexes []int

func (h indexes) Len() int           { return len(h) }
func (h indexes) Less(a, b int) bool { return h[a] < h[b] }
func (h indexes) Swap(a, b int)      { h[a], h[b] = h[b], h[a] }
func (h *indexes) Push(x any)        { *h = append(*h, x.(int)) }
func (h *indexes) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
