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
	agreed, err := p.demoAgreement(scope, company)
	if err == nil && len(agreed) > 0 {
		err = demo.Keep(ctx, "git", dir, workspace.AgreementFile, agreed)
	}
	if err != nil {
		return cockpit.Diagnosis{}, nil, fmt.Errorf("demo agreement: %w", err)
	}
	d, err := p.Diagnose(ctx, scope)
	planted := append([]string{"The company lies in " + dir + ". What was planted in it:"}, truths.Lines()...)
	return d, planted, err
}

// demoAgreement is the agreement of an invented company in its versions: what the playbook proposes;
// with what its leaders would fill in, signed by those who hold a role; and signed
// again, where they looked at it later.
func (p *program) demoAgreement(scope cli.Scope, company demo.Company) (out []demo.Version, err error) {
	effective, looked := company.AgreementDays()
	if effective.IsZero() {
		return nil, nil
	}
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	for _, v := range []struct {
		at      time.Time
		message string
		signed  bool
	}{
		{effective.AddDate(0, 0, -14), "The agreement as it was drafted", false},
		{effective, "The agreement as it was signed", true},
		{looked, "The agreement as it was looked at again", true},
	} {
		if n := len(out); n > 0 && !v.at.After(out[n-1].At) {
			break
		}
		text, err := s.demoAgreed(company, effective, v.at, v.signed)
		if err != nil {
			return nil, err
		}
		out = append(out, demo.Version{At: v.at, Message: v.message, Text: text})
	}
	return out, nil
}

// demoAgreed is the text that holds since a day, as it was drafted or signed on another.
func (s *session) demoAgreed(company demo.Company, effective, day time.Time, signed bool) ([]byte, error) {
	f := agreement.Facts{Company: company.Name, Today: day}
	if r := s.doc.Company.RevenueAt(day, true); r.OK {
		f.Currency = r.Value.ARR.Currency
	}
	var err error
	if f.Holders, err = s.holders(org.DayOf(day)); err != nil {
		return nil, err
	}
	if both := f.Holders[workspace.RoleTechnicalLeader]; both != "" {
		f.Holders[workspace.RoleCTO], f.Holders[workspace.RoleVPE] = both, both
	}
	a := agreement.New(s.playbook, f).Agreement
	a.Effective = effective
	head := []string{"An invented company.", ""}
	if !signed {
		return workspace.AgreementYAML(a, head), nil
	}
	fillIn(a)
	return signedBy(s.doc.AgreementPath(), workspace.AgreementYAML(a, head), a.Roles, day)
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
