package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func TestChangePointsNile(t *testing.T) {
	got, err := ChangePoints(nile, ChangeOptions{})
	noError(t, err)
	if len(got) != 1 || got[0].Index != 28 {
		t.Fatalf("%+v, want the level of 1899 on", got)
	}
	c := got[0]
	near(t, "before", c.Before, median(nile[:28]), 0)
	near(t, "after", c.After, median(nile[28:]), 0)
	if c.Low > 28 || c.High < 28 || c.High-c.Low > 10 || c.P > 0.01 {
		t.Errorf("%+v", c)
	}
}

func TestChangePointsCoal(t *testing.T) {
	got, err := ChangePoints(coal, ChangeOptions{Counts: true})
	noError(t, err)
	if len(got) != 1 || got[0].Index < 36 || got[0].Index > 44 || got[0].Low > 40 || got[0].High < 40 {
		t.Fatalf("%+v, want a change around 1890", got)
	}
}

func TestChangePointsExactLevels(t *testing.T) {
	for _, high := range []float64{1, 1e6} {
		xs := each(60, func(i int) float64 { return 3 + high*math.Floor(float64(i)/20) })
		got, err := ChangePoints(xs, ChangeOptions{})
		noError(t, err)
		if len(got) != 2 || got[0].Index != 20 || got[1].Index != 40 || got[1].After != 3+2*high {
			t.Errorf("%+v", got)
		}
	}
}

func rate(t *testing.T, g generator, n int, opt ChangeOptions, hit func([]ChangePoint) bool) float64 {
	t.Helper()
	const series = 1000
	rng := rand.New(rand.NewPCG(1, 2))
	hits := 0
	for range series {
		got, err := ChangePoints(g(rng, n), opt)
		noError(t, err)
		hits += count(hit(got))
	}
	return float64(hits) / series
}

func TestChangePointsFalseAlarms(t *testing.T) {
	alarm := func(got []ChangePoint) bool { return len(got) > 0 }
	for _, c := range []struct {
		name string
		g    generator
		opt  ChangeOptions
		max  float64
	}{
		{"Gaussian", gaussian, ChangeOptions{}, 0.03},
		{"Poisson 30", poissonSeries(30), ChangeOptions{}, 0.03},
		{"Poisson 30 as counts", poissonSeries(30), ChangeOptions{Counts: true}, 0.03},
		{"Poisson 0.5 as counts", poissonSeries(0.5), ChangeOptions{Counts: true}, 0.03},
		{"AR(1) 0.3", ar1(0.3), ChangeOptions{}, 0.03},
		{"AR(1) 0.5", ar1(0.5), ChangeOptions{}, 0.03},
		{"AR(1) 0.7", ar1(0.7), ChangeOptions{}, 0.03},
		{"random walk", randomWalk, ChangeOptions{}, 0.03},
		{"season of 52", seasonal(52, 1), ChangeOptions{}, 0.03},
		{"season of 26", seasonal(26, 1), ChangeOptions{}, 0.03},
		{"slow drift", linear(2), ChangeOptions{}, 0.03},
		{"spikes", spiky, ChangeOptions{}, 0.03},
		{"lognormal 0.8", lognormal(0.8), ChangeOptions{}, 0.03},
		{"lognormal 1.5", lognormal(1.5), ChangeOptions{}, 0.03},
		{"Student t, 3", t3, ChangeOptions{}, 0.03},
		// Known limit, stated in the documentation: one turn of a wave.
		{"wave seen once", seasonal(100, 1), ChangeOptions{}, 0.12},
	} {
		got := rate(t, c.g, 100, c.opt, alarm)
		t.Logf("%-22s %.1f %%", c.name, 100*got)
		if got > c.max {
			t.Errorf("%s: false alarm in %.1f %% of series", c.name, 100*got)
		}
	}
}

func TestChangePointsPower(t *testing.T) {
	within3 := func(got []ChangePoint) bool {
		return len(got) == 1 && got[0].Index >= 57 && got[0].Index <= 63
	}
	covers := func(got []ChangePoint) bool {
		return len(got) == 0 || got[0].Low <= 60 && 60 <= got[0].High
	}
	for _, c := range []struct {
		name string
		g    generator
		opt  ChangeOptions
	}{
		{"30 to 42", shifted(30, 42, 60), ChangeOptions{}},
		{"30 to 42 as counts", shifted(30, 42, 60), ChangeOptions{Counts: true}},
		{"30 to 18", shifted(30, 18, 60), ChangeOptions{}},
	} {
		got := rate(t, c.g, 104, c.opt, within3)
		t.Logf("%-22s %.1f %% within 3", c.name, 100*got)
		if got < 0.9 {
			t.Errorf("%s: found within 3 points in %.1f %% of series", c.name, 100*got)
		}
	}
	if got := rate(t, shifted(30, 42, 60), 104, ChangeOptions{}, covers); got < 0.93 {
		t.Errorf("interval covers the place in %.1f %%", 100*got)
	}
}

// The P of a change bounds how often the largest statistic of independent points
// reaches as far.
func TestMaxRankPBySimulation(t *testing.T) {
	const series, n, edge, b = 4000, 100, 8, 3.2
	rng := seeded()
	beyond := 0
	for range series {
		ranks := midranks(gaussian(rng, n))
		var sum, highest float64
		for k := 1; k <= n-edge; k++ {
			if sum += ranks[k-1]; k < edge {
				continue
			}
			fk := float64(k)
			u := sum - fk*(n+1)/2
			highest = max(highest, math.Abs(u)/math.Sqrt(rankVariance(fk, n-fk, nil)))
		}
		beyond += count(highest > b)
	}
	got, want := maxRankP(b, n, edge), float64(beyond)/series
	t.Logf("formula %.4f, simulated %.4f", got, want)
	if got < 0.9*want || got > 2*want {
		t.Errorf("formula %v, simulated %v", got, want)
	}
}

func TestNoiseOfAutoregression(t *testing.T) {
	// The long-run standard deviation is 8/(1-φ); a shift must not change it.
	rng := seeded()
	for _, phi := range []float64{0, 0.5} {
		var ratios []float64
		for range 100 {
			xs := ar1(phi)(rng, 500)
			for i := 250; i < 500; i++ {
				xs[i] += 100
			}
			ratios = append(ratios, noise(xs)*(1-phi)/8)
		}
		near(t, "noise over truth", stat.Mean(ratios, nil), 1, 0.15)
	}
}
