package stats

import (
	"fmt"
	"math"
	"slices"
)

// MinChangePoints is the least number of points for change points. With fewer,
// even a complete separation of two levels could not be told from persistence.
const MinChangePoints = 32

// ChangePoint is a lasting change of level.
type ChangePoint struct {
	Index         int     // first point of the new level, counted from zero
	Before, After float64 // medians of the levels on both sides, unit of the series
	Low, High     int     // confidence interval of Index, inclusive
	// P bounds the probability of so clear a change at any place between the
	// neighbouring changes if there were none.
	P float64
}

// ChangeOptions tune [ChangePoints]. The zero value is the recommended setting,
// for which the error rates in its comment were measured.
type ChangeOptions struct {
	MinSegment int     // least points between changes and to the ends; 0 means 8
	MinEffect  float64 // least |After-Before| in robust standard deviations around the levels; 0 means 0.75
	Alpha      float64 // largest P over all reported changes; 0 means 0.01
	Conf       float64 // confidence of Low and High; 0 means 0.95
	Counts     bool    // points are counts: candidates come from the Poisson cost
}

func (o ChangeOptions) filled() (ChangeOptions, error) {
	if o.MinSegment == 0 {
		o.MinSegment = 8
	}
	if o.MinEffect == 0 {
		o.MinEffect = 0.75
	}
	if o.Alpha == 0 {
		o.Alpha = 0.01
	}
	if o.Conf == 0 {
		o.Conf = 0.95
	}
	if o.MinSegment < 4 || !(o.MinEffect > 0) || !(o.Alpha > 0 && o.Alpha < 1) {
		return o, fmt.Errorf("change point options %+v: %w", o, ErrParameter)
	}
	return o, checkConf(o.Conf)
}

// ChangePoints finds lasting changes of level, and prefers to miss one over
// inventing one:
//
//  1. Outliers are pulled in and the noise is estimated from steps between
//     neighbours, widened for lag-1 autocorrelation.
//  2. PELT (Killick, Fearnhead and Eckley 2012) proposes changes with a penalty
//     of 3·log n each, the modified BIC of Zhang and Siegmund (2007).
//  3. Each must pass a rank test of the points on its two sides, corrected for
//     the search over places and for autocorrelation, and a minimum effect.
//  4. Together they must explain the series clearly better than a smooth course
//     (a line or a wave of free period) does, by BIC.
//
// It assumes equally spaced points whose noise forgets within a few steps. Short
// excursions (fewer than MinSegment points) are not changes. No result means
// "none found", not "none there".
//
// Measured with 1000 simulated series of 100 points each: without change, it
// reports one in at most 0.3 % of series of independent, autocorrelated (φ up to
// 0.9), spiky or heavy-tailed noise and of seasons seen twice or more, in 2 % of
// slow linear drifts, but in 8 % of waves seen just once: give it two years where
// there may be a yearly season. Of shifts by 40 % in weekly counts around 30 it
// finds about 95 % in 104 weeks, 65 % in 52; of shifts by 20 %, 44 % in 104.
//
// Minimum: 32 points, and 4·MinSegment.
func ChangePoints(xs []float64, opt ChangeOptions) ([]ChangePoint, error) {
	opt, err := opt.filled()
	if err != nil {
		return nil, err
	}
	if err := check(xs, max(MinChangePoints, 4*opt.MinSegment)); err != nil {
		return nil, err
	}
	if opt.Counts && slices.Min(xs) < 0 {
		return nil, fmt.Errorf("count %v: %w", slices.Min(xs), ErrParameter)
	}
	if allEqual(xs) {
		return nil, nil
	}
	calm := winsorize(xs)
	cost := changeCost(calm, opt.Counts)
	changes, err := PELT(len(xs), cost, 3*math.Log(float64(len(xs))), opt.MinSegment)
	if err != nil {
		return nil, err
	}
	changes = keepConfirmed(xs, calm, changes, opt)
	if len(changes) > 0 {
		changes = keepAbrupt(calm, changes, opt)
	}
	return describe(xs, calm, cost, changes, opt), nil
}

// changeCost is scaled so that persistent noise costs what independent noise
// would.
func changeCost(xs []float64, counts bool) Cost {
	sigma := noise(xs)
	if counts {
		return PoissonCost(xs, max(1, sigma*sigma/meanExact(xs)))
	}
	return GaussianCost(xs, sigma)
}

// keepConfirmed drops the least credible change until all that are left pass.
func keepConfirmed(xs, calm []float64, changes []int, opt ChangeOptions) []int {
	changes = slices.Clone(changes)
	for len(changes) > 0 {
		ps := changeP(xs, calm, changes, opt.MinSegment)
		sigma := residualMAD(xs, changes)
		worst, worstP := -1, opt.Alpha/float64(len(changes))
		for i, p := range ps {
			if small(xs, changes, i, opt.MinEffect*sigma) {
				p = 1 + p
			}
			if p > worstP {
				worst, worstP = i, p
			}
		}
		if worst < 0 {
			break
		}
		changes = slices.Delete(changes, worst, worst+1)
	}
	return changes
}

// small says whether the levels around change i differ by less than least.
func small(xs []float64, changes []int, i int, least float64) bool {
	from, to := window(changes, i, len(xs))
	d := math.Abs(median(xs[changes[i]:to]) - median(xs[from:changes[i]]))
	return d == 0 || d < least
}

// window gives the stretch between the neighbours of change i.
func window(changes []int, i, n int) (from, to int) {
	to = n
	if i > 0 {
		from = changes[i-1]
	}
	if i+1 < len(changes) {
		to = changes[i+1]
	}
	return from, to
}

// residualMAD is the robust standard deviation around the medians of segments.
func residualMAD(xs []float64, changes []int) float64 {
	residuals := slices.Clone(xs)
	for i, j := range segments(changes, len(xs)) {
		m := median(xs[i:j])
		for k := i; k < j; k++ {
			residuals[k] -= m
		}
	}
	return mad(residuals)
}

func describe(xs, calm []float64, cost Cost, changes []int, opt ChangeOptions) []ChangePoint {
	var out []ChangePoint
	ps := changeP(xs, calm, changes, opt.MinSegment)
	for i, c := range changes {
		from, to := window(changes, i, len(xs))
		p := ChangePoint{
			Index: c, P: ps[i],
			Before: median(xs[from:c]), After: median(xs[c:to]),
		}
		p.Low, p.High = placeInterval(cost, from, c, to, opt.Conf)
		out = append(out, p)
	}
	return out
}

// placeInterval holds the places whose log-likelihood is within c of the best,
// where (1-exp(-c))² is the confidence (Siegmund 1988, Confidence sets in
// change-point problems); cost is twice a log-likelihood.
func placeInterval(cost Cost, from, at, to int, conf float64) (low, high int) {
	limit := cost(from, at) + cost(at, to) - 2*math.Log(1-math.Sqrt(conf))
	low, high = at, at
	for t := from + 1; t < to; t++ {
		if cost(from, t)+cost(t, to) <= limit {
			low, high = min(low, t), max(high, t)
		}
	}
	return low, high
}
