package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// openLedger opens the ledger of the workspace; create makes one where there is none.
func (s *session) openLedger(ctx context.Context, create bool) (*ledger.Ledger, error) {
	return s.openLedgerWith(ctx, ledger.Options{Create: create})
}

func (s *session) openLedgerWith(ctx context.Context, opts ledger.Options) (*ledger.Ledger, error) {
	at := s.settings.Ledger
	if at == "" {
		return nil, problem.New(problem.Usage, "run it in a folder with a diarchy.yaml (diarchy init), or name the file in DIARCHY_LEDGER", "accounts and the audit trail need a workspace")
	}
	if opts.Now = s.now; s.settings.LedgerKey != "" {
		opts.Key = absolute(s.settings.LedgerKey)
	}
	if !workspace.IsPostgres(at) {
		return ledger.Open(ctx, at, opts)
	}
	if opts.Key == "" {
		return nil, problem.New(problem.Usage, "name the file in DIARCHY_LEDGER_KEY, or run it in a folder with a diarchy.yaml (diarchy init)", "a ledger on a server needs a file for its key")
	}
	return ledger.OpenPostgres(ctx, at, opts)
}

// ledgerCheck opens the ledger, if there is one, and follows its audit trail.
func (s *session) ledgerCheck(ctx context.Context) cli.Check {
	check := cli.Check{Name: "ledger", Status: "ok"}
	if s.settings.Ledger == "" {
		check.Detail = "none, without a workspace: it holds the accounts of a server"
		return check
	}
	l, err := s.ledgerThere(ctx)
	if err != nil {
		return failed(check.Name, err)
	}
	if l == nil {
		check.Detail = "none yet; diarchy serve makes it at " + workspace.Hide(s.settings.Ledger)
		return check
	}
	defer l.Close() //nolint:errcheck // only read
	head, err := l.Verify(ctx, ledger.Head{})
	if err != nil {
		return failed(check.Name, err)
	}
	check.Detail = fmt.Sprintf("%s, with its key in %s; the %s of the audit trail hold", l.Where(), l.KeyPath(), signal.Count(float64(head.Seq), "lines"))
	return check
}

// accounts are those of a ledger, held against the organisation as it is now.
func (p *program) accounts(s *session, l *ledger.Ledger, providers ...account.Provider) *account.Service {
	return account.New(l, account.Options{Standing: s.standing, Providers: providers})
}

// providers are the identity providers of the settings; browsers reach the server at an
// address.
func (s *session) providers(address string) ([]account.Provider, error) {
	o := s.settings.OIDC
	if o.Issuer == "" {
		return nil, nil
	}
	p := account.Provider{Name: o.Name, Issuer: o.Issuer, ClientID: o.ClientID, RedirectURL: address + "/enter/back", Scopes: []string{"email"}, Internal: s.settings.Internal}
	if u, err := url.Parse(o.Issuer); err == nil && p.Name == "" {
		p.Name = u.Host
	}
	if o.ClientID == "" {
		return nil, problem.New(problem.Usage, "set DIARCHY_OIDC_CLIENT_ID to the id that the provider gave to Diarchy", "the identity provider %s has no client id here", p.Name)
	}
	if o.SecretFile != "" {
		secret, err := os.ReadFile(o.SecretFile)
		if err != nil {
			return nil, problem.New(nil, "DIARCHY_OIDC_SECRET_FILE names the file that holds the client's secret", "the secret of the identity provider %s: %w", p.Name, err)
		}
		p.ClientSecret = strings.TrimSpace(string(secret))
	}
	return []account.Provider{p}, nil
}

// standing implements account.Standing: whose report a person is today. Who becomes
// another's, or comes back with an entry of his or her own, signs in again.
func (s *session) standing(_ context.Context, person string) (string, bool, error) {
	chart, err := s.organisation()
	if err != nil || chart == nil {
		return "", false, err
	}
	today := s.today()
	now := chart.Now(person, today)
	if !chart.Employed(now, today) {
		return "", false, nil
	}
	standing := "reports to " + append(chart.Above(now, today), "")[0]
	if now != person {
		standing += " as " + now
	}
	return standing, true, nil
}

// policy is what decides who sees what, by the documents as they are now.
func (s *session) policy() (*access.Policy, error) {
	chart, err := s.organisation()
	if err != nil {
		return nil, err
	}
	shared, err := s.sharing()
	if err != nil {
		return nil, err
	}
	return access.New(chart, shared), nil
}

// sharing is what the two leaders agreed to share.
func (s *session) sharing() ([]access.Kind, error) {
	path := s.doc.AgreementPath()
	if path == "" {
		return nil, nil
	}
	a, err := workspace.LoadAgreement(path)
	switch {
	case errors.Is(err, problem.Missing):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return shared(a), nil
}

// shared is what an agreement makes a matter of both: the overlaps named people and
// budget. It counts once both leaders have signed the text as it is, since each of them
// alone can change the file.
func shared(a *workspace.Agreement) (out []access.Kind) {
	for _, role := range []string{workspace.RoleCTO, workspace.RoleVPE} {
		if !slices.ContainsFunc(a.Signatures, func(s workspace.Signature) bool { return s.Role == role && s.SHA256 == a.Hash }) {
			return nil
		}
	}
	for _, o := range a.Overlaps {
		if k := access.Kind(o.ID); k == access.People || k == access.Budget {
			out = append(out, k)
		}
	}
	return out
}
