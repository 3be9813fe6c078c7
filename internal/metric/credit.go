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
	case strings.Contains(d.sql, "@credited("):
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
	in := func(scope string) string {
		return repository + " IN (SELECT s.repo_id FROM scope_repository s WHERE s.scope = " + scope + ")"
	}
	if !strings.HasPrefix(e.scope(), "team:") && !strings.HasPrefix(e.scope(), "group:") {
		return in("$1")
	}
	belongs := func(to string) string {
		return "EXISTS (SELECT 1 FROM scope_person m WHERE m.scope " + to + " AND m.person_id = " + person + " AND " + during("m", at) + ")"
	}
	return "(" + person + " IN (SELECT m.person_id FROM scope_person m WHERE m.scope = $1) OR " + in("$1") + ")" +
		" AND (" + belongs("= $1") + " AND " + in("'company'") +
		" OR EXISTS (SELECT 1 FROM scope_repository s WHERE s.scope = $1 AND s.repo_id = " + repository + " AND " + during("s", at) + ") AND NOT " + belongs("LIKE 'team:%'") + ")"
}
