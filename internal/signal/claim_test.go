package signal

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// check says what every claim must have.
func check(t *testing.T, c Claim) {
	t.Helper()
	if c.ID == "" || c.State == "" || c.State != Present && c.Strength != 0 || c.Strength < 0 || c.Strength > 1 {
		t.Fatalf("state and strength: %+v", c)
	}
	if strings.HasSuffix(c.Sentence, ".") || strings.Contains(c.Sentence, "NaN") || strings.Contains(c.Sentence, "%!") {
		t.Fatalf("sentence: %+v", c)
	}
	if c.State == Unknown {
		if c.Lacks == "" {
			t.Fatalf("unknown, and lacks nothing: %+v", c)
		}
		return
	}
	if c.N == 0 || c.Need == 0 || c.N < c.Need || c.Unit == "" || c.Method == "" || c.Sentence == "" || c.Lacks != "" {
		t.Fatalf("incomplete: %+v", c)
	}
	if c.From.IsZero() || !c.From.Before(c.To) || c.To.After(asOf) {
		t.Fatalf("window: %+v", c)
	}
	if c.State == Present && (c.Strength == 0 || math.IsNaN(c.Value)) {
		t.Fatalf("present without strength or value: %+v", c)
	}
	if !math.IsNaN(c.Low) && !(c.Low <= c.High) {
		t.Fatalf("interval: %+v", c)
	}
}

// company is a set of every metric that signals read, long enough for all of them.
func company(rng *rand.Rand) metric.Set {
	set := throughput(104, func(int, time.Time) float64 { return poisson(rng, 30) })
	for name, s := range debts(rng, func(int) float64 { return 15 }, 15) {
		set[name] = s
	}
	for _, name := range []string{"onboarding_days", "decision_days"} {
		set[name] = happened(rng, name, 40, 36, func(float64) float64 { return 20 })[name]
	}
	set["active_engineers"] = steps(27, func(int) float64 { return 25 + float64(rng.IntN(3)) })
	set["release_frequency"] = monthly(24, func(int) (float64, int) { return 1 + poisson(rng, 3), 1 })
	set["lead_time_to_release"] = monthly(24, func(int) (float64, int) { return 10 + 5*rng.Float64(), 40 })
	set["sprint_said_done"] = monthly(24, func(int) (float64, int) { return 0.85, 30 })
	set["revert_share"] = monthly(24, func(int) (float64, int) { return float64(rng.IntN(8)) / 200, 200 })
	for name, s := range map[string]metric.Series{
		"truck_factor":            one(3, 200),
		"forecast_hit_rate":       quarterly(0.8, 25),
		"occasional_share":        one(0.1, 60),
		"decisions_stalled":       one(2, 12),
		"stalled_work":            one(3, 5),
		"investment_innovation":   quarterly(0.12, 100),
		"documents_operational":   one(0.3, 10),
		"documents_architectural": one(0.5, 2),
		"merge_concentration":     quarterly(0.5, 100),
		"review_concentration":    quarterly(0.5, 100),
		"review_load":             quarterly(0.5, 100),
	} {
		set[name] = s
	}
	return set
}

// one is a series of a single point at the date.
func one(value float64, n int) metric.Series {
	return metric.Series{AsOf: asOf, Points: []metric.Point{{Start: asOf, Value: value, N: n}}}
}

func quarterly(value float64, n int) metric.Series {
	return metric.Series{AsOf: asOf, Points: []metric.Point{{Start: asOf.AddDate(0, -3, 0), Value: value, N: n}}}
}

// Every claim is complete, and the same for the same seed.
func TestRead(t *testing.T) {
	in := Input{Series: company(rand.New(rand.NewPCG(1, 1))), AsOf: asOf, Seed: 3}
	claims := Read(in)
	for id, c := range claims {
		if c.ID != id || c.State == Unknown && id != "satisfaction.trend" && id != "leader.focus" && math.IsNaN(c.Value) {
			t.Errorf("%s: %+v", id, c)
		}
		if c.From.IsZero() && c.Metric == "truck_factor" {
			c.From = asOf.AddDate(-1, 0, 0) // the whole history, whenever it began
		}
		check(t, c)
	}
	again := Read(in)
	if diff := cmp.Diff(claims, again, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("the same seed gives other claims (-first +second)\n%s", diff)
	}
}

// Without anything, every claim is unknown and says what it lacks.
func TestReadNothing(t *testing.T) {
	for id, c := range Read(Input{AsOf: asOf}) {
		if c.State != Unknown || c.Lacks == "" {
			t.Errorf("%s: %+v", id, c)
		}
	}
}

// A point fewer than its method needs makes a claim unknown, and it says how many there are.
func TestBelowMinimum(t *testing.T) {
	flat := func(n int, f func(int) (float64, int)) metric.Series { return monthly(n, f) }
	four := func(int) (float64, int) { return 4, 4 }
	for _, c := range []struct {
		id         string
		set        metric.Set
		have, need int
	}{
		{"throughput.dispersion", throughput(51, func(left int, _ time.Time) float64 { return float64(20 + left%5) }), 51, 52},
		{"throughput.level", throughput(51, func(left int, _ time.Time) float64 { return float64(20 + left%5) }), 51, 52},
		{"engineers.stability", metric.Set{"active_engineers": steps(19, func(int) float64 { return 9 })}, 19, 20},
		{"engineers.growth", metric.Set{"active_engineers": steps(12, func(int) float64 { return 9 })}, 12, 13},
		{"releases.slowing", metric.Set{"release_frequency": flat(13, four)}, 7, 8},
		{"releases.slowing", metric.Set{"release_frequency": flat(4, four)}, 4, 5},
		{"leadtime.slowing", metric.Set{"lead_time_to_release": flat(9, four)}, 3, 4},
		{"reverts.rising", metric.Set{"revert_share": flat(24, func(left int) (float64, int) { return 0, 16 })}, 96, 100},
		{"reverts.rising", metric.Set{"revert_share": flat(13, func(left int) (float64, int) { return 0, 27 })}, 189, 200},
		{"onboarding.slowing", happened(rand.New(rand.NewPCG(1, 1)), "onboarding_days", 12, 36, func(float64) float64 { return 9 }), 4, 5},
		{"onboarding.two_weeks", happened(rand.New(rand.NewPCG(1, 1)), "onboarding_days", 12, 36, func(float64) float64 { return 9 }), 4, 5},
		{"decisions.slowing", happened(rand.New(rand.NewPCG(1, 1)), "decision_days", 9, 36, func(float64) float64 { return 9 }), 3, 4},
		{"debt.balance", metric.Set{"debt_inflow": flat(12, four)}, 12, 13},
		{"debt.density", metric.Set{"debt_density": flat(7, four)}, 7, 8},
		{"documents.operational", metric.Set{"documents_operational": one(0, 2)}, 2, 3},
		{"decisions.stalled", metric.Set{"decisions_stalled": one(0, 2)}, 2, 3},
	} {
		got := Read(Input{Series: c.set, AsOf: asOf})[c.id]
		if got.State != Unknown || got.N != c.have || got.Need != c.need {
			t.Errorf("%s: %s with %d of %d, want unknown with %d of %d", c.id, got.State, got.N, got.Need, c.have, c.need)
		}
		for _, n := range []int{c.have, c.need} {
			if !strings.Contains(got.Lacks, strconv.Itoa(n)) {
				t.Errorf("%s lacks %q, which does not say %d", c.id, got.Lacks, n)
			}
		}
	}
}

// Bands of the playbook: a share below the lower end is nothing, above the higher it is full.
func TestConcentration(t *testing.T) {
	for _, c := range []struct {
		share    float64
		n        int
		state    State
		strength float64
	}{
		{0.35, 100, Absent, 0},
		{0.5, 400, Present, 0.5},
		{0.9, 100, Present, 1},
		{0.5, 20, Unknown, 0}, // ten of twenty: from 0.30 to 0.70
	} {
		for _, id := range []string{"merging.concentration", "review.concentration"} {
			set := metric.Set{"merge_concentration": quarterly(c.share, c.n), "review_concentration": quarterly(c.share, c.n)}
			got := Read(Input{Series: set, AsOf: asOf})[id]
			if got.State != c.state || math.Abs(got.Strength-c.strength) > 1e-9 {
				t.Errorf("%s of %g in %d: %s with strength %g, want %s with %g", id, c.share, c.n, got.State, got.Strength, c.state, c.strength)
			}
		}
	}
}

// What was true long ago is not said of today.
func TestOldPoints(t *testing.T) {
	old := func(value float64, n int) metric.Series {
		return metric.Series{AsOf: asOf, Points: []metric.Point{{Start: asOf.AddDate(-2, 0, 0), Value: value, N: n}}}
	}
	claims := Read(Input{AsOf: asOf, Series: metric.Set{"occasional_share": old(0.9, 100), "documents_operational": old(0, 10),
		"documents_architectural": old(0, 3), "merge_concentration": old(0.9, 100), "review_concentration": old(0.9, 100)}})
	for _, id := range []string{"people.volunteers", "documents.operational", "documents.architectural", "merging.concentration", "review.concentration"} {
		if c := claims[id]; c.State != Unknown || c.Lacks == "" {
			t.Errorf("%s: %+v", id, c)
		}
	}
}
