package app

import (
	"context"
	"net/http"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/api"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/mcp"
	"github.com/diarchy/diarchy/internal/web"
)

// mostAsked is how many bytes a question of an assistant may have.
const mostAsked = 1 << 20

// programs adds what programs and assistants ask of a server, with tokens, and what
// systems push.
func (g *gate) programs(mux *http.ServeMux, hooks map[string]http.Handler) {
	hooked(mux, hooks)
	company := kept{answers{g.served.p, g.served.host.scope}, g.served}
	mux.Handle(api.Prefix+"/", api.Handler(company, bearer{g}, Version(), g.served.host.log))
	mux.Handle("/mcp", http.MaxBytesHandler(mcp.Handler(company, func(r *http.Request) (mcp.Asker, bool) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return nil, false
		}
		v, err := bearer{g}.Bearer(r.Context(), token)
		return asker{bearer{g}, v}, err == nil
	}, Version(), g.served.host.log), mostAsked))
}

// bearer decides what the holder of a token sees.
type bearer struct{ g *gate }

// Bearer implements api.Gate.
func (b bearer) Bearer(ctx context.Context, token string) (access.Viewer, error) {
	v, _, err := b.g.Service.Bearer(ctx, token)
	return v, err
}

// May implements api.Gate. A part of the company is seen by who sees all of it, or whose
// part it is.
func (b bearer) May(ctx context.Context, v access.Viewer, kind access.Kind, scope string) (bool, error) {
	policy, err := b.g.Policy(ctx)
	if err != nil {
		return false, err
	}
	now := b.g.served.p.now()
	if policy.Decide(v, access.See, access.Resource{Kind: kind}, now) {
		return true, nil
	}
	team, ok := strings.CutPrefix(scope, "team:")
	if !ok {
		return false, nil
	}
	id := policy.Team(team)
	return id != "" && policy.Decide(v, access.See, access.Resource{Kind: kind, Team: id}, now), nil
}

// Seen implements api.Gate.
func (b bearer) Seen(ctx context.Context, v access.Viewer, what string) error {
	return b.g.Seen(ctx, v, what)
}

// asker is the holder of a token that an assistant has.
type asker struct {
	bearer
	v access.Viewer
}

func (a asker) May(ctx context.Context, kind access.Kind, scope string) (bool, error) {
	return a.bearer.May(ctx, a.v, kind, scope)
}

func (a asker) Seen(ctx context.Context, what string) error { return a.bearer.Seen(ctx, a.v, what) }

// kept answers programs with what rooms are answered with: worked out once for each
// version of facts and documents.
type kept struct {
	answers
	s *served
}

func placeAt(at cockpit.At) web.Place {
	if at.Scope == "company" {
		at.Scope = ""
	}
	return web.Place{Scope: at.Scope, AsOf: at.AsOf}
}

func (k kept) Diagnosis(ctx context.Context, at cockpit.At) (cockpit.Diagnosis, error) {
	if err := whole(at, "the diagnosis"); err != nil {
		return cockpit.Diagnosis{}, err
	}
	return k.s.Diagnosis(ctx, placeAt(at))
}

func (k kept) Metric(ctx context.Context, at cockpit.At, name string) (cockpit.MetricView, error) {
	if _, err := definition(name); err != nil {
		return cockpit.MetricView{}, absent(err)
	}
	return k.s.Metric(ctx, placeAt(at), name)
}

func (k kept) Explain(ctx context.Context, at cockpit.At, what string) (cockpit.Explanation, error) {
	if err := whole(at, "an explanation"); err != nil {
		return cockpit.Explanation{}, err
	}
	return k.s.Explain(ctx, placeAt(at), what)
}

func (k kept) Organisation(ctx context.Context, at cockpit.At) (cockpit.Organisation, error) {
	if err := whole(at, "the organisation"); err != nil {
		return cockpit.Organisation{}, err
	}
	return k.s.Organisation(ctx, placeAt(at))
}

func (k kept) Drift(ctx context.Context, at cockpit.At) (cockpit.Drift, error) {
	if err := whole(at, "drift"); err != nil {
		return cockpit.Drift{}, err
	}
	return k.s.Drift(ctx, placeAt(at))
}

func (k kept) Records(ctx context.Context, at cockpit.At) (cockpit.RecordList, error) {
	if err := whole(at, "the list of decisions"); err != nil {
		return cockpit.RecordList{}, err
	}
	return k.s.Records(ctx, placeAt(at))
}
