package git

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

func fieldsOf(text string) []string {
	var out []string
	for _, f := range ParseDecision("docs/adr/0003-x.md", "c1", []byte(text)).Fields {
		out = append(out, string(f.Kind)+" "+f.Value)
	}
	return out
}

func TestDecisionFields(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, text string
		want       []string
	}{
		{"MADR 2", "# Use a queue\n\n* Status: accepted\n* Deciders: Ann Example, Bob (CTO) and Cy\n* Date: 2024-03-01\n\nTechnical Story: 12\n\n## Context\n\n* Deciders: nobody reads this\n",
			[]string{"decider Ann Example", "decider Bob (CTO)", "decider Cy", "date 2024-03-01"}},
		{"MADR 2 template", "# [short title]\n\n* Status: [proposed | superseded by [ADR-0005](0005-example.md)] <!-- optional -->\n* Deciders: [list everyone involved in the decision] <!-- optional -->\n* Date: [YYYY-MM-DD when the decision was last updated] <!-- optional -->\n", []string{"link 0005-example.md"}},
		{"MADR 2, nested list", "# X\n\n- **Deciders**:\n  - Ann\n  - Bob: half of the time\n- **Date**: 1 March 2024\n", []string{"decider Ann", "decider Bob: half of the time", "date 2024-03-01"}},
		{"MADR 3", "---\nstatus: accepted\ndate: 2024-03-01 # when it was last updated\ndeciders: Ann, Bob\nconsulted: security team\ninformed: [everyone, \"finance\"]\n---\n# X\n",
			[]string{"date 2024-03-01", "decider Ann", "decider Bob", "consulted security team", "informed everyone", "informed finance"}},
		{"MADR 3 template", "---\nstatus: {proposed | superseded by [ADR-0005](0005-example.md)}\ndate: {YYYY-MM-DD when the decision was last updated}\ndeciders: {list everyone involved in the decision}\nconsulted: {list everyone}\n---\n# {short title}\n", nil},
		{"MADR 4", "---\nstatus: \"superseded by ADR-0123\"\ndate: '2024-03-01'\ndecision-makers:\n  - Ann\n  - \"Bob\" # for now\nconsulted:\ninformed: none\n---\n\n# X\n",
			[]string{"superseded_by ADR-0123", "date 2024-03-01", "decider Ann", "decider Bob"}},
		{"front matter links", "---\ntags: [storage, \"two words\"]\nsupersedes: 0001-old.md\nsuperseded-by: Another title\nreview-date: 2025-01-31\n---\n# X\n",
			[]string{"tag storage", "tag two words", "supersedes 0001-old.md", "superseded_by Another title", "review 2025-01-31"}},
		{"front matter, quoted", "---\ntags: [\"a\", 'b' , c,]\nconsulted: [\"Example, Ann\", Bob] # both\nreview-by: \"2025-01-31\"\n---\n# X\n", []string{"tag a", "tag b", "tag c", "consulted Example", "consulted Ann", "consulted Bob", "review 2025-01-31"}},
		{"Nygard", "# 3. X\n\nDate: 2024-03-01\n\n## Status\n\nAccepted\n\n## Context\n\nSuperseded by nothing, decided by 3 people.\n", []string{"date 2024-03-01"}},
		{"adr-tools superseded", "# 2. X\n\nDate: 2024-03-01\n\n## Status\n\nSuperceded by [3. Use Y](0003-use-y.md)\n\n## Context\n", []string{"date 2024-03-01", "link 0003-use-y.md", "superseded_by 0003-use-y.md"}},
		{"adr-tools superseding two", "# 3. Y\n\n## Status\n\nAccepted\n\nSupersedes [1. A](0001-a.md)\n\nSupercedes [2. B](0002-b.md)\n\nAmends [9. Z](0009-z.md)\n",
			[]string{"link 0001-a.md", "supersedes 0001-a.md", "link 0002-b.md", "supersedes 0002-b.md", "link 0009-z.md"}},
		{"a dated note above the sections", "# 6. X\n\nDate: 2019-01-02\nSuperseded: 2019-12-19 by [ADR 14](0014-y.md)\n\n## Status\n\nSuperseded\n", []string{"date 2019-01-02", "link 0014-y.md", "superseded_by 0014-y.md"}},
		{"both in one status", "# X\n\n* Status: accepted, supersedes ADR-2 and ADR-3, superseded by 0007\n", []string{"supersedes ADR-2", "supersedes ADR-3", "superseded_by 0007"}},
		{"in part", "# X\n\n## Status\n\nPartially superseded by [ADR 4](0004-z.md)\n", []string{"link 0004-z.md"}},
		{"a date is no record", "# X\n\n## Status\n\nSuperseded by 0004-z on 2024-05-05\n", []string{"superseded_by 0004-z"}},
		{"log4brains", "# Use X\n\n- Status: superseded by [20240501-use-y](20240501-use-y.md)\n- Deciders: Ann, Bob\n- Date: 2024-03-01\n- Tags: dev-tools, build\n\n## Links\n\n- Supersedes [20230101-old](20230101-old.md)\n",
			[]string{"link 20240501-use-y.md", "superseded_by 20240501-use-y.md", "decider Ann", "decider Bob", "date 2024-03-01", "tag dev-tools", "tag build", "link 20230101-old.md"}},
		{"table", "# X\n\n| Status | Accepted |\n|---|---|\n| Decision makers | Ann & Bob |\n| Review by | 2025-06 |\n", []string{"decider Ann", "decider Bob", "review 2025-06-30"}},
		{"sections", "# X\n\n## Deciders\n\n- Ann\n- [Bob](https://example.com/bob)\n\nWe asked all of those who had once worked on it.\n\n## Review date\n\nQ3 2025\n\n## Decision\n\n- Cy\n", []string{"decider Ann", "decider Bob", "review 2025-09-30"}},
		{"review in text", "# X\n\n## Consequences\n\n* Revisit by 1 May 2025, or when it is slow\n- **Review on:** May 2026\n* Review of the code on 2024-01-01\n", []string{"review 2025-05-01", "review 2026-05-31"}},
		{"underlined sections", "X\n=\n\nStatus\n------\n\nSuperseded by 4\n\nDeciders\n--------\n\nAnn\n", []string{"superseded_by 4", "decider Ann"}},
		{"asciidoc", "= X\n\n:date: 2024-03-01\n\n== Status\n\nSuperseded by xref:0004-z.adoc[Z]\n\n== Context\n", []string{"date 2024-03-01", "link 0004-z.adoc", "superseded_by 0004-z.adoc"}},
		{"labelled links", "# X\n\n## Status\n\nSuperseded by [the other one][y]\n\n[y]: ./0004-z.md#decision\n", []string{"link ./0004-z.md", "superseded_by ./0004-z.md"}},
		{"links to elsewhere", "# X\n\n[a](https://example.com/b.md) [b](../x.png) [c](#d) [e](/docs/f.md)\n\n```\n[g](h.md)\n```\n", []string{"link /docs/f.md"}},
		{"no such day", "# X\n\nDate: 2024-02-30\n", nil},
		{"one day or another", "# X\n\nDate: 03/04/2024\n", nil},
		{"twice", "# X\n\n* Deciders: Ann, Ann\n", []string{"decider Ann"}},
		{"commented out", "# X\n\n<!--\n* Deciders: Ann\n-->\n* Date: 2024-03-01 <!-- today -->\n", []string{"date 2024-03-01"}},
		{"carriage returns", "---\r\ndeciders: Ann\r\n---\r\n# X\r\n\r\n* Date: 2024-03-01\r\n", []string{"decider Ann", "date 2024-03-01"}},
		{"a record that begins with a rule", "---\n\n# X\n\n* Deciders: Ann\n", []string{"decider Ann"}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, fieldsOf(c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDecisionFieldsAreLimited(t *testing.T) {
	t.Parallel()
	var names strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&names, ", name%d", i)
	}
	got := fieldsOf("# X\n\n* Deciders: " + names.String() + "\n* Tags: " + strings.Repeat("ä", 500) + "\n")
	if len(got) != mostOfKind+1 {
		t.Errorf("%d fields", len(got))
	}
	if tag := strings.TrimPrefix(got[len(got)-1], "tag "); len(tag) != longestField {
		t.Errorf("a tag of %d bytes", len(tag))
	}
}

// TestDecisionsAreReadAgain: what a batch holds of a record is what reading it again gives.
func TestDecisionsAreReadAgain(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Save("docs/adr/0001-a b.md", "# X\n\n* Status: proposed\n* Deciders: Ann\n")
	s.Save("docs/adr/0001-a b.md", "# X\n\n* Status: accepted\n* Deciders: Ann, Bob\n")
	first := readAll(t, sourceOf(s)).Decisions
	var asked []fact.DecisionVersion
	for _, v := range first {
		asked = append(asked, fact.DecisionVersion{Path: v.Path, SHA: v.SHA})
	}
	gone := fact.DecisionVersion{Path: "docs/adr/0002-gone.md", SHA: first[0].SHA}
	odd := fact.DecisionVersion{Path: "docs/adr/a\nb.md", SHA: first[0].SHA}
	again, err := sourceOf(s).Decisions(t.Context(), append([]fact.DecisionVersion{gone, odd}, asked...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" || len(first) != 2 || len(first[1].Fields) != 2 {
		t.Errorf("%d versions: %s", len(first), diff)
	}
}
