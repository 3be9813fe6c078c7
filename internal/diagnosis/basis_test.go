package diagnosis

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/signal"
)

// What is walked down adds up to what the lenses say.
func TestBasisAddsUp(t *testing.T) {
	pb, err := playbook.Default()
	if err != nil {
		t.Fatal(err)
	}
	active := metric.Series{AsOf: today}
	for i := range 26 {
		active.Points = append(active.Points, metric.Point{Start: today.AddDate(0, 0, -28*(26-i)), Value: 25, N: 100})
	}
	in := Input{Playbook: pb, AsOf: today, Present: true, Began: today.AddDate(-2, 0, 0), Seed: 1, Draws: 2000,
		Evaluate: func(context.Context, time.Time, ...string) (metric.Set, error) {
			return metric.Set{"active_engineers": active}, nil
		}}
	b, err := Explain(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	s, err := in.see(context.Background(), in.AsOf, true, in.Draws)
	if err != nil {
		t.Fatal(err)
	}
	type opinion struct{ passed, asked float64 }
	sources := map[string]opinion{}
	for _, o := range b.Opinions {
		if o.Asked {
			of := sources[o.Source]
			sources[o.Source] = opinion{of.passed + o.Passed, of.asked + 1}
		}
		if byMoney := o.Unit == playbook.UnitFunding || o.Unit == playbook.UnitRevenue; byMoney && o.Asked {
			t.Errorf("%s is asked, and money is not declared", o.ID)
		}
	}
	passed, stage := 0.0, 0.0
	for _, of := range sources { // several rules of one source are one opinion
		passed += of.passed / of.asked / float64(len(sources))
	}
	for _, o := range s.tally.outcomes {
		stage += o.stage / float64(in.Draws)
	}
	if len(sources) == 0 || math.Abs(passed-stage) > 0.02 {
		t.Errorf("%.3f of the sources are passed one by one; the stage lens says %.3f", passed, stage)
	}
	hours := 0.0
	for _, a := range b.Activities {
		hours += (a.Hours.Low + a.Hours.High) / 2
		if a.Hours.Low < a.Low*a.Units.Low-1e-9 || a.Hours.High > a.High*a.Units.High+1e-9 {
			t.Errorf("%s: %v hours are not %v for each of %v", a.ID, a.Hours, a.Range, a.Units)
		}
	}
	if work := (b.Work.Low + b.Work.High) / 2; math.Abs(hours/work-1) > 0.1 {
		t.Errorf("activities take %.1f hours, the week %.1f", hours, work)
	}
}

func TestWeightsAreTheFactorsOfADraw(t *testing.T) {
	for _, c := range []struct {
		ind  indicator
		want Range
		says bool
	}{
		{indicator{state: signal.Present, weight: 1, present: Range{2, 4}}, Range{2, 4}, true},
		{indicator{state: signal.Present, weight: 0.5, present: Range{4, 9}}, Range{2, 3}, true},
		{indicator{state: signal.Absent, weight: 1, absent: Range{0.5, 0.9}}, Range{0.5, 0.9}, true},
		{indicator{state: signal.Present, weight: 1, present: Range{4, 16}, discount: Range{0.25, 0.5}}, Range{math.Sqrt2, 4}, true},
		{indicator{state: signal.Unknown, weight: 1, present: Range{2, 4}}, Range{}, false},
	} {
		got, ok := c.ind.factors()
		if ok != c.says || math.Abs(got.Low-c.want.Low) > 1e-9 || math.Abs(got.High-c.want.High) > 1e-9 {
			t.Errorf("%+v multiplies by %v, %v; want %v", c.ind, got, ok, c.want)
		}
	}
}
