package ingest

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// deliverRules is the version of what this file works out: with it, everything is
// worked out again.
const deliverRules = "11"

// Application is what is deployed by itself: a repository, or some paths of one.
type Application struct {
	Name         string
	Repository   string   // by one of its names
	Paths        []string // folders or files of the repository; none: all of it
	Services     []string // what pipelines and incident systems call it, besides Name
	Environments []string // those that are production; none: the usual names

	also []string // what forges call the repository that it is
}

// Attachment is a user's correction: which deployment caused an incident.
type Attachment struct {
	Incident   string
	Deployment string // "" says that none did
}

// Delivering says what deliveries are worked out by.
type Delivering struct {
	Applications []Application
	Attachments  []Attachment
	Window       time.Duration // how long after a deployment an incident of its service is blamed on it; zero: a day
	Categories   []Rule        // of investment
	Subjects     []Rule        // of key work: migration, upgrade, security
}

const usualWindow = 24 * time.Hour

func (d Delivering) window() time.Duration {
	if d.Window == 0 {
		return usualWindow
	}
	return d.Window
}

// version changes with everything that the result rests on besides facts.
func (d Delivering) version(names map[string][]string) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %q %q %s %q %q %q", deliverRules, d.Applications, d.Attachments, d.window(), d.Categories, d.Subjects, names)
	return fmt.Sprintf("%016x", h.Sum64())
}

// Deliver works out which deployment was the first to carry each change, which failed,
// and which were made to mend something, for the repositories of which something changed.
func Deliver(ctx context.Context, st *store.Store, by Delivering) error {
	names, err := st.RepositoryNames(ctx)
	if err != nil {
		return err
	}
	if err := st.RenewDelivery(ctx, by.version(names)); err != nil {
		return err
	}
	if err := st.SpreadStale(ctx, func(said string) []string { return elsewhere(mentions([]string{said, ""})) }); err != nil {
		return err
	}
	issues, err := st.StaleIssues(ctx)
	if err != nil {
		return err
	}
	if err := st.PutIssues(ctx, by.issueClasses(issues)); err != nil {
		return err
	}
	stale, err := st.StaleDelivery(ctx)
	if err != nil || len(stale) == 0 {
		return err
	}
	nameless := func(id string) bool {
		return id == "" || len(names[id]) > 0 && strings.HasPrefix(names[id][0], applicationName)
	}
	if slices.ContainsFunc(stale, nameless) { // deployments that name no repository may be of any
		for id := range names {
			stale = append(stale, id)
		}
		slices.Sort(stale)
		stale = slices.Compact(stale)
	}
	for _, repo := range stale {
		if names[repo] == nil {
			continue
		}
		if err := by.repository(ctx, st, repo, by.applicationsOf(names[repo])); err != nil {
			return fmt.Errorf("%s: %w", names[repo][0], err)
		}
	}
	return deliverIncidents(ctx, st, by, names)
}

// applicationsOf are those that are declared for a repository, or the repository itself.
func (d Delivering) applicationsOf(names []string) (out []Application) {
	for _, a := range d.Applications {
		if slices.Contains(names, a.Repository) {
			out = append(out, a)
		}
	}
	if len(out) > 0 {
		return out
	}
	alone, placeholder := strings.CutPrefix(names[0], applicationName)
	if placeholder && slices.ContainsFunc(d.Applications, func(a Application) bool { return a.called(alone) }) {
		return nil // it stands for one that is declared
	}
	return []Application{{Name: alone, Repository: names[0], also: names[1:]}}
}

// repository works out deliveries of one repository.
func (d Delivering) repository(ctx context.Context, st *store.Store, repo string, applications []Application) error {
	facts, err := st.Carried(ctx, repo)
	if err != nil {
		return err
	}
	facts.Deployments = completed(facts)
	var paths map[string][]string
	if slices.ContainsFunc(applications, func(a Application) bool { return len(a.Paths) > 0 }) || slices.ContainsFunc(slices.Concat(d.Categories, d.Subjects), func(r Rule) bool { return len(r.Paths) > 0 }) {
		if paths, err = st.PathsOfChanges(ctx, repo, facts.Since); err != nil {
			return err
		}
	}
	history := newHistory(facts)
	category, issue, mentioned := make(map[string]string, len(history.changes)), map[string]string{}, map[string][]string{}
	var other []string
	for _, c := range history.changes {
		told := history.told(c)
		mentioned[c.key] = mentions(told)
		other = append(other, elsewhere(mentioned[c.key])...)
		issue[c.key] = cmp.Or(c.closesKey(), keyIn(strings.Join(told, " ")))
	}
	tied, err := st.Tied(ctx, repo, other)
	if err != nil {
		return err
	}
	for _, c := range history.changes {
		if category[c.key] = tiedTo(c, mentioned[c.key], tied); category[c.key] == "" {
			category[c.key] = d.categoryOf(c, history, paths)
		}
	}
	var placed []store.PlacedDeployment
	var delivered []store.DeliveredChange
	for _, a := range applications {
		p, c := history.deliver(a, a.deployments(facts.Deployments, len(applications) == 1), paths)
		placed, delivered = append(placed, p...), append(delivered, c...)
	}
	delivered = append(delivered, history.ofNone(delivered)...)
	for i := range delivered {
		delivered[i].Category, delivered[i].IssueKey = category[delivered[i].Key], issue[delivered[i].Key]
	}
	return st.PutDelivery(ctx, repo, facts.Since, placed, delivered, d.requestClasses(facts.Requests, history, paths))
}

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

// categoryOf is what rules make of a change.
func (d Delivering) categoryOf(c change, h *history, paths map[string][]string) string {
	return classify(d.Categories, item{title: c.title, labels: c.labels, paths: h.touched(c, paths)})
}

// requestClasses are the subjects of the change requests that have one: by labels and title, or
// else by the files that they change. Where the forge did not tell those, the history knows them
// of what was merged.
func (d Delivering) requestClasses(all []store.StoredRequest, h *history, paths map[string][]string) (out []store.RequestClass) {
	merged := map[string]string{}
	for _, c := range h.changes {
		if c.merged {
			merged[c.key] = d.pathsSay(h.touched(c, paths))
		}
	}
	for _, r := range all {
		subject := classify(d.Subjects, item{title: r.Title, labels: r.Labels})
		if subject == "" {
			if subject = r.PathsSay; !r.PathsKnown {
				subject = merged[requestKey(r)]
			}
			if d.deniedBy(r.Title, subject) {
				subject = ""
			}
		}
		if subject != "" {
			out = append(out, store.RequestClass{Source: r.Source, Number: r.Number, Subject: subject})
		}
	}
	return out
}

// pathsSay is the subject of what changes some paths and no other.
func (d Delivering) pathsSay(paths []string) string {
	return classify(d.Subjects, item{paths: paths})
}

// deniedBy reports whether a title says that a change of the paths of a subject is something else.
func (d Delivering) deniedBy(title, subject string) bool {
	return slices.ContainsFunc(d.Subjects, func(r Rule) bool { return r.Category == subject && r.unlessTitled(title, wordsOf(title)) })
}

// PathsSay gives change requests what rules say of their paths. The paths themselves are not kept.
func (d Delivering) PathsSay(requests []fact.ChangeRequest) []fact.ChangeRequest {
	out := slices.Clone(requests)
	for i, r := range out {
		out[i].PathsSay = d.pathsSay(r.Paths)
	}
	return out
}

// pathRules is the version of the rules by which PathsSay judges.
func (d Delivering) pathRules() string {
	h := fnv.New64a()
	for _, r := range d.Subjects {
		if len(r.Paths) > 0 {
			fmt.Fprintf(h, "%q %q\n", r.Category, r.Paths)
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// deployments are those of an application in production, earliest first. A deployment
// that names no application is of every one of its repository.
func (a Application) deployments(all []store.StoredDeployment, alone bool) (out []store.StoredDeployment) {
	for _, d := range all {
		if a.meant(d.Told, d.RepoID != "", alone) && a.production(d.Environment) {
			out = append(out, d)
		}
	}
	return out
}

// meant reports whether a deployment is of the application, by what it was told to be of; ours says
// that it names the application's repository, alone that this holds no other application.
func (a Application) meant(told string, ours, alone bool) bool {
	return a.called(told) || ours && (told == "" || alone && len(a.Paths) == 0 && len(a.Services) == 0)
}

// called reports whether a system means the application by a name.
func (a Application) called(name string) bool {
	return name != "" && slices.ContainsFunc(slices.Concat([]string{a.Name}, a.Services, a.also), func(s string) bool {
		return strings.EqualFold(s, name) || strings.EqualFold(path.Base(s), name)
	})
}

// production reports whether an environment is one of production.
func (a Application) production(environment string) bool {
	e := strings.ToLower(environment)
	if len(a.Environments) > 0 {
		return slices.ContainsFunc(a.Environments, func(s string) bool { return strings.EqualFold(s, environment) })
	}
	return e == "production" || e == "prod" || e == "live" || strings.HasPrefix(e, "prod-")
}

// touches reports whether any of some paths belongs to the application.
func (a Application) touches(paths []string) bool {
	if len(a.Paths) == 0 {
		return true
	}
	for _, p := range paths {
		for _, own := range a.Paths {
			own = strings.TrimSuffix(own, "/")
			if p == own || strings.HasPrefix(p, own+"/") {
				return true
			}
		}
	}
	return false
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
