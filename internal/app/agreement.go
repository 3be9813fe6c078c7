package app

import (
	"context"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/agreement"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// AgreementDraft implements cli.Actions.
func (p *program) AgreementDraft(ctx context.Context, scope cli.Scope, write, replace bool) (cli.AgreementDraft, error) {
	s, err := p.documents(scope)
	if err != nil {
		return cli.AgreementDraft{}, err
	}
	path := s.doc.AgreementPath()
	if write && path == "" {
		return cli.AgreementDraft{}, problem.New(problem.Usage, "make a workspace: diarchy init; or print the draft with --stdout", "there is no workspace to write %s into", workspace.AgreementFile)
	}
	facts, unread := p.agreementFacts(ctx, s)
	draft := agreement.New(s.playbook, facts)
	out := cli.AgreementDraft{Path: path, Text: workspace.AgreementYAML(draft.Agreement, draft.Notes), Unread: unread}
	if !write {
		return out, nil
	}
	return out, workspace.WriteAgreement(path, out.Text, replace)
}

// agreementFacts are what the workspace and its sources say of the company; what could
// not be read is said and stays unknown.
func (p *program) agreementFacts(ctx context.Context, s *session) (f agreement.Facts, unread string) {
	now := p.now().UTC()
	f = agreement.Facts{Today: dayOf(now), Stand: map[string]string{}}
	if s.doc == nil {
		return f, ""
	}
	f.Company = s.doc.Company.Name
	f.Leaders, f.LeadersSeen = s.doc.LeadersAt(now, true)
	if r := s.doc.Company.RevenueAt(now, true); r.OK {
		f.Currency = r.Value.ARR.Currency
	}
	engineers, _ := s.doc.Company.HeadcountAt(now, true)
	if engineers.OK {
		f.Engineers = float64(engineers.Value)
	}
	if len(s.doc.Sources) == 0 && len(s.scope.Paths) == 0 {
		return f, ""
	}
	if err := p.measure(ctx, s.scope, &f); err != nil {
		return f, err.Error()
	}
	return f, ""
}

// measure adds what the facts show today.
func (p *program) measure(ctx context.Context, scope cli.Scope, f *agreement.Facts) error {
	r, err := p.read(ctx, scope)
	if err != nil {
		return err
	}
	defer r.close()
	set, err := r.evaluator(r.asOf, "").EvaluateAll(ctx, signal.Metrics...)
	if err != nil {
		return err
	}
	if last, ok := set["active_engineers"].Last(); ok && f.Engineers == 0 {
		f.Engineers = last.Value
	}
	for id, c := range signal.Read(signal.Input{Series: set, AsOf: r.asOf, Bands: r.playbook.Bands(), Seed: uint64(r.settings.Seed)}) {
		if c.State != signal.Unknown && c.Sentence != "" {
			f.Stand[id] = fmt.Sprintf("%s (%s)", c.Sentence, r.asOf.AddDate(0, 0, -1).Format(time.DateOnly))
		}
	}
	return nil
}

func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
