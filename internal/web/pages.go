package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// rowsShown is how many rows of a table, or entries of a list, a page shows at once: more
// are no reading, and take a browser seconds. Exports have all of them.
const rowsShown = 200

// pager says which rows of a section are shown, and leads to the others.
type pager struct {
	Says           string
	Previous, Next string // addresses; "" where there are none
}

// paged shows of a section that has too many rows those that the address asks for, such as
// rows=records:201, else the first.
func (r *request) paged(s section) (section, error) {
	n := len(s.Items)
	if s.Grid != nil {
		n = max(n, len(s.Grid.Rows))
	}
	if n <= rowsShown {
		return s, nil
	}
	first := 0
	if id, row, _ := strings.Cut(r.URL.Query().Get("rows"), ":"); id == s.ID {
		k, err := strconv.Atoi(row)
		if err != nil || k < 1 {
			return s, problem.New(problem.Usage, fmt.Sprintf("use rows=%s:1 to rows=%s:%d", s.ID, s.ID, n), "rows=%q names no row of %s", r.URL.Query().Get("rows"), s.Title)
		}
		first = min(k-1, (n-1)/rowsShown*rowsShown) // there may be fewer by now
	}
	last := min(first+rowsShown, n)
	s.Items = s.Items[min(first, len(s.Items)):min(last, len(s.Items))]
	if s.Grid != nil {
		g := *s.Grid
		g.Rows = g.Rows[min(first, len(g.Rows)):min(last, len(g.Rows))]
		s.Grid = &g
	}
	count := func(n int) string { v := float64(n); return report.Number(&v) }
	s.Pager = &pager{Says: fmt.Sprintf("%s to %s of %s. A download has all of them.", count(first+1), count(last), count(n))}
	if first > 0 {
		s.Pager.Previous = r.rowsAt(s.ID, max(0, first-rowsShown))
	}
	if last < n {
		s.Pager.Next = r.rowsAt(s.ID, last)
	}
	return s, nil
}

// rowsAt is the address of this page with the rows of a section after so many.
func (r *request) rowsAt(id string, after int) string {
	q := r.URL.Query()
	q.Del("done")
	q.Set("rows", fmt.Sprintf("%s:%d", id, after+1))
	return r.URL.Path + "?" + q.Encode() + "#" + id
}
