package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"
)

// changeP gives for each change the probability bound of its rank test within
// the window between its neighbours.
func changeP(xs, calm []float64, changes []int, minSegment int) []float64 {
	widen := math.Sqrt(longRunFactor(calm, changes))
	out := make([]float64, len(changes))
	for i, c := range changes {
		from, to := window(changes, i, len(xs))
		t, _ := rankSum(xs[from:c], xs[c:to])
		out[i] = maxRankP(math.Abs(t.Z)/widen, to-from, minSegment)
	}
	return out
}

// longRunFactor is the variance of a mean of points relative to independent
// ones, (1+φ)/(1-φ), with φ taken one standard error above its estimate: an
// autocorrelation estimated too low is how chance becomes a finding.
func longRunFactor(calm []float64, changes []int) float64 {
	phi := persistence(calm, changes)
	phi = min(phi+math.Sqrt((1-phi*phi)/float64(len(calm))), 0.95)
	return (1 + phi) / (1 - phi)
}

// maxRankP is the probability that the largest standardised two-sample statistic
// over all splits of n points with at least edge on each side exceeds b (Miller
// and Siegmund 1982, Maximally selected chi square statistics).
func maxRankP(b float64, n, edge int) float64 {
	if b < 1.5 {
		return 1
	}
	e := float64(edge) / float64(n)
	odds := 2 * math.Log((1-e)/e)
	density := distuv.UnitNormal.Prob(b)
	return min(1, density*(4/b+(b-1/b)*max(odds, 0)))
}

// abruptMargin is how much lower the BIC with steps must be than that of the best
// smooth course: a Bayes factor of 7, "positive" evidence in the words of Kass
// and Raftery (1995).
const abruptMargin = 4

// keepAbrupt drops changes that a smooth course explains as well, first one by
// one next to the others, then all together against smooth courses alone. The
// likelihoods count only as many points as the autocorrelation leaves.
func keepAbrupt(calm []float64, changes []int, opt ChangeOptions) []int {
	phi := persistence(calm, changes)
	weight := float64(len(calm)) * (1 - phi) / (1 + phi)
	courses := smoothCourses(len(calm), opt.MinSegment)
	for len(changes) > 0 {
		with := bestBIC(calm, changes, courses, weight)
		drop := -1
		for i := range changes {
			rest := slices.Delete(slices.Clone(changes), i, i+1)
			if b := bestBIC(calm, rest, courses, weight); b <= with {
				with, drop = b, i
			}
		}
		if drop < 0 {
			break
		}
		changes = slices.Delete(slices.Clone(changes), drop, drop+1)
	}
	if len(changes) > 0 && bestBIC(calm, nil, courses, weight) <= bestBIC(calm, changes, courses, weight)+abruptMargin {
		return nil
	}
	return changes
}

// course is a smooth alternative to steps and its number of free parameters.
type course struct {
	columns [][]float64
	free    int
}

// smoothCourses lists nothing, a line, and waves, from half a period over the
// series to a period of two segments.
func smoothCourses(n, minSegment int) []course {
	line := make([]float64, n)
	for i := range line {
		line[i] = float64(i)/float64(n-1) - 0.5
	}
	out := []course{{nil, 0}, {[][]float64{line}, 1}}
	for k := 4; k <= 4*n/minSegment; k++ {
		f := float64(k) / 8 / float64(n)
		sin, cos := make([]float64, n), make([]float64, n)
		for i := range sin {
			sin[i], cos[i] = math.Sincos(2 * math.Pi * f * float64(i))
		}
		out = append(out, course{[][]float64{sin, cos}, 3})
	}
	return out
}

// bestBIC is the least BIC of steps plus any smooth course. A step costs two
// parameters, its place and its size.
func bestBIC(y []float64, changes []int, courses []course, weight float64) float64 {
	steps := [][]float64{ones(0, len(y))}
	for _, c := range changes {
		steps = append(steps, ones(c, len(y)))
	}
	best := math.Inf(1)
	logN := math.Log(float64(len(y)))
	rest, basis := project(slices.Clone(y), nil, steps)
	level, _ := project(slices.Clone(y), nil, steps[:1])
	floor := 1e-9 * floats.Dot(level, level) // exact fits: rounding must not choose
	for _, c := range courses {
		r, _ := project(slices.Clone(rest), basis, c.columns)
		rss := max(floats.Dot(r, r), floor)
		best = min(best, weight*math.Log(rss)+float64(c.free+2*len(changes))*logN)
	}
	return best
}

// project removes columns from y, by modified Gram-Schmidt against basis.
func project(y []float64, basis, columns [][]float64) (rest []float64, grown [][]float64) {
	grown = slices.Clip(basis)
	for _, c := range columns {
		q := slices.Clone(c)
		size := floats.Norm(q, 2)
		for _, b := range grown {
			floats.AddScaled(q, -floats.Dot(q, b), b)
		}
		norm := floats.Norm(q, 2)
		if norm <= 1e-8*size {
			continue
		}
		floats.Scale(1/norm, q)
		floats.AddScaled(y, -floats.Dot(y, q), q)
		grown = append(grown, q)
	}
	return y, grown
}

// ones is a column that is one from index from on.
func ones(from, n int) []float64 {
	out := make([]float64, n)
	for i := from; i < n; i++ {
		out[i] = 1
	}
	return out
}
