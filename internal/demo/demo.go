// Package demo invents companies as real git repositories, so that anyone can
// see what the product does, and tests can check that planted truths are found
// and that nothing is found in a healthy company.
//
// It knows nothing of the rest of the product: it writes bare repositories, a
// diarchy.yaml and exports of systems with the plain git program; it reads back only
// which commits there are to deploy. People,
// companies and code are invented. The same Company gives the same commits.
//
// The flow inside: Company -> plan (who lands what, where and when) -> history
// (what a repository says, one at a time) -> stream (git fast-import).
package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Make writes company c into dir: bare repositories under dir/repos and the
// document dir/diarchy.yaml. dir is made if it is missing; repositories that
// are there already are an error, not overwritten. git is the program to run.
func Make(ctx context.Context, dir string, c Company, git string) (Truths, error) {
	if err := c.check(); err != nil {
		return Truths{}, fmt.Errorf("demo company: %w", err)
	}
	repos := filepath.Join(dir, "repos")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Truths{}, err
	}
	if err := os.Mkdir(repos, 0o755); err != nil {
		return Truths{}, fmt.Errorf("demo company: %w", err)
	}
	p := newPlan(c)
	errs := make([]error, len(p.repos))
	var wg sync.WaitGroup
	for i, r := range p.repos {
		wg.Go(func() { errs[i] = writeRepo(ctx, git, filepath.Join(repos, r.name+".git"), p, i) })
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return Truths{}, fmt.Errorf("demo repository %s: %w", p.repos[i].name, err)
		}
	}
	if err := p.writeDelivery(ctx, git, dir); err != nil {
		return Truths{}, fmt.Errorf("demo delivery: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "diarchy.yaml"), []byte(p.profile()), 0o644); err != nil {
		return Truths{}, err
	}
	if text := p.organisation(); text != "" {
		if err := os.WriteFile(filepath.Join(dir, "organisation.yaml"), []byte(text), 0o644); err != nil {
			return Truths{}, err
		}
	}
	return p.truths(), nil
}

// writeRepo makes one bare repository.
func writeRepo(ctx context.Context, git, dir string, p *plan, repo int) error {
	s, err := openStream(ctx, git, dir)
	if err != nil {
		return err
	}
	newHistory(p, repo, s).write()
	return s.close()
}
