package git

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// readAt is when the tests read: after every commit that they make.
var readAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func sourceOf(s *gittest.Repo) *Source {
	return &Source{Dir: s.Dir, Now: func() time.Time { return readAt }}
}

// sink keeps what a reading emitted.
type sink struct {
	place   source.Place
	commits []fact.Commit
	source.Batch
	batches int
}

// readAll opens and reads a place from the beginning.
func readAll(t testing.TB, src *Source) *sink {
	t.Helper()
	k := &sink{}
	var err error
	if k.place, err = src.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := src.Read(context.Background(), k.request()); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *sink) request() source.Request {
	return source.Request{
		Known: func(context.Context) (map[string]bool, error) { return nil, nil },
		Emit: func(_ context.Context, b source.Batch) error {
			k.batches++
			k.commits = append(k.commits, b.Commits...)
			k.Releases = append(k.Releases, b.Releases...)
			k.Documents = append(k.Documents, b.Documents...)
			k.Decisions = append(k.Decisions, b.Decisions...)
			k.Skipped = append(k.Skipped, b.Skipped...)
			k.Cursor = b.Cursor
			return nil
		},
	}
}

func (k *sink) commit(t testing.TB, sha string) fact.Commit {
	t.Helper()
	for _, c := range k.commits {
		if c.SHA == sha {
			return c
		}
	}
	t.Fatalf("commit %s was not read", sha)
	return fact.Commit{}
}

// counted is one row of file_change.
func counted(sha, path, added, deleted string) string {
	return fmt.Sprintf("%s %q %s %s", sha[:12], path, added, deleted)
}

// numstat is what `git log --numstat -M -z` says of a repository.
func numstat(s *gittest.Repo, args ...string) (rows []string) {
	out := s.Git(append([]string{"-c", "diff.renameLimit=1000", "log", "--numstat", "-M", "-z", "--format=%x01%x02%x01%H"}, args...)...)
	for _, rec := range strings.Split(out, "\x01\x02\x01")[1:] {
		sha, rest, _ := strings.Cut(rec, "\x00")
		f := strings.Split(strings.TrimLeft(rest, "\n"), "\x00")
		for i := 0; i < len(f); i++ {
			n := strings.SplitN(f[i], "\t", 3)
			if len(n) != 3 {
				continue
			}
			if n[2] == "" {
				n[2] = f[i+2]
				i += 2
			}
			rows = append(rows, counted(sha, clean(n[2]), n[0], n[1]))
		}
	}
	sort.Strings(rows)
	return rows
}

// rows are the file changes of what was read, in the form of numstat.
func (k *sink) rows() (rows []string) {
	number := func(n int64) string {
		if n == fact.Uncounted {
			return "-"
		}
		return strconv.FormatInt(n, 10)
	}
	for _, c := range k.commits {
		for _, f := range c.Changes {
			rows = append(rows, counted(c.SHA, f.Path, number(f.Added), number(f.Deleted)))
		}
	}
	sort.Strings(rows)
	return rows
}

// TestRoot: where what is known is on the main line, nothing before it is looked at.
func TestRoot(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	first := s.Save("a", "1\n")
	s.Git("checkout", "-q", "-b", "side")
	aside := s.Save("b", "1\n")
	s.Git("checkout", "-q", "main")
	known := s.Save("a", "2\n")
	s.Merge("side")
	head := s.Save("a", "3\n")
	src := sourceOf(s)
	if _, err := src.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ known, want string }{
		"nothing is known":               {"", first},
		"the head is":                    {head, head},
		"a commit of the main line is":   {known, known},
		"the first is":                   {first, first},
		"what was merged is":             {aside, first},
		"what is not in the clone is":    {strings.Repeat("1", 40), first},
		"what goes on from the head is":  {s.Git("commit-tree", "-p", head, "-m", "later", head+"^{tree}"), first},
		"what has another beginning is":  {s.Git("commit-tree", "-m", "alone", head+"^{tree}"), first},
		"something that is no commit is": {s.Git("rev-parse", head+"^{tree}"), first},
	} {
		got, err := src.Root(context.Background(), strings.TrimSpace(c.known))
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %s", what, got, err, c.want)
		}
	}
}
