package app

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Organisation implements web.Company.
func (s *served) Organisation(ctx context.Context, at web.Place) (cockpit.Organisation, error) {
	return answered(ctx, s, "organisation", company(at), func(ctx context.Context, _ cli.Scope) (cockpit.Organisation, error) {
		asked := s.host.scope
		d, err := s.Diagnosis(ctx, at)
		if err != nil {
			return cockpit.Organisation{}, err
		}
		asked.AsOf = d.AsOf
		o, err := s.p.Organisation(ctx, asked)
		if err == nil && len(d.Structure) > 0 { // which knows the borders of teams too
			o.Needs, o.FromCode = d.Structure, []string{}
		}
		return o, err
	})
}

// described tells whether there is an organisation document.
func (s *served) described(ctx context.Context) (bool, error) {
	now, err := s.declared(ctx)
	if err != nil {
		return false, err
	}
	return remember(ctx, s.papers, s.host.documentsVersion(), "described", func(context.Context) (bool, error) {
		chart, err := now.organisation()
		return chart != nil, err
	})
}

// Matching implements web.Company. Facts are not looked at where nobody is described.
func (s *served) Matching(ctx context.Context, at web.Place) (cockpit.Match, error) {
	if there, err := s.described(ctx); err != nil || !there {
		return cockpit.Match{}, cmp.Or(err, notFound(errNobodyToMatch))
	}
	return current(ctx, s, "match", company(at), func(ctx context.Context, scope cli.Scope) (cockpit.Match, error) {
		m, err := s.p.Match(ctx, scope)
		return m, notFound(err)
	})
}

// Join implements web.Company.
func (s *served) Join(_ context.Context, email, person string) error {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return err
	}
	path := sess.doc.OrganisationPath()
	return workspace.Alone(path, func() error { return join(path, email, person) })
}

// join adds an address to a person of the organisation document.
func join(path, email, person string) error {
	doc, err := workspace.LoadOrganisation(path)
	if err != nil {
		return err
	}
	for _, p := range doc.People {
		if slices.ContainsFunc(p.Emails, func(e string) bool { return strings.EqualFold(e, email) }) {
			return problem.New(problem.Usage, "look at the person whom it belongs to first", "%s belongs to %s already", email, p.ID)
		}
	}
	i := slices.IndexFunc(doc.People, func(p workspace.Person) bool { return p.ID == person })
	if i < 0 {
		return problem.New(problem.Usage, "choose one of the people of the organisation", "%q is nobody of the organisation document", person)
	}
	doc.People[i].Emails = append(doc.People[i].Emails, email)
	var b bytes.Buffer
	if err := doc.Encode(&b); err != nil {
		return err
	}
	if _, err := workspace.ParseOrganisation(path, b.Bytes()); err != nil {
		return err
	}
	return workspace.Replace(path, b.Bytes())
}
