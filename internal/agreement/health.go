package agreement

import (
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Health says in short how an agreement stands on a day, and what drift there is from it;
// without an agreement only the drift from what the playbook proposes. It names roles
// and nobody: it goes on pages that are sent on.
func Health(p *playbook.Playbook, a *workspace.Agreement, staff Staff, drift cockpit.Drift, today time.Time) cockpit.AgreementHealth {
	h := cockpit.AgreementHealth{AsOf: date(today), Signatures: []cockpit.HealthSignature{}, Findings: []cockpit.AgreementIssue{}, Drift: healthDrift(drift),
		Against: cockpit.AgainstPlaybook, Traces: drift.Traces - len(drift.Unmatched), Held: drift.Summary}
	if a == nil {
		h.Unknown = "There is no agreement between two leaders of engineering."
		h.How = "diarchy agreement draft"
		return h
	}
	v := View(p, a, staff, today)
	h.Against, h.Version, h.Effective, h.ReviewBy = cockpit.AgainstAgreement, v.Version, v.Effective, v.ReviewBy
	nameless := namelessOf(a, staff, names{a, p})
	for _, s := range v.Signatures {
		h.Signatures = append(h.Signatures, cockpit.HealthSignature{Role: s.ID, Called: s.Called, State: s.State, Date: s.Date})
	}
	for _, f := range v.Findings {
		switch f.Level {
		case cockpit.LevelProblem:
			h.Problems++
		case cockpit.LevelGap:
			h.Gaps++
		default:
			h.Notes++
		}
		f.Text, f.Advice = capital(nameless(f.Text)), nameless(f.Advice)
		h.Findings = append(h.Findings, f)
	}
	h.Summary = capital(nameless(v.Summary))
	if a.Effective.After(today) {
		h.Summary += " It holds from " + date(a.Effective) + ", after the day that is judged."
	}
	return h
}

// healthDrift are the findings of drift, each with the decisions that it counts.
func healthDrift(d cockpit.Drift) []cockpit.HealthDrift {
	out := []cockpit.HealthDrift{}
	for _, f := range d.Findings {
		h := cockpit.HealthDrift{DriftFinding: f, Traces: []cockpit.DriftTrace{}}
		i := slices.IndexFunc(d.Kinds, func(k cockpit.DriftKind) bool { return k.ID == f.Kind })
		if i < 0 {
			continue
		}
		for _, t := range d.Kinds[i].Traces {
			if counts(f.What, t, d.Kinds[i]) {
				h.Traces = append(h.Traces, t)
			}
		}
		out = append(out, h)
	}
	return out
}

// counts tells whether a finding rests on a trace.
func counts(what string, t cockpit.DriftTrace, k cockpit.DriftKind) bool {
	switch what {
	case decidedByAnother:
		return t.Decided != "" && t.By != ""
	case decidedLate:
		return t.Decided != "" && k.Days > 0 && t.Days > k.Days
	}
	return t.Decided == "" && k.Days > 0 && t.Days > k.Days
}

// namelessOf takes the names of those who hold roles or signed out of texts. A name in
// parentheses stands beside its role and is left out; else the role takes its place.
func namelessOf(a *workspace.Agreement, staff Staff, n names) func(string) string {
	called := map[string]string{}
	for _, r := range a.Roles {
		if r.Holder == "" {
			continue
		}
		if _, twice := called[r.Holder]; twice {
			called[r.Holder] = "one person"
			continue
		}
		called[r.Holder] = n.called(r.ID)
	}
	others := []string{}
	for _, s := range a.Signatures {
		others = append(others, s.Name)
	}
	for _, role := range heldRoles {
		if staff != nil {
			others = append(others, staff.Holds(role)...)
			others = append(others, strings.Join(staff.Holds(role), ", "))
		}
	}
	for _, name := range others {
		if _, known := called[name]; !known && name != "" {
			called[name] = "somebody else"
		}
	}
	var all []string
	for name := range called {
		all = append(all, name)
	}
	slices.SortFunc(all, func(x, y string) int { return len(y) - len(x) }) // the longest of several that begin alike
	var pairs []string
	for _, name := range all {
		pairs = append(pairs, " ("+name+")", "")
	}
	for _, name := range all {
		pairs = append(pairs, name, called[name])
	}
	take := strings.NewReplacer(pairs...)
	return func(text string) string { return take.Replace(text) }
}
