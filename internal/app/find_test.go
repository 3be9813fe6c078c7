package app

import (
	"slices"
	"testing"

	"github.com/diarchy/diarchy/internal/playbook"
)

// What there is to explain is found by what a reader may have seen of it.
func TestFind(t *testing.T) {
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what        string
		paths, left []string
		want        string // "" is not found
	}{
		{"merge_bottleneck", nil, nil, "merge_bottleneck"},
		{"merge bottleneck", nil, nil, "merge_bottleneck"},
		{"merge-bottleneck", nil, nil, "merge_bottleneck"},
		{"MERGE_BOTTLENECK", nil, nil, "merge_bottleneck"},
		{"Work passes through one pair of hands", nil, nil, "merge_bottleneck"},
		{"merge", []string{"bottleneck"}, []string{}, "merge_bottleneck"},
		{"merge", []string{"bottleneck", "clone"}, []string{"clone"}, "merge_bottleneck"},
		{"n6", []string{"clone"}, []string{"clone"}, "N6"},
		{"debt-inflow", nil, nil, "debt_inflow"},
		{"Debt markers coming in", nil, nil, "debt_inflow"},
		{"Verdict", nil, nil, "verdict"},
		{"nothing of the kind", nil, nil, ""},
	} {
		paths := slices.Clone(c.paths)
		got, err := find(pb, c.what, &paths)
		if got.name != c.want || (err != nil) != (c.want == "") || c.want != "" && !slices.Equal(paths, c.left) {
			t.Errorf("%q %q: %q with %q left, %v", c.what, c.paths, got.name, paths, err)
		}
	}
}
