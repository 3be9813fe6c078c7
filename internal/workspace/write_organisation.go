package workspace

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

const organisationHead = `# Who works here, where, for whom, and who owns what. Days are year-month-day; first and
# last day are included, and may be left out. A team or manager of none is surely none.
# diarchy org check says what does not fit together; diarchy org import keeps this file
# up to date from an export of people.
`

// Encode writes the document as YAML, an entry on each line, in the order that it has.
func (o *Organisation) Encode(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<16)
	b.WriteString(organisationHead)
	var e encoder
	e.imports(o.Imports)
	b.Write(e.Bytes())
	encodeEach(b, &e, "people", o.People, (*encoder).person)
	encodeEach(b, &e, "teams", o.Teams, (*encoder).team)
	encodeEach(b, &e, "memberships", o.Memberships, (*encoder).membership)
	encodeEach(b, &e, "reporting", o.Reporting, (*encoder).reporting)
	encodeEach(b, &e, "positions", o.Positions, (*encoder).position)
	encodeEach(b, &e, "ownership", o.Ownership, (*encoder).ownership)
	return b.Flush()
}

func (e *encoder) imports(i Imports) {
	if len(i.Columns) == 0 && i.Currency == "" {
		return
	}
	e.open("imports: {")
	if len(i.Columns) > 0 {
		e.open("columns: {")
		for _, key := range slices.Sorted(maps.Keys(i.Columns)) {
			e.text(key, i.Columns[key])
		}
		e.WriteString("}")
		e.some = true
	}
	e.text("currency", i.Currency)
	e.WriteString("}\n")
}

func encodeEach[T any](b *bufio.Writer, e *encoder, key string, all []T, one func(*encoder, T)) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", key)
	for _, v := range all {
		e.Reset()
		e.open("  - {")
		one(e, v)
		e.WriteString("}\n")
		b.Write(e.Bytes())
	}
}

// encoder writes flow mappings.
type encoder struct {
	bytes.Buffer
	some bool // something was written in this mapping
}

func (e *encoder) open(s string) {
	e.WriteString(s)
	e.some = false
}

func (e *encoder) raw(key, value string) {
	if value == "" {
		return
	}
	if e.some {
		e.WriteString(", ")
	}
	e.some = true
	e.WriteString(key + ": " + value)
}

func (e *encoder) text(key, value string) {
	if value != "" {
		e.raw(key, flowText(value))
	}
}

func (e *encoder) day(key string, t time.Time) {
	if !t.IsZero() {
		e.raw(key, t.Format(time.DateOnly))
	}
}

func (e *encoder) list(key string, values []string) {
	if len(values) == 0 {
		return
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = flowText(v)
	}
	e.raw(key, "["+strings.Join(quoted, ", ")+"]")
}

func (e *encoder) person(p Person) {
	e.text("id", p.ID)
	e.text("name", p.Name)
	e.list("emails", p.Emails)
	e.list("logins", p.Logins)
	e.job(p.Job)
	e.day("start", p.Start)
	e.day("end", p.End)
	if len(p.Changes) == 0 {
		return
	}
	e.WriteString(", changes: [")
	for i, c := range p.Changes {
		if i > 0 {
			e.WriteString(", ")
		}
		e.open("{")
		e.day("since", c.Since)
		e.job(c.Job)
		e.WriteString("}")
	}
	e.WriteString("]")
}

func (e *encoder) job(j Job) {
	e.text("title", j.Title)
	e.text("role", j.Role)
	e.text("level", j.Level)
	e.text("employment", j.Employment)
	e.text("location", j.Location)
	e.text("cost", j.Cost.String())
	e.text("team", j.Team)
	e.text("manager", j.Manager)
}

func (e *encoder) team(t OrgTeam) {
	e.text("id", t.ID)
	e.text("name", t.Name)
	e.text("kind", t.Kind)
	e.text("parent", t.Parent)
	e.day("since", t.Since)
	e.day("until", t.Until)
}

func (e *encoder) membership(m Membership) {
	e.text("person", m.Person)
	e.text("team", m.Team)
	e.raw("share", strconv.FormatFloat(m.Share, 'f', -1, 64))
	e.day("since", m.Since)
	e.day("until", m.Until)
}

func (e *encoder) reporting(l ReportingLine) {
	e.text("person", l.Person)
	e.text("to", l.To)
	if l.Dotted {
		e.raw("line", "dotted")
	}
	e.day("since", l.Since)
	e.day("until", l.Until)
}

func (e *encoder) position(p Position) {
	e.text("id", p.ID)
	e.text("title", p.Title)
	e.text("role", p.Role)
	e.text("team", p.Team)
	e.text("manager", p.Manager)
	e.day("opened", p.Opened)
	e.day("closed", p.Closed)
	e.text("filled_by", p.FilledBy)
}

func (e *encoder) ownership(o Ownership) {
	e.text("team", o.Team)
	e.text("repository", o.Repository)
	e.text("path", o.Path)
	e.text("with", o.With)
	e.day("since", o.Since)
	e.day("until", o.Until)
}

// flowText is a text as a scalar, with quotes where it needs them.
func flowText(s string) string {
	if size, kind, ok := plainScalar(s); ok && size == len(s) && kind == text && !isDateShaped(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
