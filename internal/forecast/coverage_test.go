package forecast

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var histories = flag.String("histories", "", "folder of clones, bare or not, whose forecasts are held against what happened")

// TestHistories makes the table of docs/forecasting.md, and fails when pooled coverage is
// further than five points from what was said.
func TestHistories(t *testing.T) {
	if *histories == "" {
		t.Skip("needs clones: -histories DIR")
	}
	entries, err := os.ReadDir(*histories)
	if err != nil {
		t.Fatal(err)
	}
	var all []scored
	for _, e := range entries {
		if s, ok := scoreClone(t, e.Name(), filepath.Join(*histories, e.Name())); ok {
			all = append(all, s)
		}
	}
	var out strings.Builder
	slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(a.name, b.name) })
	out.WriteString("\n| history | first week | weeks | forecast from, refused | 50 % | 70 % | 85 % | 95 % | uncorrected |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, s := range all {
		fmt.Fprintf(&out, "| %s | %s | %d | %d, %d |", s.name, s.h.Start.Format(time.DateOnly), len(s.h.Weeks), s.r.Origins, s.r.Refused)
		corrected, raw := coverage([]scored{s}, 0)
		fmt.Fprintf(&out, " %s | %s |\n", percents(corrected, " | "), percents(raw, " "))
	}
	counted := slices.DeleteFunc(slices.Clone(all), func(s scored) bool { return !s.enough() })
	fmt.Fprintf(&out, "\n%d histories with at least ten forecasts over 12 weeks:\n\n| over | 50 %% | 70 %% | 85 %% | 95 %% | uncorrected |\n| --- | --- | --- | --- | --- | --- |\n", len(counted))
	for _, h := range []int{2, 4, 8, 12, 0} {
		corrected, raw := coverage(counted, h)
		name := "all"
		if h > 0 {
			name = fmt.Sprintf("%d weeks", h)
		}
		fmt.Fprintf(&out, "| %s | %s | %s |\n", name, percents(corrected, " | "), percents(raw, " "))
		if h > 0 {
			continue
		}
		low, high := spread(counted)
		out.WriteString("| 95 % interval |")
		for l, p := range levels {
			fmt.Fprintf(&out, " %.1f-%.1f |", 100*low[l], 100*high[l])
			if math.Abs(corrected[l]-p) > 0.05 {
				t.Errorf("dates of %.0f %% held %.1f %%", 100*p, 100*corrected[l])
			}
		}
		out.WriteString(" |\n| plain resampling |")
		for _, x := range plain(counted) {
			fmt.Fprintf(&out, " %.0f |", 100*x)
		}
		out.WriteString(" |\n| mean distance of a history |")
		near, far := distances(counted)
		for l := range levels {
			fmt.Fprintf(&out, " %.1f |", 100*near[l])
		}
		for l := range levels {
			fmt.Fprintf(&out, " %.1f", 100*far[l])
		}
		out.WriteString(" |\n")
	}
	fmt.Print(out.String())
}

// scored is a history with its record.
type scored struct {
	name   string
	h      History
	r      Record
	scores []Score
}

func (s scored) enough() bool {
	return slices.ContainsFunc(s.scores, func(x Score) bool { return x.Horizon == 12 && x.Chance == 0.5 && x.Blocks >= 10 })
}

func scoreClone(t *testing.T, name, dir string) (scored, bool) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "repo")); err == nil {
		dir = filepath.Join(dir, "repo")
	}
	s := scored{name: strings.ReplaceAll(name, "+", "/")}
	out, err := exec.Command("git", "-C", dir, "log", "--first-parent", "--format=%ct", "HEAD").Output()
	if err != nil {
		return s, false
	}
	s.h = weekly(t, string(out))
	if s.r, err = NewRecord(s.h); err != nil {
		t.Fatal(err)
	}
	if s.scores, err = s.r.Scores(); err != nil {
		t.Fatal(err)
	}
	return s, true
}

// weekly counts times, seconds since 1970 on a line each, by week from Monday on, to
// the last week that is complete.
func weekly(t *testing.T, lines string) History {
	t.Helper()
	byWeek := map[int64]float64{}
	first, last := int64(math.MaxInt64), int64(0)
	for s := bufio.NewScanner(strings.NewReader(lines)); s.Scan(); {
		at, err := strconv.ParseInt(s.Text(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		week := (at/86400 + 3) / 7
		byWeek[week]++
		first, last = min(first, week), max(last, week)
	}
	var weeks []Week
	for w := first; w < last; w++ {
		weeks = append(weeks, Week{time.Unix((w*7-3)*86400, 0).UTC(), byWeek[w]})
	}
	return NewHistory(weeks, [7]float64{})
}

// coverage is the mean over histories of how often dates held, over one horizon or all.
func coverage(all []scored, horizon int) (corrected, raw [len(levels)]float64) {
	var n [len(levels)]float64
	for _, s := range all {
		for i, x := range s.scores {
			if l := i % len(levels); (horizon == 0 || x.Horizon == horizon) && x.Of > 0 && x.RawOf > 0 {
				corrected[l] += float64(x.Held) / float64(x.Of)
				raw[l] += float64(x.RawHeld) / float64(x.RawOf)
				n[l]++
			}
		}
	}
	for l := range n {
		corrected[l] /= n[l]
		raw[l] /= n[l]
	}
	return corrected, raw
}

// distances are how far single histories are from what was said, on average.
func distances(all []scored) (corrected, raw [len(levels)]float64) {
	for _, s := range all {
		c, r := coverage([]scored{s}, 0)
		for l, p := range levels {
			corrected[l] += math.Abs(c[l]-p) / float64(len(all))
			raw[l] += math.Abs(r[l]-p) / float64(len(all))
		}
	}
	return corrected, raw
}

// plain is how often dates of the common recipe would have held for the same questions:
// single weeks drawn from the last twelve, alike likely and independent.
func plain(all []scored) (held [len(levels)]float64) {
	for _, s := range all {
		rng := rand.New(rand.NewPCG(1, 1))
		var of, by [len(levels)]float64
		for k := range horizons {
			for _, e := range s.r.entries[k] {
				last := s.h.Weeks[e.origin-min(12, e.origin) : e.origin]
				if total(last) == 0 {
					continue
				}
				c := newCalendar(s.h, s.h.week(e.origin))
				days := make([]int, 500)
				for i := range days {
					var future []float64
					for left := e.items; left > 0; left -= future[len(future)-1] {
						future = append(future, last[rng.IntN(len(last))])
					}
					days[i] = actualDay(future, e.items, c)
				}
				slices.Sort(days)
				for l, p := range levels {
					if date := days[int(math.Ceil(p*500))-1]; date < 7*(s.r.weeks-e.origin) {
						if of[l]++; e.actual <= date {
							by[l]++
						}
					}
				}
			}
		}
		for l := range held {
			held[l] += by[l] / of[l] / float64(len(all))
		}
	}
	return held
}

// spread is a percentile interval of coverage from resampled histories: they, not
// forecasts, are independent of each other.
func spread(all []scored) (low, high [len(levels)]float64) {
	rng := rand.New(rand.NewPCG(7, 7))
	var draws [len(levels)][]float64
	for range 2000 {
		sample := make([]scored, len(all))
		for i := range sample {
			sample[i] = all[rng.IntN(len(all))]
		}
		corrected, _ := coverage(sample, 0)
		for l, x := range corrected {
			draws[l] = append(draws[l], x)
		}
	}
	for l := range draws {
		slices.Sort(draws[l])
		low[l], high[l] = draws[l][50], draws[l][1950]
	}
	return low, high
}

func percents(xs [len(levels)]float64, between string) string {
	var out []string
	for _, x := range xs {
		out = append(out, fmt.Sprintf("%.0f", 100*x))
	}
	return strings.Join(out, between)
}
