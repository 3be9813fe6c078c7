package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// MedianRanks are the ranks, from 1 to n in ascending order, of those two of n values that
// enclose the median of what they are drawn from with at least the confidence: the
// distribution-free interval of the sign test (Conover 1999, section 3.2; table in Campbell and
// Gardner 1988). It assumes independent values. Minimum: the least n whose extremes suffice,
// which is 6 for 95 %.
func MedianRanks(n int, conf float64) (low, high int, err error) {
	if err := checkConf(conf); err != nil {
		return 0, 0, err
	}
	need := int(math.Ceil(1 - math.Log2(1-conf)))
	if n < need {
		return 0, 0, TooFew{Have: max(n, 0), Need: need}
	}
	b := distuv.Binomial{N: float64(n), P: 0.5}
	low = max(1, int(float64(n)/2-zFor(conf)*math.Sqrt(float64(n))/2)-1) // a little too low
	for b.CDF(float64(low)) <= (1-conf)/2 {
		low++
	}
	return low, n + 1 - low, nil
}

// Mean is the mean with Student's t interval. It assumes independent values of one distribution
// whose mean is nearly normal. Minimum: 2 values.
func Mean(xs []float64, conf float64) (Interval, error) {
	if err := check(xs, 2); err != nil {
		return Interval{}, err
	}
	if err := checkConf(conf); err != nil {
		return Interval{}, err
	}
	m, s := stat.MeanStdDev(xs, nil)
	n := float64(len(xs))
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile((1+conf)/2) * s / math.Sqrt(n)
	return Interval{Value: m, Low: m - half, High: m + half}, nil
}
