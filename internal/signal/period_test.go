package signal

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

// months is a series of whole months from a first one on.
func months(year int, month time.Month, values ...float64) metric.Series {
	s := metric.Series{}
	for i, v := range values {
		s.Points = append(s.Points, metric.Point{Start: time.Date(year, month+time.Month(i), 1, 0, 0, 0, 0, time.UTC), Value: v, N: 10})
	}
	return s
}

// Six months are six whole months, on whatever day one looks: the month of that day is
// not over, and is in no series.
func TestHalfAYearIsSixWholeMonths(t *testing.T) {
	s := months(2023, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18) // to June 2024
	for _, day := range []time.Time{time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 7, 28, 0, 0, 0, 0, time.UTC), time.Date(2024, 7, 31, 23, 0, 0, 0, time.UTC)} {
		earlier, recent := Input{AsOf: day}.split(s, 12, 6)
		if len(earlier) != 12 || len(recent) != 6 || recent[0] != 13 || earlier[11] != 12 {
			t.Errorf("on %s: %v and %v", day.Format(time.DateOnly), earlier, recent)
		}
	}
}

// By hand: density ended June 2023 at 2 for a thousand lines; the code grew by a
// thousand lines a month, which that density allows 2 markers; 5 came in and 1 went
// out, so the excess is 5 - 1 - 2 = 2 a month, whatever the level of July was.
func TestDebtBalanceByHand(t *testing.T) {
	year := func(x float64) []float64 { return []float64{x, x, x, x, x, x, x, x, x, x, x, x, x, x, x} }
	size := make([]float64, 15)
	for i := range size {
		size[i] = float64(50 + i) // thousand lines at the end of a month, from April 2023
	}
	density := year(9)
	density[2] = 2 // June 2023
	in := Input{AsOf: time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), Seed: 1, Series: metric.Set{
		"debt_inflow": months(2023, 4, year(5)...), "debt_paydown": months(2023, 4, year(1)...),
		"code_size": months(2023, 4, size...), "debt_density": months(2023, 4, density...),
	}}
	for _, day := range []int{0, 9, 20, 30} {
		in.AsOf = time.Date(2024, 7, 1+day, 0, 0, 0, 0, time.UTC)
		c := in.debtBalance()
		if want := "in twelve months 60 markers came in and 12 went out; against the growth of the code that is +2.0 markers a month (95 % interval +2.0 to +2.0)"; c.Sentence != want {
			t.Errorf("on day %d: %s", day, c.Sentence)
		}
		if want := 12.0 / 36; c.State != Present || math.Abs(c.Value-want) > 1e-9 {
			t.Errorf("on day %d: %s, %v", day, c.State, c.Value)
		}
	}
}

// A ratio has no negative end, however wide its interval is.
func TestRatiosStayPositive(t *testing.T) {
	in := Input{AsOf: time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), Series: metric.Set{
		"lead_time_to_release": months(2023, 1, 1, 9, 1, 20, 2, 1, 8, 1, 30, 1, 2, 1, 40, 1, 2, 1, 3, 90)}}
	c := in.leadTime()
	if !(c.Low > 0 && c.Low < c.High) {
		t.Errorf("%v to %v", c.Low, c.High)
	}
	if !strings.Contains(c.Sentence, "2.5 days") || !strings.Contains(c.Sentence, "before, 1.5") {
		t.Error(c.Sentence)
	}
}

// A few occasional contributors do not make a company an open-source project.
func TestVolunteersNeedEvidence(t *testing.T) {
	for _, c := range []struct {
		share float64
		n     int
		want  State
	}{{0.1, 50, Absent}, {9.0 / 22, 22, Unknown}, {0.5, 30, Unknown}, {0.7, 400, Present}, {0.8, 25, Present}, {0.9, 12, Unknown}} {
		in := Input{AsOf: asOf, Series: metric.Set{"occasional_share": one(c.share, c.n)}}
		if got := in.volunteers(); got.State != c.want {
			t.Errorf("%.2f of %d: %s", c.share, c.n, got.State)
		}
	}
}
