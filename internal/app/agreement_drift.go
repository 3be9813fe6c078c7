package app

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/agreement"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/decision"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/org"
	"github.com/diarchy/diarchy/internal/workspace"
)

// driftYears is how far back decisions say something of how two leaders work today.
const driftYears = 2

// AgreementDrift implements cli.Actions.
func (p *program) AgreementDrift(ctx context.Context, scope cli.Scope) (out cockpit.Drift, err error) {
	r, err := p.read(ctx, scope)
	if err != nil {
		return out, err
	}
	defer r.close()
	agreed, err := r.agreedOrNone()
	if err != nil {
		return out, err
	}
	out, err = r.drift(ctx, agreed)
	if err != nil {
		return out, err
	}
	x := &explaining{reading: r}
	if err := x.names(ctx); err != nil {
		return out, err
	}
	for i := range out.Kinds {
		for j := range out.Kinds[i].Traces {
			out.Kinds[i].Traces[j].Title = x.hide.mask(out.Kinds[i].Traces[j].Title)
		}
	}
	for i := range out.Unmatched {
		out.Unmatched[i].Title = x.hide.mask(out.Unmatched[i].Title)
	}
	_, out.Skipped, err = r.sourceViews(ctx)
	return out, err
}

// drift holds the agreement against the decision records of the last years.
func (r *reading) drift(ctx context.Context, agreed *workspace.Agreement) (cockpit.Drift, error) {
	f, err := r.decisionFacts(ctx)
	if err != nil {
		return cockpit.Drift{}, err
	}
	roles := r.roles()
	begin := r.asOf.AddDate(-driftYears, 0, 0)
	var traces []agreement.Trace
	for _, rec := range decision.Records(f) {
		if t, ok := traceOf(rec, roles); ok {
			traces = append(traces, t)
		}
	}
	return agreement.Drift(r.playbook, agreed, traces, begin, r.asOf.Add(-time.Nanosecond)), nil
}

// traceOf is a record as a trace; false for one that was never proposed nor decided.
func traceOf(rec decision.Record, roles roleFinder) (agreement.Trace, bool) {
	t := agreement.Trace{ID: rec.ID, Record: rec.Repository + ":" + rec.Path, Title: rec.Title, Path: rec.Path, Labels: rec.Stated(fact.DecisionTag)}
	for _, s := range rec.States {
		switch {
		case s.Status == decision.Proposed && t.Proposed.IsZero():
			t.Proposed = s.At
		case s.Status == decision.Accepted && t.Decided.IsZero(), s.Status == decision.Rejected && t.Decided.IsZero():
			t.Decided = s.At
		}
	}
	if t.Proposed.IsZero() && t.Decided.IsZero() || t.Decided.IsZero() && rec.Status != decision.Proposed {
		return t, false
	}
	on := t.Decided
	if on.IsZero() {
		on = t.Proposed
	}
	for _, who := range rec.Stated(fact.DecisionDecider) {
		t.Deciders = append(t.Deciders, roles.of(who, on))
	}
	return t, true
}

// roleFinder tells the role of somebody whom a record names.
type roleFinder struct {
	people map[string][]*workspace.Person // by id, e-mail, login and name, in lower case; several are times of one
}

func (r *reading) roles() roleFinder {
	f := roleFinder{people: map[string][]*workspace.Person{}}
	if r.chart == nil {
		return f
	}
	doc := r.chart.Document()
	for i := range doc.People {
		p := &doc.People[i]
		for _, key := range append(append([]string{p.ID, p.Name}, p.Emails...), p.Logins...) {
			if key = strings.ToLower(key); key != "" {
				f.people[key] = append(f.people[key], p)
			}
		}
	}
	return f
}

// during is the entry of the time in which a day lies, the last that had begun when none does.
func during(times []*workspace.Person, on time.Time) *workspace.Person {
	last := times[0]
	for _, p := range times {
		if !p.Start.After(on) && (last.Start.After(on) || !p.Start.Before(last.Start)) {
			last = p
		}
	}
	return last
}

// roleNames are the words by which records call roles, longest first.
var roleNames = []struct {
	words *regexp.Regexp
	role  string
}{
	{regexp.MustCompile(`(?i)\b(?:chief technology officer|cto)\b`), "cto"},
	{regexp.MustCompile(`(?i)\b(?:vp of engineering|vp engineering|vpe|vice president of engineering|head of engineering)\b`), "vpe"},
	{regexp.MustCompile(`(?i)\b(?:technical leader|technical lead)\b`), "technical_leader"},
	{regexp.MustCompile(`(?i)\bchief architect\b`), "chief_architect"},
	{regexp.MustCompile(`(?i)\b(?:ceo|chief executive officer)\b`), "ceo"},
	{regexp.MustCompile(`(?i)\b(?:product management|product managers?|head of product)\b`), "product"},
	{regexp.MustCompile(`(?i)\b(?:engineering managers?)\b`), "managers"},
	{regexp.MustCompile(`(?i)\b(?:directors?)\b`), "directors"},
	{regexp.MustCompile(`(?i)\bteams?\b`), "teams"},
}

// documentRoles are roles of the organisation as an agreement calls them.
var documentRoles = map[string]string{
	"engineering_manager": "managers", "director": "directors", "engineer": "teams", "lead": "teams", "lead_architect": "teams", "product_manager": "product", "head_of_engineering": "vpe",
}

// of is the role of a name on a day; "" when it is not known.
func (f roleFinder) of(name string, on time.Time) string {
	key := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "@"))
	if times := f.people[key]; len(times) > 0 {
		role := org.JobAt(during(times, on), org.DayOf(on)).Role
		if short, ok := documentRoles[role]; ok {
			return short
		}
		return role
	}
	if i := slices.IndexFunc(roleNames, func(r struct {
		words *regexp.Regexp
		role  string
	}) bool {
		return r.words.MatchString(name)
	}); i >= 0 {
		return roleNames[i].role
	}
	return ""
}
