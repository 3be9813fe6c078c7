package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// demoEnd is the last day of the demo company.
const demoEnd = "2026-06-28"

func (h home) organisation(args ...string) cockpit.Organisation {
	h.t.Helper()
	r := h.run(append([]string{"org"}, append(args, "--json")...)...)
	var o cockpit.Organisation
	if err := json.Unmarshal([]byte(r.out), &o); err != nil {
		h.t.Fatalf("%v: status %d, %v\n%s%s", args, r.code, err, r.out, r.err)
	}
	return o
}

// needs are the ids of what the structure needs.
func needs(all []cockpit.Finding) (ids []string) {
	for _, f := range all {
		if f.State == cockpit.Present {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

// checkStructure: the planted troubles of the troubled company's structure are found,
// and nothing else.
func checkStructure(t *testing.T, h home, dir string, d cockpit.Diagnosis) {
	t.Helper()
	if got := needs(d.Structure); !slices.Equal(got, []string{"wide_span", "lead_architects_due", "team_sizes", "directors_due"}) {
		t.Errorf("the structure needs %q", got)
	}
	shown, diagnosed := h.organisation("show", "--workspace", dir, "--as-of", demoEnd), map[string]string{}
	for _, f := range d.Structure {
		diagnosed[f.ID] = f.State
	}
	for _, f := range shown.Needs {
		if f.State != diagnosed[f.ID] {
			t.Errorf("%s is %s for org show, and %s for diagnose", f.ID, f.State, diagnosed[f.ID])
		}
	}
	if len(shown.Needs)+len(shown.FromCode) != len(d.Structure) || len(shown.FromCode) != 2 {
		t.Errorf("%d needs and %q are shown, of %d", len(shown.Needs), shown.FromCode, len(d.Structure))
	}
	o := h.organisation("check", "--workspace", dir, "--as-of", demoEnd)
	sizes := map[string]string{}
	for _, f := range h.organisation("show", "--workspace", dir, "--as-of", demoEnd).Facts {
		sizes[f.Label] = f.Value
	}
	if c := d.Organisation; sizes["engineering"] != "60 people" || c == nil || len(c.Places) != 6 || c.Unlined[0].Count < 3 || len(c.Kinds) != 4 {
		t.Errorf("an organisation of 60 engineers: %v, %+v", sizes, c)
	}
	gone := 0
	for _, p := range o.Problems {
		if p.Kind != "manager_not_there" {
			t.Errorf("%s was not planted: %s", p.Kind, p.Text)
		}
		gone++
	}
	if gone < 3 {
		t.Errorf("%d people report to somebody who has left", gone)
	}
	file := filepath.Join(t.TempDir(), "scenarios.yaml")
	write(t, file, "scenarios:\n  - name: A VP of Engineering\n    steps:\n      - hire: {id: vp, role: vpe, manager: ceo}\n")
	r := h.run("org", "whatif", file, "--workspace", dir, "--json")
	var v cockpit.WhatIf
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || len(v.Scenarios) != 2 {
		t.Fatalf("whatif: %v\n%s", err, r.err)
	}
	now, then := v.Scenarios[0], v.Scenarios[1]
	if now.MissingRole != "vpe" || then.MissingRole != "none" || len(now.Loads) != 1 || len(then.Loads) != 2 || *then.Loads[0].Number >= *now.Loads[0].Number {
		t.Errorf("with a VP of Engineering: %+v\nafter %+v", then, now)
	}
	if !slices.Contains(then.Begins, "Managers report past the VP of Engineering") {
		t.Errorf("the one manager still reports to the CTO: %q", then.Begins)
	}
}

// bordersOf is what org borders says of a workspace on a day.
func bordersOf(t *testing.T, h home, dir, day string) (b cockpit.Borders) {
	t.Helper()
	r := h.run("org", "borders", "--workspace", dir, "--as-of", day, "--json")
	if err := json.Unmarshal([]byte(r.out), &b); err != nil {
		t.Fatalf("borders: status %d, %v\n%s", r.code, err, r.err)
	}
	return b
}

// checkBorders: one team has the code of a repository and another its tests, since a day.
func checkBorders(t *testing.T, h home, dir string) {
	t.Helper()
	if b := bordersOf(t, h, dir, "2025-05-30"); b.Changes == 0 || b.Across > 0 {
		t.Errorf("before it was planted, %d of %d changes are across borders", b.Across, b.Changes)
	}
	b := bordersOf(t, h, dir, demoEnd)
	if len(b.Pairs) != 1 || b.Pairs[0].A != "data" || b.Pairs[0].B != "quality" || b.Pairs[0].Changes < 100 || b.Pairs[0].Changes != b.Across {
		t.Errorf("teams whose code changes together: %+v, %d across", b.Pairs, b.Across)
	}
	for _, a := range b.Areas {
		if a.Team != "quality" || a.With != "data" || !strings.HasPrefix(a.Area, "insights/tests/") {
			t.Errorf("it was not planted that %s changes with %s", a.Area, a.With)
		}
	}
	if len(b.Areas) < 4 {
		t.Errorf("%d areas on the wrong side of a border", len(b.Areas))
	}
}

// checkKnowledge lets three engineers of a team leave, and merges two teams.
func checkKnowledge(t *testing.T, h home, dir string) {
	t.Helper()
	var steps strings.Builder
	n := 0
	for _, p := range h.organisation("tree", "--workspace", dir, "--as-of", demoEnd).People {
		if p.Team == "ledger" && p.Role == "engineer" && n < 3 {
			fmt.Fprintf(&steps, "      - leave: %s\n", p.ID)
			n++
		}
	}
	file := filepath.Join(t.TempDir(), "scenarios.yaml")
	write(t, file, "scenarios:\n  - name: Three leave\n    date: "+demoEnd+"\n    steps:\n"+steps.String()+"  - name: Merge\n    date: "+demoEnd+"\n    steps:\n      - merge: {teams: [data], into: ledger}\n")
	r := h.run("org", "whatif", file, "--workspace", dir, "--json")
	var v cockpit.WhatIf
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || len(v.Scenarios) != 3 {
		t.Fatalf("whatif: %v\n%s", err, r.err)
	}
	known := func(s cockpit.Scenario) map[string]cockpit.TeamKnowledge {
		out := map[string]cockpit.TeamKnowledge{}
		for _, k := range s.Knowledge {
			out[k.Team] = k
		}
		return out
	}
	now, left, merged := known(v.Scenarios[0]), known(v.Scenarios[1]), known(v.Scenarios[2])
	if l := left["ledger"]; l.Factor == nil || l.Before == nil || *l.Before != *now["ledger"].Factor || *l.Factor >= *l.Before || l.Lost == 0 || l.Files != now["ledger"].Files {
		t.Errorf("when three leave: %+v, before %+v", l, now["ledger"])
	}
	if m := merged["ledger"]; m.Files != now["ledger"].Files+now["data"].Files || m.Lost != 0 || *m.Factor <= *now["ledger"].Factor {
		t.Errorf("merged: %+v", m)
	}
	if _, still := merged["data"]; still {
		t.Error("a team that was merged still owns code")
	}
	if len(v.Scenarios[0].Waiting) != 3 || len(v.Assumed) == 0 || !slices.ContainsFunc(v.Assumed, func(a cockpit.Assumption) bool { return strings.HasSuffix(a.Edit, "verdict.costs.hours_a_year") }) {
		t.Errorf("waiting %+v, assumed %+v", v.Scenarios[0].Waiting, v.Assumed)
	}
	if text := strings.Join(strings.Fields(h.run("org", "whatif", file, "--workspace", dir).out), " "); !strings.Contains(text, "lose the last author") || !strings.Contains(text, "(verdict.costs.waiting_hours)") {
		t.Errorf("as text:\n%s", text)
	}
}

// drift is what agreement drift says of a workspace.
func drift(t *testing.T, h home, dir string) (d cockpit.Drift) {
	t.Helper()
	r := h.run("agreement", "drift", "--workspace", dir, "--json")
	if err := json.Unmarshal([]byte(r.out), &d); err != nil {
		t.Fatalf("drift: status %d, %v\n%s", r.code, err, r.err)
	}
	return d
}

// checkDrift: the agreement gives architecture to the CTO, and managers decide on it; not
// yet in what was decided before it held.
func checkDrift(t *testing.T, h home, dir string, diagnosed, before *cockpit.AgreementHealth) {
	t.Helper()
	d := drift(t, h, dir)
	if len(d.Findings) == 0 || d.Findings[0].What != "decided_by_another" || d.Findings[0].Kind != "architecture_direction" || !strings.Contains(d.Findings[0].Text, "owned by the CTO on paper, decided by the engineering managers in ") {
		t.Errorf("the drift that was planted is not found: %+v", d.Findings)
	}
	if !d.Agreed || d.Since != "2025-06-01" || d.Older == 0 {
		t.Errorf("held against %+v", d)
	}
	a := diagnosed
	if a.Unknown != "" || a.Effective != "2025-06-01" || a.Signatures[0].State != cockpit.SignatureValid || a.Signatures[1].State != cockpit.SignatureMissing || len(a.Drift) == 0 || a.Drift[0].Text != d.Findings[0].Text {
		t.Errorf("the diagnosis says of it: %+v", a)
	}
	for _, f := range a.Findings {
		if f.Level == cockpit.LevelProblem && f.ID != "review_passed" {
			t.Errorf("%s was not planted: %s", f.ID, f.Text)
		}
	}
	if before.Traces >= a.Traces || !strings.Contains(before.Summary, "holds from 2025-06-01") {
		t.Errorf("before the agreement held: %+v", before)
	}
}

// checkStructureIsLeftInPeace: the healthy company needs nothing.
func checkStructureIsLeftInPeace(t *testing.T, h home, dir string, d cockpit.Diagnosis) {
	t.Helper()
	if got := needs(d.Structure); len(got) > 0 || len(d.Structure) == 0 {
		t.Errorf("the structure needs %q", got)
	}
	if o := h.organisation("check", "--workspace", dir, "--as-of", demoEnd); len(o.Problems) > 0 {
		t.Errorf("problems: %+v", o.Problems)
	}
	if b := bordersOf(t, h, dir, demoEnd); b.Changes == 0 || b.Across > 0 || len(b.Areas) > 0 {
		t.Errorf("borders: %+v", b)
	}
	if d := drift(t, h, dir); len(d.Findings) > 0 || d.Traces == 0 || !d.Agreed {
		t.Errorf("drift: %+v", d)
	}
	if a := d.Agreement; a.Unknown != "" || a.Problems+a.Gaps > 0 || len(a.Signatures) != 2 || a.Signatures[1].State != cockpit.SignatureValid {
		t.Errorf("the agreement: %+v", a)
	}
}

// TestOrganisationFromAnExport goes the way of a new user: a workspace, an export of
// people, a second one, ownership, and a look.
func TestOrganisationFromAnExport(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	if r := h.run("org", "show", "--workspace", filepath.Join(dir, "nowhere")); r.code == 0 {
		t.Error("a workspace that is not there is shown")
	}
	if r := h.run("init", dir); r.code != 0 {
		t.Fatal(r.err)
	}
	if r := h.run("org", "show", "--workspace", dir); r.code != 1 || !strings.Contains(r.err, "diarchy org import") {
		t.Errorf("without a document: status %d, %s", r.code, r.err)
	}
	people := filepath.Join(dir, "people.csv")
	write(t, people, "id,name,title,department,manager,start\n1,Ada,CTO,,,2019-01-01\n2,Bo,Engineering Manager,Payments,1,2020-01-01\n3,Cy,Software Engineer,Payments,2,2021-01-01\n")
	if r := h.run("org", "import", people, "--workspace", dir, "--dry-run"); r.code != 0 || !strings.Contains(r.out, "would be written") {
		t.Errorf("dry run: %d %s%s", r.code, r.out, r.err)
	}
	if _, err := os.Stat(filepath.Join(dir, "organisation.yaml")); err == nil {
		t.Error("a dry run writes")
	}
	if r := h.run("org", "import", people, "--workspace", dir, "--date", "2024-01-01"); r.code != 0 || !strings.Contains(r.out, "4 changes written") {
		t.Errorf("import: %d %s%s", r.code, r.out, r.err)
	}
	write(t, people, "id,name,title,department,manager,start\n1,Ada,CTO,,,2019-01-01\n2,Bo,Engineering Manager,Payments,1,2020-01-01\n")
	if r := h.run("org", "import", people, "--workspace", dir, "--date", "2024-06-01"); r.code != 0 || !strings.Contains(r.out, "last day 2024-05-31") {
		t.Errorf("second import: %d %s%s", r.code, r.out, r.err)
	}
	if r := h.run("org", "import", filepath.Join(dir, "nothing.csv"), "--workspace", dir); r.code != 2 || !strings.Contains(r.err, "nothing.csv: no such file") || !strings.Contains(r.err, "hint: give the path of an export") {
		t.Errorf("a file that is not there: %d %s", r.code, r.err)
	}
	before, _ := os.ReadFile(filepath.Join(dir, "organisation.yaml"))
	write(t, people, "id,name,title,department,manager,start\n1,Ada,CTO,,,yesterday\n")
	if r := h.run("org", "import", people, "--workspace", dir); r.code != 2 || !strings.Contains(r.err, "people.csv:2: start \"yesterday\"") {
		t.Errorf("a bad row: %d %s", r.code, r.err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, "organisation.yaml")); string(after) != string(before) {
		t.Error("a bad row changed the document")
	}
	write(t, filepath.Join(dir, "CODEOWNERS"), "* @acme/payments\n")
	if r := h.run("org", "import", filepath.Join(dir, "CODEOWNERS"), "--workspace", dir, "--repository", "shop"); r.code != 0 {
		t.Error(r.err)
	}
	then, now := h.organisation("show", "--workspace", dir, "--as-of", "2024-03-01"), h.organisation("show", "--workspace", dir, "--as-of", "2024-07-01")
	if len(then.People) != 3 || len(now.People) != 2 || then.People[2].Depth != 2 || now.Teams[0].Owns[0] != "shop" {
		t.Errorf("then %+v\nnow %+v", then, now)
	}
	if r := h.run("org", "export", "--workspace", dir); r.code != 0 || !strings.Contains(r.out, "{team: payments, repository: shop}") {
		t.Errorf("export: %s%s", r.out, r.err)
	}
	if r := h.run("org", "export", "--workspace", dir, "--as-of", "2024-03-01"); r.code != 0 || !strings.Contains(r.out, "manager: \"2\", start: 2021-01-01}\n") {
		t.Errorf("export of a day: %s%s", r.out, r.err)
	}
	if r := h.run("org", "export", "--workspace", dir, "--as-of", "March"); r.code != 2 {
		t.Errorf("export of no day: %d %s", r.code, r.err)
	}
	var exported cockpit.OrganisationDocument
	whole := h.run("org", "export", "--workspace", dir, "--json")
	checkJSON(t, "organisation-document-v1", whole.out)
	if err := json.Unmarshal([]byte(whole.out), &exported); err != nil || len(exported.People) != 3 || exported.People[2].End != "2024-05-31" || exported.AsOf != "" {
		t.Errorf("export as JSON: %v\n%s", err, whole.out)
	}
	day := h.run("org", "export", "--workspace", dir, "--json", "--as-of", "2024-07-01")
	checkJSON(t, "organisation-document-v1", day.out)
	if err := json.Unmarshal([]byte(day.out), &exported); err != nil || len(exported.People) != 2 || exported.AsOf != "2024-07-01" {
		t.Errorf("export of a day as JSON: %v\n%s", err, day.out)
	}
	checkJSON(t, "organisation-import-v1", h.run("org", "import", filepath.Join(dir, "CODEOWNERS"), "--workspace", dir, "--repository", "other", "--dry-run", "--json").out)
	if r := h.run("org", "tree", "--workspace", dir, "--as-of", "2024-03-01"); r.out != "Ada  CTO · 1 report, 2 in all\n  Bo  Engineering Manager · Payments · 1 report\n    Cy  Software Engineer · Payments\n" {
		t.Errorf("tree:\n%s", r.out)
	}
}

// TestCheckSaysAllWhereAnIDIsTwice: an id that is there twice hides nothing else, and keeps
// others from reading the document.
func TestCheckSaysAllWhereAnIDIsTwice(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\n")
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: ada, role: cto}\n  - {id: bo, manager: nobody}\n  - {id: ada}\n")
	r := h.run("org", "check", "--workspace", dir)
	for _, want := range []string{"2 things do not fit together", `organisation.yaml:3: "nobody" is no person`, "organisation.yaml:4: The person ada is here twice: the entry of line 2 counts"} {
		if said := strings.Join(strings.Fields(r.out), " "); r.code != 0 || !strings.Contains(said, want) {
			t.Errorf("status %d, no %q in\n%s%s", r.code, want, r.out, r.err)
		}
	}
	checkJSON(t, "organisation-v1", h.run("org", "check", "--workspace", dir, "--json").out)
	if r := h.run("org", "export", "--workspace", dir); r.code != 2 || !strings.Contains(r.err, "organisation.yaml:4:6: person ada is here twice") {
		t.Errorf("export: status %d\n%s%s", r.code, r.out, r.err)
	}
}

// TestWhatIfWithoutSources: documents alone are enough; what facts would say is unknown. The
// seed is that of the file.
func TestWhatIfWithoutSources(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Tiny\n")
	file := filepath.Join(dir, "scenarios.yaml")
	write(t, file, "seed: 42\nscenarios:\n  - name: S\n    steps:\n      - leave: cy\n  - name: Growth\n    growth: {low: 0.2, high: 0.5}\n")
	if r := h.run("org", "whatif", file, "--workspace", dir); r.code != 2 || !strings.Contains(r.err, "the organisation is not described") {
		t.Errorf("without a document: %d %s", r.code, r.err)
	}
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: ada, role: cto}\n  - {id: cy, role: engineer, manager: ada, team: pay}\nteams:\n  - {id: pay}\nownership:\n  - {team: pay, repository: shop}\n")
	seen := func() (v cockpit.WhatIf) {
		t.Helper()
		r := h.run("org", "whatif", file, "--workspace", dir, "--json")
		if err := json.Unmarshal([]byte(r.out), &v); err != nil || r.code != 0 || len(v.Scenarios) != 3 {
			t.Fatalf("%d %v: %s", r.code, err, r.err)
		}
		return v
	}
	v := seen()
	if v.Seed != 42 || v.SeedFrom != "scenarios.yaml" || len(v.Notes) != 1 || v.Scenarios[0].Call != cockpit.CallUnknown || v.Scenarios[1].Facts[0].Number == nil || *v.Scenarios[1].Facts[0].Number != 1 {
		t.Errorf("%+v", v)
	}
	for _, f := range v.Scenarios[0].Facts {
		if f.Label == "across teams" && f.Number != nil {
			t.Errorf("coupling is known without code: %+v", f)
		}
	}
	if again := seen(); !reflect.DeepEqual(v, again) {
		t.Error("the same seed draws otherwise")
	}
	write(t, file, "scenarios:\n  - name: S\n    steps:\n      - leave: cy\n  - name: Growth\n    growth: {low: 0.2, high: 0.5}\n")
	if v := seen(); v.Seed == 42 || v.SeedFrom == "scenarios.yaml" {
		t.Errorf("without a seed: %d of %s", v.Seed, v.SeedFrom)
	}
}

// TestWhatIfSaysWhichStepCannotHappen and why.
func TestWhatIfSaysWhichStepCannotHappen(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	clone := filepath.Join(dir, "clone")
	if err := os.Mkdir(clone, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, clone, "init", "-q", "-b", "main")
	git(t, clone, "commit", "-q", "--allow-empty", "-m", "begin")
	write(t, filepath.Join(dir, "diarchy.yaml"), "sources:\n  - {git: clone}\n")
	file := filepath.Join(dir, "scenarios.yaml")
	write(t, file, "scenarios:\n  - name: S\n    steps:\n      - leave: cy\n      - leave: nobody\n")
	if r := h.run("org", "whatif", file, "--workspace", dir); r.code != 2 || !strings.Contains(r.err, "the organisation is not described") {
		t.Errorf("without a document: %d %s", r.code, r.err)
	}
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: ada, role: cto}\n  - {id: cy, role: engineer, manager: ada}\n")
	if r := h.run("org", "whatif", file, "--workspace", dir); r.code != 2 || !strings.Contains(r.err, `S, step 2 (line 5): "nobody" is nobody of the organisation document`) {
		t.Errorf("a step that cannot happen: %d %s", r.code, r.err)
	}
	write(t, file, "scenarios:\n  - name: S\n    steps:\n      - move: {person: ada, manager: cy}\n")
	if r := h.run("org", "whatif", file, "--workspace", dir); r.code != 2 || !strings.Contains(r.err, `scenarios.yaml: S, step 1 (line 4): ada would report to cy, who reports to ada: a circle`) {
		t.Errorf("a circle: %d %s", r.code, r.err)
	}
	write(t, file, "scenarios:\n  - name: S\n    steps:\n      - leave: cy\n        move: {person: cy, team: x}\n")
	if r := h.run("org", "whatif", file, "--workspace", dir); r.code != 2 || !strings.Contains(r.err, "a step does one thing, this one 2") {
		t.Errorf("two things in a step: %d %s", r.code, r.err)
	}
}
