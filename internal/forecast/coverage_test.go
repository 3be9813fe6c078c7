package forecast

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var histories = flag.String("histories", "", "folder of clones whose forecasts are held against what happened")

// readHistory counts commits of the main line by week, to the last complete one.
func readHistory(t *testing.T, dir string) History {
	t.Helper()
	out, err := exec.Command("git", "-C", dir, "log", "--first-parent", "--format=%ct", "HEAD").Output()
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	byWeek := map[int64]float64{}
	var first, last int64
	for s := bufio.NewScanner(strings.NewReader(string(out))); s.Scan(); {
		at, err := strconv.ParseInt(s.Text(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		week := (at/86400 + 3) / 7
		if byWeek[week]++; first == 0 || week < first {
			first = week
		}
		last = max(last, week)
	}
	var weeks []Week
	for w := first; w < last; w++ {
		weeks = append(weeks, Week{time.Unix((w*7-3)*86400, 0).UTC(), byWeek[w]})
	}
	return NewHistory(weeks, [7]float64{})
}

func TestHistories(t *testing.T) {
	if *histories == "" {
		t.Skip("needs -histories DIR")
	}
	dirs, _ := filepath.Glob(filepath.Join(*histories, "*"))
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(d, "repo")); err == nil {
			d = filepath.Join(d, "repo")
		}
		if exec.Command("git", "-C", d, "rev-parse", "HEAD").Run() != nil {
			continue
		}
		h := readHistory(t, d)
		began := time.Now()
		r, err := NewRecord(h)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		s, err := r.Scores()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(d, len(h.Weeks), r.Origins, r.Refused, took, time.Since(began)-took)
		for _, x := range s {
			fmt.Printf("  %d %.2f  %d of %d = %.2f raw %.2f [%.2f %.2f]\n", x.Horizon, x.Chance, x.Held, x.Of, float64(x.Held)/float64(x.Of), float64(x.RawHeld)/float64(x.RawOf), x.Low, x.High)
		}
	}
}
