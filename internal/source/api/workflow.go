package api

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

// Workflow is what the states of a forge's issue mean: it is open or closed, and worked on
// while it is open and a label of it, or its column on a board, says so.
type Workflow struct {
	Open  string   // the forge's word for it
	Doing []string // labels and columns that say so, in capitals or not
}

// Happened is one thing that happened to an issue.
type Happened struct {
	At     time.Time
	Status string // it is Closed or open from now on, by the forge's word; "" for what follows
	Closed bool

	Label, NoLabel string // it has a label from now on, or has it no longer
	Column         string // it stands there on a board from now on
	Moved          bool   // it stands in Column, which may be none
}

// Says tells whether a label or column is one that work goes on under.
func (w Workflow) Says(name string) bool {
	return slices.ContainsFunc(w.Doing, func(d string) bool { return strings.EqualFold(strings.TrimSpace(d), strings.TrimSpace(name)) })
}

// Reading has issues read anew that were read with other words for work.
func (w Workflow) Reading(req source.Pull) source.Pull {
	asked := make([]string, len(w.Doing))
	for i, d := range w.Doing {
		asked[i] = strings.ToLower(strings.TrimSpace(d))
	}
	slices.Sort(asked)
	return Asking(req, strings.Join(slices.Compact(asked), "\n"))
}

// Look adds to a sight that has issues what it costs that nobody said what means work.
func (w Workflow) Look(s source.Sight) source.Sight {
	if len(w.Doing) == 0 && slices.ContainsFunc(s.Sees, func(seen source.Seen) bool { return seen.What == "issues" }) {
		s.Lacks = append(s.Lacks, source.Lack{What: "word for work on issues", Why: "an issue is open or closed, and no label is named that says more",
			Costs: "work in progress and flow efficiency of issues", Do: "write doing: [LABEL] into its entry in diarchy.yaml"})
	}
	return s
}

// Follow gives an issue its transitions, oldest first, and the state in which they end. What
// it says of being closed, and of its labels, is of now: a transition that happenings lack is
// made up of that, as with issues that were imported. When a label came that happenings lack
// is not known, so nothing is made up of it.
func (w Workflow) Follow(is *fact.Issue, all []Happened) error {
	var err error
	slices.SortStableFunc(all, func(a, b Happened) int { return a.At.Compare(b.At) })
	now := standing{workflow: w}
	for _, h := range all {
		err = errors.Join(err, Require(!h.At.IsZero(), "time of an event"))
		now.take(is, h)
	}
	if err != nil {
		return err
	}
	switch {
	case is.Category == fact.IssueDone:
		now.take(is, Happened{At: is.ResolvedAt, Status: is.Status, Closed: true})
		return nil
	case now.closed != "":
		return nil // it was opened again, and when is not known
	}
	for _, gone := range slices.Clone(now.labels) {
		if !slices.Contains(is.Labels, gone) { // the label itself is no more
			now.take(is, Happened{At: is.UpdatedAt, NoLabel: gone})
		}
	}
	is.Status, is.Category = now.state()
	for _, l := range is.Labels {
		if is.Category == fact.IssueToDo && w.Says(l) {
			is.Status, is.Category = l, fact.IssueDoing
		}
	}
	return nil
}

// standing is how an issue stands at a time.
type standing struct {
	workflow Workflow
	closed   string   // how it was closed; "" while it is open
	labels   []string // those that say that it is worked on, the last one last
	column   string   // that says so; "" for none
}

func (s *standing) take(is *fact.Issue, h Happened) {
	from, fromCategory := s.state()
	switch {
	case h.Closed:
		if s.closed == "" {
			s.closed = h.Status
		}
	case h.Status != "":
		s.closed = ""
	case h.Label != "" && s.workflow.Says(h.Label):
		if !slices.Contains(s.labels, h.Label) {
			s.labels = append(s.labels, h.Label)
		}
	case h.NoLabel != "":
		s.labels = slices.DeleteFunc(s.labels, func(l string) bool { return l == h.NoLabel })
	case h.Moved:
		if s.column = ""; s.workflow.Says(h.Column) {
			s.column = h.Column
		}
	}
	if to, toCategory := s.state(); to != from {
		is.Transitions = append(is.Transitions, fact.Transition{From: from, To: to, FromCategory: fromCategory, ToCategory: toCategory, At: Moment(h.At)})
	}
}

func (s *standing) state() (string, fact.IssueCategory) {
	switch {
	case s.closed != "":
		return s.closed, fact.IssueDone
	case s.column != "":
		return s.column, fact.IssueDoing
	case len(s.labels) > 0:
		return s.labels[len(s.labels)-1], fact.IssueDoing
	}
	return s.workflow.Open, fact.IssueToDo
}
