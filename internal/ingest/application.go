package ingest

import (
	"path"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/store"
)

// Application is what is deployed by itself: a repository, or some paths of one.
type Application struct {
	Name         string
	Repository   string   // by one of its names
	Paths        []string // folders or files of the repository; none: all of it
	Services     []string // what pipelines and incident systems call it, besides Name
	Environments []string // those that are production; none: the usual names

	also []string // what forges call the repository that it is
}

// deployments are those of an application in production, earliest first. A deployment
// that names no application is of every one of its repository.
func (a Application) deployments(all []store.StoredDeployment, alone bool) (out []store.StoredDeployment) {
	for _, d := range all {
		if a.meant(d.Told, d.RepoID != "", alone) && a.production(d.Environment) {
			out = append(out, d)
		}
	}
	return out
}

// meant reports whether a deployment is of the application, by what it was told to be of; ours says
// that it names the application's repository, alone that this holds no other application.
func (a Application) meant(told string, ours, alone bool) bool {
	return a.called(told) || ours && (told == "" || alone && len(a.Paths) == 0 && len(a.Services) == 0)
}

// called reports whether a system means the application by a name.
func (a Application) called(name string) bool {
	return name != "" && slices.ContainsFunc(slices.Concat([]string{a.Name}, a.Services, a.also), func(s string) bool {
		return strings.EqualFold(s, name) || strings.EqualFold(path.Base(s), name)
	})
}

// production reports whether an environment is one of production.
func (a Application) production(environment string) bool {
	e := strings.ToLower(environment)
	if len(a.Environments) > 0 {
		return slices.ContainsFunc(a.Environments, func(s string) bool { return strings.EqualFold(s, environment) })
	}
	return e == "production" || e == "prod" || e == "live" || strings.HasPrefix(e, "prod-")
}

// touches reports whether any of some paths belongs to the application.
func (a Application) touches(paths []string) bool {
	if len(a.Paths) == 0 {
		return true
	}
	for _, p := range paths {
		for _, own := range a.Paths {
			own = strings.TrimSuffix(own, "/")
			if p == own || strings.HasPrefix(p, own+"/") {
				return true
			}
		}
	}
	return false
}
