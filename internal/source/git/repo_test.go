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
