package demo

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// dispersion is the relative standard deviation.
func dispersion(v []float64) float64 {
	m, squares := mean(v), 0.0
	for _, x := range v {
		squares += (x - m) * (x - m)
	}
	return math.Sqrt(squares/float64(len(v)-1)) / m
}

func sum(v []float64) float64 { return mean(v) * float64(len(v)) }

// within fails when a measured number is outside of a range.
func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	t.Logf("%s: %.3g (%g to %g)", what, got, low, high)
	if got < low || got > high || math.IsNaN(got) {
		t.Errorf("%s is %.3g, want %g to %g", what, got, low, high)
	}
}

// sound checks what holds in every company.
func (w *world) sound(t *testing.T) {
	commits := 0
	for _, repo := range w.repos {
		if out := w.git(t, repo, "fsck", "--strict"); out != "" {
			t.Errorf("%s: fsck: %.300s", repo, out)
		}
		if head := w.git(t, repo, "symbolic-ref", "HEAD"); head != "refs/heads/main" {
			t.Errorf("%s: HEAD is %s", repo, head)
		}
		if refs := w.git(t, repo, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/pull"); refs != "refs/heads/main" {
			t.Errorf("%s: branches %q", repo, refs)
		}
		at := map[string]int{}
		log := strings.Split(w.git(t, repo, "log", "--reverse", "--topo-order", "--format=%H %ct %at %P"), "\n")
		commits += len(log)
		for _, line := range log {
			f := strings.Fields(line)
			at[f[0]], _ = strconv.Atoi(f[1])
			if authored, _ := strconv.Atoi(f[2]); authored > at[f[0]] {
				t.Errorf("%s: %s was committed before it was written", repo, f[0])
			}
			for _, parent := range f[3:] {
				if at[f[0]] < at[parent] {
					t.Errorf("%s: %s is older than its parent", repo, f[0])
				}
			}
		}
	}
	within(t, "commits", float64(commits), 12_000, 18_000)
	addresses := map[string]map[string]bool{}
	for _, e := range w.log(t, "--format=%ct %aE %ae") {
		if addresses[e.email] == nil {
			addresses[e.email] = map[string]bool{}
		}
		addresses[e.email][e.rest] = true
	}
	two := 0
	for _, set := range addresses {
		two += len(set) - 1
	}
	if two != 1 {
		t.Errorf("%d addresses are joined by .mailmap, want 1", two)
	}
	for _, e := range w.log(t, "--format=%ct %aE") {
		if e.at.Before(w.cal().first) || e.at.After(w.cal().end().AddDate(0, 0, 1)) {
			t.Errorf("a commit of %v lies outside of the history", e.at)
		}
	}
}

func TestTroubled(t *testing.T) {
	w := makeWorld(t, Troubled())
	for _, line := range w.t.Lines() {
		t.Log(line)
	}
	stable, span := w.cal().back(w.c.StableWeeks), w.c.Span
	t.Run("sound", w.sound)
	t.Run("velocity", func(t *testing.T) {
		shift := w.cal().index(w.t.Velocity.Since)
		landed, authors := w.landed(t), w.authors(t)
		before, after := w.ordinary(landed, stable, shift), w.ordinary(landed, shift, span)
		within(t, "changes a week before", mean(before), 0.95*w.t.Velocity.ChangesBefore, 1.05*w.t.Velocity.ChangesBefore)
		within(t, "level after", mean(after)/mean(before), 0.65, 0.75)
		within(t, "dispersion before", dispersion(before), 0.06, 0.12)
		within(t, "dispersion with holidays", dispersion(landed[stable:shift]), 0.06, 0.16)
		within(t, "dispersion after", dispersion(after), 0.23, 0.33)
		within(t, "ratio of dispersions", dispersion(after)/dispersion(before), 2.4, 3.8)
		engineers, later := w.ordinary(authors, stable, shift), w.ordinary(authors, shift, span)
		within(t, "authors a week before", mean(engineers), 34, 41)
		within(t, "authors a week after", mean(later)/mean(engineers), 0.93, 1.05)
		t.Logf("changes by week: %v", landed[stable:])
		t.Logf("authors by week: %v", authors[stable:])
	})
	t.Run("debt", func(t *testing.T) {
		surge := w.cal().index(w.t.Debt.Since)
		in, out := w.debt(t)
		within(t, "inflow before", mean(in[stable:surge]), 4, 12)
		within(t, "inflow times", mean(in[surge:])/mean(in[stable:surge]), 2.5, 3.5)
		within(t, "pay-down of inflow before", sum(out[stable:surge])/sum(in[stable:surge]), 0.75, 1.05)
		within(t, "pay-down times", mean(out[surge:])/mean(out[stable:surge]), 0.8, 1.2)
	})
	t.Run("decisions", func(t *testing.T) {
		stall := w.cal().index(w.t.Decisions.Since)
		var before, slow, open []int
		for _, d := range w.decisions(t) {
			switch {
			case d[0] < stall:
				before = append(before, d[1])
			case d[1] < 0:
				open = append(open, d[1])
			default:
				slow = append(slow, d[1])
			}
		}
		within(t, "records before", float64(len(before)), 18, 36)
		within(t, "median days before", float64(median(before)), 9, 15)
		if slices.Min(before) < 0 || len(open) != 7 || len(slow) != 2 || slices.Min(slow) <= 80 {
			t.Errorf("before %v, open %d, slow %v", before, len(open), slow)
		}
	})
	t.Run("onboarding", func(t *testing.T) {
		var before, after []int
		for _, n := range w.newcomers(t) {
			if n.first.Before(w.t.Onboarding.Since) {
				before = append(before, n.days())
			} else {
				after = append(after, n.days())
			}
		}
		within(t, "newcomers before", float64(len(before)), 10, 60)
		within(t, "newcomers after", float64(len(after)), 10, 20)
		within(t, "median days before", float64(median(before)), 6, 10)
		within(t, "median days after", float64(median(after)), 31, 41)
	})
	t.Run("merging", func(t *testing.T) {
		before, after := w.merges(t)
		within(t, "largest share before", largest(before), 0.18, 0.3)
		within(t, "largest share after", largest(after), 0.7, 0.8)
	})
	t.Run("reviewing", func(t *testing.T) {
		before, after := w.waits(t, w.t.Reviewing.Since.AddDate(0, 0, 7))
		within(t, "requests before", float64(len(before)), 2000, 6000)
		within(t, "median hours before", float64(median(before)), 0, 2)
		within(t, "median hours after", float64(median(after)), 10, 60)
		for i, row := range w.table(t, "change_request_commits") {
			if i%500 > 0 {
				continue
			}
			if got := w.git(t, row[0], "cat-file", "-t", row[2]); got != "commit" {
				t.Fatalf("%v names a %s", row, got)
			}
		}
	})
	t.Run("ties", w.ties)
	t.Run("releases", func(t *testing.T) {
		slow := w.cal().index(w.t.Releases.Since)
		var before, after []int
		weeks, days := w.gaps(t)
		for i := range days {
			if weeks[i] < slow {
				before = append(before, days[i])
			} else {
				after = append(after, days[i])
			}
		}
		within(t, "days before", float64(median(before)), 13, 16)
		within(t, "days after", float64(median(after)), 38, 48)
		within(t, "releases after", float64(len(after)), 10, 20)
	})
}

// ties: what lands in the repositories of teams with a tracker names an item of it, and one
// that was under way.
func (w *world) ties(t *testing.T) {
	items := map[string][2]time.Time{}
	for _, row := range w.table(t, "issues") {
		if row[8] != "" {
			items[row[2]] = [2]time.Time{moment3339(t, row[7]), moment3339(t, row[8])}
		}
	}
	name := regexp.MustCompile(`\b(PAY|SHOP|LED|DATA)-\d+\b`)
	since := w.cal().week(w.cal().back(toldWeeks))
	for _, repo := range w.repos {
		one := &world{dir: w.dir, c: w.c, repos: []string{repo}}
		all, tied := 0, 0
		for _, e := range one.log(t, "--first-parent", "--format=%ct %aE %s") {
			if e.at.Before(since) {
				continue
			}
			all++
			key := name.FindString(e.rest)
			if key == "" {
				continue
			}
			tied++
			if span, ok := items[key]; !ok || e.at.Before(span[0]) || e.at.After(span[1]) {
				t.Errorf("%s: %q landed on %v, and the item is of %v", repo, e.rest, e.at, span)
			}
		}
		low, high := 0.55, 0.85
		if repo == "insights" { // its team has no tracker
			low, high = 0, 0
		}
		within(t, repo+": changes that name an item", float64(tied)/float64(all), low, high)
	}
}

// waits are the hours from opening to the first review of each change request, before and
// since a day.
func (w *world) waits(t *testing.T, since time.Time) (before, after []int) {
	opened, seen := map[string]time.Time{}, map[string]bool{}
	for _, row := range w.table(t, "change_requests") {
		opened[row[0]+row[1]] = moment3339(t, row[3])
	}
	for _, row := range w.table(t, "change_request_events") {
		key := row[0] + row[1]
		if seen[key] {
			continue
		}
		seen[key] = true
		at := moment3339(t, row[3])
		if hours := int(at.Sub(opened[key]).Hours()); at.Before(since) {
			before = append(before, hours)
		} else {
			after = append(after, hours)
		}
	}
	return before, after
}

// merges counts merges by e-mail before and since the bottleneck.
func (w *world) merges(t *testing.T) (before, after map[string]int) {
	before, after = map[string]int{}, map[string]int{}
	for _, repo := range w.t.Merging.Repositories {
		one := &world{dir: w.dir, c: w.c, repos: []string{repo}}
		for _, e := range one.log(t, "--merges", "--first-parent", "--format=%ct %cE") {
			if e.at.Before(w.t.Merging.Since) {
				before[e.email]++
			} else {
				after[e.email]++
			}
		}
	}
	return before, after
}

func largest(shares map[string]int) float64 {
	total, most := 0, 0
	for _, n := range shares {
		total += n
		most = max(most, n)
	}
	return float64(most) / float64(total)
}

func TestHealthy(t *testing.T) {
	w := makeWorld(t, Healthy())
	if lines := w.t.Lines(); len(lines) > 0 {
		t.Errorf("truths in a healthy company: %q", lines)
	}
	span := w.c.Span
	t.Run("sound", w.sound)
	t.Run("velocity", func(t *testing.T) {
		landed, authors := w.landed(t), w.authors(t)
		for year := range 3 {
			part := w.ordinary(landed, 1+year*52, 53+year*52)
			within(t, "changes a week", mean(part), 39, 45)
			within(t, "dispersion", dispersion(part), 0.1, 0.21)
		}
		within(t, "authors in the first year", mean(authors[1:53]), 12, 14.5)
		within(t, "authors in the last year", mean(authors[span-52:]), 12, 14.5)
		t.Logf("changes by week: %v", landed)
	})
	t.Run("debt", func(t *testing.T) {
		in, out := w.debt(t)
		for year := range 3 {
			a, b := in[1+year*52:53+year*52], out[1+year*52:53+year*52]
			within(t, "inflow", mean(a), 3, 6)
			within(t, "pay-down of inflow", sum(b)/sum(a), 0.8, 1.1)
		}
	})
	t.Run("decisions", func(t *testing.T) {
		var days []int
		for path, d := range w.decisions(t) {
			if d[1] < 0 || d[1] > 25 {
				t.Errorf("%s took %d days", path, d[1])
			}
			days = append(days, d[1])
		}
		within(t, "records", float64(len(days)), 25, 40)
		within(t, "median days", float64(median(days)), 9, 15)
	})
	t.Run("onboarding", func(t *testing.T) {
		var days []int
		for _, n := range w.newcomers(t) {
			days = append(days, n.days())
		}
		within(t, "newcomers", float64(len(days)), 8, 12)
		within(t, "longest", float64(slices.Max(days)), 5, 14)
	})
	t.Run("releases", func(t *testing.T) {
		_, days := w.gaps(t)
		within(t, "median days", float64(median(days)), 13, 16)
		within(t, "longest", float64(slices.Max(days)), 13, 20)
	})
	t.Run("reviewing", func(t *testing.T) {
		before, after := w.waits(t, w.cal().week(w.c.Span-26))
		within(t, "median hours before", float64(median(before)), 0, 2)
		within(t, "longest after", float64(slices.Max(after)), 0, 2)
	})
	t.Run("documents", func(t *testing.T) {
		for _, repo := range w.repos {
			for _, path := range newDocuments(&repoKinds()[0]).often()[3:] {
				at := w.git(t, repo, "log", "-1", "--format=%ct", "--", path)
				sec, _ := strconv.ParseInt(at, 10, 64)
				if age := (w.cal().end().Unix() - sec) / 86400; age > 35 {
					t.Errorf("%s: %s was touched %d days before the end", repo, path, age)
				}
			}
		}
	})
}

// TestSame makes a company twice, and once with another seed.
func TestSame(t *testing.T) {
	c := SmallTroubled()
	c.Span, c.StableWeeks = 60, 60
	heads := func(c Company) (out []string) {
		w := makeWorld(t, c)
		for _, repo := range w.repos {
			out = append(out, w.git(t, repo, "for-each-ref", "--format=%(objectname) %(refname)"))
		}
		return out
	}
	first := heads(c)
	if second := heads(c); !slices.Equal(first, second) {
		t.Errorf("the same seed gave %q, then %q", first, second)
	}
	c.Seed++
	if other := heads(c); slices.Equal(first, other) {
		t.Error("another seed gave the same commits")
	}
}

func TestRefuses(t *testing.T) {
	w := makeWorld(t, func() Company { c := Healthy(); c.Span, c.StableWeeks = 30, 30; return c }())
	if _, err := Make(t.Context(), w.dir, w.c, "git"); err == nil {
		t.Error("wrote over repositories that were there")
	}
	if _, err := Make(t.Context(), t.TempDir(), Company{}, "git"); err == nil {
		t.Error("made a company of nothing")
	}
	if _, err := Make(t.Context(), t.TempDir(), Healthy(), "no-such-git"); err == nil {
		t.Error("made repositories without git")
	}
}

// TestVariants checks the plans of companies with one half of the symptoms each.
func TestVariants(t *testing.T) {
	for _, c := range []Company{BigAlone(), SmallTroubled(), Troubled(), Healthy()} {
		t.Run(c.Name, func(t *testing.T) {
			p := newPlan(c)
			truths := p.truths()
			want := 6
			if truths.Border != nil {
				want++
			}
			if truths.Delivery != nil {
				want++
			}
			if truths.Agreement != nil {
				want++
			}
			if truths.Reviewing != nil {
				want++
			}
			if planted := len(truths.Lines()); planted != 0 && planted != want {
				t.Errorf("%d truths", planted)
			}
			for w := p.cal.back(c.StableWeeks); w < c.Span; w++ {
				if n := p.engineers(w); n != c.Engineers {
					t.Errorf("week %d has %d engineers, want %d", w, n, c.Engineers)
				}
			}
			if !strings.Contains(p.profile(), "name: "+c.Name) {
				t.Error("the profile has no name")
			}
			for _, lists := range p.changes {
				for _, ch := range lists {
					if !ch.author.here(p.cal.index(ch.land)) && ch.author.ramp == nil {
						t.Errorf("%s lands a change in week %d", ch.author.name, p.cal.index(ch.land))
					}
				}
			}
		})
	}
}

// TestEnd moves the end: symptoms move along, and a week begins on a Monday.
func TestEnd(t *testing.T) {
	c := Troubled()
	first := newPlan(c).truths()
	if got := first.Velocity.Since.Format("2006-01-02"); got != "2026-01-05" {
		t.Errorf("velocity changes on %s", got)
	}
	c.End = c.End.AddDate(0, 0, 7*10+3)
	later := newPlan(c).truths()
	if moved := later.Velocity.Since.Sub(first.Velocity.Since).Hours() / 24; moved != 70 {
		t.Errorf("the end moved by 73 days, the velocity change by %v", moved)
	}
	if later.Last.Weekday().String() != "Sunday" || later.Last.After(c.End) {
		t.Errorf("the history ends on %v", later.Last)
	}
}
