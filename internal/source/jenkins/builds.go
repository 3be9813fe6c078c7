package jenkins

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

const perPage = 100

// tree is what is asked of each build. No cause says who it was.
const tree = "number,timestamp,duration,building,result,actions[lastBuiltRevision[SHA1,branch[name]],remoteUrls,queuingDurationMillis,parameters[name,value],causes[upstreamProject,upstreamBuild]]"

// cursor is where reading of a job stopped. A pass goes from the newest build down.
type cursor struct {
	Done int64   `json:"done,omitempty"` // all builds up to this number are read
	Top  int64   `json:"top,omitempty"`  // of the pass that goes on: its newest build
	Next int     `json:"next,omitempty"` // of the pass that goes on: builds that are read
	Last int64   `json:"last,omitempty"` // of the pass that goes on: the last of them
	Open []int64 `json:"open,omitempty"` // builds that were running
}

type build struct {
	Number   int64    `json:"number"`
	Time     int64    `json:"timestamp"` // milliseconds since 1970, when it began
	Duration int64    `json:"duration"`  // milliseconds
	Building bool     `json:"building"`
	Result   string   `json:"result"`
	Actions  []action `json:"actions"`
}

// action is one of the things that plugins say of a build.
type action struct {
	Revision *struct {
		SHA    string `json:"SHA1"`
		Branch []struct {
			Name string `json:"name"`
		} `json:"branch"`
	} `json:"lastBuiltRevision"`
	Remotes    []string `json:"remoteUrls"`
	Queuing    int64    `json:"queuingDurationMillis"`
	Parameters []struct {
		Name  string          `json:"name"`
		Value json.RawMessage `json:"value"`
	} `json:"parameters"`
	Causes []struct {
		Project string `json:"upstreamProject"`
		Build   int64  `json:"upstreamBuild"`
	} `json:"causes"`
}

// pullJob reads the builds of a job.
func (f *Feed) pullJob(ctx context.Context, req source.Pull, j job, known revisions) error {
	stream := j.FullName + " builds"
	var c cursor
	if json.Unmarshal([]byte(req.Cursor(stream)), &c) != nil || c.Next < 0 {
		c = cursor{}
	}
	if j.Last.Number < c.Done { // the job was made anew, and counts from the beginning
		c = cursor{}
	}
	begun := max(0, c.Next-1)
	for over := j.Last.Number == c.Done && c.Next == 0; !over; {
		list, err := f.list(ctx, j, c)
		if err != nil {
			return err
		}
		d, skipped, err := f.translate(ctx, j, fresh(list, c), known)
		if err != nil {
			return err
		}
		total := j.about(c.Done) - begun
		over = c.advance(list)
		done := c.Next - begun
		if over {
			done = total
		}
		if req.Progress != nil {
			req.Progress(stream, done, max(done, total))
		}
		if err := emit(ctx, req, stream, c, d, skipped); err != nil {
			return err
		}
	}
	return f.pullOpen(ctx, req, j, stream, c, known)
}

// about is how many builds there are above a number, of which some in between may have been discarded.
func (j job) about(done int64) int {
	if j.First != nil {
		done = max(done, j.First.Number-1)
	}
	return int(min(j.Last.Number-done, 1<<30))
}

// list asks for a page of builds. It begins with the last one of the page before; where it does not,
// builds were discarded meanwhile, and it is asked for again from half a page earlier.
func (f *Feed) list(ctx context.Context, j job, c cursor) ([]build, error) {
	start := max(0, c.Next-1)
	for {
		var a struct {
			Builds *[]build `json:"allBuilds"`
		}
		q := url.Values{"tree": {fmt.Sprintf("allBuilds[%s]{%d,%d}", tree, start, start+perPage)}}
		if _, err := f.client.Get(ctx, pathOf(j.FullName)+"/api/json", q, &a); err != nil {
			return nil, err
		}
		if a.Builds == nil {
			return nil, fmt.Errorf("%w: it has no builds, nor that there are none", api.ErrUnusable)
		}
		list := *a.Builds
		for i, b := range list {
			if b.Number <= 0 || b.Time <= 0 || b.Time > 1e14 || b.Duration < 0 || b.Duration > 1e14 || i > 0 && b.Number >= list[i-1].Number {
				return nil, fmt.Errorf("%w: a build without number or time, or out of order", api.ErrUnusable)
			}
		}
		if c.Next == 0 || start == 0 || len(list) > 0 && list[0].Number >= c.Last {
			return list, nil
		}
		start = max(0, start-perPage/2)
	}
}

// fresh are the builds that no page before had, and no pass.
func fresh(list []build, c cursor) []build {
	return slices.DeleteFunc(slices.Clone(list), func(b build) bool {
		return b.Number <= c.Done || c.Next > 0 && b.Number >= c.Last && b.Number <= c.Top
	})
}

// advance moves the cursor behind a page, and says whether the pass is over.
func (c *cursor) advance(list []build) (over bool) {
	for _, b := range fresh(list, *c) {
		if b.Building {
			c.Open = append(c.Open, b.Number)
		}
	}
	n := len(list)
	if n == 0 || n < perPage || list[n-1].Number <= c.Done {
		if n > 0 {
			c.Top = max(c.Top, list[0].Number)
		}
		*c = cursor{Done: max(c.Done, c.Top), Open: c.Open}
		return true
	}
	if c.Next == 0 {
		c.Top = list[0].Number
	}
	c.Next, c.Last = max(0, c.Next-1)+n, list[n-1].Number
	return false
}

// pullOpen asks for what became of builds that were running when they were read.
func (f *Feed) pullOpen(ctx context.Context, req source.Pull, j job, stream string, c cursor, known revisions) error {
	before := c.Open
	c.Open = nil
	var list []build
	for _, n := range before {
		if known.of[key(j.FullName, n)].running { // it was read just now
			c.Open = append(c.Open, n)
			continue
		}
		var b build
		_, err := f.client.Get(ctx, fmt.Sprintf("%s/%d/api/json", pathOf(j.FullName), n), url.Values{"tree": {tree}}, &b)
		if errors.Is(err, api.ErrNotFound) {
			continue // discarded
		}
		if err != nil {
			return err
		}
		if b.Number != n || b.Time <= 0 || b.Time > 1e14 || b.Duration < 0 || b.Duration > 1e14 {
			return fmt.Errorf("%w: another build than was asked for", api.ErrUnusable)
		}
		if b.Building {
			c.Open = append(c.Open, n)
			continue
		}
		list = append(list, b)
	}
	if len(c.Open) == len(before) {
		return nil
	}
	d, skipped, err := f.translate(ctx, j, list, known)
	if err != nil {
		return err
	}
	return emit(ctx, req, stream, c, d, skipped)
}

func emit(ctx context.Context, req source.Pull, stream string, c cursor, d fact.Delivery, skipped []fact.Skipped) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return req.Emit(ctx, source.Page{Stream: stream, Cursor: source.Cursor(text), Delivery: d, Skipped: skipped})
}

// translate makes facts of builds that ended: deployments of a job that is named as one, and of stages
// that are.
func (f *Feed) translate(ctx context.Context, j job, list []build, known revisions) (d fact.Delivery, skipped []fact.Skipped, err error) {
	environment, stages := f.jobDeploys(j), f.stages(j)
	without, addresses := 0, map[string][]string{}
	for _, b := range list {
		r, err := f.revision(ctx, j, b, known)
		if err != nil {
			return d, nil, err
		}
		if b.Building {
			continue // what it is of is known when all is checked out
		}
		if r.repository != "" && len(addresses[r.repository]) == 0 {
			addresses[r.repository] = r.addresses
			d.Repositories = append(d.Repositories, fact.ForgeRepository{Name: r.repository, Addresses: r.addresses})
		}
		if environment != "" {
			d.Deployments = append(d.Deployments, b.deployment(j, r, environment))
			continue
		}
		if len(stages) > 0 {
			deployments, err := f.deployedBy(ctx, j, b, r, stages)
			if err != nil {
				return d, nil, err
			}
			d.Deployments = append(d.Deployments, deployments...)
		}
		if r.sha == "" || r.repository == "" {
			without++
			continue
		}
		d.Builds = append(d.Builds, b.build(j, r))
	}
	if without > 0 {
		skipped = []fact.Skipped{{What: "builds of " + j.FullName, Why: "the git plugin does not say of which commit they are", Count: without}}
	}
	return d, skipped, nil
}

func (b build) id(j job) string { return fmt.Sprintf("%s#%d", j.FullName, b.Number) }

func (b build) times() (queued, started, finished time.Time) {
	started = time.UnixMilli(b.Time).UTC()
	queued = started
	for _, a := range b.Actions {
		if a.Queuing > 0 && a.Queuing < b.Time {
			queued = started.Add(-time.Duration(a.Queuing) * time.Millisecond)
		}
	}
	return queued, started, started.Add(time.Duration(b.Duration) * time.Millisecond)
}

// results are Jenkins' words. A build that is unstable failed its tests.
var results = map[string]fact.Result{"SUCCESS": fact.Succeeded, "UNSTABLE": fact.Failed, "FAILURE": fact.Failed, "ABORTED": fact.Cancelled, "NOT_BUILT": fact.Cancelled}

func (b build) result() fact.Result {
	if r, ok := results[b.Result]; ok {
		return r
	}
	return fact.Cancelled // it has none, as Jenkins was stopped meanwhile
}

func (b build) build(j job, r revision) fact.Build {
	queued, started, finished := b.times()
	branch := j.branch
	if branch == "" {
		branch = r.branch
	}
	return fact.Build{Repository: r.repository, ID: b.id(j), Pipeline: j.pipeline, Attempt: 1, SHA: r.sha, Branch: branch, Result: b.result(), QueuedAt: queued, StartedAt: started, FinishedAt: finished}
}

func (b build) deployment(j job, r revision, environment string) fact.Deployment {
	_, started, finished := b.times()
	d := fact.Deployment{Repository: r.repository, ID: b.id(j), Environment: environment, SHA: r.sha, Result: b.result(), StartedAt: started, FinishedAt: finished, UpdatedAt: finished}
	if d.Repository == "" {
		d.Application = j.pipeline
	}
	return d
}

// stage is a part of a run of a pipeline.
type stage struct {
	Name     string `json:"name"`
	Status   string `json:"status"`
	Time     int64  `json:"startTimeMillis"`
	Duration int64  `json:"durationMillis"`
}

// stageResults are the words of the plugin that tells stages. A stage that was not come to is none of these.
var stageResults = map[string]fact.Result{"SUCCESS": fact.Succeeded, "UNSTABLE": fact.Failed, "FAILED": fact.Failed, "ABORTED": fact.Cancelled}

// deployedBy asks for the stages of a build, and makes deployments of those that are named as such.
func (f *Feed) deployedBy(ctx context.Context, j job, b build, r revision, patterns []deploy) (out []fact.Deployment, err error) {
	var a struct {
		Stages *[]stage `json:"stages"`
	}
	_, err = f.client.Get(ctx, fmt.Sprintf("%s/%d/wfapi/describe", pathOf(j.FullName), b.Number), nil, &a)
	if errors.Is(err, api.ErrNotFound) {
		return nil, nil // no pipeline, or the plugin is not there
	}
	if err != nil {
		return nil, err
	}
	if a.Stages == nil {
		return nil, fmt.Errorf("%w: it has no stages, nor that there are none", api.ErrUnusable)
	}
	for _, s := range *a.Stages {
		result, ran := stageResults[s.Status]
		i := slices.IndexFunc(patterns, func(d deploy) bool { return matches(d.stage, s.Name) })
		if !ran || i < 0 {
			continue
		}
		if s.Time <= 0 || s.Time > 1e14 || s.Duration < 0 || s.Duration > 1e14 {
			return nil, fmt.Errorf("%w: a stage without its time", api.ErrUnusable)
		}
		d := b.deployment(j, r, patterns[i].environment)
		d.ID += ":" + s.Name
		d.Result, d.StartedAt = result, time.UnixMilli(s.Time).UTC()
		d.FinishedAt = d.StartedAt.Add(time.Duration(s.Duration) * time.Millisecond)
		d.UpdatedAt = d.FinishedAt
		out = append(out, d)
	}
	return out, nil
}

// revision is the commit that a build is of.
type revision struct {
	repository, sha, branch string
	addresses               []string
	running                 bool
	project                 string // of the build that started it; "" if none did
	build                   int64
}

// revisions are those of builds that were read, and the jobs whose newest builds are among them.
type revisions struct {
	of     map[string]revision
	loaded map[string]bool
}

func key(name string, n int64) string { return fmt.Sprintf("%s#%d", name, n) }

// furthest is how many builds are followed upwards.
const furthest = 4

// revision finds the commit of a build: what the git plugin says, a parameter that is a commit's id, or the
// revision of the build that started this one.
func (f *Feed) revision(ctx context.Context, j job, b build, known revisions) (revision, error) {
	r := told(j, b)
	project, n := b.cause()
	for steps := 0; steps < furthest && project != "" && (r.sha == "" || r.repository == ""); steps++ {
		above, err := f.above(ctx, project, n, known)
		if err != nil {
			return r, err
		}
		r = r.orOf(above)
		project, n = above.project, above.build
	}
	r.running = b.Building
	r.project, r.build = b.cause()
	known.of[key(j.FullName, b.Number)] = r
	return r, nil
}

// above gives the revision of a build that started another. The newest builds of its job are asked for together,
// as the next one is likely to be among them.
func (f *Feed) above(ctx context.Context, project string, n int64, known revisions) (revision, error) {
	k := key(project, n)
	if r, ok := known.of[k]; ok {
		return r, nil
	}
	j := job{FullName: project, Name: path.Base(project), pipeline: project}
	var list []build
	var err error
	if !known.loaded[project] {
		known.loaded[project] = true
		list, err = f.list(ctx, j, cursor{})
	}
	if err == nil && !slices.ContainsFunc(list, func(b build) bool { return b.Number == n }) {
		var b build
		_, err = f.client.Get(ctx, fmt.Sprintf("%s/%d/api/json", pathOf(project), n), url.Values{"tree": {tree}}, &b)
		b.Number = n
		list = append(list, b)
	}
	if errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrForbidden) {
		known.of[k] = revision{}
		return revision{}, nil
	}
	for _, b := range list {
		if _, ok := known.of[key(project, b.Number)]; !ok {
			r := told(j, b)
			r.project, r.build = b.cause()
			known.of[key(project, b.Number)] = r
		}
	}
	return known.of[k], err
}

// orOf completes a revision by that of the build above. A commit is never tied to another's repository.
func (r revision) orOf(above revision) revision {
	if r.sha == "" || r.sha == above.sha || r.repository == "" && above.repository != "" {
		if r.sha == "" {
			r.sha = above.sha
		}
		r.repository, r.branch, r.addresses = above.repository, above.branch, above.addresses
	}
	return r
}

// cause is the build that started one.
func (b build) cause() (project string, n int64) {
	for _, a := range b.Actions {
		for _, c := range a.Causes {
			if c.Project != "" && c.Build > 0 {
				return c.Project, c.Build
			}
		}
	}
	return "", 0
}

// told is the revision that a build itself tells.
func told(j job, b build) (r revision) {
	var candidates []revision
	for _, a := range b.Actions {
		if a.Revision != nil && api.IsSHA(a.Revision.SHA) && len(a.Remotes) > 0 {
			c := revision{sha: a.Revision.SHA, addresses: a.Remotes, repository: repositoryOf(a.Remotes[0])}
			if len(a.Revision.Branch) > 0 {
				c.branch = branchOf(a.Revision.Branch[0].Name)
			}
			candidates = append(candidates, c)
		}
	}
	if len(candidates) > 0 {
		return chosen(j, candidates)
	}
	for _, a := range b.Actions {
		for _, p := range a.Parameters {
			var v string
			if json.Unmarshal(p.Value, &v) == nil && api.IsSHA(v) {
				return revision{sha: v}
			}
		}
	}
	return r
}

// chosen is the revision that a build is about, where it checked out several repositories, as those of
// shared libraries: that of the job's branch, that whose name is in the job's, or the last.
func chosen(j job, list []revision) revision {
	for _, r := range list {
		if j.branch != "" && r.branch == j.branch {
			return r
		}
	}
	parts := strings.Split(j.FullName, "/")
	for _, r := range list {
		if slices.Contains(parts, path.Base(r.repository)) {
			return r
		}
	}
	return list[len(list)-1]
}

// repositoryOf is the name that a forge gives a repository, by the address that it is cloned from:
// acme/api of https://forge.example.com/acme/api.git and git@forge.example.com:acme/api.git.
func repositoryOf(address string) string {
	name := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		name = u.Path
	} else if _, after, found := strings.Cut(address, ":"); found {
		name = after
	}
	return strings.TrimSuffix(strings.Trim(name, "/"), ".git")
}

func branchOf(name string) string {
	for _, prefix := range []string{"refs/remotes/", "refs/heads/", "origin/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return name
}
