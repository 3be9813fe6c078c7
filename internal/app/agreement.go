package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/agreement"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/workspace"
)

// AgreementDraft implements cli.Actions.
func (p *program) AgreementDraft(ctx context.Context, scope cli.Scope, write, replace bool) (cockpit.DraftedAgreement, error) {
	none := cockpit.DraftedAgreement{}
	s, err := p.documents(scope)
	if err != nil {
		return none, err
	}
	path := s.doc.AgreementPath()
	if write && path == "" {
		return none, problem.New(problem.Usage, "make a workspace: diarchy init; or print the draft with --stdout", "there is no workspace to write %s into", workspace.AgreementFile)
	}
	facts, unread, err := p.agreementFacts(ctx, s)
	if err != nil {
		return none, err
	}
	draft := agreement.New(s.playbook, facts)
	text := workspace.AgreementYAML(draft.Agreement, draft.Notes)
	out := cockpit.DraftedAgreement{Schema: cockpit.DraftedSchema, Path: path, Text: string(text), Unread: unread}
	if !write {
		return out, nil
	}
	if err := workspace.WriteAgreement(path, text, replace); err != nil {
		return none, err
	}
	out.Written = true
	return out, nil
}

// agreementFacts are what the workspace and its sources say of the company; what could
// not be read is said and stays unknown.
func (p *program) agreementFacts(ctx context.Context, s *session) (f agreement.Facts, unread string, err error) {
	now := p.now().UTC()
	f = agreement.Facts{Today: s.agreementDay(), Stand: map[string]string{}}
	if s.doc == nil {
		return f, "", nil
	}
	f.Company = s.doc.Company.Name
	f.Leaders, f.LeadersSeen = s.doc.LeadersAt(now, true)
	if r := s.doc.Company.RevenueAt(now, true); r.OK {
		f.Currency = r.Value.ARR.Currency
	}
	if f.Holders, err = s.holders(s.today()); err != nil {
		return f, "", err
	}
	engineers, _ := s.doc.Company.HeadcountAt(now, true)
	if engineers.OK {
		f.Engineers = float64(engineers.Value)
	}
	if len(s.doc.Sources) == 0 && len(s.scope.Paths) == 0 {
		return f, "", nil
	}
	if err := p.measure(ctx, s.scope, &f); err != nil {
		return f, err.Error(), ctx.Err()
	}
	return f, "", nil
}

// holders are the names of those who hold a role on a day, by the organisation document;
// of a role that several hold, nobody's.
func (s *session) holders(day org.Day) (map[string]string, error) {
	chart, err := s.organisation()
	if err != nil || chart == nil {
		return nil, err
	}
	held := map[string]string{}
	for _, m := range chart.At(day).Members {
		if role := m.Job.Role; role != "" {
			if _, again := held[role]; again {
				held[role] = ""
				continue
			}
			held[role] = m.Person.Name
		}
	}
	return held, nil
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

// agreementDay is the day in the company's time zone.
func (s *session) agreementDay() time.Time {
	zone := time.UTC
	if s.doc != nil {
		zone = s.doc.Company.TimeZone
	}
	return dayOf(s.now().In(zone))
}

// agreed reads the workspace's agreement.
func (s *session) agreed() (*workspace.Agreement, error) {
	path := s.doc.AgreementPath()
	if path == "" {
		return nil, problem.New(problem.Missing, "make a workspace: diarchy init; then write one with: diarchy agreement draft", "there is no workspace, and so no %s", workspace.AgreementFile)
	}
	return workspace.LoadAgreement(path)
}

// Agreement implements cli.Actions.
func (p *program) Agreement(scope cli.Scope) (cockpit.Agreement, error) {
	s, err := p.documents(scope)
	if err != nil {
		return cockpit.Agreement{}, err
	}
	a, err := s.agreed()
	if err != nil {
		return cockpit.Agreement{}, err
	}
	staff, err := s.staff(s.today())
	if err != nil {
		return cockpit.Agreement{}, err
	}
	v := agreement.View(s.playbook, a, staff, s.agreementDay())
	v.Program = Version()
	return v, nil
}

// AgreementCheck implements cli.Actions.
func (p *program) AgreementCheck(scope cli.Scope) (cockpit.AgreementCheck, error) {
	s, err := p.documents(scope)
	if err != nil {
		return cockpit.AgreementCheck{}, err
	}
	a, err := s.agreed()
	if err != nil {
		return cockpit.AgreementCheck{}, err
	}
	staff, err := s.staff(s.today())
	if err != nil {
		return cockpit.AgreementCheck{}, err
	}
	return agreement.CheckView(s.playbook, a, staff, s.agreementDay()), nil
}

// AgreementCompare implements cli.Actions.
func (p *program) AgreementCompare(ctx context.Context, scope cli.Scope, from, to string) (cockpit.Comparison, error) {
	s, err := p.documents(scope)
	if err != nil {
		return cockpit.Comparison{}, err
	}
	a, err := s.version(ctx, from)
	if err != nil {
		return cockpit.Comparison{}, err
	}
	b, err := s.version(ctx, to)
	if err != nil {
		return cockpit.Comparison{}, err
	}
	return agreement.Compare(s.playbook, a, b), nil
}

// version reads the agreement of a file, of a revision of the repository that holds
// the workspace, or for "" the one that is there.
func (s *session) version(ctx context.Context, what string) (*workspace.Agreement, error) {
	if what == "" {
		return s.agreed()
	}
	if info, err := os.Stat(what); err == nil && !info.IsDir() {
		return workspace.LoadAgreement(what)
	}
	if s.doc.Dir() == "" {
		return nil, problem.New(problem.Usage, "make a workspace: diarchy init; or name two files", "%s is no file, and there is no workspace whose history could hold it", what)
	}
	data, err := git.FileAt(ctx, s.doc.Dir(), what, workspace.AgreementFile, workspace.MaxBytes)
	if err != nil {
		return nil, err
	}
	return workspace.ParseAgreement(what+":"+workspace.AgreementFile, data)
}

// AgreementSign implements cli.Actions.
func (p *program) AgreementSign(scope cli.Scope, role, name string) (cockpit.SignedAgreement, error) {
	none := cockpit.SignedAgreement{}
	s, err := p.documents(scope)
	if err != nil {
		return none, err
	}
	a, err := s.agreed()
	if err != nil {
		return none, err
	}
	by := workspace.Signature{Role: role, Name: name, Date: s.agreementDay()}
	var check cockpit.AgreementCheck
	err = workspace.Alone(a.Path, func() error {
		check, err = s.sign(a.Path, by)
		return err
	})
	if err != nil {
		return none, err
	}
	return cockpit.SignedAgreement{Schema: cockpit.SignedSchema, Path: a.Path, SHA256: a.Hash, Role: by.Role, Name: by.Name, Date: by.Date.Format(time.DateOnly), Open: check.Headline, Findings: check.Findings}, nil
}

// sign adds a signature to the agreement as it is on the disk, and says what is still open
// then. What should not be signed is not.
func (s *session) sign(path string, by workspace.Signature) (cockpit.AgreementCheck, error) {
	none := cockpit.AgreementCheck{}
	data, err := os.ReadFile(path)
	if err != nil {
		return none, err
	}
	signed, err := workspace.Sign(path, data, by)
	if err != nil {
		return none, err
	}
	after, err := workspace.ParseAgreement(path, signed)
	if err != nil {
		return none, err
	}
	staff, err := s.staff(s.today())
	if err != nil {
		return none, err
	}
	check := agreement.CheckView(s.playbook, after, staff, by.Date)
	if bad := agreement.Unsignable(check.Findings); len(bad) > 0 {
		var lines []string
		for _, f := range bad {
			if f.Where == "signatures" { // it may be the one that was not written
				f.Line = 0
			}
			lines = append(lines, fmt.Sprintf("%s: %s: %s", placeOf(workspace.AgreementFile, f.Line), f.Text, f.Advice))
		}
		return none, problem.New(problem.Invalid, "correct that and sign then; all that is open: diarchy agreement check", "nothing was signed, for this should not be:\n%s", strings.Join(lines, "\n"))
	}
	return check, workspace.WriteAgreement(path, signed, true)
}

// placeOf is a line of a file; of what is not there, 0, the file.
func placeOf(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// agreedOrNone is the workspace's agreement; nil without one.
func (s *session) agreedOrNone() (*workspace.Agreement, error) {
	a, err := s.agreed()
	if errors.Is(err, problem.Missing) {
		return nil, nil
	}
	return a, err
}

// Decide implements cli.Actions.
func (p *program) Decide(scope cli.Scope, c cli.Choice) (cockpit.Ruling, error) {
	s, err := p.documents(scope)
	if err != nil {
		return cockpit.Ruling{}, err
	}
	a, err := s.agreedOrNone()
	if err != nil {
		return cockpit.Ruling{}, err
	}
	if c.Kind != "" {
		d, ok := agreement.DecideKind(s.playbook, a, c.Kind)
		if !ok {
			return d, problem.New(problem.Usage, kindHint(c.Kind, agreement.Kinds(s.playbook, a)), "there is no kind of decision %q", c.Kind)
		}
		return d, nil
	}
	return agreement.Decide(s.playbook, a, playbook.Attributes{Reach: c.Reach, Horizon: c.Horizon, Cost: c.Cost, Reversible: c.Reversible, Security: c.Security, Compliance: c.Compliance})
}

// kindHint names the kind that was meant, or all of them.
func kindHint(word string, kinds []string) string {
	stem := word[:min(len(word), 3)] // hire, hiring
	for _, k := range kinds {
		if strings.Contains(k, word) || strings.Contains(word, k) || len(stem) == 3 && strings.HasPrefix(k, stem) {
			return "did you mean " + k + "?"
		}
	}
	return "kinds: " + strings.Join(kinds, ", ")
}
