package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// ofHundred says a confidence as "83 of 100". A confidence of 0 cannot be, since
// the call is the most frequent one, so it is unknown.
func ofHundred(share float64) string {
	n, ok := cockpit.OfHundred(share)
	if !ok || n == 0 {
		return unknown
	}
	return fmt.Sprintf("%d of 100", n)
}

// agreement is the confidence in the few words that fit a first line.
func agreement(v cockpit.Verdict) string {
	if s := ofHundred(v.Confidence); s != unknown {
		return s + " ways agree"
	}
	return "confidence unknown"
}

// against sets two calls against each other that cannot be told apart.
func against(v cockpit.Verdict) string {
	return partOf100(v.Confidence) + " to " + partOf100(v.Shares[v.TooClose]) + " of 100 ways"
}

// confidenceSentence says the confidence in full.
func confidenceSentence(v cockpit.Verdict) string {
	if s := stop(v.Confident); s != "" {
		return capital(s)
	}
	if s := ofHundred(v.Confidence); s != unknown {
		return "In " + s + " ways to read the same evidence, the answer is the same."
	}
	return "How sure this is: unknown."
}

// missingRole is the missing role as a phrase: "missing: CTO".
func missingRole(v cockpit.Verdict) string {
	switch v.MissingRole {
	case "none":
		return roleLabel(v.MissingRole)
	case "", unknown:
		return "missing role: unknown"
	}
	return "missing: " + roleLabel(v.MissingRole)
}

// share is one call with the part of the draws that make it.
type share struct {
	Call  string
	Label string
	Part  float64 // 0 to 1
	Of100 string  // "71", "under 1", "0"
}

// sharesOf lists the shares of a verdict: the known calls first, in their order,
// then any other. Empty when no shares are known.
func sharesOf(shares map[string]float64) []share {
	if len(shares) == 0 {
		return nil
	}
	order := slices.Clone(calls)
	for _, call := range slices.Sorted(maps.Keys(shares)) {
		if !slices.Contains(order, call) {
			order = append(order, call)
		}
	}
	var out []share
	for _, call := range order {
		out = append(out, share{call, callLabel(call), shares[call], partOf100(shares[call])})
	}
	return addUp(out)
}

// addUp lets the least of three or more shares give way where rounding makes them 101
// of 100: what the others are is said elsewhere too.
func addUp(shares []share) []share {
	sum, least, known := 0, -1, 0
	for i, s := range shares {
		n, _ := cockpit.OfHundred(s.Part)
		sum += n
		if n > 0 {
			known++
			if least < 0 || s.Part < shares[least].Part {
				least = i
			}
		}
	}
	if sum == 101 && known > 2 {
		n, _ := cockpit.OfHundred(shares[least].Part)
		shares[least].Of100 = partOf100(float64(n-1) / 100)
		if n == 1 {
			shares[least].Of100 = "under 1"
		}
	}
	return shares
}

func partOf100(part float64) string {
	n, ok := cockpit.OfHundred(part)
	switch {
	case !ok:
		return unknown
	case n == 0 && part > 0:
		return "under 1"
	}
	return fmt.Sprint(n)
}

// sharesSentence lists the calls that some draws make, in one line.
func sharesSentence(v cockpit.Verdict) string {
	var parts []string
	for _, s := range sharesOf(v.Shares) {
		if s.Part > 0 {
			parts = append(parts, s.Label+" "+s.Of100)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Of 100 ways to read the same evidence: " + strings.Join(parts, ", ") + "."
}
