package stats

import "testing"

func TestWilsonAgainstNewcombe(t *testing.T) {
	// Newcombe (1998a), Two-sided confidence intervals for the single proportion,
	// table I, method 3.
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		got, err := Wilson(c.k, c.n, 0.95)
		noError(t, err)
		near(t, "share", got.Value, float64(c.k)/float64(c.n), 0)
		near(t, "low", got.Low, c.low, 5.1e-5)
		near(t, "high", got.High, c.high, 5.1e-5)
	}
	_, err := Wilson(0, 0, 0.95)
	wantTooFew(t, "no trials", err, 0, 1)
}

func TestProportionDifferenceAgainstNewcombe(t *testing.T) {
	// Newcombe (1998b), Interval estimation for the difference between
	// independent proportions, table II, method 10; his difference is first minus
	// second, ours second minus first.
	for _, c := range []struct {
		kb, nb, ka, na int
		low, high      float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1},
		{10, 10, 0, 10, 0.6075, 1},
	} {
		got, err := ProportionDifference(c.ka, c.na, c.kb, c.nb, 0.95)
		noError(t, err)
		near(t, "low", got.Low, c.low, 5.1e-5)
		near(t, "high", got.High, c.high, 5.1e-5)
	}
}
