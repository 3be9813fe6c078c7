package forecast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"
)

// weekdays are items by day of the week, none at weekends.
var weekdays = [7]float64{0, 10, 10, 10, 10, 10, 0}

// steady is a history of the same every week, on weekdays.
func steady(weeks int, items float64) History {
	var all []Week
	for i := range weeks {
		all = append(all, Week{monday.AddDate(0, 0, 7*i), items})
	}
	return NewHistory(all, weekdays)
}

// The level of a steady history is known, so every future is the same: 1 item a weekday.
func TestSteadyWorkHasExactDates(t *testing.T) {
	h := steady(30, 5)
	start := h.week(30) // Monday 29 July 2024
	for _, tt := range []struct {
		name string
		plan Plan
		want []string // of each piece
	}{
		{"one item: the first day", Plan{Pieces: []Piece{{Items: Exactly(1)}}}, []string{"2024-07-29"}},
		{"a week's: Friday", Plan{Pieces: []Piece{{Items: Exactly(5)}}}, []string{"2024-08-02"}},
		{"one more: Monday", Plan{Pieces: []Piece{{Items: Exactly(6)}}}, []string{"2024-08-05"}},
		{"four weeks", Plan{Pieces: []Piece{{Items: Exactly(20)}}}, []string{"2024-08-23"}},
		{"half the focus takes twice as long", Plan{Pieces: []Piece{{Items: Exactly(20)}}, Focus: 0.5}, []string{"2024-09-20"}},
		{"each becomes two", Plan{Pieces: []Piece{{Items: Exactly(10)}}, Split: Exactly(2)}, []string{"2024-08-23"}},
		{"one of five is added again", Plan{Pieces: []Piece{{Items: Exactly(16)}}, Weekly: Exactly(1)}, []string{"2024-08-23"}},
		{"one is added with every fifth", Plan{Pieces: []Piece{{Items: Exactly(16)}}, PerItem: Exactly(0.2)}, []string{"2024-08-23"}},
		{"pieces in order", Plan{Pieces: []Piece{{Items: Exactly(7)}, {Items: Exactly(8)}, {Items: Exactly(1)}}}, []string{"2024-08-06", "2024-08-16", "2024-08-19"}},
		{"from a Thursday on", Plan{Pieces: []Piece{{Items: Exactly(3)}}, Start: start.AddDate(0, 0, 3)}, []string{"2024-08-05"}},
		{"from a Saturday on", Plan{Pieces: []Piece{{Items: Exactly(1)}}, Start: start.AddDate(0, 0, 5)}, []string{"2024-08-05"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.plan.Start.IsZero() {
				tt.plan.Start = start
			}
			tt.plan.Trials = 500
			a, err := Forecast(h, tt.plan)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range a.Pieces {
				for _, d := range p.Dates {
					if got := d.Day.Format(time.DateOnly); got != tt.want[i] || d.Raw != d.Day {
						t.Errorf("piece %d, %v: %s (%s before correction), want %s", i, d.Chance, got, d.Raw.Format(time.DateOnly), tt.want[i])
					}
				}
			}
		})
	}
}

func TestSteadyWorkHasExactCounts(t *testing.T) {
	h := steady(30, 5)
	start := h.week(30)
	for _, tt := range []struct {
		name string
		plan Plan
		want float64
	}{
		{"the first Friday", Plan{By: start.AddDate(0, 0, 4)}, 5},
		{"the first day", Plan{By: start}, 1},
		{"a Sunday brings nothing", Plan{By: start.AddDate(0, 0, 13)}, 10},
		{"a Wednesday in the fourth week", Plan{By: start.AddDate(0, 0, 23)}, 18},
		{"half the focus", Plan{By: start.AddDate(0, 0, 27), Focus: 0.5}, 10},
		{"each planned one is two", Plan{By: start.AddDate(0, 0, 27), Split: Exactly(2)}, 10},
		{"more is added than is finished", Plan{By: start.AddDate(0, 0, 27), Weekly: Exactly(6)}, 0},
		{"from a Thursday on", Plan{Start: start.AddDate(0, 0, 3), By: start.AddDate(0, 0, 7)}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.plan.Start.IsZero() {
				tt.plan.Start = start
			}
			tt.plan.Trials = 500
			a, err := Forecast(h, tt.plan)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range a.By {
				if c.Items != tt.want {
					t.Errorf("%v: %v items, want %v", c.Chance, c.Items, tt.want)
				}
			}
		})
	}
}

func TestMoreIsAddedThanFinished(t *testing.T) {
	h := steady(30, 5)
	a, err := Forecast(h, Plan{Pieces: []Piece{{Items: Exactly(20)}}, Weekly: Exactly(5), Start: h.week(30), Trials: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range a.Pieces[0].Dates {
		if !d.Day.IsZero() {
			t.Errorf("%v: finished on %v, want never", d.Chance, d.Day)
		}
	}
}

// coins is a model whose weeks bring nothing or one item, each with one chance in two
// and independent of the others: its blocks are all sixteen courses of four weeks.
func coins() *model {
	m := &model{}
	for bits := range 16 {
		for i := range block {
			m.weeks = append(m.weeks, float64(bits>>i&1))
		}
	}
	for i := range m.starts {
		m.starts[i] = uint8(i % 16 * block)
	}
	for i := range m.step {
		m.level[i], m.step[i] = 1, 1
	}
	return m
}

// The weeks until r items have come are negative binomial: by week k they have with the
// chance that of k coins at least r show heads.
func TestCoinsFollowTheBinomial(t *testing.T) {
	h := history(1, 1)
	p, err := Plan{Pieces: []Piece{{Items: Exactly(6)}}, Start: monday, By: monday.AddDate(0, 0, 7*11-1)}.filled()
	if err != nil {
		t.Fatal(err)
	}
	o := coins().simulate(p, newCalendar(h, p.Start))
	var sum float64
	for k := 1; k <= 30; k++ {
		for _, n := range o.days[0][7*(k-1) : 7*k] {
			sum += float64(n) / float64(p.Trials)
		}
		want := 0.0
		for heads := 6; heads <= k; heads++ {
			want += math.Exp(logChoose(k, heads)) / math.Exp2(float64(k))
		}
		if limit := 4.5 * math.Sqrt(want*(1-want)/float64(p.Trials)); math.Abs(sum-want) > limit+1e-12 {
			t.Errorf("by week %d: %v, want %v", k, sum, want)
		}
	}
	counts := map[float64]float64{}
	for _, x := range o.counts {
		counts[x] += 1 / float64(p.Trials)
	}
	for heads := range 12 {
		want := math.Exp(logChoose(11, heads)) / math.Exp2(11)
		if math.Abs(counts[float64(heads)]-want) > 4.5*math.Sqrt(want*(1-want)/float64(p.Trials)) {
			t.Errorf("%d items in 11 weeks: %v, want %v", heads, counts[float64(heads)], want)
		}
	}
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// slowly plays a plan as the documentation describes it, day by day and with another
// generator; it shares no code with the simulator.
func slowly(rng *rand.Rand, weeks []float64, days [7]float64, p Plan) (finish []int, byItems float64) {
	n := len(weeks)
	weight := func(i int) float64 { return math.Pow(0.5, float64(n-1-i)/8) }
	var sum, mean, variance float64
	for i, x := range weeks {
		sum += weight(i)
		mean += weight(i) * x
	}
	mean /= sum
	for i, x := range weeks {
		variance += weight(i) * (x - mean) * (x - mean) / sum
	}
	spread := math.Min(math.Sqrt(variance)/mean, 1)
	level := math.Exp(0.2 * spread * rng.NormFloat64())
	uniform := func(r Range) float64 { return r.Low + (r.High-r.Low)*rng.Float64() }
	split, weekly, per := uniform(p.Split), uniform(p.Weekly), uniform(p.PerItem)
	var left []float64
	for _, w := range p.Pieces {
		left = append(left, split*(w.Items.Low+float64(rng.IntN(int(w.Items.High-w.Items.Low)+1))))
	}
	finish = make([]int, len(left))
	piece, at := 0, 0
	var done float64
	last := int(p.By.Sub(p.Start).Hours() / 24)
	for day := 0; day < 7*60; day++ {
		if day%28 == 0 {
			for u := rng.Float64() * sum; ; at++ {
				if u -= weight(at % n); u < 0 {
					break
				}
			}
		}
		if day%7 == 0 {
			level *= math.Exp(0.2 * spread * rng.NormFloat64())
		}
		x := (weeks[(at+day%28/7)%n]*level*p.Focus*(1-per) - weekly) * days[day%7]
		if day <= last {
			done += x
		}
		for piece < len(left) && x >= left[piece]-1e-9 {
			x -= left[piece]
			finish[piece] = day
			piece++
		}
		if piece < len(left) {
			left[piece] -= x
		}
	}
	for ; piece < len(left); piece++ {
		finish[piece] = 7 * 60
	}
	return finish, math.Max(0, math.Floor(done/split+1e-9))
}

func TestAgainstASlowSimulator(t *testing.T) {
	h := steady(40, 5)
	rng := rand.New(rand.NewPCG(3, 3))
	for i := range h.Weeks {
		h.Weeks[i] = poisson(rng, 6) * float64(1+i%2)
	}
	plan := Plan{Pieces: []Piece{{Items: Range{20, 30}}, {Items: Exactly(15)}}, Split: Range{1, 1.4}, Weekly: Range{0, 0.8}, PerItem: Exactly(0.05), Focus: 0.8, Start: h.week(40), By: h.week(46).AddDate(0, 0, 2)}
	p, err := plan.filled()
	if err != nil {
		t.Fatal(err)
	}
	o := newModel(h.Weeks, normals()).simulate(p, newCalendar(h, p.Start))
	const trials = 20_000
	finish := [2][]float64{}
	var counts []float64
	for range trials {
		f, by := slowly(rng, h.Weeks, h.Share, p)
		for i, d := range f {
			finish[i] = append(finish[i], float64(d))
		}
		counts = append(counts, by)
	}
	for i := range finish {
		slices.Sort(finish[i])
		for _, q := range []float64{0.05, 0.25, 0.5, 0.7, 0.85, 0.95} {
			day := float64(o.day(i, q))
			below, _ := slices.BinarySearch(finish[i], day)
			upTo, _ := slices.BinarySearch(finish[i], day+1)
			if slack := 0.015; float64(below)/trials > q+slack || float64(upTo)/trials < q-slack {
				t.Errorf("piece %d: day %v at %v, but %v before and %v by then when played slowly", i, day, q, float64(below)/trials, float64(upTo)/trials)
			}
		}
	}
	slices.Sort(counts)
	for _, q := range []float64{0.5, 0.7, 0.85, 0.95} {
		items := o.Items(q)
		fewer, _ := slices.BinarySearch(counts, items)
		upTo, _ := slices.BinarySearch(counts, items+1)
		if slack := 0.015; float64(fewer)/trials > 1-q+slack || float64(upTo)/trials < 1-q-slack {
			t.Errorf("%v items at %v, but fewer in %v and at most that in %v when played slowly", items, q, float64(fewer)/trials, float64(upTo)/trials)
		}
	}
}

func TestSameSeedSameAnswer(t *testing.T) {
	h := noisy(5, 90, 7)
	p := Plan{Pieces: []Piece{{Items: Range{20, 30}}, {Items: Exactly(9)}}, Split: Range{1, 1.2}, Start: h.week(90), By: h.week(95), Trials: 9_000, Seed: 11}
	answer := func(processors int, seed uint64) Answer {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		p.Seed = seed
		a, err := Forecast(h, p)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	one := answer(1, 11)
	for _, processors := range []int{2, 3, 7} {
		if got := answer(processors, 11); !reflect.DeepEqual(got, one) {
			t.Errorf("%d processors give another answer than one", processors)
		}
	}
	if got := answer(2, 12); reflect.DeepEqual(got.Pieces[0].Finished, one.Pieces[0].Finished) {
		t.Error("another seed gives the same trials")
	}
}

// What is known about any simulation, whatever its history: more work is not earlier,
// more focus is not later, and both questions agree with each other.
func TestMoreWorkIsNotEarlier(t *testing.T) {
	for seed := range uint64(12) {
		h := noisy(seed, 60, 2+float64(seed))
		m := newModel(h.Weeks[8:], normals())
		play := func(p Plan) Outcome {
			p.Start, p.Trials, p.Seed = h.week(60), 3_000, seed
			p, err := p.filled()
			if err != nil {
				t.Fatal(err)
			}
			return m.simulate(p, newCalendar(h, p.Start))
		}
		base := Plan{Pieces: []Piece{{Items: Exactly(20)}, {Items: Range{5, 9}}}, Focus: 0.6, Split: Range{1, 1.5}, Weekly: Exactly(0.2)}
		first := play(base)
		for name, change := range map[string]func(*Plan){
			"more items":      func(p *Plan) { p.Pieces = []Piece{{Items: Exactly(21)}, {Items: Range{5, 9}}} },
			"less focus":      func(p *Plan) { p.Focus = 0.5 },
			"more growth":     func(p *Plan) { p.Weekly = Exactly(0.3) },
			"growth by items": func(p *Plan) { p.PerItem = Exactly(0.1) },
			"more splitting":  func(p *Plan) { p.Split = Range{1.2, 1.5} },
		} {
			p := base
			change(&p)
			more := play(p)
			for piece := range base.Pieces {
				for q := 0.01; q < 1; q += 0.01 {
					if a, b := first.day(piece, q), more.day(piece, q); b < a {
						t.Fatalf("seed %d, %s: %v finish piece %d by day %d, before by day %d", seed, name, q, piece, b, a)
					}
				}
			}
		}
		agree(t, h, m, seed)
	}
}

// agree: as many trials finish 15 items by a date as have 15 items or more by it.
func agree(t *testing.T, h History, m *model, seed uint64) {
	t.Helper()
	start := h.week(60)
	by := start.AddDate(0, 0, 31)
	p, err := Plan{Pieces: []Piece{{Items: Exactly(15)}}, Start: start, By: by, Trials: 3_000, Seed: seed}.filled()
	if err != nil {
		t.Fatal(err)
	}
	o := m.simulate(p, newCalendar(h, start))
	var finished int
	for _, n := range o.days[0][:32] {
		finished += int(n)
	}
	enough, _ := slices.BinarySearch(o.counts, 15)
	if got := p.Trials - enough; got != finished {
		t.Errorf("seed %d: %d trials finish by %s, %d have enough", seed, finished, by.Format(time.DateOnly), got)
	}
}

func TestPlansThatMakeNoSense(t *testing.T) {
	h := steady(30, 5)
	for _, p := range []Plan{
		{Pieces: []Piece{{Items: Exactly(0)}}}, {Pieces: []Piece{{Items: Range{5, 4}}}}, {Pieces: []Piece{{Items: Exactly(math.NaN())}}},
		{Focus: 1.1}, {Focus: -1}, {Split: Exactly(0.5)}, {Weekly: Exactly(-1)}, {PerItem: Exactly(1)}, {Trials: 5},
	} {
		p.Start = h.week(30)
		if a, err := Forecast(h, p); err == nil {
			t.Errorf("%+v is answered: %+v", p, a.Pieces)
		}
	}
}

// The mean of a model's weeks is that of the past, newer weeks weighing more.
func TestRecentWeeksWeighMore(t *testing.T) {
	weeks := slices.Repeat([]float64{10}, 44)
	weeks = append(weeks, slices.Repeat([]float64{20}, 8)...) // half-life: 8 weeks
	m := newModel(weeks, normals())
	full := (1 - math.Exp2(-52./8)) // geometric sums, up to a common factor
	want := (20*0.5 + 10*(full-0.5)) / full
	if math.Abs(m.recent-want) > 1e-9 {
		t.Errorf("recent level %v, want %v", m.recent, want)
	}
	var sum float64
	for _, s := range m.starts {
		sum += weeks[s]
	}
	if got := sum / starts; math.Abs(got-want) > 0.02 {
		t.Errorf("blocks begin in weeks of %v on average, want %v", got, want)
	}
}

// The longer work waits, the less is known of the level at which it starts.
func TestWorkThatStartsLaterIsLessSure(t *testing.T) {
	h := noisy(8, 60, 10)
	m := newModel(h.Weeks[8:], normals())
	spread := func(weeks int) int {
		start := h.week(60 + weeks)
		p, err := Plan{Pieces: []Piece{{Items: Exactly(80)}}, Start: start}.filled()
		if err != nil {
			t.Fatal(err)
		}
		o := m.simulate(p, newCalendar(h, start))
		return o.day(0, 0.95) - o.day(0, 0.05)
	}
	if now, later := spread(0), spread(30); later < now+7 {
		t.Errorf("90 %% of futures finish within %d days, and within %d half a year later", now, later)
	}
}

func TestWeeksBeginWhereTheHistoryDoes(t *testing.T) {
	sunday := monday.AddDate(0, 0, -1)
	h := NewHistory([]Week{{sunday, 0}, {sunday.AddDate(0, 0, 7), 4}}, weekdays)
	if !h.Start.Equal(sunday.AddDate(0, 0, 7)) || len(h.Weeks) != 1 {
		t.Fatalf("leading silence is kept: %+v", h)
	}
	if want := [7]float64{0, 0.2, 0.2, 0.2, 0.2, 0.2, 0}; fmt.Sprint(h.Share) != fmt.Sprint(want) {
		t.Errorf("shares %v, want %v", h.Share, want)
	}
	c := newCalendar(h, time.Date(2024, 1, 16, 0, 0, 0, 0, time.UTC)) // a Tuesday
	if c.offset != 2 || math.Abs(c.first-0.2) > 1e-12 {
		t.Errorf("a Tuesday is %d days and %v of the work into the week", c.offset, c.first)
	}
	if day := c.day(0, 0.6); day != 1 {
		t.Errorf("three fifths of the work are done %d days after Tuesday, want Wednesday", day)
	}
	if week, part := c.place(time.Date(2024, 1, 16, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 22, 0, 0, 0, 0, time.UTC)); week != 1 || math.Abs(part-0.2) > 1e-12 {
		t.Errorf("the Monday after is in week %d, %v of it done", week, part)
	}
}
