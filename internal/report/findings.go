package report

import (
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// byState sorts findings into evidence for, evidence against and not known; a
// state that this program does not know is not known. Order within is kept.
func byState(all []cockpit.Finding) (present, absent, rest []cockpit.Finding) {
	for _, f := range all {
		switch f.State {
		case cockpit.Present:
			present = append(present, f)
		case cockpit.Absent:
			absent = append(absent, f)
		default:
			rest = append(rest, f)
		}
	}
	return present, absent, rest
}

// weight says how strong a finding is and what it argues for; it may be empty.
func weight(f cockpit.Finding) string {
	var parts []string
	if s := strengthLabel(f.Strength); s != "" && f.State == cockpit.Present {
		parts = append(parts, s)
	}
	if s := speaksLabel(f.Speaks); s != "" && f.State == cockpit.Present {
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

// factText is a fact in running text: "direct reports: 14 (declared)". That a
// number was measured goes without saying; that it was not, never does.
func factText(f cockpit.Fact) string {
	s := clean(f.Label)
	if s != "" {
		s += ": "
	}
	s += orUnknown(f.Value)
	var notes []string
	for _, n := range []string{clean(f.Origin), clean(f.Note)} {
		if n != "" && n != "measured" {
			notes = append(notes, n)
		}
	}
	if len(notes) > 0 {
		s += " (" + strings.Join(notes, "; ") + ")"
	}
	return s
}

// moves says how far knowing a missing thing could move the call; "" if unstated.
func moves(m cockpit.Missing) string {
	if n, ok := percent(m.Shift); ok && n > 0 {
		return "moves up to " + partOf100(m.Shift) + " of 100 ways"
	}
	return ""
}

// nothingMissing says why no missing evidence is listed. Without a call, that
// nothing is missing cannot be said.
func nothingMissing(call string) string {
	if call == cockpit.CallUnknown || call == "" {
		return "What would settle it is unknown."
	}
	return "Nothing that the verdict asks for is missing."
}
