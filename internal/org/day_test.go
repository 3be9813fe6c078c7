package org

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/diarchy/diarchy/internal/workspace"
)

// seen is all that an organisation is on a day, by names.
type seen struct {
	People    map[string]workspace.Job
	Managers  map[string]string
	Dotted    map[string][]string
	Teams     map[string]float64
	Positions []string
	Owners    []workspace.Ownership
	Measures  Measures
}

func look(c *Chart, d Day) seen {
	s := c.At(d)
	id := func(m int) string { return s.Members[m].Person.ID }
	v := seen{People: map[string]workspace.Job{}, Managers: map[string]string{}, Dotted: map[string][]string{}, Teams: map[string]float64{}, Measures: s.Measure(Bounds{4, 5, 9})}
	for i := range s.Members {
		job := s.Members[i].Job
		job.Manager = "" // may be that of a line that stands by itself
		v.People[id(i)] = job
		if m := s.Members[i].Manager; m >= 0 {
			v.Managers[id(i)] = id(m)
		}
		for _, to := range s.Dotted(i) {
			v.Dotted[id(i)] = append(v.Dotted[id(i)], id(to))
		}
	}
	v.Measures.Teams = nil // with their lines in the document
	for _, t := range s.TeamsNow() {
		v.Teams[t.Team.ID] = t.People
	}
	for _, p := range s.Open() {
		v.Positions = append(v.Positions, p.ID)
	}
	for _, o := range s.Owners() {
		v.Owners = append(v.Owners, workspace.Ownership{Team: o.Team, Repository: o.Repository, Path: o.Path})
	}
	return v
}

// TestDocumentOfADay: the document of a day, written and read again, says of that day what
// the whole one says, and knows nothing of what came later.
func TestDocumentOfADay(t *testing.T) {
	doc := large(400)
	doc.People[20].End = on("2023-01-31").Time()
	doc.Reporting = append(doc.Reporting, // begins before the manager of the job changes, and after
		workspace.ReportingLine{Person: "p000100", To: "p000001", Since: on("2018-01-01").Time()},
		workspace.ReportingLine{Person: "p000101", To: "p000002", Since: on("2023-06-01").Time(), Until: on("2024-01-31").Time()})
	doc.Teams = append(doc.Teams, workspace.OrgTeam{ID: "old", Until: on("2022-12-31").Time()})
	c := New(doc)
	for _, day := range []string{"2016-01-04", "2018-03-01", "2020-02-29", "2022-12-31", "2023-02-01", "2023-12-01", "2025-11-30"} {
		d := on(day)
		var b bytes.Buffer
		if err := c.On(d).Encode(&b); err != nil {
			t.Fatal(err)
		}
		again, err := workspace.ParseOrganisation("o", b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(look(c, d), look(New(again), d), cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-whole +of the day):\n%s", day, diff)
		}
		if slices.ContainsFunc(again.People, func(p workspace.Person) bool { return len(p.Changes) > 0 || !p.End.IsZero() }) {
			t.Errorf("%s: somebody changes or leaves later", day)
		}
		if bytes.Contains(b.Bytes(), []byte("until:")) || bytes.Contains(b.Bytes(), []byte("closed:")) {
			t.Errorf("%s: something ends later", day)
		}
	}
}
