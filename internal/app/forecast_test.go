package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// steadyRepo has a change each Tuesday and Thursday of a number of weeks from Monday
// 1 January 2024 on, and then as many a week as the rest says.
func steadyRepo(t *testing.T, weeks int, rest ...int) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	monday := time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC)
	commit := func(day time.Time) {
		gitAt(t, dir, day.Format(time.RFC3339), "commit", "-q", "--allow-empty", "-m", "A change")
	}
	for w := range weeks {
		commit(monday.AddDate(0, 0, 7*w+1))
		commit(monday.AddDate(0, 0, 7*w+3))
	}
	for w, n := range rest {
		for range n {
			commit(monday.AddDate(0, 0, 7*(weeks+w)+2))
		}
	}
	return dir
}

func (h home) forecast(args ...string) cockpit.Forecast {
	h.t.Helper()
	r := h.run(append([]string{"forecast", "--json"}, args...)...)
	var f cockpit.Forecast
	if err := json.Unmarshal([]byte(r.out), &f); err != nil || r.code != 0 {
		h.t.Fatalf("%v: status %d, %v\n%s%s", args, r.code, err, r.out, r.err)
	}
	return f
}

// Work that never varies has one future: two changes a week, on Tuesday and Thursday.
func TestForecastOfSteadyWork(t *testing.T) {
	h := newHome(t)
	repo := steadyRepo(t, 20)
	f := h.forecast(repo, "--as-of", "2024-05-19", "--items", "7", "--by", "2024-06-04", "--trials", "2000")
	if f.Schema != cockpit.ForecastSchema || f.Start != "2024-05-20" || f.AsOf != "2024-05-19" || f.Unit != "changes" || f.Seed == 0 || f.Trials != 2000 || f.Refused != nil {
		t.Errorf("%+v", f)
	}
	if len(f.Pieces) != 1 || len(f.Pieces[0].Dates) != 4 || f.By == nil || len(f.By.Counts) != 4 {
		t.Fatalf("pieces %+v, by %+v", f.Pieces, f.By)
	}
	for i, d := range f.Pieces[0].Dates {
		if d.Date != "2024-06-11" || d.Uncorrected != d.Date { // 21, 23, 28, 30 May, 4, 6, 11 June
			t.Errorf("%v: %s, want the seventh change on 2024-06-11", d.Chance, d.Date)
		}
		if c := f.By.Counts[i]; c.Items != 5 {
			t.Errorf("%v: %v changes by 4 June, want 5", c.Chance, c.Items)
		}
	}
	if b := f.Basis; b == nil || b.Weeks != 20 || b.Items != 40 || b.From != "2024-01-01" || b.To != "2024-05-19" || b.Recent != 2 {
		t.Errorf("rests on %+v", b)
	}
	if f.Record.Origins != 10 || f.Record.Refused != 0 || len(f.Record.Scores) != 16 {
		t.Errorf("record of %d, refused %d", f.Record.Origins, f.Record.Refused)
	}
	for _, s := range f.Record.Scores {
		if s.Held != s.Forecasts {
			t.Errorf("over %d weeks, %v: %d of %d held, want all", s.Weeks, s.Chance, s.Held, s.Forecasts)
		}
	}
}

// Issues that a tracker knows are counted by the day on which they were done.
func TestForecastOfIssues(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	repo := steadyRepo(t, 14)
	issues := "project,id,key,kind,title,status,category,opened_at,resolved_at\n"
	transitions := "project,id,from,to,from_category,to_category,at\n"
	monday := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 60 { // on Monday, Wednesday and Friday of twenty weeks
		done := monday.AddDate(0, 0, 7*(i/3)+2*(i%3)).Add(15 * time.Hour)
		issues += fmt.Sprintf("PAY,%d,PAY-%d,Task,Work,Done,done,%s,%s\n", i, i, done.AddDate(0, 0, -6).Format(time.RFC3339), done.Format(time.RFC3339))
		transitions += fmt.Sprintf("PAY,%d,Open,Done,todo,done,%s\n", i, done.Format(time.RFC3339))
	}
	write(t, filepath.Join(dir, "issues.csv"), issues)
	write(t, filepath.Join(dir, "transitions.csv"), transitions)
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+repo+"}\nsystems:\n  - {system: csv, name: exports, files: {issues: issues.csv, transitions: transitions.csv}}\n")
	ask := []string{"--workspace", dir, "--as-of", "2024-05-19", "--items", "7", "--trials", "2000"}
	f := h.forecast(append(ask, "--of", "issues")...)
	if f.Unit != "issues" || f.Basis == nil || f.Basis.Items != 60 || f.Basis.Weeks != 20 || len(f.Pieces) != 1 {
		t.Fatalf("%+v", f)
	}
	for _, d := range f.Pieces[0].Dates {
		if d.Date != "2024-06-03" { // 20, 22, 24, 27, 29, 31 May, 3 June
			t.Errorf("%v: %s, want the seventh issue on 2024-06-03", d.Chance, d.Date)
		}
	}
	none := h.forecast(append(ask, "--of", "requests")...)
	if none.Refused == nil || none.Refused.Why != "no change request was finished so far" || !strings.HasPrefix(none.Refused.Supply, "systems: [{system: github") {
		t.Errorf("without a forge: %+v", none.Refused)
	}
}

// A forecast as of a day, with its record, knows nothing of what came after.
func TestForecastKnowsNoFuture(t *testing.T) {
	h := newHome(t)
	past := []int{5, 0, 2, 3, 1, 4, 2, 0, 3, 6, 2, 1, 3, 2, 5}
	short, long := steadyRepo(t, 8, past...), steadyRepo(t, 8, append(past, 30, 0, 30, 30, 0, 30)...)
	ask := []string{"--as-of", "2024-06-09", "--items", "5-9", "--by", "2024-07-01", "--trials", "5000"}
	a, b := h.forecast(append(ask, short)...), h.forecast(append(ask, long)...)
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	if string(x) != string(y) {
		t.Errorf("what came later changes the forecast:\n%s\n%s", x, y)
	}
	if c := h.forecast(append(ask[2:], long, "--as-of", "2024-07-21", "--by", "2024-08-01")...); c.Basis != nil && c.Basis.Items == b.Basis.Items {
		t.Error("the later history gives the same basis: the test shows nothing")
	}
}

func TestForecastRefusesAndSaysWhy(t *testing.T) {
	h := newHome(t)
	repo := steadyRepo(t, 6)
	f := h.forecast(repo, "--items", "4", "--as-of", "2024-02-11")
	if f.Refused == nil || !strings.Contains(f.Refused.Why, "6 complete weeks") || f.Basis != nil || len(f.Pieces) != 0 || f.Refused.Supply == "" {
		t.Errorf("%+v", f)
	}
	r := h.run("forecast", repo, "--items", "4", "--as-of", "2024-02-11")
	if r.code != 0 || !strings.Contains(r.out, "No forecast") || !strings.Contains(strings.Join(strings.Fields(r.out), " "), "10 are needed, 4 more.") || strings.Contains(r.out, "%") {
		t.Errorf("status %d\n%s", r.code, r.out)
	}
}

func TestForecastFilesAndUsage(t *testing.T) {
	h := newHome(t)
	repo := steadyRepo(t, 14)
	page, text := filepath.Join(t.TempDir(), "f.html"), filepath.Join(t.TempDir(), "f.md")
	r := h.run("forecast", repo, "--work", "First = one=3", "--work", "Second=2-4", "--trials", "2000", "--html", page, "--markdown", text)
	if r.code != 0 || !strings.Contains(r.out, "FIRST = ONE: 3 CHANGES") || !strings.Contains(r.err, "wrote "+page) {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.err)
	}
	for file, want := range map[string]string{page: "<svg", text: "## Second: 2 to 4 changes"} {
		if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s has no %q (%v)", file, want, err)
		}
	}
	if r := h.run("forecast", repo, "--items", "3", "--trials", "2000", "--markdown", "-"); r.code != 0 || !strings.HasPrefix(r.out, "# Forecast\n") {
		t.Errorf("status %d\n%s", r.code, r.out)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "nothing is asked"},
		{[]string{"--items", "many"}, `--items "many"`},
		{[]string{"--items", "0"}, `--items "0"`},
		{[]string{"--items", "1.5"}, "a whole number"},
		{[]string{"--items", "60-30"}, "ends before it begins"},
		{[]string{"--items", "3", "--work", "A=3"}, "say the same"},
		{[]string{"--work", "A"}, `--work "A" is not NAME=ITEMS`},
		{[]string{"--work", "=3"}, "is not NAME=ITEMS"},
		{[]string{"--work", "A=3", "--work", "A=4"}, `names "A" twice`},
		{[]string{"--work", "A=x"}, `--work A "x"`},
		{[]string{"--by", "tomorrow"}, `--by "tomorrow" is no date`},
		{[]string{"--by", "2024-01-01"}, "before the work starts"},
		{[]string{"--by", "2044-01-01"}, "more than five years away"},
		{[]string{"--items", "3", "--start", "2024-01-01"}, "--start 2024-01-01 is before"},
		{[]string{"--items", "3", "--growth", "0.5"}, "does not say of what"},
		{[]string{"--items", "3", "--growth", "0.5/month"}, "does not say of what"},
		{[]string{"--items", "3", "--growth", "1/item"}, "from 0 to 0.99"},
		{[]string{"--items", "3", "--growth", "1.2/item"}, "such as 0.1/item, or 0.05-0.2/item for a range"},
		{[]string{"--items", "3", "--split", "0.5"}, "--split"},
		{[]string{"--items", "3", "--focus", "0"}, "--focus"},
		{[]string{"--items", "3", "--focus", "120%"}, "--focus"},
		{[]string{"--items", "3", "--of", "hours"}, `--of "hours"`},
		{[]string{"--items", "3", "--scope", "team:Nobody"}, `there is no scope "team:Nobody"`},
		{[]string{"--items", "3", "--trials", "10"}, "--trials 10"},
	} {
		if r := h.run(append([]string{"forecast", repo}, tt.args...)...); r.code != 2 || !strings.Contains(r.err, tt.want) || !strings.Contains(r.err, "hint: ") {
			t.Errorf("%v: status %d, %s; want 2 and %q with a hint", tt.args, r.code, r.err, tt.want)
		}
	}
}

// What is finished is not counted by application, and that is said, in the place of nothing
// having been finished.
func TestNothingIsCountedByApplication(t *testing.T) {
	h := newHome(t)
	dir, repo := t.TempDir(), steadyRepo(t, 20)
	write(t, filepath.Join(dir, "diarchy.yaml"), "sources: [{git: "+repo+", name: shop}]\napplications: [{name: web, repository: shop}]\n")
	f := h.forecast("--workspace", dir, "--items", "7", "--scope", "application:web", "--as-of", "2024-05-19")
	if f.Refused == nil || f.Refused.Why != "changes are not counted by application" || !strings.Contains(f.Refused.Supply, "--scope repository:") {
		t.Errorf("%+v", f.Refused)
	}
	for metric, counted := range map[string]bool{"throughput": false, "deployment_frequency": true} {
		var v cockpit.MetricView
		r := h.run("metric", "show", metric, "--workspace", dir, "--of", "application:web", "--as-of", "2024-05-19", "--json")
		if err := json.Unmarshal([]byte(r.out), &v); err != nil {
			t.Fatalf("%v: %s%s", err, r.out, r.err)
		}
		if (v.Missing != "it is not counted by application") != counted || strings.Contains(strings.Join(v.Scopes, " "), "application:") != counted {
			t.Errorf("%s: missing %q, supply %q, scopes %q", metric, v.Missing, v.Supply, v.Scopes)
		}
	}
}

// What a file cannot tell, as it was written before, is no standstill: a forecast rests on the
// weeks that are known.
func TestForecastAfterTheLastReading(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	issues, monday, n := "project,id,category,opened_at,resolved_at\n", time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC), 0
	for w := range 30 {
		for d := range 2 {
			n++
			at := monday.AddDate(0, 0, 7*w+2*d+1)
			issues += fmt.Sprintf("PAY,%d,done,%s,%s\n", n, at.AddDate(0, 0, -3).Format(time.RFC3339), at.Format(time.RFC3339))
		}
	}
	file := filepath.Join(dir, "issues.csv")
	write(t, file, issues)
	written := monday.AddDate(0, 0, 7*30+1)
	if err := os.Chtimes(file, written, written); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\nsystems:\n  - {system: csv, files: {issues: issues.csv}}\n")
	f := h.forecast("--workspace", dir, "--of", "issues", "--as-of", "2024-09-15", "--items", "6", "--trials", "2000")
	if f.Refused != nil || len(f.Pieces) != 1 || len(f.Pieces[0].Dates) != 4 {
		t.Errorf("%+v", f)
	}
}
