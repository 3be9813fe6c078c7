package importer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hmarr/codeowners"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// CodeOwners takes who owns what in a repository from its CODEOWNERS. What the document
// says of that repository and the file does not, ends the day before.
func CodeOwners(doc *workspace.Organisation, text []byte, opts Options) (Result, error) {
	if !utf8.Valid(text) {
		return Result{}, problem.New(problem.Invalid, "save it as UTF-8", "%s is not UTF-8 text", opts.Name)
	}
	rules, err := codeowners.ParseFile(bytes.NewReader(text))
	if err != nil {
		return Result{}, problem.New(problem.Invalid, "correct it; sections of GitLab are not read", "%s: %w", opts.Name, err)
	}
	im := ownership{doc: clone(doc), opts: opts}
	im.names = newNames(im.doc)
	var bad []BadRow
	for _, rule := range rules {
		if err := im.rule(rule); err != nil {
			bad = append(bad, BadRow{rule.LineNumber, err.Error()})
		}
	}
	if err := refuse(opts.Name, bad); err != nil {
		return Result{}, err
	}
	im.settle()
	changes, notes := im.names.news()
	return Result{im.doc, append(im.changes, changes...), append(im.notes, notes...)}, nil
}

// ownership gathers what the teams of a repository own.
type ownership struct {
	doc     *workspace.Organisation
	opts    Options
	names   *names
	now     []workspace.Ownership
	changes []string
	notes   []string
}

func (im *ownership) rule(rule codeowners.Rule) error {
	pattern := rule.RawPattern()
	if len(pattern) > 1000 || strings.ContainsFunc(pattern, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("its pattern is too long, or holds control characters")
	}
	var teams []string
	for _, o := range rule.Owners {
		if o.Type == codeowners.TeamOwner {
			_, team, _ := strings.Cut(o.Value, "/")
			teams = append(teams, team)
		}
	}
	switch {
	case len(rule.Owners) == 0:
		im.notes = append(im.notes, fmt.Sprintf("line %d: %s has no owner", rule.LineNumber, pattern))
		return nil
	case len(teams) == 0:
		im.notes = append(im.notes, fmt.Sprintf("line %d: %s is owned by people, not by a team; left out", rule.LineNumber, pattern))
		return nil
	case len(teams) > 1:
		im.notes = append(im.notes, fmt.Sprintf("line %d: %s has %d teams; the first is taken", rule.LineNumber, pattern, len(teams)))
	}
	id := im.names.team(teams[0])
	if id == "" {
		return fmt.Errorf("team %q has no letters to make a short name of", teams[0])
	}
	if pattern == "*" || pattern == "**" || pattern == "/" {
		pattern = ""
	}
	im.now = append(im.now, workspace.Ownership{Team: id, Repository: im.opts.Repository, Path: pattern})
	return nil
}

// settle ends what holds no more and adds what is new, in the order of the file: of
// several patterns that fit, the last counts.
func (im *ownership) settle() {
	same := func(a, b workspace.Ownership) bool {
		return a.Team == b.Team && a.Repository == b.Repository && a.Path == b.Path
	}
	before := im.opts.Date.AddDate(0, 0, -1)
	first := true
	var kept []workspace.Ownership
	for _, o := range im.doc.Ownership {
		if o.Repository != im.opts.Repository || !o.Until.IsZero() {
			kept = append(kept, o)
			first = first && o.Repository != im.opts.Repository
			continue
		}
		first = false
		if !slices.ContainsFunc(im.now, func(n workspace.Ownership) bool { return same(n, o) }) {
			o.Until = before
			im.changes = append(im.changes, fmt.Sprintf("%s owns %s %s no more", o.Team, o.Repository, o.Path))
			kept = append(kept, o)
		}
	}
	for _, n := range im.now {
		i := slices.IndexFunc(im.doc.Ownership, func(o workspace.Ownership) bool { return same(n, o) && o.Until.IsZero() })
		switch {
		case i >= 0:
			n = im.doc.Ownership[i]
		case !first:
			n.Since = im.opts.Date
			fallthrough
		default:
			im.changes = append(im.changes, strings.TrimSpace(fmt.Sprintf("%s owns %s %s", n.Team, n.Repository, n.Path)))
		}
		kept = append(kept, n)
	}
	im.doc.Ownership = kept
}
