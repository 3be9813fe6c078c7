package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
	"github.com/google/go-cmp/cmp"
)

// recordRepo has decision records in several layouts and states. Its first commit is of
// 1 March 2024.
func recordRepo(t *testing.T) *gittest.Repo {
	t.Helper()
	s := gittest.New(t)
	on := func(day string) {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		s.Clock = at.Add(8 * time.Hour).Unix()
	}
	on("2024-03-01")
	s.Save("docs/adr/0001-use-x.md", "# 1. Use X\n\n* Status: proposed\n* Deciders: Ann Example, CTO\n* Date: 2024-03-01\n")
	on("2024-03-11")
	s.Save("docs/adr/0001-use-x.md", "# 1. Use X\n\n* Status: accepted\n* Deciders: Ann Example, CTO\n* Date: 2024-03-11\n* Review by: 2024-12-31\n")
	s.Save("docs/adr/0002-use-z.md", "---\nstatus: proposed\ndecision-makers: [Bob Example]\ntags: storage\n---\n# 2. Use Z, says Ann Example\n\nSee [what it costs](../costs.md).\n")
	s.Save("docs/costs.md", "much\n")
	on("2024-06-01")
	s.Write("docs/adr/0001-use-x.md", "# 1. Use X\n\n* Status: superseded by [3. Use Y](0003-use-y.md)\n* Deciders: Ann Example, CTO\n")
	s.Save("docs/adr/0003-use-y.md", "# 3. Use Y\n\nDate: 2024-06-01\n\n## Status\n\nAccepted\n\nSupersedes [1. Use X](0001-use-x.md)\n\n## Context\n\nSee [costs](../costs.md).\n")
	on("2024-09-01")
	s.Git("rm", "-q", "docs/costs.md")
	s.Git("mv", "docs/adr/0002-use-z.md", "docs/adr/0002-use-zz.md")
	s.Commit("tidied")
	return s
}

func TestDecisionList(t *testing.T) {
	t.Parallel()
	h, dir := newHome(t), recordRepo(t).Dir
	list := func(args ...string) (out []string) {
		r := h.run(append([]string{"decision", "list", dir, "--json"}, args...)...)
		var l cockpit.RecordList
		if err := json.Unmarshal([]byte(r.out), &l); err != nil || r.code != 0 {
			t.Fatalf("status %d, %v\n%s", r.code, err, r.err)
		}
		for _, s := range l.Records {
			days := "?"
			if s.Days != nil {
				days = time.Duration(*s.Days * 24 * float64(time.Hour)).Round(time.Hour).String()
			}
			out = append(out, strings.Join(append([]string{s.ID, s.Status, s.Since, days, strings.Join(s.Roles, "+")}, s.Flags...), " "))
		}
		return out
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--as-of", "2024-03-01"}, []string{"0001 proposed 2024-03-01 ? CTO"}},
		{[]string{"--as-of", "2024-03-20"}, []string{"0001 accepted 2024-03-11 240h0m0s CTO", "0002 proposed 2024-03-11 ? "}},
		{[]string{"--as-of", "2024-07-01"}, []string{"0001 superseded 2024-06-01 240h0m0s CTO", "0002 proposed 2024-03-11 ?  stalled", "0003 accepted 2024-06-01 0s  no_deciders"}},
		{nil, []string{"0001 superseded 2024-06-01 240h0m0s CTO", "0002 proposed 2024-03-11 ?  stalled broken_link", "0003 accepted 2024-06-01 0s  no_deciders broken_link"}},
		{[]string{"--status", "proposed"}, []string{"0002 proposed 2024-03-11 ?  stalled broken_link"}},
	} {
		if diff := cmp.Diff(c.want, list(c.args...)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.args, diff)
		}
	}
}

// TestDecisionCommandsNameNobody: list and check count people; show quotes the record.
func TestDecisionCommandsNameNobody(t *testing.T) {
	t.Parallel()
	h, dir := newHome(t), recordRepo(t).Dir
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"check"}, {"check", "--json"}} {
		r := h.run(append(append([]string{"decision"}, args...), dir)...)
		if r.code != 0 || !strings.Contains(r.out, "Use Z, says somebody") || strings.Contains(r.out, "Ann") || strings.Contains(r.out, "Bob") {
			t.Errorf("%v: status %d\n%s%s", args, r.code, r.out, r.err)
		}
	}
	if r := h.run("decision", "show", "1", dir); r.code != 0 || !strings.Contains(r.out, "deciders      Ann Example, CTO") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
}

func TestDecisionShow(t *testing.T) {
	t.Parallel()
	h, s := newHome(t), recordRepo(t)
	r := h.run("decision", "show", "ADR-2", s.Dir, "--json")
	var v cockpit.RecordView
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || r.code != 0 {
		t.Fatalf("status %d, %v\n%s", r.code, err, r.err)
	}
	first := s.Git("log", "--format=%H", "--diff-filter=A", "--", "docs/adr/0002-use-z.md")
	if len(v.History) != 1 || v.History[0].Commit != first || v.History[0].Versions != 2 || v.History[0].Path != "docs/adr/0002-use-z.md" || v.Record.Path != "docs/adr/0002-use-zz.md" {
		t.Errorf("%+v", v.History)
	}
	if len(v.Links) != 1 || v.Links[0].Path != "" || len(v.Deciders) != 1 || len(v.Tags) != 1 {
		t.Errorf("%+v", v)
	}
	before := h.run("decision", "show", "docs/adr/0001-use-x.md", s.Dir, "--as-of", "2024-05-01")
	after := h.run("decision", "show", "Use X", s.Dir)
	if !strings.Contains(before.out, "review by     31 December 2024") || strings.Contains(before.out, "SUPERSEDED BY") || !strings.Contains(after.out, "SUPERSEDED BY\n  3. Use Y (accepted)") {
		t.Errorf("%s\n%s", before.out, after.out)
	}
	if r := h.run("decision", "show", "9", s.Dir); r.code != 2 || !strings.Contains(r.err, "hint: see diarchy decision list") {
		t.Errorf("status %d: %s", r.code, r.err)
	}
}

func TestDecisionCheck(t *testing.T) {
	t.Parallel()
	h, dir := newHome(t), recordRepo(t).Dir
	r := h.run("decision", "check", dir)
	for _, want := range []string{"as of 1 September 2024: 4 findings", "Has been waiting for a decision for", "Links to ../costs.md, which is not there.", "Was accepted, and does not say by whom."} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s%s", want, r.out, r.err)
		}
	}
	for kind, want := range map[string]int{"any": 3, "stalled": 3, "reopened": 0, "nonsense": 2} {
		if r := h.run("decision", "check", dir, "--fail-on", kind); r.code != want {
			t.Errorf("--fail-on %s: status %d, want %d", kind, r.code, want)
		}
	}
	if r := h.run("decision", "list", dir, "--status", "nonsense"); r.code != 2 {
		t.Errorf("status %d", r.code)
	}
}

// TestDecidersWhoCommitNoMore: of a decider who is quiet it is said, without the name, and
// only where at least five people are active.
func TestDecidersWhoCommitNoMore(t *testing.T) {
	t.Parallel()
	for active, want := range map[int]bool{4: false, 5: true} {
		h, s := newHome(t), recordRepo(t)
		s.Save("docs/adr/0004-use-w.md", "# 4. Use W\n\n* Status: accepted\n* Deciders: Ann Example\n")
		s.Clock += int64((200 * 24 * time.Hour).Seconds())
		for i := range active - 1 { // besides the one who has gone quiet, within the year
			s.Name, s.Email = strings.Repeat("x", i+1)+" Example", strings.Repeat("x", i+1)+"@example.com"
			s.Save("main.go", strings.Repeat("// line\n", i+1))
		}
		r := h.run("decision", "check", s.Dir)
		if got := strings.Contains(r.out, "Was decided by one who has committed nothing here since September 2024"); got != want || strings.Contains(r.out, "Ann") {
			t.Errorf("%d active: %v\n%s%s", active, got, r.out, r.err)
		}
	}
}

// TestRecordsThatAMergeMoved: no fact tells of them, the tree of the main line does.
func TestRecordsThatAMergeMoved(t *testing.T) {
	t.Parallel()
	h, s := newHome(t), recordRepo(t)
	s.Git("checkout", "-q", "-b", "other")
	s.Save("docs/adr/0003-use-v.md", "# 3. Use V\n\n* Status: proposed\n* Deciders: CTO\n")
	s.Git("checkout", "-q", "main")
	s.Save("main.go", "x\n")
	s.Git("merge", "-q", "--no-ff", "--no-commit", "other")
	s.Git("mv", "docs/adr/0003-use-v.md", "docs/adr/0004-use-v.md")
	s.Write("docs/adr/0004-use-v.md", "# 4. Use V\n\n* Status: proposed\n* Deciders: CTO\n")
	s.Write("docs/adr/0005-new.md", "# 5. New\n\n* Status: accepted\n* Deciders: CTO\n")
	merge := s.Commit("merge other")
	r := h.run("decision", "list", s.Dir)
	if r.code != 0 || strings.Contains(r.out, "shares its number") || strings.Contains(r.out, "0003-use-v") || !strings.Contains(r.out, "5 decision records") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
	show := h.run("decision", "show", "4", s.Dir, "--json")
	var v cockpit.RecordView
	if err := json.Unmarshal([]byte(show.out), &v); err != nil || len(v.History) != 1 || v.History[0].Versions != 2 || v.History[0].Path != "docs/adr/0003-use-v.md" || v.Record.Path != "docs/adr/0004-use-v.md" {
		t.Errorf("%v, %+v\n%s", err, v.History, show.err)
	}
	show = h.run("decision", "show", "5", s.Dir, "--json")
	var fresh cockpit.RecordView
	if err := json.Unmarshal([]byte(show.out), &fresh); err != nil || len(fresh.History) != 1 || fresh.History[0].Commit != merge || fresh.Record.Days != nil {
		t.Errorf("%v, %+v\n%s", err, fresh.History, show.err)
	}
}

// TestDecidersWhoLeft: the organisation document knows who has left; nobody is named.
func TestDecidersWhoLeft(t *testing.T) {
	t.Parallel()
	h, s, dir := newHome(t), recordRepo(t), t.TempDir()
	s.Save("docs/adr/0004-use-w.md", "# 4. Use W\n\n* Status: accepted\n* Deciders: Ann  Example, Bob Example, Cy\n")
	write(t, filepath.Join(dir, "diarchy.yaml"), "sources:\n  - git: "+s.Dir+"\n")
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - id: ann\n    name: ann example\n    end: 2024-09-01\n  - id: bob\n    name: Bob Example\n    end: 2024-12-31\n  - id: cy\n    name: Cy\n    end: 2024-01-31\n")
	r := h.run("decision", "check", "--workspace", dir, "--as-of", "2024-09-02")
	if r.code != 0 || !strings.Contains(r.out, "Was decided by 3, one of whom has since left the company.") || strings.Contains(r.out, "nn Example") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
	if r := h.run("decision", "check", "--workspace", dir, "--as-of", "2024-09-01"); r.code != 0 || strings.Contains(r.out, "left the company") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
}

// TestDecisionNew runs in folders of its own, one after the other.
func TestDecisionNew(t *testing.T) {
	h, s := newHome(t), recordRepo(t)
	if err := os.Mkdir(filepath.Join(s.Dir, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(s.Dir, "src"))
	r := h.run("decision", "new", "Use", "W", "--supersedes", "3", "--decider", "CTO", "--review-by", "2030-01-31")
	file := filepath.Join(s.Dir, "docs", "adr", "0004-use-w.md")
	if r.code != 0 || strings.TrimSpace(r.out) != file || !strings.Contains(strings.Join(strings.Fields(r.err), " "), "superseded by 0004-use-w.md") {
		t.Fatalf("status %d: %s%s", r.code, r.out, r.err)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(text), "---\nstatus: proposed\n") {
		t.Fatalf("%v\n%s", err, text)
	}
	if r := h.run("decision", "new", "use w!"); r.code != 2 || !strings.Contains(r.err, "has this title already") {
		t.Errorf("status %d: %s", r.code, r.err)
	}
	if again, err := os.ReadFile(file); err != nil || string(again) != string(text) {
		t.Error("the first one was changed")
	}
	s.Clock = time.Now().Unix() - 7200
	s.Commit("a record")
	show := h.run("decision", "show", "4", s.Dir, "--json")
	var v cockpit.RecordView
	if err := json.Unmarshal([]byte(show.out), &v); err != nil || v.Record.Status != "proposed" || v.ReviewBy != "2030-01-31" || len(v.Deciders) != 1 || len(v.Supersedes) != 1 || v.Supersedes[0].Path != "docs/adr/0003-use-y.md" || len(v.Findings) != 0 || v.Date == "" {
		t.Errorf("what was written reads back as %+v, %v\n%s", v, err, show.err)
	}
	for _, args := range [][]string{{"decision", "new"}, {"decision", "new", "?!"}, {"decision", "new", "A", "--review-by", "soon"}, {"decision", "new", "A", "--supersedes", "77"}} {
		if r := h.run(args...); r.code != 2 {
			t.Errorf("%v: status %d", args, r.code)
		}
	}
}

// TestDecisionNewStaysInTheClone: what a clone says of where records lie is not followed
// out of it.
func TestDecisionNewStaysInTheClone(t *testing.T) {
	h := newHome(t)
	for name, prepare := range map[string]func(s *gittest.Repo, outside string){
		"a path upwards":   func(s *gittest.Repo, _ string) { s.Write(".adr-dir", "../outside\n") },
		"an absolute path": func(s *gittest.Repo, outside string) { s.Write(".adr-dir", outside+"\n") },
		"a link":           func(s *gittest.Repo, outside string) { s.Link(outside, "adr"); s.Write(".adr-dir", "adr/new\n") },
		"a dangling link":  func(s *gittest.Repo, outside string) { s.Link(outside+"/new", "adr"); s.Write(".adr-dir", "adr\n") },
	} {
		s, outside := gittest.New(t), t.TempDir()
		prepare(s, outside)
		t.Chdir(s.Dir)
		r := h.run("decision", "new", "Use W")
		if left, err := os.ReadDir(outside); r.code != 2 || err != nil || len(left) > 0 {
			t.Errorf("%s: status %d, %v in it\n%s%s", name, r.code, left, r.out, r.err)
		}
	}
	t.Chdir(t.TempDir())
	if r := h.run("decision", "new", "Use W"); r.code != 2 || !strings.Contains(r.err, "is in no clone") {
		t.Errorf("status %d: %s", r.code, r.err)
	}
	if r := h.run("decision", "new", "Use W", "--dir", "adr", "--json"); r.code != 0 || !strings.Contains(r.out, `"path": "adr/0001-use-w.md"`) {
		t.Errorf("status %d: %s%s", r.code, r.out, r.err)
	}
}

// TestDecisionNewKnowsWhoLeads: roles that diarchy.yaml declares decide.
func TestDecisionNewKnowsWhoLeads(t *testing.T) {
	h, dir := newHome(t), gittest.New(t).Dir
	write(t, filepath.Join(dir, "diarchy.yaml"), "leadership:\n  - role: cto\n  - role: vpe\n")
	t.Chdir(dir)
	r := h.run("decision", "new", "Use W")
	text, err := os.ReadFile(strings.TrimSpace(r.out))
	if err != nil || !strings.Contains(string(text), "decision-makers: CTO\nconsulted: VP of Engineering\n") || strings.TrimSpace(r.out) != "docs/decisions/0001-use-w.md" {
		t.Errorf("%v\n%s%s%s", err, r.out, r.err, text)
	}
}

// TestDecisionsOnPostgreSQL: what is said of records is the same on every database.
func TestDecisionsOnPostgreSQL(t *testing.T) {
	address := pgtest.New(t)
	h, s := newHome(t), recordRepo(t)
	for _, args := range [][]string{{"decision", "list", s.Dir}, {"decision", "check", s.Dir}, {"decision", "show", "1", s.Dir}, {"decision", "list", s.Dir, "--as-of", "2024-05-01"}} {
		here := h.run(append(args, "--json")...)
		there := h.run(append(args, "--json", "--database", address)...)
		if diff := cmp.Diff(here.out, there.out); diff != "" || here.code != 0 || there.code != 0 {
			t.Errorf("%v: in a file (-) and on a server (+)\n%s\n%s", args, diff, there.err)
		}
	}
}
