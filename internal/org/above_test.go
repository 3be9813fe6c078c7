package org

import (
	"fmt"
	"slices"
	"testing"

	"github.com/diarchy/diarchy/internal/workspace"
)

// TestAbove: climbing says the same as the snapshot of the day, on every assignment of
// managers to four people, circles and people who have left included.
func TestAbove(t *testing.T) {
	const n = 4
	for code := range 625 * 2 {
		doc := &workspace.Organisation{}
		for p, rest := 0, code; p < n; p, rest = p+1, rest/5 {
			doc.People = append(doc.People, workspace.Person{ID: fmt.Sprint("p", p), Job: workspace.Job{Manager: boss(rest%5 - 1)}})
		}
		if code >= 625 {
			doc.People[2].End = on("2024-01-31").Time()
		}
		c := New(doc)
		day := on("2024-02-01")
		s := c.At(day)
		for p := range n {
			id := fmt.Sprint("p", p)
			m, there := s.Find(id)
			if c.Employed(id, day) != there {
				t.Fatalf("code %d: %s employed is %v, want %v", code, id, !there, there)
			}
			above := c.Above(id, day)
			for q := range n {
				other := fmt.Sprint("p", q)
				o, also := s.Find(other)
				want := there && also && s.Under(m, o)
				if got := slices.Contains(above, other); got != want {
					t.Fatalf("code %d: %s above %s is %v, want %v (%v)", code, other, id, got, want, above)
				}
			}
		}
	}
}

func TestLast(t *testing.T) {
	c := parse(t, "people:\n  - {id: a}\n  - {id: b, end: 2024-01-31}\n")
	if d, ok := c.Last("a"); d != Still || !ok {
		t.Errorf("a: %v %v", d, ok)
	}
	if d, ok := c.Last("b"); d != on("2024-01-31") || !ok {
		t.Errorf("b: %v %v", d, ok)
	}
	if _, ok := c.Last("c"); ok {
		t.Error("c is known")
	}
}
