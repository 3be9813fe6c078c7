package forecast

import (
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/diarchy/diarchy/internal/stats"
)

// horizons are the weeks over which a scope's past is forecast again.
var horizons = [...]int{2, 4, 8, 12}

// Horizons are the weeks over which a scope's past is forecast again.
func Horizons() []int { return horizons[:] }

const (
	memory   = 260  // weeks of origins that a record looks back on
	recTrial = 1000 // trials of each forecast in it
	prior    = 10.0 // forecasts that came true exactly as often as they said, which a record begins with
	surest   = 0.999
)

// Record is what a scope's forecasts would have been, and what came of them. At the end
// of each week of the past, with only what was known then, it forecasts about as many
// items as had come in 2, 4, 8 and 12 weeks lately, and looks when they were finished.
type Record struct {
	Origins int // weeks at whose end a forecast was possible
	Refused int // weeks at whose end it was refused
	entries [len(horizons)][]entry
	weeks   int // complete weeks of the history
}

// entry is one forecast of the past.
type entry struct {
	origin   int // complete weeks that were known
	items    float64
	dates    [len(levels)]int // days after the origin, as the trials say
	cumulate []int32          // trials that finish before each day
	actual   int              // day on which the items were finished; never when that is not known yet
	u        float64          // share of trials that finish before that
}

// Score is how often the dates of one chance held, over one horizon.
type Score struct {
	Horizon int     // weeks
	Chance  float64 // that was said
	Of      int     // forecasts whose date is past
	Held    int     // of them: finished by the date, as corrected by what was known then
	RawOf   int     // the same for the dates before correction
	RawHeld int
	Blocks  int     // forecasts among Of that do not overlap
	Low     float64 // 95 % interval of the chance that such a date holds,
	High    float64 // for as many independent forecasts as Blocks
}

// NewRecord walks through a history. Week i of it is judged by weeks before i alone.
func NewRecord(h History) (Record, error) {
	r := Record{weeks: len(h.Weeks)}
	first := max(MinWeeks, len(h.Weeks)-memory)
	n := max(0, len(h.Weeks)-first)
	found := make([][]entry, n)
	refused := make([]bool, n)
	errs := make([]error, n)
	normal := normals()
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), max(n, 1))
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				found[i], errs[i] = look(h, first+i, normal, horizons[:])
				var refusal Refusal
				if refused[i] = errors.As(errs[i], &refusal); refused[i] {
					errs[i] = nil
				}
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return r, err
	}
	for i, entries := range found {
		if refused[i] {
			r.Refused++
			continue
		}
		r.Origins++
		for k, e := range entries {
			r.entries[k] = append(r.entries[k], e)
		}
	}
	return r, nil
}

// look forecasts from the end of the first n weeks over each horizon, and sees in the
// later ones what came.
func look(h History, n int, normal *[steps]float64, over []int) (out []entry, err error) {
	known := h.Until(n)
	basis, err := known.Basis()
	if err != nil {
		return nil, err
	}
	m := newModel(basis.Weeks, normal)
	start := h.week(n)
	c := newCalendar(h, start)
	for _, weeks := range over {
		items := max(1, math.Round(m.recent*float64(weeks)))
		o := m.simulate(Plan{Pieces: []Piece{{Items: Exactly(items)}}, Start: start, Focus: 1, Split: Exactly(1), Trials: recTrial, Seed: uint64(n)<<8 | uint64(weeks)}, c)
		e := entry{origin: n, items: items, actual: actualDay(h.Weeks[n:], items, c)}
		for l, p := range levels {
			e.dates[l] = o.day(0, p)
		}
		e.cumulate = o.before(surest)
		e.u = e.before(e.actual)
		out = append(out, e)
	}
	return out, nil
}

// before are the trials that finish before each day, up to a share of them.
func (o Outcome) before(share float64) []int32 {
	out := make([]int32, 0, 64)
	var sum int32
	for _, n := range o.days[0][:never] {
		out = append(out, sum)
		if sum += n; float64(sum) >= share*float64(o.Trials) {
			break
		}
	}
	return append(out, sum)
}

func (e entry) before(day int) float64 {
	return float64(e.cumulate[min(day, len(e.cumulate)-1)]) / recTrial
}

// date is the day by which a share of the trials has finished.
func (e entry) date(share float64) int {
	need := int32(math.Ceil(share*recTrial - 1e-6))
	i, _ := slices.BinarySearch(e.cumulate, need)
	if i == len(e.cumulate) {
		return never
	}
	return i - 1
}

// actualDay is the day after the start on which items were finished; never if that is
// after the last week.
func actualDay(weeks []float64, items float64, c calendar) int {
	for week, x := range weeks {
		if x > 0 && x >= items-rounding {
			return c.day(week, items/x)
		}
		items -= x
	}
	return never
}

// corrected are the shares of trials to read dates at, for forecasts over a horizon,
// from forecasts whose outcome is known when n weeks are over. A forecast counts once
// its 95 % date is past, whether or not it held; neighbouring ones, which see the same
// weeks, share one count between them. The nominal levels weigh as much as ten
// forecasts, so a short record changes little.
func (r Record) corrected(horizon, n int) (out [len(levels)]float64) {
	var us []float64
	for _, e := range r.entries[horizon] {
		known := 7 * (n - e.origin)
		if e.origin < n-memory || e.dates[len(levels)-1] >= known {
			continue
		}
		if e.actual < known {
			us = append(us, e.u)
		} else {
			us = append(us, 1)
		}
	}
	slices.Sort(us)
	weight := 1 / float64(horizons[horizon])
	sum := weight*float64(len(us)) + prior
	for l, p := range levels {
		out[l] = min(max(mixedQuantile(us, weight, p*sum), p/2), surest)
	}
	return out
}

// mixedQuantile is the least x above which weight for each of us, and prior times x, reach
// a mass. A date holds when fewer than x of the trials finish before the actual day, so
// it stands just above the one that decides.
func mixedQuantile(us []float64, weight, mass float64) float64 {
	for i, u := range us {
		if x := (mass - weight*float64(i)) / prior; x <= u {
			return x
		} else if float64(i+1)*weight+prior*u >= mass {
			return u + 0.5/recTrial
		}
	}
	return min((mass-weight*float64(len(us)))/prior, 1)
}

// Scores are how often dates held, by horizon and chance.
func (r Record) Scores() ([]Score, error) {
	var out []Score
	for k, h := range horizons {
		for l, p := range levels {
			s := Score{Horizon: h, Chance: p}
			last := -h
			for _, e := range r.entries[k] {
				known := 7 * (r.weeks - e.origin)
				if d := e.dates[l]; d < known {
					s.RawOf++
					if e.actual <= d {
						s.RawHeld++
					}
				}
				d := e.date(r.corrected(k, e.origin)[l])
				if d >= known {
					continue
				}
				s.Of++
				if e.actual <= d {
					s.Held++
				}
				if e.origin-last >= h {
					s.Blocks++
					last = e.origin
				}
			}
			if err := s.interval(); err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	return out, nil
}

func (s *Score) interval() error {
	if s.Of == 0 {
		s.Low, s.High = 0, 1
		return nil
	}
	share := float64(s.Held) / float64(s.Of)
	low, err := stats.Wilson(int(math.Floor(share*float64(s.Blocks))), s.Blocks, 0.95)
	if err != nil {
		return err
	}
	high, err := stats.Wilson(int(math.Ceil(share*float64(s.Blocks))), s.Blocks, 0.95)
	s.Low, s.High = low.Low, high.High
	return err
}

// nearest is the horizon that is closest to a number of weeks, by ratio.
func nearest(weeks float64) (index int) {
	for k := range horizons {
		if distance(weeks, k) < distance(weeks, index) {
			index = k
		}
	}
	return index
}

func distance(weeks float64, k int) float64 {
	return math.Abs(math.Log(max(weeks, 0.1) / float64(horizons[k])))
}

// reads are the shares of trials to read dates at, for a forecast over a number of
// weeks: between the two horizons around it, as far as it is from each by ratio; beyond
// the last, as that.
func (r Record) reads(weeks float64) (out [len(levels)]float64) {
	above := 0
	for above < len(horizons)-1 && float64(horizons[above]) < weeks {
		above++
	}
	out = r.corrected(above, r.weeks)
	if above == 0 || weeks >= float64(horizons[above]) {
		return out
	}
	below := r.corrected(above-1, r.weeks)
	far := distance(weeks, above) / (distance(weeks, above) + distance(weeks, above-1))
	for l := range out {
		out[l] += far * (below[l] - out[l])
	}
	return out
}
