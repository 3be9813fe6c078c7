package app

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/org/importer"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// ImportOrganisation implements cli.Actions.
func (p *program) ImportOrganisation(_ context.Context, scope cli.Scope, in cli.OrgImport) (cockpit.OrganisationImport, error) {
	none := cockpit.OrganisationImport{}
	s, err := p.documents(cli.Scope{Workspace: scope.Workspace, Flags: scope.Flags})
	if err != nil {
		return none, err
	}
	path := s.doc.OrganisationPath()
	if path == "" {
		return none, problem.New(problem.Usage, "make one with: diarchy init", "there is no workspace here to import into")
	}
	date, err := parseDate(in.Date)
	if err != nil {
		return none, err
	}
	if date.IsZero() {
		date = s.today().Time()
	}
	var out cockpit.OrganisationImport
	err = workspace.Alone(path, func() error {
		out, err = importInto(path, in, date)
		return err
	})
	return out, err
}

// importInto imports files into the document at a path, as of a day.
func importInto(path string, in cli.OrgImport, date time.Time) (cockpit.OrganisationImport, error) {
	none := cockpit.OrganisationImport{}
	doc, err := workspace.LoadOrganisation(path)
	if err != nil && !errors.Is(err, problem.Missing) {
		return none, err
	}
	out := cockpit.OrganisationImport{Schema: cockpit.OrganisationImportSchema, Path: path, Changes: []string{}, Notes: []string{}}
	for _, file := range in.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			return none, problem.New(problem.Usage, "give the path of an export of people (CSV), a CODEOWNERS file or a catalog-info.yaml", "%v", err)
		}
		read, err := kindOf(file)
		if err != nil {
			return none, err
		}
		repository := in.Repository
		if repository == "" {
			repository = repositoryOf(file)
		}
		result, err := read(doc, text, importer.Options{Name: file, Date: date, Columns: in.Columns, Partial: in.Partial, Repository: repository, Currency: in.Currency})
		if err != nil {
			return none, err
		}
		doc = result.Document
		out.Changes, out.Notes = append(out.Changes, result.Changes...), append(out.Notes, result.Notes...)
	}
	if err := importer.Valid(doc); err != nil {
		return none, err
	}
	if in.DryRun {
		return out, nil
	}
	var b bytes.Buffer
	if err := doc.Encode(&b); err != nil {
		return none, err
	}
	out.Written = true
	return out, workspace.Replace(path, b.Bytes())
}

type reader func(*workspace.Organisation, []byte, importer.Options) (importer.Result, error)

// kindOf is what reads a file, by its name.
func kindOf(file string) (reader, error) {
	switch base, ext := filepath.Base(file), strings.ToLower(filepath.Ext(file)); {
	case base == "CODEOWNERS":
		return importer.CodeOwners, nil
	case ext == ".csv" || ext == ".tsv":
		return importer.CSV, nil
	case ext == ".yaml" || ext == ".yml":
		return importer.Backstage, nil
	}
	return nil, problem.New(problem.Usage, "give an export of people (.csv), a CODEOWNERS, or a Backstage catalog file (.yaml)", "%s is none of the files that can be imported", file)
}

// repositoryOf is the name of the clone that holds a file.
func repositoryOf(file string) string {
	dir := filepath.Dir(absolute(file))
	if base := filepath.Base(dir); base == ".github" || base == ".gitlab" || base == "docs" {
		dir = filepath.Dir(dir)
	}
	return filepath.Base(dir)
}
