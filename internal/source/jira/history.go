package jira

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// oldestFirst puts changes into their order, whichever Jira has them in, each once.
func oldestFirst(list []historyAnswer) []historyAnswer {
	slices.SortStableFunc(list, func(a, b historyAnswer) int {
		x, _ := strconv.ParseInt(a.ID, 10, 64)
		y, _ := strconv.ParseInt(b.ID, 10, 64)
		return cmp.Or(a.Created.Compare(b.Created.Time), cmp.Compare(x, y), cmp.Compare(a.ID, b.ID))
	})
	return slices.CompactFunc(list, func(a, b historyAnswer) bool { return a.ID != "" && a.ID == b.ID })
}

// transitions are the changes of status.
func (w *workflow) transitions(list []historyAnswer) (out []fact.Transition) {
	closing := closingStatuses(list)
	meaning := func(id, name string) status {
		s := w.meaning(id, name)
		if s.Category == "" && closing[id] {
			s.Category = fact.IssueDone
		}
		return s
	}
	for _, h := range list {
		for _, it := range h.Items {
			if it.Field != "status" || it.From == it.To {
				continue
			}
			from, to := meaning(it.From, it.FromString), meaning(it.To, it.ToString)
			out = append(out, fact.Transition{From: from.Name, To: to.Name, FromCategory: from.Category, ToCategory: to.Category, At: h.Created.Time})
		}
	}
	return out
}

// closingStatuses are those that an issue came into when it got a resolution: what is left to
// tell by that a removed status meant done.
func closingStatuses(list []historyAnswer) map[string]bool {
	out := map[string]bool{}
	for _, h := range list {
		to, resolved := "", false
		for _, it := range h.Items {
			if it.Field == "status" {
				to = it.To
			}
			resolved = resolved || it.Field == "resolution" && it.To != ""
		}
		if resolved && to != "" {
			out[to] = true
		}
	}
	return out
}

// resolvedAt is when an issue that is done was done last: when it came into the statuses that mean so,
// not when it went from one of them to the next.
func resolvedAt(i fact.Issue, told time.Time) time.Time {
	if i.Category != fact.IssueDone {
		return time.Time{}
	}
	at := time.Time{}
	for _, t := range slices.Backward(i.Transitions) {
		if t.ToCategory != fact.IssueDone {
			break
		}
		at = t.At
		if t.FromCategory != fact.IssueDone {
			break
		}
	}
	if !at.IsZero() {
		return at
	}
	if !told.IsZero() { // made when it was done already, as imports are
		return told
	}
	return i.OpenedAt
}

// spans are the times in sprints. An issue that is not done when its sprint ends stays in that one,
// and comes into the next beside it. Before the first change it was where that change found it.
func spans(opened time.Time, field string, list []historyAnswer, now []string) (out []fact.SprintSpan) {
	var changes []fact.Transition // of the field with sprints
	for _, h := range list {
		for _, it := range h.Items {
			if field != "" && (it.FieldID == field || it.FieldID == "" && it.Field == "Sprint") {
				changes = append(changes, fact.Transition{From: it.From, To: it.To, At: h.Created.Time})
			}
		}
	}
	first := now
	if len(changes) > 0 {
		first = listed(changes[0].From)
		if changes[0].At.Before(opened) { // of an import
			opened = changes[0].At
		}
	}
	open := map[string]int{}
	add := func(id string, at time.Time) {
		if _, in := open[id]; !in {
			open[id] = len(out)
			out = append(out, fact.SprintSpan{SprintID: id, AddedAt: at})
		}
	}
	for _, id := range first {
		add(id, opened)
	}
	for _, c := range changes {
		to := listed(c.To)
		for id, i := range open {
			if !slices.Contains(to, id) {
				out[i].RemovedAt = c.At
				delete(open, id)
			}
		}
		for _, id := range to {
			add(id, c.At)
		}
	}
	// Sprints that are deleted go without a change.
	return slices.DeleteFunc(out, func(s fact.SprintSpan) bool {
		return s.RemovedAt.IsZero() && !slices.Contains(now, s.SprintID)
	})
}
