package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/app"
	"github.com/diarchy/diarchy/internal/cockpit"
)

// result is what a run of the program gave.
type result struct {
	code     int
	out, err string
}

// home is a user's machine without settings.
type home struct {
	t   *testing.T
	env []string
}

func newHome(t *testing.T) home {
	t.Helper()
	dir := t.TempDir()
	return home{t, []string{"HOME=" + dir, "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"), "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "PATH=" + os.Getenv("PATH"), "DIARCHY_DRAWS=600"}}
}

func (h home) run(args ...string) result {
	var out, errs bytes.Buffer
	code := app.Run(context.Background(), args, h.env, strings.NewReader(""), &out, &errs)
	return result{code, out.String(), errs.String()}
}

// apart runs in a process of its own: a database in a file has one process at a time.
func (h home) apart(args ...string) result {
	h.t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = append(slices.Clone(h.env), asProgram+"=1"), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		h.t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// diagnosis runs with --json and decodes.
func (h home) diagnosis(args ...string) cockpit.Diagnosis {
	h.t.Helper()
	r := h.run(append(args, "--json")...)
	var d cockpit.Diagnosis
	if err := json.Unmarshal([]byte(r.out), &d); err != nil {
		h.t.Fatalf("%v: status %d, %v\n%s%s", args, r.code, err, r.out, r.err)
	}
	return d
}

// git runs git in a folder with a fixed identity and clock.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	return gitAt(t, dir, "2024-03-04T10:00:00Z", args...)
}

func gitAt(t *testing.T, dir, date string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=Ada Example", "GIT_AUTHOR_EMAIL=ada@example.com",
		"GIT_COMMITTER_NAME=Ada Example", "GIT_COMMITTER_EMAIL=ada@example.com", "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// smallRepo is a repository with a few commits.
func smallRepo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	for i := range 4 {
		write(t, filepath.Join(dir, "main.go"), strings.Repeat("// a line\n", i*3+1))
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-q", "-m", "Change "+strconv.Itoa(i))
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestStatusAndHints(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	repo := smallRepo(t)
	empty := t.TempDir()
	git(t, empty, "init", "-q")
	plain := t.TempDir()
	shallow := filepath.Join(t.TempDir(), "shallow")
	git(t, ".", "clone", "-q", "--depth", "1", "file://"+repo, shallow)
	old := smallRepo(t)
	gitAt(t, old, "1970-01-02T00:00:00Z", "commit", "-q", "--allow-empty", "-m", "From the dawn of time")
	future := smallRepo(t)
	gitAt(t, future, "2099-01-02T00:00:00Z", "commit", "-q", "--allow-empty", "-m", "From the future")
	workspace := func(text string) string {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "diarchy.yaml"), text)
		return dir
	}
	rules := workspace("company:\n  name: Example\n")
	write(t, filepath.Join(rules, "playbook.yaml"), "tresholds:\n  critical_band: {low: 1, high: 2}\n")
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string // on standard error
	}{
		{"a repository", []string{"diagnose", repo}, 0, nil},
		{"no sources", []string{"diagnose", "--workspace", workspace("company:\n  name: Example\n")}, 2, []string{"hint: list clones under sources"}},
		{"an address without its protocol", []string{"diagnose", "git.example.com/acme/web"}, 1, []string{"git.example.com/acme/web: no such file", "hint: an address begins with its protocol: https://git.example.com/acme/web"}},
		{"no such path", []string{"diagnose", filepath.Join(plain, "nowhere")}, 1, []string{"nowhere", "hint: give the path of a git clone"}},
		{"not a repository", []string{"diagnose", plain}, 1, []string{"neither a git repository", "hint:"}},
		{"an empty repository", []string{"diagnose", empty}, 4, []string{"no commits"}},
		{"an empty one beside another", []string{"diagnose", empty, repo}, 4, []string{"no commits"}},
		{"a shallow clone", []string{"diagnose", shallow}, 4, []string{"git fetch --unshallow"}},
		{"a clock in 1970", []string{"diagnose", old}, 4, []string{"clocks before 1980 or in the future"}},
		{"a clock in the future", []string{"diagnose", future}, 4, []string{"clocks before 1980 or in the future"}},
		{"an address that is not encrypted", []string{"diagnose", "http://example.com/x.git"}, 2, []string{"not encrypted", "hint: use an https:// or ssh address"}},
		{"an unknown key", []string{"diagnose", "--workspace", workspace("company:\n  fundng: []\n")}, 2, []string{"diarchy.yaml:2:3", "funding"}},
		{"a wrong type", []string{"diagnose", "--workspace", workspace("company:\n  headcount: many\n")}, 2, []string{"diarchy.yaml:2:14"}},
		{"an impossible date", []string{"diagnose", "--workspace", workspace("company:\n  product_market_fit: 2023-02-30\n")}, 2, []string{"diarchy.yaml:2:23"}},
		{"a bad playbook", []string{"diagnose", "--workspace", rules, repo}, 2, []string{"playbook.yaml:1:1", "thresholds"}},
		{"a bad date", []string{"diagnose", repo, "--as-of", "yesterday"}, 2, []string{"YYYY-MM-DD"}},
		{"a date to come", []string{"diagnose", repo, "--as-of", "2999-01-01"}, 2, []string{"2999-01-01 is in the future", "hint: give an earlier day"}},
		{"a headcount to come", []string{"diagnose", "--workspace", workspace("company:\n  headcount: [{date: 2931-01-01, engineers: 42}]\n")}, 2, []string{"diarchy.yaml:2:22", "in the future"}},
		{"an unknown flag", []string{"diagnose", repo, "--colour"}, 2, []string{"unknown flag", "hint:"}},
		{"an unknown flag of no command", []string{"--colour"}, 2, []string{"unknown flag", "hint: see diarchy --help\n"}},
		{"an unknown flag of a nested command", []string{"metric", "list", "--colour"}, 2, []string{"hint: see diarchy metric list --help\n"}},
		{"an unknown command", []string{"diagnos"}, 2, []string{"diarchy diagnose"}},
		{"--fail-on that matches", []string{"diagnose", repo, "--fail-on", "not_enough_evidence"}, 3, []string{"not_enough_evidence"}},
		{"--fail-on that does not", []string{"diagnose", repo, "--fail-on", "split_now"}, 0, nil},
		{"--fail-on that is no call", []string{"diagnose", repo, "--fail-on", "panic"}, 2, []string{"split_now"}},
		{"an unknown metric", []string{"metric", "show", "happiness", repo}, 2, []string{"diarchy metric list"}},
		{"an unknown scope", []string{"metric", "show", "throughput", repo, "--of", "team:x"}, 2, []string{"company"}},
		{"the same, as forecast calls it", []string{"metric", "show", "throughput", repo, "--scope", "team:x"}, 2, []string{"there is no scope \"team:x\""}},
		{"an unknown table", []string{"facts", "people", repo}, 2, []string{"file_change"}},
		{"an unknown finding", []string{"explain", "N99", repo}, 2, []string{"N6"}},
		{"a page to nowhere", []string{"diagnose", repo, "--html", filepath.Join(plain, "no", "page.html")}, 1, []string{"page.html"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := h.run(c.args...)
			if r.code != c.code {
				t.Errorf("status %d, want %d\n%s%s", r.code, c.code, r.out, r.err)
			}
			for _, w := range c.want {
				if !strings.Contains(r.err, w) {
					t.Errorf("standard error does not say %q:\n%s", w, r.err)
				}
			}
			if c.code == 1 || c.code == 2 {
				if r.out != "" {
					t.Errorf("a failed command printed a result:\n%s", r.out)
				}
				if !strings.HasPrefix(r.err, "diarchy: ") {
					t.Errorf("the error reads %q", r.err)
				}
			}
		})
	}
}

func TestCommandsRun(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	repo := smallRepo(t)
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"help":           {[]string{}, "diarchy diagnose PATH"},
		"version":        {[]string{"version"}, "diarchy "},
		"version flag":   {[]string{"--version"}, app.Version() + "\n"},
		"metric list":    {[]string{"metric", "list"}, "throughput"},
		"metric show":    {[]string{"metric", "show", "throughput", repo, "--as-of", "2024-03-31"}, "2024-03-18"},
		"playbook show":  {[]string{"playbook", "show"}, "critical_band"},
		"playbook test":  {[]string{"playbook", "test"}, " passed, 0 failed"},
		"config show":    {[]string{"config", "show"}, "memory_limit"},
		"doctor":         {[]string{"doctor", repo}, "git version"},
		"explain":        {[]string{"explain", "N6", repo}, "throughput"},
		"explain metric": {[]string{"explain", "throughput", repo}, "Change 3"},
		"explain all":    {[]string{"explain", "verdict", repo}, "lens"},
		"sync":           {[]string{"sync", repo}, "4 commits"},
		"markdown":       {[]string{"diagnose", repo, "--markdown", "-"}, "#"},
		"completion":     {[]string{"completion", "bash"}, "diarchy"},
		"facts as JSON":  {[]string{"facts", "commit", repo, "--json"}, `"subject":"Change 3"`},
	} {
		t.Run(name, func(t *testing.T) {
			if r := h.run(c.args...); r.code != 0 || !strings.Contains(r.out, c.want) {
				t.Errorf("status %d; no %q in\n%s%s", r.code, c.want, r.out, r.err)
			}
		})
	}
}

func TestFactsEqualGit(t *testing.T) {
	h := newHome(t)
	repo := smallRepo(t)
	r := h.run("facts", "file_change", repo, "--csv")
	rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v\n%s", len(rows), err, r.err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	want := git(t, repo, "log", "--numstat", "-M", "--format=%H")
	for _, row := range rows[1:] {
		line := row[column["added"]] + "\t" + row[column["deleted"]] + "\t" + row[column["path"]]
		if !strings.Contains(want, row[column["sha"]]) || !strings.Contains(want, line) {
			t.Errorf("%v is not what git says:\n%s", row, want)
		}
	}
}

func TestWorkspace(t *testing.T) {
	h := newHome(t)
	repo := smallRepo(t)
	dir := t.TempDir()
	if r := h.run("init", dir, "--name", "Example & Sons", "--source", repo); r.code != 0 {
		t.Fatalf("init: %s", r.err)
	}
	if r := h.run("init", dir); r.code != 2 {
		t.Errorf("a second init overwrites: status %d", r.code)
	}
	d := h.diagnosis("diagnose", "--workspace", dir)
	if d.Company != "Example & Sons" || len(d.Sources) != 1 || d.Sources[0].Commits != 4 {
		t.Errorf("company %q, sources %+v", d.Company, d.Sources)
	}
	if _, err := os.Stat(filepath.Join(dir, ".diarchy", "facts.duckdb")); err != nil {
		t.Error(err)
	}
}

func TestSecondRunReadsOnlyWhatIsNew(t *testing.T) {
	h := newHome(t)
	repo := smallRepo(t)
	var first, second, third struct {
		New []int `json:"new_commits"`
	}
	for _, into := range []any{&first, &second} {
		if err := json.Unmarshal([]byte(h.run("sync", repo, "--json").out), into); err != nil {
			t.Fatal(err)
		}
	}
	git(t, repo, "commit", "-q", "--allow-empty", "-m", "One more")
	if err := json.Unmarshal([]byte(h.run("sync", repo, "--json").out), &third); err != nil {
		t.Fatal(err)
	}
	if first.New[0] != 4 || second.New[0] != 0 || third.New[0] != 1 {
		t.Errorf("new commits: %v, then %v, then %v", first.New, second.New, third.New)
	}
}

func TestRepositoryGivenTwiceCountsOnce(t *testing.T) {
	h := newHome(t)
	repo := smallRepo(t)
	bare := filepath.Join(t.TempDir(), "copy.git")
	git(t, ".", "clone", "-q", "--bare", repo, bare)
	v := h.run("metric", "show", "throughput", repo, bare, "--as-of", "2024-03-31", "--json")
	var m cockpit.MetricView
	if err := json.Unmarshal([]byte(v.out), &m); err != nil || len(m.Points) == 0 {
		t.Fatalf("%v\n%s", err, v.err)
	}
	if *m.Points[0].Value != 4 {
		t.Errorf("%v changes in the week; there are 4", *m.Points[0].Value)
	}
}

// A file of the cache that another version wrote is set aside; one that somebody named
// is left alone.
func TestFactsOfAnotherVersion(t *testing.T) {
	h := newHome(t)
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "start")
	spoil := func(path string) {
		t.Helper()
		db, err := sql.Open("duckdb", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("UPDATE schema_migration SET checksum = 'x'"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	h.run("sync", dir)
	found, err := filepath.Glob(filepath.Join(strings.TrimPrefix(h.env[1], "XDG_CACHE_HOME="), "diarchy", "facts", "*.duckdb"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	spoil(found[0])
	if r := h.run("sync", dir); r.code != 0 || !strings.Contains(r.out, "1 new") {
		t.Errorf("status %d: %s%s", r.code, r.out, r.err)
	}
	if _, err := os.Stat(found[0] + ".other-version"); err != nil {
		t.Error(err)
	}
	named := filepath.Join(t.TempDir(), "named.duckdb")
	h.run("sync", dir, "--database", named)
	spoil(named)
	if r := h.run("sync", dir, "--database", named); r.code != 2 || !strings.Contains(r.err, "another version") {
		t.Errorf("status %d: %s", r.code, r.err)
	}
}
