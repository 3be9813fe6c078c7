package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/rivo/uniseg"
)

// bareWorkspace declares nothing.
func bareWorkspace(t *testing.T, h home) string {
	t.Helper()
	dir := t.TempDir()
	if r := h.run("init", dir, "--name", "Example"); r.code != 0 {
		t.Fatalf("init: %s", r.err)
	}
	return dir
}

func edit(t *testing.T, path, from, to string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), from) {
		t.Fatalf("%q is not in\n%s", from, data)
	}
	write(t, path, strings.Replace(string(data), from, to, 1))
}

func TestAgreement(t *testing.T) {
	h := newHome(t)
	dir := bareWorkspace(t, h)
	file := filepath.Join(dir, "agreement.yaml")
	must := func(code int, want string, args ...string) result {
		t.Helper()
		r := h.run(append(args, "--workspace", dir)...)
		if said := strings.Join(strings.Fields(r.out+r.err), " "); r.code != code || !strings.Contains(said, want) {
			t.Errorf("%v: status %d, want %d and %q\n%s%s", args, r.code, code, want, r.out, r.err)
		}
		return r
	}
	must(1, "write one with: diarchy agreement draft", "agreement", "show")
	must(0, "The VP of Engineering decides", "decide", "--reach", "team", "--cost", "20k", "--reversible", "yes")
	must(0, "wrote "+file, "agreement", "draft")
	before, _ := os.ReadFile(file)
	must(2, "--force", "agreement", "draft")
	write(t, file, string(before)+"# ours\n")
	must(2, "is already there", "agreement", "draft")
	if now, _ := os.ReadFile(file); string(now) != string(before)+"# ours\n" {
		t.Error("a draft overwrote the file")
	}
	if r := must(0, "", "agreement", "draft", "--stdout"); r.out != string(before) {
		t.Errorf("the same company gets another draft:\n%s", r.out)
	}
	must(0, "wrote", "agreement", "draft", "--force")
	must(0, "Nobody is named as the CTO", "agreement", "check")
	must(3, "there is a gap", "agreement", "check", "--fail-on", "gap")
	must(0, "", "agreement", "check", "--fail-on", "problem")
	must(2, "is no level", "agreement", "check", "--fail-on", "trouble")

	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "A draft")
	must(0, "The two say the same.", "agreement", "compare")
	edit(t, file, "decides: vpe", "decides: [cto, vpe]")
	must(0, "decided by the CTO and the VP of Engineering, was the VP of Engineering", "agreement", "compare")
	must(0, "decided by the CTO and the VP of Engineering", "agreement", "compare", "HEAD", file)
	must(0, "The two say the same.", "agreement", "compare", "main", "HEAD")
	must(1, "is neither a file nor a revision", "agreement", "compare", "nothing")
	if r := h.run("agreement", "compare", "--workspace", dir, "--", "--upload-pack=x"); r.code != 1 || !strings.Contains(r.err, "is neither a file nor a revision") {
		t.Errorf("a flag as a revision: status %d\n%s", r.code, r.err)
	}
	must(3, "there is a problem", "agreement", "check", "--fail-on", "problem")
	must(0, "The CTO and the VP of Engineering decide together", "decide", "--reach", "team", "--cost", "20k", "--reversible", "yes")

	must(2, "needs --role and --name", "agreement", "sign", "--role", "cto")
	must(2, "roles here: cto, vpe", "agreement", "sign", "--role", "boss", "--name", "Ada")
	unsigned, _ := os.ReadFile(file)
	must(2, "nothing was signed, for this should not be: agreement.yaml:", "agreement", "sign", "--role", "cto", "--name", "Ada")
	must(2, "decide together on technology of one team", "agreement", "sign", "--role", "cto", "--name", "Ada", "--json")
	if now, _ := os.ReadFile(file); string(now) != string(unsigned) {
		t.Error("what should not be signed was")
	}
	edit(t, file, "decides: [cto, vpe]", "decides: vpe")
	must(0, "signed "+file, "agreement", "sign", "--role", "cto", "--name", "Ada")
	checkJSON(t, "agreement-signature-v1", must(0, `"name": "Grace"`, "agreement", "sign", "--role", "vpe", "--name", "Grace", "--json").out)
	must(0, "It is signed by the CTO and the VP of Engineering", "agreement", "show")
	edit(t, file, "# Those who sign", "# These who sign")
	must(0, "It is signed by the CTO and the VP of Engineering", "agreement", "show")
	edit(t, file, "version: 1", "version: 2")
	must(0, "Ada signed another text", "agreement", "check")
	must(0, "signed "+file, "agreement", "sign", "--role", "vpe", "--name", "Grace") // though the other signed another text
	must(0, "Ada signed another text", "agreement", "check")

	edit(t, file, "version: 2", "version: one")
	for _, args := range [][]string{{"agreement", "show"}, {"agreement", "check"}, {"agreement", "sign", "--role", "cto", "--name", "Ada"}, {"decide", "--reach", "team"}} {
		must(2, `a whole number expected, found "one"`, args...)
	}
}

func TestAgreementPagesAndJSON(t *testing.T) {
	h := newHome(t)
	dir := bareWorkspace(t, h)
	at := []string{"--workspace", dir}
	h.run(append([]string{"agreement", "draft"}, at...)...)
	page, markdown := filepath.Join(dir, "a.html"), filepath.Join(dir, "a.md")
	r := h.run(append([]string{"agreement", "show", "--html", page, "--markdown", markdown}, at...)...)
	if r.code != 0 || !strings.HasPrefix(r.out, "The CTO decides 11 kinds of decision, the VP of Engineering 10\n") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
	for file, want := range map[string]string{page: "<h1 id=\"headline\">The CTO decides 11", markdown: "# The CTO decides 11"} {
		if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s: %v, no %q", file, err, want)
		}
	}
	for schema, args := range map[string][]string{
		"agreement-draft-v1":      {"agreement", "draft", "--stdout"},
		"agreement-v1":            {"agreement", "show"},
		"agreement-check-v1":      {"agreement", "check"},
		"agreement-comparison-v1": {"agreement", "compare", filepath.Join(dir, "agreement.yaml")},
		"decide-v1":               {"decide", "--kind", "vendors"},
	} {
		r := h.run(append(append(args, "--json"), at...)...)
		checkJSON(t, schema, r.out)
	}
	for _, args := range [][]string{{"agreement", "show"}, {"agreement", "check"}, {"decide", "--cost", "20k"}, {"decide", "--kind", "vendors"}, {"agreement", "--help"}, {"agreement", "draft", "--help"}, {"agreement", "sign", "--help"}, {"decide", "--help"}} {
		for line := range strings.Lines(h.run(append(args, at...)...).out) {
			if line = strings.TrimRight(line, "\n"); tooWide(line) {
				t.Errorf("%v prints %d columns: %s", args, uniseg.StringWidth(line), line)
			}
		}
	}
}

func TestDecideFlags(t *testing.T) {
	h := newHome(t)
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{0, "The CTO decides, after consulting the VP of Engineering, whoever answers for security and legal counsel, within 5 working days.", []string{"--reach", "company", "--horizon", "3y", "--cost", "500k", "--reversible", "no", "--security", "--compliance"}},
		{0, "The CTO decides, after consulting the VP of Engineering, finance and the teams concerned, within 20 working days.", []string{"--reach", "company", "--horizon", "36m", "--cost", "0.5M", "--reversible", "no", "--security=no", "--compliance=no"}},
		{0, "It depends on", []string{"--cost", "500_000"}},
		{0, "within 20 working days", []string{"--kind", "vendors"}},
		{2, "nothing is said of the choice", nil},
		{2, "use team, several_teams or company", []string{"--reach", "world"}},
		{2, "write months or years", []string{"--horizon", "long"}},
		{2, "write an amount without a currency", []string{"--cost", "5 EUR"}},
		{2, "is neither yes nor no", []string{"--reversible", "perhaps"}},
		{2, "write --security=no", []string{"--security", "no"}},
		{2, "give --kind alone", []string{"--kind", "vendors", "--cost", "5"}},
		{2, "did you mean vendors?", []string{"--kind", "vendor"}},
		{2, "did you mean hiring?", []string{"--kind", "hire"}},
		{2, "kinds: technology_vision", []string{"--kind", "holidays"}},
	} {
		r := h.run(append([]string{"decide"}, c.args...)...)
		if said := strings.Join(strings.Fields(r.out+r.err), " "); r.code != c.code || !strings.Contains(said, c.want) {
			t.Errorf("%v: status %d, want %d and %q\n%s%s", c.args, r.code, c.code, c.want, r.out, r.err)
		}
	}
	a, b := h.run("decide", "--cost", "500k", "--reach", "team", "--json"), h.run("decide", "--cost", "500000", "--reach", "team", "--json")
	if a.out != b.out || a.code != 0 {
		t.Errorf("500k is not 500000:\n%s\n%s", a.out, b.out)
	}
}

// The demo's facts are in its draft: who leads, how many engineers, where it stands.
func TestAgreementOfTheDemo(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	dir := readDemo(t)
	notAgreed(t, dir)
	r := h.run("agreement", "draft", "--stdout", "--workspace", dir)
	if r.code != 0 {
		t.Fatalf("status %d: %s", r.code, r.err)
	}
	for _, want := range []string{"company: \"Brambleway\"", "currency: EUR", "Drafted for about", "Today there is only a CTO", "markers came in"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is not in\n%s", want, r.out)
		}
	}
	if strings.Contains(r.out, "innovation_or_execution:\n    title: \"Innovation against execution\"\n    question: \"Which share of effort is kept for innovation when delivery is late?\"\n    decides: ceo\n    today:") {
		t.Error("a share of innovation was made up: nothing measures it")
	}
	again := h.run("agreement", "draft", "--workspace", dir)
	var v cockpit.Agreement
	if err := json.Unmarshal([]byte(h.run("agreement", "show", "--json", "--workspace", dir).out), &v); err != nil || again.code != 0 {
		t.Fatalf("%v: %s", err, again.err)
	}
	for _, f := range v.Findings {
		if f.Level == cockpit.LevelProblem {
			t.Errorf("a fresh draft has a problem: %s", f.Text)
		}
	}
	checkHealth(t, h, dir)
}

// checkHealth changes the agreement and the organisation, and looks at the diagnosis.
func checkHealth(t *testing.T, h home, dir string) {
	t.Helper()
	if r := h.run("agreement", "sign", "--role", "cto", "--name", "Somebody Unknown", "--workspace", dir); r.code != 2 || !strings.Contains(r.err, "whose holder is another") {
		t.Errorf("somebody else than the holder signs: status %d\n%s", r.code, r.err)
	}
	var agreed cockpit.Agreement
	if err := json.Unmarshal([]byte(h.run("agreement", "show", "--workspace", dir, "--json").out), &agreed); err != nil {
		t.Fatal(err)
	}
	holder := agreed.Roles[0].Holder
	if r := h.run("agreement", "sign", "--role", "cto", "--name", holder, "--workspace", dir); r.code != 0 {
		t.Fatal(r.err)
	}
	edit(t, filepath.Join(dir, "agreement.yaml"), "  - role: cto\n    name: "+strconv.Quote(holder), "  - role: cto\n    name: Somebody Unknown")
	edit(t, filepath.Join(dir, "organisation.yaml"), "role: cto", "role: director")
	d := h.diagnosis("diagnose", "--workspace", dir)
	a := d.Agreement
	if a == nil || a.Unknown != "" || a.Signatures[0].State != cockpit.SignatureValid || a.Signatures[1].State != cockpit.SignatureMissing || a.Against != cockpit.AgainstAgreement {
		t.Fatalf("health: %+v", a)
	}
	var found []string
	for _, f := range a.Findings {
		found = append(found, f.ID)
	}
	for _, want := range []string{"signed_by_another", "holder_of_another_role", "no_holder"} {
		if !slices.Contains(found, want) {
			t.Errorf("no %s in %q", want, found)
		}
	}
	if len(a.Drift) == 0 || len(a.Drift[0].Traces) == 0 {
		t.Errorf("no drift with its decisions: %+v", a.Drift)
	}
	checkSchema(t, d)
	write(t, filepath.Join(dir, "agreement.yaml"), "roles: [\n")
	if d := h.diagnosis("diagnose", "--workspace", dir); d.Agreement.Unknown != "agreement.yaml cannot be read as it is." || d.Agreement.How != "diarchy agreement check" {
		t.Errorf("an agreement that cannot be read: %+v", d.Agreement)
	}
}

// Sources that cannot be read leave gaps, and are said.
func TestAgreementDraftWithoutItsSources(t *testing.T) {
	h := newHome(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\nleadership: [{role: cto}, {role: vpe}]\nsources: [{git: ./nowhere}]\n")
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: ada, name: Ada Example, role: cto, manager: none}\n  - {id: bob, name: Bob Example, role: vpe, manager: ada}\n  - {id: eve, name: Eve Example, role: vpe, manager: ada}\n")
	r := h.run("agreement", "draft", "--workspace", dir)
	if r.code != 0 || !strings.Contains(r.err, "drafted without the sources") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "agreement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `holder: "Ada Example"`) || strings.Contains(string(text), "Bob") || strings.Contains(string(text), "Eve") {
		t.Errorf("the organisation names one CTO and two VPs:\n%s", text[:2000])
	}
}
