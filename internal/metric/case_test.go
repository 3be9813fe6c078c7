package metric_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/storetest"
)

// A case file has sections, each with facts and what a metric must make of them:
//
//	== what the section shows
//	as of 2024-04-01                     exclusive; times are UTC, of a day or a minute
//	read 2024-03-01                      until when what systems tell was read; "as of" without it
//	scope team:web web,api               company and repository:NAME are there by themselves
//	scope team:web api 2024-02-01..      for a time; of several such lines all hold
//	member team:web ann 2024-02-01..     whose work is credited to the team, for a time
//	bot ci                               an identity that is no person
//	alias bobby bob                      an identity that is the same person as another
//	repo web                             what follows belongs to it
//	commit a1 ann 2024-01-02             author and landing; see commitOptions for the rest
//	  file main.go +10 -2                of the commit: path, lines, kind (M unless given), renames with old=PATH
//	  todo t1                            a debt marker comes in; "done t1" under a later commit takes it out
//	  decision docs/adr/1.md proposed T  a version of a decision record and its title
//	  reviewed bob                       a trailer
//	commits 3 b ann 2024-01-02 7         b1, b2, b3, seven days apart; lines below hold for each; * is its number
//	release v1 2024-02-01                of all commits above that no release holds; or contains=a1,a2; or pre
//	shape main.go 12                     branches of a file
//	want scope=team:web zone=Europe/Berlin week=sunday asof=2024-03-01 hide
//	  2024-01-01 1/2 4                   bucket, value (? is unknown) and n: all points, in order
//	  event 2024-01-01 12.5              or "?", and with the number of its facts if that is not one
//	  item web:main.go 12
//	  missing part of the sentence
//	  warning part of the sentence
//
// Text after " #" is a comment.
type section struct {
	title  string
	asOf   time.Time
	repos  []string
	facts  map[string]*repoFacts
	scopes map[string][]store.Belonging
	people []store.ScopedPerson
	bots   map[string]bool
	alias  map[string]string
	wants  []want
	open   func(testing.TB) *store.Store // DuckDB when nil

	delivery deliveryFacts
}

type repoFacts struct {
	commits   []fact.Commit
	decisions []fact.DecisionVersion
	markers   map[string]*fact.DebtMarker
	releases  []fact.Release
	released  map[string]bool
	shapes    []fact.FileShape
}

type want struct {
	scope, zone, week string
	asOf              time.Time
	hide              bool
	rows              []string
	events, items     []string
	spans             []span
	deployed          []span // how many applications went into production since
	missing, warning  string
	remedy            string
}

// span is what a metric is over whole months.
type span struct {
	from, until time.Time
	row         string
	between     string // of the interval of a median
}

func readCases(t *testing.T, path string) []*section {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []*section
	var r *caseReader
	for i, line := range strings.Split(string(text), "\n") {
		if before, _, ok := strings.Cut(line, " #"); ok {
			line = before
		}
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		if title, ok := strings.CutPrefix(line, "== "); ok {
			s := &section{title: title, facts: map[string]*repoFacts{}, scopes: map[string][]store.Belonging{}, bots: map[string]bool{}, alias: map[string]string{}}
			out, r = append(out, s), &caseReader{t: t, s: s}
			continue
		}
		if r == nil {
			t.Fatalf("%s:%d: before the first section", path, i+1)
		}
		r.at = fmt.Sprintf("%s:%d", path, i+1)
		r.line(strings.Fields(line), strings.HasPrefix(line, " "))
	}
	return out
}

type caseReader struct {
	t     *testing.T
	at    string
	s     *section
	repo  *repoFacts
	under []int            // commits that indented lines speak of
	on    func(w []string) // reads indented lines of anything else
}

func (r *caseReader) line(w []string, indented bool) {
	r.t.Helper()
	switch {
	case indented && len(r.s.wants) > 0:
		r.wanted(&r.s.wants[len(r.s.wants)-1], w)
	case indented && r.on != nil:
		r.on(w)
	case indented:
		for n, i := range r.under {
			r.detail(&r.repo.commits[i], strings.Fields(strings.ReplaceAll(strings.Join(w, " "), "*", strconv.Itoa(n+1))))
		}
	default:
		r.statement(w)
	}
}

func (r *caseReader) statement(w []string) {
	r.t.Helper()
	r.on = nil
	if r.delivery(w) {
		return
	}
	switch w[0] {
	case "as":
		r.s.asOf = r.time(w[2])
	case "scope":
		for _, repo := range strings.Split(w[2], ",") {
			r.s.scopes[w[1]] = append(r.s.scopes[w[1]], store.Belonging{ID: repo, Period: r.period(w[3:])})
		}
	case "member":
		r.s.people = append(r.s.people, store.ScopedPerson{Scope: w[1], Person: store.IdentityID(who(w[2])), Period: r.period(w[3:])})
	case "bot":
		r.s.bots[w[1]] = true
	case "alias":
		r.s.alias[w[1]] = w[2]
	case "repo":
		r.repo = &repoFacts{markers: map[string]*fact.DebtMarker{}, released: map[string]bool{}}
		r.s.repos, r.s.facts[w[1]] = append(r.s.repos, w[1]), r.repo
	case "commit":
		r.under = nil
		r.commit(w[1], w[2], r.time(w[3]), w[4:])
	case "commits":
		r.under = nil
		days := r.number(w[5])
		for i := range int(r.number(w[1])) {
			options := strings.Fields(strings.ReplaceAll(strings.Join(w[6:], " "), "*", strconv.Itoa(i+1)))
			r.commit(w[2]+strconv.Itoa(i+1), w[3], r.time(w[4]).Add(time.Duration(float64(i)*days*24*float64(time.Hour))), options)
		}
	case "release":
		r.release(w)
	case "shape":
		r.repo.shapes = append(r.repo.shapes, fact.FileShape{Path: w[1], Language: "Go", Lines: 100, Complexity: int64(r.number(w[2]))})
	case "want":
		r.want(w[1:])
	default:
		r.t.Fatalf("%s: %q", r.at, w)
	}
}

// commit adds a commit on the main line. Options: merge (two parents), in=SHA (brought
// by that merge, which may stand below and lands it), by=NAME (its committer),
// wrote=TIME (its author's clock), title=fix_it, revert, boundary, suspect.
func (r *caseReader) commit(sha, author string, landed time.Time, options []string) {
	c := fact.Commit{SHA: sha, Author: who(author), Committer: who(author), AuthoredAt: landed, CommittedAt: landed, Parents: []string{"p"}, Subject: "change " + sha,
		Landing: fact.Landing{OnMain: true, Change: sha, At: landed, Ordinal: int64(len(r.repo.commits) + 1)}}
	for _, o := range options {
		key, value, _ := strings.Cut(o, "=")
		switch key {
		case "merge":
			c.Parents = []string{"p", "q"}
		case "in":
			c.Landing.OnMain, c.Landing.Change = false, value
		case "by":
			c.Committer = who(value)
		case "wrote":
			c.AuthoredAt = r.time(value)
		case "title":
			c.Subject = spaced(value, "")
		case "revert":
			c.IsRevert = true
		case "boundary":
			c.IsBoundary = true
		case "suspect":
			c.DateSuspect = true
		default:
			r.t.Fatalf("%s: option %q", r.at, o)
		}
	}
	r.under = append(r.under, len(r.repo.commits))
	r.repo.commits = append(r.repo.commits, c)
	for i := range r.repo.commits { // what a merge brings lands with it
		if b := &r.repo.commits[i]; b.SHA != sha && b.Landing.Change == sha {
			b.Landing.At = landed
		}
	}
}

func (r *caseReader) detail(c *fact.Commit, w []string) {
	r.t.Helper()
	switch w[0] {
	case "file":
		f := fact.FileChange{Path: w[1], Kind: fact.Modified, Category: fact.CategoryOf(w[1])}
		for _, o := range w[2:] {
			old, renamed := strings.CutPrefix(o, "old=")
			switch {
			case renamed:
				f.OldPath, f.Kind = old, fact.Renamed
			case strings.HasPrefix(o, "+"):
				f.Added = int64(r.number(o[1:]))
			case strings.HasPrefix(o, "-"):
				f.Deleted = int64(r.number(o[1:]))
			case o == "binary":
				f.Added, f.Deleted, f.Binary = fact.Uncounted, fact.Uncounted, true
			default:
				f.Kind = fact.ChangeKind(o)
			}
		}
		c.Changes = append(c.Changes, f)
	case "todo":
		r.repo.markers[w[1]] = &fact.DebtMarker{InSHA: c.SHA, Ordinal: len(r.repo.markers), Path: "main.go", Kind: "todo", Text: "TODO " + w[1]}
	case "done":
		if r.repo.markers[w[1]] == nil {
			r.t.Fatalf("%s: no marker %s", r.at, w[1])
		}
		r.repo.markers[w[1]].OutSHA = c.SHA
	case "decision":
		status := strings.Trim(w[2], `"`)
		r.repo.decisions = append(r.repo.decisions, fact.DecisionVersion{Path: w[1], SHA: c.SHA, Status: status, Title: strings.Join(w[3:], " ")})
	case "reviewed":
		c.Trailers = append(c.Trailers, fact.Trailer{Key: "reviewed-by", Identity: who(w[1])})
	case "trailer":
		c.Trailers = append(c.Trailers, fact.Trailer{Key: w[1], Identity: who(w[2])})
	default:
		r.t.Fatalf("%s: %q", r.at, w)
	}
}

func (r *caseReader) release(w []string) {
	rel := fact.Release{Tag: w[1], At: r.time(w[2]), SHA: "of-" + w[1]}
	for _, o := range w[3:] {
		shas, ok := strings.CutPrefix(o, "contains=")
		if ok {
			rel.Contains = strings.Split(shas, ",")
		}
		if sha, ok := strings.CutPrefix(o, "on="); ok {
			rel.SHA = sha
		}
		rel.PreRelease = rel.PreRelease || o == "pre"
	}
	if rel.Contains == nil {
		for _, c := range r.repo.commits {
			if !r.repo.released[c.SHA] {
				rel.Contains = append(rel.Contains, c.SHA)
			}
		}
	}
	for _, sha := range rel.Contains {
		r.repo.released[sha] = r.repo.released[sha] || !rel.PreRelease
	}
	r.repo.releases = append(r.repo.releases, rel)
}

func (r *caseReader) want(options []string) {
	w := want{asOf: r.s.asOf}
	for _, o := range options {
		key, value, _ := strings.Cut(o, "=")
		switch key {
		case "scope":
			w.scope = value
		case "zone":
			w.zone = value
		case "week":
			w.week = value
		case "asof":
			w.asOf = r.time(value)
		case "hide":
			w.hide = true
		default:
			r.t.Fatalf("%s: option %q", r.at, o)
		}
	}
	r.s.wants = append(r.s.wants, w)
}

func (r *caseReader) wanted(to *want, w []string) {
	r.t.Helper()
	switch w[0] {
	case "missing":
		to.missing = strings.Join(w[1:], " ")
	case "warning":
		to.warning = strings.Join(w[1:], " ")
	case "remedy":
		to.remedy = strings.Join(w[1:], " ")
	case "over":
		p := r.period(w[1:])
		s := span{from: p.Since, until: p.Until, row: r.row(p.Since, w[2], w[3])}
		if len(w) > 4 {
			s.between = w[4]
		}
		to.spans = append(to.spans, s)
	case "deployed":
		to.deployed = append(to.deployed, span{from: r.time(w[1]), row: w[2]})
	case "item":
		to.items = append(to.items, fmt.Sprintf("%s %g", w[1], r.number(w[2])))
	case "event":
		n := "1"
		if len(w) > 3 {
			n = w[3]
		}
		to.events = append(to.events, r.row(r.time(w[1]), w[2], n))
	default:
		to.rows = append(to.rows, r.row(r.time(w[0]), w[1], w[2]))
	}
}

func (r *caseReader) row(start time.Time, value, n string) string {
	r.t.Helper()
	if value != "?" {
		value = short(r.number(value))
	}
	return fmt.Sprintf("%s %s %s", start.Format(minute), value, n)
}

const minute = "2006-01-02T15:04"

// short writes a value so that rounding does not tell two apart.
func short(x float64) string { return strconv.FormatFloat(x, 'g', 9, 64) }

func (r *caseReader) time(s string) time.Time {
	r.t.Helper()
	for _, layout := range []string{time.DateOnly, minute} {
		if at, err := time.Parse(layout, s); err == nil {
			return at
		}
	}
	r.t.Fatalf("%s: time %q", r.at, s)
	return time.Time{}
}

// period reads FROM..UNTIL, each of which may be left out, or nothing for always.
func (r *caseReader) period(w []string) (p store.Period) {
	r.t.Helper()
	if len(w) == 0 {
		return p
	}
	since, until, ok := strings.Cut(w[0], "..")
	if !ok {
		r.t.Fatalf("%s: period %q", r.at, w[0])
	}
	if since != "" {
		p.Since = r.time(since)
	}
	if until != "" {
		p.Until = r.time(until)
	}
	return p
}

// number reads 12, 1.5 or 2/3.
func (r *caseReader) number(s string) float64 {
	r.t.Helper()
	above, below, ok := strings.Cut(s, "/")
	x, err := strconv.ParseFloat(above, 64)
	if ok && err == nil {
		var d float64
		d, err = strconv.ParseFloat(below, 64)
		x /= d
	}
	if err != nil {
		r.t.Fatalf("%s: number %q", r.at, s)
	}
	return x
}

func who(name string) fact.Identity { return fact.Identity{Name: name, Email: name + "@example.com"} }

// always are repositories that belong to a scope at all times.
func always(repos ...string) (out []store.Belonging) {
	for _, r := range repos {
		out = append(out, store.Belonging{ID: r})
	}
	return out
}

// load stores what happened before a date, as if nothing had happened since.
func (s *section) load(t *testing.T, before time.Time) *store.Store {
	t.Helper()
	ctx := context.Background()
	open := s.open
	if open == nil {
		open = storetest.Engines()[0].Open
	}
	st := open(t)
	scopes := []store.Scope{{Name: "company", Repos: always(s.repos...)}}
	for _, name := range s.repos {
		must(t, st.PutRepository(ctx, name, name, "root"))
		must(t, st.Write(ctx, s.facts[name].batch(name, before)))
		s.facts[name].derived(t, st, name, before)
		scopes = append(scopes, store.Scope{Name: "repository:" + name, Repos: always(name)})
	}
	for name, repos := range s.scopes {
		scopes = append(scopes, store.Scope{Name: name, Repos: repos})
	}
	must(t, st.PutScopes(ctx, scopes))
	must(t, st.PutPersonScopes(ctx, s.people))
	people, err := st.Identities(ctx)
	must(t, err)
	for i, p := range people {
		if of, ok := s.alias[p.Identity.Name]; ok {
			people[i].PersonID = store.IdentityID(who(of))
		}
		people[i].IsBot = s.bots[p.Identity.Name]
	}
	must(t, st.PutIdentities(ctx, people))
	s.deliver(t, st, before)
	return st
}

func (f *repoFacts) batch(repo string, before time.Time) store.Batch {
	b := store.Batch{RepoID: repo}
	kept := map[string]bool{}
	documents := map[string]bool{}
	for _, c := range f.commits {
		if !c.Landing.At.Before(before) {
			continue
		}
		kept[c.SHA] = true
		b.Commits = append(b.Commits, c)
		for _, change := range c.Changes {
			if kind, ok := fact.DocumentKindOf(change.Path); ok && !documents[change.Path] {
				documents[change.Path] = true
				b.Documents = append(b.Documents, fact.Document{Path: change.Path, Kind: kind})
			}
		}
	}
	for _, d := range f.decisions {
		if kept[d.SHA] {
			b.Decisions = append(b.Decisions, d)
		}
	}
	for _, r := range f.releases {
		if r.At.Before(before) {
			b.Releases = append(b.Releases, r)
		}
	}
	return b
}

// derived stores what the product works out of commits: markers with their ends, and
// the measures of files.
func (f *repoFacts) derived(t *testing.T, st *store.Store, repo string, before time.Time) {
	t.Helper()
	landed := map[string]time.Time{"": never}
	for _, c := range f.commits {
		landed[c.SHA] = c.Landing.At
	}
	for _, m := range f.markers {
		out := m.OutSHA
		if !landed[out].Before(before) {
			out = ""
		}
		if landed[m.InSHA].Before(before) {
			insert(t, st, "INSERT INTO debt_marker VALUES ($1, $2, $3, $4, $5, $6, $7)", repo, m.InSHA, int32(m.Ordinal), m.Path, m.Kind, m.Text, out)
		}
	}
	for _, s := range f.shapes {
		insert(t, st, "INSERT INTO file_shape (repo_id, path, language, line_count, complexity) VALUES ($1, $2, $3, $4, $5)", repo, s.Path, s.Language, s.Lines, s.Complexity)
	}
}

func insert(t *testing.T, st *store.Store, statement string, args ...any) {
	t.Helper()
	rows, err := st.Query(context.Background(), statement, args...)
	must(t, err)
	rows.Next() // PostgreSQL says only now what is wrong
	must(t, rows.Err())
	must(t, rows.Close())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
