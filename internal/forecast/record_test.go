package forecast

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// poisson draws a count by Knuth's method.
func poisson(rng *rand.Rand, mean float64) float64 {
	limit, n := math.Exp(-mean), -1.0
	for p := 1.0; p > limit; n++ {
		p *= rng.Float64()
	}
	return n
}

// Forecasts of the past, and what was learned from them, know nothing of what came later.
func TestTheFutureDoesNotLeak(t *testing.T) {
	const cut = 70
	a := noisy(1, 110, 8)
	b := a
	b.Weeks = slices.Clone(a.Weeks)
	for i := cut; i < len(b.Weeks); i++ {
		b.Weeks[i] = float64(40 * (i % 3))
	}
	ra, rb := record(t, a), record(t, b)
	for k := range horizons {
		for i, e := range ra.entries[k] {
			if e.origin > cut {
				break
			}
			if f := rb.entries[k][i]; e.origin != f.origin || e.items != f.items || e.dates != f.dates || !slices.Equal(e.cumulate, f.cumulate) {
				t.Errorf("over %d weeks, the forecast after %d weeks depends on what came later", horizons[k], e.origin)
			}
		}
		for n := MinWeeks; n <= cut; n++ {
			if x, y := ra.corrected(k, n), rb.corrected(k, n); x != y {
				t.Errorf("over %d weeks, the correction after %d weeks depends on what came later: %v, %v", horizons[k], n, x, y)
			}
		}
		if x, y := ra.corrected(k, len(a.Weeks)), rb.corrected(k, len(a.Weeks)); x == y {
			t.Errorf("over %d weeks, another past gives the same correction: %v", horizons[k], x)
		}
	}
}

func record(t *testing.T, h History) Record {
	t.Helper()
	r, err := NewRecord(h)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What a record says of a week is what a forecast at the end of that week said.
func TestTheRecordIsOfForecasts(t *testing.T) {
	h := noisy(2, 60, 8)
	r := record(t, h)
	const origin = 45
	for k, weeks := range horizons {
		i := slices.IndexFunc(r.entries[k], func(e entry) bool { return e.origin == origin })
		e := r.entries[k][i]
		a, err := Forecast(h.Until(origin), Plan{Pieces: []Piece{{Items: Exactly(e.items)}}, Start: h.week(origin), Trials: recTrial, Seed: uint64(origin)<<8 | uint64(weeks)})
		if err != nil {
			t.Fatal(err)
		}
		for l, d := range a.Pieces[0].Dates {
			if want := h.week(origin).AddDate(0, 0, e.dates[l]); !d.Raw.Equal(want) {
				t.Errorf("over %d weeks, %v: the record has %v, a forecast said %v", weeks, d.Chance, want, d.Raw)
			}
		}
		var sum float64
		for day, x := range h.Weeks[origin:] {
			if sum += x; sum >= e.items {
				if e.actual/7 != day {
					t.Errorf("over %d weeks: finished in week %d, the record says day %d", weeks, day, e.actual)
				}
				break
			}
		}
	}
}

// hand is a record of three forecasts over two weeks whose dates are written by hand.
func hand(actual ...int) Record {
	r := Record{weeks: 40}
	for i, day := range actual {
		e := entry{origin: 10 + 2*i, dates: [len(levels)]int{7, 10, 14, 20}, actual: day}
		e.cumulate = make([]int32, 22)
		for d := range e.cumulate {
			e.cumulate[d] = int32(min(d*recTrial/20, recTrial))
		}
		e.u = e.before(day)
		r.entries[0] = append(r.entries[0], e)
	}
	return r
}

func TestScoresByHand(t *testing.T) {
	r := hand(5, 12, 30)
	scores, err := r.Scores()
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range []int{1, 1, 2, 2} { // 5 ≤ 7; 5 ≤ 10; 5, 12 ≤ 14; 5, 12 ≤ 20
		if s := scores[l]; s.RawHeld != want || s.RawOf != 3 || s.Blocks != 3 || s.Horizon != 2 {
			t.Errorf("%v: %+v, want %d of 3 held", levels[l], s, want)
		}
	}
	// A date that is not past yet says nothing, even when the work is finished.
	r.weeks = 16 // 6, 4 and 2 weeks after the origins: 42, 28 and 14 days
	scores, err = r.Scores()
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range []int{3, 3, 2, 2} {
		if s := scores[l]; s.RawOf != want {
			t.Errorf("%v: %d forecasts have an outcome, want %d", levels[l], s.RawOf, want)
		}
	}
}

// Three forecasts that were late, each worth half a forecast because two of them share a
// week: their shares of trials are 1, and ten forecasts' weight of nominal ones is below.
func TestCorrectionByHand(t *testing.T) {
	r := hand(30, 30, 30)
	got := r.corrected(0, 40)
	for l, p := range levels {
		want := math.Min(p*(10+1.5)/10, surest) // mass p·11.5 of which 10·x lies below x < 1
		if math.Abs(got[l]-want) > 1e-9 {
			t.Errorf("%v: read at %v, want %v", p, got[l], want)
		}
	}
	if none := r.corrected(0, 12); none != levels {
		t.Errorf("before any outcome dates are read at %v, want as they are", none)
	}
	// Three that were early: half of each level's mass beyond their share moves below it.
	got = hand(1, 1, 1).corrected(0, 40) // share 0 before day 1 is 1/20
	for l, p := range levels {
		want := math.Max((p*11.5-1.5)/10, 0.05)
		if math.Abs(got[l]-want) > 1e-9 {
			t.Errorf("%v: read at %v, want %v", p, got[l], want)
		}
	}
}

func TestBetweenHorizonsTheCorrectionGoesOver(t *testing.T) {
	r := hand(30, 30, 30)
	r.weeks = 40
	at2, between, at4 := r.reads(2), r.reads(math.Sqrt(8)), r.reads(4)
	for l := range levels {
		if math.Abs(between[l]-(at2[l]+at4[l])/2) > 1e-9 {
			t.Errorf("%v: %v between %v and %v", levels[l], between[l], at2[l], at4[l])
		}
	}
	if r.reads(0.5) != at2 || r.reads(100) != r.reads(12) {
		t.Error("beyond the first and the last horizon the correction is not theirs")
	}
}

// On series whose law is known, dates hold as often as they say, within five points and
// the chance error of so few series.
func TestCoverageOnSyntheticSeries(t *testing.T) {
	for name, next := range map[string]func(rng *rand.Rand) func() float64{
		"Poisson": func(rng *rand.Rand) func() float64 { return func() float64 { return poisson(rng, 8) } },
		"negative binomial": func(rng *rand.Rand) func() float64 {
			return func() float64 { // Poisson around an exponential level, mean 8
				return poisson(rng, 8*rng.ExpFloat64())
			}
		},
		"autocorrelated": func(rng *rand.Rand) func() float64 {
			x := 0.0
			return func() float64 {
				x = 0.8*x + 0.3*rng.NormFloat64()
				return poisson(rng, 12*math.Exp(x))
			}
		},
		"yearly season with quiet holidays": func(rng *rand.Rand) func() float64 {
			week := 0
			return func() float64 {
				week++
				if week%52 < 2 {
					return poisson(rng, 1)
				}
				return poisson(rng, 10+3*math.Sin(2*math.Pi*float64(week)/52))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var all []scored
			for seed := range uint64(3) {
				draw := next(rand.New(rand.NewPCG(seed, 99)))
				weeks := []float64{8}
				for range 159 {
					weeks = append(weeks, draw())
				}
				s := scored{r: record(t, history(weeks...))}
				var err error
				if s.scores, err = s.r.Scores(); err != nil {
					t.Fatal(err)
				}
				all = append(all, s)
			}
			corrected, raw := coverage(all, 0)
			t.Logf("%s corrected, %s uncorrected", percents(corrected, " "), percents(raw, " "))
			for l, p := range levels {
				if math.Abs(corrected[l]-p) > 0.08 {
					t.Errorf("%.0f %% dates held %.1f %%", 100*p, 100*corrected[l])
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	grows := make([]float64, 52)
	for i := range grows {
		grows[i] = float64(4 + i)
	}
	low, high := noisy(1, 60, 5), noisy(2, 60, 40)
	for _, tt := range []struct {
		name  string
		weeks []float64
		why   string // "" is an answer
	}{
		{"nothing at all", nil, "0 complete weeks"},
		{"nine weeks", slices.Repeat([]float64{5}, 9), "9 complete weeks"},
		{"ten weeks", slices.Repeat([]float64{5}, 10), ""},
		{"one item a quarter", append([]float64{1}, slices.Repeat([]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 4)...), "4 items were finished in 4 of the last 52 weeks"},
		{"all in four weeks", append([]float64{30, 30, 30}, append(make([]float64, 8), 30)...), "120 items were finished in 4 of the last 12 weeks"},
		{"work has stopped", append(slices.Repeat([]float64{5}, 40), make([]float64, 8)...), "nothing was finished in the last 8 weeks"},
		{"a pause", append(slices.Repeat([]float64{5, 6, 7}, 10), make([]float64, 7)...), ""},
		{"a level that has just changed", append(slices.Clone(low.Weeks), high.Weeks[:9]...), "the level changed"},
		{"a level that changed a while ago", append(slices.Clone(low.Weeks), high.Weeks[:20]...), ""},
		{"a level that grows all the time", grows, "throughput moved steadily"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := history(tt.weeks...)
			_, err := Forecast(h, Plan{Pieces: []Piece{{Items: Exactly(5)}}, Start: h.week(len(h.Weeks)), Trials: 500})
			var refusal Refusal
			switch {
			case tt.why == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.why != "" && (!errors.As(err, &refusal) || !strings.Contains(refusal.Why, tt.why) || refusal.Missing == ""):
				t.Errorf("got %v, want a refusal because %q", err, tt.why)
			}
		})
	}
}

func TestOnlyThePresentLevelIsDrawnFrom(t *testing.T) {
	low, high := noisy(1, 60, 5), noisy(2, 60, 40)
	h := history(append(slices.Clone(low.Weeks), high.Weeks[:25]...)...)
	b, err := h.Basis()
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Weeks) != 25 || !b.Changed.Equal(h.week(60)) || !b.From.Equal(h.week(60)) || b.Before > 7 || b.After < 35 {
		t.Errorf("drawn from %d weeks from %v on, levels %v and %v", len(b.Weeks), b.From, b.Before, b.After)
	}
	year, err := noisy(4, 200, 9).Basis()
	if err != nil {
		t.Fatal(err)
	}
	if len(year.Weeks) != 52 || !year.Changed.IsZero() || !reflect.DeepEqual(year.Weeks, noisy(4, 200, 9).Weeks[148:]) {
		t.Errorf("drawn from %d weeks, changed %v; want the newest year", len(year.Weeks), year.Changed)
	}
}

// The chart and the dates are one: by the day of a date its chance is reached, and not
// the day before.
func TestChancesReachTheirDates(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	weeks := []float64{8}
	for range 140 {
		weeks = append(weeks, poisson(rng, 8*rng.ExpFloat64()))
	}
	h := history(weeks...)
	a, err := Forecast(h, Plan{Pieces: []Piece{{Items: Exactly(40)}}, Start: h.week(len(h.Weeks))})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range a.Pieces[0].Dates {
		if d.Reads == d.Chance {
			t.Fatalf("%v is not corrected: the test shows nothing", d.Chance)
		}
		day := int(d.Day.Sub(h.week(len(h.Weeks))).Hours() / 24)
		if by, before := total(a.Pieces[0].Finished[:day+1]), total(a.Pieces[0].Finished[:day]); by < d.Chance-1e-9 || before >= d.Chance {
			t.Errorf("%v: %v by the date, %v by the day before", d.Chance, by, before)
		}
	}
	for _, tt := range []struct{ share, want float64 }{{0, 0}, {0.3, 0.25}, {0.6, 0.5}, {0.7, 0.6}, {0.8, 0.7}, {0.9, 0.85}, {0.98, 0.95}, {0.99, 0.975}, {1, 1}} {
		if got := chanceOf(tt.share, [len(levels)]float64{0.6, 0.8, 0.9, 0.98}); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v of the trials are worth %v, want %v", tt.share, got, tt.want)
		}
	}
}
