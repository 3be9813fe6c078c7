package scim

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/elimity-com/scim"
	scimerrors "github.com/elimity-com/scim/errors"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// backWithin is how long somebody may be away and still be there as if never gone. Who
// comes back later has one more entry in the document, so that both times are kept; to a
// provider it is the same user as before, under the first id.
const backWithin = 31 * 24 * time.Hour

// users are people of the document. Only those with an e-mail address are shown: it is
// the name by which a provider knows them.
type users struct{ tools }

// user is what a provider says of somebody.
type user struct {
	name                     string // an e-mail address
	display, formatted       string
	given, family            string
	title, manager           string
	active                   bool
	emails                   []string // besides name
	titleGiven, managerGiven bool
}

func (u users) Create(r *http.Request, values scim.ResourceAttributes) (res scim.Resource, err error) {
	ops, err := attributes(scim.PatchOperationReplace, values)
	if err != nil {
		return res, err
	}
	given := user{active: true}
	if err := given.apply(ops); err != nil {
		return res, err
	}
	err = u.change(r, func(o *workspace.Organisation) error {
		all := everybody(o)
		if err := given.check(o, all, ""); err != nil {
			return err
		}
		p := workspace.Person{ID: newPersonID(all, given.name), Start: u.today()}
		if !given.active {
			return invalid("somebody who is not active is not taken in")
		}
		o.People = append(o.People, p)
		given.titleGiven, given.managerGiven = given.title != "", given.manager != ""
		u.put(o, all, len(o.People)-1, given)
		res = u.resource(all, &o.People[len(o.People)-1])
		return nil
	})
	return res, err
}

func (u users) Get(r *http.Request, id string) (scim.Resource, error) {
	o, err := u.doc.Read(r.Context())
	if err != nil {
		return scim.Resource{}, err
	}
	all := everybody(o)
	i := all.find(id)
	if i < 0 {
		return scim.Resource{}, notFound(id)
	}
	return u.resource(all, &o.People[i]), nil
}

func (u users) GetAll(r *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	o, err := u.doc.Read(r.Context())
	if err != nil {
		return scim.Page{}, err
	}
	all := everybody(o)
	var out []scim.Resource
	for i := range o.People {
		p := &o.People[i]
		if len(p.Emails) > 0 && all.find(all.name(p.ID)) == i {
			out = append(out, u.resource(all, p))
		}
	}
	return page(out, params), nil
}

// Replace sets what it is given and leaves the rest: the document knows more than a
// provider does. Only title and manager end when they are not given.
func (u users) Replace(r *http.Request, id string, values scim.ResourceAttributes) (scim.Resource, error) {
	ops, err := attributes(scim.PatchOperationReplace, values)
	if err != nil {
		return scim.Resource{}, err
	}
	return u.alter(r, id, ops, func(g *user) { g.title, g.manager, g.active, g.titleGiven, g.managerGiven = "", "", true, true, true })
}

func (u users) Patch(r *http.Request, id string, all []scim.PatchOperation) (scim.Resource, error) {
	ops, err := operations(all)
	if err != nil {
		return scim.Resource{}, err
	}
	return u.alter(r, id, ops, func(*user) {})
}

// Delete ends somebody's time here. Who came today was never here; of others the
// document keeps when they were, and they are shown as not active.
func (u users) Delete(r *http.Request, id string) error {
	return u.change(r, func(o *workspace.Organisation) error {
		i := everybody(o).find(id)
		if i < 0 {
			return notFound(id)
		}
		u.leave(o, i)
		return nil
	})
}

func (u users) alter(r *http.Request, id string, ops []operation, before func(*user)) (res scim.Resource, err error) {
	err = u.change(r, func(o *workspace.Organisation) error {
		all := everybody(o)
		i := all.find(id)
		if i < 0 {
			return notFound(id)
		}
		g := u.user(all, &o.People[i])
		before(&g)
		if err := g.apply(ops); err != nil {
			return err
		}
		if err := g.check(o, all, id); err != nil {
			return err
		}
		res = scim.Resource{}
		u.put(o, all, i, g)
		all = everybody(o)
		if i = all.find(id); i >= 0 {
			res = u.resource(all, &o.People[i])
		}
		return nil
	})
	return res, err
}

// apply takes what is known of operations; other attributes are no business of the
// document, and are let pass.
func (g *user) apply(ops []operation) error {
	for _, o := range ops {
		switch o.attribute {
		case "username":
			g.name = o.text()
		case "displayname":
			g.display = o.text()
		case "name":
			g.applyName(o)
		case "title":
			g.title, g.titleGiven = o.text(), true
		case "active":
			active, ok := o.value.(bool)
			if !ok {
				return invalid("active is true or false")
			}
			g.active = active
		case "emails":
			if o.op != scim.PatchOperationRemove && (o.part == "" || o.part == "value") {
				g.emails = append(g.emails, o.values()...)
			}
		case "manager":
			g.applyManager(o)
		}
	}
	return nil
}

func (g *user) applyManager(o operation) {
	if o.part != "" && o.part != "value" {
		return
	}
	g.manager, g.managerGiven = "", true
	if all := o.values(); o.op != scim.PatchOperationRemove && len(all) > 0 {
		g.manager = all[0]
	}
}

func (g *user) applyName(o operation) {
	parts := map[string]*string{"formatted": &g.formatted, "givenname": &g.given, "familyname": &g.family}
	if dst := parts[o.part]; dst != nil {
		*dst = o.text()
	}
	if whole, ok := o.value.(map[string]any); ok && o.part == "" {
		for k, v := range whole {
			if dst := parts[strings.ToLower(k)]; dst != nil {
				*dst, _ = v.(string)
			}
		}
	}
}

// check refuses what the document could not hold, or would hold twice.
func (g *user) check(o *workspace.Organisation, all directory, id string) error {
	if !strings.Contains(g.name, "@") || strings.ContainsAny(g.name, " \t\n") {
		return invalid("userName must be an e-mail address: map it to userPrincipalName or mail")
	}
	for i := range o.People {
		p := &o.People[i]
		if all.name(p.ID) != id && slices.ContainsFunc(p.Emails, equals(g.name)) {
			return scimerrors.ScimErrorUniqueness
		}
	}
	if g.manager != "" && (g.manager == id || all.find(g.manager) < 0) {
		return invalid("the manager is nobody that was provisioned, or the person")
	}
	return nil
}

func equals(s string) func(string) bool {
	return func(o string) bool { return strings.EqualFold(o, s) }
}

// called is the name, by the first of what a provider may send that has changed.
func (g *user) called(before user) string {
	switch parts := strings.TrimSpace(g.given + " " + g.family); {
	case g.display != before.display && g.display != "":
		return g.display
	case g.formatted != before.formatted && g.formatted != "":
		return g.formatted
	case parts != strings.TrimSpace(before.given+" "+before.family) && parts != "":
		return parts
	}
	return before.display
}

// put writes what a provider says into the document, from today on.
func (u users) put(o *workspace.Organisation, all directory, i int, g user) {
	if g.active && !o.People[i].End.IsZero() && u.today().Sub(o.People[i].End) > backWithin {
		g.titleGiven, g.managerGiven = true, true // as the provider knows them, who does not repeat what was shown to it
		i = u.again(o, all, i)
	}
	p := &o.People[i]
	before := u.user(all, p)
	p.Name = g.called(before)
	for at, e := range append([]string{g.name}, g.emails...) { // addresses of before stay: commits have them
		switch known := slices.IndexFunc(p.Emails, equals(e)); {
		case e == "" || known == 0 || known > 0 && at > 0:
		case at > 0:
			p.Emails = append(p.Emails, e)
		default:
			if known > 0 {
				p.Emails = slices.Delete(p.Emails, known, known+1)
			}
			p.Emails = append([]string{e}, p.Emails...)
		}
	}
	change := workspace.Job{}
	if g.titleGiven && g.title != before.title {
		change.Title = g.title
	}
	if g.managerGiven && g.manager != before.manager {
		change.Manager = workspace.Nobody
		if at := all.find(g.manager); at >= 0 {
			change.Manager = o.People[at].ID
		}
	}
	u.since(p, change)
	switch {
	case g.active == before.active:
	case g.active:
		p.End = time.Time{}
	default:
		u.leave(o, i)
	}
}

// again begins one more time of somebody who has long left, with what facts and accounts are
// joined by; what the work is now, the provider and the document say anew.
func (u users) again(o *workspace.Organisation, all directory, i int) int {
	before := &o.People[i]
	_, next := workspace.Times(all.name(before.ID), all.entry(o))
	o.People = append(o.People, workspace.Person{ID: next, Name: before.Name, Emails: slices.Clone(before.Emails), Logins: slices.Clone(before.Logins), Start: u.today()})
	return len(o.People) - 1
}

// since has a change hold from today on; of who comes today or later, from the beginning.
func (t tools) since(p *workspace.Person, change workspace.Job) {
	today := t.today()
	n := len(p.Changes)
	switch {
	case change == workspace.Job{}:
	case !p.Start.IsZero() && !p.Start.Before(today) && n == 0:
		p.Job = workspace.JobChange{Job: change}.Over(p.Job)
	case n > 0 && !p.Changes[n-1].Since.Before(today):
		p.Changes[n-1].Job = workspace.JobChange{Job: change}.Over(p.Changes[n-1].Job)
	default:
		p.Changes = append(p.Changes, workspace.JobChange{Since: today, Job: change})
	}
}

func (u users) leave(o *workspace.Organisation, i int) {
	p, last := &o.People[i], u.today().AddDate(0, 0, -1)
	switch {
	case !p.End.IsZero() && p.End.Before(u.today()):
	case !p.Start.IsZero() && p.Start.After(last):
		o.People = slices.Delete(o.People, i, i+1)
	default:
		p.End = last
		p.Changes = slices.DeleteFunc(p.Changes, func(c workspace.JobChange) bool { return c.Since.After(last) })
	}
}

// user is what the document says of somebody, as a provider would.
func (u users) user(all directory, p *workspace.Person) user {
	job := u.job(p)
	g := user{display: p.Name, formatted: p.Name, title: job.Title, manager: all.name(job.Manager), active: p.End.IsZero() || !p.End.Before(u.today())}
	if len(p.Emails) > 0 {
		g.name = p.Emails[0]
	}
	if g.manager == workspace.Nobody {
		g.manager = ""
	}
	if words := strings.Fields(p.Name); len(words) > 0 {
		g.given, g.family = strings.Join(words[:len(words)-1], " "), words[len(words)-1]
	}
	return g
}

func (t tools) job(p *workspace.Person) workspace.Job {
	j := p.Job
	for _, c := range p.Changes {
		if !c.Since.After(t.today()) {
			j = c.Over(j)
		}
	}
	return j
}

func (u users) resource(all directory, p *workspace.Person) scim.Resource {
	g := u.user(all, p)
	values := scim.ResourceAttributes{"userName": g.name, "active": g.active}
	if g.name != "" {
		values["emails"] = []any{map[string]any{"value": g.name, "type": "work", "primary": true}}
	}
	if p.Name != "" {
		values["displayName"] = p.Name
		values["name"] = map[string]any{"formatted": p.Name, "givenName": g.given, "familyName": g.family}
	}
	if g.title != "" {
		values["title"] = g.title
	}
	if g.manager != "" {
		values[enterprise] = map[string]any{"manager": map[string]any{"value": g.manager}}
	}
	return scim.Resource{ID: all.name(p.ID), Attributes: values}
}

// newPersonID makes a short name of what stands before the @.
func newPersonID(all directory, address string) string {
	local, _, _ := strings.Cut(address, "@")
	return workspace.FreeID(slug(local, "person"), func(id string) bool {
		_, taken := all.at[id]
		return taken
	})
}

// slug is text as a short name of documents.
func slug(text, otherwise string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', b.Len() > 0 && (r == '.' || r == '_'):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	id := strings.TrimRight(b.String(), "-._")
	if id = id[:min(len(id), 80)]; id == "" {
		return otherwise
	}
	return id
}
