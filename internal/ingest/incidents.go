package ingest

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// deliverIncidents attaches every incident to the deployment that caused it: as a user
// said, else by a link, else to the last deployment of its service shortly before. Where a
// user or a link names what is known, nothing is guessed.
func deliverIncidents(ctx context.Context, st *store.Store, by Delivering, names map[string][]string) error {
	incidents, err := st.Incidents(ctx)
	if err != nil {
		return err
	}
	placed, err := st.Placed(ctx)
	if err != nil {
		return err
	}
	linked, err := st.LinkedDeployments(ctx)
	if err != nil {
		return err
	}
	b := newBlame(st, by, names, placed, linked)
	for _, i := range incidents {
		if err := b.incident(ctx, i); err != nil {
			return err
		}
	}
	b.rollbacks()
	b.hotfixes()
	return st.PutFailures(ctx, b.failures, b.rework, b.covers(incidents))
}

// target is an application of a repository.
type target struct{ repo, application string }

// blame gathers failures.
type blame struct {
	st       *store.Store
	by       Delivering
	all      []serving
	placed   []store.StoredPlaced
	of       map[target][]int      // positions in placed of what reached production, earliest first
	at       map[store.Carrier]int // position in placed of what did
	byID     map[string][]int
	bySHA    map[string][]int
	unfit    map[string][]target  // ids of deployments that did not reach production, and of which applications
	evident  map[target]time.Time // the first incident that is known to be of an application
	failures []store.Failure
	rework   []store.Rework
	reworked map[store.Carrier]bool
}

// serving is an application with its repository.
type serving struct {
	target
	Application
}

func newBlame(st *store.Store, by Delivering, names map[string][]string, placed []store.StoredPlaced, linked []string) *blame {
	b := &blame{st: st, by: by, placed: placed, of: map[target][]int{}, at: map[store.Carrier]int{}, byID: map[string][]int{}, bySHA: map[string][]int{}, unfit: map[string][]target{}, evident: map[target]time.Time{}, reworked: map[store.Carrier]bool{}}
	for repo, called := range names {
		for _, a := range by.applicationsOf(called) {
			b.all = append(b.all, serving{target{repo, a.Name}, a})
		}
	}
	sort.Slice(b.all, func(i, j int) bool { return b.all[i].less(b.all[j].target) })
	for _, id := range linked {
		b.unfit[id] = nil
	}
	for n, p := range placed {
		t := target{p.RepoID, p.Application}
		if !reached(p) {
			b.unfit[p.ID] = append(b.unfit[p.ID], t)
			continue
		}
		b.of[t] = append(b.of[t], n)
		b.at[carrier(p)] = n
		b.byID[p.ID] = append(b.byID[p.ID], n)
		b.bySHA[p.SHA] = append(b.bySHA[p.SHA], n)
	}
	return b
}

// reached reports whether a deployment came to production.
func reached(p store.StoredPlaced) bool { return p.Kind != "failed" && p.Kind != "cancelled" }

func (t target) less(o target) bool {
	return t.repo < o.repo || t.repo == o.repo && t.application < o.application
}

func carrier(p store.StoredPlaced) store.Carrier {
	return store.Carrier{RepoID: p.RepoID, Application: p.Application, Source: p.Source, ID: p.ID}
}

// incident attaches one incident, and what mended it.
func (b *blame) incident(ctx context.Context, i store.StoredIncident) error {
	n, how, of, err := b.cause(ctx, i)
	if err != nil {
		return err
	}
	f := store.Failure{Source: i.Source, ID: i.ID, Title: i.Title, How: how, FailedAt: i.OpenedAt, RecoveredAt: i.ResolvedAt}
	if n != none {
		p := b.placed[b.origin(n)]
		f.RepoID, f.Application, f.DeploymentSource, f.DeploymentID, f.DeployedAt = p.RepoID, p.Application, p.Source, p.ID, p.At
	} else if of = append(b.served(i.Service), of...); len(of) > 0 {
		f.RepoID, f.Application = of[0].repo, of[0].application
	}
	if f.RepoID != "" {
		b.evidence(target{f.RepoID, f.Application}, i.OpenedAt)
	}
	b.failures = append(b.failures, f)
	return b.mended(ctx, i)
}

func (b *blame) evidence(t target, at time.Time) {
	if before, ok := b.evident[t]; !ok || at.Before(before) {
		b.evident[t] = at
	}
}

// none is no deployment.
const none = -1

// cause finds the deployment that an incident is blamed on. of are the applications of what is
// named as its cause where that came to no production.
func (b *blame) cause(ctx context.Context, i store.StoredIncident) (n int, how string, of []target, err error) {
	for _, a := range b.by.Attachments {
		if a.Incident != i.ID {
			continue
		}
		if a.Deployment == "" {
			return none, "correction", nil, nil
		}
		if n := b.latest(b.byID[a.Deployment], i); n != none {
			return n, "correction", nil, nil
		}
		return none, "unfit correction", nil, nil // what its writer knew better is no reason to guess; see Misfits
	}
	known := false
	for _, l := range i.Links {
		if l.Kind == fact.MendedBy {
			continue
		}
		found, unfit, err := b.linked(ctx, l)
		if err != nil {
			return none, "", nil, err
		}
		if n := b.latest(found, i); n != none {
			return n, string(l.Kind), nil, nil
		}
		known, of = known || len(found) > 0 || unfit != nil, append(of, unfit...)
	}
	if known {
		return none, "unfit link", of, nil
	}
	n = none
	for _, t := range b.served(i.Service) {
		n = max(n, b.before(b.of[t], i.OpenedAt))
	}
	if n != none && i.OpenedAt.Sub(b.placed[n].At) <= b.by.window() {
		return b.blamed(n), "service", nil, nil
	}
	return none, "none", nil, nil
}

// preferred are, of some deployments, those of applications that an incident's service means,
// where there are any: one deployment may be of several applications.
func (b *blame) preferred(found []int, service string) []int {
	served := b.served(service)
	var out []int
	for _, n := range found {
		if slices.Contains(served, target{b.placed[n].RepoID, b.placed[n].Application}) {
			out = append(out, n)
		}
	}
	if len(out) > 0 {
		return out
	}
	return found
}

// origin is the deployment that brought a release first, of one that rolls it out further.
func (b *blame) origin(n int) int {
	if p := b.placed[n]; p.Kind == "rollout" {
		return b.about(p)
	}
	return n
}

// about is the deployment that one rolls out further or undoes.
func (b *blame) about(p store.StoredPlaced) int {
	return b.at[store.Carrier{RepoID: p.RepoID, Application: p.Application, Source: p.OfSource, ID: p.OfID}]
}

// blamed is what is to blame where a deployment was the last before something failed: of one that
// went back, what it undid, since going back brings nothing that could fail.
func (b *blame) blamed(n int) int {
	if p := b.placed[b.origin(n)]; p.Kind == "rollback" {
		return b.about(p)
	}
	return n
}

// Misfit is a correction that fits nothing that is known.
type Misfit struct {
	Attachment
	Why string
}

// Misfits are the corrections that fit nothing: while they stand, those incidents are blamed on no
// deployment.
func Misfits(ctx context.Context, st *store.Store, of []Attachment) (out []Misfit, err error) {
	if len(of) == 0 {
		return nil, nil
	}
	incidents, err := st.Incidents(ctx)
	if err != nil {
		return nil, err
	}
	placed, err := st.Placed(ctx)
	if err != nil {
		return nil, err
	}
	opened, deployed := map[string]time.Time{}, map[string]time.Time{} // the last, and the first
	for _, i := range incidents {
		opened[i.ID] = i.OpenedAt
	}
	for _, p := range placed {
		if at, ok := deployed[p.ID]; reached(p) && (!ok || p.BeganAt.Before(at)) {
			deployed[p.ID] = p.BeganAt
		}
	}
	for _, a := range of {
		began, known := opened[a.Incident]
		at, there := deployed[a.Deployment]
		switch {
		case !known:
			out = append(out, Misfit{a, "no incident of that id is known"})
		case a.Deployment != "" && !there:
			out = append(out, Misfit{a, "no deployment " + a.Deployment + " to production is known that did not fail"})
		case a.Deployment != "" && at.After(began):
			out = append(out, Misfit{a, "deployment " + a.Deployment + " came after the incident began"})
		}
	}
	return out, nil
}

// before is the last of an application's deployments that was there before an incident began.
func (b *blame) before(of []int, at time.Time) int {
	k := sort.Search(len(of), func(k int) bool { return b.placed[of[k]].At.After(at) })
	if k == 0 {
		return none
	}
	return of[k-1]
}

// latest is the last of some deployments that had begun before an incident did, of those that its
// service prefers.
func (b *blame) latest(found []int, i store.StoredIncident) int {
	begun := slices.DeleteFunc(slices.Clone(found), func(n int) bool { return b.placed[n].BeganAt.After(i.OpenedAt) })
	if len(begun) == 0 {
		return none
	}
	return slices.Max(b.preferred(begun, i.Service))
}

// linked are the deployments that a link means. unfit is not nil where what it names is known and
// nothing brought it to production, and has the applications that this is of, as far as known.
func (b *blame) linked(ctx context.Context, l fact.IncidentLink) (found []int, unfit []target, err error) {
	var carriers []store.Carrier
	switch l.Kind {
	case fact.CausedByDeployment:
		if of, known := b.unfit[l.Target]; known {
			unfit = append([]target{}, of...)
		}
		return b.byID[l.Target], unfit, nil
	case fact.CausedByCommit:
		carriers, err = b.carriers(ctx, l.Target)
	case fact.CausedByRequest:
		carriers, err = b.requested(ctx, l.Target)
	case fact.MendedBy:
		if found = b.byID[l.Target]; len(found) > 0 {
			return found, nil, nil
		}
		if carriers, err = b.requested(ctx, l.Target); err == nil && len(carriers) == 0 {
			carriers, err = b.carriers(ctx, l.Target)
		}
	}
	for _, c := range carriers {
		if n, ok := b.at[c]; ok {
			found = append(found, n)
		} else if unfit = append([]target{}, unfit...); c.Application != "" {
			unfit = append(unfit, target{c.RepoID, c.Application})
		}
	}
	return found, unfit, err
}

func (b *blame) carriers(ctx context.Context, sha string) ([]store.Carrier, error) {
	found, err := b.st.CarriersOfCommit(ctx, sha)
	carried := slices.ContainsFunc(found, func(c store.Carrier) bool { return c.ID != "" })
	if n := b.bySHA[sha]; !carried && sha != "" && len(n) > 0 { // just this commit, which need not be in the history
		return []store.Carrier{carrier(b.placed[n[0]])}, err
	}
	return found, err
}

func (b *blame) requested(ctx context.Context, target string) ([]store.Carrier, error) {
	repository, text, ok := strings.Cut(target, "#")
	number, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil {
		return nil, nil
	}
	return b.st.CarriersOfRequest(ctx, repository, number)
}

// served are the applications that an incident system means by the name of a service.
func (b *blame) served(service string) (out []target) {
	for _, a := range b.all {
		if a.called(service) {
			out = append(out, a.target)
		}
	}
	return out
}

// mended notes the deployments that an incident says were made to mend it: of what it
// names, those that came after it began.
func (b *blame) mended(ctx context.Context, i store.StoredIncident) error {
	for _, l := range i.Links {
		if l.Kind != fact.MendedBy {
			continue
		}
		found, _, err := b.linked(ctx, l)
		if err != nil {
			return err
		}
		for _, n := range b.preferred(found, i.Service) {
			if n = b.origin(n); !b.placed[n].At.Before(i.OpenedAt) {
				b.rewrought(n, "mended_by")
			}
		}
	}
	return nil
}

func (b *blame) rewrought(n int, how string) {
	c := carrier(b.placed[n])
	if !b.reworked[c] {
		b.reworked[c] = true
		b.rework = append(b.rework, store.Rework{Carrier: c, How: how})
	}
}

// rollbacks blame the deployment that each rollback undid. An incident may be blamed on it as
// well. A rollback that goes on in another environment mends it only then.
func (b *blame) rollbacks() {
	for n, p := range b.placed {
		back := b.origin(n)
		if b.placed[back].Kind != "rollback" {
			continue
		}
		b.rewrought(back, "rollback")
		undone := b.about(b.placed[back])
		of := b.placed[b.origin(undone)]
		b.failures = append(b.failures, store.Failure{RepoID: of.RepoID, Application: of.Application, How: "rollback", DeploymentSource: of.Source, DeploymentID: of.ID,
			DeployedAt: b.placed[undone].At, FailedAt: p.At, RecoveredAt: p.At})
	}
}

// hotfixes are deployments that carry nothing but changes which say that they are.
func (b *blame) hotfixes() {
	for n, p := range b.placed {
		if p.Hotfixes > 0 && p.Hotfixes == p.Changes && p.Kind != "first" {
			b.rewrought(n, "hotfix")
		}
	}
}

// telling is since when incident systems tell, as it is known since an incident.
type telling struct{ from, known time.Time }

// covers says of which applications incident systems tell: those of which one is known,
// and those whose services are declared. They tell from the first incident of all on, or from
// the deployment that it is blamed on where that was as shortly before as a cause is looked for:
// one that is found to lie further back does not say that anybody recorded incidents then. A
// later incident may show that the start lies further back: what was known before stays as it was.
func (b *blame) covers(incidents []store.StoredIncident) (out []store.Cover) {
	starts := b.starts(incidents)
	for _, a := range b.all {
		known, ok := b.evident[a.target]
		if len(a.Services) > 0 && len(starts) > 0 {
			known, ok = starts[0].known, true
		}
		for n := 0; ok && n < len(starts); n++ {
			s := starts[n]
			if n+1 == len(starts) || known.Before(starts[n+1].known) { // else the next says more, as early
				out = append(out, store.Cover{RepoID: a.repo, Application: a.Name, From: s.from, KnownAt: latestOf(s.known, known)})
			}
		}
	}
	return out
}

// starts are ever earlier ones, each with the incident that shows it.
func (b *blame) starts(incidents []store.StoredIncident) (out []telling) {
	for n, i := range incidents {
		from := i.OpenedAt
		if at := b.failures[n].DeployedAt; !at.IsZero() && at.Before(from) && from.Sub(at) <= b.by.window() {
			from = at
		}
		if len(out) == 0 || from.Before(out[len(out)-1].from) {
			out = append(out, telling{from, i.OpenedAt})
		}
	}
	return out
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
