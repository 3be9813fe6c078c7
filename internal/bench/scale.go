package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/bench/facts"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// scaling measures how long metrics take over the facts of a synthetic company.
type scaling struct {
	rows     int64
	years    int
	readings int
	seed     uint64
	runs     int
	database string
	memory   string
	only     string
	scopes   string
	raw      bool
	news     int
	copies   int
}

// until is when the synthetic history ends, and the date at which it is judged.
var until = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// shownFacts is how many facts behind a number a page shows.
const shownFacts = 100

func scale(ctx context.Context, args []string) error {
	var s scaling
	set := flag.NewFlagSet("scale", flag.ContinueOnError)
	set.Int64Var(&s.rows, "rows", 10_000_000, "rows of all tables, to about a tenth")
	set.IntVar(&s.years, "years", 5, "length of the history")
	set.IntVar(&s.readings, "readings", 12, "how often the last year is read")
	set.Uint64Var(&s.seed, "seed", 1, "what the company is drawn from")
	set.IntVar(&s.runs, "runs", 5, "runs of each statement, after one to warm up")
	set.StringVar(&s.database, "database", "", "where the facts are kept; one that is there is measured as it is")
	set.StringVar(&s.memory, "memory", "4GB", "memory limit of the database")
	set.StringVar(&s.only, "only", "", "metrics to measure, separated by commas")
	set.StringVar(&s.scopes, "scopes", strings.Join([]string{facts.Team, facts.Group, facts.Everybody}, ","), "scopes to measure, separated by commas")
	set.BoolVar(&s.raw, "raw", false, "evaluate from the facts themselves, without rollups")
	set.IntVar(&s.news, "news", 0, "take in the news of so many more days at last; of a company that this run makes")
	set.IntVar(&s.copies, "copies", 1, "how many such companies there are, which follow from the first and are one company together")
	if err := set.Parse(args); err != nil {
		return err
	}
	if s.database == "" {
		temp, err := os.MkdirTemp("", "diarchy-scale-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		s.database = filepath.Join(temp, "facts.duckdb")
	}
	_, err := os.Stat(s.database)
	missing := errors.Is(err, fs.ErrNotExist)
	open := func() (*store.Store, error) {
		return duckdb.Open(ctx, s.database, duckdb.Options{MemoryLimit: s.memory})
	}
	st, err := open()
	if err != nil {
		return err
	}
	defer func() { st.Close() }()
	var made *facts.Company
	if missing {
		if made, err = s.load(ctx, st); err != nil {
			return err
		}
	}
	if err := s.roll(ctx, st); err != nil {
		return err
	}
	if missing && s.copies > 1 {
		if err := errors.Join(st.Close(), s.copyCompany(ctx)); err != nil {
			return err
		}
		if st, err = open(); err != nil {
			return err
		}
	}
	if err := s.sizes(ctx, st); err != nil {
		return err
	}
	if err := s.measure(ctx, st); err != nil || made == nil || s.news == 0 {
		return err
	}
	return s.goOn(ctx, st, made)
}

// load writes the company, and what follows from its facts.
func (s scaling) load(ctx context.Context, st *store.Store) (*facts.Company, error) {
	engineers := max(int(s.rows/int64(facts.RowsPerEngineerYear*s.years)), 1)
	c := facts.New(facts.Options{Engineers: engineers, Years: s.years, Seed: s.seed, Until: until, Readings: s.readings})
	fmt.Printf("%d engineers over %d years, seed %d\n", engineers, s.years, s.seed)
	began := time.Now()
	err := c.Write(ctx, st, func(to time.Time) {
		fmt.Printf("  facts until %s stored after %.0f s\n", to.Format(time.DateOnly), time.Since(began).Seconds())
	})
	if err != nil {
		return nil, err
	}
	loaded := time.Since(began)
	n, err := total(ctx, st)
	if err != nil {
		return nil, err
	}
	fmt.Printf("loaded %d rows in %.0f s: %.0f rows/s, with drawing them\n", n, loaded.Seconds(), float64(n)/loaded.Seconds())
	began = time.Now()
	err = c.Shapes(func(repo string, shapes []fact.FileShape) error { return ingest.Derive(ctx, st, repo, shapes) })
	if err != nil {
		return nil, err
	}
	fmt.Printf("derived in %.0f s\n", time.Since(began).Seconds())
	return c, st.Settle(ctx)
}

// goOn takes in the news of every repository at once, as the first reading after some days does.
func (s scaling) goOn(ctx context.Context, st *store.Store, c *facts.Company) error {
	before, err := total(ctx, st)
	if err != nil {
		return err
	}
	steps := []struct {
		what string
		do   func() error
	}{
		{"stored", func() error { return c.News(ctx, st, until.AddDate(0, 0, s.news)) }},
		{"derived", func() error {
			return c.Shapes(func(repo string, shapes []fact.FileShape) error { return ingest.Derive(ctx, st, repo, shapes) })
		}},
		{"rollups renewed", func() error { return s.roll(ctx, st) }},
	}
	fmt.Printf("\nnews of %d days, in seconds (of all processors together)\n", s.news)
	for _, step := range steps {
		began, used := time.Now(), ownTime()
		if err := step.do(); err != nil {
			return err
		}
		fmt.Printf("  %-18s %8.1f (%6.1f)\n", step.what, time.Since(began).Seconds(), (ownTime() - used).Seconds())
	}
	after, err := total(ctx, st)
	if err != nil {
		return err
	}
	fmt.Printf("  %d rows more; peak memory %.0f MiB\n", after-before, float64(ownPeak())/(1<<20))
	return nil
}

// roll makes the rollups that are stale.
func (s scaling) roll(ctx context.Context, st *store.Store) error {
	rollups, err := metric.Rollups(metric.Calendar{})
	if err != nil {
		return err
	}
	began := time.Now()
	var made []store.Rollup
	for _, r := range rollups {
		made = append(made, store.Rollup(r))
	}
	if err := ingest.Roll(ctx, st, made); err != nil {
		return err
	}
	fmt.Printf("rollups made in %.1f s\n", time.Since(began).Seconds())
	return st.Settle(ctx)
}

// tables hold facts, and what was derived from each.
var tables = []string{"repository", "scope_repository", "identity", "commit", "commit_parent", "trailer", "file_change", "release", "release_commit",
	"marker_line", "decision_version", "document", "debt_marker", "file_shape"}

// rolled are the tables that follow from facts.
var rolled = []string{"repository_day", "person_week", "person_day", "person_change", "person_written_day", "person_merge", "person_review", "release_wait", "debt_life", "document_change", "decision_moment", "source_change", "source_holder", "source_churn", "source_hotspot", "release_version"}

func total(ctx context.Context, st *store.Store) (sum int64, err error) {
	for _, t := range tables {
		n, err := one(ctx, st, "SELECT COUNT(*) FROM "+t)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

func one(ctx context.Context, st *store.Store, query string) (n int64, err error) {
	rows, err := st.Query(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

func (s scaling) sizes(ctx context.Context, st *store.Store) error {
	for _, t := range slices.Concat(tables, rolled) {
		n, err := one(ctx, st, "SELECT COUNT(*) FROM "+t)
		if err != nil {
			return err
		}
		fmt.Printf("  %-18s %12d\n", t, n)
	}
	info, err := os.Stat(s.database)
	if err != nil {
		return err
	}
	fmt.Printf("file %.0f MiB, peak memory %.0f MiB\n\n", float64(info.Size())/(1<<20), float64(ownPeak())/(1<<20))
	return nil
}

// measure prints, for each metric, the time for a team, a group and the company, and
// that of the facts of a team's last year.
func (s scaling) measure(ctx context.Context, st *store.Store) error {
	defs, err := metric.Catalogue()
	if err != nil {
		return err
	}
	scopes := strings.Split(s.scopes, ",")
	fmt.Printf("milliseconds (of all processors together); median of %d runs after one to warm up; %d cores\n", s.runs, runtime.NumCPU())
	fmt.Printf("%-26s", "metric")
	for _, scope := range append(slices.Clone(scopes), facts.Team+", facts") {
		fmt.Printf(" %17s", scope)
	}
	fmt.Println()
	for _, d := range defs {
		if s.only != "" && !slices.Contains(strings.Split(s.only, ","), d.Name) {
			continue
		}
		line := fmt.Sprintf("%-26s", d.Name)
		for _, scope := range scopes {
			cell, err := s.time(func() error {
				_, err := s.evaluator(st, scope).Evaluate(ctx, d)
				return err
			})
			if err != nil {
				return err
			}
			line += cell
		}
		cell, err := s.time(func() error {
			_, _, err := s.evaluator(st, facts.Team).Facts(ctx, d, until.AddDate(-1, 0, 0), until, shownFacts)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(line + cell)
	}
	fmt.Printf("peak memory %.0f MiB\n", float64(ownPeak())/(1<<20))
	return nil
}

func (s scaling) evaluator(st *store.Store, scope string) metric.Evaluator {
	return metric.Evaluator{Reader: st, Scope: scope, AsOf: until, From: until.AddDate(-1, 0, 0), Rolled: !s.raw}
}

// time says how long a run takes in milliseconds, and how much time of all processors:
// the medians of the runs.
func (s scaling) time(fn func() error) (string, error) {
	var wall, cpu []float64
	for i := range s.runs + 1 {
		began, used := time.Now(), ownTime()
		if err := fn(); err != nil {
			return "", err
		}
		if i > 0 {
			wall, cpu = append(wall, milliseconds(time.Since(began))), append(cpu, milliseconds(ownTime()-used))
		}
		if i > 0 && wall[0] > 20_000 {
			break // it will not come nearer to the goal
		}
	}
	slices.Sort(wall)
	slices.Sort(cpu)
	return fmt.Sprintf(" %8.0f (%6.0f)", wall[len(wall)/2], cpu[len(cpu)/2]), nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
