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
	Date       time.Time         // the day of which the text speaks; from it on its changes hold
	Columns    map[string]string // CSV: heading of each of our columns; what is not named is remembered or guessed
	Partial    bool              // CSV: who is not in it has not left
	Repository string            // CODEOWNERS: what is owned
	Currency   string            // CSV: of costs without one; "" is the one that is remembered
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

// identify takes what tells a person apart today, and says what is new of it. A changed
// address or login does not replace the old one: facts made under that stay joined.
func identify(p *workspace.Person, now workspace.Person) (what []string) {
	if now.Name != "" && now.Name != p.Name {
		p.Name = now.Name
		what = append(what, "name "+now.Name)
	}
	for _, l := range []struct {
		kind string
		dst  *[]string
		now  []string
	}{{"e-mail", &p.Emails, now.Emails}, {"login", &p.Logins, now.Logins}} {
		for _, v := range l.now {
			if slices.ContainsFunc(*l.dst, func(old string) bool { return strings.EqualFold(old, v) }) {
				continue
			}
			word := l.kind + " " + v
			if len(*l.dst) > 0 {
				word += " (" + strings.Join(*l.dst, ", ") + " is kept)"
			}
			what = append(what, word)
			*l.dst = append([]string{v}, *l.dst...) // the first is the present one
		}
	}
	return what
}

// names finds teams by id or name, and adds those that are new: always there, as no file
// that is imported says since when a team exists.
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
func (n *names) team(name string) string {
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
		t := workspace.OrgTeam{ID: id}
		if name != id {
			t.Name = name
		}
		n.doc.Teams = append(n.doc.Teams, t)
		n.added = append(n.added, id)
	}
	n.teams[id], n.teams[strings.ToLower(name)] = id, id
	return id
}

// news are the teams that were added, in words.
func (n *names) news() (changes, notes []string) {
	for _, t := range n.added {
		changes = append(changes, "team "+t+" is new")
	}
	switch len(n.added) {
	case 0:
	case 1:
		notes = append(notes, "since when team "+n.added[0]+" exists is not said: it stands as always there; write since: where you know it")
	default:
		notes = append(notes, fmt.Sprintf("since when the %d new teams exist is not said: they stand as always there; write since: where you know it", len(n.added)))
	}
	return changes, notes
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
