package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Remission of acute myelogenous leukaemia in weeks: Miller (1981), R's aml.
var (
	maintained     = []float64{9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161}
	maintainedDone = states("1101101101 0")
	nonmaintained  = []float64{5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45}
	nonDone        = states("111110111111")
	// Remission under 6-mercaptopurine and placebo in weeks: Freireich et al.
	// (1963); Klein and Moeschberger (2003), table 1.1.
	mp6         = []float64{6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35}
	mp6Done     = states("111010100 11000 1 1 00000")
	placebo     = []float64{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23}
	placeboDone = states("111111111111111111111")
)

func states(s string) []bool {
	var out []bool
	for _, r := range s {
		if r != ' ' {
			out = append(out, r == '1')
		}
	}
	return out
}

func survive(t *testing.T, times []float64, done []bool) Survival {
	t.Helper()
	s, err := KaplanMeier(times, done)
	noError(t, err)
	return s
}

func TestKaplanMeierAgainstPublishedTables(t *testing.T) {
	type row struct{ time, surv, se float64 }
	for _, c := range []struct {
		name  string
		curve Survival
		rows  []row
	}{
		{"aml maintained, R summary(survfit)", survive(t, maintained, maintainedDone), []row{
			{9, 0.909, 0.0867}, {13, 0.818, 0.1163}, {18, 0.716, 0.1397}, {23, 0.614, 0.1526},
			{31, 0.491, 0.1642}, {34, 0.368, 0.1627}, {48, 0.184, 0.1535}}},
		{"6-MP, Klein and Moeschberger table 4.1", survive(t, mp6, mp6Done), []row{
			{6, 0.857, 0.0764}, {7, 0.807, 0.0869}, {10, 0.753, 0.0963}, {13, 0.690, 0.1068},
			{16, 0.627, 0.1141}, {22, 0.538, 0.1282}, {23, 0.448, 0.1346}}},
	} {
		var got []SurvivalStep
		for _, s := range c.curve.Steps {
			if s.Events > 0 {
				got = append(got, s)
			}
		}
		if len(got) != len(c.rows) {
			t.Fatalf("%s: %d steps, want %d", c.name, len(got), len(c.rows))
		}
		for i, r := range c.rows {
			near(t, c.name+" time", got[i].Time, r.time, 0)
			near(t, c.name+" survival", got[i].Survival, r.surv, 5.1e-4)
			near(t, c.name+" standard error", got[i].StdErr, r.se, 5.1e-5)
		}
	}
}

func TestSurvivalMedianAgainstSASAndStata(t *testing.T) {
	for _, c := range []struct {
		name             string
		curve            Survival
		value, low, high float64
	}{
		{"6-MP", survive(t, mp6, mp6Done), 23, 13, math.NaN()},
		{"placebo", survive(t, placebo, placeboDone), 8, 4, 11},
	} {
		got, err := c.curve.Median(0.95)
		noError(t, err)
		near(t, c.name+" median", got.Value, c.value, 0)
		near(t, c.name+" low", got.Low, c.low, 0)
		near(t, c.name+" high", got.High, c.high, 0)
	}
	// R: print(survfit(Surv(time, status) ~ x, aml)), medians 31 and 23.
	m, _ := survive(t, maintained, maintainedDone).Median(0.95)
	n, _ := survive(t, nonmaintained, nonDone).Median(0.95)
	near(t, "maintained", m.Value, 31, 0)
	near(t, "nonmaintained", n.Value, 23, 0)
}

// Where nothing happens the median is unknown, not the last time seen.
func TestSurvivalWithoutEvents(t *testing.T) {
	s := survive(t, mp6, make([]bool, len(mp6)))
	got, err := s.Median(0.95)
	noError(t, err)
	if !math.IsNaN(got.Value) || !math.IsNaN(got.Low) || !math.IsNaN(got.High) {
		t.Errorf("%+v", got)
	}
}

// curveAt is the share without event after a time; past the last one it stays.
func curveAt(s Survival, at float64) float64 {
	share := 1.0
	for _, step := range s.Steps {
		if step.Time <= at {
			share = step.Survival
		}
	}
	return share
}

// The curve is the product over events of the share that passed them; without
// censoring it is the share still without event.
func TestKaplanMeierByBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(8, 25).Draw(t, "n")
		times, done, all := make([]float64, n), make([]bool, n), make([]bool, n)
		for i := range n {
			times[i] = float64(rapid.IntRange(0, 12).Draw(t, "time"))
			done[i] = rapid.Bool().Draw(t, "done")
			all[i] = true
		}
		s, err := KaplanMeier(times, done)
		if err != nil {
			t.Fatal(err)
		}
		full, _ := KaplanMeier(times, all)
		for at := 0.0; at <= 12; at++ {
			want, left := 1.0, 0
			for u := 0.0; u <= at; u++ {
				risk, events := 0, 0
				for i := range n {
					risk += count(times[i] >= u)
					events += count(times[i] == u && done[i])
				}
				if risk > 0 {
					want *= 1 - float64(events)/float64(risk)
				}
			}
			for i := range n {
				left += count(times[i] > at)
			}
			if got := curveAt(s, at); math.Abs(got-want) > 1e-12 {
				t.Fatalf("at %v: %v, want %v", at, got, want)
			}
			if got := curveAt(full, at); math.Abs(got-float64(left)/float64(n)) > 1e-12 {
				t.Fatalf("without censoring at %v: %v", at, got)
			}
		}
	})
}
