package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

func seeded() *rand.Rand { return rand.New(rand.NewPCG(7, 11)) }

// methods calls every method with one sample in place of all its data, and says
// how many points the method needs.
var methods = []struct {
	name string
	need int
	call func(xs []float64) error
}{
	{"Median", 1, func(xs []float64) error { _, err := Median(xs); return err }},
	{"MAD", 2, func(xs []float64) error { _, err := MAD(xs); return err }},
	{"XmR", 8, func(xs []float64) error { _, err := XmR(xs); return err }},
	{"TheilSen", 8, func(xs []float64) error {
		_, err := TheilSen(each(len(xs), func(i int) float64 { return float64(i) }), xs, 0.95)
		return err
	}},
	{"MannWhitney", 4, func(xs []float64) error { _, err := MannWhitney(xs, xs); return err }},
	{"HodgesLehmann", 4, func(xs []float64) error { _, err := HodgesLehmann(xs, xs, 0.95); return err }},
	{"BrownForsythe", 8, func(xs []float64) error { _, err := BrownForsythe(xs, xs); return err }},
	{"DispersionRatio", 16, func(xs []float64) error {
		_, err := DispersionRatio(seeded(), xs, xs, 200, 0.95)
		return err
	}},
	{"Bootstrap", 8, func(xs []float64) error {
		_, err := Bootstrap(seeded(), xs, median, 200, 0.95)
		return err
	}},
	{"ChangePoints", 32, func(xs []float64) error {
		_, err := ChangePoints(xs, ChangeOptions{})
		return err
	}},
	{"KaplanMeier", 8, func(xs []float64) error {
		_, err := KaplanMeier(xs, make([]bool, len(xs)))
		return err
	}},
}

func TestEveryMethodRefusesTooFewPoints(t *testing.T) {
	for _, m := range methods {
		for _, n := range []int{0, 1, m.need - 1} {
			if n < m.need {
				wantTooFew(t, m.name, m.call(nile[:n]), n, m.need)
			}
		}
		if err := m.call(nile[:m.need]); err != nil {
			t.Errorf("%s of %d points: %v", m.name, m.need, err)
		}
	}
}

func TestEveryMethodRefusesWhatIsNotFinite(t *testing.T) {
	for _, m := range methods {
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			xs := append([]float64(nil), nile[:40]...)
			xs[20] = bad
			if err := m.call(xs); !errors.Is(err, ErrNotFinite) {
				t.Errorf("%s with %v: error %v", m.name, bad, err)
			}
		}
	}
}

// Equal points must give an answer without NaN, or a reason for none.
func TestEveryMethodMeetsEqualPoints(t *testing.T) {
	undefined := map[string]bool{"BrownForsythe": true, "DispersionRatio": true}
	for _, m := range methods {
		for _, v := range []float64{0, 0.1, 1e300} {
			err := m.call(each(40, func(int) float64 { return v }))
			want := undefined[m.name]
			if want != errors.Is(err, ErrUndefined) || !want && err != nil {
				t.Errorf("%s of points equal to %v: %v", m.name, v, err)
			}
		}
	}
}

func TestMethodsDoNotChangeTheirInput(t *testing.T) {
	for _, m := range methods {
		xs := append([]float64(nil), nile...)
		if err := m.call(xs); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		for i := range xs {
			if xs[i] != nile[i] {
				t.Fatalf("%s changed point %d", m.name, i)
			}
		}
	}
}

func TestParametersAreRefused(t *testing.T) {
	ten := nile[:10]
	for name, err := range map[string]error{
		"confidence 95":     second(TheilSen(ten, ten, 95)),
		"confidence zero":   second(HodgesLehmann(ten, ten, 0)),
		"lengths differ":    second(TheilSen(ten, nile[:11], 0.95)),
		"states missing":    second(KaplanMeier(ten, nil)),
		"negative duration": second(KaplanMeier([]float64{1, 2, 3, 4, 5, 6, 7, -1}, make([]bool, 8))),
		"few draws":         second(Bootstrap(seeded(), ten, median, 10, 0.95)),
		"more than all":     second(Wilson(3, 2, 0.95)),
		"one sample":        second(BrownForsythe(ten)),
		"negative count":    second(ChangePoints(append([]float64{-1}, nile...), ChangeOptions{Counts: true})),
		"options":           second(ChangePoints(nile, ChangeOptions{Alpha: 2})),
		"penalty":           second(PELT(10, GaussianCost(ten, 1), -1, 2)),
	} {
		if !errors.Is(err, ErrParameter) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestTooFewReads(t *testing.T) {
	if got := (TooFew{Have: 5, Need: 8}).Error(); got != "needs 8 points, has 5" {
		t.Error(got)
	}
}
