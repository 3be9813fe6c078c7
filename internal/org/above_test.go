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

// TestNow: who left and came back is followed from any entry to that of the day; somebody
// else whose id is alike is not.
func TestNow(t *testing.T) {
	c := parse(t, `people:
  - {id: anna, emails: [anna@example.com], logins: [an], end: 2024-01-31}
  - {id: anna-2, emails: [ANNA@example.com], start: 2024-06-01, end: 2024-08-31}
  - {id: anna-3, logins: [annette], start: 2024-07-01} # while anna-2 is there
  - {id: anna-4, emails: [anna@example.com, a@example.com], start: 2025-01-01}
  - {id: "7", end: 2024-01-31}
  - {id: 7-2, emails: [seven@example.com], start: 2024-06-01} # nobody knows whether it is 7
  - {id: 8, emails: [a@example.com], end: 2024-01-31}
  - {id: 8-2, emails: [b@example.com], start: 2024-06-01}
  - {id: team-lead, start: 2024-06-01}
`)
	for _, c2 := range []struct{ id, day, now string }{
		{"anna", "2024-01-31", "anna"}, {"anna", "2024-05-31", "anna"}, {"anna", "2024-06-01", "anna-2"}, {"anna", "2024-12-31", "anna-2"}, {"anna", "2025-01-01", "anna-4"},
		{"anna-2", "2025-01-01", "anna-4"}, {"anna-4", "2024-07-01", "anna-2"}, {"anna-3", "2025-01-01", "anna-3"},
		{"7", "2025-01-01", "7"}, {"7-2", "2025-01-01", "7-2"}, {"8", "2025-01-01", "8"}, {"8-2", "2025-01-01", "8-2"}, {"team-lead", "2025-01-01", "team-lead"}, {"who", "2025-01-01", "who"}, {"-", "2025-01-01", "-"}, {"", "2025-01-01", ""},
	} {
		if got := c.Now(c2.id, on(c2.day)); got != c2.now {
			t.Errorf("%s on %s is %s, want %s", c2.id, c2.day, got, c2.now)
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
