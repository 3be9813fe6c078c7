package demo

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// world is a made company, read back with git.
type world struct {
	dir   string
	c     Company
	t     Truths
	repos []string
}

func makeWorld(t *testing.T, c Company) *world {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git program")
	}
	w := &world{dir: t.TempDir(), c: c}
	began := time.Now()
	truths, err := Make(t.Context(), w.dir, c, "git")
	if err != nil {
		t.Fatal(err)
	}
	w.t = truths
	for _, r := range repoKinds() {
		w.repos = append(w.repos, r.name)
	}
	t.Logf("%s: made in %v", c.Name, time.Since(began).Round(10*time.Millisecond))
	return w
}

// git runs git in one of the repositories.
func (w *world) git(t *testing.T, repo string, args ...string) string {
	t.Helper()
	full := append([]string{"--git-dir=" + filepath.Join(w.dir, "repos", repo+".git")}, args...)
	out, err := command(t.Context(), "git", full...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v: %.300s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// table reads an export, without its heading.
func (w *world) table(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "exports", name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func moment3339(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// entry is a line of a log: a time, an e-mail, and the rest.
type entry struct {
	repo, email, rest string
	at                time.Time
}

// log reads `git log` of all repositories with a format that begins with Unix
// seconds and an e-mail. Bots are left out.
func (w *world) log(t *testing.T, args ...string) []entry {
	t.Helper()
	var out []entry
	for _, repo := range w.repos {
		for line := range strings.SplitSeq(w.git(t, repo, append([]string{"log"}, args...)...), "\n") {
			f := strings.SplitN(line, " ", 3)
			sec, err := strconv.ParseInt(f[0], 10, 64)
			if err != nil {
				t.Fatalf("line %q", line)
			}
			if strings.Contains(f[1], "[bot]") || strings.HasPrefix(f[1], "ci-bot") {
				continue
			}
			out = append(out, entry{repo, f[1], strings.Join(f[2:], ""), time.Unix(sec, 0).UTC()})
		}
	}
	return out
}

func (w *world) cal() calendar { return newCalendar(w.c.End, w.c.Span) }

// landed is the number of changes that people landed in each week.
func (w *world) landed(t *testing.T) []float64 {
	out := make([]float64, w.c.Span)
	for _, e := range w.log(t, "--first-parent", "--format=%ct %aE") {
		out[w.cal().index(e.at)]++
	}
	return out
}

// authors is the number of people who wrote a commit in each week.
func (w *world) authors(t *testing.T) []float64 {
	seen := make([]map[string]bool, w.c.Span)
	out := make([]float64, w.c.Span)
	for _, e := range w.log(t, "--no-merges", "--format=%at %aE") {
		i := w.cal().index(e.at)
		if seen[i] == nil {
			seen[i] = map[string]bool{}
		}
		seen[i][e.email] = true
		out[i] = float64(len(seen[i]))
	}
	return out
}

// ordinary leaves out the weeks of holidays.
func (w *world) ordinary(series []float64, from, to int) []float64 {
	var out []float64
	for i := from; i < to; i++ {
		if holiday(w.cal().week(i)) == 1 {
			out = append(out, series[i])
		}
	}
	return out
}

// newcomer is when somebody's first and fifth day with a landed change were.
type newcomer struct {
	email        string
	first, fifth time.Time
}

// newcomers are the people who began after the first month and reached a fifth day.
func (w *world) newcomers(t *testing.T) []newcomer {
	days := map[string]map[time.Time]bool{}
	for _, e := range w.log(t, "--no-merges", "--format=%at %aE") {
		if days[e.email] == nil {
			days[e.email] = map[time.Time]bool{}
		}
		days[e.email][e.at.Truncate(24*time.Hour)] = true
	}
	var out []newcomer
	for email, set := range days {
		var d []time.Time
		for day := range set {
			d = append(d, day)
		}
		slices.SortFunc(d, time.Time.Compare)
		if d[0].After(w.cal().week(4)) && len(d) >= 5 {
			out = append(out, newcomer{email, d[0], d[4]})
		}
	}
	return out
}

func (n newcomer) days() int { return int(n.fifth.Sub(n.first).Hours() / 24) }

var admission = regexp.MustCompile(`(//|#|/\*).*(\b(TODO|FIXME|HACK|XXX)\b|temporary workaround|this is a hack|should be refactored)`)

// debt counts the markers that came in and went out in each week.
func (w *world) debt(t *testing.T) (in, out []float64) {
	in, out = make([]float64, w.c.Span), make([]float64, w.c.Span)
	for _, repo := range w.repos {
		week := 0
		log := w.git(t, repo, "log", "--reverse", "--topo-order", "--no-merges", "-p", "-U0", "-M", "--format=@%ct")
		for line := range strings.SplitSeq(log, "\n") {
			switch {
			case strings.HasPrefix(line, "@@"):
			case strings.HasPrefix(line, "@"):
				sec, _ := strconv.ParseInt(line[1:], 10, 64)
				week = w.cal().index(time.Unix(sec, 0))
			case !admission.MatchString(line):
			case line[0] == '+':
				in[week]++
			case line[0] == '-':
				out[week]++
			}
		}
	}
	return in, out
}

// decisions are, of every record, the week of the proposal and the days from then
// to the decision, -1 while it is open.
func (w *world) decisions(t *testing.T) map[string][2]int {
	out := map[string][2]int{}
	proposals := map[string]time.Time{}
	status := regexp.MustCompile(`^\+(?:status: )?([A-Za-z]+)$`)
	for _, repo := range w.repos {
		var at time.Time
		var path string
		log := w.git(t, repo, "log", "--first-parent", "-m", "--reverse", "-p", "--format=@%ct", "--", "docs/adr")
		for line := range strings.SplitSeq(log, "\n") {
			if after, ok := strings.CutPrefix(line, "@"); ok && !strings.HasPrefix(line, "@@") {
				sec, _ := strconv.ParseInt(after, 10, 64)
				at = time.Unix(sec, 0).UTC()
			} else if after, ok := strings.CutPrefix(line, "+++ b/"); ok {
				path = repo + ": " + after
			} else if m := status.FindStringSubmatch(line); m != nil {
				switch strings.ToLower(m[1]) {
				case proposed:
					proposals[path] = at
					out[path] = [2]int{w.cal().index(at), -1}
				case accepted, rejected:
					out[path] = [2]int{w.cal().index(proposals[path]), int(at.Sub(proposals[path]).Hours()/24 + 0.5)}
				}
			}
		}
	}
	return out
}

// gaps are the days between releases of a repository, by the week of the later one.
func (w *world) gaps(t *testing.T) (weeks, days []int) {
	for _, repo := range w.repos {
		last := time.Time{}
		for line := range strings.SplitSeq(w.git(t, repo, "for-each-ref", "refs/tags", "--sort=creatordate", "--format=%(creatordate:unix) %(objecttype) %(refname:short)"), "\n") {
			f := strings.Fields(line)
			if f[1] != "tag" {
				t.Errorf("%s is not annotated", f[2])
			}
			if strings.Contains(f[2], "-rc") {
				continue
			}
			sec, _ := strconv.ParseInt(f[0], 10, 64)
			at := time.Unix(sec, 0).UTC()
			if !last.IsZero() {
				weeks, days = append(weeks, w.cal().index(at)), append(days, int(at.Sub(last).Hours()/24+0.5))
			}
			last = at
		}
	}
	return weeks, days
}
