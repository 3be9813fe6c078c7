package jenkins

import (
	"cmp"
	"slices"
	"strings"
)

// deploy says that a job, or a stage of it, brings what it builds into an environment.
type deploy struct{ job, stage, environment string }

// deploysOf reads patterns, the longest first, as it says most.
func deploysOf(patterns map[string]string) (out []deploy) {
	for pattern, environment := range patterns {
		name, stage, _ := strings.Cut(pattern, ":")
		out = append(out, deploy{strings.TrimSpace(name), strings.TrimSpace(stage), environment})
	}
	slices.SortFunc(out, func(a, b deploy) int {
		return cmp.Or(cmp.Compare(len(b.job)+len(b.stage), len(a.job)+len(a.stage)), cmp.Compare(a.job, b.job), cmp.Compare(a.stage, b.stage))
	})
	return out
}

// jobDeploys is the environment into which a whole job deploys; "" if it does not.
func (f *Feed) jobDeploys(j job) string {
	for _, d := range f.deploys {
		if d.stage == "" && d.of(j) {
			return d.environment
		}
	}
	return ""
}

// stages are the patterns of those stages of a job that deploy.
func (f *Feed) stages(j job) (out []deploy) {
	for _, d := range f.deploys {
		if d.stage != "" && d.of(j) {
			out = append(out, d)
		}
	}
	return out
}

// of tells whether a job is meant: by its full name, that of its pipeline, or the last part of it.
func (d deploy) of(j job) bool {
	return matches(d.job, j.FullName) || matches(d.job, j.pipeline) || matches(d.job, j.Name)
}

// matches tells whether a name is of a pattern, in which * stands for anything.
func matches(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(name, part)
		if !found {
			return false
		}
		name = after
	}
	return strings.HasSuffix(name, parts[len(parts)-1])
}
