package ingest

import (
	"sort"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// ofNone are the changes that touch no application. They are work, which nothing deploys.
func (h *history) ofNone(delivered []store.DeliveredChange) (out []store.DeliveredChange) {
	of := map[string]bool{}
	for _, d := range delivered {
		of[d.Key] = true
	}
	for _, c := range h.changes {
		if !of[c.key] {
			out = append(out, h.delivered("", c))
		}
	}
	return out
}

// delivered is a change of an application that nothing carries yet.
func (h *history) delivered(application string, c change) store.DeliveredChange {
	return store.DeliveredChange{Application: application, Key: c.key, SHA: c.sha, Title: c.title, StartedAt: c.started, LandedAt: c.landed, Person: h.author(c)}
}

// nothing is the carrier of commits that no deployment carries.
const nothing = -1

// deliver follows an application's deployments: each carries what its commit descends
// from and none before it did.
func (h *history) deliver(a Application, deployments []store.StoredDeployment, paths map[string][]string) ([]store.PlacedDeployment, []store.DeliveredChange) {
	w := walk{h: h, carrier: make([]int, len(h.parents)), environments: map[string]*environment{}, byHand: map[string]int{}, arrivals: map[arrival]*spread{}}
	for i := range w.carrier {
		w.carrier[i] = nothing
	}
	for n, d := range deployments {
		w.deploy(n, d)
	}
	var delivered []store.DeliveredChange
	for _, c := range h.changes {
		if d, ok := w.delivered(a, c, deployments, paths); ok {
			delivered = append(delivered, d)
		}
	}
	placed := make([]store.PlacedDeployment, len(deployments))
	for n, d := range deployments {
		p := w.placed[n]
		placed[n] = store.PlacedDeployment{Application: a.Name, Source: d.Source, ID: d.ID, Environment: d.Environment, SHA: d.SHA, BeganAt: d.BeganAt, At: d.At, Kind: p.kind}
		if p.of != nothing {
			placed[n].OfSource, placed[n].OfID = deployments[p.of].Source, deployments[p.of].ID
		}
	}
	w.count(a, placed, delivered)
	sort.Slice(delivered, func(i, j int) bool { return delivered[i].Key < delivered[j].Key })
	return placed, delivered
}

// walk is how far an application's deployments came.
type walk struct {
	h            *history
	carrier      []int // by commit: the first deployment that carries it
	environments map[string]*environment
	first        int            // the deployment before which nobody looked; from 1
	placed       []placement    // by deployment
	byHand       map[string]int // commits that are not in the history, and the first deployment of each
	arrivals     map[arrival]*spread
}

// placement is what a deployment was, where, and which one it is about: the one that it rolls
// out further, or the one that a rollback undid.
type placement struct {
	kind        string // see migrations 9 and 17
	environment string
	of          int
}

// environment is what runs in one of production: several regions are several.
type environment struct {
	running int // the commit; nothing where it is not in the history
	before  int // the last that was, of the history
	last    int // the deployment that brought what runs
}

// arrival is a commit that comes to production, and where it comes back, the deployment whose
// release it takes the place of.
type arrival struct {
	sha    string
	undoes int
}

// spread is a deployment and the environments that got its commit by it or after it.
type spread struct {
	n  int
	in map[string]bool
}

// deploy brings a deployment's commit into production.
func (w *walk) deploy(n int, d store.StoredDeployment) {
	p := placement{environment: strings.ToLower(d.Environment), of: nothing}
	switch d.Result {
	case fact.Failed:
		p.kind = "failed"
	case fact.Cancelled:
		p.kind = "cancelled"
	default:
		p.kind, p.of = w.bring(n, d.SHA, p.environment)
	}
	w.placed = append(w.placed, p)
}

// bring places a deployment that succeeded. One that names no commit may have brought anything:
// it counts for itself, and nobody can tell what goes back from it.
func (w *walk) bring(n int, sha, environment string) (kind string, of int) {
	in := w.in(environment)
	at, known := w.h.index[sha]
	if !known {
		at = nothing
	}
	kind, of = w.kind(n, sha, at, in), nothing
	a := arrival{sha, nothing}
	if kind == "rollback" {
		of = w.undone(in.last)
		a.undoes = w.origin(of)
	}
	if earlier := w.further(n, a, at, environment); earlier != nothing {
		kind, of = "rollout", earlier
	}
	in.running, in.last = at, n
	if known || sha == "" {
		in.before = at
	}
	return kind, of
}

func (w *walk) in(name string) *environment {
	if w.environments[name] == nil {
		w.environments[name] = &environment{running: nothing, before: nothing, last: nothing}
	}
	return w.environments[name]
}

// kind is what a deployment was, as far as its own environment can tell.
func (w *walk) kind(n int, sha string, at int, in *environment) string {
	if at == nothing {
		if _, before := w.byHand[sha]; before {
			return "redeploy" // it carries nothing new, whatever it carries
		}
		if sha != "" {
			w.byHand[sha] = n
		}
		return "unplaced"
	}
	switch carried := w.carry(n, at); {
	case carried > 0 && w.first == 0:
		w.first = n + 1
		return "first"
	case carried > 0:
		return "forward"
	case w.back(in, at):
		return "rollback"
	}
	return "redeploy"
}

// further finds the deployment that one rolls out further: the last that brought the same to
// other environments and not to this one. Where none brought just this commit, it is the first
// that carries it.
func (w *walk) further(n int, a arrival, at int, environment string) int {
	if a.sha == "" {
		return nothing
	}
	s := w.arrivals[a]
	if s == nil && at != nothing && w.carrier[at] != n && a.undoes == nothing {
		s = &spread{w.carrier[at], map[string]bool{w.placed[w.carrier[at]].environment: true}}
		w.arrivals[a] = s
	}
	if s == nil || s.in[environment] {
		w.arrivals[a] = &spread{n, map[string]bool{environment: true}}
		return nothing
	}
	s.in[environment] = true
	return s.n
}

// undone is what a rollback undoes: what brought what runs, or what the rollback undid that did.
func (w *walk) undone(last int) int {
	for p := w.placed[last]; p.kind == "rollback" || p.kind == "rollout" && w.placed[p.of].kind == "rollback"; p = w.placed[last] {
		last = p.of
	}
	return last
}

// origin is the deployment that brought a release first, of one that rolls it out further.
func (w *walk) origin(n int) int {
	if p := w.placed[n]; p.kind == "rollout" {
		return p.of
	}
	return n
}

// back tells whether bringing a commit into an environment, that was there before, goes back:
// to an ancestor of what runs, or from a commit that is not in the history to what ran
// before it or an ancestor of that.
func (w *walk) back(in *environment, at int) bool {
	if in.running == nothing {
		return in.before != nothing && w.descends(in.before, at)
	}
	return in.running != at && w.descends(in.running, at)
}

// carry marks what a deployment is the first to carry, and counts it.
func (w *walk) carry(n, from int) (carried int) {
	stack := []int{from}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if w.carrier[i] != nothing {
			continue
		}
		w.carrier[i] = n
		carried++
		stack = append(stack, w.h.parents[i]...)
	}
	return carried
}

// descends reports whether a commit that is carried has another among its ancestors, or is it.
// What descends from a commit is never carried before it is.
func (w *walk) descends(from, ancestor int) bool {
	seen, stack := map[int]bool{}, []int{from}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if i == ancestor {
			return true
		}
		if !seen[i] && w.carrier[i] >= w.carrier[ancestor] {
			seen[i] = true
			stack = append(stack, w.h.parents[i]...)
		}
	}
	return false
}

// delivered says what was the first deployment to carry all of a change that concerns an
// application; it is false for one that does not.
func (w *walk) delivered(a Application, c change, deployments []store.StoredDeployment, paths map[string][]string) (store.DeliveredChange, bool) {
	d := w.h.delivered(a.Name, c)
	last, ours, missing := nothing, c.unknown, false
	for _, i := range c.commits {
		if !a.touches(paths[w.h.facts.Commits[i].SHA]) {
			continue
		}
		ours = true
		missing = missing || w.carrier[i] == nothing
		last = max(last, w.carrier[i])
	}
	if n, ok := w.named(c); ok && (missing || last == nothing || n < last) {
		last, missing = n, false
	}
	if ours && !missing && last != nothing {
		d.DeployedAt, d.DeploymentSource, d.DeploymentID = deployments[last].At, deployments[last].Source, deployments[last].ID
		d.IsBaseline = last == w.first-1
	}
	return d, ours
}

// named is the first deployment of just what a change request was merged as, or of its
// branch, where that commit is not in the history, as on a release branch.
func (w *walk) named(c change) (int, bool) {
	if !c.merged {
		return 0, false
	}
	n, ok := w.byHand[c.sha]
	if m, branch := w.byHand[c.headSHA]; branch && (!ok || m < n) {
		return m, true
	}
	return n, ok
}

// count adds up what each deployment was the first to carry.
func (w *walk) count(a Application, placed []store.PlacedDeployment, delivered []store.DeliveredChange) {
	type id struct{ source, id string }
	at := make(map[id]int, len(placed))
	for n, p := range placed {
		at[id{p.Source, p.ID}] = n
	}
	hotfix := map[string]bool{}
	for _, c := range w.h.changes {
		hotfix[c.key] = w.h.isHotfix(c)
	}
	for _, d := range delivered {
		if d.DeployedAt.IsZero() {
			continue
		}
		p := &placed[at[id{d.DeploymentSource, d.DeploymentID}]]
		p.Changes++
		if hotfix[d.Key] {
			p.Hotfixes++
		}
	}
}
