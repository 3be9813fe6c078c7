package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// Place is what a page looks at. It stands in every address, so that an address shows
// the same to whoever may see it, and stays while one walks through the rooms.
type Place struct {
	Scope  string // "" is the company
	AsOf   string // YYYY-MM-DD; "" is the newest day
	Period string // how much of the past is drawn: quarter, year; "" is what each chart shows by itself
}

// periods that can be chosen, with their words.
var periods = []option{{"", "As far as it matters"}, {"quarter", "A quarter"}, {"year", "A year"}, {"two_years", "Two years"}}

// placeOf reads the place out of an address.
func placeOf(q url.Values) (Place, error) {
	p := Place{Scope: q.Get("scope"), AsOf: q.Get("as_of"), Period: q.Get("period")}
	if p.Scope == "company" {
		p.Scope = ""
	}
	if err := knownScope(p.Scope); err != nil {
		return Place{}, err
	}
	if p.AsOf != "" {
		if _, err := time.Parse(time.DateOnly, p.AsOf); err != nil {
			return Place{}, problem.New(problem.Usage, "write it as YYYY-MM-DD, for instance 2025-06-30", "as_of %q is no date", p.AsOf)
		}
	}
	for _, o := range periods {
		if o.Value == p.Period {
			return p, nil
		}
	}
	return Place{}, problem.New(problem.Usage, "use quarter, year or two_years", "there is no period %q", p.Period)
}

// knownScope refuses what is no part of a company: above all, no number is of one person.
func knownScope(scope string) error {
	kind, name, _ := strings.Cut(scope, ":")
	if scope == "" || name != "" && slices.Contains([]string{"group", "team", "repository", "application"}, kind) {
		return nil
	}
	return problem.New(problem.Usage, "use group:NAME, team:NAME, repository:NAME or application:NAME", "%q is no part of the company", scope)
}

// address is a path with the place, and more, in its query.
func (p Place) address(path string, more ...string) string {
	q := url.Values{}
	for _, part := range [][2]string{{"scope", p.Scope}, {"as_of", p.AsOf}, {"period", p.Period}} {
		if part[1] != "" {
			q.Set(part[0], part[1])
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			q.Set(more[i], more[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// option is a choice in a form.
type option struct{ Value, Label string }

// hidden are the parts of the place as hidden fields of a form.
func (p Place) hidden() (out []option) {
	for _, o := range []option{{"scope", p.Scope}, {"as_of", p.AsOf}, {"period", p.Period}} {
		if o.Label != "" {
			out = append(out, o)
		}
	}
	return out
}
