package metric

import (
	"fmt"
	"strings"
)

// What belongs to a scope belongs to it for a time: repositories, applications and projects
// that a team owns, and people whose work is credited to a team. Metrics say which time counts:
//
//   - @held(s, at): what s, a row of a scope's table, owned at an instant. For what happened.
//   - @held_on(s, day): the same on a day of the company's calendar.
//   - @owned(s): what s owns at the date of the question, with its whole past. For what there is.
//   - @credited(repository, person, at): work that counts for the scope: of a team or a group, what
//     was done by who belonged to it at the instant, and in its repositories by who belonged to
//     no team then; of any other scope, what was done in its repositories.
//   - @credited_change(d): the same of a change, d, a row of change_delivery; a team may also own what
//     it touches as an application, and of an application it is what touches that.
func (e Evaluator) scoped(text string) (string, error) {
	for _, m := range []struct {
		name string
		args int
		of   func(a []string) string
	}{
		{"held", 2, func(a []string) string { return during(a[0], a[1]) }},
		{"held_on", 2, func(a []string) string {
			return fmt.Sprintf("%[2]s >= @day(%[1]s.since) AND %[2]s < @day(%[1]s.until)", a[0], a[1])
		}},
		{"owned", 1, func(a []string) string { return fmt.Sprintf("%[1]s.since < $2 AND %[1]s.until >= $2", a[0]) }},
		{"credited_change", 1, func(a []string) string { return e.creditedChange(a[0]) }},
		{"credited", 3, func(a []string) string { return e.credited(a[0], a[1], a[2]) }},
	} {
		var err error
		text, err = replaceCalls(text, m.name, func(args string) (string, error) {
			a := strings.Split(args, ", ")
			if len(a) != m.args {
				return "", fmt.Errorf("@%s(%s): %d arguments expected", m.name, args, m.args)
			}
			return m.of(a), nil
		})
		if err != nil {
			return "", err
		}
	}
	return text, nil
}

// credits says what of a metric counts for a team.
func (d Definition) credits() string {
	switch {
	case strings.Contains(d.sql, "@credited(") || strings.Contains(d.sql, "@credited_change("):
		return " For a team or a group: what was done by who belonged to it then, and in its repositories by who belonged to no team."
	case strings.Contains(d.sql, "@held"):
		return " For a team or a group: what happened to what it owned then."
	}
	return " For a team or a group: of what it owns at the date, with its whole past."
}

// during is SQL for an instant in the time of a row of a scope's table.
func during(row, at string) string {
	return fmt.Sprintf("%[2]s >= %[1]s.since AND %[2]s < %[1]s.until", row, at)
}

func (e Evaluator) credited(repository, person, at string) string {
	own := ownedIn("scope_repository", repository, at, "")
	if !e.ofPeople() {
		return own.ever
	}
	return creditedTo(repository, person, at, own)
}

func (e Evaluator) creditedChange(d string) string {
	repository, person, at := d+".repo_id", d+".person_id", d+".landed_at"
	touched := ownedIn("scope_application", repository, at, " AND s.application = "+d+".application")
	switch {
	case strings.HasPrefix(e.scope(), "application:"):
		return touched.then
	case !e.ofPeople():
		return e.credited(repository, person, at)
	}
	whole := ownedIn("scope_repository", repository, at, "")
	return creditedTo(repository, person, at, owned{"(" + whole.ever + " OR " + touched.ever + ")", "(" + whole.then + " OR " + touched.then + ")"})
}

// ofPeople reports whether people belong to the scope.
func (e Evaluator) ofPeople() bool {
	return strings.HasPrefix(e.scope(), "team:") || strings.HasPrefix(e.scope(), "group:")
}

// owned is SQL for what the scope owns: at any time, and at an instant.
type owned struct{ ever, then string }

// ownedIn is SQL for a repository that a table says the scope owns; more is what else its row must be.
func ownedIn(table, repository, at, more string) owned {
	return owned{
		ever: repository + " IN (SELECT s.repo_id FROM " + table + " s WHERE s.scope = $1)",
		then: "EXISTS (SELECT 1 FROM " + table + " s WHERE s.scope = $1 AND s.repo_id = " + repository + " AND " + during("s", at) + more + ")",
	}
}

// creditedTo is SQL for what somebody did who belonged to the scope then, and what somebody of no team
// did in what it owned then.
func creditedTo(repository, person, at string, own owned) string {
	belongs := func(to string) string {
		return "EXISTS (SELECT 1 FROM scope_person m WHERE m.scope " + to + " AND m.person_id = " + person + " AND " + during("m", at) + ")"
	}
	return "(" + person + " IN (SELECT m.person_id FROM scope_person m WHERE m.scope = $1) OR " + own.ever + ")" +
		" AND (" + belongs("= $1") + " AND " + repository + " IN (SELECT s.repo_id FROM scope_repository s WHERE s.scope = 'company')" +
		" OR " + own.then + " AND NOT " + belongs("LIKE 'team:%'") + ")"
}
