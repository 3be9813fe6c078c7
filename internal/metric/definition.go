// Package metric is the catalogue of named numbers over time: one .sql file each,
// with a header that says what it is. Evaluation turns a definition into a series
// for a scope (the company, a group, a team or a repository) and a date; it reads
// through a small interface and knows nothing of databases.
//
// No metric has a person as its scope.
package metric

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
)

//go:embed catalog/*.sql
var catalogFiles embed.FS

// Definition says what a metric means, and how it is read.
type Definition struct {
	Name       string
	Title      string
	Question   string
	Owner      string   // vpe, cto or both
	Unit       string   // of Value
	Better     string   // up, down, steady or none
	Grain      string   // week, month, quarter, 4 weeks, event, snapshot
	Fill       string   // what an empty bucket holds: zero, last, or "" for unknown
	Settles    int      // days after its end until a bucket is complete; it is left out before
	Reduce     string   // how rows become points, when SQL alone cannot say
	Needs      []string // tables of facts
	Nulls      string   // when a value is unknown
	Supply     string   // the command or file that supplies what is missing
	Classifies bool     // Supply says what facts are for that are there: it helps where they are many, too
	Cites      []string // playbook facts
	Caveats    string
	Gaming     string // how it can be gamed, and what to look at beside it
	Proportion bool   // its value is that share of its n: facts of a kind among all
	People     bool   // its value speaks of people: unknown where fewer than five are active

	sql   string // rows of (bucket, value, n), or what Reduce wants; $1 scope, $2 as of
	facts string // rows of (time, repository, commit, text); also $3 from, $4 to
}

// countsWorkingTime says whether the calendar's working time changes the value.
func (d Definition) countsWorkingTime() bool {
	return strings.Contains(d.sql, "@hours(") || strings.Contains(d.sql, "@days(")
}

// CountedBy reports whether the metric is counted by a kind of scope at all: only what is
// deployed, and what changes it, is counted by application.
func (d Definition) CountedBy(scope string) bool {
	return !strings.HasPrefix(scope, "application:") || strings.Contains(d.sql, "scope_application") || strings.Contains(d.sql, "@credited_change(")
}

// Catalogue lists all metrics by name. A malformed file is a mistake of ours, and
// every test finds it.
func Catalogue() ([]Definition, error) {
	files, err := fs.Glob(catalogFiles, "catalog/*.sql")
	if err != nil {
		return nil, err
	}
	var defs []Definition
	for _, f := range files {
		text, err := catalogFiles.ReadFile(f)
		if err != nil {
			return nil, err
		}
		d, err := parse(strings.TrimSuffix(path.Base(f), ".sql"), string(text))
		if err != nil {
			return nil, err
		}
		defs = append(defs, d)
	}
	sort.Slice(defs, func(a, b int) bool { return defs[a].Name < defs[b].Name })
	return defs, nil
}

// parse reads a header of "-- key: value" lines, a statement, and after "-- facts:"
// a second one.
func parse(name, text string) (Definition, error) {
	d := Definition{Name: name}
	var body []string
	for _, line := range strings.Split(text, "\n") {
		comment, ok := strings.CutPrefix(line, "-- ")
		if !ok || len(body) > 0 {
			body = append(body, line)
			continue
		}
		key, value, ok := strings.Cut(comment, ":")
		if !ok || !d.set(key, strings.TrimSpace(value)) {
			return d, fmt.Errorf("metric %s: header line %q", name, line)
		}
	}
	var found bool
	d.sql, d.facts, found = strings.Cut(strings.NewReplacer("@sprint_work", sprintWork, "@changes_sorted", changesSorted).Replace(strings.Join(body, "\n")), "-- facts:\n")
	if !found || d.Title == "" || d.Question == "" || d.Unit == "" || d.Grain == "" || d.Nulls == "" || d.Supply == "" || d.Caveats == "" || d.Gaming == "" || len(d.Cites) == 0 {
		return d, fmt.Errorf("metric %s: its header or its facts are not complete", name)
	}
	if d.People {
		d.Nulls += "; unknown where fewer than five people are active"
	}
	d.Caveats += d.credits()
	return d, nil
}

func (d *Definition) set(key, value string) bool {
	texts := map[string]*string{"title": &d.Title, "question": &d.Question, "owner": &d.Owner, "unit": &d.Unit, "better": &d.Better,
		"grain": &d.Grain, "fill": &d.Fill, "reduce": &d.Reduce, "nulls": &d.Nulls, "supply": &d.Supply, "caveats": &d.Caveats, "gaming": &d.Gaming}
	if to, ok := texts[key]; ok {
		*to = value
		return true
	}
	switch key {
	case "settles":
		n, err := fmt.Sscanf(value, "%d days", &d.Settles)
		return n == 1 && err == nil
	case "needs":
		d.Needs = list(value)
	case "cites":
		d.Cites = list(value)
	case "proportion":
		d.Proportion = value == "yes"
	case "classifies":
		d.Classifies = value == "yes"
	case "people":
		d.People = value == "yes"
	default:
		return false
	}
	return true
}

func list(s string) []string {
	parts := strings.Split(s, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// Calendar shapes buckets. Facts stay in UTC.
type Calendar struct {
	Zone      string // IANA name; "" is UTC
	WeekStart string // monday, sunday or saturday; "" is monday
	Working   WorkingTime
}

// weekShift is how many days after the company's week begins Monday follows.
func (c Calendar) weekShift() int {
	switch c.WeekStart {
	case "sunday":
		return 1
	case "saturday":
		return 2
	}
	return 0
}

// expand writes out what depends on the calendar: @day(x) is the day of an instant, a
// date; @week(x), @month(x) and @quarter(x) are the beginnings of what holds an instant,
// and @week_of(d), @month_of(d) and @quarter_of(d) of what holds such a day, timestamps;
// @hours(a, b) and @days(a, b) are the working time from one instant to another;
// @said_by(x) is until when what is put into a sprint that began at x is planned: when only its day is
// known, which begins at midnight, all of that day.
func (c Calendar) expand(sql string) (string, error) {
	zone := c.Zone
	if zone == "" {
		zone = "UTC"
	}
	if strings.ContainsAny(zone, "'\\;") {
		return "", fmt.Errorf("time zone %q", zone)
	}
	local := func(x string) string { return "(" + x + ") AT TIME ZONE '" + zone + "'" }
	day := func(x string) string { return "CAST(" + x + " AS timestamp)" }
	for _, m := range []struct {
		name string
		of   func(arg string) (string, error)
	}{
		{"hours", func(x string) (string, error) { return c.Working.between(x, zone, 3600) }},
		{"days", func(x string) (string, error) { return c.Working.between(x, zone, c.Working.day().Seconds()) }},
		{"said_by", func(x string) (string, error) {
			return "CASE WHEN " + local(x) + " = date_trunc('day', " + local(x) + ") THEN " + x + " + INTERVAL '1 day' - INTERVAL '1 microsecond' ELSE " + x + " END", nil
		}},
		{"day", func(x string) (string, error) { return "CAST(" + local(x) + " AS date)", nil }},
		{"week", func(x string) (string, error) { return c.week(local(x)), nil }},
		{"week_of", func(x string) (string, error) { return c.week(day(x)), nil }},
		{"month", func(x string) (string, error) { return "date_trunc('month', " + local(x) + ")", nil }},
		{"month_of", func(x string) (string, error) { return "date_trunc('month', " + day(x) + ")", nil }},
		{"quarter", func(x string) (string, error) { return "date_trunc('quarter', " + local(x) + ")", nil }},
		{"quarter_of", func(x string) (string, error) { return "date_trunc('quarter', " + day(x) + ")", nil }},
	} {
		var err error
		if sql, err = replaceCalls(sql, m.name, m.of); err != nil {
			return "", err
		}
	}
	return sql, nil
}

// replaceCalls writes out @name(arg).
func replaceCalls(sql, name string, of func(arg string) (string, error)) (string, error) {
	for {
		head, rest, ok := strings.Cut(sql, "@"+name+"(")
		if !ok {
			return sql, nil
		}
		arg, tail, err := closing(rest)
		if err != nil {
			return "", err
		}
		written, err := of(arg)
		if err != nil {
			return "", err
		}
		sql = head + written + tail
	}
}

// week is the beginning of the week that holds a local time.
func (c Calendar) week(local string) string {
	if days := c.weekShift(); days > 0 {
		shift := fmt.Sprintf("INTERVAL '%d days'", days)
		return "date_trunc('week', " + local + " + " + shift + ") - " + shift
	}
	return "date_trunc('week', " + local + ")"
}

// closing splits s after the parenthesis that closes one opened before it.
func closing(s string) (inside, after string, err error) {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[:i], s[i+1:], nil
			}
		}
	}
	return "", "", fmt.Errorf("unbalanced parenthesis in %.60q", s)
}
