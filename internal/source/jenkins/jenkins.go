// Package jenkins reads builds of Jenkins with the commits that its git plugin says they are of, and as
// deployments the jobs and stages that are named as such. Jobs stand in folders of any depth; the branches
// of a multibranch pipeline are one pipeline. It does not read who started a build, logs or test results.
package jenkins

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Options say what is read, and how.
type Options struct {
	Address  string   // https://jenkins.acme.example, with its path if it has one
	User     string   // whose token it is
	Token    string   // API token
	Projects []string // full names of jobs and folders: acme/api; none for all that the token can see
	// Deploys says what deploys where: by patterns of names of jobs (full, or the last part), or of jobs
	// and stages as job:stage, in which * stands for anything, the names of environments.
	Deploys   map[string]string
	Clock     api.Clock
	Transport http.RoundTripper
}

// Feed is one Jenkins.
type Feed struct {
	client   *api.Client
	host     string
	projects []string
	deploys  []deploy
}

// New makes the feed of a Jenkins.
func New(o Options) *Feed {
	address := strings.TrimRight(o.Address, "/")
	f := &Feed{projects: o.Projects, deploys: deploysOf(o.Deploys)}
	if u, err := url.Parse(address); err == nil {
		f.host = u.Host
	}
	authorize, secrets := api.Basic(o.User, o.Token)
	f.client = &api.Client{Base: address, Secrets: secrets, Transport: o.Transport, Clock: o.Clock, Authorize: authorize}
	return f
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.host }

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (s source.Sight, err error) {
	jobs, missing, err := f.jobs(ctx)
	if err != nil {
		return s, err
	}
	for _, name := range missing {
		s.Lacks = append(s.Lacks, source.Lack{Of: name, What: "builds", Why: api.ErrNotFound.Error(), Costs: "builds and deployments of it", Do: "look at the full name (folder/job), and give the user the permission Job/Read"})
	}
	deploying := false
	for _, j := range jobs {
		s.Sees = append(s.Sees, source.Seen{Of: j.FullName, What: "builds"})
		deploying = deploying || f.jobDeploys(j) != "" || len(f.stages(j)) > 0
	}
	if len(jobs) == 0 {
		s.Lacks = append(s.Lacks, source.Lack{What: "jobs", Why: "the user sees none", Costs: "builds and deployments", Do: "give the user the permissions Overall/Read and Job/Read"})
	} else if !deploying {
		s.Lacks = append(s.Lacks, source.Lack{What: "deployments", Why: "no job or stage is named as one", Costs: "DORA's five metrics, as far as Jenkins deploys", Do: "say which jobs or stages deploy where (deploys)"})
	}
	return s, nil
}

// job is a job that builds, as Jenkins lists it.
type job struct {
	Class    string  `json:"_class"`
	Name     string  `json:"name"`
	FullName string  `json:"fullName"`
	Last     *number `json:"lastBuild"`
	First    *number `json:"firstBuild"` // of those that were not discarded
	Jobs     []job   `json:"jobs"`
	pipeline string  // that of its parent, if it is a branch
	branch   string  // "" if it is none
}

type number struct {
	Number int64 `json:"number"`
}

// depth is how many levels of folders are listed by one request, and deepest how many at all.
const (
	depth   = 5
	deepest = 50
)

// jobs lists those that build, and names the ones that are asked for and are not there.
func (f *Feed) jobs(ctx context.Context) (out []job, missing []string, err error) {
	if len(f.projects) == 0 {
		err := f.walk(ctx, "", "", 0, &out)
		return out, nil, err
	}
	for _, name := range f.projects {
		before := len(out)
		err := f.walk(ctx, name, parentOf(name), 0, &out)
		if errors.Is(err, api.ErrNotFound) {
			missing = append(missing, name)
			out = out[:before]
			continue
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return out, missing, nil
}

// walk lists what is at a name, and deeper.
func (f *Feed) walk(ctx context.Context, name, parent string, level int, out *[]job) error {
	if level > deepest {
		return fmt.Errorf("%w: folders deeper than %d", api.ErrUnusable, deepest)
	}
	tree := "_class,name,fullName,lastBuild[number],firstBuild[number]"
	for range depth {
		tree = "_class,name,fullName,lastBuild[number],firstBuild[number],jobs[" + tree + "]"
	}
	var top struct {
		job
		Jobs *[]job `json:"jobs"`
	}
	if _, err := f.client.Get(ctx, pathOf(name)+"/api/json", url.Values{"tree": {tree}}, &top); err != nil {
		return err
	}
	if name == "" && top.Jobs == nil || name != "" && top.FullName != name {
		return fmt.Errorf("%w: it has no jobs, nor that there are none", api.ErrUnusable)
	}
	top.job.Jobs = nil
	if top.Jobs != nil {
		top.job.Jobs = *top.Jobs
	}
	return f.gather(ctx, top.job, job{FullName: parent}, level, 0, out)
}

// gather takes the jobs out of a tree. What is below its last level is asked for.
func (f *Feed) gather(ctx context.Context, j, parent job, level, here int, out *[]job) error {
	if j.Last != nil {
		j.pipeline = j.FullName
		if strings.Contains(parent.Class, "MultiBranch") {
			j.pipeline, j.branch = parent.FullName, unescape(j.Name)
		}
		*out = append(*out, j)
		return nil
	}
	if here == depth && isFolder(j.Class) {
		return f.walk(ctx, j.FullName, parent.FullName, level+depth, out)
	}
	for _, child := range j.Jobs {
		if child.FullName == "" || child.Name == "" {
			return fmt.Errorf("%w: a job without a name", api.ErrUnusable)
		}
		if err := f.gather(ctx, child, j, level, here+1, out); err != nil {
			return err
		}
	}
	return nil
}

func isFolder(class string) bool {
	return strings.Contains(class, "Folder") || strings.Contains(class, "MultiBranch")
}

func parentOf(name string) string {
	if i := strings.LastIndex(name, "/"); i > 0 {
		return name[:i]
	}
	return ""
}

// pathOf is where a job is found. A branch with a slash has that escaped in its name already.
func pathOf(name string) (path string) {
	if name == "" {
		return ""
	}
	for _, part := range strings.Split(name, "/") {
		path += "/job/" + url.PathEscape(part)
	}
	return path
}

func unescape(name string) string {
	if s, err := url.PathUnescape(name); err == nil {
		return s
	}
	return name
}

// Pull implements source.Feed.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	jobs, missing, err := f.jobs(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range missing {
		errs = append(errs, fmt.Errorf("job %s: %w", name, api.ErrNotFound))
	}
	known := revisions{map[string]revision{}, map[string]bool{}}
	for _, j := range jobs {
		if err := f.pullJob(ctx, req, j, known); err != nil {
			errs = append(errs, fmt.Errorf("job %s: %w", j.FullName, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(errs...)
}
