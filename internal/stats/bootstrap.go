package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Minimum sample sizes and draws of the bootstrap. With fewer points the
// resamples repeat the same few values and the interval is too narrow.
const (
	MinBootstrap = 8
	MinDraws     = 200
)

// Bootstrap gives stat(xs) with its percentile interval over draws resamples
// (Efron 1979; Efron and Tibshirani 1993, chapter 13). It assumes independent
// points. The interval is approximate and somewhat narrow below 20 points. If stat is not finite for xs, or for a draw
// that the interval needs, ErrUndefined. Minimum: 8 points, 200 draws.
func Bootstrap(rng *rand.Rand, xs []float64, stat func([]float64) float64, draws int, conf float64) (Interval, error) {
	if err := checkBootstrap(xs, MinBootstrap, draws, conf); err != nil {
		return Interval{}, err
	}
	return percentile(stat(xs), draws, conf, func(buf []float64) float64 {
		return stat(resampleBlocks(rng, xs, 1, buf))
	}, len(xs))
}

// BlockLength is the block length for a series: n^(1/3) (Hall, Horowitz and Jing
// 1995), or the length that is optimal for a mean under first-order
// autoregression, (√6·ρ/(1-ρ²))^(2/3)·n^(1/3) (Carlstein 1986; Bühlmann and
// Künsch 1999), if longer; rounded up, at most a quarter of the series, at least
// 1. ρ is the lag-1 autocorrelation where positive, at most 0.8.
func BlockLength(xs []float64) int {
	n := float64(len(xs))
	if len(xs) < 8 {
		return 1
	}
	cube := math.Cbrt(n)
	rho := min(max(lag1(xs), 0), 0.8)
	ar := math.Pow(math.Sqrt(6)*rho/(1-rho*rho), 2.0/3) * cube
	return max(1, min(int(math.Ceil(max(cube, ar))), len(xs)/4))
}

func checkBootstrap(xs []float64, need, draws int, conf float64) error {
	if err := checkConf(conf); err != nil {
		return err
	}
	if draws < MinDraws {
		return fmt.Errorf("%d draws, needs %d: %w", draws, MinDraws, ErrParameter)
	}
	return check(xs, need)
}

// resampleBlocks fills buf with blocks of xs that start anywhere.
func resampleBlocks(rng *rand.Rand, xs []float64, block int, buf []float64) []float64 {
	for i := 0; i < len(buf); i += block {
		start := rng.IntN(len(xs) - block + 1)
		copy(buf[i:], xs[start:start+block])
	}
	return buf
}

// percentile draws the statistic and takes the percentile interval. Infinite
// draws keep their place at the ends; NaN draws make the result undefined when
// there are more than one in twenty.
func percentile(value float64, draws int, conf float64, draw func([]float64) float64, n int) (Interval, error) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return Interval{}, fmt.Errorf("statistic of the sample: %w", ErrUndefined)
	}
	buf := make([]float64, n)
	vals := make([]float64, 0, draws)
	for range draws {
		if v := draw(buf); !math.IsNaN(v) {
			vals = append(vals, v)
		}
	}
	if len(vals) < draws-draws/20 {
		return Interval{}, fmt.Errorf("statistic of %d of %d resamples: %w", draws-len(vals), draws, ErrUndefined)
	}
	slices.Sort(vals)
	low, high := quantileSorted(vals, (1-conf)/2), quantileSorted(vals, (1+conf)/2)
	if finite([]float64{low, high}) != nil {
		return Interval{}, fmt.Errorf("interval of the statistic: %w", ErrUndefined)
	}
	return Interval{Value: value, Low: low, High: high}, nil
}
