package app

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/cdevents"
	"github.com/diarchy/diarchy/internal/source/csv"
	"github.com/diarchy/diarchy/internal/source/gitea"
	"github.com/diarchy/diarchy/internal/source/github"
	"github.com/diarchy/diarchy/internal/source/gitlab"
	"github.com/diarchy/diarchy/internal/source/jenkins"
	"github.com/diarchy/diarchy/internal/source/jira"
	"github.com/diarchy/diarchy/internal/source/opsgenie"
	"github.com/diarchy/diarchy/internal/source/pagerduty"
	"github.com/diarchy/diarchy/internal/workspace"
)

// connection is what the workspace says of a system, with its token.
type connection struct {
	system workspace.System
	token  string
	files  map[string]string
}

// connectors make the feed of each kind of system.
var connectors = map[string]func(c connection) source.Feed{
	"csv": func(c connection) source.Feed { return csv.New(fileFeedName(c), c.files) },
	"github": func(c connection) source.Feed {
		return github.New(github.Options{Address: c.system.Address, Token: c.token, User: c.system.User, Projects: c.system.Projects, Doing: c.system.Doing})
	},
	"gitlab": func(c connection) source.Feed {
		return gitlab.New(gitlab.Options{Address: c.system.Address, Token: c.token, Projects: c.system.Projects, Doing: c.system.Doing})
	},
	"gitea":   giteaFeed,
	"forgejo": giteaFeed,
	"jira": func(c connection) source.Feed {
		return jira.New(jira.Options{Address: c.system.Address, User: c.system.User, Token: c.token, Projects: c.system.Projects, Points: c.system.Points})
	},
	"jenkins": func(c connection) source.Feed {
		return jenkins.New(jenkins.Options{Address: c.system.Address, User: c.system.User, Token: c.token, Projects: c.system.Projects, Deploys: c.system.Deploys})
	},
	"cdevents": func(c connection) source.Feed { return cdevents.New(fileFeedName(c), c.files) },
	"pagerduty": func(c connection) source.Feed {
		return pagerduty.New(pagerduty.Options{Address: c.system.Address, Token: c.token, Projects: c.system.Projects})
	},
	"opsgenie": func(c connection) source.Feed {
		return opsgenie.New(opsgenie.Options{Address: c.system.Address, Token: c.token, Alerts: c.system.Alerts})
	},
}

func giteaFeed(c connection) source.Feed {
	return gitea.New(gitea.Options{Address: c.system.Address, Token: c.token, Projects: c.system.Projects, Doing: c.system.Doing})
}

// feeds are the systems of the workspace. One that cannot be connected to fails alone,
// when it is read.
func (s *session) feeds() (out []ingest.Feed) {
	if s.doc == nil || len(s.scope.Paths) > 0 {
		return nil
	}
	for _, sys := range s.doc.Systems {
		f, err := s.feed(sys)
		if err != nil {
			f = broken{systemName(sys), err}
		}
		out = append(out, ingest.Feed{Feed: f, Clones: sys.Clones})
	}
	return out
}

func (s *session) feed(sys workspace.System) (source.Feed, error) {
	open := connectors[sys.System]
	if open == nil {
		return nil, problem.New(problem.Invalid, "give its data as CSV files: system: csv; see docs/howto/connect-systems.md", "this version of the program has no connector for %s", sys.System)
	}
	token, err := s.token(sys)
	if err != nil {
		return nil, err
	}
	return open(connection{sys, token, s.doc.FilesOf(sys)}), nil
}

// token reads the secret of a system from where the workspace says that it is.
func (s *session) token(sys workspace.System) (string, error) {
	if path := s.doc.TokenFileOf(sys); path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", problem.New(problem.Missing, "write the token into that file, for you alone to read", "the token of %s: %w", systemName(sys), err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	if sys.TokenEnv == "" {
		return "", nil
	}
	for _, one := range s.env {
		if name, value, _ := strings.Cut(one, "="); name == sys.TokenEnv && value != "" {
			return value, nil
		}
	}
	return "", problem.New(problem.Missing, "export "+sys.TokenEnv+"=..., or write token_file: PATH", "the token of %s: the variable %s is not set", systemName(sys), sys.TokenEnv)
}

// systemName is what a system is called where its feed cannot say.
func systemName(sys workspace.System) string {
	if sys.Name != "" {
		return sys.Name
	}
	if u, err := url.Parse(sys.Address); err == nil && u.Host != "" {
		return u.Host
	}
	return sys.System
}

// fileFeedName tells the files of one entry from those of others.
func fileFeedName(c connection) string {
	if c.system.Name != "" {
		return c.system.System + ":" + c.system.Name
	}
	return c.system.System
}

// broken is a system that cannot be connected to.
type broken struct {
	name string
	err  error
}

func (b broken) Name() string                               { return b.name }
func (b broken) Look(context.Context) (source.Sight, error) { return source.Sight{}, b.err }
func (b broken) Pull(context.Context, source.Pull) error    { return b.err }

// systemChecks say of each system what it can see, and what it cannot and costs.
func (s *session) systemChecks(ctx context.Context) (out []cli.Check) {
	for _, f := range s.feeds() {
		sight, err := f.Look(ctx)
		if err != nil {
			out = append(out, failed(f.Name(), err))
			continue
		}
		out = append(out, cli.Check{Name: f.Name(), Status: "ok", Detail: seen(sight)})
		for _, l := range sight.Lacks {
			what := l.What
			if l.Of != "" {
				what += " of " + l.Of
			}
			out = append(out, cli.Check{Name: f.Name(), Status: "warning", Detail: fmt.Sprintf("no %s: %s; unknown without: %s", what, l.Why, l.Costs), Do: l.Do})
		}
	}
	return out
}

// seen lists what can be read, by what it is of.
func seen(sight source.Sight) string {
	var order []string
	by := map[string][]string{}
	for _, one := range sight.Sees {
		if by[one.Of] == nil {
			order = append(order, one.Of)
		}
		by[one.Of] = append(by[one.Of], one.What)
	}
	const most = 5
	var parts []string
	for i, of := range order {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(order)-most))
			break
		}
		parts = append(parts, of+": "+strings.Join(by[of], ", "))
	}
	if len(parts) == 0 {
		return "it shows nothing"
	}
	return "reads " + strings.Join(parts, "; ")
}
