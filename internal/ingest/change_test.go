package ingest

import (
	"testing"

	"github.com/diarchy/diarchy/internal/store"
)

func TestMergesNameTheirBranch(t *testing.T) {
	for subject, want := range map[string]string{
		"Merge branch 'hotfix/mend'":                                 "hotfix/mend",
		"Merge branch 'hotfix/mend' into 'main'":                     "hotfix/mend",
		"Merge branch 'mend' of https://forge.example/web into main": "mend",
		"Merge remote-tracking branch 'origin/hotfix/mend'":          "hotfix/mend",
		"Merge pull request #12 from bob/hotfix/mend":                "hotfix/mend",
		"Merge pull request #12 from hotfix/mend":                    "mend",
		"Merge pull request #12":                                     "",
		"Merged in hotfix/mend (pull request #12)":                   "hotfix/mend",
		"Merge hotfix":                     "",
		"Describe how to Merge branch 'x'": "",
	} {
		if got := mergedBranch(subject); got != want {
			t.Errorf("%s: %q, want %q", subject, got, want)
		}
	}
}

func TestHotfixes(t *testing.T) {
	h := &history{facts: store.Carried{Commits: []store.CarriedCommit{{Subject: "Hotfix: mend"}, {Subject: "add"}}}}
	for _, c := range []struct {
		what string
		of   change
		want bool
	}{
		{"nothing says so", change{title: "mend", commits: []int{1}}, false},
		{"its title", change{title: " HOTFIX mend"}, true},
		{"its title, elsewhere", change{title: "add a hotfix"}, false},
		{"its branch", change{title: "mend", head: "hot-fix/mend"}, true},
		{"a label", change{title: "mend", labels: []string{"x", "hotfix"}}, true},
		{"the branch that it merges", change{title: "Merge branch 'hotfix/mend'", commits: []int{1}}, true},
		{"its commit", change{title: "Merge mend", commits: []int{0}}, true},
		{"one of its commits", change{title: "Merge mend", commits: []int{0, 1}}, false},
		{"no commits", change{title: "mend"}, false},
	} {
		if got := h.isHotfix(c.of); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
