// Package stats holds the statistical methods with which series become claims:
// charts for individuals, robust dispersion, rank tests, trends, change points,
// bootstrap intervals, survival curves, proportions and concentration.
//
// Every method is a pure function with its source, assumptions and minimum
// sample in its comment. Below the minimum a method returns [TooFew] rather
// than a number. NaN and infinities are refused with [ErrNotFinite]: a missing
// week must be removed, or filled, by a caller who knows which is right.
// Randomness is injected, so equal inputs and seeds give equal results.
//
// It does not know what a series means, and it does not decide what to do about
// a result: signal does the first, playbook and diagnosis the second.
package stats

import (
	"errors"
	"fmt"
	"math"
)

// TooFew says that a method has fewer points than it needs for an answer.
type TooFew struct{ Have, Need int }

func (e TooFew) Error() string {
	return fmt.Sprintf("needs %d points, has %d", e.Need, e.Have)
}

// Reasons other than [TooFew] for which a method gives no answer. They are
// wrapped with the particulars; test with errors.Is.
var (
	// ErrNotFinite: the input contains NaN or an infinity.
	ErrNotFinite = errors.New("not a finite number")
	// ErrParameter: an argument that is not data makes no sense.
	ErrParameter = errors.New("invalid parameter")
	// ErrUndefined: enough points, but the quantity does not exist for them,
	// such as a relative spread around a median of zero.
	ErrUndefined = errors.New("undefined for these values")
)

// Interval is an estimate with a confidence interval, in the unit of the
// estimate. A field is NaN when the data do not determine it.
type Interval struct {
	Value, Low, High float64
}

// check refuses samples that are too small or not finite.
func check(xs []float64, need int) error {
	if err := finite(xs); err != nil {
		return err
	}
	if len(xs) < need {
		return TooFew{Have: len(xs), Need: need}
	}
	return nil
}

func finite(xs []float64) error {
	for i, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("point %d: %w", i, ErrNotFinite)
		}
	}
	return nil
}

// checkPair refuses two samples of which one is too small; it reports the smaller.
func checkPair(a, b []float64, need int) error {
	if err := finite(a); err != nil {
		return err
	}
	if err := finite(b); err != nil {
		return err
	}
	if n := min(len(a), len(b)); n < need {
		return TooFew{Have: n, Need: need}
	}
	return nil
}

func checkConf(conf float64) error {
	if !(conf > 0 && conf < 1) {
		return fmt.Errorf("confidence %v is not between 0 and 1: %w", conf, ErrParameter)
	}
	return nil
}
