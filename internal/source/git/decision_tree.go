package git

import (
	"context"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

// RecordsAt lists the paths of the decision records that a commit holds.
func (s *Source) RecordsAt(ctx context.Context, sha string) ([]string, error) {
	out, err := s.repo().output(ctx, nil, "ls-tree", "-r", "-z", "--name-only", "--full-tree", sha)
	if err != nil {
		return nil, err
	}
	var paths []string
	for p := range strings.SplitSeq(string(out), "\x00") {
		if kind, ok := fact.DocumentKindOf(p); ok && kind == fact.DecisionRecord {
			paths = append(paths, clean(p))
		}
	}
	return paths, nil
}

// Holds reports which of the given paths a commit holds.
func (s *Source) Holds(ctx context.Context, sha string, paths []string) (map[string]bool, error) {
	var in strings.Builder
	var asked []string
	for _, p := range paths {
		if !strings.Contains(p, "\n") { // git is asked by lines
			asked = append(asked, p)
			in.WriteString(sha + ":" + p + "\n")
		}
	}
	held := map[string]bool{}
	if len(asked) == 0 {
		return held, nil
	}
	out, err := s.repo().output(ctx, strings.NewReader(in.String()), "cat-file", "--batch-check=%(objecttype)")
	if err != nil {
		return nil, err
	}
	answers := strings.Split(string(out), "\n")
	for i, p := range asked {
		held[p] = i < len(answers) && (answers[i] == "blob" || answers[i] == "tree")
	}
	return held, nil
}

// Brought names the commit of the main line that last brought a path into what a commit
// holds; "" when history does not say.
func (s *Source) Brought(ctx context.Context, sha, path string) (string, error) {
	out, err := s.repo().output(ctx, nil, "--literal-pathspecs", "log", "-1", "--first-parent", "-m", "--no-renames", "--diff-filter=A", "--format=%H", sha, "--", path)
	return strings.TrimSpace(string(out)), err
}
