package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/store"
)

// author is who wrote most of a change's commits, or who asked for it where none is known.
func (h *history) author(c change) (most int64) {
	count := map[int64]int{}
	for _, i := range c.commits {
		p := h.facts.Commits[i].Person
		if count[p]++; count[p] > count[most] || count[p] == count[most] && p < most {
			most = p
		}
	}
	if len(count) == 0 {
		return c.person
	}
	return most
}

// told is what a change says of itself where it may name an issue: its title, its branch, and
// the first lines of its commits.
func (h *history) told(c change) []string {
	out := []string{c.title, c.head}
	for _, i := range c.commits {
		out = append(out, h.facts.Commits[i].Subject)
	}
	return out
}

// closesKey is the first key of a tracker that a change says to close.
func (c change) closesKey() string {
	for _, issue := range c.closes {
		if key := keyIn(issue); key != "" && !strings.Contains(issue, "#") {
			return key
		}
	}
	return ""
}

// touched are the paths that a change touches.
func (h *history) touched(c change, paths map[string][]string) (out []string) {
	for _, i := range c.commits {
		out = append(out, paths[h.facts.Commits[i].SHA]...)
	}
	return out
}

// history is what a repository's commits say about who carries what.
type history struct {
	facts   store.Carried
	index   map[string]int // of commits, by sha
	parents [][]int
	changes []change
}

// change is a change request that was merged, or what landed as one step without one.
type change struct {
	key, sha, title, head string
	labels, closes        []string
	headSHA               string
	person                int64 // who asked for it
	commits               []int // work of people
	started, landed       time.Time
	merged                bool // a change request
	unknown               bool // where it landed is not in the history
}

func newHistory(facts store.Carried) *history {
	h := &history{facts: facts, index: make(map[string]int, len(facts.Commits)), parents: make([][]int, len(facts.Commits))}
	h.facts.Requests = slices.DeleteFunc(slices.Clone(facts.Requests), func(r store.StoredRequest) bool { return r.MergedAt.IsZero() })
	for i, c := range facts.Commits {
		h.index[c.SHA] = i
	}
	for i, c := range facts.Commits {
		for _, p := range c.Parents {
			if k, ok := h.index[p]; ok {
				h.parents[i] = append(h.parents[i], k)
			}
		}
	}
	h.group()
	return h
}

// group puts commits into changes: those of a change request by its merge, by the
// commits that it names, or by the author's dates that a rebase keeps; others by the
// step in which they landed.
func (h *history) group() {
	of := make([]int, len(h.facts.Commits)) // the request, from 1
	landing := map[string]int{}
	for n, r := range h.facts.Requests {
		if _, ok := landing[r.MergeSHA]; !ok && r.MergeSHA != "" {
			landing[r.MergeSHA] = n + 1
		}
	}
	for n, r := range h.facts.Requests {
		for _, i := range h.rebased(r) {
			if of[i] == 0 {
				of[i] = n + 1
			}
		}
	}
	for i, c := range h.facts.Commits {
		if n := landing[c.Change]; n > 0 {
			of[i] = n
		}
	}
	for n, r := range h.facts.Requests { // last: a fast-forward has no landing of its own
		for _, c := range r.Commits {
			if i, ok := h.index[c.SHA]; ok && of[i] == 0 {
				of[i] = n + 1
			}
		}
	}
	h.gather(of)
}

// rebased are the commits of the main line that a change request left there one by one:
// the last is where it was merged, and those before it keep the author's dates.
func (h *history) rebased(r store.StoredRequest) (out []int) {
	i, ok := h.index[r.MergeSHA]
	for k := len(r.Commits) - 1; ok && k >= 0 && len(h.parents[i]) == 1 && h.facts.Commits[i].AuthoredAt.Equal(r.Commits[k].AuthoredAt); k-- {
		out = append(out, i)
		i = h.parents[i][0]
	}
	return out
}

// gather makes the changes, of requests and of steps.
func (h *history) gather(of []int) {
	requests := make([]change, len(h.facts.Requests))
	steps := map[string]*change{}
	var order []string
	for i, c := range h.facts.Commits {
		if !c.IsWork {
			continue
		}
		to := &change{}
		if of[i] > 0 {
			to = &requests[of[i]-1]
		} else if steps[c.Change] != nil {
			to = steps[c.Change]
		} else {
			to.key, to.sha, to.title = c.Change, c.Change, c.Subject
			if k, ok := h.index[c.Change]; ok {
				to.title = h.facts.Commits[k].Subject
			}
			steps[c.Change], order = to, append(order, c.Change)
		}
		to.commits = append(to.commits, i)
		to.begin(c.AuthoredAt)
		if c.LandedAt.After(to.landed) {
			to.landed = c.LandedAt
		}
	}
	for n, r := range h.facts.Requests {
		if c := h.request(requests[n], r); len(c.commits) > 0 || c.unknown && !r.ByBot {
			h.changes = append(h.changes, c)
		}
	}
	for _, sha := range order {
		h.changes = append(h.changes, *steps[sha])
	}
}

func (c *change) begin(at time.Time) {
	if c.started.IsZero() || at.Before(c.started) {
		c.started = at
	}
}

// request fills a change in from its change request. Work on it began with the earliest
// of its commits, also where a squash left none of them.
func (h *history) request(c change, r store.StoredRequest) change {
	c.key, c.sha, c.title, c.head, c.headSHA, c.labels, c.closes, c.person, c.merged = requestKey(r), r.MergeSHA, r.Title, r.Head, r.HeadSHA, r.Labels, r.Closes, r.Person, true
	for _, rc := range r.Commits {
		c.begin(rc.AuthoredAt)
	}
	_, known := h.index[r.MergeSHA]
	c.unknown = !known && len(c.commits) == 0
	if r.MergedAt.After(c.landed) {
		c.landed = r.MergedAt
	}
	if c.started.IsZero() {
		c.started = c.landed
	}
	return c
}

// requestKey is the key of the change that a change request is.
func requestKey(r store.StoredRequest) string { return fmt.Sprintf("%s#%d", r.Source, r.Number) }

// isHotfix reports whether a change says of itself that it mends what is in production: in its
// title, its branch or a label, or in the first line of every commit of it.
func (h *history) isHotfix(c change) bool {
	names := append([]string{c.title, c.head, mergedBranch(c.title)}, c.labels...)
	return slices.ContainsFunc(names, namesHotfix) ||
		len(c.commits) > 0 && !slices.ContainsFunc(c.commits, func(i int) bool { return !namesHotfix(h.facts.Commits[i].Subject) })
}

func namesHotfix(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.HasPrefix(s, "hotfix") || strings.HasPrefix(s, "hot-fix")
}

// mergedBranch is the branch that a merge says it brings, in the words of git or a forge; "" for
// what is no merge.
func mergedBranch(subject string) string {
	for _, before := range []string{"Merge branch '", "Merge remote-tracking branch 'origin/"} {
		if rest, ok := strings.CutPrefix(subject, before); ok {
			branch, _, _ := strings.Cut(rest, "'")
			return branch
		}
	}
	if rest, ok := strings.CutPrefix(subject, "Merge pull request #"); ok {
		_, from, _ := strings.Cut(rest, " from ")
		_, branch, _ := strings.Cut(from, "/") // after the owner
		return branch
	}
	if rest, ok := strings.CutPrefix(subject, "Merged in "); ok { // Bitbucket
		branch, _, _ := strings.Cut(rest, " (")
		return branch
	}
	return ""
}
