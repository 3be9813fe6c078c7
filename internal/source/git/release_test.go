package git

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

func TestVersionTags(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"v1.2.3": "release", "1.2": "release", "1.2.3.4": "release", "v1": "release", "release_123": "release", "release-2": "release", "rel/7": "release", "sdk/v1.0.0": "release",
		"app-1.2.3": "release", "2024-01-31": "release", "2024-01-31.2": "release", "@scope/pkg@1.2.3": "release", "v1_2_3": "release", "1.2.3+build.5": "release", "v1.2.3-final": "release", "deploy-20240131": "release", "build-99": "release",
		"v2.0.0-rc1": "pre", "v2.0.0-rc.1": "pre", "2.0rc1": "pre", "1.0.0-beta": "pre", "1.0.0-beta.11": "pre", "v1.0a1": "pre", "1.0.0.dev3": "pre", "v3.0.0-alpha": "pre", "1.0-SNAPSHOT": "pre", "4.0.0-M2": "pre", "nightly-2024-01-31": "pre", "v1.0.0-preview.1.2": "pre", "16.0.0-next.2": "pre",
		"team-1.2.3": "release", "platform-1.0.0": "release", "src-1.2.3": "release", "helm-2.1.0": "release", "webdev/v1.0.0": "release", "v1.0.0-team": "release", "expre-1.0": "release", "stream/v2.0": "release",
		"latest": "", "before-merge": "", "main": "", "backup": "", "wip2": "", "old-ui": "", "v": "", "released": "", "ticket-12": "", "ünï": "", "2024": "", "1": "",
	} {
		got := ""
		if versionTag.MatchString(tag) {
			got = "release"
			if preRelease.MatchString(tag) {
				got = "pre"
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}

func TestReleasesContain(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	subject := map[string]string{}
	save := func(name string) string {
		sha := s.Save(name, name)
		subject[sha] = name
		return sha
	}
	save("a")
	s.Clock += 3600
	s.Git("tag", "-a", "-m", "one", "v1.0.0")
	save("b")
	s.Git("checkout", "-q", "-b", "fix", "v1.0.0")
	save("fix")
	s.Git("tag", "v1.0.1")
	s.Git("checkout", "-q", "main")
	save("c")
	s.Git("tag", "v2.0.0-rc1")
	save("d")
	subject[s.Merge("fix")] = "merge"
	s.Clock += 3600
	s.Git("tag", "-a", "-m", "two", "v2.0.0")
	s.Git("tag", "random", "v1.0.0")
	s.Git("tag", "v7.0.0", "HEAD:a") // of a file
	s.Git("tag", "-a", "-m", "of a tag", "v8.0.0", "v2.0.0")
	save("e")
	s.Git("checkout", "-q", "-b", "side", "v2.0.0") // never merged
	save("x")
	save("y")
	s.Git("tag", "v8.0.1")
	s.Git("checkout", "-q", "main")
	at := s.Clock
	s.Clock = 100
	s.Git("tag", "-a", "-m", "wrong clock", "v9.0.0")
	s.Clock = at
	object := "object " + s.Git("rev-parse", "v1.0.0^{}") + "\ntype commit\ntag v0.9.0\n\nno tagger\n"
	tag, err := s.Try([]byte(object), "hash-object", "-t", "tag", "-w", "--stdin", "--literally")
	if err != nil {
		t.Fatal(err)
	}
	s.Git("update-ref", "refs/tags/v0.9.0", tag)
	k := readAll(t, sourceOf(s))
	var got []string
	for _, r := range k.Releases {
		names := make([]string, len(r.Contains))
		for i, sha := range r.Contains {
			names[i] = subject[sha]
		}
		got = append(got, fmt.Sprintf("%s %v %s", r.Tag, r.PreRelease, sorted(names)))
	}
	want := []string{"v0.9.0 false a", "v1.0.0 false ", "v1.0.1 false fix", "v2.0.0-rc1 true ", "v2.0.0 false b c d merge", "v8.0.0 false ", "v8.0.1 false x y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(k.Skipped) != 1 || k.Skipped[0].What != "release v9.0.0" {
		t.Errorf("skipped %v", k.Skipped)
	}
	if !k.Releases[0].At.Equal(k.commits[0].CommittedAt) {
		t.Errorf("a tag without a date is of %v", k.Releases[0].At)
	}
}

func sorted(names []string) string {
	for i := range names {
		for j := range i {
			if names[i] < names[j] {
				names[i], names[j] = names[j], names[i]
			}
		}
	}
	return strings.Join(names, " ")
}
