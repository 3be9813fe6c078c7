package stats

import (
	"slices"
	"testing"
)

// Gear diameters in ten batches: NIST/SEMATECH e-Handbook, 1.3.5.10 and 1.4.2.
var gear = [][]float64{
	{1.006, 0.996, 0.998, 1.000, 0.992, 0.993, 1.002, 0.999, 0.994, 1.000},
	{0.998, 1.006, 1.000, 1.002, 0.997, 0.998, 0.996, 1.000, 1.006, 0.988},
	{0.991, 0.987, 0.997, 0.999, 0.995, 0.994, 1.000, 0.999, 0.996, 0.996},
	{1.005, 1.002, 0.994, 1.000, 0.995, 0.994, 0.998, 0.996, 1.002, 0.996},
	{0.998, 0.998, 0.982, 0.990, 1.002, 0.984, 0.996, 0.993, 0.980, 0.996},
	{1.009, 1.013, 1.009, 0.997, 0.988, 1.002, 0.995, 0.998, 0.981, 0.996},
	{0.990, 1.004, 0.996, 1.001, 0.998, 1.000, 1.018, 1.010, 0.996, 1.002},
	{0.998, 1.000, 1.006, 1.000, 1.002, 0.996, 0.998, 0.996, 1.002, 1.006},
	{1.002, 0.998, 0.996, 0.995, 0.996, 1.004, 1.004, 0.998, 0.999, 0.991},
	{0.991, 0.995, 0.984, 0.994, 0.997, 0.997, 0.991, 0.998, 1.004, 0.997},
}

func TestBrownForsytheAgainstNIST(t *testing.T) {
	got, err := BrownForsythe(gear...)
	noError(t, err)
	// NIST prints 1.705910; SciPy's tests have the further digits and p.
	near(t, "F", got.F, 1.7059176930, 1e-8)
	near(t, "p", got.P, 0.0990829755522, 1e-8)
	if got.DF1 != 9 || got.DF2 != 90 {
		t.Errorf("degrees of freedom %d, %d", got.DF1, got.DF2)
	}
}

func TestDispersionRatioIgnoresASpike(t *testing.T) {
	rng := seeded()
	a, b := poissonSeries(30)(rng, 52), poissonSeries(30)(rng, 26)
	plain, err := DispersionRatio(seeded(), a, b, 1000, 0.95)
	noError(t, err)
	spiked := slices.Clone(b)
	spiked[13] = 3000
	got, err := DispersionRatio(seeded(), a, spiked, 1000, 0.95)
	noError(t, err)
	if got.Value > 1.35*plain.Value || got.Low > 1 || got.High < 1 {
		t.Errorf("plain %+v, with spike %+v", plain, got)
	}
}

func TestDispersionRatioIsRelative(t *testing.T) {
	rng := seeded()
	a := gaussian(rng, 52)
	b := each(52, func(i int) float64 { return 7 * a[i] })
	got, err := DispersionRatio(rng, a, b, 500, 0.95)
	noError(t, err)
	near(t, "ratio of a rescaled sample", got.Value, 1, 1e-12)
	if got.Low > 1 || got.High < 1 {
		t.Errorf("%+v", got)
	}
}

func TestDispersionRatioErrorRates(t *testing.T) {
	const runs = 150
	rng := seeded()
	rate := func(g generator, widen float64) int {
		outside := 0
		for range runs {
			a, b := g(rng, 52), g(rng, 52)
			for i := range b {
				b[i] = 50 + widen*(b[i]-50)
			}
			r, err := DispersionRatio(rng, a, b, 400, 0.95)
			noError(t, err)
			outside += count(r.Low > 1 || r.High < 1)
		}
		return outside
	}
	null, ar, wide := rate(gaussian, 1), rate(ar1(0.5), 1), rate(gaussian, 3)
	t.Logf("interval without 1, of %d: equal %d, AR(1) 0.5 %d, three times as wide %d", runs, null, ar, wide)
	if null > runs*7/100 || ar > runs*9/100 || wide < runs*9/10 {
		t.Errorf("equal %d, autocorrelated %d, wide %d of %d", null, ar, wide, runs)
	}
}
