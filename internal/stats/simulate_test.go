package stats

import (
	"math"
	"math/rand/v2"
)

// Series without change, and series with one, as the error rates of ChangePoints
// are promised for.

type generator func(rng *rand.Rand, n int) []float64

func each(n int, f func(i int) float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = f(i)
	}
	return xs
}

func gaussian(rng *rand.Rand, n int) []float64 {
	return each(n, func(int) float64 { return 50 + 8*rng.NormFloat64() })
}

func poissonSeries(mean float64) generator {
	return func(rng *rand.Rand, n int) []float64 {
		return each(n, func(int) float64 { return poisson(rng, mean) })
	}
}

func ar1(phi float64) generator {
	return func(rng *rand.Rand, n int) []float64 {
		x := rng.NormFloat64() / math.Sqrt(1-phi*phi)
		return each(n, func(int) float64 {
			x = phi*x + rng.NormFloat64()
			return 50 + 8*x
		})
	}
}

func lognormal(sigma float64) generator {
	return func(rng *rand.Rand, n int) []float64 {
		return each(n, func(int) float64 { return math.Exp(2 + sigma*rng.NormFloat64()) })
	}
}

// seasonal is a wave of the given period and amplitude in standard deviations
// of the noise around it, from a random phase.
func seasonal(period, amplitude float64) generator {
	return func(rng *rand.Rand, n int) []float64 {
		phase := 2 * math.Pi * rng.Float64()
		return each(n, func(i int) float64 {
			wave := amplitude * math.Sin(2*math.Pi*float64(i)/period+phase)
			return 50 + 8*(wave+rng.NormFloat64())
		})
	}
}

// spiky is Poisson noise with three one-off spikes of five to ten times the level.
func spiky(rng *rand.Rand, n int) []float64 {
	xs := poissonSeries(30)(rng, n)
	for range 3 {
		xs[rng.IntN(n)] *= 5 + 5*rng.Float64()
	}
	return xs
}

func linear(rise float64) generator {
	return func(rng *rand.Rand, n int) []float64 {
		return each(n, func(i int) float64 {
			return 50 + 8*(rise*float64(i)/float64(n)+rng.NormFloat64())
		})
	}
}

// shifted is Poisson noise whose mean changes at a place.
func shifted(before, after float64, at int) generator {
	return func(rng *rand.Rand, n int) []float64 {
		return each(n, func(i int) float64 {
			if i < at {
				return poisson(rng, before)
			}
			return poisson(rng, after)
		})
	}
}

// poisson draws by Knuth's product of uniforms.
func poisson(rng *rand.Rand, mean float64) float64 {
	limit, p, k := math.Exp(-mean), 1.0, 0.0
	for {
		p *= rng.Float64()
		if p <= limit {
			return k
		}
		k++
	}
}

func t3(rng *rand.Rand, n int) []float64 {
	return each(n, func(int) float64 {
		var s float64
		for range 3 {
			z := rng.NormFloat64()
			s += z * z
		}
		return 50 + 8*rng.NormFloat64()/math.Sqrt(s/3)
	})
}

func randomWalk(rng *rand.Rand, n int) []float64 {
	x := 50.0
	return each(n, func(int) float64 {
		x += rng.NormFloat64()
		return x
	})
}
