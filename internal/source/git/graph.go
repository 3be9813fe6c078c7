package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
)

// node is a commit in the graph: its parents and its committer's clock.
type node struct {
	sha     string
	parents []string
	at      time.Time
}

// graph lists the commits that head reaches and the excluded ones do not: parents
// before children, and what an older commit of the first-parent chain reaches before
// what only a younger one does. The order follows from the commits alone, so that
// history read in pieces has the order of history read at once.
func (r repo) graph(ctx context.Context, head string, exclude ...string) ([]node, error) {
	args := []string{"rev-list", "--topo-order", "--reverse", "--parents", "--timestamp", head}
	for _, e := range exclude {
		args = append(args, "^"+e)
	}
	out, err := r.output(ctx, nil, append(args, "--")...)
	if err != nil {
		return nil, r.broken(ctx, err)
	}
	nodes := make([]node, 0, bytes.Count(out, []byte{'\n'}))
	for l := range strings.Lines(string(out)) {
		f := strings.Fields(l)
		if len(f) < 2 {
			return nil, fmt.Errorf("git rev-list: line %.60q", l)
		}
		secs, _ := strconv.ParseInt(f[0], 10, 64)
		nodes = append(nodes, node{f[1], f[2:], time.Unix(secs, 0).UTC()})
	}
	return inOrder(nodes), nil
}

// broken is the error of a history that git cannot walk, because a commit is damaged
// or missing.
func (r repo) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, problem.Missing) {
		return err
	}
	return problem.New(nil, "git -C "+r.dir+" fsck   # names what is damaged; if it cannot be mended, clone the repository again",
		"%s: the history cannot be walked: %w", r.dir, err)
}

// inOrder walks from the last commit of a list through parents, first ones first, and
// lists each commit after its parents.
func inOrder(nodes []node) []node {
	index := make(map[string]int, len(nodes))
	for i, n := range nodes {
		index[n.sha] = i
	}
	type step struct{ commit, parent int }
	out := make([]node, 0, len(nodes))
	seen := make([]bool, len(nodes))
	var stack []step
	visit := func(i int) {
		seen[i] = true
		stack = append(stack, step{commit: i})
	}
	if len(nodes) > 0 {
		visit(len(nodes) - 1)
	}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		n := nodes[top.commit]
		if top.parent == len(n.parents) {
			out = append(out, n)
			stack = stack[:len(stack)-1]
			continue
		}
		top.parent++
		if i, ok := index[n.parents[top.parent-1]]; ok && !seen[i] {
			visit(i)
		}
	}
	return out
}

// firstDate is the earliest that a commit's clock is believed: git is from 2005, and
// imported histories reach further back than that, but not before 1980.
var firstDate = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// suspect reports a clock that cannot be right.
func suspect(at, readAt time.Time) bool {
	return at.Before(firstDate) || at.After(readAt.Add(24*time.Hour))
}

// landings says for each commit of the list which first-parent commit of the main
// line brought it, and when. The list ends with the head; before is when the commit
// landed that the list follows. It also returns the first commit outside of the list
// that the first-parent chain reaches ("" at a root).
func landings(nodes []node, before, readAt time.Time) (byCommit map[string]fact.Landing, base string) {
	byCommit = make(map[string]fact.Landing, len(nodes))
	if len(nodes) == 0 {
		return byCommit, ""
	}
	index := make(map[string]int, len(nodes))
	for i, n := range nodes {
		index[n.sha] = i
	}
	chain, base := firstParents(nodes, index)
	times := chainTimes(nodes, chain, before, readAt)
	for k, i := range chain { // oldest first: a commit belongs to the first that reaches it
		land := fact.Landing{Change: nodes[i].sha, At: times[k], OnMain: true}
		byCommit[nodes[i].sha] = land
		land.OnMain = false
		if len(nodes[i].parents) > 1 {
			markSide(nodes, index, nodes[i].parents[1:], land, byCommit)
		}
	}
	return byCommit, base
}

// firstParents is the first-parent chain from the head, oldest first, as indexes.
func firstParents(nodes []node, index map[string]int) (chain []int, base string) {
	for i, ok := len(nodes)-1, true; ok; {
		chain = append(chain, i)
		if len(nodes[i].parents) == 0 {
			break
		}
		base = nodes[i].parents[0]
		if i, ok = index[base]; ok {
			base = ""
		}
	}
	for a, b := 0, len(chain)-1; a < b; a, b = a+1, b-1 {
		chain[a], chain[b] = chain[b], chain[a]
	}
	return chain, base
}

// chainTimes are the committer times along the chain; an impossible clock takes the
// time of the commit before it, or of the next possible one.
func chainTimes(nodes []node, chain []int, before, readAt time.Time) []time.Time {
	times := make([]time.Time, len(chain))
	last := before
	for k, i := range chain {
		if at := nodes[i].at; !suspect(at, readAt) {
			last = at
		}
		times[k] = last
	}
	for k := len(times) - 2; k >= 0; k-- {
		if times[k].IsZero() {
			times[k] = times[k+1]
		}
	}
	for k, i := range chain {
		if times[k].IsZero() {
			times[k] = nodes[i].at
		}
	}
	return times
}

// markSide gives a landing to everything that the parents reach and nobody brought yet.
func markSide(nodes []node, index map[string]int, parents []string, land fact.Landing, byCommit map[string]fact.Landing) {
	stack := append([]string(nil), parents...)
	for len(stack) > 0 {
		sha := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		i, inside := index[sha]
		if _, done := byCommit[sha]; done || !inside {
			continue
		}
		byCommit[sha] = land
		stack = append(stack, nodes[i].parents...)
	}
}
