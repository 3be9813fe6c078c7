package stats

import (
	"fmt"
	"math"
	"slices"
)

// MinTheilSen is the least number of points for a trend.
const MinTheilSen = 8

// Trend is a monotonic trend: Theil-Sen line and Mann-Kendall test.
type Trend struct {
	Slope     float64 // median of pairwise slopes, unit of y per unit of x
	Intercept float64 // median of y - Slope·x, unit of y
	Low, High float64 // confidence interval of Slope
	S         float64 // Mann-Kendall: concordant minus discordant pairs
	VarS      float64 // variance of S without trend, corrected for ties
	Z         float64 // S standardised with continuity correction
	P         float64 // two-sided, assumes independent points

	// Lag1 is the lag-1 autocorrelation of the residuals in order of x. Above
	// Lag1Bound (1.96/√n) P and the interval are too optimistic: use PAdjusted
	// and warn.
	Lag1, Lag1Bound float64
	// PAdjusted is P with VarS inflated by (1+r)/(1-r), r the bias-corrected
	// Lag1 where positive (Yue and Wang 2004). Never below P.
	PAdjusted float64
}

// TheilSen estimates a linear trend of y over x by the median of pairwise slopes
// (Theil 1950; Sen 1968) with Sen's interval from Kendall's S, and tests for any
// monotonic trend (Mann 1945; Kendall 1975, variance corrected for ties in x and
// y). Up to about 29 % of outlying points do not disturb it. P is the normal
// approximation, adequate from 8 points on. It assumes independent points; see
// Trend.Lag1. Points need not be sorted. Equal x contribute no slope; if all x
// are equal the trend is ErrUndefined. Minimum: 8 points.
func TheilSen(x, y []float64, conf float64) (Trend, error) {
	if len(x) != len(y) {
		return Trend{}, fmt.Errorf("%d x for %d y: %w", len(x), len(y), ErrParameter)
	}
	if err := checkConf(conf); err != nil {
		return Trend{}, err
	}
	if err := finite(x); err != nil {
		return Trend{}, err
	}
	if err := check(y, MinTheilSen); err != nil {
		return Trend{}, err
	}
	return theilSen(x, y, conf)
}

func theilSen(x, y []float64, conf float64) (Trend, error) {
	x, y = sortedByX(x, y)
	slopes := pairSlopes(x, y)
	if len(slopes) == 0 {
		return Trend{}, fmt.Errorf("trend over a single x: %w", ErrUndefined)
	}
	t := Trend{Slope: medianSorted(slopes)}
	t.S, t.VarS = mannKendall(x, y)
	t.Z = continuity(t.S, t.VarS)
	t.P = twoSided(t.Z)
	t.Low, t.High = senInterval(slopes, zFor(conf)*math.Sqrt(t.VarS))

	residuals := make([]float64, len(x))
	for i := range x {
		residuals[i] = y[i] - t.Slope*x[i]
	}
	t.Intercept = median(residuals)
	n := float64(len(x))
	t.Lag1Bound = 1.96 / math.Sqrt(n)
	t.Lag1 = lag1(residuals)
	r := min(max(unbiasedLag1(t.Lag1, len(x), 2), 0), 0.95)
	t.PAdjusted = twoSided(t.Z / math.Sqrt((1+r)/(1-r)))
	return t, nil
}

// unbiasedLag1 removes the small-sample bias of a lag-1 autocorrelation taken
// from residuals of a fit with k parameters, -k(1+3ρ)/n to first order (Kendall
// 1954; Marriott and Pope 1954, for k = 1).
func unbiasedLag1(r float64, n, k int) float64 {
	if n <= 3*k+1 {
		return r
	}
	return (float64(n)*r + float64(k)) / float64(n-3*k)
}

func sortedByX(x, y []float64) (xs, ys []float64) {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	xs, ys = make([]float64, len(x)), make([]float64, len(x))
	for i, k := range order {
		xs[i], ys[i] = x[k], y[k]
	}
	return xs, ys
}

// pairSlopes gives the sorted slopes of all pairs with different x.
func pairSlopes(x, y []float64) []float64 {
	var out []float64
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			if x[j] != x[i] {
				out = append(out, (y[j]-y[i])/(x[j]-x[i]))
			}
		}
	}
	slices.Sort(out)
	return out
}

// mannKendall gives S and its variance with ties in either variable (Kendall
// 1975, eq. 4.4); without ties in x it is the usual trend-test variance.
func mannKendall(x, y []float64) (s, varS float64) {
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			s += sign(x[j]-x[i]) * sign(y[j]-y[i])
		}
	}
	n := float64(len(x))
	var x5, x2, x3, y5, y2, y3 float64
	for _, t := range tieSizes(x) {
		x5, x2, x3 = x5+t*(t-1)*(2*t+5), x2+t*(t-1), x3+t*(t-1)*(t-2)
	}
	for _, t := range tieSizes(y) {
		y5, y2, y3 = y5+t*(t-1)*(2*t+5), y2+t*(t-1), y3+t*(t-1)*(t-2)
	}
	varS = (n*(n-1)*(2*n+5)-x5-y5)/18 +
		x2*y2/(2*n*(n-1)) + x3*y3/(9*n*(n-1)*(n-2))
	return s, max(varS, 0)
}

// senInterval takes the order statistics ⌊(N-c)/2⌋ and ⌈(N+c)/2⌉+1 of the N
// slopes (Sen 1968), rounded outwards.
func senInterval(slopes []float64, c float64) (low, high float64) {
	n := float64(len(slopes))
	lo := int(math.Floor((n - c) / 2))
	hi := int(math.Ceil((n+c)/2)) + 1
	return slopes[max(lo, 1)-1], slopes[min(hi, len(slopes))-1]
}

// continuity standardises a symmetric integer statistic, one unit towards zero.
func continuity(s, variance float64) float64 {
	if s == 0 || variance <= 0 {
		return 0
	}
	return (s - sign(s)) / math.Sqrt(variance)
}

// tieSizes lists how often each value that occurs more than once occurs.
func tieSizes(xs []float64) []float64 {
	sorted := slices.Sorted(slices.Values(xs))
	var out []float64
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		if j-i > 1 {
			out = append(out, float64(j-i))
		}
		i = j
	}
	return out
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
