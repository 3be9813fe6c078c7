package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/signal"
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
	zone   *time.Location // the company's
}

// connector makes the feed of a kind of system.
type connector struct {
	open   func(c connection) source.Feed
	brings []fact.ItemKind // what it can tell; of csv: what its files are of
	files  bool            // it is read from files alone: a look asks nobody
}

var connectors = map[string]connector{
	"csv": {func(c connection) source.Feed { return csv.New(fileFeedName(c), c.files, c.zone) }, nil, true},
	"github": {func(c connection) source.Feed {
		return github.New(github.Options{Address: c.system.Address, Token: c.token, User: c.system.User, Projects: c.system.Projects, Doing: c.system.Doing})
	}, []fact.ItemKind{fact.RequestItem, fact.IssueItem, fact.BuildItem, fact.DeploymentItem}, false},
	"gitlab": {func(c connection) source.Feed {
		return gitlab.New(gitlab.Options{Address: c.system.Address, Token: c.token, Projects: c.system.Projects, Doing: c.system.Doing, Zone: c.zone})
	}, []fact.ItemKind{fact.RequestItem, fact.IssueItem, fact.SprintItem, fact.BuildItem, fact.DeploymentItem, fact.IncidentItem}, false},
	"gitea":   {giteaFeed, []fact.ItemKind{fact.RequestItem, fact.IssueItem, fact.BuildItem}, false},
	"forgejo": {giteaFeed, []fact.ItemKind{fact.RequestItem, fact.IssueItem, fact.BuildItem}, false},
	"jira": {func(c connection) source.Feed {
		return jira.New(jira.Options{Address: c.system.Address, User: c.system.User, Token: c.token, Projects: c.system.Projects, Points: c.system.Points})
	}, []fact.ItemKind{fact.IssueItem, fact.SprintItem}, false},
	"jenkins": {func(c connection) source.Feed {
		return jenkins.New(jenkins.Options{Address: c.system.Address, User: c.system.User, Token: c.token, Projects: c.system.Projects, Deploys: c.system.Deploys})
	}, []fact.ItemKind{fact.BuildItem, fact.DeploymentItem}, false},
	"cdevents": {eventFeed,
		[]fact.ItemKind{fact.RequestItem, fact.IssueItem, fact.BuildItem, fact.DeploymentItem, fact.IncidentItem}, true},
	"webhook": {func(c connection) source.Feed { return csv.NewPushed(fileFeedName(c), c.files["items"]) },
		[]fact.ItemKind{fact.IssueItem, fact.DeploymentItem, fact.IncidentItem}, true},
	"pagerduty": {func(c connection) source.Feed {
		return pagerduty.New(pagerduty.Options{Address: c.system.Address, Token: c.token, Projects: c.system.Projects})
	}, []fact.ItemKind{fact.IncidentItem}, false},
	"opsgenie": {func(c connection) source.Feed {
		return opsgenie.New(opsgenie.Options{Address: c.system.Address, Token: c.token, Alerts: c.system.Alerts})
	}, []fact.ItemKind{fact.IncidentItem}, false},
}

// eventFeed reads what a webhook keeps where it has a secret, or else what is exported.
func eventFeed(c connection) source.Feed {
	if c.system.TokenEnv != "" || c.system.TokenFile != "" {
		return cdevents.NewPushed(fileFeedName(c), c.files)
	}
	return cdevents.New(fileFeedName(c), c.files)
}

func giteaFeed(c connection) source.Feed {
	return gitea.New(gitea.Options{Address: c.system.Address, Token: c.token, Projects: c.system.Projects, Doing: c.system.Doing})
}

// system is a system of the workspace, and what it can tell.
type system struct {
	ingest.Feed
	brings []fact.ItemKind
	files  bool
	paths  []string // of its files
}

// systems are those of the workspace. One that cannot be connected to fails alone, when it
// is read.
func (s *session) systems() (out []system) {
	if s.doc == nil || len(s.scope.Paths) > 0 {
		return nil
	}
	for _, sys := range s.doc.Systems {
		c := connectors[sys.System]
		brings := c.brings
		if sys.System == "csv" {
			brings = csv.Items(sys.Files)
		}
		f, err := s.feed(sys)
		if err != nil {
			name := systemName(sys)
			if c.open != nil {
				name = c.open(s.connection(sys, "")).Name()
			}
			f = broken{name, err}
		}
		out = append(out, system{ingest.Feed{Feed: f, Clones: sys.Clones}, brings, c.files, slices.Sorted(maps.Values(s.doc.FilesOf(sys)))})
	}
	label(out, s.doc.Systems)
	return out
}

// label tells systems of the same name apart: by their names in the workspace, or else by what is read
// there, by what they are, or by their addresses.
func label(systems []system, by []workspace.System) {
	same := map[string][]int{}
	for i, sys := range systems {
		same[sys.Name()] = append(same[sys.Name()], i)
	}
	for name, list := range same {
		if len(list) == 1 {
			continue
		}
		for _, words := range []func(workspace.System) string{
			func(sys workspace.System) string { return cmp.Or(sys.Name, few(sys.Projects), sys.System) },
			func(sys workspace.System) string { return sys.System + " " + cmp.Or(sys.Name, few(sys.Projects)) },
			func(sys workspace.System) string {
				return strings.TrimSpace(sys.System + " " + sys.Address + " " + strings.Join(sys.Projects, ", "))
			},
		} {
			told := map[string]bool{}
			for _, i := range list {
				systems[i].Label = name + " (" + strings.TrimSpace(words(by[i])) + ")"
				told[systems[i].Label] = true
			}
			if len(told) == len(list) {
				break
			}
		}
	}
}

// few are the first of some projects.
func few(projects []string) string {
	const most = 3
	if more := len(projects) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(projects[:most], ", "), more)
	}
	return strings.Join(projects, ", ")
}

// feeds are the systems of the workspace as they are read.
func (s *session) feeds() (out []ingest.Feed) {
	for _, sys := range s.systems() {
		out = append(out, sys.Feed)
	}
	return out
}

func (s *session) feed(sys workspace.System) (source.Feed, error) {
	c, ok := connectors[sys.System]
	if !ok {
		return nil, problem.New(problem.Invalid, "give its data as CSV files: system: csv; see docs/howto/connect-systems.md", "this version of the program has no connector for %s", sys.System)
	}
	token, err := s.token(sys)
	if err != nil {
		return nil, err
	}
	return c.open(s.connection(sys, token)), nil
}

func (s *session) connection(sys workspace.System, token string) connection {
	return connection{sys, token, s.doc.FilesOf(sys), s.doc.Company.TimeZone}
}

// token reads the token of a system from where the workspace says that it is.
func (s *session) token(sys workspace.System) (string, error) {
	return s.secret("token_file", "token of "+systemName(sys), s.doc.TokenFileOf(sys), sys.TokenEnv)
}

// hookSecret reads the secret by which a system signs that something changed; "" where it does
// not say so.
func (s *session) hookSecret(sys workspace.System) (string, error) {
	secret, err := s.secret("hook_file", "webhook's secret of "+systemName(sys), s.doc.HookFileOf(sys), sys.HookEnv)
	if err == nil && secret == "" && sys.HookFile != "" {
		return "", problem.New(problem.Invalid, "write the secret into that file, for you alone to read", "the webhook's secret of %s: %s is empty", systemName(sys), sys.HookFile)
	}
	return secret, err
}

// secret reads what stands in a file or else in a variable; "" where neither is named. key is what
// names the file.
func (s *session) secret(key, what, path, variable string) (string, error) {
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", problem.New(problem.Missing, "write it into that file, for you alone to read", "the %s: %w", what, err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	if variable == "" {
		return "", nil
	}
	for _, one := range s.env {
		if name, value, _ := strings.Cut(one, "="); name == variable && value != "" {
			return value, nil
		}
	}
	return "", problem.New(problem.Missing, "export "+variable+"=..., or write "+key+": PATH", "the %s: the variable %s is not set", what, variable)
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
	systems := s.systems()
	sights, errs, shown := make([]source.Sight, len(systems)), make([]error, len(systems)), map[string]bool{}
	for i, sys := range systems {
		sights[i], errs[i] = sys.Look(ctx)
		for _, one := range sights[i].Sees {
			shown[one.What] = true
		}
	}
	for i, sys := range systems {
		if errs[i] != nil {
			check := failed(sys.Called(), errs[i])
			if !strings.Contains(check.Detail, "unknown until") { // CSV files say what each costs
				check.Detail += "\n" + lost(sys)
			}
			out = append(out, check)
		}
		if errs[i] == nil || len(sights[i].Sees) > 0 {
			out = append(out, cli.Check{Name: sys.Called(), Status: "ok", Detail: seen(sights[i])})
		}
		for _, l := range sights[i].Lacks {
			if !shownElsewhere(l, shown) {
				out = append(out, cli.Check{Name: sys.Called(), Status: "warning", Detail: lacking(l), Do: l.Do})
			}
		}
	}
	return out
}

// shownElsewhere: what one system has none of is not missed where another tells it. What is
// lacking of a project or a file is missed all the same.
func shownElsewhere(l source.Lack, shown map[string]bool) bool { return l.Of == "" && shown[l.What] }

func lacking(l source.Lack) string {
	what := l.What
	if l.Of != "" {
		what += " of " + l.Of
	}
	return fmt.Sprintf("no %s: %s; unknown without: %s", what, l.Why, l.Costs)
}

// lost is what stays unknown while a system is not read.
func lost(sys system) string {
	return "unknown until it is read: " + source.Costs(sys.brings...)
}

// systemNotes say of each system, by what it is called, what is not known for want of what it does not
// tell: of files as they stand, of others by what was stored.
func (s *session) systemNotes(ctx context.Context, told map[string]map[fact.ItemKind]int) map[string][]string {
	shown := map[string]bool{}
	for _, kinds := range told {
		for kind, n := range kinds {
			shown[itemsOf(kind)] = shown[itemsOf(kind)] || n > 0
		}
	}
	out := map[string][]string{}
	for _, sys := range s.systems() {
		name := sys.Called()
		note := func(l source.Lack) {
			if !shownElsewhere(l, shown) {
				out[name] = append(out[name], lacking(l)+": "+l.Do)
			}
		}
		if sys.files {
			sight, err := s.lookAtFiles(ctx, sys)
			if err != nil {
				continue // reading it failed, and says so
			}
			for _, l := range sight.Lacks {
				note(l)
			}
			continue
		}
		for _, kind := range sys.brings {
			note(source.Lack{What: itemsOf(kind), Why: "no system told any", Costs: source.Costs(kind), Do: "diarchy doctor says what it shows; name the system that has them, or a file"})
		}
	}
	return out
}

// lookAtFiles looks at each version of a system's files once: whatever is asked says what they
// lack.
func (s *session) lookAtFiles(ctx context.Context, sys system) (source.Sight, error) {
	return remember(ctx, s.sights, "", sys.Name()+"\x00"+s.stamps(sys.paths), sys.Look)
}

// itemsOf is what feeds call a kind of items.
func itemsOf(kind fact.ItemKind) string { return strings.ReplaceAll(string(kind), "_", " ") + "s" }

// misfits are the corrections of the workspace that fit no incident or deployment, each with
// where it is written.
func (s *session) misfits(ctx context.Context) (out []cockpit.Missing, err error) {
	if s.doc == nil {
		return nil, nil
	}
	found, err := ingest.Misfits(ctx, s.store, s.delivering().Attachments)
	for _, m := range found {
		line := 0
		for _, i := range s.doc.Incidents {
			if i.Incident == m.Incident {
				line = i.Line
			}
		}
		out = append(out, cockpit.Missing{
			What:   fmt.Sprintf("What caused incident %s, as %s:%d corrects it: %s.", m.Incident, filepath.Base(s.doc.Path), line, m.Why),
			Effect: "Until then, that incident is blamed on no deployment: change failure rate, failed deployment recovery time.",
			How:    "correct the id of the incident or of the deployment, or remove the entry",
		})
	}
	return out, err
}

// misfitChecks are misfits as doctor says them.
func (s *session) misfitChecks(ctx context.Context) (out []cli.Check) {
	found, err := s.misfits(ctx)
	if err != nil {
		return []cli.Check{failed("incidents", err)}
	}
	for _, m := range found {
		out = append(out, cli.Check{Name: "incidents", Status: "warning", Detail: m.What + " " + m.Effect, Do: m.How})
	}
	return out
}

// left are the systems of which facts are stored, and which the workspace names no longer.
func (s *session) left(ctx context.Context) (out []string, err error) {
	if s.doc == nil || len(s.scope.Paths) > 0 {
		return nil, nil
	}
	streams, err := s.store.Streams(ctx)
	if err != nil || len(streams) == 0 {
		return nil, err
	}
	named := map[string]bool{}
	for _, sys := range s.systems() {
		named[sys.Name()] = true
	}
	for _, st := range streams {
		if !named[st.Source] {
			named[st.Source], out = true, append(out, st.Source)
		}
	}
	return out, nil
}

// leftChecks name systems that are gone from the workspace and not from the facts.
func (s *session) leftChecks(ctx context.Context) (out []cli.Check) {
	gone, err := s.left(ctx)
	if err != nil {
		return []cli.Check{failed("systems", err)}
	}
	if len(gone) == 0 {
		return nil
	}
	told, err := s.store.Told(ctx)
	if err != nil {
		return []cli.Check{failed("systems", err)}
	}
	for _, name := range gone {
		items := 0
		for _, n := range told[name] {
			items += n
		}
		out = append(out, cli.Check{Name: name, Status: "warning", Detail: "stored of it: " + signal.Count(float64(items), "items") + "; " + filepath.Base(s.doc.Path) + " names it no longer, and what it told still counts",
			Do: "nothing, if it is only that another system took its place; to take out what it told: diarchy sync --forget " + name})
	}
	return out
}

// forgettable are the systems that a command is to forget. One that the workspace names would
// only be read again.
func (s *session) forgettable(ctx context.Context) ([]string, error) {
	if len(s.scope.Forget) == 0 {
		return nil, nil
	}
	gone, err := s.left(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range s.scope.Forget {
		if slices.ContainsFunc(s.systems(), func(sys system) bool { return sys.Name() == name }) {
			return nil, problem.New(problem.Usage, "take its entry out of diarchy.yaml first", "%s is still read", name)
		}
		if !slices.Contains(gone, name) {
			return nil, problem.New(problem.Usage, "diarchy doctor names those of which there are some", "no facts of a system %q are stored that is read no longer", name)
		}
	}
	return s.scope.Forget, nil
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
