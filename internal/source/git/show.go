package git

import (
	"context"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
)

// FileAt returns a file as it was at a revision of the repository that holds dir. name
// is relative to dir. A file larger than limit is refused. Like all reading here it
// runs nothing that the repository could name.
func FileAt(ctx context.Context, dir, revision, name string, limit int64) ([]byte, error) {
	r := (&Source{Dir: dir}).repo()
	sha := ""
	if !strings.HasPrefix(revision, "-") && !strings.Contains(revision, ":") {
		sha = r.line(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if sha == "" {
		return nil, problem.New(problem.Missing, "name a file, or a revision of the repository that holds the workspace, such as HEAD~1 or a tag", "%s is neither a file nor a revision", revision)
	}
	object := sha + ":./" + name
	size, err := strconv.ParseInt(r.line(ctx, "cat-file", "-s", object), 10, 64)
	if err != nil {
		return nil, problem.New(problem.Missing, "choose a revision that has it: git log -- "+name, "%s was not there at %s", name, revision)
	}
	if size > limit {
		return nil, problem.New(problem.Invalid, "", "%s at %s: larger than %d KiB", name, revision, limit>>10)
	}
	return r.output(ctx, nil, "cat-file", "blob", object)
}

// Keeps tells whether a repository holds dir and would keep a file of it: not where none does, nor
// where it ignores the file.
func Keeps(ctx context.Context, dir, name string) (bool, error) {
	r := (&Source{Dir: dir}).repo()
	held := r.line(ctx, "rev-parse", "--is-inside-work-tree") == "true" && r.line(ctx, "check-ignore", "--", "./"+name) == ""
	return held, ctx.Err()
}

// HeadLog is the file that grows with every commit in the repository that holds dir; "" where none does.
func HeadLog(ctx context.Context, dir string) string {
	r := (&Source{Dir: dir}).repo()
	return r.line(ctx, "rev-parse", "--path-format=absolute", "--git-path", "logs/HEAD")
}

// Version is a commit that changed a file.
type Version struct {
	SHA string
	Day string // of the commit, YYYY-MM-DD
}

// Versions lists the newest commits that changed a file, newest first; none where no
// repository holds dir. name is relative to dir.
func Versions(ctx context.Context, dir, name string, most int) (out []Version, err error) {
	r := (&Source{Dir: dir}).repo()
	text := r.line(ctx, "log", "--max-count="+strconv.Itoa(most), "--format=%H %cs", "--", "./"+name)
	for line := range strings.Lines(text) {
		if sha, day, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			out = append(out, Version{sha, day})
		}
	}
	return out, ctx.Err()
}
