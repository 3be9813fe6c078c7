package forecast

import (
	"math/rand/v2"
	"testing"
	"time"
)

// monday is the first day of the test histories.
var monday = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// history is one of weeks alike in their days.
func history(weeks ...float64) History {
	var all []Week
	for i, x := range weeks {
		all = append(all, Week{monday.AddDate(0, 0, 7*i), x})
	}
	return NewHistory(all, [7]float64{})
}

// noisy is a history of counts around a mean.
func noisy(seed uint64, weeks int, mean float64) History {
	rng := rand.New(rand.NewPCG(seed, 1))
	xs := make([]float64, weeks)
	for i := range xs {
		xs[i] = poisson(rng, mean)
	}
	xs[0] = max(xs[0], 1)
	return history(xs...)
}

// BenchmarkTrials: 100,000 trials of about 8 weeks.
func BenchmarkTrials(b *testing.B) {
	h := noisy(1, 104, 10)
	basis, err := h.Basis()
	if err != nil {
		b.Fatal(err)
	}
	m := newModel(basis.Weeks, normals())
	for name, p := range map[string]Plan{
		"items":       {Pieces: []Piece{{Items: Exactly(80)}}},
		"everything":  {Pieces: []Piece{{Items: Range{30, 40}}, {Items: Range{20, 60}}}, Split: Range{1, 1.3}, Weekly: Range{0, 1}, Focus: 0.8, By: h.week(112)},
		"half a year": {Pieces: []Piece{{Items: Exactly(260)}}},
	} {
		b.Run(name, func(b *testing.B) {
			p.Start = h.week(104)
			p, err := p.filled()
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				m.simulate(p, newCalendar(h, p.Start))
			}
		})
	}
}

// BenchmarkForecast: all that a command asks for, with five years of record.
func BenchmarkForecast(b *testing.B) {
	h := noisy(1, 300, 10)
	for b.Loop() {
		if _, err := Forecast(h, Plan{Pieces: []Piece{{Items: Exactly(80)}}, Start: h.week(300)}); err != nil {
			b.Fatal(err)
		}
	}
}
