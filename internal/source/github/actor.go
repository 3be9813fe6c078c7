package github

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

// actorFields are those of actor.
const actorFields = `{__typename login ...on User{databaseId} ...on Bot{databaseId} ...on Mannequin{databaseId}}`

// actor is who did something; nil when the account is gone.
type actor struct {
	Typename   string `json:"__typename"`
	Login      string
	DatabaseID int64
}

// identity is how the actor's commits are signed when the e-mail is kept private. An account
// that is gone is called ghost, as GitHub does.
func (f *Feed) identity(a *actor) fact.Identity {
	if a == nil || a.Login == "" {
		return fact.Identity{Name: "ghost", Email: "ghost@" + f.mail}
	}
	name := a.Login
	if a.Typename == "Bot" && !strings.HasSuffix(name, "[bot]") {
		name += "[bot]"
	}
	email := name + "@" + f.mail
	if a.DatabaseID > 0 {
		email = fmt.Sprintf("%d+%s", a.DatabaseID, email)
	}
	return fact.Identity{Name: name, Email: email}
}
