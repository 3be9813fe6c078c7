package jenkins

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

type object = map[string]any

const user = "reader"

// fake speaks Jenkins' documented protocol over a world: each repository is a multibranch pipeline with
// one branch, and has a job that deploys.
type fake struct {
	w      *sourcetest.World
	asked  []string
	more   map[string][]object // jobs besides those of the world: their builds, oldest first
	stages map[string][]object // of builds, by job#number
}

func newFake(w *sourcetest.World) *fake {
	return &fake{w: w, more: map[string][]object{}, stages: map[string][]object{}}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.w.Lock()
	defer f.w.Unlock()
	f.asked = append(f.asked, r.URL.Path)
	name, password, _ := r.BasicAuth()
	if name != user || password != sourcetest.Token {
		http.Error(w, "<html><head><title>Error 401 Invalid password/token for user: reader</title></head></html>", http.StatusUnauthorized)
		return
	}
	path, ok := strings.CutSuffix(r.URL.EscapedPath(), "/api/json")
	describe, stages := strings.CutSuffix(r.URL.EscapedPath(), "/wfapi/describe")
	if stages {
		path = describe
	}
	parts := strings.Split(strings.TrimPrefix(path, "/job/"), "/job/")
	number := ""
	if i := strings.LastIndex(parts[len(parts)-1], "/"); i > 0 {
		parts[len(parts)-1], number = parts[len(parts)-1][:i], parts[len(parts)-1][i+1:]
	}
	for i := range parts {
		parts[i], _ = url.PathUnescape(parts[i])
	}
	job := strings.Join(parts, "/")
	builds, known := f.jobs()[job]
	switch {
	case stages:
		if list := f.stages[job+"#"+number]; list != nil {
			answer(w, object{"id": number, "name": "#" + number, "status": "SUCCESS", "stages": list})
			return
		}
	case ok && path == "":
		answer(w, object{"_class": "hudson.model.Hudson", "jobs": f.tree("", r.FormValue("tree"))})
		return
	case ok && known && number != "":
		for _, b := range builds {
			if fmt.Sprint(b["number"]) == number {
				answer(w, b)
				return
			}
		}
	case ok && known && strings.HasPrefix(r.FormValue("tree"), "allBuilds"):
		answer(w, object{"_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob", "allBuilds": ranged(builds, r.FormValue("tree"))})
		return
	case ok:
		if o := f.item(job, r.FormValue("tree")); o != nil {
			answer(w, o)
			return
		}
	}
	http.Error(w, "<html><body><h2>HTTP ERROR 404 Not Found</h2></body></html>", http.StatusNotFound)
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("X-Jenkins", "2.479.1")
	_ = json.NewEncoder(w).Encode(v)
}

var rangeOf = regexp.MustCompile(`\{(\d+),(\d+)\}$`)

func ranged(builds []object, tree string) []object {
	m := rangeOf.FindStringSubmatch(tree)
	from, _ := strconv.Atoi(m[1])
	to, _ := strconv.Atoi(m[2])
	return append([]object{}, builds[min(from, len(builds)):min(to, len(builds))]...)
}

// item is a folder or a job with what is in it, as deep as the tree asks.
func (f *fake) item(name, tree string) object {
	children := f.tree(name, tree)
	if len(children) > 0 {
		class := "com.cloudbees.hudson.plugins.folder.Folder"
		if name == "acme/api" || name == "acme/web" {
			class = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
		}
		return object{"_class": class, "name": name[strings.LastIndex(name, "/")+1:], "fullName": name, "jobs": children}
	}
	builds, ok := f.jobs()[name]
	if !ok {
		return nil
	}
	o := object{"_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob", "name": name[strings.LastIndex(name, "/")+1:], "fullName": name, "lastBuild": nil}
	if len(builds) > 0 {
		o["lastBuild"] = object{"_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "number": builds[0]["number"]}
		o["firstBuild"] = object{"_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "number": builds[len(builds)-1]["number"]}
	}
	return o
}

func (f *fake) tree(name, tree string) (out []object) {
	_, inner, deeper := strings.Cut(tree, "jobs[")
	seen := map[string]bool{}
	var names []string
	for job := range f.jobs() {
		rest, below := strings.CutPrefix(job, name+"/")
		if name == "" {
			rest, below = job, true
		}
		if below {
			child, _, _ := strings.Cut(rest, "/")
			if !seen[child] {
				seen[child] = true
				names = append(names, strings.TrimPrefix(name+"/"+child, "/"))
			}
		}
	}
	slices.Sort(names)
	for _, n := range names {
		if !deeper {
			return []object{{"_class": "x"}} // it has children, which are not asked for
		}
		o := f.item(n, inner)
		if !strings.Contains(inner, "jobs[") {
			delete(o, "jobs")
		}
		out = append(out, o)
	}
	return out
}

// jobs are the builds of each job, newest first.
func (f *fake) jobs() map[string][]object {
	out := map[string][]object{}
	add := func(job string, o object) {
		o["number"] = len(out[job]) + 1
		out[job] = append(out[job], o)
	}
	numbers := map[string]int{}
	for _, b := range f.w.Builds {
		job := b.Repository + "/main"
		add(job, run(b.Result, b.StartedAt, b.FinishedAt, object{"_class": "jenkins.metrics.impl.TimeInQueueAction", "queuingDurationMillis": b.StartedAt.Sub(b.QueuedAt).Milliseconds()},
			object{}, revisionAction("https://forge.example.com/acme/library.git", strings.Repeat("1", 40), "master"), revisionAction("https://forge.example.com/"+b.Repository+".git", b.SHA, "origin/"+b.Branch)))
		numbers[b.SHA] = len(out[job])
	}
	for n, d := range f.w.Deployments {
		action := revisionAction("git@forge.example.com:"+d.Repository+".git", d.SHA, "refs/remotes/origin/main")
		if n%2 == 0 && numbers[d.SHA] > 0 { // started by the build, and knows no commit itself
			action = object{"_class": "hudson.model.CauseAction", "causes": []object{{"_class": "hudson.model.Cause$UpstreamCause", "upstreamProject": d.Repository + "/main", "upstreamBuild": numbers[d.SHA]}}}
		}
		add(d.Repository+"-deploy", run(d.Result, d.StartedAt, d.FinishedAt, action))
	}
	for job, builds := range f.more {
		out[job] = slices.Clone(builds)
	}
	for job := range out {
		slices.Reverse(out[job])
	}
	out["acme/empty"] = nil
	return out
}

func run(result fact.Result, started, finished time.Time, actions ...object) object {
	o := object{"_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "timestamp": started.UnixMilli(), "building": false, "duration": finished.Sub(started).Milliseconds(), "actions": actions,
		"result": map[fact.Result]string{fact.Succeeded: "SUCCESS", fact.Failed: "FAILURE", fact.Cancelled: "ABORTED"}[result]}
	if finished.IsZero() {
		o["building"], o["duration"], o["result"] = true, 0, nil
	}
	return o
}

func revisionAction(remote, sha, branch string) object {
	return object{"_class": "hudson.plugins.git.util.BuildData", "remoteUrls": []string{remote}, "lastBuiltRevision": object{"SHA1": sha, "branch": []object{{"SHA1": sha, "name": branch}}}}
}
