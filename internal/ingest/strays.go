package ingest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/store"
)

// Stray is what systems told of deployments and incidents, and no number counts.
type Stray struct {
	Cause        Cause
	Applications []Application // of which it is, or could be; none where that is not known
	Declared     bool          // the workspace declares them
	Values       []Counted     // the environments, applications or services as they were told, most first; one of the commits
	N            int
	Beside       []string // environments of the applications that do count
}

// Counted is a value that was told, and how often.
type Counted struct {
	Value string
	N     int
}

// Cause says why something fits nothing.
type Cause string

// The causes.
const (
	NoProduction   Cause = "no production" // the environment is none of production
	NoApplication  Cause = "no application"
	UnknownCommit  Cause = "unknown commit" // no clone holds it
	NoCommit       Cause = "no commit"
	UnknownService Cause = "unknown service"
)

// Strays finds what of a scope's deployments and incidents before an instant fell out, and why. What is deployed elsewhere than to production is a stray only where nothing of the application is
// deployed to production, or where the environment's name says production and the workspace does not
// say which are.
func Strays(ctx context.Context, st *store.Store, by Delivering, scope string, before time.Time) ([]Stray, error) {
	told, err := st.Strays(ctx, scope, before)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	names, err := st.RepositoryNames(ctx)
	if err != nil {
		return nil, err
	}
	g := strays{by: by, names: names, counted: map[string][]string{}}
	for _, x := range told {
		for _, a := range g.of(x) {
			if x.Kind == store.CountedDeployment && !slices.Contains(g.counted[a.Name], x.Value) {
				g.counted[a.Name] = append(g.counted[a.Name], x.Value)
			}
		}
	}
	for _, x := range told {
		g.add(x)
	}
	for i := range g.out {
		slices.SortStableFunc(g.out[i].Values, func(a, b Counted) int { return cmp.Or(b.N-a.N, strings.Compare(a.Value, b.Value)) })
	}
	return g.out, nil
}

// strays gathers them.
type strays struct {
	by      Delivering
	names   map[string][]string
	counted map[string][]string // environments of deployments that count, by application
	out     []Stray
}

// of are the applications that a deployment is of, wherever it went.
func (g *strays) of(x store.Stray) (out []Application) {
	known := g.applications(x.RepoID)
	for _, a := range known {
		if a.meant(x.Application, len(known) > 0, len(known) == 1) {
			out = append(out, a)
		}
	}
	return out
}

// applications are those of a repository; of what stands for one that is declared, this.
func (g *strays) applications(repo string) []Application {
	names := namesOf(g.names, repo)
	if found := g.by.applicationsOf(names); len(found) > 0 {
		return found
	}
	alone := strings.TrimPrefix(names[0], applicationName)
	return slices.DeleteFunc(slices.Clone(g.by.Applications), func(a Application) bool { return !a.called(alone) })
}

// only is the one application that there is; none where there are several.
func (g *strays) only() (out []Application) {
	for _, called := range g.names {
		out = append(out, g.by.applicationsOf(called)...)
	}
	if len(out) > 1 {
		return nil
	}
	return out
}

func (g *strays) add(x store.Stray) {
	switch x.Kind {
	case store.UnplacedDeployment:
		of := g.of(x)
		if len(of) == 0 {
			g.put(NoApplication, g.applications(x.RepoID), x.Application, x.N)
		} else if of = slices.DeleteFunc(of, func(a Application) bool { return !g.misses(a, x.Value) }); len(of) > 0 {
			g.put(NoProduction, of, x.Value, x.N)
		}
	case store.UnknownCommit, store.NoCommit:
		of := slices.DeleteFunc(slices.Clone(g.applications(x.RepoID)), func(a Application) bool { return a.Name != x.Application })
		g.put(map[store.StrayKind]Cause{store.UnknownCommit: UnknownCommit, store.NoCommit: NoCommit}[x.Kind], of, x.Value, x.N)
	case store.UnknownService:
		g.put(UnknownService, g.only(), x.Value, x.N)
	}
}

// declared reports whether the workspace declares an application; else it is a whole repository.
func (g *strays) declared(a Application) bool {
	return slices.ContainsFunc(g.by.Applications, func(d Application) bool { return d.Name == a.Name && d.Repository == a.Repository })
}

// misses reports whether deployments of an application to an environment may be missed in production.
func (g *strays) misses(a Application, environment string) bool {
	if a.production(environment) {
		return false
	}
	e := strings.ToLower(environment)
	return len(g.counted[a.Name]) == 0 || len(a.Environments) == 0 && (strings.HasPrefix(e, "prod") || strings.HasPrefix(e, "live"))
}

// put counts a stray with those of its cause and applications.
func (g *strays) put(cause Cause, of []Application, value string, n int) {
	i := slices.IndexFunc(g.out, func(s Stray) bool {
		return s.Cause == cause && slices.EqualFunc(s.Applications, of, func(a, b Application) bool { return a.Name == b.Name && a.Repository == b.Repository })
	})
	if i < 0 {
		i = len(g.out)
		g.out = append(g.out, Stray{Cause: cause, Applications: of, Declared: len(of) > 0 && g.declared(of[0])})
		for _, a := range of {
			g.out[i].Beside = append(g.out[i].Beside, g.counted[a.Name]...)
		}
	}
	s := &g.out[i]
	s.N += n
	if k := slices.IndexFunc(s.Values, func(c Counted) bool { return c.Value == value }); k >= 0 {
		s.Values[k].N += n
		return
	}
	s.Values = append(s.Values, Counted{value, n})
}
