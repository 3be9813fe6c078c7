package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// account is one's own: password, second factor, sessions, API tokens.
func (s *Server) account(r *request) error {
	m, err := s.ownAccount(r)
	if err != nil {
		return err
	}
	return s.room(func(*request) (room, error) { return m, nil }, undated)(r)
}

// ownAccount is what one's account holds, for JSON.
type ownAccount struct {
	Name         string                `json:"name"`
	Person       string                `json:"person"`
	Roles        []access.Role         `json:"roles"`
	SecondFactor bool                  `json:"second_factor"`
	Recovery     int                   `json:"recovery_codes"` // that are left
	Sessions     []account.SessionInfo `json:"sessions"`
	Tokens       []account.TokenInfo   `json:"tokens"`
}

func (s *Server) ownAccount(r *request) (room, error) {
	has, recovery, err := s.gate.HasTOTP(r.Context(), r.viewer)
	if err != nil {
		return room{}, err
	}
	sessions, err := s.gate.Sessions(r.Context(), r.viewer, s.session(r.Request))
	if err != nil {
		return room{}, err
	}
	tokens, err := s.gate.Tokens(r.Context(), r.viewer)
	if err != nil {
		return room{}, err
	}
	var roles []string
	for _, role := range r.viewer.Roles {
		roles = append(roles, roleWords(role))
	}
	m := room{title: "Your account", headline: "Your account: " + report.Clean(r.viewer.Name), lede: "Roles: " + orElse(strings.Join(roles, ", "), "none") + ".", data: ownAccount{r.viewer.Name, r.viewer.Person, r.viewer.Roles, has, recovery, sessions, tokens}}
	m.sections = []section{
		{ID: "password", Title: "Password", Form: &form{Action: r.place.address("/account/password"), User: r.viewer.Name, Submit: "Change it", Note: "Ends your other sessions.", Fields: []field{{Label: "Present password", Name: "before", Kind: "password", Auto: "current-password", Required: true}, {Label: "New password", Name: "after", Kind: "password", Auto: "new-password", Required: true}}}},
		r.secondFactor(has, recovery), r.sessions(sessions), r.tokens(tokens),
	}
	for i, sent := range []string{"after", "code", "", "days"} { // by which the form of each section is told apart
		if sent != "" && r.PostForm.Has(sent) {
			r.say(&m.sections[i], "Nothing was changed.")
		}
	}
	return m, nil
}

func (r *request) secondFactor(has bool, recovery int) section {
	v := section{ID: "code", Title: "Second factor"}
	if !has {
		v.Lead = "None. A code of an authenticator beside the password keeps out who has only that."
		v.Form = &form{Action: r.place.address("/account/code"), Submit: "Set it up"}
		return v
	}
	v.Lead = fmt.Sprintf("An authenticator; %d recovery codes are left.", recovery)
	v.Form = &form{Action: r.place.address("/account/code/remove"), Submit: "Remove it", Fields: []field{{Label: "A code", Name: "code", Kind: "text", Auto: "one-time-code", Required: true}}}
	return v
}

func (r *request) sessions(all []account.SessionInfo) section {
	v := section{ID: "sessions", Title: "Sessions"}
	for _, one := range all {
		i := item{Title: report.Clean(orElse(one.Agent, "unknown browser")), Meta: report.Clean(one.Address), Text: fmt.Sprintf("Since %s, seen %s.", moment(one.Created), moment(one.Seen))}
		if one.Current {
			i.Meta += ", this one"
		} else {
			i.Form = &form{Action: r.place.address("/account/sessions"), Hidden: []option{{"id", one.ID}}, Submit: "End it", Plain: true}
		}
		v.Items = append(v.Items, i)
	}
	v.Form = &form{Action: r.place.address("/account/sessions"), Hidden: []option{{"id", "others"}}, Submit: "End all others"}
	return v
}

func (r *request) tokens(all []account.TokenInfo) section {
	v := section{ID: "tokens", Title: "API tokens", Lead: "A token acts in your name, and only for what it is granted.", Notes: when(len(all) == 0, "You have none.")}
	for _, t := range all {
		used := "never used"
		if !t.Used.IsZero() {
			used = "used " + moment(t.Used)
		}
		v.Items = append(v.Items, item{Title: report.Clean(t.Name), Meta: grantWords(t.Grants), Text: fmt.Sprintf("Until %s; %s.", moment(t.Expires), used), Form: &form{Action: r.place.address("/account/tokens/revoke"), Hidden: []option{{"id", t.ID}}, Submit: "Revoke", Plain: true}})
	}
	granted := r.PostForm["grants"]
	if !r.PostForm.Has("days") {
		granted = []string{"read:diagnosis"}
	}
	v.Form = &form{Action: r.place.address("/account/tokens"), Submit: "Make a token", Fields: []field{
		{Label: "Name", Name: "name", Kind: "text", Required: true, Value: r.PostForm.Get("name"), Hint: "what it is for"},
		{Label: "May", Name: "grants", Many: true, Options: several(access.Grants(), granted, func(g access.Grant) string { return string(g) })},
		{Label: "Lives for days", Name: "days", Kind: "number", Value: orElse(r.PostForm.Get("days"), "90")},
	}}
	return v
}

// several are choices of which more than one can be chosen.
func several[T ~string](all []T, chosen []string, words func(T) string) (out []choice) {
	for _, one := range all {
		out = append(out, choice{string(one), words(one), slices.Contains(chosen, string(one))})
	}
	return out
}

func grantWords(all []access.Grant) string {
	var out []string
	for _, g := range all {
		out = append(out, string(g))
	}
	return strings.Join(out, " ")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func roleWords(r access.Role) string {
	switch r {
	case access.CTO:
		return "CTO"
	case access.VPE:
		return "VP of Engineering"
	}
	return string(r)
}

func (s *Server) changePassword(r *request) error {
	err := s.gate.ChangePassword(r.Context(), r.viewer, s.session(r.Request), r.PostFormValue("before"), r.PostFormValue("after"))
	switch {
	case errors.Is(err, account.ErrRefused):
		err = wrong("before", "", "it is another one")
	case errors.Is(err, problem.Usage):
		err = &Wrong{"after", err}
	}
	return s.ownDone(r, err, "password")
}

// ownDone goes to the page of one's account after something was done there, or shows it again with
// what was typed and why that was refused.
func (s *Server) ownDone(r *request, err error, what string) error {
	if errors.Is(err, problem.Usage) {
		return s.again(r, s.ownAccount, err)
	}
	if err == nil {
		r.done("/account", what)
	}
	return err
}

// shownPage shows secrets that are shown this once.
type shownPage struct {
	frame
	Heading, Why, Back string
	Secrets            []string
	Form               *form
}

func (s *Server) shown(r *request, p shownPage) error {
	var err error
	if p.frame, err = s.frameOf(r, p.Heading); err != nil {
		return err
	}
	return s.render(r, http.StatusOK, "shown", p)
}

func (s *Server) startCode(r *request) error {
	secret, uri, err := s.gate.StartTOTP(r.Context(), r.viewer)
	if err != nil {
		return err
	}
	return s.shown(r, shownPage{Heading: "Set up the second factor", Why: "Type the first line into an authenticator, or open the second in one on this machine; then give a code of it.", Back: r.place.address("/account"), Secrets: []string{secret, uri},
		Form: r.confirmForm()})
}

func (r *request) confirmForm() *form {
	return &form{Action: r.place.address("/account/code/confirm"), Submit: "Confirm", Fields: []field{{Label: "Code", Name: "code", Kind: "text", Auto: "one-time-code", Required: true}}}
}

func (s *Server) confirmCode(r *request) error {
	codes, err := s.gate.ConfirmTOTP(r.Context(), r.viewer, strings.TrimSpace(r.PostFormValue("code")))
	if errors.Is(err, account.ErrRefused) {
		return s.shown(r, shownPage{Heading: "That is not the code", Why: "Give the one that the authenticator shows now. If none is taken, begin again, and compare the clocks of both.", Back: r.place.address("/account"), Form: r.confirmForm()})
	}
	if err != nil {
		return err
	}
	return s.shown(r, shownPage{Heading: "The second factor counts from now on", Why: "Keep these recovery codes where you keep papers: each may stand once in the place of a code. They are shown this once.", Back: r.place.address("/account"), Secrets: codes})
}

func (s *Server) removeCode(r *request) error {
	err := s.gate.RemoveTOTP(r.Context(), r.viewer, strings.TrimSpace(r.PostFormValue("code")))
	if errors.Is(err, account.ErrRefused) {
		err = wrong("code", "give the one that the authenticator shows now, or a recovery code", "this one is not taken")
	}
	return s.ownDone(r, err, "code-removed")
}

func (s *Server) endSession(r *request) error {
	var err error
	if id := r.PostFormValue("id"); id == "others" {
		err = s.gate.RevokeAll(r.Context(), r.viewer, s.session(r.Request))
	} else {
		err = s.gate.Revoke(r.Context(), r.viewer, id)
	}
	if err != nil {
		return err
	}
	r.done("/account", "ended")
	return nil
}

func (s *Server) newToken(r *request) error {
	token, err := s.tokenOf(r)
	if err != nil {
		return s.ownDone(r, err, "")
	}
	return s.shown(r, shownPage{Heading: "A new API token", Why: "It is shown this once. Whoever has it may do what it is granted, in your name.", Back: r.place.address("/account"), Secrets: []string{token}})
}

// tokenOf makes the token that a form asks for.
func (s *Server) tokenOf(r *request) (token string, err error) {
	grants, unknown := access.ParseGrants(strings.Join(r.PostForm["grants"], " "))
	if len(unknown) > 0 {
		return "", wrong("grants", "choose some of those below", "%s is nothing that a token may do", strings.Join(unknown, ", "))
	}
	if len(grants) == 0 {
		return "", wrong("grants", "choose one at least", "nothing is chosen")
	}
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil || days < 1 || days > 366 {
		return "", wrong("days", "write a number from 1 to 366", "%q is no number of days that a token can live", r.PostFormValue("days"))
	}
	if token, _, err = s.gate.CreateToken(r.Context(), r.viewer, r.PostFormValue("name"), grants, time.Duration(days)*24*time.Hour); errors.Is(err, problem.Usage) {
		err = &Wrong{"name", err} // the others are known to be good
	}
	return token, err
}

func (s *Server) revokeToken(r *request) error {
	if err := s.gate.RevokeToken(r.Context(), r.viewer, r.PostFormValue("id")); err != nil {
		return err
	}
	r.done("/account", "revoked")
	return nil
}
