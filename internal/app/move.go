package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Move implements cli.Actions.
func (p *program) Move(ctx context.Context, scope cli.Scope, from, to string, replace bool) (res cli.MoveResult, err error) {
	s, err := p.documents(scope)
	if err != nil {
		return res, err
	}
	if from, to, err = s.ends(from, to); err != nil {
		return res, err
	}
	res = cli.MoveResult{Schema: "diarchy/move/v1", From: workspace.Hide(from), To: workspace.Hide(to)}
	if err := s.openToRead(ctx, from, duckdb.Options{}); err != nil {
		return res, err
	}
	defer s.close()
	target, err := s.openAt(ctx, to, duckdb.Options{})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	sums, err := p.copy(ctx, scope, s.store, target, store.MoveOptions{Replace: replace})
	res.Tables = movedTables(sums)
	if err == nil {
		err = s.concealIn(ctx, target)
	}
	return res, err
}

// copy copies all facts, and shows how far it is.
func (p *program) copy(ctx context.Context, scope cli.Scope, from, to *store.Store, opts store.MoveOptions) ([]store.Sum, error) {
	bar := &progress{w: scope.Progress, now: p.now}
	defer bar.close()
	if bar.w != nil {
		opts.Progress = func(what, table string, done, all int64) { bar.showRows(what+" "+table, int(done), int(all)) }
	}
	return store.Move(ctx, from, to, opts)
}

func movedTables(sums []store.Sum) (out []cli.MovedTable) {
	for _, sum := range sums {
		out = append(out, cli.MovedTable{Table: sum.Table, Rows: sum.Rows, Checksum: fmt.Sprintf("%016x", sum.Checksum)})
	}
	return out
}

// ends are the databases to move from and to; one of them may be the configured one.
func (s *session) ends(from, to string) (string, string, error) {
	configured := s.settings.Database
	for _, end := range []*string{&from, &to} {
		switch {
		case *end == "" && configured == workspace.InMemory:
			return "", "", problem.New(problem.Usage, "give both --from and --to, or --workspace", "no database is configured here")
		case *end == "":
			*end = configured
		}
		if err := workspace.CheckDatabase(*end); err != nil {
			return "", "", problem.New(problem.Usage, err.Error(), "%q is no database", workspace.Hide(*end))
		}
		if !workspace.IsPostgres(*end) {
			*end = absolute(*end)
		}
	}
	if from == to {
		return "", "", problem.New(problem.Usage, "give --to, or --from, another one", "both ends are %s", workspace.Hide(from))
	}
	if !workspace.IsPostgres(from) {
		if _, err := os.Stat(from); err != nil {
			return "", "", problem.New(problem.Missing, "name the file that holds the facts: diarchy doctor prints it", "there is no %s", filepath.Clean(from))
		}
	}
	return from, to, nil
}
