package drill

import (
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// generated is a batch of one repository's commits, each with the given number of
// changed files, without reading any clone. Batches follow each other by their number.
func generated(nth, commits, changes int) store.Batch {
	b := store.Batch{RepoID: "generated", Location: "/generated", Cursor: fmt.Sprint(nth)}
	for i := range commits {
		n := nth*commits + i
		c := fact.Commit{SHA: sha(n), Author: person(n), Committer: person(n), AuthoredAt: minute(n - 30), CommittedAt: minute(n),
			Subject: fmt.Sprint("commit ", n), Landing: fact.Landing{OnMain: true, Change: sha(n), At: minute(n), Ordinal: int64(n)}}
		if n > 0 {
			c.Parents = []string{sha(n - 1)}
		}
		for k := range changes {
			c.Changes = append(c.Changes, fact.FileChange{Path: fmt.Sprintf("folder%d/file%d.go", (n+k)%50, (n*7+k)%2000),
				Kind: fact.Modified, Added: int64(n % 40), Deleted: int64(k % 9), Category: fact.Code})
		}
		b.Commits = append(b.Commits, c)
	}
	return b
}

func sha(n int) string { return fmt.Sprintf("%08x%032x", uint32(n)*2654435761, n) }

func person(n int) fact.Identity {
	return fact.Identity{Name: fmt.Sprint("Person ", n%97), Email: fmt.Sprintf("p%d@example.com", n%97)}
}

// minute spreads commits over years.
func minute(n int) time.Time {
	return time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 10 * time.Minute)
}
