package stats

import (
	"slices"
	"testing"
)

// NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: flow rates.
var flow = []float64{49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1}

func TestXmRAgainstNIST(t *testing.T) {
	c, err := XmR(flow)
	noError(t, err)
	near(t, "center", c.Center, 50.81, 1e-9)
	near(t, "mean moving range", c.Range, 1.8778, 5e-5)
	// NIST uses 3/1.128 = 2.6596 where Wheeler rounds to 2.66.
	near(t, "upper", c.Upper, 55.8041, 1e-3)
	near(t, "lower", c.Lower, 45.8159, 1e-3)
	near(t, "range limit", c.RangeUpper, 3.27*16.9/9, 1e-9)
	if c.Outside != nil || c.Runs != nil || c.RangeOutside != nil {
		t.Errorf("signals in a process in control: %+v", c)
	}
}

func TestXmRRules(t *testing.T) {
	spike := []float64{10, 11, 9, 10, 11, 9, 10, 40, 10, 9, 11, 10, 9, 11, 10, 9, 11, 10, 9, 11}
	c, err := XmR(spike)
	noError(t, err)
	if !slices.Equal(c.Outside, []int{7}) || !slices.Equal(c.RangeOutside, []int{7, 8}) {
		t.Errorf("spike: outside %v, ranges %v", c.Outside, c.RangeOutside)
	}

	level := []float64{1, 2, 1, 2, 1, 2, 1, 9, 8, 9, 8, 9, 8, 9, 8}
	c, err = XmR(level) // mean 5.2: seven below, eight above
	noError(t, err)
	if !slices.Equal(c.Runs, []int{7, 8, 9, 10, 11, 12, 13, 14}) {
		t.Errorf("runs %v", c.Runs)
	}
	if got := runs([]float64{1, 1, 1, 1, 0, 1, 1, 1, 1}, 0, 8); got != nil {
		t.Errorf("a point on the line ends a run: %v", got)
	}
}

func TestXmREqualPoints(t *testing.T) {
	equal := each(30, func(int) float64 { return 0.1 })
	c, err := XmR(equal)
	noError(t, err)
	if c.Outside != nil || c.Runs != nil || c.Center != 0.1 || c.Upper != 0.1 {
		t.Errorf("%+v", c)
	}
}
