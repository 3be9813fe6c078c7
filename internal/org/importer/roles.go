package importer

import "strings"

// roleWords says which words of a title mean a role; the first that fits counts.
var roleWords = []struct {
	role string
	any  []string // one of these, as whole words
	with []string // and one of these, if there are any
}{
	{"cto", []string{"cto", "chief technology officer", "chief technical officer"}, nil},
	{"cio", []string{"cio", "chief information officer"}, nil},
	{"ceo", []string{"ceo", "chief executive officer", "managing director"}, nil},
	{"coo", []string{"coo", "chief operating officer"}, nil},
	{"vpe", []string{"vp", "vice president", "svp", "evp"}, []string{"engineering", "software", "r&d", "development"}},
	{"chief_architect", []string{"chief architect", "chief software architect"}, nil},
	{"lead_architect", []string{"lead architect", "principal architect"}, nil},
	{"head_of_engineering", []string{"head of engineering", "head of software", "head of software engineering", "head of development"}, nil},
	{"director", []string{"director"}, []string{"engineering", "software", "development", "platform", "infrastructure"}},
	{"engineering_manager", []string{"engineering manager", "development manager", "software manager", "manager software engineering", "manager engineering"}, nil},
	{"product_manager", []string{"product manager", "product owner", "head of product"}, nil},
	{"designer", []string{"designer", "ux researcher"}, nil},
	{"lead", []string{"tech lead", "technical lead", "team lead", "lead engineer", "lead developer", "lead software engineer"}, nil},
	{"engineer", []string{"engineer", "developer", "programmer", "sre", "devops", "software architect", "data scientist"}, nil},
}

// notEngineers are words of titles that hold "engineer" and mean other work.
var notEngineers = []string{"sales", "customer", "support", "field", "solutions", "facility", "civil"}

// RoleOf is the role that a title surely means; "" without one.
func RoleOf(title string) string {
	words := " " + strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return strings.ContainsRune(" ,/()-.", r) }), " ") + " "
	has := func(list []string) bool {
		for _, w := range list {
			if strings.Contains(words, " "+w+" ") {
				return true
			}
		}
		return false
	}
	for _, r := range roleWords {
		if !has(r.any) || len(r.with) > 0 && !has(r.with) {
			continue
		}
		if r.role == "engineer" && has(notEngineers) {
			return ""
		}
		return r.role
	}
	return ""
}
