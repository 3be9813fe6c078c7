package org

import (
	"slices"
	"testing"
)

func TestMatch(t *testing.T) {
	c := parse(t, `
people:
  - {id: ada, name: Ada Example, emails: [ada@example.com]}
  - {id: bo, name: Bo Example, logins: [bo-x]}
  - {id: cy, name: Cy Same}
  - {id: cy2, name: Cy Same}
  - {id: dee, name: Dee D. Example, emails: [dee.example@example.com]}
`)
	joined, rest := c.Match([]Author{
		{[]string{"A"}, []string{"x@example.org", "ADA@example.com"}},
		{[]string{"B"}, []string{"12+Bo-X@users.noreply.github.com"}},
		{[]string{"Cy Same"}, []string{"c@example.org"}},
		{[]string{"dee d example"}, []string{"d@example.org"}},
		{[]string{"D"}, []string{"dee.example@old.example"}},
		{[]string{"E"}, []string{"bo@old.example"}},
		{[]string{"Nobody"}, []string{"new@example.org"}},
	})
	if len(joined) != 2 || !joined["ada"] || !joined["bo"] {
		t.Errorf("joined %v", joined)
	}
	var got [][3]string
	for _, u := range rest {
		got = append(got, [3]string{u.Person, u.Reason, u.Fix})
	}
	want := [][3]string{
		{"", "", "{id: c, emails: [c@example.org]}"},
		{"dee", "the name is the same", "{id: dee, emails: [dee.example@example.com, d@example.org]}"},
		{"dee", "the address begins like one of theirs", "{id: dee, emails: [dee.example@example.com, dee.example@old.example]}"},
		{"bo", "the address begins with the id", "{id: bo, emails: [bo@old.example]}"},
		{"", "", "{id: new, emails: [new@example.org]}"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
