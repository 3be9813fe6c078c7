package scim

import "github.com/diarchy/diarchy/internal/workspace"

// directory finds people by the ids that a provider knows. Who left and came back has several
// entries in the document, and is one user, under the id of the first.
type directory struct {
	at    map[string]int    // entries by their ids
	last  map[string]int    // by the first id: the entry of the last time here
	first map[string]string // of later entries
}

// everybody holds until people are added or taken away.
func everybody(o *workspace.Organisation) directory {
	d := directory{make(map[string]int, len(o.People)), map[string]int{}, map[string]string{}}
	for i := range o.People {
		d.at[o.People[i].ID] = i
	}
	for i := range o.People {
		id := o.People[i].ID
		times, _ := workspace.Times(id, d.entry(o))
		for _, later := range times[1:] {
			d.first[later.ID], d.last[id] = id, d.at[later.ID]
		}
	}
	return d
}

func (d directory) entry(o *workspace.Organisation) func(string) *workspace.Person {
	return func(id string) *workspace.Person {
		if i, ok := d.at[id]; ok {
			return &o.People[i]
		}
		return nil
	}
}

// find is the entry of a user as of the last time here; -1 when there is no such user.
func (d directory) find(id string) int {
	if _, later := d.first[id]; later {
		return -1
	}
	if i, ok := d.last[id]; ok {
		return i
	}
	if i, ok := d.at[id]; ok {
		return i
	}
	return -1
}

// name is the id that a provider knows an entry by.
func (d directory) name(id string) string {
	if first, ok := d.first[id]; ok {
		return first
	}
	return id
}
