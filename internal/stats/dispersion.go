package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Minimum points on each side of the dispersion methods.
const (
	MinBrownForsythe   = 8
	MinDispersionRatio = 16
)

// FTest is an F statistic with its degrees of freedom and upper-tail p.
type FTest struct {
	F, P     float64
	DF1, DF2 int
}

// BrownForsythe tests whether samples have the same spread: a one-way analysis
// of variance of the absolute deviations from the sample medians (Brown and
// Forsythe 1974; Levene 1960 with means). It tolerates skew and heavy tails, not
// autocorrelation or a trend inside a sample: those count as spread. If all
// deviations within samples are equal the ratio is ErrUndefined. Minimum: two
// samples of 8 points.
func BrownForsythe(samples ...[]float64) (FTest, error) {
	if len(samples) < 2 {
		return FTest{}, fmt.Errorf("%d samples, needs 2: %w", len(samples), ErrParameter)
	}
	var deviations [][]float64
	for _, xs := range samples {
		if err := check(xs, MinBrownForsythe); err != nil {
			return FTest{}, err
		}
		m := median(xs)
		z := make([]float64, len(xs))
		for i, x := range xs {
			z[i] = math.Abs(x - m)
		}
		deviations = append(deviations, z)
	}
	return oneWay(deviations)
}

// oneWay is the one-way analysis of variance.
func oneWay(groups [][]float64) (FTest, error) {
	var total float64
	n := 0
	for _, g := range groups {
		n += len(g)
		for _, x := range g {
			total += x
		}
	}
	grand := total / float64(n)
	var between, within float64
	for _, g := range groups {
		m := meanExact(g)
		between += float64(len(g)) * (m - grand) * (m - grand)
		for _, x := range g {
			within += (x - m) * (x - m)
		}
	}
	if within <= 1e-24*grand*grand*float64(n) {
		return FTest{}, fmt.Errorf("spread of deviations is zero: %w", ErrUndefined)
	}
	t := FTest{DF1: len(groups) - 1, DF2: n - len(groups)}
	t.F = between / float64(t.DF1) / (within / float64(t.DF2))
	t.P = distuv.F{D1: float64(t.DF1), D2: float64(t.DF2)}.Survival(t.F)
	return t, nil
}

// DispersionRatio is the robust relative dispersion (MAD/median) of b divided by
// that of a, without unit: 2 means that b scatters twice as much around its own
// level. A spike moves neither the MAD nor the median, a change of level inside a
// sample does. The percentile interval comes from moving-block resamples of each
// sample (Künsch 1989, block by [BlockLength]), so short-range autocorrelation is
// respected. For amounts on a ratio scale: a median not above zero, or a MAD of a
// of zero, makes it ErrUndefined. Minimum: 16 points on each side, 200 draws.
func DispersionRatio(rng *rand.Rand, a, b []float64, draws int, conf float64) (Interval, error) {
	if err := checkPair(a, b, MinDispersionRatio); err != nil {
		return Interval{}, err
	}
	if err := checkBootstrap(a, MinDispersionRatio, draws, conf); err != nil {
		return Interval{}, err
	}
	blockA, blockB := BlockLength(a), BlockLength(b)
	value := relativeDispersion(slices.Clone(b)) / relativeDispersion(slices.Clone(a))
	return percentile(value, draws, conf, func(buf []float64) float64 {
		ra := relativeDispersion(resampleBlocks(rng, a, blockA, buf[:len(a)]))
		rb := relativeDispersion(resampleBlocks(rng, b, blockB, buf[len(a):]))
		return rb / ra
	}, len(a)+len(b))
}

// relativeDispersion is MAD/median, NaN unless the median is positive. It overwrites xs.
func relativeDispersion(xs []float64) float64 {
	m := selectMedian(xs)
	if m <= 0 {
		return math.NaN()
	}
	for i, x := range xs {
		xs[i] = math.Abs(x - m)
	}
	return madScale * selectMedian(xs) / m
}
