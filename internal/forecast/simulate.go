package forecast

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Outcome is what the trials of a plan gave.
type Outcome struct {
	Trials int
	start  time.Time
	days   [][]int32 // for each piece: trials that finish it on each day from start on; the last entry never
	counts []float64 // items finished by the plan's date in each trial, ascending
}

// chunk is how many trials a worker takes at a time.
const chunk = 2048

// simulate runs the trials of a plan.
func (m *model) simulate(p Plan, c calendar) Outcome {
	o := Outcome{Trials: p.Trials, start: p.Start}
	chunks := (p.Trials + chunk - 1) / chunk
	if !p.By.IsZero() {
		o.counts = make([]float64, p.Trials)
	}
	workers := min(runtime.GOMAXPROCS(0), chunks)
	parts := make([][][]int32, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			t := newTally(m, p, c)
			for i := w; i < chunks; i += workers {
				from, to := i*chunk, min((i+1)*chunk, p.Trials)
				t.run(from, to, o.counts)
			}
			parts[w] = t.days
		})
	}
	wg.Wait()
	o.days = parts[0]
	for _, part := range parts[1:] {
		for i := range part {
			for d, n := range part[i] {
				o.days[i][d] += n
			}
		}
	}
	slices.Sort(o.counts)
	return o
}

// tally is one worker.
type tally struct {
	m    *model
	p    Plan
	c    calendar
	rng  *rand.PCG
	days [][]int32
	left []float64 // items of each piece in the trial
	by   int       // week that holds the last day that counts
	part float64   // of that week, until the end of the day
}

func newTally(m *model, p Plan, c calendar) *tally {
	t := &tally{m: m, p: p, c: c, rng: rand.NewPCG(0, 0), by: -1}
	for range p.Pieces {
		t.days = append(t.days, make([]int32, never+1))
	}
	t.left = make([]float64, len(p.Pieces))
	if !p.By.IsZero() {
		t.by, t.part = c.place(p.Start, p.By)
	}
	return t
}

// run plays trials. Each has random numbers of its own, by its number: then who plays it
// does not matter, and both questions, and plans that differ little, see the same
// futures. More items are never finished earlier, and more focus never later.
func (t *tally) run(from, to int, counts []float64) {
	for i := from; i < to; i++ {
		if len(t.p.Pieces) > 0 {
			t.rng.Seed(t.p.Seed, mixed(uint64(i)))
			t.finish()
		}
		if t.by >= 0 {
			t.rng.Seed(t.p.Seed, mixed(uint64(i)))
			counts[i] = t.deliver()
		}
	}
}

// mixed spreads the number of a trial over 64 bits (the finaliser of SplitMix64, Steele,
// Lea and Flood 2014), so that neighbouring trials begin far from each other.
func mixed(i uint64) uint64 {
	i += 0x9e3779b97f4a7c15
	i = (i ^ i>>30) * 0xbf58476d1ce4e5b9
	i = (i ^ i>>27) * 0x94d049bb133111eb
	return i ^ i>>31
}

// uniform is a random number from 0 to 1.
func (t *tally) uniform() float64 { return float64(t.rng.Uint64()>>11) / (1 << 53) }

// draw takes a value from a range; what is exact costs no random number.
func (t *tally) draw(r Range) float64 {
	if r.Low == r.High {
		return r.Low
	}
	return r.draw(t.uniform())
}

// items draws a whole number of items.
func (t *tally) items(r Range) float64 {
	if r.Low == r.High {
		return r.Low
	}
	return min(math.Floor(Range{r.Low, r.High + 1}.draw(t.uniform())), r.High)
}

// course is one future from the start on: the level wanders until then too.
func (t *tally) course() course {
	c := t.m.course(t.rng)
	for range t.c.wait {
		c.next()
	}
	return c
}

// finish plays one future until the last piece is done.
func (t *tally) finish() {
	split, weekly, keep := t.draw(t.p.Split), t.draw(t.p.Weekly), 1-t.draw(t.p.PerItem)
	for i, p := range t.p.Pieces {
		t.left[i] = t.items(p.Items) * split
	}
	course := t.course()
	piece, left := 0, t.left[0]
	at := t.c.first
	for week := range MostWeeks {
		net := course.next()*t.p.Focus*keep - weekly // of the whole week
		for net > 0 && net*(1-at) >= left-rounding {
			at += left / net
			t.days[piece][t.c.day(week, at)]++
			if piece++; piece == len(t.p.Pieces) {
				return
			}
			left = t.left[piece]
		}
		left -= net * (1 - at)
		at = 0
	}
	for ; piece < len(t.days); piece++ {
		t.days[piece][never]++
	}
}

// deliver plays one future until a date, and counts the planned items done by then.
func (t *tally) deliver() float64 {
	split, weekly, keep := t.draw(t.p.Split), t.draw(t.p.Weekly), 1-t.draw(t.p.PerItem)
	course := t.course()
	var done float64
	at, to := t.c.first, 1.0
	for week := 0; week <= t.by; week++ {
		if week == t.by {
			to = t.part
		}
		done += (course.next()*t.p.Focus*keep - weekly) * (to - at)
		at = 0
	}
	return max(0, math.Floor(done/split+rounding))
}

// rounding is less than any difference in shares of items that means something.
const rounding = 1e-9

// never is the day of trials that do not finish.
const never = 7 * MostWeeks

// calendar turns places within weeks into days. A week is passed through as its days'
// shares of the work say; work starts somewhere in the first.
type calendar struct {
	until  [7]float64 // share of a week's work that is done at the end of each day
	offset int        // days of the first week before the start
	wait   int        // whole weeks between the history and the week of the start
	first  float64    // share of the first week that was over at the start
}

// newCalendar is the calendar of work that starts on a day; weeks begin as those of the
// history do.
func newCalendar(h History, start time.Time) calendar {
	var c calendar
	var sum float64
	for i, s := range h.Share {
		sum += s
		c.until[i] = min(sum, 1)
	}
	c.until[6] = 1
	c.offset = ((int(start.Weekday())-int(h.Start.Weekday()))%7 + 7) % 7
	if c.offset > 0 {
		c.first = c.until[c.offset-1]
	}
	c.wait = max(0, int(math.Floor(start.Sub(h.week(len(h.Weeks))).Hours()/(24*7))))
	return c
}

// day is how many days after the start a place in a week is reached.
func (c calendar) day(week int, at float64) int {
	for d, until := range c.until {
		if at <= until+rounding {
			return max(0, 7*week+d-c.offset)
		}
	}
	return 7*week + 6 - c.offset
}

// place is the week of a day, counted from that of the start, and the share of it that
// is done at the day's end.
func (c calendar) place(start, day time.Time) (week int, part float64) {
	days := int(math.Round(day.Sub(start).Hours()/24)) + c.offset
	return days / 7, c.until[days%7]
}

// after is the place of a day's end in weeks after the start, by the work of days.
func (c calendar) after(day int) float64 {
	day += c.offset
	return float64(day/7) + c.until[day%7] - c.first
}

// Date is the day by which a share of the trials has finished a piece; ok is false when
// fewer do at all.
func (o Outcome) Date(piece int, share float64) (day time.Time, ok bool) {
	d := o.day(piece, share)
	return o.start.AddDate(0, 0, d), d < never
}

func (o Outcome) day(piece int, share float64) int {
	need := int64(math.Ceil(share*float64(o.Trials) - 1e-6))
	var sum int64
	for d, n := range o.days[piece] {
		if sum += int64(n); sum >= need && sum > 0 {
			return d
		}
	}
	return never
}

// Finished is the share of trials that finish a piece on each day, up to the day by
// which a share of them has.
func (o Outcome) Finished(piece int, until float64) (shares []float64) {
	last := min(o.day(piece, until), never-1)
	for _, n := range o.days[piece][:last+1] {
		shares = append(shares, float64(n)/float64(o.Trials))
	}
	return shares
}

// Items is how many are finished by the plan's date in a share of the trials at least.
func (o Outcome) Items(share float64) float64 {
	i := len(o.counts) - int(math.Ceil(share*float64(len(o.counts))-1e-6))
	return o.counts[min(max(i, 0), len(o.counts)-1)]
}
