package agreement

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// names knows what everybody is called: as the document says, else the playbook.
type names struct {
	a *workspace.Agreement
	p *playbook.Playbook
}

// who is somebody by id.
func (n names) who(id string) cockpit.Who {
	if r, ok := n.a.Role(id); ok {
		return cockpit.Who{ID: id, Called: "the " + r.Title, Holder: r.Holder}
	}
	for _, o := range n.a.Others {
		if o.ID == id {
			return cockpit.Who{ID: id, Called: o.Title}
		}
	}
	if called, ok := n.p.Called(id); ok {
		return cockpit.Who{ID: id, Called: called}
	}
	return cockpit.Who{ID: id, Called: cockpit.Words(id)}
}

func (n names) all(ids []string) (out []cockpit.Who) {
	for _, id := range ids {
		if id != "" {
			out = append(out, n.who(id))
		}
	}
	return out
}

func (n names) called(id string) string { return n.who(id).Called }

// words are several of them: "the CTO and the VP of Engineering".
func (n names) words(ids []string) string { return cockpit.WhoWords(n.all(ids)) }

// declared tells whether the document itself says who somebody is.
func (n names) declared(id string) bool {
	_, ok := n.a.Role(id)
	return ok || slices.ContainsFunc(n.a.Others, func(o workspace.Other) bool { return o.ID == id })
}

// days are working days in words.
func days(n int) string {
	if n == 1 {
		return "1 working day"
	}
	return fmt.Sprintf("%d working days", n)
}

func percent(s workspace.Span) string { return span(s, 100) + " %" }

func months(s workspace.Span) string { return span(s, 1) + " months" }

func span(s workspace.Span, times float64) string {
	low, high := plain(s.Low*times), plain(s.High*times)
	if low == high {
		return low
	}
	return low + "-" + high
}

func plain(x float64) string { return strconv.FormatFloat(math.Round(x*1e4)/1e4, 'f', -1, 64) }

// money is an amount with its thousands set apart.
func money(amount int64, currency string) string {
	digits := strconv.FormatInt(amount, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return strings.TrimSpace(digits + " " + currency)
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// counted is a number of things in words.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// citations are facts in full, each once, in the order of the playbook.
func citations(p *playbook.Playbook, ids []string) (out []cockpit.Citation) {
	for _, f := range p.Facts {
		if slices.Contains(ids, f.ID) {
			out = append(out, cockpit.Citation{ID: f.ID, Text: f.Text})
		}
	}
	return out
}
