package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/workspace"
)

// strays are what systems told of deployments and incidents and no number of a scope counts.
func (s *session) strays(ctx context.Context, scope string, before time.Time) (out []metric.Stray, err error) {
	found, err := ingest.Strays(ctx, s.store, s.delivering(), scope, before)
	for _, one := range found {
		out = append(out, stray(one))
	}
	return out, err
}

// stray says what it is, what is not known for want of it, and the line to write.
func stray(x ingest.Stray) (out metric.Stray) {
	deployments, is := signal.Count(float64(x.N), "deployments"), "are"
	if x.N == 1 {
		is = "is"
	}
	if len(x.Applications) > 0 && x.Cause != ingest.NoApplication {
		deployments += " of " + applicationNames(x.Applications)
	}
	switch x.Cause {
	case ingest.NoProduction:
		out.Of, out.Costs = []string{"production_deployment"}, "DORA's five metrics"
		out.What = fmt.Sprintf("%s %s in an environment that is not taken for production: %s", deployments, is, told(x.Values))
		out.Do = entries(x, "environments", productive(x.Values))
	case ingest.NoApplication:
		out.Of, out.Costs = []string{"production_deployment"}, "DORA's five metrics"
		out.What = fmt.Sprintf("%s %s of no application that is known: %s", deployments, is, told(x.Values))
		out.Do = entries(x, "services", valuesOf(x.Values))
	case ingest.UnknownCommit:
		out.Of, out.Costs = []string{"change_delivery"}, "lead time of the changes that they carry, rollbacks"
		out.What = fmt.Sprintf("%s %s of a commit that no history holds here, such as %s", deployments, is, x.Values[0].Value)
		out.Do = "sources: [{git: PATH, branch: BRANCH}]   # in diarchy.yaml: the clone and the branch that is deployed, with its whole history (git fetch --unshallow)"
	case ingest.NoCommit:
		out.Of, out.Costs = []string{"change_delivery"}, "lead time of the changes that they carry, rollbacks"
		out.What = fmt.Sprintf("%s %s of no commit that is told", deployments, is)
		out.Do = "# let what tells of them name the commit (sha) of each deployment"
	case ingest.UnknownService:
		out.Of, out.Costs = []string{"deployment_failure", "application_incidents"}, "change failure rate, failed deployment recovery time"
		out.What = fmt.Sprintf("%s %s of a service of no application: %s", signal.Count(float64(x.N), "incidents"), is, told(x.Values))
		out.Do = entries(x, "services", valuesOf(x.Values))
	}
	return out
}

// told lists values that were told, most first, each with how often.
func told(values []ingest.Counted) string {
	const most = 5
	var out []string
	for i, v := range values {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(values)-most))
			break
		}
		name := v.Value
		if name == "" {
			name = "without a name"
		}
		out = append(out, fmt.Sprintf("%s (%d)", name, v.N))
	}
	return strings.Join(out, ", ")
}

func valuesOf(values []ingest.Counted) (out []string) {
	for _, v := range values {
		if v.Value != "" {
			out = append(out, v.Value)
		}
	}
	return out
}

// productive are the environments whose name says production, or all where none does.
func productive(values []ingest.Counted) []string {
	all := valuesOf(values)
	named := slices.DeleteFunc(slices.Clone(all), func(e string) bool {
		e = strings.ToLower(e)
		return !strings.Contains(e, "prod") && !strings.Contains(e, "live")
	})
	if len(named) > 0 {
		return named
	}
	return all
}

func applicationNames(of []ingest.Application) string {
	var out []string
	for _, a := range of {
		out = append(out, a.Name)
	}
	return strings.Join(out, ", ")
}

// entries are the lines that let applications have more environments or services.
func entries(x ingest.Stray, key string, values []string) string {
	switch {
	case len(values) == 0:
		return "# let what tells of them name what they are of"
	case len(x.Applications) != 1 && key == "services":
		return fmt.Sprintf("services: %s   # at the application that it is, under applications: in diarchy.yaml", list(values))
	}
	var lines []string
	for _, a := range x.Applications {
		had := a.Services
		if key == "environments" {
			had = slices.Concat(a.Environments, x.Beside)
		}
		all := list(distinct(slices.Concat(had, values)))
		if x.Declared {
			lines = append(lines, fmt.Sprintf("%s: %s   # at application %s, in diarchy.yaml", key, all, a.Name))
		} else {
			lines = append(lines, fmt.Sprintf("applications: [{name: %s, repository: %s, %s: %s}]   # in diarchy.yaml", workspace.Scalar(a.Name), workspace.Scalar(a.Repository), key, all))
		}
	}
	return strings.Join(lines, "\n")
}

// list is a list of YAML on one line.
func list(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = workspace.Scalar(v)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// distinct leaves each value once.
func distinct(values []string) (out []string) {
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// astray are the company's strays as evidence that is missing.
func (s *session) astray(ctx context.Context) (out []cockpit.Missing, err error) {
	if s.doc == nil {
		return nil, nil
	}
	found, err := s.strays(ctx, "company", s.now())
	for _, one := range found {
		out = append(out, cockpit.Missing{What: one.What + ".", Effect: "Until then, they count in no number of: " + one.Costs + ".", How: one.Do})
	}
	return out, err
}

// strayChecks are strays as doctor says them.
func (s *session) strayChecks(ctx context.Context) (out []cli.Check) {
	found, err := s.strays(ctx, "company", s.now())
	if err != nil {
		return []cli.Check{failed("deliveries", err)}
	}
	for _, one := range found {
		out = append(out, cli.Check{Name: "deliveries", Status: "warning", Detail: one.What + "; unknown without: " + one.Costs, Do: one.Do})
	}
	return out
}
