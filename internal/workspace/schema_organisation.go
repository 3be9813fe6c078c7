package workspace

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// MaxOrganisationBytes is the size above which an organisation document is refused:
// room for several hundred thousand people with their history.
const MaxOrganisationBytes = 256 << 20

var (
	employments = []string{EmployedEmployee, EmployedContractor, EmployedIntern, EmployedVendor}
	teamKinds   = []string{KindStreamAligned, KindPlatform, KindEnabling, KindSubsystem}
	// OrgRoles are the roles that structure rules know; a title says the rest.
	OrgRoles = []string{
		"engineer", "lead", "engineering_manager", "director", "head_of_engineering", "vpe", "cto", "technical_leader",
		"chief_architect", "lead_architect", "ceo", "coo", "cio", "product_manager", "designer", "other",
	}
)

// ParseOrganisation reads and validates an organisation document. All that is wrong is
// reported at once, as a *Report of category problem.Invalid.
func ParseOrganisation(name string, data []byte) (*Organisation, error) {
	return parseOrganisation(name, data, refuseTwice)
}

// twiceMode says what becomes of entries with an id that an earlier one has.
type twiceMode bool

const (
	refuseTwice twiceMode = false
	keepFirst   twiceMode = true
)

func parseOrganisation(name string, data []byte, mode twiceMode) (*Organisation, error) {
	o := &Organisation{}
	if sections, ok := splitLines(data); ok {
		if done, err := o.fromLines(name, data, sections, mode); done {
			return o, err
		}
		*o = Organisation{}
	}
	if len(data) > MaxBytes {
		return nil, tooLongForYAML(name, data)
	}
	err := decode(name, data, time.Now(), func(r *reader, root *node) { r.object(root, r.organisation(o, mode)...) })
	if err != nil {
		return nil, err
	}
	return o, nil
}

// organisation are the sections of the document.
func (r *reader) organisation(o *Organisation, mode twiceMode) []field {
	return []field{
		{key: "people", read: func(n *node) {
			entries(r, n, &o.People, (*reader).person)
			ids(r, n, "person", &o.People, func(p *Person) string { return p.ID }, o, mode)
		}},
		{key: "teams", read: func(n *node) {
			entries(r, n, &o.Teams, (*reader).orgTeam)
			ids(r, n, "team", &o.Teams, func(t *OrgTeam) string { return t.ID }, o, mode)
		}},
		{key: "memberships", read: func(n *node) { entries(r, n, &o.Memberships, (*reader).membership) }},
		{key: "reporting", read: func(n *node) { entries(r, n, &o.Reporting, (*reader).reporting) }},
		{key: "positions", read: func(n *node) {
			entries(r, n, &o.Positions, (*reader).position)
			ids(r, n, "position", &o.Positions, func(p *Position) string { return p.ID }, o, mode)
		}},
		{key: "ownership", read: func(n *node) { entries(r, n, &o.Ownership, (*reader).ownership) }},
		{key: "imports", read: func(n *node) {
			r.object(n,
				field{key: "columns", read: func(n *node) { r.columns(n, &o.Imports.Columns) }},
				field{key: "currency", read: func(n *node) { o.Imports.Currency, _ = r.currency(n) }})
		}},
	}
}

// ids refuses two entries with one id, or keeps the first of them.
func ids[T any](r *reader, n *node, what string, all *[]T, id func(*T) string, o *Organisation, mode twiceMode) {
	if mode == refuseTwice {
		r.distinct(n, what, func(i int) string { return id(&(*all)[i]) })
		return
	}
	if r.foreign {
		return // some lines were not read: the YAML library reads all of them anew
	}
	first, kept := map[string]int{}, (*all)[:0]
	for i := range *all {
		key, line := id(&(*all)[i]), n.items[i].line
		if earlier, twice := first[key]; twice && key != "" {
			o.Twice = append(o.Twice, Twice{what, key, line, earlier})
			continue
		}
		first[key] = line
		kept = append(kept, (*all)[i])
	}
	*all = kept
}

func (r *reader) person(n *node, p *Person) {
	p.Line = n.line
	r.object(n, r.job(&p.Job, append(make([]field, 0, 7+jobFields),
		field{key: "id", read: r.id(&p.ID), need: true},
		field{key: "name", read: r.text(&p.Name)},
		field{key: "emails", read: func(n *node) { each(r, n, &p.Emails, func(n *node, s *string) { *s = r.address(n) }) }},
		field{key: "logins", read: func(n *node) { each(r, n, &p.Logins, func(n *node, s *string) { *s, _ = r.asText(n) }) }},
		field{key: "start", read: r.day(&p.Start)},
		field{key: "end", read: r.day(&p.End)},
		field{key: "changes", read: func(n *node) { r.changes(n, &p.Changes) }}))...)
	r.span(n, p.Start, p.End, "start", "end")
}

func (r *reader) changes(n *node, dst *[]JobChange) {
	each(r, n, dst, func(n *node, c *JobChange) {
		c.Line = n.line
		since := field{key: "since", read: r.day(&c.Since), need: true}
		r.object(n, r.job(&c.Job, append(make([]field, 0, 1+jobFields), since))...)
	})
	r.distinct(n, "change", func(i int) string { return dated((*dst)[i].Since) })
	slices.SortStableFunc(*dst, func(a, b JobChange) int { return a.Since.Compare(b.Since) })
}

// job appends the fields of a job to those beside it. They are many, and read for each
// change of each person: fields has room for them.
func (r *reader) job(j *Job, fields []field) []field {
	return append(fields,
		field{key: "title", read: r.text(&j.Title)},
		field{key: "role", read: r.choice(&j.Role, OrgRoles)},
		field{key: "level", read: r.text(&j.Level)},
		field{key: "employment", read: r.choice(&j.Employment, employments)},
		field{key: "location", read: r.text(&j.Location)},
		field{key: "cost", read: func(n *node) { r.cost(n, &j.Cost) }},
		field{key: "team", read: r.id(&j.Team)},
		field{key: "manager", read: r.id(&j.Manager)})
}

// jobFields is how many job appends.
const jobFields = 8

// cost reads an amount with its currency, as in "120000 EUR".
func (r *reader) cost(n *node, dst *Money) {
	s, ok := r.asText(n)
	if !ok {
		return
	}
	m, err := ParseCost(s)
	if err != nil {
		r.fail(n, err.Error(), problem.Hint(err))
		return
	}
	*dst = m
}

// ParseCost reads what somebody costs a year, as documents have it: "120000 EUR".
func ParseCost(s string) (Money, error) {
	amount, code, found := strings.Cut(s, " ")
	units, known := minorUnits(code)
	v, err := strconv.ParseInt(strings.ReplaceAll(amount, "_", ""), 10, 64)
	if !found || !known || err != nil || v < 0 || v > maxARR/1000 || !wholeNumber.MatchString(amount) {
		return Money{}, problem.New(problem.Usage, "write whole units and a currency, such as 120000 EUR", "%q is not an amount of money", clip(s))
	}
	return Money{v * units, code}, nil
}

func (r *reader) orgTeam(n *node, t *OrgTeam) {
	t.Line = n.line
	r.object(n,
		field{key: "id", read: r.id(&t.ID), need: true},
		field{key: "name", read: r.text(&t.Name)},
		field{key: "kind", read: r.choice(&t.Kind, teamKinds)},
		field{key: "parent", read: r.id(&t.Parent)},
		field{key: "since", read: r.day(&t.Since)},
		field{key: "until", read: r.day(&t.Until)})
	r.span(n, t.Since, t.Until, "since", "until")
}

func (r *reader) membership(n *node, m *Membership) {
	m.Line = n.line
	r.object(n,
		field{key: "person", read: r.id(&m.Person), need: true},
		field{key: "team", read: r.id(&m.Team), need: true},
		field{key: "share", read: r.share(&m.Share), need: true},
		field{key: "since", read: r.day(&m.Since)},
		field{key: "until", read: r.day(&m.Until)})
	r.span(n, m.Since, m.Until, "since", "until")
}

func (r *reader) reporting(n *node, l *ReportingLine) {
	l.Line = n.line
	kind := "solid"
	r.object(n,
		field{key: "person", read: r.id(&l.Person), need: true},
		field{key: "to", read: r.id(&l.To), need: true},
		field{key: "line", read: r.choice(&kind, []string{"solid", "dotted"})},
		field{key: "since", read: r.day(&l.Since)},
		field{key: "until", read: r.day(&l.Until)})
	l.Dotted = kind == "dotted"
	r.span(n, l.Since, l.Until, "since", "until")
}

func (r *reader) position(n *node, p *Position) {
	p.Line = n.line
	r.object(n,
		field{key: "id", read: r.id(&p.ID), need: true},
		field{key: "title", read: r.text(&p.Title)},
		field{key: "role", read: r.choice(&p.Role, OrgRoles)},
		field{key: "team", read: r.id(&p.Team)},
		field{key: "manager", read: r.id(&p.Manager)},
		field{key: "opened", read: r.day(&p.Opened), need: true},
		field{key: "closed", read: r.day(&p.Closed)},
		field{key: "filled_by", read: r.id(&p.FilledBy)})
	r.span(n, p.Opened, p.Closed, "opened", "closed")
}

func (r *reader) ownership(n *node, o *Ownership) {
	o.Line = n.line
	r.object(n,
		field{key: "team", read: r.id(&o.Team), need: true},
		field{key: "repository", read: r.text(&o.Repository), need: true},
		field{key: "path", read: r.text(&o.Path)},
		field{key: "with", read: r.id(&o.With)},
		field{key: "since", read: r.day(&o.Since)},
		field{key: "until", read: r.day(&o.Until)})
	if o.With != "" && o.With == o.Team {
		r.fail(n.child("with"), "a team that owns with itself", "name the team that answers, or leave with out")
	}
	r.span(n, o.Since, o.Until, "since", "until")
}

// columns reads the mapping of an export: our key, their heading.
func (r *reader) columns(n *node, dst *map[string]string) {
	columns := map[string]string{}
	var fields []field
	for _, key := range ImportColumns {
		fields = append(fields, field{key: key, read: func(n *node) { columns[key], _ = r.asText(n) }})
	}
	r.object(n, fields...)
	*dst = columns
}

// ImportColumns are the values of a person that an export of people may hold.
var ImportColumns = []string{"id", "name", "email", "login", "start", "end", "title", "role", "level", "employment", "location", "cost", "currency", "team", "manager"}

var idShape = regexp.MustCompile(`^[\pL\pN][\pL\pN._@+/-]{0,99}$`)

// id reads the short name by which documents refer to a person, a team or a position.
// Numbers are taken as they are written: many systems number their people.
func (r *reader) id(dst *string) func(*node) {
	return func(n *node) {
		switch {
		case n.kind == number && idShape.MatchString(n.text):
			*dst = n.text
		case n.kind != text:
			r.wrong(n, "a short name", "such as ada, e1042 or payments")
		case !plainID(n.text) && !idShape.MatchString(n.text):
			r.fail(n, fmt.Sprintf("%q is not a short name", clip(n.text)), "letters, digits and . _ - @ + / only, at most 100, beginning with a letter or digit")
		default:
			*dst = n.text
		}
	}
}

// plainID is idShape for the usual case, without a regular expression.
func plainID(s string) bool {
	if s == "" || len(s) > 100 || !alphanumeric(s[0]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		if !alphanumeric(s[i]) && s[i] != '-' && s[i] != '_' && s[i] != '.' {
			return false
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// day reads a day, which may lie ahead: people are hired before they start.
func (r *reader) day(dst *time.Time) func(*node) {
	return func(n *node) {
		const right = "write year-month-day, such as 2024-03-31"
		t, err := time.Parse(time.DateOnly, n.text)
		switch {
		case n.kind != text:
			r.wrong(n, "a date", right)
		case err != nil && isDateShaped(n.text):
			r.fail(n, fmt.Sprintf("there is no day %s", n.text), right)
		case err != nil:
			r.fail(n, fmt.Sprintf("%q is not a date", clip(n.text)), right)
		case t.Year() < 1970 || t.Year() > 2199:
			r.fail(n, fmt.Sprintf("date %s is before 1970 or after 2199", n.text), "leave out what is not known: no first day means always, no last day still")
		default:
			*dst = t
		}
	}
}

// share reads a part of a whole, above 0 and at most 1.
func (r *reader) share(dst *float64) func(*node) {
	return func(n *node) {
		v, err := strconv.ParseFloat(n.text, 64)
		if n.kind != number || err != nil || !(v > 0 && v <= 1) {
			r.wrong(n, "a share above 0 and at most 1", "write 0.25 for a quarter of the time")
			return
		}
		*dst = v
	}
}

// span refuses an end before its beginning.
func (r *reader) span(n *node, first, last time.Time, from, to string) {
	if !last.IsZero() && last.Before(first) {
		r.fail(n.child(to), fmt.Sprintf("%s %s is before %s %s", to, last.Format(time.DateOnly), from, first.Format(time.DateOnly)),
			to+" is the last day; remove it when there is none")
	}
}

// IsID tells whether a text can be the short name of a person, a team or a position.
func IsID(s string) bool { return plainID(s) || idShape.MatchString(s) }
