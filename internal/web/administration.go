package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

func (r *request) administrationTabs() []roomLink {
	return r.tabs("Accounts", "/administration", "Audit trail", "/administration/audit")
}

// administration is accounts and their roles. It shows nothing of the company.
func (s *Server) administration(r *request) (room, error) {
	all, err := s.gate.List(r.Context(), r.viewer)
	if err != nil {
		return room{}, err
	}
	m := room{title: "Administration", headline: "Who may come in", lede: fmt.Sprintf("%d accounts. Whoever administers the software sees no budgets, surveys or people by that.", len(all)), tabs: r.administrationTabs(), data: all}
	list := section{ID: "accounts", Title: "Accounts"}
	for _, a := range all {
		list.Items = append(list.Items, accountItem(r, a))
	}
	m.sections = []section{list, {ID: "invite", Title: "Invite", Lead: "Makes an account and a link by which its owner comes in.", Form: &form{Action: r.place.address("/administration/accounts"), Submit: "Invite", Fields: []field{
		{Label: "Name", Name: "name", Kind: "text", Required: true, Hint: "with which it signs in"},
		{Label: "Person", Name: "person", Kind: "text", Hint: "id in organisation.yaml, if there"},
		rolesField(nil, ""),
	}}}}
	return m, nil
}

func rolesField(chosen []access.Role, about string) field {
	var texts []string
	for _, role := range chosen {
		texts = append(texts, string(role))
	}
	var known []string
	for _, role := range access.Roles() {
		known = append(known, string(role))
	}
	return field{Label: "Roles", About: about, Name: "roles", Kind: "text", Value: strings.Join(texts, " "), Required: true, Hint: "of: " + strings.Join(known, " ")}
}

func accountItem(r *request, a account.Info) item {
	state := []string{}
	if !a.Deactivated.IsZero() {
		state = append(state, "deactivated "+moment(a.Deactivated))
	} else if !a.Password && len(a.Providers) == 0 {
		state = append(state, "invited")
	}
	if a.SecondFactor {
		state = append(state, "second factor")
	}
	if a.Person != "" {
		state = append(state, "is "+a.Person)
	}
	var roles []string
	for _, role := range a.Roles {
		roles = append(roles, roleWords(role))
	}
	i := item{Title: report.Clean(a.Name), Meta: orElse(strings.Join(roles, ", "), "no role"), Text: report.Clean(strings.Join(append(state, "seen "+moment(a.LastSeen)), "; "))}
	if a.Deactivated.IsZero() {
		i.Form = &form{Action: r.place.address("/administration/accounts/change"), Hidden: []option{{"account", a.ID}}, Submit: "Do it", Fields: []field{
			{Label: "Do", About: a.Name, Name: "do", Kind: "select", Options: choices([]option{{"roles", "set roles"}, {"person", "say who it is"}, {"invite", "send a new link"}, {"code", "remove the second factor"}, {"deactivate", "deactivate"}}, "roles")},
			{Label: "Roles or person", About: a.Name, Name: "value", Kind: "text", Value: strings.Trim(strings.Join(strings.Fields(fmt.Sprint(a.Roles)), " "), "[]")},
		}}
	}
	return i
}

// rolesOf reads roles as they are typed.
func rolesOf(text string) (out []access.Role, err error) {
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == ',' }) {
		role := access.Role(word)
		if !role.Known() {
			return nil, problem.New(problem.Usage, "see the hint beside the field", "%q is no role", word)
		}
		out = append(out, role)
	}
	if len(out) == 0 {
		return nil, problem.New(problem.Usage, "give one at least", "no role is given")
	}
	return out, nil
}

func (s *Server) invite(r *request) error {
	roles, err := rolesOf(r.PostFormValue("roles"))
	if err != nil {
		return err
	}
	link, _, err := s.gate.Create(r.Context(), r.viewer, account.Invite{Name: r.PostFormValue("name"), Person: r.PostFormValue("person"), Roles: roles})
	if err != nil {
		return err
	}
	return s.showLink(r, link)
}

func (s *Server) showLink(r *request, link string) error {
	return s.shown(r, shownPage{Heading: "A link for the new account", Why: "Send it to its owner by a way that you trust. It works once, and is shown this once.", Back: r.place.address("/administration"), Secrets: []string{s.linkTo(r.Request, "/enter?"+url.Values{"link": {link}}.Encode())}})
}

// changeAccount does one thing to an account.
func (s *Server) changeAccount(r *request) error {
	id, value := r.PostFormValue("account"), strings.TrimSpace(r.PostFormValue("value"))
	var err error
	switch r.PostFormValue("do") {
	case "roles":
		var roles []access.Role
		if roles, err = rolesOf(value); err == nil {
			err = s.gate.SetRoles(r.Context(), r.viewer, id, roles)
		}
	case "person":
		err = s.gate.LinkPerson(r.Context(), r.viewer, id, value)
	case "code":
		err = s.gate.ResetTOTP(r.Context(), r.viewer, id)
	case "deactivate":
		err = s.gate.Deactivate(r.Context(), r.viewer, id)
	case "invite":
		var link string
		if link, err = s.gate.Reinvite(r.Context(), r.viewer, id); err == nil {
			return s.showLink(r, link)
		}
	default:
		err = problem.New(problem.Usage, "choose what is to be done", "nothing is to be done")
	}
	if err != nil {
		return err
	}
	r.done("/administration", "changed")
	return nil
}

// mostTrail is how many lines of the audit trail a page shows.
const mostTrail = 200

// audit shows the newest lines of the audit trail.
func (s *Server) audit(r *request) (room, error) {
	all, err := s.gate.Trail(r.Context(), mostTrail)
	if err != nil {
		return room{}, err
	}
	g := &grid{Caption: "The newest lines, newest first", Head: []string{"Line", "When", "Who", "What", "Of what", "Detail"}}
	for _, l := range all {
		g.Rows = append(g.Rows, row(fmt.Sprint(l.Seq), moment(l.At), l.Actor, l.Action, l.Subject, l.Detail))
	}
	return room{title: "Audit trail", headline: "What was done, and who looked at people", lede: "Each line holds the hash of the one before. Whether none is missing: diarchy audit verify.", tabs: r.administrationTabs(), data: all,
		sections: []section{{ID: "trail", Title: "Trail", Grid: g}}}, nil
}
