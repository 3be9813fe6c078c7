package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// What the terminal spells out; the page, Markdown and JSON hold all of it.
const (
	mostSeen     = 6   // findings that say what was seen
	mostMissing  = 8   // missing things that are listed
	mostSupplied = 2   // missing things that say what supplies them
	sentenceLong = 76  // columns of a finding's summary
	namesLong    = 150 // columns of a list of names
)

// marks is the column of the signs before evidence.
const marks = 4

// findings lists evidence for a change by what it speaks for, strongest first;
// evidence against it and what is not known are named in one run of text each.
func (s *screen) findings(all []cockpit.Finding) {
	present, absent, rest := byState(all)
	s.heading("Evidence: + weak, ++ moderate, +++ strong, - against, ? not known")
	seen := present[:min(len(present), mostSeen)]
	for _, speaks := range speakers(present) {
		s.para(0, faint, speaksHeading(speaks))
		for _, f := range present {
			if f.Speaks == speaks {
				s.finding(f, slices.ContainsFunc(seen, func(g cockpit.Finding) bool { return g.ID == f.ID }))
			}
		}
	}
	s.none(len(present), "No indicator is known to be present.")
	s.folded("-", green, "absent", absent)
	s.none(len(absent), "No indicator is known to be absent.")
	s.folded("?", faint, "not known", rest)
	s.notes(present)
	s.explain(present)
}

// none says in words that a list is empty.
func (s *screen) none(n int, text string) {
	if n == 0 {
		s.para(2, faint, text)
	}
}

// speakers lists what findings speak for, in the order of the findings.
func speakers(all []cockpit.Finding) []string {
	var out []string
	for _, f := range all {
		if !slices.Contains(out, f.Speaks) {
			out = append(out, f.Speaks)
		}
	}
	return out
}

func speaksHeading(speaks string) string {
	if s := speaksLabel(speaks); s != "" {
		return capital(s)
	}
	return "Speaks for no role"
}

func (s *screen) finding(f cockpit.Finding, seen bool) {
	s.labelled(0, marks, yellow, strengthMark(f.Strength), bold, findingName(f))
	if seen {
		s.para(marks, plainText, shorten(strings.TrimSuffix(clean(f.Summary), "."), max(sentenceLong, s.width-marks)))
	}
}

// strengthMark is a strength of 0 to 1 as one to three signs.
func strengthMark(strength float64) string {
	switch cockpit.StrengthWord(strength) {
	case "strong":
		return "+++"
	case "moderate":
		return "++"
	}
	return "+"
}

// folded names findings in one run of text.
func (s *screen) folded(mark string, st style, state string, all []cockpit.Finding) {
	if len(all) == 0 {
		return
	}
	var names []string
	for _, f := range all {
		names = append(names, strings.TrimSuffix(orUnknown(f.Title), "."))
	}
	s.labelled(0, marks, st, mark, plainText, thousands(len(all))+" "+state+": "+someOf(names, "; ")+".")
}

// notes says each warning once, with the findings that it qualifies.
func (s *screen) notes(all []cockpit.Finding) {
	var notes []string
	ids := map[string][]string{}
	for _, f := range all {
		for _, w := range sentences(f.Warnings) {
			if ids[w] == nil {
				notes = append(notes, w)
			}
			ids[w] = append(ids[w], orUnknown(findingID(f)))
		}
	}
	for _, w := range notes {
		s.labelled(0, marks, faint, "!", faint, strings.Join(ids[w], ", ")+": "+w)
	}
}

// explain gives the command that walks findings down, with ids as they are typed.
func (s *screen) explain(all []cockpit.Finding) {
	var ids []string
	for _, f := range all {
		if id, ok := strings.CutPrefix(clean(f.Explain), "diarchy explain "); ok {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	text := "Down to the commits: diarchy explain " + ids[0]
	if len(ids) > 1 {
		text += ", and so for " + strings.Join(ids[1:], ", ")
	}
	s.para(marks, faint, text)
}

// changes lists the smallest single changes that flip the call; inputs that
// would change alike share a line.
func (s *screen) changes(all []cockpit.Change) {
	s.heading("What would change it")
	for _, same := range alike(all) {
		s.labelled(0, 2, plainText, "-", plainText, changeText(same))
	}
	s.none(len(all), "No single change of one input is known to flip the call.")
}

// alike groups changes that differ in their input alone.
func alike(all []cockpit.Change) [][]cockpit.Change {
	var out [][]cockpit.Change
	for _, c := range all {
		i := slices.IndexFunc(out, func(g []cockpit.Change) bool {
			return g[0].From == c.From && g[0].To == c.To && g[0].Call == c.Call
		})
		if i < 0 {
			out = append(out, []cockpit.Change{c})
		} else {
			out[i] = append(out[i], c)
		}
	}
	return out
}

func changeText(same []cockpit.Change) string {
	c := same[0]
	turn := "from " + orUnknown(c.From) + " to " + orUnknown(c.To)
	if len(same) == 1 {
		return fmt.Sprintf("%s: %s %s.", callLabel(c.Call), orUnknown(c.Input), turn)
	}
	var inputs []string
	for _, c := range same {
		inputs = append(inputs, orUnknown(c.Input))
	}
	return fmt.Sprintf("%s, by any one of these %s: %s.", callLabel(c.Call), turn, someOf(inputs, "; "))
}

// missing lists what was not there and matters, most decisive first, under the
// ways that it could move; the first say what supplies them.
func (s *screen) missing(all []cockpit.Missing, call string) {
	matter, _ := decisive(all)
	listed := matter[:min(len(matter), mostMissing)]
	if len(listed) == 0 {
		s.heading("What is missing")
	} else {
		s.heading("What is missing, and how many of 100 ways it could move")
	}
	column := 0
	for _, m := range listed {
		column = max(column, len(moved(m)))
	}
	for i, m := range listed {
		s.missingItem(column, m, i < mostSupplied)
	}
	s.para(0, faint, unlisted(len(all), len(matter), len(listed)))
	s.none(len(all), nothingMissing(call))
}

// moved is how many ways a missing thing could move, or a mark that it is needed.
func moved(m cockpit.Missing) string {
	if m.Needed {
		return "!"
	}
	return partOf100(m.Shift)
}

// missingItem writes one missing thing; column is the width of the numbers.
func (s *screen) missingItem(column int, m cockpit.Missing, how bool) {
	s.labelled(0, column+2, plainText, fmt.Sprintf("%*s", column, moved(m)), bold, orUnknown(m.What))
	if how && strings.TrimSpace(m.How) != "" {
		s.code(column+4, m.How)
	}
}

// unlisted says how many missing things are not listed, why, and what lists them.
func unlisted(all, matter, listed int) string {
	more := all - listed
	switch {
	case more == 0:
		return ""
	case listed == 0:
		return fmt.Sprintf("%s, none of which is known to move 1 of 100 ways: see --json.", count(more, "thing is unknown", "things are unknown"))
	case listed == matter:
		return fmt.Sprintf("%s, not known to move 1 of 100 ways: --json lists all.", count(more, "more", "more"))
	}
	return fmt.Sprintf("%s, each moves no more than the last: --json lists all.", count(more, "more", "more"))
}

// shorten cuts text that is wider than some columns: where a clause ends, if
// that keeps half of it, else between words. Dots say that it goes on.
func shorten(text string, columns int) string {
	if uniseg.StringWidth(text) <= columns {
		return text
	}
	lines := wrap(text, columns-2)
	head := lines[0]
	if i := strings.LastIndex(head, "; "); i > len(head)/2 {
		head = head[:i+1]
	}
	return head + " …"
}

// someOf joins as many names as a list of them may be long, at least one, and
// counts the others.
func someOf(names []string, sep string) string {
	used := 0
	for i, name := range names {
		used += uniseg.StringWidth(name + sep)
		if i > 0 && used > namesLong {
			return strings.Join(names[:i], sep) + sep + "and " + thousands(len(names)-i) + " more"
		}
	}
	return strings.Join(names, sep)
}
