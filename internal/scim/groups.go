package scim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/workspace"
	"github.com/elimity-com/scim"
	scimerrors "github.com/elimity-com/scim/errors"
)

// groups are teams of the document that exist today. Somebody is in one team by this
// way: being added to another moves. Shares of time in several teams are the
// document's own, and are left alone.
type groups struct{ tools }

func (g groups) Create(r *http.Request, values scim.ResourceAttributes) (res scim.Resource, err error) {
	ops, err := attributes(scim.PatchOperationReplace, values)
	if err != nil {
		return res, err
	}
	err = g.change(r, func(o *workspace.Organisation) error {
		id := workspace.FreeID(slug(nameIn(ops), "team"), func(id string) bool { return slices.ContainsFunc(o.Teams, teamIs(id)) })
		o.Teams = append(o.Teams, workspace.OrgTeam{ID: id, Since: g.today()})
		res, err = g.apply(o, id, ops)
		return err
	})
	return res, err
}

func nameIn(ops []operation) string {
	for _, o := range ops {
		if o.attribute == "displayname" {
			return o.text()
		}
	}
	return ""
}

func (g groups) Get(r *http.Request, id string) (scim.Resource, error) {
	o, err := g.doc.Read(r.Context())
	if err != nil {
		return scim.Resource{}, err
	}
	i := g.team(o, id)
	if i < 0 {
		return scim.Resource{}, notFound(id)
	}
	return g.resource(o, everybody(o), &o.Teams[i]), nil
}

func (g groups) GetAll(r *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	o, err := g.doc.Read(r.Context())
	if err != nil {
		return scim.Page{}, err
	}
	all := everybody(o)
	var out []scim.Resource
	for i := range o.Teams {
		if g.exists(&o.Teams[i]) {
			out = append(out, g.resource(o, all, &o.Teams[i]))
		}
	}
	return page(out, params), nil
}

// Replace sets the name and all members.
func (g groups) Replace(r *http.Request, id string, values scim.ResourceAttributes) (res scim.Resource, err error) {
	ops, err := attributes(scim.PatchOperationReplace, values)
	if err != nil {
		return res, err
	}
	if !slices.ContainsFunc(ops, func(o operation) bool { return o.attribute == "members" }) {
		ops = append(ops, operation{op: scim.PatchOperationReplace, target: target{attribute: "members"}})
	}
	err = g.change(r, func(o *workspace.Organisation) error {
		res, err = g.apply(o, id, ops)
		return err
	})
	return res, err
}

func (g groups) Patch(r *http.Request, id string, all []scim.PatchOperation) (res scim.Resource, err error) {
	ops, err := operations(all)
	if err != nil {
		return res, err
	}
	err = g.change(r, func(o *workspace.Organisation) error {
		res, err = g.apply(o, id, ops)
		return err
	})
	return res, err
}

// Delete ends a team. One that was made today was never there.
func (g groups) Delete(r *http.Request, id string) error {
	return g.change(r, func(o *workspace.Organisation) error {
		i := g.team(o, id)
		if i < 0 {
			return notFound(id)
		}
		for _, p := range g.members(o, id) {
			g.since(p, workspace.Job{Team: workspace.Nobody})
		}
		t, last := &o.Teams[i], g.today().AddDate(0, 0, -1)
		if !t.Since.IsZero() && t.Since.After(last) {
			o.Teams = slices.Delete(o.Teams, i, i+1)
			return nil
		}
		t.Until = last
		return nil
	})
}

// apply carries operations out on a team.
func (g groups) apply(o *workspace.Organisation, id string, ops []operation) (scim.Resource, error) {
	i := g.team(o, id)
	if i < 0 {
		return scim.Resource{}, notFound(id)
	}
	for _, op := range ops {
		var err error
		switch op.attribute {
		case "displayname":
			err = g.rename(o, i, op.text())
		case "members":
			err = g.setMembers(o, id, op)
		}
		if err != nil {
			return scim.Resource{}, err
		}
	}
	return g.resource(o, everybody(o), &o.Teams[i]), nil
}

func (g groups) rename(o *workspace.Organisation, i int, name string) error {
	if name == "" {
		return invalid("a group needs a displayName")
	}
	for j := range o.Teams {
		if j != i && g.exists(&o.Teams[j]) && strings.EqualFold(shown(&o.Teams[j]), name) {
			return scimerrors.ScimErrorUniqueness
		}
	}
	o.Teams[i].Name = name
	return nil
}

func (g groups) setMembers(o *workspace.Organisation, id string, op operation) error {
	all, asked := everybody(o), op.values()
	if op.chosen != "" {
		asked = []string{op.chosen}
	}
	if op.op == scim.PatchOperationRemove && len(asked) == 0 || op.op == scim.PatchOperationReplace && op.chosen == "" {
		for _, p := range g.members(o, id) {
			if !slices.Contains(asked, all.name(p.ID)) {
				g.since(p, workspace.Job{Team: workspace.Nobody})
			}
		}
	}
	for _, member := range asked {
		i := all.find(member)
		switch {
		case i < 0 && op.op == scim.PatchOperationRemove: // is in no team
		case i < 0:
			return invalid("a member is nobody that was provisioned")
		case op.op != scim.PatchOperationRemove:
			if g.job(&o.People[i]).Team != id {
				g.since(&o.People[i], workspace.Job{Team: id})
			}
		case g.job(&o.People[i]).Team == id:
			g.since(&o.People[i], workspace.Job{Team: workspace.Nobody})
		}
	}
	return nil
}

// members are those whose team it is today, and who are here.
func (g groups) members(o *workspace.Organisation, id string) (out []*workspace.Person) {
	for i := range o.People {
		p := &o.People[i]
		if g.job(p).Team == id && (p.End.IsZero() || !p.End.Before(g.today())) {
			out = append(out, p)
		}
	}
	return out
}

func (g groups) resource(o *workspace.Organisation, all directory, t *workspace.OrgTeam) scim.Resource {
	values := scim.ResourceAttributes{"displayName": shown(t)}
	var members []any
	for _, p := range g.members(o, t.ID) {
		members = append(members, map[string]any{"value": all.name(p.ID), "display": p.Name})
	}
	if len(members) > 0 {
		values["members"] = members
	}
	return scim.Resource{ID: t.ID, Attributes: values}
}

func shown(t *workspace.OrgTeam) string {
	if t.Name != "" {
		return t.Name
	}
	return t.ID
}

func (g groups) team(o *workspace.Organisation, id string) int {
	i := slices.IndexFunc(o.Teams, teamIs(id))
	if i >= 0 && !g.exists(&o.Teams[i]) {
		return -1
	}
	return i
}

func (g groups) exists(t *workspace.OrgTeam) bool {
	return t.Until.IsZero() || !t.Until.Before(g.today())
}

func teamIs(id string) func(workspace.OrgTeam) bool {
	return func(t workspace.OrgTeam) bool { return t.ID == id }
}
