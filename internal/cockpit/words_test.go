package cockpit

import (
	"math"
	"testing"
)

func TestOfHundred(t *testing.T) {
	for share, want := range map[float64]int{0: 0, 0.004: 0, 0.006: 1, 0.5: 50, 0.994: 99, 0.995: 99, 0.9995: 99, 1 - 1e-12: 100, 1: 100, 1 + 1e-12: 100} {
		if n, ok := OfHundred(share); n != want || !ok {
			t.Errorf("%v is %d of 100, %v; want %d", share, n, ok, want)
		}
	}
	for _, share := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		if n, ok := OfHundred(share); ok {
			t.Errorf("%v is %d of 100", share, n)
		}
	}
}
