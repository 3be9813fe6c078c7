package importer

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
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
	plain, optional := sections(text)
	rules, err := codeowners.ParseFile(bytes.NewReader(plain), codeowners.WithOwnerMatchers(append(codeowners.DefaultOwnerMatchers, codeowners.OwnerMatchFunc(gitlabOwner))))
	if err != nil {
		return Result{}, problem.New(problem.Invalid, "correct it", "%s: %w", opts.Name, err)
	}
	slices.SortStableFunc(rules, func(a, b codeowners.Rule) int { // what must be approved counts before what may be
		return cmp.Compare(optional[b.LineNumber], optional[a.LineNumber])
	})
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
	if im.shared > 0 {
		im.notes = append(im.notes, fmt.Sprintf("patterns with several teams: %d; the first team of each answers, the others own with it (with: in the document)", im.shared))
	}
	im.settle()
	changes, notes := im.names.news()
	return Result{im.doc, append(im.changes, changes...), append(im.notes, notes...)}, nil
}

// heading is the first line of a section as GitLab reads it: whether it is optional, how
// many must approve, and whose its patterns are that name nobody.
var heading = regexp.MustCompile(`^(\^?)\[[^\]]+\](?:\[\d+\])?((?:\s+[^\s#]\S*)*)\s*(?:#.*)?$`)

// sections takes the sections of GitLab out of a CODEOWNERS, line for line: patterns that
// name nobody get the owners of their section. It tells which lines are of an optional one (1).
func sections(text []byte) (plain []byte, optional map[int]int) {
	optional = map[int]int{}
	lines := strings.Split(string(text), "\n")
	owners, may := "", 0
	for i, line := range lines {
		bare := strings.TrimSpace(line)
		if m := heading.FindStringSubmatch(bare); m != nil {
			owners, may, lines[i] = m[2], len(m[1]), ""
			continue
		}
		optional[i+1] = may
		if bare == "" || strings.HasPrefix(bare, "#") || owners == "" {
			continue
		}
		pattern, _, _ := strings.Cut(bare, " #")
		if len(strings.Fields(strings.ReplaceAll(pattern, "\\ ", "_"))) == 1 {
			lines[i] = strings.TrimSpace(pattern) + owners
		}
	}
	return []byte(strings.Join(lines, "\n")), optional
}

// gitlabOwner takes groups in groups for teams (@acme/shop/pay), and roles (@@developer) for
// what is no team.
func gitlabOwner(s string) (codeowners.Owner, error) {
	switch {
	case gitlabGroup.MatchString(s):
		return codeowners.Owner{Value: strings.TrimPrefix(s, "@"), Type: codeowners.TeamOwner}, nil
	case gitlabRole.MatchString(s):
		return codeowners.Owner{Value: s, Type: codeowners.UsernameOwner}, nil
	}
	return codeowners.Owner{}, codeowners.ErrNoMatch
}

var (
	gitlabGroup = regexp.MustCompile(`^@[\w.-]+(?:/[\w.-]+)+$`)
	gitlabRole  = regexp.MustCompile(`^@@[a-z]+$`)
)

// ownership gathers what the teams of a repository own.
type ownership struct {
	doc     *workspace.Organisation
	opts    Options
	names   *names
	now     []workspace.Ownership
	changes []string
	notes   []string
	shared  int // patterns of several teams
}

func (im *ownership) rule(rule codeowners.Rule) error {
	pattern := rule.RawPattern()
	if len(pattern) > 1000 || strings.ContainsFunc(pattern, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("its pattern is too long, or holds control characters")
	}
	var teams []string
	for _, o := range rule.Owners {
		if o.Type == codeowners.TeamOwner {
			teams = append(teams, o.Value[strings.LastIndexByte(o.Value, '/')+1:])
		}
	}
	switch {
	case len(rule.Owners) == 0:
		im.notes = append(im.notes, fmt.Sprintf("line %d: %s has no owner", rule.LineNumber, pattern))
		return nil
	case len(teams) == 0:
		im.notes = append(im.notes, fmt.Sprintf("line %d: %s is owned by people, not by a team; left out", rule.LineNumber, pattern))
		return nil
	}
	if pattern == "*" || pattern == "**" || pattern == "/" {
		pattern = ""
	}
	first := ""
	for _, team := range teams {
		id := im.names.team(team)
		if id == "" {
			return fmt.Errorf("team %q has no letters to make a short name of", team)
		}
		o := workspace.Ownership{Team: id, Repository: im.opts.Repository, Path: pattern, With: first}
		if first == "" {
			first = id
		}
		if o.With != id && !slices.Contains(im.now, o) {
			im.now = append(im.now, o)
		}
	}
	if len(teams) > 1 {
		im.shared++
	}
	return nil
}

// settle ends what holds no more and adds what is new, in the order of the file: of
// several patterns that fit, the last counts.
func (im *ownership) settle() {
	same := func(a, b workspace.Ownership) bool {
		return a.Team == b.Team && a.Repository == b.Repository && a.Path == b.Path && a.With == b.With
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
			said := strings.TrimSpace(fmt.Sprintf("%s owns %s %s", n.Team, n.Repository, n.Path))
			if n.With != "" {
				said += " with " + n.With
			}
			im.changes = append(im.changes, said)
		}
		kept = append(kept, n)
	}
	im.doc.Ownership = kept
}
