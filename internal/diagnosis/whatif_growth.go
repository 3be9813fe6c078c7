package diagnosis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/signal"
)

// sizes are those at which rules of the playbook begin to speak, or speak in full; all
// count engineers.
var sizes = []struct {
	id   string
	full bool
}{{"first_manager", false}, {"critical_band", false}, {"directors_due", false}, {"director_engineers", true}, {"directors_due", true}}

// projected are the months ahead for which the number of engineers is given.
var projected = []float64{12, 36}

// growthFacts says how fast engineers are taken to grow, how many that makes, and when
// the next sizes come: by the middle of draws, and the middle eight of ten.
func (in Input) growthFacts(s sight, v Variant) []cockpit.Fact {
	if !s.model.engineers.known() || in.Draws == 0 {
		return []cockpit.Fact{}
	}
	now, grow := make([]float64, in.Draws), make([]float64, in.Draws)
	for i := range in.Draws {
		rng := rand.New(rand.NewPCG(in.Seed, uint64(i)))
		now[i] = s.model.engineers.draw(rng)
		grow[i] = math.Log1p(math.Max(s.model.growth.draw(rng), -0.9))
	}
	out := []cockpit.Fact{growthRate(s, v)}
	for _, months := range projected {
		then := make([]float64, in.Draws)
		for i := range then {
			then[i] = now[i] * math.Exp(grow[i]*months/12)
		}
		low, mid, high := middleEight(then)
		value := signal.Count(mid, "engineers")
		if math.Round(low) != math.Round(high) {
			value += fmt.Sprintf(" (%.0f to %.0f)", low, high)
		}
		out = append(out, cockpit.Fact{Label: fmt.Sprintf("in %.0f months", months), Value: value, Number: number(mid), Unit: "engineers", Origin: "assumed"})
	}
	return append(out, in.nextSizes(s, now, grow)...)
}

// growthRate is the rate that is reckoned with, and where it comes from.
func growthRate(s sight, v Variant) cockpit.Fact {
	g := s.model.growth
	f := cockpit.Fact{Label: "growth", Value: span(Range{100 * g.Low, 100 * g.High}, "% a year"), Origin: "assumed", Note: "verdict.growth_unknown of the playbook"}
	c := s.claims["engineers.growth"]
	switch {
	case v.Growth.OK:
		f.Origin, f.Note = "declared", "of the scenario"
	case !math.IsNaN(c.Value) && c.N > 0:
		f.Origin, f.Note = "measured", "of the last years"
	}
	return f
}

// nextSizes says when growth reaches sizes that lie ahead.
func (in Input) nextSizes(s sight, now, grow []float64) []cockpit.Fact {
	out := []cockpit.Fact{}
	for _, size := range sizes {
		t, ok := in.Playbook.Threshold(size.id)
		at, what := t.Low, t.Title
		if size.full {
			at, what = t.High, t.Title+", at its upper end"
		}
		if !ok || at <= (s.model.engineers.Low+s.model.engineers.High)/2 {
			continue
		}
		months := make([]float64, len(now))
		for i := range months {
			months[i] = monthsTo(at, now[i], grow[i])
		}
		low, _, high := middleEight(months)
		horizon := float64(s.model.cuts.horizonMonths)
		out = append(out, cockpit.Fact{Label: fmt.Sprintf("%.0f %s", at, t.Unit), Value: inMonths(low, high, horizon), Note: what, Citation: strings.Join(t.Cites, ", "), Origin: "assumed"})
		if low > horizon { // and so do all that are larger
			break
		}
	}
	return out
}

// monthsTo is when a size is reached that grows evenly in ratios, in months.
func monthsTo(size, now, grow float64) float64 {
	switch {
	case now >= size:
		return 0
	case grow <= 0:
		return math.Inf(1)
	}
	return 12 * math.Log(size/now) / grow
}

func inMonths(low, high, horizon float64) string {
	switch {
	case low > horizon:
		return fmt.Sprintf("not within %.0f months", horizon)
	case high > horizon:
		return fmt.Sprintf("in %.0f months or more", math.Round(low))
	case math.Round(low) == math.Round(high):
		return "in " + signal.Count(math.Round(low), "months")
	}
	return fmt.Sprintf("in %.0f to %.0f months", low, high)
}

// middleEight are the bounds of the middle eight of ten numbers, and the middle one.
func middleEight(xs []float64) (low, mid, high float64) {
	xs = slices.Sorted(slices.Values(xs))
	q := func(p float64) float64 { return xs[int(math.Round(p*float64(len(xs)-1)))] }
	return q(0.1), q(0.5), q(0.9)
}
