package agreement

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Trace is a decision that really happened, or is waited for.
type Trace struct {
	ID       string // as a user names it
	Record   string // what no other record is called: repository:path
	Title    string
	Path     string
	Labels   []string
	Proposed time.Time // zero: not known
	Decided  time.Time // zero: still open
	Deciders []string  // roles of those who decided; "" for somebody whose role is not known
}

// What drift needs before it says anything of a kind of decision.
const (
	fewestTraces = 3   // whose deciders are known
	driftShare   = 0.5 // more than this share decided by somebody else
)

// Ways in which practice leaves the paper.
const (
	decidedByAnother = "decided_by_another"
	decidedLate      = "decided_late"
	waitsTooLong     = "waits_too_long"
)

// Drift holds who decides on paper against who decided: the agreement's rights, or the
// playbook's where there is no agreement. What was decided before since, or before the
// agreement held, says nothing of it and is counted alone.
func Drift(p *playbook.Playbook, a *workspace.Agreement, all []Trace, since, today time.Time) cockpit.Drift {
	if a != nil && a.Effective.After(since) {
		since = a.Effective
	}
	var traces []Trace
	for _, t := range all {
		if t.Decided.IsZero() || !t.Decided.Before(since) {
			traces = append(traces, t)
		}
	}
	d := drifting{rights: Rights(p, a), agreed: a != nil, n: newDecider(p, a).n, today: today, by: map[string]*cockpit.DriftKind{}}
	out := cockpit.Drift{Schema: cockpit.DriftSchema, AsOf: today.Format(time.DateOnly), Agreed: a != nil, Since: since.Format(time.DateOnly), Traces: len(traces), Older: len(all) - len(traces), Kinds: []cockpit.DriftKind{}, Findings: []cockpit.DriftFinding{}, Unmatched: []cockpit.DriftTrace{}}
	for _, t := range traces {
		right, why, ok := d.match(t)
		if !ok {
			out.Unmatched = append(out.Unmatched, trace(t, "", 0, why))
			continue
		}
		d.take(right, t, why)
	}
	for _, r := range d.rights {
		k := d.by[r.ID]
		if k == nil {
			continue
		}
		out.Kinds = append(out.Kinds, *k)
		out.Findings = append(out.Findings, d.find(r, *k)...)
	}
	out.Summary = driftSummary(out)
	return out
}

type drifting struct {
	rights []Right
	agreed bool // else the rights are what the playbook proposes
	n      names
	today  time.Time
	by     map[string]*cockpit.DriftKind
}

// match finds the kind of a trace: the one that most of its words and labels tell. Two
// that are told alike are none.
func (d *drifting) match(t Trace) (best Right, why string, ok bool) {
	most, tie := 0, false
	for _, r := range d.rights {
		score, said := matches(r, t)
		switch {
		case score > most:
			best, why, most, tie = r, said, score, false
		case score == most && score > 0:
			tie = true
		}
	}
	switch {
	case most == 0:
		return best, "no word of its title, no label and no path tells a kind", false
	case tie:
		return best, "it reads like several kinds", false
	}
	return best, why, true
}

// matches counts the letters of keywords that a title holds, as whole words; a label
// or a path counts as a long one.
func matches(r Right, t Trace) (score int, why string) {
	title := " " + words(t.Title) + " "
	longest := ""
	for _, k := range r.Keywords {
		if w := words(k); w != "" && strings.Contains(title, " "+w+" ") {
			score += len(w)
			if len(w) > len(longest) {
				longest = w
			}
		}
	}
	if longest != "" {
		why = fmt.Sprintf("its title says %q", longest)
	}
	for _, l := range t.Labels {
		if slices.ContainsFunc(r.Labels, func(x string) bool { return strings.EqualFold(x, l) }) {
			score, why = score+20, fmt.Sprintf("it is labelled %q", l)
		}
	}
	for _, pattern := range r.Paths {
		if glob(pattern).MatchString(t.Path) {
			score, why = score+20, fmt.Sprintf("it lies in %s", pattern)
		}
	}
	return score, why
}

// glob is a pattern of paths in which * stands for anything but a slash, and ** for
// anything.
func glob(pattern string) *regexp.Regexp {
	p := regexp.QuoteMeta(pattern)
	p = strings.ReplaceAll(p, `\*\*/`, `(?:.*/)?`)
	p = strings.ReplaceAll(p, `\*\*`, `.*`)
	p = strings.ReplaceAll(p, `\*`, `[^/]*`)
	return regexp.MustCompile("^" + p + "$")
}

// words is a text in lower case with single blanks between letters and digits.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80)
	}), " ")
}

func (d *drifting) take(r Right, t Trace, why string) {
	k := d.by[r.ID]
	if k == nil {
		k = &cockpit.DriftKind{ID: r.ID, Title: r.Title, Owner: d.n.words(r.Decides), Owners: r.Decides, Days: r.Days, Others: []cockpit.DriftCount{}, Traces: []cockpit.DriftTrace{}}
		d.by[r.ID] = k
	}
	days := 0
	if !t.Proposed.IsZero() {
		end := t.Decided
		if end.IsZero() {
			end = d.today
		}
		days = workdays(t.Proposed, end)
	}
	by, another, late := "", false, r.Days > 0 && !t.Proposed.IsZero() && days > r.Days
	switch known := slices.DeleteFunc(slices.Clone(t.Deciders), func(s string) bool { return s == "" }); {
	case t.Decided.IsZero():
		k.Open++
		if late {
			k.Overdue++
		}
	case len(known) == 0:
		k.Unknown++
	case slices.ContainsFunc(known, func(s string) bool {
		return slices.Contains(r.Decides, s) || s == workspace.RoleTechnicalLeader && leads(r.Decides)
	}):
		k.ByOwner++
		by = d.n.words(r.Decides)
	default:
		another, by = true, d.n.called(known[0])
		count(&k.Others, known[0], by)
	}
	if !t.Decided.IsZero() {
		k.Decided++
		if late {
			k.Late++
		}
	}
	told := trace(t, by, days, why)
	told.Departs = late || another
	k.Traces = append(k.Traces, told)
}

// leads tells whether one of the two roles decides, both of which a technical leader has.
func leads(decides []string) bool {
	return slices.Contains(decides, workspace.RoleCTO) || slices.Contains(decides, workspace.RoleVPE)
}

func count(all *[]cockpit.DriftCount, role, called string) {
	i := slices.IndexFunc(*all, func(c cockpit.DriftCount) bool { return c.Role == role })
	if i < 0 {
		i = len(*all)
		*all = append(*all, cockpit.DriftCount{Role: role, Called: called})
	}
	(*all)[i].Count++
	slices.SortStableFunc(*all, func(a, b cockpit.DriftCount) int { return cmp.Compare(b.Count, a.Count) })
}

func trace(t Trace, by string, days int, why string) cockpit.DriftTrace {
	return cockpit.DriftTrace{ID: t.ID, Record: t.Record, Title: t.Title, Decided: date(t.Decided), By: by, Days: days, Why: why}
}

// find says what drifts of a kind.
func (d *drifting) find(r Right, k cockpit.DriftKind) (out []cockpit.DriftFinding) {
	others := 0
	for _, o := range k.Others {
		others += o.Count
	}
	if known := k.ByOwner + others; known >= fewestTraces && float64(others) > driftShare*float64(known) {
		most := k.Others[0]
		owned := d.said("owned by "+k.Owner+" on paper", "the playbook proposes "+k.Owner)
		advice := d.said("Say in the agreement who really decides, or bring these decisions back to the owner.", "Agree on who decides: diarchy agreement draft")
		text := fmt.Sprintf("%s: %s, decided by %s in %d of %d.", r.Title, owned, most.Called, most.Count, known)
		out = append(out, cockpit.DriftFinding{Kind: k.ID, What: decidedByAnother, Text: text, Cites: r.Cites, Advice: advice})
	}
	if k.Late >= fewestTraces && float64(k.Late) > driftShare*float64(k.Decided) {
		out = append(out, cockpit.DriftFinding{Kind: k.ID, What: decidedLate, Text: fmt.Sprintf("%s: %s %s, and late in %d of %d.", r.Title, d.said("agreed within", "the playbook proposes"), days(r.Days), k.Late, k.Decided), Cites: r.Cites,
			Advice: "Give each a date and the step of escalation that follows it, or agree on a longer time."})
	}
	if k.Overdue > 0 {
		out = append(out, cockpit.DriftFinding{Kind: k.ID, What: waitsTooLong, Text: fmt.Sprintf("%s: %s for longer than the %s that %s.", r.Title, counted(k.Overdue, "decision waits", "decisions wait"), days(r.Days), d.said("are agreed", "the playbook proposes")), Cites: r.Cites,
			Advice: "Take them along the path of escalation now: diarchy decide --kind " + k.ID})
	}
	return out
}

// said chooses words for what leaders agreed on, or for what only the playbook proposes.
func (d *drifting) said(agreed, proposed string) string {
	if d.agreed {
		return agreed
	}
	return proposed
}

func driftSummary(d cockpit.Drift) string {
	paper := "the agreement"
	if !d.Agreed {
		paper = "what the playbook proposes (there is no agreement yet)"
	}
	matched := d.Traces - len(d.Unmatched)
	if d.Older > 0 && d.Traces == 0 {
		return fmt.Sprintf("None of %s was decided since %s, so there is nothing to hold against %s.", counted(d.Older, "decision record", "decision records"), d.Since, paper)
	}
	if d.Older > 0 {
		paper += fmt.Sprintf(" (since %s: %d older left out)", d.Since, d.Older)
	}
	switch {
	case d.Traces == 0:
		return "There are no decision records to hold against " + paper + "."
	case matched == 0:
		return fmt.Sprintf("None of %s could be told to be of a kind that %s names.", counted(d.Traces, "decision record", "decision records"), paper)
	case len(d.Findings) == 0:
		return fmt.Sprintf("%d of %s were held against %s, and nothing drifts that can be seen.", matched, counted(d.Traces, "decision record", "decision records"), paper)
	}
	return fmt.Sprintf("%s: held against %s, by %d of %s.", counted(len(d.Findings), "thing drifts", "things drift"), paper, matched, counted(d.Traces, "decision record", "decision records"))
}

// workdays counts Mondays to Fridays from the day after one day up to another.
func workdays(from, to time.Time) int {
	n := 0
	day := from.Truncate(24 * time.Hour)
	last := to.Truncate(24 * time.Hour)
	if weeks := int(last.Sub(day).Hours()/24) / 7; weeks > 0 {
		n, day = 5*weeks, day.AddDate(0, 0, 7*weeks)
	}
	for day = day.AddDate(0, 0, 1); !day.After(last); day = day.AddDate(0, 0, 1) {
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	return n
}
