package git

import (
	"fmt"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

func TestParseDecision(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, text, title, status string }{
		{"MADR 2", "# Use X\n\n* Status: accepted\n* Deciders: Ann\n* Date: 2024-01-01\n", "Use X", "accepted"},
		{"MADR 2 superseded", "# Use X\n\n* Status: superseded by [ADR-0005](0005-use-y.md)\n", "Use X", "superseded"},
		{"MADR 2 template", "# [short title]\n\n* Status: [proposed | rejected | accepted | deprecated | … | superseded by [ADR-0005](0005-example.md)] <!-- optional -->\n", "[short title]", ""},
		{"MADR 3", "---\nstatus: proposed\ndate: 2024-01-01\ndeciders: Ann\n---\n# Use X\n\n## Context\n", "Use X", "proposed"},
		{"MADR 3 template", "---\n# These are optional elements.\nstatus: {proposed | rejected | accepted | deprecated | … | superseded by [ADR-0005](0005-example.md)}\n---\n# {short title}\n", "{short title}", ""},
		{"MADR 4", "---\nstatus: \"accepted\"\ndate: 2024-01-01\ndecision-makers: Ann\n---\n\n# Use X\n", "Use X", "accepted"},
		{"MADR 4 superseded", "---\nstatus: 'superseded by ADR-0123'\n---\n\n# Use X\n", "Use X", "superseded"},
		{"MADR 4 template", "---\n# These are optional metadata elements. Feel free to remove any of them.\nstatus: \"{proposed | rejected | accepted | deprecated | … | superseded by ADR-0123}\"\n---\n\n# {short title, representative of solved problem and found solution}\n", "{short title, representative of solved problem and found solution}", ""},
		{"prose about a status", "# Statuses\n\n## Status\n\nAccepted\n\n## Decision\n\n**Status**: Represents a state of a document\n", "Statuses", "accepted"},
		{"Nygard", "# 1. Record decisions\n\nDate: 2024-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nIt was rejected once.\n", "1. Record decisions", "accepted"},
		{"Nygard, underlined", "Use X\n=====\n\nStatus\n------\n\nProposed\n\nContext\n-------\n", "Use X", "proposed"},
		{"adr-tools superseded", "# 2. Use X\n\nDate: 2024-01-01\n\n## Status\n\nSuperceded by [3. Use Y](0003-use-y.md)\n\n## Context\n", "2. Use X", "superseded"},
		{"adr-tools appended", "# 2. Use X\n\n## Status\n\nAccepted\n\nSuperseded by [3. Use Y](0003-use-y.md)\n\n## Context\n", "2. Use X", "superseded"},
		{"adr-tools superseding", "# 3. Use Y\n\n## Status\n\nAccepted\n\nSupersedes [2. Use X](0002-use-x.md)\n\n## Context\n", "3. Use Y", "accepted"},
		{"adr-tools amended", "# 3. Use Y\n\n## Status\n\nAccepted\n\nAmended by [4. Z](0004-z.md)\n\n## Context\n", "3. Use Y", "accepted"},
		{"log4brains", "# Use X\n\n- Status: draft\n- Date: 2024-01-01\n- Tags: dev\n", "Use X", "proposed"},
		{"log4brains superseded", "# Use X\n\n- Status: superseded by [20240101-use-y](20240101-use-y.md)\n", "Use X", "superseded"},
		{"log4brains deprecated", "# Use X\n\n- Status: deprecated\n", "Use X", "deprecated"},
		{"bold", "# Use X\n\n**Status:** Rejected\n", "Use X", "rejected"},
		{"bold word", "# Use X\n\n**Status**: Accepted\n", "Use X", "accepted"},
		{"table", "# Use X\n\n| Status | Accepted |\n|---|---|\n", "Use X", "accepted"},
		{"asciidoc", "= Use X\n\n== Status\n\nAccepted\n\n== Context\n", "Use X", "accepted"},
		{"carriage returns", "# Use X\r\n\r\n## Status\r\n\r\nAccepted\r\n", "Use X", "accepted"},
		{"comment above", "## Status\n\n<!-- proposed, accepted, rejected, deprecated, superseded -->\nAccepted\n", "0001-x", "accepted"},
		{"none", "# Use X\n\nWe accepted it.\n", "Use X", ""},
		{"empty", "", "0001-x", ""},
		{"title in the front", "---\ntitle: \"Use X\"\nstatus: accepted\n---\n", "Use X", "accepted"},
		{"empty status", "---\nstatus:\n---\n# Use X\n\n## Status\n\nAccepted\n", "Use X", "accepted"},
	}
	for _, c := range cases {
		if v := ParseDecision("docs/adr/0001-x.md", "c1", []byte(c.text)); v.Title != c.title || v.Status != c.status {
			t.Errorf("%s: %q %q, want %q %q", c.name, v.Title, v.Status, c.title, c.status)
		}
	}
}

// TestDecisionVersions: every commit that leaves a record behind makes a version of it.
func TestDecisionVersions(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Write("docs/adr/template.md", "# T\n\nStatus: accepted\n")
	s.Write("docs/adr/README.md", "# R\n\nStatus: accepted\n")
	s.Write("docs/adr/0000-template.md", "# T\n\nStatus: accepted\n")
	s.Write("vendor/x/docs/adr/0001-x.md", "# V\n\nStatus: accepted\n")
	s.Save("docs/adr/0001-x.md", "# X\n\nStatus: proposed\n")
	s.Save("docs/adr/0001-x.md", "# X\n\nStatus: accepted\n")
	s.Save("other", "x\n")
	s.Git("mv", "docs/adr/0001-x.md", "docs/adr/0001-y.md")
	s.Commit("renamed")
	s.Write("docs/adr/0002-z.md", "# Z\n")
	s.Save("docs/adr/0001-y.md", "# X\n\nStatus: superseded by 0002\n")
	s.Git("rm", "-q", "docs/adr/0001-y.md")
	s.Commit("gone")
	var got []string
	for _, d := range readAll(t, sourceOf(s)).Decisions {
		got = append(got, fmt.Sprintf("%s %s %s", d.Path, d.Title, d.Status))
	}
	want := []string{"docs/adr/0001-x.md X proposed", "docs/adr/0001-x.md X accepted", "docs/adr/0001-y.md X accepted", "docs/adr/0001-y.md X superseded", "docs/adr/0002-z.md Z "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
