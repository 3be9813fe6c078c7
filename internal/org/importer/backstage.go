package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// entity is what is read of an entity of a Backstage catalog.
type entity struct {
	Kind     string `yaml:"kind"`
	Metadata struct {
		Name        string            `yaml:"name"`
		Title       string            `yaml:"title"`
		Annotations map[string]string `yaml:"annotations"`
	} `yaml:"metadata"`
	Spec struct {
		Type    string `yaml:"type"`
		Owner   string `yaml:"owner"`
		Parent  string `yaml:"parent"`
		Profile struct {
			DisplayName string `yaml:"displayName"`
			Email       string `yaml:"email"`
		} `yaml:"profile"`
		MemberOf []string `yaml:"memberOf"`
		Members  []string `yaml:"members"`
	} `yaml:"spec"`
}

// mostCatalog is how much of a catalog file is read.
const mostCatalog = 4 << 20

// Backstage takes groups, users and who owns which component's repository from Backstage
// catalog files.
func Backstage(doc *workspace.Organisation, text []byte, opts Options) (result Result, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics on some hostile input
			err = problem.New(problem.Invalid, "look for unbalanced quotes, brackets and anchors", "%s is not valid YAML", opts.Name)
		}
	}()
	if len(text) > mostCatalog {
		return Result{}, problem.New(problem.Invalid, "import its parts", "%s is larger than %d MiB", opts.Name, mostCatalog>>20)
	}
	entities, err := catalog(text)
	if err != nil {
		return Result{}, problem.New(problem.Invalid, "correct it, or leave it out", "%s is no catalog file: %w", opts.Name, err)
	}
	im := &backstage{ownership: ownership{doc: clone(doc), opts: opts}}
	im.names = newNames(im.doc)
	for _, e := range entities {
		im.entity(e)
	}
	if len(im.changes) == 0 && len(im.notes) == 0 && len(im.names.added) == 0 && im.known == 0 {
		return Result{}, problem.New(problem.Invalid, "a Component with spec.owner, a Group or a User is needed", "%s holds nothing of people, teams or ownership", opts.Name)
	}
	for _, t := range im.names.added {
		im.changes = append(im.changes, "team "+t+" is new")
	}
	return Result{im.doc, im.changes, im.notes}, nil
}

func catalog(text []byte) ([]entity, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var out []entity
	for {
		var e entity
		err := d.Decode(&e)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, e)
		if len(out) > 10_000 {
			return nil, fmt.Errorf("more than 10,000 entities in one file")
		}
	}
}

type backstage struct {
	ownership
	known int // entities that say what the document says already
}

func (im *backstage) entity(e entity) {
	switch strings.ToLower(e.Kind) {
	case "group":
		im.group(e)
	case "user":
		im.user(e)
	case "component":
		im.component(e)
	}
}

// nameOf is the name of a reference such as group:default/payments.
func nameOf(ref string) string {
	if _, after, ok := strings.Cut(ref, ":"); ok {
		ref = after
	}
	if i := strings.LastIndexByte(ref, '/'); i >= 0 {
		ref = ref[i+1:]
	}
	return ref
}

func (im *backstage) group(e entity) {
	before := len(im.names.added)
	id := im.names.team(e.Metadata.Name, im.opts.Date)
	if id == "" {
		return
	}
	im.known += 1 - (len(im.names.added) - before)
	parent := ""
	if e.Spec.Parent != "" {
		parent = im.names.team(nameOf(e.Spec.Parent), im.opts.Date)
	}
	i := slices.IndexFunc(im.doc.Teams, func(t workspace.OrgTeam) bool { return t.ID == id })
	t := &im.doc.Teams[i]
	if title := oneOf(e.Spec.Profile.DisplayName, e.Metadata.Title); title != "" && title != id {
		t.Name = title
	}
	if parent != "" && t.Parent != parent {
		t.Parent = parent
		im.changes = append(im.changes, fmt.Sprintf("team %s is part of %s", id, parent))
	}
}

func oneOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (im *backstage) user(e entity) {
	id := e.Metadata.Name
	if !workspace.IsID(id) {
		id = idOf(id)
	}
	if id == "" {
		return
	}
	i := slices.IndexFunc(im.doc.People, func(p workspace.Person) bool { return p.ID == id })
	if i < 0 {
		i = len(im.doc.People)
		im.doc.People = append(im.doc.People, workspace.Person{ID: id, Logins: []string{id}})
		im.changes = append(im.changes, id+" is new")
	} else {
		im.known++
	}
	p := &im.doc.People[i]
	if e.Spec.Profile.DisplayName != "" {
		p.Name = e.Spec.Profile.DisplayName
	}
	if mail := e.Spec.Profile.Email; strings.Count(mail, "@") == 1 && !slices.Contains(p.Emails, mail) {
		p.Emails = append(p.Emails, mail)
	}
	for _, ref := range e.Spec.MemberOf {
		team := im.names.team(nameOf(ref), im.opts.Date)
		switch {
		case team == "" || p.Job.Team == team:
		case p.Job.Team == "":
			p.Job.Team = team
		default:
			im.notes = append(im.notes, fmt.Sprintf("%s is in %s too; write a membership with its share", id, team))
		}
	}
}

// component gives a component's repository to its owner. Several components of one
// repository need paths, which a catalog does not hold.
func (im *backstage) component(e entity) {
	repository := e.Metadata.Name
	if slug := e.Metadata.Annotations["github.com/project-slug"]; slug != "" {
		repository = nameOf(slug)
	}
	if e.Spec.Owner == "" || repository == "" {
		return
	}
	if kind, _, ok := strings.Cut(e.Spec.Owner, ":"); ok && strings.EqualFold(kind, "user") {
		im.notes = append(im.notes, fmt.Sprintf("component %s is owned by a person, not by a team; left out", e.Metadata.Name))
		return
	}
	team := im.names.team(nameOf(e.Spec.Owner), im.opts.Date)
	for _, o := range im.doc.Ownership {
		if o.Repository != repository || o.Path != "" || !o.Until.IsZero() {
			continue
		}
		if o.Team == team {
			im.known++
			return
		}
		im.notes = append(im.notes, fmt.Sprintf("repository %s is owned by %s already; component %s of %s needs a path", repository, o.Team, e.Metadata.Name, team))
		return
	}
	im.doc.Ownership = append(im.doc.Ownership, workspace.Ownership{Team: team, Repository: repository})
	im.changes = append(im.changes, fmt.Sprintf("%s owns %s", team, repository))
}
