// Package scim takes people and teams from an identity provider into the organisation
// document, by SCIM 2.0 (RFC 7643, RFC 7644). A change holds from the day on which it
// comes in; what was before stays in the document.
//
// Who may ask is decided by whoever serves the handler.
package scim

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/elimity-com/scim"
	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// Document is the organisation document.
type Document interface {
	// Read gives the document as it is; nothing of it is changed.
	Read(ctx context.Context) (*workspace.Organisation, error)
	// Change has a function change a copy, and keeps that as a whole, or nothing when
	// the function fails or the document could not be read again.
	Change(ctx context.Context, change func(*workspace.Organisation) error) error
}

// maxBody is the size above which a request is refused.
const maxBody = 1 << 20

// New makes a handler for /Users, /Groups and what describes them, below any prefix that
// has been cut off. now is in the company's time zone.
func New(doc Document, now func() time.Time) (http.Handler, error) {
	t := tools{doc, now}
	server, err := scim.NewServer(&scim.ServerArgs{
		ServiceProviderConfig: &scim.ServiceProviderConfig{SupportFiltering: true, SupportPatch: true, MaxResults: 1000,
			AuthenticationSchemes: []scim.AuthenticationScheme{{Type: scim.AuthenticationTypeOauthBearerToken, Name: "API token", Description: "A token of Diarchy with the scope write:people", Primary: true}}},
		ResourceTypes: []scim.ResourceType{
			{ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Description: optional.NewString("A person of the organisation document"), Schema: schema.CoreUserSchema(),
				SchemaExtensions: []scim.SchemaExtension{{Schema: schema.ExtensionEnterpriseUser()}}, Handler: users{t}},
			{ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups", Description: optional.NewString("A team of the organisation document"), Schema: schema.CoreGroupSchema(), Handler: groups{t}},
		},
	})
	if err != nil {
		return nil, err
	}
	return normal(server), nil
}

// tools are what both kinds of resource need.
type tools struct {
	doc Document
	now func() time.Time
}

// today is midnight UTC of the day by the company's calendar, as days of documents are.
func (t tools) today() time.Time {
	y, m, d := t.now().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// change changes the document, and gives errors in the protocol's words.
func (t tools) change(r *http.Request, do func(*workspace.Organisation) error) error {
	return inWords(t.doc.Change(r.Context(), do))
}

func inWords(err error) error {
	var known scimerrors.ScimError
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, problem.Invalid):
		return invalid(err.Error())
	}
	return err
}

// invalid refuses a value, and says why to whoever set up the provider.
func invalid(why string) error {
	e := scimerrors.ScimErrorInvalidValue
	e.Detail = why
	return e
}

func notFound(id string) error { return scimerrors.ScimErrorResourceNotFound(id) }

// page cuts a list as it was asked for.
func page(all []scim.Resource, p scim.ListRequestParams) scim.Page {
	found := []scim.Resource{}
	for _, r := range all {
		if p.FilterValidator == nil || p.FilterValidator.PassesFilter(filtered(r)) == nil {
			found = append(found, r)
		}
	}
	from := min(max(p.StartIndex, 1)-1, len(found))
	to := min(from+max(p.Count, 0), len(found))
	return scim.Page{TotalResults: len(found), Resources: found[from:to]}
}

// filtered is a resource as filters see it.
func filtered(r scim.Resource) map[string]any {
	out := map[string]any{"id": r.ID}
	for k, v := range r.Attributes {
		out[k] = v
	}
	return out
}
