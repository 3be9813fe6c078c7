package decision

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/google/go-cmp/cmp"
)

func at(day int) time.Time { return time.Date(2024, 1, day, 9, 0, 0, 0, time.UTC) }

// version is a record as it landed on a day of 2024. fields are "kind value".
func version(day int, path, status string, fields ...string) Version {
	v := Version{Repository: "repo", Record: path, LandedAt: at(day), AuthoredAt: at(day), Order: int64(day)}
	v.Path, v.SHA, v.Status, v.Title = path, fmt.Sprintf("c%d", day), status, "Title of "+path
	for _, f := range fields {
		kind, value, _ := strings.Cut(f, " ")
		v.Fields = append(v.Fields, fact.DecisionField{Kind: fact.DecisionFieldKind(kind), Value: value})
	}
	return v
}

func facts(asOf int, versions ...Version) Facts {
	return Facts{AsOf: at(asOf), Zone: time.UTC, Versions: versions}
}

// says are findings as "path kind: sentence".
func says(found []cockpit.RecordFinding) (out []string) {
	for _, g := range found {
		out = append(out, strings.TrimSpace(g.Path+" "+g.Kind+": "+g.Says))
	}
	return out
}

type seen map[string]time.Time

func (s seen) LastSeen(name string) (time.Time, bool) { t, ok := s[name]; return t, ok }
func (s seen) Left(name string) (time.Time, bool)     { t, ok := s[name]; return t, ok }

func TestFindings(t *testing.T) {
	t.Parallel()
	const by = "decider CTO" // so that nothing else is found
	cases := []struct {
		name  string
		facts Facts
		want  []string
	}{
		{"all is well", facts(40, version(1, "adr/0001-a.md", Superseded, "superseded_by 0002-b.md", "link 0002-b.md"), version(2, "adr/0002-b.md", Accepted, by, "supersedes 0001-a.md", "link 0001-a.md")), nil},
		{"not stalled at 60 days", facts(61, version(1, "adr/0001-a.md", Proposed)), nil},
		{"stalled from the day after", facts(62, version(1, "adr/0001-a.md", Proposed)), []string{"adr/0001-a.md stalled: has been waiting for a decision for 61 days"}},
		{"an edit does not restart the clock", facts(62, version(1, "adr/0001-a.md", Proposed), version(50, "adr/0001-a.md", Proposed)), []string{"adr/0001-a.md stalled: has been waiting for a decision for 61 days"}},
		{"the day of review is not passed on that day", facts(31, version(1, "adr/0001-a.md", Accepted, by, "review 2024-01-31")), nil},
		{"review passed", facts(63, version(1, "adr/0001-a.md", Accepted, by, "review 2024-01-31")), []string{"adr/0001-a.md review_passed: was to be looked at again by 31 January 2024, 32 days ago"}},
		{"nobody reviews what is rejected", facts(63, version(1, "adr/0001-a.md", Rejected, "review 2024-01-31")), nil},
		{"no successor", facts(9, version(1, "adr/0001-a.md", Superseded)), []string{"adr/0001-a.md no_successor: is superseded, and nothing says by what"}},
		{"a successor that speaks for both", facts(9, version(1, "adr/0001-a.md", Superseded), version(2, "adr/0002-b.md", Accepted, by, "supersedes 1")), nil},
		{"a successor that is not there", facts(9, version(1, "adr/0001-a.md", Superseded, "superseded_by ADR-7")), []string{"adr/0001-a.md successor_missing: is superseded by ADR-7, of which there is no record here"}},
		{"a successor elsewhere", facts(9, version(1, "adr/0001-a.md", Superseded, "superseded_by https://example.com/7")), nil},
		{"a successor that does not link back", facts(9, version(1, "adr/0001-a.md", Superseded, "superseded_by 2"), version(2, "adr/0002-b.md", Accepted, by)),
			[]string{"adr/0001-a.md no_link_back: is superseded by adr/0002-b.md, which does not mention it"}},
		{"superseded, and not told", facts(9, version(1, "adr/0001-a.md", Accepted, by), version(2, "adr/0002-b.md", Accepted, by, "supersedes ADR-0001")),
			[]string{"adr/0001-a.md not_marked: is accepted, though adr/0002-b.md says that it supersedes it"}},
		{"not while the successor is only proposed", facts(9, version(1, "adr/0001-a.md", Accepted, by), version(2, "adr/0002-b.md", Proposed, by, "supersedes ADR-0001")), nil},
		{"without deciders", facts(9, version(1, "adr/0001-a.md", Accepted), version(2, "adr/0002-b.md", Accepted, by)), []string{"adr/0001-a.md no_deciders: was accepted, and does not say by whom"}},
		{"none names deciders", facts(9, version(1, "adr/0001-a.md", Accepted), version(2, "adr/0002-b.md", Accepted), version(3, "adr/0003-c.md", Rejected)), []string{"no_deciders: none of its 2 accepted records says who decided"}},
		{"reopened", facts(9, version(1, "adr/0001-a.md", Accepted, by), version(2, "adr/0001-a.md", Proposed, by), version(3, "adr/0001-a.md", Accepted, by)),
			[]string{"adr/0001-a.md reopened: was accepted from 2024-01-01, and proposed again from 2024-01-02"}},
		{"taken back into force", facts(9, version(1, "adr/0001-a.md", Deprecated), version(2, "adr/0001-a.md", Accepted, by)), []string{"adr/0001-a.md reopened: was deprecated from 2024-01-01, and accepted again from 2024-01-02"}},
		{"one number", facts(9, version(1, "adr/0001-a.md", Accepted, by), version(2, "adr/1-b.md", Accepted, by), version(3, "other/adr/0001-c.md", Accepted, by)),
			[]string{"adr/0001-a.md same_number: has number 0001, as adr/1-b.md has", "adr/1-b.md same_number: has number 1, as adr/0001-a.md has"}},
		{"dates are no numbers", facts(9, version(1, "adr/20240101-a.md", Accepted, by), version(2, "adr/20240101-b.md", Accepted, by)), nil},
		{"broken links", facts(9, version(1, "adr/0001-a.md", Accepted, by, "link ../docs/gone.md", "link ../../elsewhere.md", "link 0002-old-name.md"), version(2, "adr/0002-b.md", Accepted, by)),
			[]string{"adr/0001-a.md broken_link: links to ../docs/gone.md, which is not there", "adr/0001-a.md broken_link: links to 0002-old-name.md, which is not there"}},
		{"states nothing", facts(9, version(1, "adr/0001-a.md", "")), []string{"adr/0001-a.md no_status: states no status"}},
	}
	never := map[string]bool{}
	for _, kind := range cockpit.RecordFindingKinds() {
		never[kind] = true
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, says(Findings(c.facts))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		for _, g := range Findings(c.facts) {
			if !slices.Contains(cockpit.RecordFindingKinds(), g.Kind) || g.Do == "" {
				t.Errorf("%s: %+v", c.name, g)
			}
			delete(never, g.Kind)
		}
	}
	delete(never, DeciderLeft) // see TestDecidersWhoAreGone
	delete(never, DeciderQuiet)
	if len(never) > 0 {
		t.Errorf("no case finds %v", never)
	}
}

func TestLinksThatAreThere(t *testing.T) {
	t.Parallel()
	f := facts(9, version(1, "adr/0001-a.md", Accepted, "decider CTO", "link ../docs/a%20b.md", "link /docs/c.md"))
	want := []Place{{"repo", "docs/a b.md"}, {"repo", "docs/c.md"}}
	if diff := cmp.Diff(want, Linked(f)); diff != "" {
		t.Error(diff)
	}
	f.Exists = map[Place]bool{want[0]: true, want[1]: true}
	if got := says(Findings(f)); got != nil {
		t.Error(got)
	}
}

// TestDecidersWhoAreGone: it is said of how many, of whom never.
func TestDecidersWhoAreGone(t *testing.T) {
	t.Parallel()
	f := facts(9, version(1, "adr/0001-a.md", Accepted, "decider Ann Example", "decider Bob Example", "decider CTO"), version(2, "adr/0002-b.md", Superseded, "decider Ann Example", "superseded_by 1"))
	f.Versions[0].Fields = append(f.Versions[0].Fields, fact.DecisionField{Kind: fact.DecisionLink, Value: "0002-b.md"})
	f.Committers = seen{"Ann Example": at(9).Add(-quietAfter), "Bob Example": at(8).Add(-quietAfter)}
	got := says(Findings(f))
	if diff := cmp.Diff([]string{"adr/0001-a.md decider_quiet: was decided by 3, one of whom has committed nothing here since July 2023"}, got); diff != "" {
		t.Error(diff)
	}
	f.Staff = seen{"Bob Example": at(3), "Ann Example": at(20)}
	got = says(Findings(f))
	if diff := cmp.Diff([]string{"adr/0001-a.md decider_left: was decided by 3, one of whom has since left the company"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	moved := version(3, "adr/0001-b.md", Accepted)
	moved.Record = "adr/0001-a.md"
	f := facts(9, version(1, "adr/0001-a.md", Proposed), version(2, "adr/0001-a.md", Proposed), moved, version(4, "adr/0002-gone.md", Accepted), version(4, "adr/0003-back.md", Accepted), version(7, "adr/0003-back.md", Rejected))
	f.Versions[0].AuthoredAt = at(1).Add(-12 * time.Hour)
	f.Departures = []Departure{{Place{"repo", "adr/0001-a.md"}, at(3), 3}, {Place{"repo", "adr/0002-gone.md"}, at(5), 5}, {Place{"repo", "adr/0003-back.md"}, at(5), 5}}
	var got []string
	for _, r := range Records(f) {
		days := -1.0
		if r.Days != nil {
			days = *r.Days
		}
		got = append(got, fmt.Sprintf("%s %s %s since %s, %d states, %.1f days", r.ID, r.Path, r.Status, r.Since.Format("01-02"), len(r.States), days))
	}
	want := []string{"0001 adr/0001-b.md accepted since 01-03, 2 states, 2.5 days", "0003 adr/0003-back.md rejected since 01-07, 2 states, 0.0 days"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	f.Versions[0].Suspect = true
	if r := Records(f)[0]; r.Days != nil {
		t.Errorf("%v days by a clock that was wrong", *r.Days)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	other := version(3, "adr/0001-z.md", Accepted)
	other.Repository = "other"
	f := facts(9, version(1, "adr/0001-a.md", Accepted), version(2, "docs/adr/0012-b.md", Accepted), version(3, "adr/20240101-use-c.md", Accepted), other)
	f.Versions[1].Title = "12. Use B"
	for words, want := range map[string]string{
		"1": "other:adr/0001-z.md repo:adr/0001-a.md", "repo:1": "repo:adr/0001-a.md", "other:0001": "other:adr/0001-z.md", "ADR-12": "repo:docs/adr/0012-b.md", "12": "repo:docs/adr/0012-b.md",
		"adr/0012-b.md": "repo:docs/adr/0012-b.md", "./docs/adr/0012-b.md": "repo:docs/adr/0012-b.md", "0012-b": "repo:docs/adr/0012-b.md", "use b": "repo:docs/adr/0012-b.md",
		"20240101-use-c": "repo:adr/20240101-use-c.md", "7": "", "": "", "a": "", "0012-c": "",
	} {
		var got []string
		for _, r := range Find(f, words) {
			got = append(got, r.Repository+":"+r.Path)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %s", words, got, want)
		}
	}
}

func TestParties(t *testing.T) {
	t.Parallel()
	roles, others := parties([]string{"CTO", "Ann Example", "Bob (VP Engineering)", "Platform team", "cto", "Ada Lead-Smith", "architecture review board", "Cy (from Leeds)"})
	if diff := cmp.Diff([]string{"CTO", "VP Engineering", "Platform team", "architecture review board"}, roles); diff != "" || others != 3 {
		t.Errorf("%d others\n%s", others, diff)
	}
}

// TestShow: what either of two records says of the other is shown of both.
func TestShow(t *testing.T) {
	t.Parallel()
	f := facts(90, version(1, "adr/0001-a.md", Accepted, "decider Ann Example", "tag x"), version(2, "adr/0002-b.md", Accepted, "supersedes 1", "link 0001-a.md", "link ../c.md", "decider CTO"))
	f.Exists = map[Place]bool{{"repo", "c.md"}: true}
	a, b := Show(f, Find(f, "1")[0]), Show(f, Find(f, "2")[0])
	if len(a.SupersededBy) != 1 || a.SupersededBy[0].Path != "adr/0002-b.md" || a.Deciders[0] != "Ann Example" || a.Record.Others != 1 || len(a.Findings) != 1 || a.Record.Flags[0] != NotMarked {
		t.Errorf("%+v", a)
	}
	if len(b.Supersedes) != 1 || len(b.Links) != 1 || b.Links[0].Path != "c.md" || b.Record.Roles[0] != "CTO" {
		t.Errorf("%+v", b)
	}
}

func TestWhatHoldsNow(t *testing.T) {
	t.Parallel()
	f := facts(9, version(1, "adr/1.md", Superseded, "superseded_by 2"), version(2, "adr/2.md", Superseded), version(3, "adr/3.md", Accepted, "supersedes 2"),
		version(4, "adr/4.md", Superseded, "superseded_by 5"), version(5, "adr/5.md", Superseded, "superseded_by 4"), version(6, "adr/6.md", Superseded, "superseded_by 77"))
	for id, want := range map[string]string{"1": "adr/3.md", "2": "adr/3.md", "3": "", "4": "", "5": "", "6": ""} {
		if got := Show(f, Find(f, id)[0]).InForce; got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

func TestListByStatus(t *testing.T) {
	t.Parallel()
	f := facts(9, version(1, "adr/0001-a.md", Accepted), version(2, "adr/0002-b.md", ""), version(3, "adr/0003-c.md", Proposed))
	for status, want := range map[string]int{"": 3, Accepted: 1, cockpit.NoRecordStatus: 1, Rejected: 0} {
		if l := List(f, status); len(l.Records) != want || l.Total != 3 || l.AsOf != "2024-01-09" {
			t.Errorf("%q: %d of %d, as of %s", status, len(l.Records), l.Total, l.AsOf)
		}
	}
}
