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
	if s := cockpit.StrengthWord(f.Strength); s != "" && f.State == cockpit.Present {
		parts = append(parts, s)
	}
	if s := speaksLabel(f.Speaks); s != "" && f.State == cockpit.Present {
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

// findingID is the id of a finding in words; "" when it has none.
func findingID(f cockpit.Finding) string { return clean(strings.ReplaceAll(f.ID, "_", " ")) }

// findingName is a finding's title with its id in words: "Releases become rarer
// (release slowdown)". The id as it is typed belongs to commands alone.
func findingName(f cockpit.Finding) string {
	title := strings.TrimSuffix(orUnknown(f.Title), ".")
	if id := findingID(f); id != "" {
		return title + " (" + id + ")"
	}
	return title
}

// moves says how far knowing a missing thing could move the call; "" if unstated.
func moves(m cockpit.Missing) string {
	if m.Needed {
		return "needed"
	}
	if n, ok := cockpit.OfHundred(m.Shift); ok && n > 0 {
		return "moves up to " + partOf100(m.Shift) + " of 100 ways"
	}
	return ""
}

// decisive parts what could move at least 1 of 100 ways from what could not, or
// is not said to. Order within is kept.
func decisive(all []cockpit.Missing) (matter, rest []cockpit.Missing) {
	for _, m := range all {
		if _, ok := cockpit.OfHundred(m.Shift); ok && m.Shift >= 0.01 || m.Needed {
			matter = append(matter, m)
		} else {
			rest = append(rest, m)
		}
	}
	return matter, rest
}

// tailLead opens the list of what is missing and not decisive, after so many
// things that are.
func tailLead(before int) string {
	if before == 0 {
		return "Unknown, and unlikely to change the call:"
	}
	return "Also unknown, and unlikely to change the call:"
}

// missingNames names missing things.
func missingNames(all []cockpit.Missing) []string {
	var names []string
	for _, m := range all {
		names = append(names, orUnknown(m.What))
	}
	return names
}

// nothingMissing says why no missing evidence is listed. Without a call, that
// nothing is missing cannot be said.
func nothingMissing(call string) string {
	if call == cockpit.CallUnknown || call == "" {
		return "What would settle it is unknown."
	}
	return "Nothing that the verdict asks for is missing."
}
