package signal

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// A lasting difference is found, and chance is not, though a dozen metrics are looked at.
func TestShiftOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	days := metric.Definition{Unit: "days", Grain: "month"}
	share := metric.Definition{Unit: "share", Grain: "month"}
	var byChance int
	for range 300 {
		s := monthly(24, func(int) (float64, int) { return 5 + 4*rng.Float64(), 30 })
		s.Metric = days
		p := monthly(24, func(int) (float64, int) { return float64(binomial(rng, 20, 0.15)) / 20, 20 })
		p.Metric = share
		for _, one := range []metric.Series{s, p} {
			got := ShiftOf(one, asOf)
			if !got.Known {
				t.Fatalf("%+v", got)
			}
			if got.Evident {
				byChance++
			}
		}
	}
	if byChance > 12 { // 1 % of 600 is 6
		t.Errorf("%d of 600 by chance", byChance)
	}
	slower := monthly(24, func(i int) (float64, int) { return map[bool]float64{true: 12, false: 5}[i < 6] + rng.Float64(), 30 })
	slower.Metric = days
	if got := ShiftOf(slower, asOf); !got.Evident || got.Is < 12 || got.Was > 6 {
		t.Errorf("slower: %+v", got)
	}
	slower.Points = slower.Points[len(slower.Points)-4:]
	if got := ShiftOf(slower, asOf); got.Known || got.Lacks == "" {
		t.Errorf("too short: %+v", got)
	}
	worse := monthly(24, func(i int) (float64, int) { return map[bool]float64{true: 0.4, false: 0.1}[i < 6], 20 })
	worse.Metric = share
	if got := ShiftOf(worse, asOf); !got.Evident {
		t.Errorf("worse: %+v", got)
	}
}

// What happens once or twice a month is compared over all of it: chance is seldom called a
// shift, and three times as long is one.
func TestShiftOver(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	span := func(n int, scale float64) metric.Span {
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = scale * math.Exp(0.7*rng.NormFloat64())
		}
		slices.Sort(xs)
		first, last, err := stats.MedianRanks(n, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		return metric.Span{Point: metric.Point{Value: median(xs), N: n}, Low: xs[first-1], High: xs[last-1]}
	}
	days, chance, found := metric.Definition{Unit: "days"}, 0, 0
	for range 1000 {
		if got := ShiftOver(days, span(18, 5), span(9, 5)); !got.Known || got.N != 9 || got.Evident {
			chance++
		}
		if got := ShiftOver(days, span(18, 5), span(9, 20)); got.Evident && got.Is > got.Was {
			found++
		}
	}
	if chance > 10 || found < 700 {
		t.Errorf("of 1000, %d by chance and %d found", chance, found)
	}
	few := metric.Span{Point: metric.Point{Value: 3, N: 4}, Low: math.NaN(), High: math.NaN()}
	if got := ShiftOver(days, span(18, 5), few); got.Known || !strings.HasPrefix(got.Lacks, "4 facts of the last half year and 18 of the year before") {
		t.Errorf("few: %+v", got)
	}
	share := metric.Definition{Unit: "share"}
	of := func(value float64, n int) metric.Span { return metric.Span{Point: metric.Point{Value: value, N: n}} }
	if got := ShiftOver(share, of(0.05, 60), of(0.5, 30)); !got.Evident || got.N != 30 {
		t.Errorf("a share: %+v", got)
	}
	if got := ShiftOver(share, of(0.05, 60), of(0.5, 19)); got.Known {
		t.Errorf("a share of few: %+v", got)
	}
}

func binomial(rng *rand.Rand, n int, p float64) (k int) {
	for range n {
		if rng.Float64() < p {
			k++
		}
	}
	return k
}
