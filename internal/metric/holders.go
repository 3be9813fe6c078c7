package metric

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// FileHolders are the authors of a source file, by the method of the metric truck_factor.
type FileHolders struct {
	Repository string // its name
	Path       string
	People     []int64 // persons of the identity table; none: nobody is an author
}

// filesHeld ends the statement that makes source_holder with its files in the place of
// their sums.
const filesHeld = `
)
SELECT r.name, h.path, h.people
FROM held h
JOIN scope_repository s ON s.repo_id = h.repo_id AND s.scope = $1 AND @owned(s)
JOIN repository r ON r.repo_id = h.repo_id
WHERE h.landed_at < $2 AND (h.next_at IS NULL OR h.next_at >= $2) AND (h.ends_at IS NULL OR h.ends_at >= $2)
ORDER BY 1, 2`

// summedFrom is where the statement of source_holder begins to sum up files.
const summedFrom = "\n), turn AS MATERIALIZED ("

// Holders are the authors of each source file that stood just before AsOf.
func (e Evaluator) Holders(ctx context.Context) (out []FileHolders, err error) {
	text, err := rollupFiles.ReadFile(path.Join("rollup", "source_holder.sql"))
	if err != nil {
		return nil, err
	}
	head, _, ok := strings.Cut(string(text), summedFrom)
	if !ok {
		return nil, errors.New("source_holder.sql does not sum up files as it did")
	}
	statement, err := e.statement(withoutComments(head) + filesHeld)
	if err != nil {
		return nil, err
	}
	rows, err := e.Reader.Query(ctx, statement, e.scope(), e.AsOf.UTC())
	if err != nil {
		return nil, fmt.Errorf("who holds which file: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h FileHolders
		var people string
		if err := rows.Scan(&h.Repository, &h.Path, &people); err != nil {
			return nil, err
		}
		if h.People, err = peopleOf(people); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// withoutComments leaves out the lines before a statement that explain it.
func withoutComments(statement string) string {
	for strings.HasPrefix(statement, "--") {
		_, statement, _ = strings.Cut(statement, "\n")
	}
	return statement
}

// peopleOf reads persons by number, parted by commas.
func peopleOf(text string) (out []int64, err error) {
	for p := range strings.SplitSeq(text, ",") {
		if p == "" { // nobody is an author
			continue
		}
		id, err := strconv.ParseInt(p, 10, 64)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

// TruckFactor is the fewest people who stay without whom more than half of the files have
// no author who stays, and how many files have none already; false is of too few files.
// With it at zero, half of the files are lost already.
func TruckFactor(files []FileHolders, gone map[int64]bool) (people, orphans int, ok bool) {
	var holdings []holding
	for _, f := range files {
		h := holding{files: 1}
		for _, p := range f.People {
			if !gone[p] {
				h.people = append(h.people, p)
			}
		}
		if len(h.people) == 0 {
			orphans++
		}
		holdings = append(holdings, h)
	}
	if len(files) < leastFiles {
		return 0, orphans, false
	}
	return truckFactor(holdings), orphans, true
}
