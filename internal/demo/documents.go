package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// documents are the texts of a repository that are no code.
type documents struct {
	kind      *repoKind
	notes     map[string][]string // lines that reviews added
	reviews   int
	changelog []string
}

func newDocuments(k *repoKind) *documents {
	return &documents{kind: k, notes: map[string][]string{}}
}

const openAPI = "openapi.yaml"

// often are the documents that a team goes through every time; seldom those that
// it goes through every third time.
func (d *documents) often() []string {
	return []string{
		openAPI, "docs/runbooks/" + d.kind.areas[0] + "-backlog.md", "docs/runbooks/" + d.kind.areas[1] + "-errors.md",
		"docs/runbooks/restore.md", "docs/checklists/deployment.md", "docs/review-standards.md",
	}
}

func (d *documents) seldom() []string {
	return []string{"CODEOWNERS", "CONTRIBUTING.md", "docs/evaluations/" + d.kind.areas[2] + ".md", "docs/integration-patterns/events.md"}
}

func (d *documents) all() []string { return append(d.often(), d.seldom()...) }

// review adds something to the documents whose turn it is and returns their paths.
func (d *documents) review(r *rand.Rand) []string {
	paths := d.often()
	if d.reviews++; d.reviews%3 == 0 {
		paths = d.all()
	}
	for _, p := range paths {
		notes := append(d.notes[p], fmt.Sprintf(one(r, lines(`
Look at the %s dashboard first.
Ask in the %s channel when in doubt.
The %s job can be run twice without harm.
Check that the %s alert is quiet before going on.
Note the %s numbers in the ticket.`)), one(r, d.kind.nouns)))
		d.notes[p] = notes[max(0, len(notes)-8):]
	}
	return paths
}

// text is a document as it was left at a review.
func (d *documents) text(path string, at time.Time) string {
	day := at.Format(time.DateOnly)
	switch path {
	case openAPI:
		return d.openAPI(day)
	case "CODEOWNERS":
		var b strings.Builder
		fmt.Fprintf(&b, "# Reviewed %s\n* @%s\n", day, d.kind.team)
		for _, a := range d.kind.areas {
			fmt.Fprintf(&b, "%s @%s\n", strings.TrimSuffix(d.kind.path(a, "x", false), "x."+d.kind.lang.ext), d.kind.team)
		}
		return b.String()
	}
	base := path[strings.LastIndex(path, "/")+1:]
	heading := title(strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(base, ".md"), "-", " ")))
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nOwner: %s team. Last reviewed: %s\n\n## What to do\n\n", heading, d.kind.team, day)
	for i, step := range []string{"See what changed since the last release.", "Compare with the numbers of last week.", "Decide within half an hour, or ask for help.", "Write down what was done."} {
		fmt.Fprintf(&b, "%d. %s\n", i+1, step)
	}
	if notes := d.notes[path]; len(notes) > 0 {
		b.WriteString("\n## Notes\n\n")
		for _, n := range notes {
			b.WriteString("- " + n + "\n")
		}
	}
	return b.String()
}

func (d *documents) openAPI(day string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "openapi: 3.1.0\ninfo:\n  title: %s\n  version: %q\n  x-reviewed: %q\npaths:\n", d.kind.name, fmt.Sprintf("1.%d", d.reviews), day)
	for _, n := range d.kind.nouns[:min(len(d.kind.nouns), 6+d.reviews/4)] {
		fmt.Fprintf(&b, "  /%ss/{id}:\n    get:\n      summary: Read one %s\n      parameters:\n        - {name: id, in: path, required: true, schema: {type: string}}\n      responses:\n        \"200\": {description: The %s}\n        \"404\": {description: There is none}\n", n, n, n)
	}
	return b.String()
}

// changelogText is the changelog, newest release first.
func (d *documents) changelogText() string {
	var b strings.Builder
	b.WriteString("# Changelog\n")
	for i := range d.changelog {
		b.WriteString(d.changelog[len(d.changelog)-1-i])
	}
	return b.String()
}

func readme(k *repoKind) string {
	return fmt.Sprintf("# %s\n\nThe %s service. Teams: %s.\n\nSee docs/runbooks for what to do when something breaks, and\ndocs/adr for why things are as they are.\n", k.name, k.name, k.team)
}

// manifest is the list of dependencies with their versions.
type manifest struct {
	kind     *repoKind
	versions [][3]int
}

func newManifest(k *repoKind, r *rand.Rand) *manifest {
	m := &manifest{kind: k}
	for range k.bumped {
		m.versions = append(m.versions, [3]int{1, r.IntN(20), r.IntN(9)})
	}
	return m
}

// raise bumps one dependency.
func (m *manifest) raise(r *rand.Rand) (name, from, to string) {
	i := r.IntN(len(m.versions))
	v := &m.versions[i]
	from = dotted(*v)
	if r.Float64() < 0.5 {
		v[1], v[2] = v[1]+1, 0
	} else {
		v[2]++
	}
	return m.kind.bumped[i], from, dotted(*v)
}

func dotted(v [3]int) string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

func (m *manifest) text() string {
	var b strings.Builder
	switch m.kind.manifest {
	case "go.mod":
		fmt.Fprintf(&b, "module example.com/%s\n\ngo 1.22\n\nrequire (\n", m.kind.name)
		for i, n := range m.kind.bumped {
			fmt.Fprintf(&b, "\t%s v%s\n", n, dotted(m.versions[i]))
		}
		b.WriteString(")\n")
	case "package.json":
		fmt.Fprintf(&b, "{\n  \"name\": %q,\n  \"private\": true,\n  \"dependencies\": {\n", m.kind.name)
		for i, n := range m.kind.bumped {
			comma := ","
			if i == len(m.kind.bumped)-1 {
				comma = ""
			}
			fmt.Fprintf(&b, "    %q: %q%s\n", n, dotted(m.versions[i]), comma)
		}
		b.WriteString("  }\n}\n")
	default:
		for i, n := range m.kind.bumped {
			fmt.Fprintf(&b, "%s==%s\n", n, dotted(m.versions[i]))
		}
	}
	return b.String()
}
