package ingest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/google/go-cmp/cmp"
)

// line is a history of commits, each the parent of the next.
func line(commits ...string) *history {
	var c store.Carried
	for i, sha := range commits {
		at := time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC)
		commit := store.CarriedCommit{SHA: sha, Change: sha, AuthoredAt: at, LandedAt: at, IsWork: true}
		if i > 0 {
			commit.Parents = commits[i-1 : i]
		}
		c.Commits = append(c.Commits, commit)
	}
	return newHistory(c)
}

// Deployments in a row, each as ENVIRONMENT:COMMIT, and what each was; with the number of the one,
// from 0, that it rolls out further or undid.
func TestEachEnvironmentRunsItsOwn(t *testing.T) {
	for _, c := range []struct{ what, deployments, want string }{
		{"one environment", "eu:a eu:b eu:b eu:a eu:b", "first forward redeploy rollback2 redeploy"},
		{"a region follows at once", "eu:a us:a eu:b us:b", "first rollout0 forward rollout2"},
		{"a region follows when the other is ahead", "eu:a eu:b us:a eu:c us:b us:c", "first forward rollout0 forward rollout1 rollout3"},
		{"either may be first", "us:a eu:a eu:b us:b EU:b", "first rollout0 forward rollout2 redeploy"},
		{"a region leaves releases out", "eu:a us:a eu:b eu:c us:c", "first rollout0 forward forward rollout3"},
		{"a region gets what others carried only on the way", "eu:a us:a eu:c us:b us:c", "first rollout0 forward rollout2 rollout2"},
		{"a new region", "eu:a eu:b eu:c us:b us:c us:b", "first forward forward rollout1 rollout2 rollback4"},
		{"back in one region", "eu:a us:a eu:b us:b us:a us:c", "first rollout0 forward rollout2 rollback3 forward"},
		{"back in both", "eu:a us:a eu:b us:b us:a eu:a eu:c us:c", "first rollout0 forward rollout2 rollback3 rollout4 forward rollout6"},
		{"back from one release in one region, and from the next in the other", "eu:a us:a eu:b us:b us:a eu:c eu:a", "first rollout0 forward rollout2 rollback3 forward rollback5"},
		{"back twice, in both", "eu:a eu:b eu:c us:c eu:b us:b eu:a us:a", "first forward forward rollout2 rollback2 rollout4 rollback2 rollout6"},
		{"forward again after going back, and back again", "eu:a us:a eu:b us:b eu:a us:a eu:b us:b eu:a us:a", "first rollout0 forward rollout2 rollback2 rollout4 redeploy rollout6 rollback6 rollout8"},
		{"what is not in the history", "eu:a eu:x us:x eu:x eu:a us:a", "first unplaced rollout1 redeploy rollback3 rollout0"},
		{"what names no commit", "eu:a eu: eu: us: eu:a eu:b eu:a", "first unplaced unplaced unplaced redeploy forward rollback5"},
		{"what failed", "eu:a eu:b! us:b us:c? eu:b eu:a", "first failed forward cancelled rollout2 rollback4"},
	} {
		t.Run(c.what, func(t *testing.T) {
			var deployments []store.StoredDeployment
			for n, d := range strings.Fields(c.deployments) {
				environment, sha, _ := strings.Cut(d, ":")
				result := map[byte]fact.Result{'!': fact.Failed, '?': fact.Cancelled}[d[len(d)-1]]
				deployments = append(deployments, store.StoredDeployment{ID: fmt.Sprint(n), Environment: environment, SHA: strings.TrimRight(sha, "!?"), Result: result})
			}
			placed, _ := line("a", "b", "c", "d").deliver(Application{Name: "web"}, deployments, nil)
			var got []string
			for _, p := range placed {
				got = append(got, p.Kind+p.OfID)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("%s (-want +got)\n%s", c.deployments, diff)
			}
		})
	}
}

// A commit that is carried has another among its ancestors just when a walk over all of them finds it.
func TestDescends(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		h := &history{parents: make([][]int, 40)}
		for i := 1; i < len(h.parents); i++ {
			for range 1 + rng.IntN(2) {
				h.parents[i] = append(h.parents[i], max(0, i-1-rng.IntN(6)))
			}
		}
		w := walk{h: h, carrier: make([]int, len(h.parents))}
		for i := range w.carrier {
			w.carrier[i] = nothing
		}
		for n := range 6 {
			w.carry(n, rng.IntN(len(h.parents)))
		}
		for from := range h.parents {
			above := map[int]bool{from: true}
			for i := from; i >= 0; i-- {
				for _, p := range h.parents[i] {
					above[p] = above[p] || above[i]
				}
			}
			for ancestor := range h.parents {
				if w.carrier[from] == nothing || w.carrier[ancestor] == nothing {
					continue
				}
				if got := w.descends(from, ancestor); got != above[ancestor] {
					t.Fatalf("%d from %d: %v", ancestor, from, got)
				}
			}
		}
	}
}
