package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/web"
)

// gate is who may come in, and what each may see: accounts of the ledger, held against
// the documents as they are now.
type gate struct {
	*account.Service
	served *served
	ledger *ledger.Ledger
	looks  *looks
}

var _ web.Gate = (*gate)(nil)

func newGate(s *served, l *ledger.Ledger, providers ...account.Provider) *gate {
	return &gate{account.New(l, account.Options{Standing: s.standing, Providers: providers}), s, l, writeLooks(l)}
}

// standing implements account.Standing by the organisation as it is now.
func (s *served) standing(ctx context.Context, person string) (string, bool, error) {
	now, err := s.declared(ctx)
	if err != nil {
		return "", false, err
	}
	return now.standing(ctx, person)
}

// declared is a session of the documents as they are now.
func (s *served) declared(ctx context.Context) (*session, error) {
	version := s.host.documentsVersion()
	return remember(ctx, s.papers, version, "session", func(context.Context) (*session, error) {
		now, err := s.p.documents(s.host.scope)
		if err != nil {
			return nil, err
		}
		_, err = now.organisation() // once, before several ask
		return now, err
	})
}

// Policy implements web.Gate.
func (g *gate) Policy(ctx context.Context) (*access.Policy, error) {
	now, err := g.served.declared(ctx)
	if err != nil {
		return nil, err
	}
	return remember(ctx, g.served.papers, g.served.host.documentsVersion(), "policy", func(context.Context) (*access.Policy, error) { return now.policy() })
}

// Trail implements web.Gate.
func (g *gate) Trail(ctx context.Context, most int) (out []web.TrailLine, err error) {
	names := map[string]string{}
	all, err := g.List(ctx, account.Operator())
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		names[a.ID] = a.Name
	}
	from, err := g.ledger.From(ctx, most)
	if err != nil {
		return nil, err
	}
	err = g.ledger.Audit(ctx, from, func(a ledger.Audited) error {
		var detail []string
		for _, key := range slices.Sorted(maps.Keys(a.Detail)) {
			detail = append(detail, key+" "+a.Detail[key])
		}
		out = append(out, web.TrailLine{Seq: a.Seq, At: a.At, Actor: named(names, a.Actor), Action: a.Action, Subject: named(names, a.Subject), Detail: strings.Join(detail, ", ")})
		return nil
	})
	slices.Reverse(out)
	return out, err
}
