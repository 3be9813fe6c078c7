package stats

import (
	"fmt"
	"math"
	"slices"
)

// MinKaplanMeier is the least number of subjects for a survival curve.
const MinKaplanMeier = 8

// SurvivalStep is the curve from Time on, until the next step.
type SurvivalStep struct {
	Time     float64 // unit of the input
	AtRisk   int     // subjects still followed just before Time
	Events   int     // subjects whose event happened at Time
	Censored int     // subjects whose follow-up ended at Time without event
	Survival float64 // share expected to be without event after Time
	StdErr   float64 // Greenwood standard error of Survival; NaN once Survival is 0
}

// Survival is a Kaplan-Meier curve; it is 1 before the first step.
type Survival struct {
	Steps  []SurvivalStep // one for each distinct time, ascending
	N      int
	Events int // subjects with event
}

// KaplanMeier estimates the share of subjects without event over time (Kaplan
// and Meier 1958) with Greenwood's (1926) variance. times are durations from
// each subject's own start, in any one unit, not negative; observed[i] is false
// when subject i was last seen without event (censored). It assumes that
// censoring says nothing about the event to come. A subject censored at the time
// of an event counts as at risk for it. Minimum: 8 subjects.
func KaplanMeier(times []float64, observed []bool) (Survival, error) {
	if len(times) != len(observed) {
		return Survival{}, fmt.Errorf("%d times for %d states: %w", len(times), len(observed), ErrParameter)
	}
	if err := check(times, MinKaplanMeier); err != nil {
		return Survival{}, err
	}
	if t := slices.Min(times); t < 0 {
		return Survival{}, fmt.Errorf("duration %v is negative: %w", t, ErrParameter)
	}
	return kaplanMeier(times, observed), nil
}

func kaplanMeier(times []float64, observed []bool) Survival {
	order := make([]int, len(times))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(sign(times[a] - times[b]))
	})
	out := Survival{N: len(times)}
	surv, green := 1.0, 0.0
	for i := 0; i < len(order); {
		s := SurvivalStep{Time: times[order[i]], AtRisk: len(order) - i}
		for ; i < len(order) && times[order[i]] == s.Time; i++ {
			if observed[order[i]] {
				s.Events++
			} else {
				s.Censored++
			}
		}
		n, d := float64(s.AtRisk), float64(s.Events)
		surv *= (n - d) / n
		green += d / (n * (n - d)) // +Inf when the last subjects all have the event
		s.Survival, s.StdErr = surv, surv*math.Sqrt(green)
		if surv == 0 {
			s.StdErr = math.NaN()
		}
		out.Events += s.Events
		out.Steps = append(out.Steps, s)
	}
	return out
}

// Median is the time by which half of the subjects had the event, with the
// interval of Brookmeyer and Crowley (1982) on the log(-log) scale (Borgan and
// Liestøl 1990), the default of SAS and Stata. Value is NaN when the curve does
// not fall to one half, which is an answer: the median is longer than the
// follow-up. Low and High are NaN where a band does not reach one half. Where
// the curve equals one half between two events, the midpoint, as in R.
func (s Survival) Median(conf float64) (Interval, error) {
	if err := checkConf(conf); err != nil {
		return Interval{}, err
	}
	z := zFor(conf)
	return Interval{
		Value: s.crossing(func(st SurvivalStep) float64 { return st.Survival }),
		Low:   s.crossing(func(st SurvivalStep) float64 { return logLogBound(st, -z) }),
		High:  s.crossing(func(st SurvivalStep) float64 { return logLogBound(st, z) }),
	}, nil
}

// crossing is the time at which a curve falls to one half.
func (s Survival) crossing(curve func(SurvivalStep) float64) float64 {
	const tolerance = 1e-9
	flat := math.NaN()
	for _, st := range s.Steps {
		if st.Events == 0 {
			continue
		}
		v := curve(st)
		switch {
		case v < 0.5-tolerance && !math.IsNaN(flat):
			return (flat + st.Time) / 2
		case v < 0.5-tolerance:
			return st.Time
		case v <= 0.5+tolerance && math.IsNaN(flat):
			flat = st.Time
		}
	}
	return flat
}

// logLogBound is S^exp(z·se/(S·log S)), the band that stays between 0 and 1.
// The band does not exist where the curve is 1 or 0; there it is the curve.
func logLogBound(st SurvivalStep, z float64) float64 {
	if st.Survival >= 1 {
		return 1
	}
	if st.Survival <= 0 {
		if z > 0 {
			return math.NaN()
		}
		return 0
	}
	se := st.StdErr / (st.Survival * math.Log(st.Survival))
	return math.Pow(st.Survival, math.Exp(z*se))
}
