package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// findings lists evidence for a change, against it, and not known.
func (s *screen) findings(all []cockpit.Finding) {
	present, absent, rest := byState(all)
	s.heading("Evidence: + for a change, - against, ? not known")
	for _, f := range present {
		s.finding("+", yellow, f)
	}
	s.none(len(present), "No indicator is known to be present.")
	for _, f := range absent {
		s.finding("-", green, f)
	}
	s.none(len(absent), "No indicator is known to be absent.")
	if len(rest) > 0 {
		s.labelled(0, 2, faint, "?", faint, unknownLine(rest))
	}
}

// none says in words that a list is empty.
func (s *screen) none(n int, text string) {
	if n == 0 {
		s.para(2, faint, text)
	}
}

func (s *screen) finding(mark string, st style, f cockpit.Finding) {
	title := clean(f.ID + " " + f.Title)
	if w := weight(f); w != "" {
		title += " (" + w + ")"
	}
	s.labelled(0, 2, st, mark, bold, title)
	s.para(2, plainText, stop(f.Summary))
	for _, warning := range f.Warnings {
		s.para(2, faint, "note: "+stop(warning))
	}
}

// unknownLine collapses what is not known to one sentence.
func unknownLine(rest []cockpit.Finding) string {
	var names []string
	for _, f := range rest {
		names = append(names, clean(f.ID+" "+f.Title))
	}
	return count(len(rest), "indicator", "indicators") + ": " + strings.Join(names, "; ") + "."
}

// changes lists the smallest single changes that flip the call.
func (s *screen) changes(all []cockpit.Change) {
	s.heading("What would change it")
	for _, c := range all {
		s.labelled(0, 2, plainText, "-", plainText, changeText(c))
	}
	s.none(len(all), "No single change of one input was found that flips the call.")
}

func changeText(c cockpit.Change) string {
	return fmt.Sprintf("%s from %s to %s: %s.", capital(orUnknown(c.Input)), orUnknown(c.From), orUnknown(c.To), callLabel(c.Call))
}

// mostDecisive is how many missing things get their effect spelled out.
const mostDecisive = 3

// missing lists what was not there, most decisive first, each with what supplies
// it.
func (s *screen) missing(all []cockpit.Missing, call string) {
	s.heading("What is missing, most decisive first")
	for i, m := range all {
		s.missingItem(i, m)
	}
	s.none(len(all), nothingMissing(call))
}

func (s *screen) missingItem(i int, m cockpit.Missing) {
	head := orUnknown(m.What)
	if by := moves(m); by != "" {
		head += " (" + by + ")"
	}
	s.labelled(0, 3, plainText, fmt.Sprintf("%d.", i+1), bold, head)
	if i < mostDecisive {
		s.para(3, plainText, stop(m.Effect))
	}
	if strings.TrimSpace(m.How) != "" {
		s.code(5, m.How)
	}
}
