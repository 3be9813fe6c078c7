package stats

import "math"

// MinXmR is the least number of points for an individuals chart. Wheeler allows
// limits from five or six; below eight the run rule cannot speak.
const MinXmR = 8

// Scaling from moving ranges of two to natural process limits: 3/d₂ and D₄ for the
// mean (d₂ = 1.128); Wheeler (1993), Understanding Variation, appendix.
const (
	limitByMean = 2.66
	rangeByMean = 3.27
	runLength   = 8
)

// Chart is an individuals and moving-range chart. Limits are in the unit of the
// series; Lower may be negative even where the measure cannot be. Indexes count
// from zero in the series.
type Chart struct {
	Center, Lower, Upper float64
	Range                float64   // mean moving range
	RangeUpper           float64   // upper limit of the moving ranges
	Ranges               []float64 // Ranges[i] = |xs[i+1]-xs[i]|
	Outside              []int     // rule 1: points outside the limits
	Runs                 []int     // rule 2: every point of a run of 8 or more on one side of Center
	RangeOutside         []int     // points whose step from the point before exceeds RangeUpper
}

// XmR is the individuals chart with limits at the mean ± 2.66 mean moving ranges
// (Shewhart; Wheeler 1993, Understanding Variation). It assumes that successive
// points are comparable and not strongly autocorrelated: positive
// autocorrelation makes the limits too narrow. A large spike widens its own
// limits. Minimum: 8 points.
func XmR(xs []float64) (Chart, error) {
	if err := check(xs, MinXmR); err != nil {
		return Chart{}, err
	}
	ranges := movingRanges(xs)
	r := meanExact(ranges)
	return chart(xs, ranges, meanExact(xs), r, limitByMean*r, rangeByMean*r), nil
}

func chart(xs, ranges []float64, center, r, half, rangeUpper float64) Chart {
	c := Chart{
		Center: center, Lower: center - half, Upper: center + half,
		Range: r, RangeUpper: rangeUpper, Ranges: ranges,
	}
	for i, x := range xs {
		if beyond(math.Abs(x-center), half, center) {
			c.Outside = append(c.Outside, i)
		}
		if i > 0 && beyond(ranges[i-1], rangeUpper, center) {
			c.RangeOutside = append(c.RangeOutside, i)
		}
	}
	c.Runs = runs(xs, center, runLength)
	return c
}

// beyond compares with a tolerance, so that rounding in the centre line of
// nearly equal points is not read as a signal.
func beyond(distance, limit, center float64) bool {
	return distance-limit > 1e-12*(math.Abs(center)+limit)
}

// runs lists the points of every run of at least length points strictly on one
// side of center. A point on the line ends a run.
func runs(xs []float64, center float64, length int) []int {
	var out []int
	start, side := 0, 0
	flush := func(end int) {
		if side != 0 && end-start >= length {
			for i := start; i < end; i++ {
				out = append(out, i)
			}
		}
	}
	for i, x := range xs {
		s := 0
		if beyond(math.Abs(x-center), 0, center) {
			s = 1
			if x < center {
				s = -1
			}
		}
		if s != side {
			flush(i)
			start, side = i, s
		}
	}
	flush(len(xs))
	return out
}

func movingRanges(xs []float64) []float64 {
	out := make([]float64, len(xs)-1)
	for i := range out {
		out[i] = math.Abs(xs[i+1] - xs[i])
	}
	return out
}
