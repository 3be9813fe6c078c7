package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// zFor is the two-sided standard normal quantile: 1.96 for conf 0.95.
func zFor(conf float64) float64 {
	return distuv.UnitNormal.Quantile((1 + conf) / 2)
}

// twoSided is the probability that a standard normal lies at least as far out as z.
func twoSided(z float64) float64 {
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}
