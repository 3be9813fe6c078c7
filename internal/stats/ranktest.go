package stats

import (
	"math"
	"slices"
)

// MinRankTest is the least number of points on each side of a rank test: four
// against four can just reach a two-sided p of 0.029.
const MinRankTest = 4

// exactBelow is the sample size from which the normal approximation is used,
// as in R's wilcox.test.
const exactBelow = 50

// RankTest is the result of a Mann-Whitney test.
type RankTest struct {
	U     float64 // pairs in which a exceeds b, ties counting half; R's W for (a, b)
	Z     float64 // standardised with continuity and tie correction, positive when a is larger
	P     float64 // two-sided
	Exact bool    // P counts arrangements instead of using Z
}

// MannWhitney tests whether values of one sample tend to exceed those of the
// other (Mann and Whitney 1947; Wilcoxon 1945). P is exact without ties and with
// fewer than 50 points on both sides, else normal with tie and continuity
// correction (Lehmann 1975), as R does. It assumes that all points are
// independent: on autocorrelated series P is too small. If all points are equal
// P is 1. Minimum: 4 points on each side.
func MannWhitney(a, b []float64) (RankTest, error) {
	if err := checkPair(a, b, MinRankTest); err != nil {
		return RankTest{}, err
	}
	t, ties := rankSum(a, b)
	t.P = twoSided(t.Z)
	if !ties && len(a) < exactBelow && len(b) < exactBelow {
		t.Exact = true
		t.P = exactRankP(len(a), len(b), int(math.Round(t.U)))
	}
	return t, nil
}

// rankSum fills in U and Z, and says whether there are ties.
func rankSum(a, b []float64) (RankTest, bool) {
	m, n := float64(len(a)), float64(len(b))
	all := slices.Concat(a, b)
	ranks := midranks(all)
	var sum float64
	for _, r := range ranks[:len(a)] {
		sum += r
	}
	t := RankTest{U: sum - m*(m+1)/2}
	ties := tieSizes(all)
	d := t.U - m*n/2
	if v := rankVariance(m, n, ties); v > 0 && d != 0 {
		t.Z = sign(d) * max(math.Abs(d)-0.5, 0) / math.Sqrt(v)
	}
	return t, len(ties) > 0
}

// HodgesLehmann estimates by how much b lies above a: the median of all
// differences b-a, in the unit of the data (Hodges and Lehmann 1963), with
// Moses's interval from the order statistics of the differences (Hollander and
// Wolfe 1999, section 4.3), exact without ties and below 50 points a side. It
// assumes that b is distributed as a, shifted, and that points are independent.
// Note the direction: R's wilcox.test(a, b) reports a minus b. Minimum: 4 points
// on each side.
func HodgesLehmann(a, b []float64, conf float64) (Interval, error) {
	if err := checkConf(conf); err != nil {
		return Interval{}, err
	}
	if err := checkPair(a, b, MinRankTest); err != nil {
		return Interval{}, err
	}
	diffs := make([]float64, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			diffs = append(diffs, y-x)
		}
	}
	slices.Sort(diffs)
	k := shiftRank(a, b, conf)
	return Interval{
		Value: medianSorted(diffs),
		Low:   diffs[k-1],
		High:  diffs[len(diffs)-k],
	}, nil
}

// shiftRank is the rank, from either end, of the differences that bound the shift.
func shiftRank(a, b []float64, conf float64) int {
	m, n := len(a), len(b)
	alpha := 1 - conf
	if len(tieSizes(slices.Concat(a, b))) == 0 && m < exactBelow && n < exactBelow {
		cum := 0.0
		for u, p := range rankDistribution(m, n) {
			if cum += p; cum >= alpha/2 {
				return max(u, 1)
			}
		}
	}
	fm, fn := float64(m), float64(n)
	k := fm*fn/2 - zFor(conf)*math.Sqrt(rankVariance(fm, fn, nil))
	return max(int(math.Floor(k)), 1)
}

// midranks gives each value its rank from 1, and equal values their mean rank.
func midranks(xs []float64) []float64 {
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		switch {
		case xs[i] < xs[j]:
			return -1
		case xs[i] > xs[j]:
			return 1
		}
		return 0
	})
	ranks := make([]float64, len(xs))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && xs[order[j]] == xs[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			ranks[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return ranks
}

// rankVariance is the variance of U without difference, corrected for ties.
func rankVariance(m, n float64, ties []float64) float64 {
	N := m + n
	var t3 float64
	for _, t := range ties {
		t3 += t*t*t - t
	}
	return m * n / 12 * (N + 1 - t3/(N*(N-1)))
}

// exactRankP doubles the smaller tail, as R does.
func exactRankP(m, n, u int) float64 {
	if other := m*n - u; other < u {
		u = other
	}
	var tail float64
	for _, p := range rankDistribution(m, n)[:u+1] {
		tail += p
	}
	return min(2*tail, 1)
}

// rankDistribution gives the probability of each U from 0 to m·n when all
// arrangements are equally likely, by the recursion of Mann and Whitney (1947):
// p(m,n,u) = m/(m+n)·p(m-1,n,u-n) + n/(m+n)·p(m,n-1,u).
func rankDistribution(m, n int) []float64 {
	prev := make([][]float64, n+1) // row for one less in the first sample
	for j := range prev {
		prev[j] = []float64{1}
	}
	for i := 1; i <= m; i++ {
		row := make([][]float64, n+1)
		row[0] = []float64{1}
		for j := 1; j <= n; j++ {
			p := make([]float64, i*j+1)
			wi, wj := float64(i)/float64(i+j), float64(j)/float64(i+j)
			for u, q := range prev[j] {
				p[u+j] += wi * q
			}
			for u, q := range row[j-1] {
				p[u] += wj * q
			}
			row[j] = p
		}
		prev = row
	}
	return prev[n]
}
