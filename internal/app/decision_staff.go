package app

import (
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/decision"
	"github.com/diarchy/diarchy/internal/org"
)

// staff knows the last days of those whom the organisation document knows, by names of at
// least two words, addresses and logins; zero for those who are still there.
type staff map[string]time.Time

// staffOf is nil without an organisation document.
func staffOf(chart *org.Chart) decision.Staff {
	if chart == nil {
		return nil
	}
	known := staff{}
	for _, p := range chart.Document().People {
		keys := append([]string{p.Name}, p.Emails...)
		for _, login := range p.Logins {
			keys = append(keys, "@"+strings.TrimPrefix(login, "@"))
		}
		for _, key := range keys {
			key = nameKey(key)
			if !strings.ContainsAny(key, " @") {
				continue
			}
			if last, twice := known[key]; !twice || !last.IsZero() && (p.End.IsZero() || p.End.After(last)) {
				known[key] = p.End
			}
		}
	}
	return known
}

// Left implements decision.Staff.
func (s staff) Left(name string) (time.Time, bool) {
	last, known := s[nameKey(name)]
	return last, known && !last.IsZero()
}

// nameKey is a name as it is compared.
func nameKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
