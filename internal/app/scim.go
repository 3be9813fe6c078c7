package app

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/org/importer"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/scim"
	"github.com/diarchy/diarchy/internal/workspace"
)

// provisioning is what an identity provider talks to, below a path that was cut off and
// behind a token with the grant write:people.
func (p *program) provisioning(scope cli.Scope) (http.Handler, error) {
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	path := s.doc.OrganisationPath()
	if path == "" {
		return nil, problem.New(problem.Usage, "make one with: diarchy init", "there is no workspace to provision people into")
	}
	zone := s.doc.Company.TimeZone
	return scim.New(&organisationFile{path: path}, func() time.Time { return p.now().In(zone) })
}

// organisationFile is the organisation document as it is on the disk.
type organisationFile struct{ path string }

func (f *organisationFile) Read(context.Context) (*workspace.Organisation, error) {
	o, err := workspace.LoadOrganisation(f.path)
	if errors.Is(err, problem.Missing) {
		return &workspace.Organisation{}, nil
	}
	return o, err
}

// Change reads the file anew, so that what was edited meanwhile is kept, also by rooms and
// other commands.
func (f *organisationFile) Change(ctx context.Context, change func(*workspace.Organisation) error) error {
	return workspace.Alone(f.path, func() error { return f.change(ctx, change) })
}

func (f *organisationFile) change(ctx context.Context, change func(*workspace.Organisation) error) error {
	o, err := f.Read(ctx)
	if err != nil {
		return err
	}
	if err := change(o); err != nil {
		return err
	}
	if err := importer.Valid(o); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := o.Encode(&b); err != nil {
		return err
	}
	return workspace.Replace(f.path, b.Bytes())
}
