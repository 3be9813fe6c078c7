package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/web"
)

// Data implements web.Company.
func (s *served) Data(ctx context.Context, at web.Place) (cockpit.DataRoom, error) {
	d, err := s.Diagnosis(ctx, at)
	if err != nil {
		return cockpit.DataRoom{}, err
	}
	out := cockpit.DataRoom{Schema: cockpit.DataSchema, AsOf: d.AsOf, Sources: d.Sources, Skipped: d.Skipped, Missing: d.Missing, Call: d.Verdict.Call, Runs: s.host.lastRuns()}
	if since := s.host.pausedSince(); !since.IsZero() {
		out.Paused = since.Format(time.RFC3339)
	}
	m, err := s.Matching(ctx, at)
	switch {
	case err == nil:
		out.Match = &m
	case !errors.Is(err, problem.Missing):
		return out, err
	}
	failed := 0
	for _, source := range d.Sources {
		if source.Status != "ok" {
			failed++
		}
	}
	needed := 0
	for _, m := range d.Missing {
		if m.Shift >= 0.01 || m.Needed {
			needed++
		}
	}
	out.Summary = fmt.Sprintf("%s are read, %d of them not whole. %d things that are not known could move the verdict.", signal.Count(float64(len(d.Sources)), "sources"), failed, needed)
	if failed == 0 && needed == 0 {
		out.Summary = fmt.Sprintf("%s are read, all of them whole, and nothing that is not known could move the verdict by one way of 100.", signal.Count(float64(len(d.Sources)), "sources"))
	}
	return out, nil
}

// Refresh implements web.Company.
func (s *served) Refresh(context.Context) error {
	s.host.ask()
	return nil
}

// Playbook implements web.Company.
func (s *served) Playbook(ctx context.Context) (cockpit.Playbook, error) {
	return answered(ctx, s, "playbook", web.Place{}, func(context.Context, cli.Scope) (cockpit.Playbook, error) {
		out := cockpit.Playbook{Schema: cockpit.PlaybookSchema, Values: []cockpit.PlaybookLine{}, Tests: []cockpit.PlaybookCase{}}
		values, err := s.host.PlaybookValues(s.host.scope)
		if err != nil {
			return out, err
		}
		for _, v := range values {
			out.Values = append(out.Values, cockpit.PlaybookLine(v))
		}
		tests, err := s.host.PlaybookTests(s.host.scope)
		for _, t := range tests {
			out.Tests = append(out.Tests, cockpit.PlaybookCase(t))
		}
		return out, err
	})
}
