package org

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/workspace"
)

// Author is somebody who wrote commits, under all names and addresses that are joined
// already.
type Author struct {
	Names  []string
	Emails []string
}

// Unjoined is an author who is nobody of the document.
type Unjoined struct {
	Author
	Person string // who it may be; "" without a suggestion
	Reason string
	Fix    string
}

// Match joins authors with people by their addresses. It gives the ids that were found,
// and everybody else with a suggestion where there is a reason for one.
func (c *Chart) Match(authors []Author) (joined map[string]bool, rest []Unjoined) {
	joined = map[string]bool{}
	by := c.byAddress()
	for _, a := range authors {
		found := by.find(a)
		for _, id := range found {
			joined[id] = true
		}
		if len(found) == 0 {
			rest = append(rest, c.suggestPerson(a))
		}
	}
	return joined, rest
}

// addresses are ids by e-mail address and login, in lower case: several where somebody has an
// entry for each time of employment.
type addresses map[string][]string

func (c *Chart) byAddress() addresses {
	by := addresses{}
	for i := range c.doc.People {
		p := &c.doc.People[i]
		for _, e := range p.Emails {
			by[strings.ToLower(e)] = append(by[strings.ToLower(e)], p.ID)
		}
		for _, l := range p.Logins {
			by["login:"+strings.ToLower(l)] = append(by["login:"+strings.ToLower(l)], p.ID)
		}
	}
	return by
}

// find gives the ids of an author.
func (by addresses) find(a Author) (ids []string) {
	for _, e := range a.Emails {
		ids = append(ids, by[strings.ToLower(e)]...)
		if login := loginOf(e); login != "" {
			ids = append(ids, by["login:"+login]...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

var noreply = regexp.MustCompile(`^(?:[0-9]+\+)?([A-Za-z0-9._-]+)@users\.noreply\.`)

// loginOf is the login in a forge's address that hides the real one.
func loginOf(email string) string {
	if m := noreply.FindStringSubmatch(email); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

// suggestPerson looks for one person whose name, id or address reads like the author's;
// of several it names none.
func (c *Chart) suggestPerson(a Author) Unjoined {
	u := Unjoined{Author: a}
	reasons := map[string]string{}
	for i := range c.doc.People {
		p := &c.doc.People[i]
		for _, name := range a.Names {
			if p.Name != "" && plainName(p.Name) == plainName(name) {
				reasons[p.ID] = "the name is the same"
			}
		}
		for _, e := range a.Emails {
			local, _, _ := strings.Cut(strings.ToLower(e), "@")
			if login := loginOf(e); login != "" {
				local = login
			}
			if local == strings.ToLower(p.ID) {
				reasons[p.ID] = "the address begins with the id"
			}
			for _, own := range p.Emails {
				if before, _, _ := strings.Cut(strings.ToLower(own), "@"); before == local && len(local) > 3 {
					reasons[p.ID] = "the address begins like one of theirs"
				}
			}
		}
	}
	email := ""
	if len(a.Emails) > 0 {
		email = a.Emails[0]
	}
	if len(reasons) == 1 {
		for id, why := range reasons {
			u.Person, u.Reason = id, why
			all := append(slices.Clone(c.doc.People[c.person[id]].Emails), email)
			u.Fix = fmt.Sprintf("{id: %s, emails: [%s]}", id, strings.Join(all, ", "))
		}
		return u
	}
	id := strings.ToLower(email)
	if at := strings.IndexByte(id, '@'); at > 0 {
		id = id[:at]
	}
	if login := loginOf(email); login != "" {
		id = login
	}
	if !workspace.IsID(id) {
		id = "ID"
	}
	u.Fix = fmt.Sprintf("{id: %s, emails: [%s]}", id, email)
	return u
}

// plainName is a name without case, dots and double blanks.
func plainName(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, ".", " "))), " ")
}
