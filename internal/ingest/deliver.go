package ingest

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// deliverRules is the version of what this file works out: with it, everything is
// worked out again.
const deliverRules = "11"

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
