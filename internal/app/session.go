package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/workspace"
)

// session is what one command works on.
type session struct {
	*program
	scope    cli.Scope
	doc      *workspace.Document // nil without a workspace
	unread   string              // the folder of a workspace that is there but not asked for; "" when there is none
	settings workspace.Settings
	playbook *playbook.Playbook
	store    *store.Store
	shared   bool       // the store is that of the server, which closes it
	copied   string     // folder of the copy that is worked on, while a server has the database
	chart    *org.Chart // of organisation, once it was asked for
}

// documents reads the workspace, if there is one, settings and playbook.
func (p *program) documents(scope cli.Scope) (*session, error) {
	if p.host != nil {
		return p.host.documentsOf(p, scope)
	}
	s, err := p.settled(scope)
	if err == nil {
		s.playbook, err = s.rules()
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// settled is a session that has read no playbook yet.
func (p *program) settled(scope cli.Scope) (*session, error) {
	s := &session{program: p, scope: scope}
	path, found := scope.Workspace, scope.Workspace != ""
	if !found && len(scope.Paths) == 0 {
		path, found = workspace.Find(".")
	} else if !found {
		s.unread = unreadWorkspace()
	}
	var err error
	if found {
		if s.doc, err = workspace.Load(path); err != nil {
			return nil, err
		}
	}
	var user []byte
	if file := workspace.UserFile(p.env); file != "" {
		if user, err = os.ReadFile(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	s.settings, err = workspace.Resolve(scope.Flags, p.env, s.doc, user)
	return s, err
}

// unreadWorkspace is the folder of the workspace that a command would read if nothing were named.
func unreadWorkspace() string {
	path, found := workspace.Find(".")
	if !found {
		return ""
	}
	return absolute(filepath.Dir(path))
}

// rules reads the playbook with the company's own, if it has one.
func (s *session) rules() (*playbook.Playbook, error) {
	path := s.doc.PlaybookPath()
	if path == "" {
		return playbook.Default()
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return playbook.Default()
	}
	if err != nil {
		return nil, err
	}
	return playbook.Load(path, text)
}

// place is an argument or a source of the workspace.
type place struct {
	location, name, branch string
}

func (s *session) places() ([]place, error) {
	var out []place
	for _, path := range s.scope.Paths {
		out = append(out, place{location: path})
	}
	if len(out) == 0 && s.doc != nil {
		for _, src := range s.doc.Sources {
			out = append(out, place{s.doc.Locate(src), src.Name, src.Branch})
		}
		if len(out) == 0 && len(s.doc.Systems) == 0 {
			return nil, problem.New(problem.Usage, "list clones under sources: in diarchy.yaml, or name them: diarchy diagnose PATH", "the workspace names no sources")
		}
	}
	if len(out) == 0 && (s.doc == nil || len(s.doc.Systems) == 0) {
		return nil, problem.New(problem.Usage, "name a git clone: diarchy diagnose PATH; or make a workspace: diarchy init", "no sources are given, and no diarchy.yaml was found")
	}
	return out, nil
}

// sources turns places into clones; addresses are fetched into the cache first.
func (s *session) sources(ctx context.Context, places []place) ([]source.Source, error) {
	var out []source.Source
	seen := map[string]bool{}
	for _, p := range places {
		dirs, location := []string{p.location}, ""
		var err error
		if git.IsAddress(p.location) {
			location = git.Redact(p.location)
			if s.settings.Cache == "" {
				return nil, problem.New(problem.Usage, "set HOME or DIARCHY_CACHE", "no folder is known to keep %s in", location)
			}
			if s.scope.Progress != nil {
				fmt.Fprintf(s.scope.Progress, "fetching %s\n", location)
			}
			progress := s.scope.Progress
			if progress == nil {
				progress = discard{}
			}
			if dirs[0], err = git.Fetch(ctx, p.location, s.settings.Cache, progress); err != nil {
				return nil, err
			}
		} else if dirs, err = git.Find(ctx, p.location); err != nil {
			return nil, err
		}
		for _, dir := range dirs {
			if real, err := filepath.EvalSymlinks(dir); err == nil {
				dir = real
			}
			if seen[dir] {
				continue
			}
			seen[dir] = true
			src := &git.Source{Dir: dir, Branch: p.branch, Location: location, Now: s.now}
			if len(dirs) == 1 {
				src.Name = p.name
			}
			if location != "" && src.Name == "" {
				src.Name = addressName(p.location)
			}
			out = append(out, src)
		}
	}
	return out, nil
}

// addressName is what a repository is called by its address.
func addressName(address string) string {
	return strings.TrimSuffix(filepath.Base(strings.ReplaceAll(address, ":", "/")), ".git")
}

// strangers says in a sentence for each team which of its repositories are none of
// those that were found, by name.
func (s *session) strangers(found []string) (sentences []string) {
	if s.doc == nil {
		return nil
	}
	for _, t := range s.doc.Teams {
		var unknown []string
		for _, name := range t.Repositories {
			if !slices.Contains(found, name) {
				unknown = append(unknown, name)
			}
		}
		if len(unknown) > 0 {
			sentences = append(sentences, fmt.Sprintf("Team %s names what is no repository here: %s. What is here: %s.", t.Name, strings.Join(unknown, ", "), strings.Join(found, ", ")))
		}
	}
	return sentences
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// database is where facts are kept: where it is said, else in the workspace, else in
// the cache under a name made of the places.
func (s *session) database(places []place) string {
	if s.settings.Database != workspace.InMemory {
		return s.settings.Database
	}
	if s.settings.Cache == "" {
		return ""
	}
	var names []string
	for _, p := range places {
		if git.IsAddress(p.location) {
			names = append(names, p.location)
		} else {
			names = append(names, absolute(p.location))
		}
	}
	sort.Strings(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "\n")))
	return filepath.Join(s.settings.Cache, "facts", hex.EncodeToString(sum[:8])+".duckdb")
}

// open opens the facts database.
func (s *session) open(ctx context.Context, places []place) (err error) {
	path := s.database(places)
	s.store, err = s.openAt(ctx, path, duckdb.Options{KeepLog: true})
	if errors.Is(err, problem.Locked) {
		return s.openCopy(ctx, path, err)
	}
	if !errors.Is(err, store.ErrOtherVersion) || s.settings.Database != workspace.InMemory {
		return err
	}
	aside := path + ".other-version" // a file of our own cache: facts are read again
	if err := errors.Join(os.Rename(path, aside), ignoreMissing(os.Rename(path+".wal", aside+".wal"))); err != nil {
		return err
	}
	if s.scope.Progress != nil {
		fmt.Fprintf(s.scope.Progress, "%s is of another version of this program, and was set aside; reading everything again\n", filepath.Base(path))
	}
	s.store, err = s.openAt(ctx, path, duckdb.Options{KeepLog: true})
	return err
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// openAt opens a file, or a database on a server.
func (s *session) openAt(ctx context.Context, where string, opts duckdb.Options) (*store.Store, error) {
	if workspace.IsPostgres(where) {
		return postgres.Open(ctx, where)
	}
	opts.MemoryLimit = s.settings.MemoryLimit
	return duckdb.Open(ctx, where, opts)
}

func (s *session) close() {
	if s.store != nil && !s.shared {
		s.store.Close() //nolint:errcheck // everything is committed by now
	}
	if s.copied != "" {
		os.RemoveAll(s.copied) //nolint:errcheck // what is left is a hidden folder
	}
}

func (s *session) ingestOptions(ctx context.Context, bar *progress) (opts ingest.Options, err error) {
	opts = ingest.Options{Now: s.now, Rebuild: s.scope.Rebuild, Feeds: s.feeds(), Delivering: s.delivering()}
	if opts.Forget, err = s.forgettable(ctx); err != nil {
		return opts, err
	}
	if opts.Conceal, err = s.concealed(ctx); err != nil {
		return opts, err
	}
	rollups, err := metric.Rollups(s.calendar())
	if err != nil {
		return opts, err
	}
	for _, r := range rollups {
		opts.Rollups = append(opts.Rollups, store.Rollup(r))
	}
	if bar.w != nil {
		opts.Progress, opts.FeedProgress = bar.show, bar.showItems
	}
	if s.doc == nil {
		return opts, nil
	}
	for _, m := range s.doc.Identities.Merge {
		opts.Rules.Merge = append(opts.Rules.Merge, m.Of)
	}
	for _, m := range s.doc.Identities.Split {
		opts.Rules.Split = append(opts.Rules.Split, m.Of)
	}
	opts.Rules.Bots = s.doc.Identities.Bots
	for _, t := range s.doc.Teams {
		opts.Teams = append(opts.Teams, ingest.Team{Name: t.Name, Group: t.Group, Repositories: holdings(t.Repositories), Projects: t.Projects, Applications: claims(t.Applications)})
	}
	chart, err := s.organisation()
	if err != nil {
		return opts, err
	}
	opts.Teams = append(opts.Teams, orgTeams(chart, s.doc.Company.TimeZone, opts.Teams, opts.Delivering.Applications)...)
	opts.Credit = credit(chart, s.doc.Company.TimeZone, opts.Teams)
	return opts, nil
}

// delivering is what the workspace declares about applications and incidents, and what
// the playbook says about work.
func (s *session) delivering() (by ingest.Delivering) {
	by.Categories, by.Subjects = workRules(s.playbook.Work.Categories), workRules(s.playbook.Work.Subjects)
	if s.doc == nil {
		return by
	}
	for _, a := range s.doc.Applications {
		by.Applications = append(by.Applications, ingest.Application{Name: a.Name, Repository: a.Repository, Paths: a.Paths, Services: a.Services, Environments: a.Environments})
	}
	for _, i := range s.doc.Incidents {
		by.Attachments = append(by.Attachments, ingest.Attachment{Incident: i.Incident, Deployment: i.Deployment})
	}
	return by
}

func workRules(rules []playbook.WorkRule) (out []ingest.Rule) {
	for _, r := range rules {
		out = append(out, ingest.Rule{Category: r.Of(), Labels: r.Labels, Types: r.Types, Words: r.Words, Paths: r.Paths, Unless: r.Unless, Projects: r.Projects})
	}
	return out
}

// calendar is the company's.
func (s *session) calendar() metric.Calendar {
	if s.doc == nil {
		return metric.Calendar{}
	}
	return metric.Calendar{Zone: s.doc.Company.TimeZone.String(), WeekStart: strings.ToLower(s.doc.Company.WeekStart.String()), Working: metric.WorkingTime(s.doc.Company.Working)}
}

// staleAfter is how old the newest commit may be for the present to be judged; past
// it, the day of that commit is.
const staleAfter = 14 * 24 * time.Hour

// clocksAhead is how far the east is ahead of UTC: there it may be the next day.
const clocksAhead = 14 * time.Hour

func parseDate(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, problem.New(problem.Usage, "write it as YYYY-MM-DD, for instance 2025-06-30", "--as-of %q is no date", s)
	}
	return t, nil
}

// wholeSource is what was skipped of a source that could not be read at all.
const wholeSource = "the whole source"
