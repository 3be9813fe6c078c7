package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
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
		Type     string `yaml:"type"`
		Owner    string `yaml:"owner"`
		System   string `yaml:"system"`
		Domain   string `yaml:"domain"`
		Parent   string `yaml:"parent"`
		Children []ref  `yaml:"children"`
		Profile  struct {
			DisplayName string `yaml:"displayName"`
			Email       string `yaml:"email"`
		} `yaml:"profile"`
		MemberOf []ref `yaml:"memberOf"`
		Members  []ref `yaml:"members"`
	} `yaml:"spec"`
}

// ref is a reference such as user:default/ada, which the library takes for a mapping where
// it stands without quotes in [ ].
type ref string

func (r *ref) UnmarshalYAML(read func(any) error) error {
	var v any
	if err := read(&v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*r = ref(v)
		return nil
	case uint64:
		*r = ref(strconv.FormatUint(v, 10))
		return nil
	case map[string]any:
		for kind, name := range v {
			if name, ok := name.(string); ok && len(v) == 1 {
				*r = ref(kind + ":" + name)
				return nil
			}
		}
	}
	return fmt.Errorf("%v is no reference such as group:default/payments", v)
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
	im := &backstage{ownership: ownership{doc: clone(doc), opts: opts}, owners: map[string]string{}}
	im.names = newNames(im.doc)
	im.read(entities)
	if len(im.changes) == 0 && len(im.notes) == 0 && len(im.names.added) == 0 && im.known == 0 {
		return Result{}, problem.New(problem.Invalid, "a Component with spec.owner, a Group or a User is needed", "%s holds nothing of people, teams or ownership", opts.Name)
	}
	changes, notes := im.names.news()
	return Result{im.doc, append(im.changes, changes...), append(im.notes, notes...)}, nil
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
	known  int               // entities that say what the document says already
	owners map[string]string // of domains and systems, by kind and name
}

// read takes teams first, then people, then who is in which team, whichever side says it:
// what stands in a file may name what stands below.
func (im *backstage) read(entities []entity) {
	each := func(kind string, take func(entity)) {
		for _, e := range entities {
			if strings.EqualFold(e.Kind, kind) {
				take(e)
			}
		}
	}
	each("group", im.group)
	each("user", im.user)
	each("group", im.members)
	for _, kind := range []string{"domain", "system"} {
		each(kind, func(e entity) {
			if owner := oneOf(e.Spec.Owner, im.owners["domain "+nameOf(e.Spec.Domain)]); owner != "" {
				im.owners[kind+" "+e.Metadata.Name] = owner
			}
		})
	}
	each("component", im.component)
}

// nameOf is the name of a reference such as group:default/payments.
func nameOf[T ~string](reference T) string {
	ref := string(reference)
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
	id := im.names.team(e.Metadata.Name)
	if id == "" {
		return
	}
	im.known += 1 - (len(im.names.added) - before)
	if title := oneOf(e.Spec.Profile.DisplayName, e.Metadata.Title); title != "" && title != id {
		im.teamOf(id).Name = title
	}
	if e.Spec.Parent != "" {
		im.above(id, im.names.team(nameOf(e.Spec.Parent)))
	}
	for _, child := range e.Spec.Children {
		im.above(im.names.team(nameOf(child)), id)
	}
}

// above makes a team part of another.
func (im *backstage) above(id, parent string) {
	if id == "" || parent == "" {
		return
	}
	if t := im.teamOf(id); t.Parent != parent {
		t.Parent = parent
		im.changes = append(im.changes, fmt.Sprintf("team %s is part of %s", id, parent))
	}
}

func (im *backstage) teamOf(id string) *workspace.OrgTeam {
	return &im.doc.Teams[slices.IndexFunc(im.doc.Teams, func(t workspace.OrgTeam) bool { return t.ID == id })]
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
	mail := e.Spec.Profile.Email
	now := workspace.Person{ID: id, Name: e.Spec.Profile.DisplayName, Logins: []string{id}}
	if strings.Count(mail, "@") == 1 {
		now.Emails = []string{mail}
	} else {
		mail = ""
	}
	i := im.person(id, mail)
	if i < 0 {
		i = len(im.doc.People)
		im.doc.People = append(im.doc.People, now)
		im.changes = append(im.changes, id+" is new")
	} else {
		im.known++
		if what := identify(&im.doc.People[i], now); len(what) > 0 {
			im.changes = append(im.changes, im.doc.People[i].ID+": "+strings.Join(what, ", "))
		}
	}
	p := &im.doc.People[i]
	for _, group := range e.Spec.MemberOf {
		im.join(p, group)
	}
}

// person finds somebody by id, else by e-mail address, else by login: an export of people
// may have brought them under another id. It is -1 when there is nobody.
func (im *backstage) person(id, mail string) int {
	for _, is := range []func(workspace.Person) bool{
		func(p workspace.Person) bool { return p.ID == id },
		func(p workspace.Person) bool {
			return mail != "" && slices.ContainsFunc(p.Emails, func(e string) bool { return strings.EqualFold(e, mail) })
		},
		func(p workspace.Person) bool {
			return slices.ContainsFunc(p.Logins, func(l string) bool { return strings.EqualFold(l, id) })
		},
	} {
		if i := slices.IndexFunc(im.doc.People, is); i >= 0 {
			return i
		}
	}
	return -1
}

// members puts those whom a group names into its team, as their own memberOf would.
func (im *backstage) members(e entity) {
	var strangers []string
	for _, member := range e.Spec.Members {
		name := nameOf(member)
		if i := im.person(name, ""); i >= 0 {
			im.join(&im.doc.People[i], ref(e.Metadata.Name))
		} else {
			strangers = append(strangers, name)
		}
	}
	if len(strangers) > 0 {
		im.notes = append(im.notes, fmt.Sprintf("group %s names %s, whom neither the catalog file nor the document knows; left out: import the file with its users first", e.Metadata.Name, strings.Join(strangers, ", ")))
	}
}

// join puts a person who has no team on the day into one.
func (im *backstage) join(p *workspace.Person, group ref) {
	team := im.names.team(nameOf(group))
	job := p.Job
	for _, c := range p.Changes {
		if !c.Since.After(im.opts.Date) {
			job = c.Over(job)
		}
	}
	member := func(m workspace.Membership) bool { return m.Person == p.ID && m.Team == team }
	switch {
	case team == "" || job.Team == team || slices.ContainsFunc(im.doc.Memberships, member):
	case p.Job.Team == "" && job.Team == "":
		p.Job.Team = team
	default:
		note := fmt.Sprintf("%s is in %s too; write a membership with its share", p.ID, team)
		if !slices.Contains(im.notes, note) { // the group and the user say the same
			im.notes = append(im.notes, note)
		}
	}
}

// sourceLocation is where in a repository a component lies: repository and folder.
var sourceLocation = regexp.MustCompile(`^(?:url:)?https?://[^/]+/(?:[^/]+/)*?([^/]+?)(?:\.git)?/(?:-/)?(?:tree|blob|src/branch|src)/[^/]+/?(.*)$`)

// whereabouts are the repository and the folder of a component; "" is all of it.
func whereabouts(e entity) (repository, path string) {
	repository = e.Metadata.Name
	if m := sourceLocation.FindStringSubmatch(e.Metadata.Annotations["backstage.io/source-location"]); m != nil {
		repository = m[1]
		if folder := strings.Trim(m[2], "/"); folder != "" && !strings.ContainsAny(folder, "?#*[]\\ ") && len(folder) < 1000 {
			path = "/" + folder + "/"
		}
	}
	for _, slug := range []string{"github.com/project-slug", "gitlab.com/project-slug"} {
		if s := e.Metadata.Annotations[slug]; s != "" {
			repository = nameOf(s)
		}
	}
	return repository, path
}

// component gives the repository of a component, or its folder in it, to its owner; where it
// names none, to that of its system or domain.
func (im *backstage) component(e entity) {
	repository, path := whereabouts(e)
	owner := oneOf(e.Spec.Owner, im.owners["system "+nameOf(e.Spec.System)])
	if owner == "" || repository == "" {
		return
	}
	if kind, _, ok := strings.Cut(owner, ":"); ok && strings.EqualFold(kind, "user") {
		im.notes = append(im.notes, fmt.Sprintf("component %s is owned by a person, not by a team; left out", e.Metadata.Name))
		return
	}
	team := im.names.team(nameOf(owner))
	for _, o := range im.doc.Ownership {
		if o.Repository != repository || o.Path != path || o.With != "" || !o.Until.IsZero() {
			continue
		}
		if o.Team == team {
			im.known++
			return
		}
		im.notes = append(im.notes, fmt.Sprintf("repository %s is owned by %s already; component %s of %s needs a path of its own: backstage.io/source-location with its folder", strings.TrimSpace(repository+" "+path), o.Team, e.Metadata.Name, team))
		return
	}
	at := slices.IndexFunc(im.doc.Ownership, func(o workspace.Ownership) bool { // of two that fit, the later counts: folders inside of it stay behind
		return o.Repository == repository && o.Until.IsZero() && o.Path != path && strings.HasPrefix(o.Path, path)
	})
	if at < 0 {
		at = len(im.doc.Ownership)
	}
	im.doc.Ownership = slices.Insert(im.doc.Ownership, at, workspace.Ownership{Team: team, Repository: repository, Path: path})
	im.changes = append(im.changes, strings.TrimSpace(fmt.Sprintf("%s owns %s %s", team, repository, path)))
}
