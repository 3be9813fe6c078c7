package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

func (r *request) administrationTabs() []roomLink {
	return r.tabs("Accounts", "/administration", "Audit trail", "/administration/audit")
}

// administration is accounts and their roles, or one of them. It shows nothing of the company.
func (s *Server) administration(r *request) (room, error) {
	all, err := s.gate.List(r.Context(), r.viewer)
	if err != nil {
		return room{}, err
	}
	if id := r.Form.Get("id"); id != "" {
		i := slices.IndexFunc(all, func(a account.Info) bool { return a.ID == id })
		if i < 0 {
			return room{}, errHidden
		}
		return r.oneAccount(all[i]), nil
	}
	m := room{title: "Administration", headline: "Who may come in", lede: counted(len(all), "account") + ". Whoever administers the software sees no budgets, surveys or people by that.", tabs: r.administrationTabs(), data: all}
	list := section{ID: "accounts", Title: "Accounts"}
	for _, a := range all {
		one := item{Title: report.Clean(a.Name), Meta: rolesWords(a.Roles), Text: stateWords(a)}
		if a.Deactivated.IsZero() {
			one.Label, one.Address = "Change", r.place.address("/administration", "id", a.ID)
		}
		list.Items = append(list.Items, one)
	}
	invite := section{ID: "invite", Title: "Invite", Lead: "Makes an account and a link by which its owner comes in.", Form: &form{Action: r.place.address("/administration/accounts"), Submit: "Invite", Fields: []field{
		{Label: "Name", Name: "name", Kind: "text", Value: r.PostForm.Get("name"), Required: true, Hint: "with which it signs in"},
		personField(r.PostForm.Get("person")), rolesField(r.PostForm["roles"]),
	}}}
	r.say(&invite, "Nobody was invited.")
	m.sections = []section{list, invite}
	return m, nil
}

func personField(person string) field {
	return field{Label: "Person", Name: "person", Kind: "text", Value: person, Hint: "id in organisation.yaml, if there"}
}

func rolesField(chosen []string) field {
	return field{Label: "Roles", Name: "roles", Many: true, Options: several(access.Roles(), chosen, roleWords)}
}

func rolesWords(all []access.Role) string {
	var out []string
	for _, role := range all {
		out = append(out, roleWords(role))
	}
	return orElse(strings.Join(out, ", "), "no role")
}

// stateWords say how an account is used.
func stateWords(a account.Info) string {
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
	return report.Clean(strings.Join(append(state, "seen "+moment(a.LastSeen)), "; "))
}

// What can be done to an account, as its forms say it.
const (
	doRoles      = "roles"
	doPerson     = "person"
	doInvite     = "invite"
	doCode       = "code"
	doDeactivate = "deactivate"
)

// oneAccount is an account with what can be done to it.
func (r *request) oneAccount(a account.Info) room {
	m := room{title: "Administration", headline: report.Clean(a.Name), lede: capital(rolesWords(a.Roles)) + "; " + stateWords(a) + ".", tabs: r.administrationTabs(), data: a}
	does := func(do, submit string, fields ...field) *form {
		return &form{Action: r.place.address("/administration/accounts/change"), Hidden: []option{{"id", a.ID}, {"do", do}}, Submit: submit, Plain: len(fields) == 0, Fields: fields}
	}
	roles, person := []string{}, a.Person
	for _, role := range a.Roles {
		roles = append(roles, string(role))
	}
	asked := r.PostForm.Get("do")
	if asked == doRoles {
		roles = r.PostForm["roles"]
	}
	if asked == doPerson {
		person = r.PostForm.Get("person")
	}
	m.sections = []section{
		{ID: doRoles, Title: "Roles", Form: does(doRoles, "Set the roles", rolesField(roles))},
		{ID: doPerson, Title: "Person", Lead: "Whoever is a person of the organisation sees what follows from its reporting lines.", Form: does(doPerson, "Say who it is", personField(person))},
		{ID: doInvite, Title: "New link", Lead: "For whoever lost the one of the invitation, or the password. It works once, for a day.", Form: does(doInvite, "Make a link")},
		{ID: doCode, Title: "Second factor", Lead: "For whoever lost the authenticator and the recovery codes.", Form: does(doCode, "Remove the second factor")},
		{ID: doDeactivate, Title: "Deactivate", Lead: "Ends its sessions and tokens at once, for good. What it did stays in the audit trail.", Form: does(doDeactivate, "Deactivate",
			field{Label: "The account " + report.Clean(a.Name), Name: "sure", Many: true, Options: []choice{{Value: "yes", Label: "is to be deactivated"}}})},
	}
	for i := range m.sections {
		if m.sections[i].ID == asked {
			r.say(&m.sections[i], "Nothing was changed.")
		}
	}
	return m
}

// rolesOf reads the roles that are chosen.
func rolesOf(chosen []string) (out []access.Role, err error) {
	for _, one := range chosen {
		role := access.Role(one)
		if !role.Known() {
			return nil, wrong("roles", "choose some of those below", "%q is no role", one)
		}
		out = append(out, role)
	}
	if len(out) == 0 {
		return nil, wrong("roles", "choose one at least", "none is chosen")
	}
	return out, nil
}

// aboutPerson puts the error about somebody whom the organisation does not know beside the field.
func aboutPerson(err error) error {
	if errors.Is(err, problem.Missing) {
		return &Wrong{"person", problem.New(problem.Usage, "write an id of organisation.yaml, or nothing", "%w", err)}
	}
	return err
}

func (s *Server) invite(r *request) error {
	link, err := s.invited(r)
	if errors.Is(err, problem.Usage) {
		return s.again(r, s.administration, err)
	}
	if err != nil {
		return err
	}
	return s.showLink(r, link)
}

func (s *Server) invited(r *request) (link string, err error) {
	roles, err := rolesOf(r.PostForm["roles"])
	if err != nil {
		return "", err
	}
	link, _, err = s.gate.Create(r.Context(), r.viewer, account.Invite{Name: r.PostFormValue("name"), Person: strings.TrimSpace(r.PostFormValue("person")), Roles: roles})
	if errors.Is(err, problem.Usage) {
		return "", &Wrong{"name", err}
	}
	return link, aboutPerson(err)
}

func (s *Server) showLink(r *request, link string) error {
	return s.shown(r, shownPage{Heading: "A link for the new account", Why: "Send it to its owner by a way that you trust. It works once, and is shown this once.", Back: r.place.address("/administration"), Secrets: []string{s.linkTo(r.Request, "/enter?"+url.Values{"link": {link}}.Encode())}})
}

// changeAccount does one thing to an account. What is refused is shown again as it was chosen.
func (s *Server) changeAccount(r *request) error {
	id, link := r.PostFormValue("id"), ""
	var err error
	switch r.PostFormValue("do") {
	case doRoles:
		var roles []access.Role
		if roles, err = rolesOf(r.PostForm["roles"]); err == nil {
			err = s.gate.SetRoles(r.Context(), r.viewer, id, roles)
		}
	case doPerson:
		err = aboutPerson(s.gate.LinkPerson(r.Context(), r.viewer, id, strings.TrimSpace(r.PostFormValue("person"))))
	case doCode:
		err = s.gate.ResetTOTP(r.Context(), r.viewer, id)
	case doDeactivate:
		if err = unless(r.PostFormValue("sure") != "", "sure", "tick it if you mean it", "nothing is chosen"); err == nil {
			err = s.gate.Deactivate(r.Context(), r.viewer, id)
		}
	case doInvite:
		link, err = s.gate.Reinvite(r.Context(), r.viewer, id)
		err = aboutPerson(err)
	default:
		err = problem.New(problem.Usage, "choose what is to be done", "nothing is to be done")
	}
	switch {
	case errors.Is(err, problem.Usage) && id != "":
		return s.again(r, s.administration, err)
	case err != nil:
		return err
	case link != "":
		return s.showLink(r, link)
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
