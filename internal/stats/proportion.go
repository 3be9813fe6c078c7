package stats

import (
	"fmt"
	"math"
)

// Wilson is the share k/n with Wilson's (1927) score interval, without
// continuity correction: method 3 of Newcombe (1998a). It stays within 0 and 1
// and is usable for small n and shares near the ends. It assumes independent
// trials with one common chance. Minimum: 1 trial; few trials give a wide
// interval, which is the answer.
func Wilson(k, n int, conf float64) (Interval, error) {
	if err := checkConf(conf); err != nil {
		return Interval{}, err
	}
	if n < 1 {
		return Interval{}, TooFew{Have: max(n, 0), Need: 1}
	}
	if k < 0 || k > n {
		return Interval{}, fmt.Errorf("%d of %d: %w", k, n, ErrParameter)
	}
	z, fn := zFor(conf), float64(n)
	p := float64(k) / fn
	mid := p + z*z/(2*fn)
	half := z * math.Sqrt(p*(1-p)/fn+z*z/(4*fn*fn))
	out := Interval{Value: p, Low: max(0, (mid-half)/(1+z*z/fn)), High: min(1, (mid+half)/(1+z*z/fn))}
	if k == 0 {
		out.Low = 0
	}
	if k == n {
		out.High = 1
	}
	return out, nil
}

// ProportionDifference is the share kb/nb minus the share ka/na, between -1 and
// 1, with Newcombe's (1998b) hybrid score interval: method 10 of his comparison,
// which combines the Wilson limits of both shares. Note the direction, from a to
// b. It assumes two independent samples of independent trials. Minimum: 1 trial
// on each side.
func ProportionDifference(ka, na, kb, nb int, conf float64) (Interval, error) {
	a, err := Wilson(ka, na, conf)
	if err != nil {
		return Interval{}, err
	}
	b, err := Wilson(kb, nb, conf)
	if err != nil {
		return Interval{}, err
	}
	d := b.Value - a.Value
	return Interval{
		Value: d,
		Low:   max(-1, d-math.Hypot(b.Value-b.Low, a.High-a.Value)),
		High:  min(1, d+math.Hypot(b.High-b.Value, a.Value-a.Low)),
	}, nil
}
