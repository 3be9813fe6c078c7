package gitlab

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

// user is an account.
type user struct {
	ID             int64
	Username, Name string
}

// tokens are accounts that GitLab makes for the tokens of groups and projects, and its own.
var tokens = regexp.MustCompile(`^(group|project)_\d+_bot|^(alert-bot|support-bot|security-bot|GitLab-Security-Bot|gitlab-bot|automation-bot|security-policy-bot.*|duo-.*|service_account_.*)$`)

// identity has the name that people show, and the address by which GitLab keeps an e-mail
// private. An account that is gone is called Ghost User, as GitLab does.
func (f *Feed) identity(u *user) fact.Identity {
	host, _, _ := strings.Cut(f.host, ":")
	if u == nil || u.Username == "" {
		return fact.Identity{Name: "Ghost User", Email: "ghost@users.noreply." + host}
	}
	name := u.Name
	if name == "" {
		name = u.Username
	}
	if tokens.MatchString(u.Username) && !strings.HasSuffix(name, "[bot]") {
		name += " [bot]"
	}
	return fact.Identity{Name: name, Email: fmt.Sprintf("%d-%s@users.noreply.%s", u.ID, u.Username, host)}
}
