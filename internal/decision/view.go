package decision

import (
	"path"
	"slices"
	"sort"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/fact"
)

// List shows the records with a status, or all of them. cockpit.NoRecordStatus asks for
// those that state none.
func List(f Facts, status string) cockpit.RecordList {
	records, x := prepare(f)
	flags := flagged(Findings(f))
	out := cockpit.RecordList{Schema: cockpit.RecordListSchema, AsOf: f.lastDay(), Total: len(records), Records: []cockpit.RecordSummary{}, Skipped: []cockpit.Skipped{}}
	for _, r := range x.all {
		if status == "" || r.Status == status || r.Status == "" && status == cockpit.NoRecordStatus {
			out.Records = append(out.Records, f.summary(r, flags))
		}
	}
	return out
}

// Check lists what does not hold together.
func Check(f Facts) cockpit.RecordCheck {
	records, _ := prepare(f)
	return cockpit.RecordCheck{Schema: cockpit.RecordCheckSchema, AsOf: f.lastDay(), Records: len(records), Findings: Findings(f), Skipped: []cockpit.Skipped{}}
}

// Find lists the records that words can mean: a path or the end of one, the name of a
// file, a number, or a title, behind "repository:" or not.
func Find(f Facts, words string) []Record {
	_, x := prepare(f)
	return x.find(words)
}

// Show shows one record.
func Show(f Facts, r Record) cockpit.RecordView {
	_, x := prepare(f)
	findings := Findings(f)
	v := cockpit.RecordView{Schema: cockpit.RecordSchema, AsOf: f.lastDay(), Record: f.summary(r, flagged(findings)), Date: r.lastStated(fact.DecisionDate), ReviewBy: r.lastStated(fact.DecisionReview),
		Deciders: r.Stated(fact.DecisionDecider), Consulted: r.Stated(fact.DecisionConsulted), Informed: r.Stated(fact.DecisionInformed), Tags: r.Stated(fact.DecisionTag),
		Supersedes: x.references(r, fact.DecisionSupersedes), SupersededBy: x.references(r, fact.DecisionSupersededBy), Links: []cockpit.RecordRef{},
		History: []cockpit.RecordState{}, Findings: []cockpit.RecordFinding{}, Skipped: []cockpit.Skipped{}}
	for _, other := range x.heirs[r.place()] { // what one of the two says is enough
		if !refersTo(v.SupersededBy, other) {
			v.SupersededBy = append(v.SupersededBy, reference(other.Path, &other))
		}
	}
	v.InForce = x.inForce(r)
	for _, target := range r.Stated(fact.DecisionLink) {
		if to := x.refers(r, target); to != nil {
			if !refersTo(v.Supersedes, *to) && !refersTo(v.SupersededBy, *to) {
				v.Links = append(v.Links, reference(target, to))
			}
		} else if p := relative(r.Path, unescaped(target)); f.Exists[Place{r.Repository, p}] {
			v.Links = append(v.Links, cockpit.RecordRef{Stated: target, Path: p})
		} else {
			v.Links = append(v.Links, cockpit.RecordRef{Stated: target})
		}
	}
	for _, s := range r.States {
		v.History = append(v.History, cockpit.RecordState{Status: s.Status, Day: f.day(s.At), Commit: s.SHA, Path: s.Path, Versions: s.Versions})
	}
	for _, g := range findings {
		if g.Repository == r.Repository && g.Path == r.Path {
			v.Findings = append(v.Findings, g)
		}
	}
	return v
}

func prepare(f Facts) ([]Record, index) {
	records := Records(f)
	return records, newIndex(records)
}

func (f Facts) summary(r Record, flags map[Place][]string) cockpit.RecordSummary {
	s := cockpit.RecordSummary{ID: r.ID, Repository: r.Repository, Path: r.Path, Title: r.Title, Status: r.Status, Since: f.day(r.Since), Days: r.Days, Flags: flags[Place{r.Repository, r.Path}]}
	s.Roles, s.Others = parties(r.Stated(fact.DecisionDecider))
	if s.Flags == nil {
		s.Flags = []string{}
	}
	return s
}

// flagged are the kinds of findings by record.
func flagged(findings []cockpit.RecordFinding) map[Place][]string {
	out := map[Place][]string{}
	for _, g := range findings {
		if at := (Place{g.Repository, g.Path}); g.Path != "" && !slices.Contains(out[at], g.Kind) {
			out[at] = append(out[at], g.Kind)
		}
	}
	return out
}

func (x index) references(r Record, kind fact.DecisionFieldKind) []cockpit.RecordRef {
	out := []cockpit.RecordRef{}
	for _, target := range r.Stated(kind) {
		out = append(out, reference(target, x.refers(r, target)))
	}
	return out
}

// inForce follows the successors of a superseded record to the one that is not superseded
// itself; "" when there is none, or they go in a circle.
func (x index) inForce(r Record) string {
	seen := map[Place]bool{}
	for at := r; !seen[at.place()]; {
		seen[at.place()] = true
		var next *Record
		for _, target := range at.Stated(fact.DecisionSupersededBy) {
			if next == nil {
				next = x.refers(at, target)
			}
		}
		if heirs := x.heirs[at.place()]; next == nil && len(heirs) > 0 {
			next = &heirs[len(heirs)-1]
		}
		if next == nil {
			if at.place() == r.place() || at.Status == Superseded {
				return ""
			}
			return at.Path
		}
		at = *next
	}
	return ""
}

func reference(stated string, to *Record) cockpit.RecordRef {
	if to == nil {
		return cockpit.RecordRef{Stated: stated}
	}
	return cockpit.RecordRef{Stated: stated, Path: to.Path, Title: to.Title, Status: to.Status}
}

func refersTo(refs []cockpit.RecordRef, r Record) bool {
	return slices.ContainsFunc(refs, func(ref cockpit.RecordRef) bool { return ref.Path == r.Path })
}

// Linked are the documents that records link to, to be looked up for Facts.Exists.
func Linked(f Facts) []Place {
	seen := map[Place]bool{}
	var out []Place
	for _, r := range Records(f) {
		for _, target := range r.Stated(fact.DecisionLink) {
			if at := (Place{r.Repository, relative(r.Path, unescaped(target))}); !seen[at] && inside(at.Path) {
				seen[at] = true
				out = append(out, at)
			}
		}
	}
	sort.Slice(out, func(a, b int) bool {
		return out[a].Repository < out[b].Repository || out[a].Repository == out[b].Repository && out[a].Path < out[b].Path
	})
	return out
}

// inside reports whether a path lies in the repository.
func inside(p string) bool {
	return p != ".." && !path.IsAbs(p) && (len(p) < 3 || p[:3] != "../")
}

func (f Facts) day(t time.Time) string {
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format(time.DateOnly)
}

// lastDay is the day at the end of which facts are looked at.
func (f Facts) lastDay() string { return f.day(f.AsOf.Add(-time.Nanosecond)) }
