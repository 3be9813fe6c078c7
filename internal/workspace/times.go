package workspace

import (
	"fmt"
	"slices"
	"strings"
)

// Times are the entries of somebody who left and came back, in their order: 7, 7-2, 7-3. An
// entry has one first and one last day, so each time here has its own. next is the id that
// one more would have. entry gives that of an id, or nil; first must have one.
func Times(first string, entry func(id string) *Person) (times []*Person, next string) {
	times = []*Person{entry(first)}
	for n := 2; ; n++ {
		next = nth(first, n)
		p := entry(next)
		if p == nil {
			return times, next
		}
		if p.again(times[len(times)-1]) {
			times = append(times, p)
		}
	}
}

// again tells a later time of somebody from somebody else whose id is alike: who comes back
// keeps an address or a login of before.
func (p *Person) again(before *Person) bool {
	if before.End.IsZero() || !p.Start.After(before.End) {
		return false
	}
	return len(before.Emails)+len(before.Logins) == 0 || len(p.Emails)+len(p.Logins) == 0 || p.Keeps(before)
}

// Keeps tells whether an entry has an address or a login of another one.
func (p *Person) Keeps(before *Person) bool {
	was := slices.Concat(before.Emails, before.Logins)
	return slices.ContainsFunc(slices.Concat(p.Emails, p.Logins), func(s string) bool {
		return slices.ContainsFunc(was, func(o string) bool { return strings.EqualFold(s, o) })
	})
}

// FreeID is an id that is not taken: the words, or the words and a number.
func FreeID(words string, taken func(string) bool) string {
	id := words
	for n := 2; id == Nobody || taken(id); n++ {
		id = nth(words, n)
	}
	return id
}

func nth(id string, n int) string { return fmt.Sprintf("%s-%d", id, n) }
