package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/diarchy/diarchy/internal/agreement"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/demo"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Demo implements cli.Actions.
func (p *program) Demo(ctx context.Context, scope cli.Scope, dir string, healthy bool) (cockpit.Diagnosis, []string, error) {
	company := demo.Troubled()
	if healthy {
		company = demo.Healthy()
	}
	if dir == "" {
		tmp, err := os.MkdirTemp("", "diarchy-demo-")
		if err != nil {
			return cockpit.Diagnosis{}, nil, err
		}
		dir = filepath.Join(tmp, "company")
	}
	if scope.Progress != nil {
		fmt.Fprintf(scope.Progress, "making a company in %s\n", dir)
	}
	truths, err := demo.Make(ctx, dir, company, "git")
	if err != nil {
		return cockpit.Diagnosis{}, nil, err
	}
	scope.Workspace, scope.Paths = dir, nil
	if err := p.demoAgreement(scope, company); err != nil {
		return cockpit.Diagnosis{}, nil, fmt.Errorf("demo agreement: %w", err)
	}
	d, err := p.Diagnose(ctx, scope)
	planted := append([]string{"The company lies in " + dir + ". What was planted in it:"}, truths.Lines()...)
	return d, planted, err
}

// demoAgreement writes the agreement of an invented company: what the playbook proposes,
// with what its leaders would fill in, signed by those who hold a role.
func (p *program) demoAgreement(scope cli.Scope, company demo.Company) error {
	effective, signed := company.AgreementDays()
	if effective.IsZero() {
		return nil
	}
	s, err := p.documents(scope)
	if err != nil {
		return err
	}
	f := agreement.Facts{Company: company.Name, Today: signed}
	if r := s.doc.Company.RevenueAt(signed, true); r.OK {
		f.Currency = r.Value.ARR.Currency
	}
	if f.Holders, err = s.holders(org.DayOf(signed)); err != nil {
		return err
	}
	if both := f.Holders[workspace.RoleTechnicalLeader]; both != "" {
		f.Holders[workspace.RoleCTO], f.Holders[workspace.RoleVPE] = both, both
	}
	a := agreement.New(s.playbook, f).Agreement
	a.Effective = effective
	fillIn(a)
	path := s.doc.AgreementPath()
	text, err := signedBy(path, workspace.AgreementYAML(a, []string{"An invented company.", ""}), a.Roles, signed)
	if err != nil {
		return err
	}
	return workspace.WriteAgreement(path, text, false)
}

// fillIn answers what a draft leaves to the leaders.
func fillIn(a *workspace.Agreement) {
	for i := range a.Roles {
		r := &a.Roles[i]
		r.Budget = workspace.Is(workspace.Budget{Of: r.Budget.Value.Of, Amount: workspace.Is(int64(400_000))})
		r.Spending = workspace.Is(int64(25_000))
	}
	for i := range a.TradeOffs {
		a.TradeOffs[i].Position = "The customer's date comes first, once a quarter; then the other side catches up"
	}
}

// signedBy adds the signature of everybody who holds one of the roles.
func signedBy(path string, text []byte, roles []workspace.AgreedRole, on time.Time) (_ []byte, err error) {
	for _, r := range roles {
		if r.Holder == "" {
			continue
		}
		if text, err = workspace.Sign(path, text, workspace.Signature{Role: r.ID, Name: r.Holder, Date: on}); err != nil {
			return nil, err
		}
	}
	return text, nil
}
