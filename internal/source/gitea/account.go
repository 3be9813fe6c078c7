package gitea

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/api"
)

// user is an account; those below zero are the server's own.
type user struct {
	ID           int64
	Login, Email string
}

// placeholder is the address by which servers keep an e-mail private.
var placeholder = regexp.MustCompile(`^(\d+\+[^@]+@|[^@]+@noreply\.)`)

// meet finds out the e-mails of accounts. Timelines have placeholders for all of them; another
// answer, or that about the account itself, has the address of those who do not hide it.
func (f *Feed) meet(ctx context.Context, users ...*user) error {
	for _, u := range users {
		if u != nil && u.ID > 0 && u.Email != "" && !placeholder.MatchString(u.Email) {
			f.emails[u.ID] = u.Email
		}
	}
	for _, u := range users {
		if u == nil || u.ID <= 0 || u.Login == "" || f.emails[u.ID] != "" {
			continue
		}
		var known user
		_, err := f.client.Get(ctx, "/api/v1/users/"+url.PathEscape(u.Login), nil, &known)
		if err != nil && !errors.Is(err, api.ErrNotFound) && !errors.Is(err, api.ErrForbidden) {
			return err
		}
		f.emails[u.ID] = u.Email
		if err == nil && known.ID == u.ID && known.Email != "" {
			f.emails[u.ID] = known.Email
		}
	}
	return nil
}

// identity is an account that was met.
func (f *Feed) identity(u *user) fact.Identity {
	host, _, _ := strings.Cut(f.host, ":")
	if u == nil || u.Login == "" || u.ID == -1 {
		return fact.Identity{Name: "ghost", Email: "ghost@noreply." + host}
	}
	name, email := u.Login, u.Email
	if u.ID < -1 && !strings.HasSuffix(name, "[bot]") {
		name += "[bot]"
	}
	if f.emails[u.ID] != "" {
		email = f.emails[u.ID]
	}
	if email == "" {
		email = strings.ToLower(name) + "@noreply." + host
	}
	return fact.Identity{Name: name, Email: email}
}
