package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
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
	up      []int32 // where each parent stands in the list; outside for one that does not
	at      time.Time
}

const outside = -1

// graph lists the commits that head reaches and the excluded ones do not: parents
// before children, and what an older commit of the first-parent chain reaches before
// what only a younger one does. The order follows from the commits alone, so that
// history read in pieces has the order of history read at once.
func (r repo) graph(ctx context.Context, own *objects, head string, exclude ...string) ([]node, error) {
	if own != nil && len(exclude) == 0 {
		if nodes, err := own.walk(head); err == nil {
			return nodes, nil
		}
	}
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
		nodes = append(nodes, node{sha: f[1], parents: f[2:], at: time.Unix(secs, 0).UTC()})
	}
	link(nodes)
	return inOrder(nodes, len(nodes)-1), nil
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

// link finds where the parents of each commit stand.
func link(nodes []node) {
	index := make(map[string]int32, len(nodes))
	for i, n := range nodes {
		index[n.sha] = int32(i)
	}
	for i := range nodes {
		n := &nodes[i]
		n.up = make([]int32, len(n.parents))
		for k, p := range n.parents {
			at, inside := index[p]
			if !inside {
				at = outside
			}
			n.up[k] = at
		}
	}
}

// inOrder walks from one commit of a list through parents, first ones first, and lists
// each commit after its parents.
func inOrder(nodes []node, head int) []node {
	type step struct {
		commit int32
		parent int
	}
	out := make([]node, 0, len(nodes))
	to := make([]int32, len(nodes)) // where each stands in the new list
	seen := make([]bool, len(nodes))
	var stack []step
	visit := func(i int32) {
		seen[i] = true
		stack = append(stack, step{commit: i})
	}
	if len(nodes) > 0 {
		visit(int32(head))
	}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		n := nodes[top.commit]
		if top.parent == len(n.up) {
			to[top.commit] = int32(len(out))
			out = append(out, n)
			stack = stack[:len(stack)-1]
			continue
		}
		top.parent++
		if i := n.up[top.parent-1]; i != outside && !seen[i] {
			visit(i)
		}
	}
	for _, n := range out {
		for k, i := range n.up {
			if i != outside {
				n.up[k] = to[i]
			}
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
func landings(nodes []node, before, readAt time.Time) (lands []fact.Landing, base string) {
	lands = make([]fact.Landing, len(nodes))
	if len(nodes) == 0 {
		return lands, ""
	}
	chain, base := firstParents(nodes)
	times := chainTimes(nodes, chain, before, readAt)
	for k, i := range chain { // oldest first: a commit belongs to the first that reaches it
		n := &nodes[i]
		land := fact.Landing{Change: n.sha, At: times[k], OnMain: true}
		lands[i] = land
		land.OnMain = false
		if len(n.up) > 1 {
			markSide(nodes, n.up[1:], land, lands)
		}
	}
	return lands, base
}

// firstParents is the first-parent chain from the head, oldest first, as indexes.
func firstParents(nodes []node) (chain []int, base string) {
	for i := int32(len(nodes) - 1); i != outside; {
		chain = append(chain, int(i))
		if len(nodes[i].up) == 0 {
			break
		}
		if i, base = nodes[i].up[0], nodes[i].parents[0]; i != outside {
			base = ""
		}
	}
	slices.Reverse(chain)
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
func markSide(nodes []node, parents []int32, land fact.Landing, lands []fact.Landing) {
	stack := slices.Clone(parents)
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if i == outside || lands[i].Change != "" {
			continue
		}
		lands[i] = land
		stack = append(stack, nodes[i].up...)
	}
}
