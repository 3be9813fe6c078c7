package app

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/store/postgres"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Recover implements cli.Actions.
func (p *program) Recover(ctx context.Context, scope cli.Scope) (cli.Recovered, error) {
	res := cli.Recovered{Schema: "diarchy/recover/v1", Aside: []string{}, Kept: []string{}, Again: []string{}}
	s, err := p.documents(scope)
	if err != nil {
		return res, err
	}
	if res.Database, err = s.file(); err != nil {
		return res, err
	}
	res.Next = syncAgain(scope)
	var st *store.Store
	var done duckdb.Recovery
	if address := res.Database; workspace.IsPostgres(address) { // its server mends its own files
		res.Database = workspace.Hide(address)
		st, err = postgres.Open(ctx, address)
	} else {
		st, done, err = duckdb.Recover(ctx, address, duckdb.Options{MemoryLimit: s.settings.MemoryLimit}, p.now().UTC())
	}
	res.Aside = append(res.Aside, done.Aside...)
	if err != nil {
		return res, err
	}
	defer st.Close() //nolint:errcheck // everything is committed by now
	res.Why, res.Missing = done.Why, missing(done)
	if err := mend(ctx, st, &res); err != nil {
		return res, err
	}
	if len(res.Aside)+len(res.Again) == 0 {
		res.Next = ""
	}
	return res, nil
}

// syncAgain is the command that reads into the same database.
func syncAgain(scope cli.Scope) string {
	args := []string{"diarchy", "sync"}
	if db := scope.Flags["database"]; db != "" {
		args = append(args, "--database", db)
	}
	if scope.Workspace != "" {
		args = append(args, "--workspace", scope.Workspace)
	}
	args = append(args, scope.Paths...)
	for i, a := range args {
		if strings.ContainsAny(a, " \t'\"$&;()*?|<>\\") {
			args[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(args, " ")
}

// file is the facts database: an address, or a file that is there.
func (s *session) file() (string, error) {
	var places []place
	if s.settings.Database == workspace.InMemory {
		var err error
		if places, err = s.places(); err != nil {
			return "", err
		}
	}
	path := s.database(places)
	if workspace.IsPostgres(path) {
		return path, nil
	}
	if path == "" {
		return "", problem.New(problem.Usage, "name it: diarchy recover --database FILE", "facts that are kept in memory cannot be recovered")
	}
	for _, name := range []string{path, path + ".wal"} {
		if _, err := os.Stat(name); err == nil {
			return path, nil
		}
	}
	return "", problem.New(problem.Missing, "nothing is lost: diarchy sync reads the sources into a new one", "there is no facts database at %s", path)
}

// missing says in words what was set aside with the damaged files.
func missing(r duckdb.Recovery) string {
	const day = "2 January 2006 15:04:05 MST"
	switch {
	case len(r.Aside) == 0:
		return ""
	case r.Whole || r.From.IsZero():
		return "all facts that were stored until " + r.To.UTC().Format(day)
	}
	return fmt.Sprintf("what was stored from %s to %s", r.From.UTC().Format(day), r.To.UTC().Format(day))
}

// mend checks what is left, and takes out repositories that do not hold together: the
// next sync reads them anew.
func mend(ctx context.Context, st *store.Store, res *cli.Recovered) error {
	faults, err := st.Check(ctx, git.Covers)
	if err != nil {
		return err
	}
	held, err := st.Held(ctx)
	if err != nil {
		return err
	}
	broken := map[string]bool{}
	for _, f := range faults {
		name := held[f.RepoID].Name
		if name == "" {
			name = "a repository without a name"
		}
		res.Again = append(res.Again, fmt.Sprintf("%s: %d %s", name, f.Count, f.What))
		broken[f.RepoID] = true
	}
	for id := range broken {
		if err := st.Forget(ctx, id); err != nil {
			return err
		}
	}
	for id, h := range held {
		if !broken[id] && h.Newest.Valid {
			res.Kept = append(res.Kept, fmt.Sprintf("%s: %s, the newest of %s, read on %s",
				h.Name, signal.Count(float64(h.Commits), "commits"), h.Newest.Time.UTC().Format(time.DateOnly), h.ReadAt.Time.UTC().Format("2006-01-02 15:04 MST")))
		}
	}
	sort.Strings(res.Kept)
	return nil
}

// factsChecks open the facts database, if there is one, and look at all that is in it.
func (s *session) factsChecks(ctx context.Context, places []place) []cli.Check {
	const name = "facts database"
	if err := s.openToRead(ctx, s.database(places), duckdb.Options{Verify: true}); err != nil {
		return []cli.Check{failed(name, err)}
	}
	defer s.close()
	faults, err := s.store.Check(ctx, git.Covers)
	if err != nil {
		return []cli.Check{failed(name, err)}
	}
	path := workspace.Hide(s.database(places))
	if len(faults) > 0 {
		return []cli.Check{{Name: name, Status: "failed", Detail: fmt.Sprintf("%s: %d %s", path, faults[0].Count, faults[0].What),
			Do: "diarchy recover with the same paths: what does not hold together is read again"}}
	}
	if path == "" {
		path = "in memory: every run reads everything again"
	}
	if s.copied != "" {
		path += "; a server has it, and lends copies"
	}
	return append([]cli.Check{{Name: name, Status: "ok", Detail: path}}, slices.Concat(s.misfitChecks(ctx), s.strayChecks(ctx), s.leftChecks(ctx))...)
}
