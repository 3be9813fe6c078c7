package org

import (
	"fmt"
	"strings"
	"testing"
)

func TestCredits(t *testing.T) {
	c := parse(t, `
teams:
  - {id: web}
  - {id: api}
  - {id: tiny}
memberships:
  - {person: bo, team: api, share: 0.4, since: 2024-02-01}
  - {person: bo, team: tiny, share: 0.4, since: 2024-03-01}
people:
  - {id: ada, name: Ada, emails: [ada@example.com], start: 2024-01-01, team: web, changes: [{since: 2024-03-01, team: api}]}
  - {id: bo, name: Bo, emails: [bo@example.com], start: 2024-01-01, team: web}
  - {id: cy, name: Cy, emails: [cy@example.com], start: 2024-01-01, end: 2024-03-31, team: web}
  - {id: cy-2, name: Cy, emails: [cy@example.com], start: 2024-06-01, team: api}
  - {id: dee, name: Dee, emails: [dee@example.com], start: 2024-02-01, team: api}
  - {id: eve, name: Eve, emails: [eve@example.com], start: 2024-01-01, team: tiny}
  - {id: fay, name: Fay, emails: [fay@example.com], start: 2024-01-01, team: none}
`)
	authors := []Author{
		{Emails: []string{"ADA@example.com", "ada@home.example"}}, {Emails: []string{"bo@example.com"}}, {Emails: []string{"cy@example.com"}},
		{Emails: []string{"dee@example.com"}}, {Emails: []string{"eve@example.com"}}, {Emails: []string{"fay@example.com"}}, {Emails: []string{"stranger@example.com"}},
	}
	for fewest, want := range map[int]string{
		// bo gives api 0.4 and web 0.6 until tiny takes 0.4 more of it: api and tiny share the lead, and the first by id has it.
		1: `web 2024-01-01..2024-03-01, api 2024-03-01..still
web 2024-01-01..2024-03-01, api 2024-03-01..still
web 2024-01-01..2024-04-01, api 2024-06-01..still
api 2024-02-01..still
tiny 2024-01-01..still

`,
		// web has two until March, when only cy is left; api two from March on.
		2: `web 2024-01-01..2024-03-01, api 2024-03-01..still
web 2024-01-01..2024-03-01, api 2024-03-01..still
web 2024-01-01..2024-03-01, api 2024-06-01..still
api 2024-03-01..still


`,
		// web has three until March, api three from March on.
		3: `web 2024-01-01..2024-03-01, api 2024-03-01..still
web 2024-01-01..2024-03-01, api 2024-03-01..still
web 2024-01-01..2024-03-01, api 2024-06-01..still
api 2024-03-01..still


`,
		4: `api 2024-06-01..still
api 2024-06-01..still
api 2024-06-01..still
api 2024-06-01..still


`,
		5: "\n\n\n\n\n\n",
	} {
		var got strings.Builder
		for i, stints := range c.Credits(authors, fewest) {
			if i > 0 {
				got.WriteString("\n")
			}
			for k, s := range stints {
				if k > 0 {
					got.WriteString(", ")
				}
				fmt.Fprintf(&got, "%s %s..%s", s.Team, s.From, s.To)
			}
		}
		if got.String() != want {
			t.Errorf("at least %d:\ngot\n%s\nwant\n%s", fewest, got.String(), want)
		}
	}
}

// Where two entries of one person overlap, the work is credited once.
func TestNobodyIsCreditedTwice(t *testing.T) {
	c := parse(t, `
teams: [{id: a}, {id: b}]
people:
  - {id: p, name: P, emails: [p@example.com], start: 2024-01-01, end: 2024-06-30, team: a}
  - {id: p-2, name: P, emails: [p@example.com], start: 2024-05-01, team: b}
`)
	got := fmt.Sprint(c.Credits([]Author{{Emails: []string{"p@example.com"}}}, 1))
	if want := "[[{a {2024-01-01 2024-07-01}} {b {2024-07-01 still}}]]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
