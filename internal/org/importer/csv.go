package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// headings are what exports call our columns, in lower case with single blanks.
var headings = map[string][]string{
	"id":         {"id", "employee id", "employee number", "personnel number", "personnel no", "person id", "worker id", "user id"},
	"name":       {"name", "full name", "display name", "employee", "employee name", "worker", "preferred name"},
	"email":      {"email", "e-mail", "work email", "work e-mail", "email address", "e-mail address", "mail", "company email"},
	"login":      {"login", "github", "github login", "gitlab", "username", "user name"},
	"start":      {"start", "start date", "hire date", "hired", "date of hire", "joined"},
	"end":        {"end", "end date", "termination date", "last day", "left"},
	"title":      {"title", "job title", "position", "business title", "position title"},
	"role":       {"role"},
	"level":      {"level", "grade", "job level", "job grade"},
	"employment": {"employment", "employment type", "worker type", "contract type", "type"},
	"location":   {"location", "office", "site", "work location", "city"},
	"cost":       {"cost", "salary", "annual cost", "total cost", "annual salary", "base salary"},
	"currency":   {"currency"},
	"team":       {"team", "department", "squad", "group", "unit"},
	"manager":    {"manager", "manager id", "reports to", "supervisor", "line manager", "manager email", "supervisor id"},
}

var employmentWords = map[string]string{
	"employee": workspace.EmployedEmployee, "regular": workspace.EmployedEmployee, "full time": workspace.EmployedEmployee, "full-time": workspace.EmployedEmployee, "part time": workspace.EmployedEmployee, "part-time": workspace.EmployedEmployee, "permanent": workspace.EmployedEmployee,
	"contractor": workspace.EmployedContractor, "contingent worker": workspace.EmployedContractor, "freelancer": workspace.EmployedContractor, "freelance": workspace.EmployedContractor, "temporary": workspace.EmployedContractor,
	"intern": workspace.EmployedIntern, "student": workspace.EmployedIntern, "working student": workspace.EmployedIntern, "vendor": workspace.EmployedVendor,
}

// row is a line of the export.
type row struct {
	line   int
	person workspace.Person
	team   string
	boss   string // as it is written
}

// CSV takes an export of people as they are on a day. Who is new is added; what differs
// from the document becomes a change of that day; who is not in it has left the day
// before.
func CSV(doc *workspace.Organisation, text []byte, opts Options) (Result, error) {
	im := &csvImport{doc: clone(doc), opts: opts, first: doc == nil || len(doc.People) == 0}
	if err := im.settle(); err != nil {
		return Result{}, err
	}
	rows, err := im.read(text)
	if err != nil {
		return Result{}, err
	}
	im.returns(rows)
	im.index(rows)
	im.blanks(rows)
	for i := range rows {
		im.take(&rows[i])
	}
	if err := refuse(opts.Name, im.bad); err != nil {
		return Result{}, err
	}
	if !opts.Partial {
		im.leave(rows)
	}
	changes, notes := im.names.news()
	im.changes, im.notes = append(im.changes, changes...), append(im.notes, notes...)
	if n := len(im.ended); n > 0 {
		im.notes = append(im.notes, fmt.Sprintf("no manager any more, by a blank cell: %s; a line that the export does not know stands under reporting, which imports leave alone", listed(im.ended)))
	}
	if im.guessed > 0 {
		im.notes = append(im.notes, fmt.Sprintf("the role of %d people was taken from their title; a column role, or the document, corrects it", im.guessed))
	}
	return Result{im.doc, im.changes, im.notes}, nil
}

type csvImport struct {
	doc     *workspace.Organisation
	opts    Options
	first   bool // the document holds nobody yet
	names   *names
	people  map[string]int    // of the document, by id
	blank   map[string]bool   // team, manager: in a row without one nobody is meant
	ended   []string          // who has no manager any more
	refs    map[string]string // id, e-mail or name in lower case: id; "" where several have it
	present map[string]string // of who came back, the ids of each time: that of the last
	bad     []BadRow
	changes []string
	notes   []string
	guessed int
}

// settle remembers the currency that is said.
func (im *csvImport) settle() error {
	if im.opts.Currency == "" {
		return nil
	}
	if _, ok := workspace.MinorUnits(im.opts.Currency); !ok {
		return problem.New(problem.Usage, "use a code of ISO 4217, such as --currency EUR", "--currency %q is no currency that is known", im.opts.Currency)
	}
	im.doc.Imports.Currency = im.opts.Currency
	return nil
}

// read parses the text into rows.
func (im *csvImport) read(text []byte) ([]row, error) {
	if !utf8.Valid(text) {
		return nil, problem.New(problem.Invalid, "save the export as UTF-8", "%s is not UTF-8 text", im.opts.Name)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = delimiter(text), -1, false
	head, err := r.Read()
	if err != nil {
		return nil, im.unreadable(err)
	}
	columns, err := im.columns(head)
	if err != nil {
		return nil, err
	}
	var rows []row
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, im.unreadable(err)
		}
		line, _ := r.FieldPos(0)
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue
		}
		if len(record) != len(head) {
			im.reject(line, "it has %d columns, and the heading has %d", len(record), len(head))
			continue
		}
		rows = append(rows, im.row(line, record, columns))
	}
	if len(rows) == 0 && len(im.bad) == 0 {
		return nil, problem.New(problem.Invalid, "export people with a heading and a row for each", "%s holds no people", im.opts.Name)
	}
	return rows, nil
}

func (im *csvImport) unreadable(err error) error {
	if errors.Is(err, io.EOF) {
		return problem.New(problem.Invalid, "export people with a heading and a row for each", "%s is empty", im.opts.Name)
	}
	return problem.New(problem.Invalid, "export it again as CSV", "%s is no CSV: %w", im.opts.Name, err)
}

// delimiter is whichever of comma, semicolon and tab the heading has most of.
func delimiter(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', bytes.Count(head, []byte(","))
	for _, d := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

// columns finds which column of the export holds each of ours: as it is told, as it was
// remembered, or by what exports usually call it. It remembers what it found.
func (im *csvImport) columns(head []string) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range head {
		at[normal(h)] = i
	}
	found := map[string]int{}
	told := maps.Clone(im.doc.Imports.Columns)
	if told == nil {
		told = map[string]string{}
	}
	maps.Copy(told, im.opts.Columns)
	for _, key := range workspace.ImportColumns {
		if want, ok := told[key]; ok {
			i, there := at[normal(want)]
			if !there {
				return nil, problem.New(problem.Invalid, fmt.Sprintf("say which column it is: --column %s=HEADING; there are: %s", key, strings.Join(head, ", ")), "%s has no column %q, which holds %s", im.opts.Name, want, key)
			}
			found[key] = i
			continue
		}
		for _, h := range headings[key] {
			if i, ok := at[h]; ok && !slices.Contains(slices.Collect(maps.Values(found)), i) {
				found[key] = i
				break
			}
		}
	}
	_, hasID := found["id"]
	_, hasMail := found["email"]
	if !hasID && !hasMail {
		return nil, problem.New(problem.Invalid, fmt.Sprintf("say which column tells people apart: --column id=HEADING; there are: %s", strings.Join(head, ", ")), "%s has no column for an id or an e-mail address", im.opts.Name)
	}
	remembered := im.doc.Imports.Columns
	im.doc.Imports.Columns = map[string]string{}
	for key, i := range found {
		im.doc.Imports.Columns[key] = strings.TrimSpace(head[i])
	}
	if !maps.Equal(remembered, im.doc.Imports.Columns) {
		im.untaken(head, found)
	}
	return found, nil
}

// untaken says which columns of the export nothing was taken from, while they are got to
// know: one of ours may have another heading.
func (im *csvImport) untaken(head []string, found map[string]int) {
	var left []string
	for i, h := range head {
		if h = strings.TrimSpace(h); h != "" && !slices.Contains(slices.Collect(maps.Values(found)), i) {
			left = append(left, h)
		}
	}
	if len(left) > 0 {
		im.notes = append(im.notes, fmt.Sprintf("nothing is taken from %s; --column KEY=HEADING says what it holds", listed(left)))
	}
}

func normal(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(s, "_", " "))), " ")
}

func (im *csvImport) reject(line int, format string, args ...any) {
	im.bad = append(im.bad, BadRow{line, fmt.Sprintf(format, args...)})
}

// row reads the values of a line.
func (im *csvImport) row(line int, record []string, columns map[string]int) row {
	out := row{line: line}
	get := func(key string) string {
		i, ok := columns[key]
		if !ok {
			return ""
		}
		v := strings.Join(strings.Fields(record[i]), " ")
		if len(v) > 1000 {
			im.reject(line, "%s is longer than 1000 characters", key)
			return ""
		}
		return v
	}
	p := &out.person
	p.Name, p.Job.Title, p.Job.Level, p.Job.Location = get("name"), get("title"), get("level"), get("location")
	if mail := get("email"); mail != "" {
		if !strings.Contains(mail, "@") || strings.ContainsAny(mail, " <>,;") || strings.Count(mail, "@") != 1 || strings.HasPrefix(mail, "@") || strings.HasSuffix(mail, "@") {
			im.reject(line, "%q is no e-mail address", mail)
		} else {
			p.Emails = []string{mail}
		}
	}
	if login := get("login"); login != "" {
		p.Logins = []string{login}
	}
	if p.ID = get("id"); p.ID == "" && len(p.Emails) > 0 {
		p.ID, _, _ = strings.Cut(p.Emails[0], "@")
	}
	if id := p.ID; id == "" || !workspace.IsID(id) {
		if p.ID = idOf(id); p.ID == "" {
			im.reject(line, "there is nothing that tells this person apart: no id, and no e-mail address")
		}
	}
	p.Start, p.End = im.day(line, "start", get("start")), im.day(line, "end", get("end"))
	if !p.End.IsZero() && p.End.Before(p.Start) {
		im.reject(line, "it ends on %s, before it starts on %s", p.End.Format(time.DateOnly), p.Start.Format(time.DateOnly))
	}
	p.Job.Role = im.role(line, get("role"), p.Job.Title)
	p.Job.Employment = im.employment(line, get("employment"))
	p.Job.Cost = im.money(line, get("cost"), get("currency"))
	out.team, out.boss = get("team"), get("manager")
	return out
}

func (im *csvImport) day(line int, what, s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, "2006/01/02", "02.01.2006", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "2 Jan 2006", "Jan 2, 2006", "2 January 2006", "January 2, 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() < 1970 || t.Year() > 2199 {
				im.reject(line, "%s %q is before 1970 or after 2199", what, s)
				return time.Time{}
			}
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		}
	}
	im.reject(line, "%s %q is no date that is read without doubt; write 2024-03-31", what, s)
	return time.Time{}
}

func (im *csvImport) role(line int, s, title string) string {
	if s == "" {
		role := RoleOf(title)
		if role != "" {
			im.guessed++
		}
		return role
	}
	if word := strings.ReplaceAll(normal(s), " ", "_"); slices.Contains(workspace.OrgRoles, word) {
		return word
	}
	if role := RoleOf(s); role != "" {
		return role
	}
	im.reject(line, "role %q is none of %s", s, strings.Join(workspace.OrgRoles, ", "))
	return ""
}

func (im *csvImport) employment(line int, s string) string {
	if s == "" {
		return ""
	}
	if word, ok := employmentWords[normal(s)]; ok {
		return word
	}
	im.reject(line, "employment %q is none of employee, contractor, intern, vendor", s)
	return ""
}

func (im *csvImport) money(line int, amount, currency string) workspace.Money {
	if amount == "" {
		return workspace.Money{}
	}
	if number, code, ok := strings.Cut(amount, " "); ok && currency == "" {
		amount, currency = number, code
	}
	if currency == "" {
		currency = im.doc.Imports.Currency
	}
	units, ok := workspace.MinorUnits(currency)
	if !ok {
		im.reject(line, "the cost has no currency that is known: %q; add a column currency, or say it once with --currency EUR", currency)
		return workspace.Money{}
	}
	v, err := strconv.ParseFloat(strings.NewReplacer(",", "", "_", "", "'", "").Replace(amount), 64)
	if err != nil || !(v >= 0 && v < 1e12) {
		im.reject(line, "cost %q is no amount", amount)
		return workspace.Money{}
	}
	return workspace.Money{Minor: int64(v) * units, Currency: currency}
}

// returns gives whoever comes back after having left an entry of their own for the new
// time, as an entry has one first and one last day: 7-2 is the second time of 7. Rows that
// say 7 are about the last of them from then on.
func (im *csvImport) returns(rows []row) {
	im.people, im.present = map[string]int{}, map[string]string{}
	for i, p := range im.doc.People {
		im.people[p.ID] = i
	}
	said := map[string]bool{}
	for _, r := range rows {
		said[r.person.ID] = true
	}
	entry := func(id string) *workspace.Person {
		if i, ok := im.people[id]; ok {
			return &im.doc.People[i]
		}
		return nil
	}
	for i := range rows {
		r := &rows[i]
		first := r.person.ID
		if entry(first) == nil || said[first+"-2"] { // the export has such ids itself
			continue
		}
		times, next := workspace.Times(first, entry)
		last := times[len(times)-1]
		if here := r.person.End.IsZero() || !r.person.End.Before(im.opts.Date); here && !last.End.IsZero() && last.End.Before(im.opts.Date) {
			im.comeBack(r, last, next)
			im.remember(times, next)
			continue
		}
		if len(times) == 1 {
			continue
		}
		if r.person.ID = last.ID; !r.person.Start.After(times[len(times)-2].End) { // some exports keep the very first day
			r.person.Start = time.Time{}
		}
		if !r.person.End.IsZero() && r.person.End.Before(last.Start) {
			im.reject(r.line, "it ends on %s, and %s came back on %s", r.person.End.Format(time.DateOnly), first, last.Start.Format(time.DateOnly))
		}
		im.remember(times, last.ID)
	}
}

// remember has the ids of all times of a person stand for the last.
func (im *csvImport) remember(times []*workspace.Person, last string) {
	for _, p := range times {
		im.present[p.ID] = last
	}
}

// comeBack makes a row the beginning of a new time. Addresses and logins of before are
// kept, so that facts made under them are joined to who is here.
func (im *csvImport) comeBack(r *row, old *workspace.Person, id string) {
	p := &r.person
	p.ID = id
	if !p.Start.After(old.End) {
		p.Start = im.opts.Date
	}
	for _, l := range []struct {
		dst *[]string
		old []string
	}{{&p.Emails, old.Emails}, {&p.Logins, old.Logins}} {
		for _, v := range l.old {
			if !slices.ContainsFunc(*l.dst, func(s string) bool { return strings.EqualFold(s, v) }) {
				*l.dst = append(*l.dst, v)
			}
		}
	}
	im.notes = append(im.notes, fmt.Sprintf("%s left on %s and is back from %s on, as %s; who was only missing in an export: remove that end and the entry %s", old.ID, old.End.Format(time.DateOnly), p.Start.Format(time.DateOnly), id, id))
}

// now is the id of a person's last time here.
func (im *csvImport) now(id string) string {
	if last, ok := im.present[id]; ok {
		return last
	}
	return id
}

// index makes people known by id, e-mail and name.
func (im *csvImport) index(rows []row) {
	im.names, im.refs = newNames(im.doc), map[string]string{}
	add := func(key, id string) {
		id = im.now(id)
		if key = strings.ToLower(key); key == "" {
			return
		}
		if other, taken := im.refs[key]; taken && other != id {
			id = ""
		}
		im.refs[key] = id
	}
	for _, p := range im.doc.People {
		for _, e := range p.Emails {
			add(e, p.ID)
		}
		add(p.Name, p.ID)
	}
	lines := map[string]int{}
	for _, r := range rows {
		if first, twice := lines[r.person.ID]; twice {
			im.reject(r.line, "%s is here twice; first on line %d", r.person.ID, first)
			continue
		}
		lines[r.person.ID] = r.line
		for _, e := range r.person.Emails {
			add(e, r.person.ID)
		}
		add(r.person.Name, r.person.ID)
	}
	for id := range lines { // an id is stronger than a name that reads the same
		im.refs[strings.ToLower(id)] = id
	}
	for id := range im.people {
		im.refs[strings.ToLower(id)] = im.now(id)
	}
}

// blanks finds out what a blank cell means: where others have a team or a manager, that
// this person has none. A column without any value says nothing of anybody.
func (im *csvImport) blanks(rows []row) {
	im.blank = map[string]bool{}
	for _, r := range rows {
		im.blank["team"] = im.blank["team"] || r.team != ""
		im.blank["manager"] = im.blank["manager"] || r.boss != ""
	}
}

// take puts a row into the document.
func (im *csvImport) take(r *row) {
	p := &r.person
	if p.ID == "" {
		return
	}
	if r.team != "" {
		if p.Job.Team = im.names.team(r.team); p.Job.Team == "" {
			im.reject(r.line, "team %q has no letters to make a short name of", r.team)
		}
	}
	if r.boss != "" {
		id, known := im.refs[strings.ToLower(r.boss)]
		switch {
		case known && id == "":
			im.reject(r.line, "manager %q is the name of several people; give an id or an e-mail address", r.boss)
		case known:
			p.Job.Manager = id
		default: // org check names whoever is not there
			if p.Job.Manager = r.boss; !workspace.IsID(r.boss) {
				p.Job.Manager = idOf(r.boss)
			}
		}
	}
	i, known := im.people[p.ID]
	if !known {
		im.join(*p)
		return
	}
	im.update(r, i)
}

func (im *csvImport) join(p workspace.Person) {
	if p.Start.IsZero() && !im.first {
		p.Start = im.opts.Date
		im.notes = append(im.notes, fmt.Sprintf("%s has no first day, and was not there before: %s is taken", p.ID, p.Start.Format(time.DateOnly)))
	}
	im.people[p.ID] = len(im.doc.People)
	im.doc.People = append(im.doc.People, p)
	im.changes = append(im.changes, p.ID+" is new")
}

// update makes what differs a change of the day.
func (im *csvImport) update(r *row, i int) {
	old, date := &im.doc.People[i], im.opts.Date
	if n := len(old.Changes); n > 0 && old.Changes[n-1].Since.After(date) {
		im.reject(r.line, "%s has a change of %s already; import in the order of time, or say the day with --date", old.ID, old.Changes[n-1].Since.Format(time.DateOnly))
		return
	}
	if !old.End.IsZero() && old.End.Before(date) && (r.person.End.IsZero() || !r.person.End.Before(date)) {
		im.reject(r.line, "%s left on %s, and the export has an id %s-2 of somebody else; give who comes back a new id", old.ID, old.End.Format(time.DateOnly), old.ID)
		return
	}
	what := identify(old, r.person)
	if start := r.person.Start; !start.IsZero() && !start.Equal(old.Start) {
		old.Start = start
		what = append(what, "first day "+start.Format(time.DateOnly))
	}
	if !r.person.End.Equal(old.End) && !r.person.End.IsZero() {
		old.End = r.person.End
		im.changes = append(im.changes, fmt.Sprintf("%s leaves on %s", old.ID, old.End.Format(time.DateOnly)))
	}
	before := old.Job
	for _, c := range old.Changes {
		before = c.Over(before)
	}
	var change workspace.Job
	var differs []string
	if old.End.IsZero() || !old.End.Before(date) { // the job of who has left does not change
		im.end(r, before)
		change, differs = difference(before, r)
	}
	switch n := len(old.Changes); {
	case len(differs) == 0:
	case n > 0 && old.Changes[n-1].Since.Equal(date):
		old.Changes[n-1].Job = workspace.JobChange{Job: change}.Over(old.Changes[n-1].Job)
	default:
		old.Changes = append(old.Changes, workspace.JobChange{Since: date, Job: change})
	}
	if what = append(what, differs...); len(what) > 0 {
		im.changes = append(im.changes, fmt.Sprintf("%s: %s", old.ID, strings.Join(what, ", ")))
	}
}

// end takes a blank cell for what it says: the team or the manager of before is not any more.
func (im *csvImport) end(r *row, before workspace.Job) {
	was := func(id string) bool { return id != "" && id != workspace.Nobody }
	if im.blank["team"] && r.team == "" && was(before.Team) {
		r.person.Job.Team = workspace.Nobody
	}
	if im.blank["manager"] && r.boss == "" && was(before.Manager) {
		r.person.Job.Manager = workspace.Nobody
		im.ended = append(im.ended, r.person.ID)
	}
}

// listed are some of several names.
func listed(ids []string) string {
	const most = 5
	if len(ids) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
	}
	return strings.Join(ids, ", ")
}

// difference is what a row says otherwise than a job.
func difference(before workspace.Job, r *row) (change workspace.Job, what []string) {
	now := r.person.Job
	for _, v := range []struct {
		name     string
		old, new string
		dst      *string
	}{
		{"title", before.Title, now.Title, &change.Title}, {"role", before.Role, now.Role, &change.Role}, {"level", before.Level, now.Level, &change.Level},
		{"employment", before.Employment, now.Employment, &change.Employment}, {"location", before.Location, now.Location, &change.Location},
		{"team", before.Team, now.Team, &change.Team}, {"manager", before.Manager, now.Manager, &change.Manager},
	} {
		if v.new != "" && v.new != v.old {
			*v.dst = v.new
			what = append(what, fmt.Sprintf("%s %s", v.name, v.new))
		}
	}
	if now.Cost.Currency != "" && now.Cost != before.Cost {
		change.Cost = now.Cost
		what = append(what, "cost")
	}
	return change, what
}

// leave ends the time of those who are there no more.
func (im *csvImport) leave(rows []row) {
	here := map[string]bool{}
	for _, r := range rows {
		here[r.person.ID] = true
	}
	last := im.opts.Date.AddDate(0, 0, -1)
	for i := range im.doc.People {
		p := &im.doc.People[i]
		if here[p.ID] || !p.End.IsZero() || p.Start.After(last) {
			continue
		}
		p.End = last
		im.changes = append(im.changes, fmt.Sprintf("%s is not in it any more: left, last day %s", p.ID, last.Format(time.DateOnly)))
	}
}
