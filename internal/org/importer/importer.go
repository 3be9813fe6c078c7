// Package importer takes what other tools say of people, teams and ownership into the
// organisation document: an export of people as CSV, CODEOWNERS, Backstage catalog files.
// It reads text and gives a new document; nothing of the old one is changed, and when
// anything in the text is wrong there is no new one.
package importer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Result is a new document and what is new in it.
type Result struct {
	Document *workspace.Organisation
	Changes  []string // in words, one for each thing that changed
	Notes    []string // what was left out or guessed, and why
}

// Options say what the text is about.
type Options struct {
	Name       string            // of the file, for messages
	Date       time.Time         // the day of which the text speaks
	Columns    map[string]string // CSV: heading of each of our columns; what is not named is remembered or guessed
	Partial    bool              // CSV: who is not in it has not left
	Repository string            // CODEOWNERS: what is owned
	Currency   string            // CSV: of costs without one
}

// BadRow is a line that cannot be taken.
type BadRow struct {
	Line   int
	Reason string
}

// refuse is the error of text with bad rows; nil without any.
func refuse(name string, bad []BadRow) error {
	if len(bad) == 0 {
		return nil
	}
	slices.SortStableFunc(bad, func(a, b BadRow) int { return a.Line - b.Line })
	var lines []error
	for i, b := range bad {
		if i == 20 {
			lines = append(lines, fmt.Errorf("and %d more", len(bad)-i))
			break
		}
		lines = append(lines, fmt.Errorf("%s:%d: %s", name, b.Line, b.Reason))
	}
	what := "one line"
	if len(bad) > 1 {
		what = fmt.Sprintf("%d lines", len(bad))
	}
	return problem.New(problem.Invalid, "correct what is named and import it again", "%s of %s cannot be taken, so nothing was imported:\n%w", what, name, errors.Join(lines...))
}

// clone is a copy of a document that may be changed.
func clone(o *workspace.Organisation) *workspace.Organisation {
	if o == nil {
		return &workspace.Organisation{}
	}
	c := *o
	c.People, c.Teams = slices.Clone(o.People), slices.Clone(o.Teams)
	for i := range c.People {
		c.People[i].Emails, c.People[i].Changes = slices.Clone(c.People[i].Emails), slices.Clone(c.People[i].Changes)
		c.People[i].Logins = slices.Clone(c.People[i].Logins)
	}
	c.Memberships, c.Reporting = slices.Clone(o.Memberships), slices.Clone(o.Reporting)
	c.Positions, c.Ownership = slices.Clone(o.Positions), slices.Clone(o.Ownership)
	return &c
}

// idOf is a name as a short name of ours: "Team Payments" is team-payments.
func idOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	id := strings.TrimRight(b.String(), "-")
	if len(id) > 100 {
		id = strings.ToValidUTF8(id[:100], "")
	}
	return id
}

// names finds teams by id or name, and adds those that are new.
type names struct {
	doc   *workspace.Organisation
	teams map[string]string // id or lower-case name: id
	added []string
}

func newNames(doc *workspace.Organisation) *names {
	n := &names{doc: doc, teams: map[string]string{}}
	for _, t := range doc.Teams {
		n.teams[strings.ToLower(t.Name)] = t.ID
	}
	for _, t := range doc.Teams {
		n.teams[t.ID] = t.ID
	}
	delete(n.teams, "")
	return n
}

// team is the id of a team; "" when the name holds nothing that an id could be made of.
func (n *names) team(name string, since time.Time) string {
	name = strings.TrimSpace(name)
	if id, ok := n.teams[name]; ok {
		return id
	}
	if id, ok := n.teams[strings.ToLower(name)]; ok {
		return id
	}
	id := idOf(name)
	if id == "" {
		return ""
	}
	if _, taken := n.teams[id]; !taken {
		t := workspace.OrgTeam{ID: id, Since: since}
		if name != id {
			t.Name = name
		}
		n.doc.Teams = append(n.doc.Teams, t)
		n.added = append(n.added, id)
	}
	n.teams[id], n.teams[strings.ToLower(name)] = id, id
	return id
}

// Valid checks that a document can be written and read again as it is.
func Valid(o *workspace.Organisation) error {
	var b bytes.Buffer
	if err := o.Encode(&b); err != nil {
		return err
	}
	_, err := workspace.ParseOrganisation("what would be written", b.Bytes())
	return err
}
