package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Init implements cli.Actions.
func (p *program) Init(_ context.Context, dir, name string, sources []string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	var listed []string
	for _, s := range sources {
		if !git.IsAddress(s) {
			if rel, err := filepath.Rel(absolute(dir), absolute(s)); err == nil {
				s = rel
			}
		}
		listed = append(listed, s)
	}
	file := filepath.Join(dir, workspace.FileName)
	return file, workspace.Write(file, workspace.Template(workspace.TemplateValues{Name: name, Sources: listed}))
}

// Config implements cli.Actions.
func (p *program) Config(scope cli.Scope) ([]cli.Setting, error) {
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	var out []cli.Setting
	for _, one := range s.settings.List() {
		if one.Value == workspace.InMemory && s.settings.Cache != "" {
			one.Value = filepath.Join(s.settings.Cache, "facts") + " (a file for each set of paths)"
		}
		out = append(out, cli.Setting{Key: one.Key, Value: one.Value, Origin: one.Origin})
	}
	return append(out, secretOf(s.settings.OIDC)), nil
}

// secretOf says whether the server knows a client's secret, not which.
func secretOf(o workspace.OIDC) cli.Setting {
	one := cli.Setting{Key: "oidc_secret", Value: "not set", Origin: "oidc_secret_file"}
	if text, err := os.ReadFile(o.SecretFile); err == nil && strings.TrimSpace(string(text)) != "" {
		one.Value = "set"
	}
	return one
}

// PlaybookValues implements cli.Actions.
func (p *program) PlaybookValues(scope cli.Scope) ([]cli.PlaybookValue, error) {
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	var out []cli.PlaybookValue
	for _, v := range s.playbook.Values() {
		text := v.Value
		switch {
		case strings.HasPrefix(v.Key, "indicators."):
			text = s.playbook.WithValues(text)
		case strings.HasPrefix(v.Key, "agreement.deciding."):
			text = s.playbook.WithBounds(text)
		}
		out = append(out, cli.PlaybookValue{Key: v.Key, Value: v.Value, Text: text, Default: v.Default, Origin: string(v.Origin), Cites: v.Cites, Why: v.Why})
	}
	return out, nil
}

// PlaybookTests implements cli.Actions.
func (p *program) PlaybookTests(scope cli.Scope) ([]cli.PlaybookTest, error) {
	s, err := p.documents(scope)
	if err != nil {
		return nil, err
	}
	var out []cli.PlaybookTest
	for _, t := range s.playbook.Test() {
		out = append(out, cli.PlaybookTest{Rule: t.Rule, Name: t.Name, Failure: t.Failure})
	}
	return out, nil
}

// Doctor implements cli.Actions.
func (p *program) Doctor(ctx context.Context, scope cli.Scope) ([]cli.Check, error) {
	checks := []cli.Check{gitCheck(ctx)}
	s, err := p.documents(scope)
	if err != nil {
		return append(checks, failed("documents", err)), nil
	}
	detail := "none; funding, revenue, market and leadership stay unknown"
	do := "diarchy init"
	if s.doc != nil {
		detail, do = s.doc.Path, ""
	}
	checks = append(checks, cli.Check{Name: "workspace", Status: "ok", Detail: detail, Do: do})
	rules := 0
	for _, t := range s.playbook.Test() {
		if t.Failure != "" {
			rules++
		}
	}
	check := cli.Check{Name: "playbook", Status: "ok", Detail: signal.Count(float64(len(s.playbook.Indicators)), "indicators") + ", all tests pass"}
	if rules > 0 {
		check = cli.Check{Name: "playbook", Status: "failed", Detail: signal.Count(float64(rules), "failed tests"), Do: "diarchy playbook test"}
	}
	checks = append(checks, check)
	places, err := s.places()
	if err != nil {
		return append(checks, failed("sources", err)), nil
	}
	var names []string
	for _, pl := range places {
		found, called := s.sourceChecks(ctx, pl)
		checks, names = append(checks, found...), append(names, called...)
	}
	checks = append(checks, s.systemChecks(ctx)...)
	for _, sentence := range s.strangers(names) {
		checks = append(checks, cli.Check{Name: "teams", Status: "warning", Detail: sentence, Do: "correct the name, or add the repository to sources"})
	}
	checks = append(checks, s.teamChecks()...)
	return append(append(checks, s.factsChecks(ctx, places)...), s.ledgerCheck(ctx)), nil
}

// teamChecks name the teams of diarchy.yaml that organisation.yaml does not know, where it has teams:
// people belong to its teams, so that nobody's work is credited to those.
func (s *session) teamChecks() []cli.Check {
	chart, err := s.organisation()
	if err != nil {
		return []cli.Check{failed("organisation", err)}
	}
	if s.doc == nil || chart == nil || len(chart.Document().Teams) == 0 {
		return nil
	}
	var known, unknown []string
	for _, t := range chart.Document().Teams {
		known = append(known, t.ID)
	}
	for _, t := range s.doc.Teams {
		if !slices.Contains(known, t.Name) {
			unknown = append(unknown, fmt.Sprintf("%s (line %d)", t.Name, t.Line))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	subject, verb := "Team", "is"
	if len(unknown) > 1 {
		subject, verb = "Teams", "are"
	}
	return []cli.Check{{Name: "teams", Status: "warning", Detail: fmt.Sprintf("%s %s of %s %s not in %s: only the work of people without a team is credited there. Its teams: %s.",
		subject, strings.Join(unknown, ", "), filepath.Base(s.doc.Path), verb, filepath.Base(chart.Document().Path), strings.Join(known, ", ")),
		Do: "let name be the id that the team has there, or add a team of that id there"}}
}

func failed(name string, err error) cli.Check {
	return cli.Check{Name: name, Status: "failed", Detail: err.Error(), Do: problem.Hint(err)}
}

func gitCheck(ctx context.Context) cli.Check {
	out, err := exec.CommandContext(ctx, "git", "--version").Output()
	if err != nil {
		return cli.Check{Name: "git", Status: "failed", Detail: "the git program was not found", Do: "install git, version 2.31 or later"}
	}
	return cli.Check{Name: "git", Status: "ok", Detail: strings.TrimSpace(string(out))}
}

// sourceChecks looks at the clones of a place, and returns their names too.
func (s *session) sourceChecks(ctx context.Context, pl place) (out []cli.Check, names []string) {
	if git.IsAddress(pl.location) {
		name := pl.name
		if name == "" {
			name = addressName(pl.location)
		}
		return []cli.Check{{Name: git.Redact(pl.location), Status: "ok", Detail: "an address; it is fetched when it is read"}}, []string{name}
	}
	dirs, err := git.Find(ctx, pl.location)
	if err != nil {
		return []cli.Check{failed(pl.location, err)}, []string{pl.name}
	}
	for _, dir := range dirs {
		src := &git.Source{Dir: dir, Branch: pl.branch, Now: s.now}
		if len(dirs) == 1 {
			src.Name = pl.name
		}
		place, err := src.Open(ctx)
		names = append(names, place.Name)
		if err != nil {
			out = append(out, failed(dir, err))
			continue
		}
		check := cli.Check{Name: place.Name, Status: "ok", Detail: "reads " + place.Branch + " of " + dir}
		var notes []string
		for _, sk := range place.Skipped {
			notes = append(notes, sk.What+": "+sk.Why)
		}
		if notes = append(notes, place.Notes...); len(notes) > 0 {
			check.Status, check.Detail = "warning", check.Detail+"; "+strings.Join(notes, "; ")
		}
		out = append(out, check)
	}
	if len(out) == 0 {
		out = append(out, failed(pl.location, errors.New("no clone")))
	}
	return out, names
}
