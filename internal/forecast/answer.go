package forecast

import "time"

// Answer is a forecast.
type Answer struct {
	Basis  Basis
	Pieces []PieceDates
	By     []Count // empty when no date was asked for
	ByOver int     // horizon, in weeks, whose record corrects By
	Trials int
	Seed   uint64
	Record Record
	Recent float64 // items a week, newer weeks weighing more
}

// PieceDates says when a piece of work is done.
type PieceDates struct {
	Name     string
	Items    Range
	Dates    []Date
	Finished []float64 // chance to finish on each day from the start on, as corrected
	Weeks    float64   // until half of the trials have finished
	Over     int       // horizon, in weeks, whose record corrects the dates
}

// Date is by when something is done with a chance.
type Date struct {
	Chance float64
	Reads  float64 // share of trials at which it was read, so that it holds as often as it says
	Raw    time.Time
	Day    time.Time // zero: not within ten years
}

// Count is how many planned items are done at least, with a chance.
type Count struct {
	Chance float64
	Reads  float64
	Items  float64
}

// Forecast answers a plan from a history, or refuses with a [Refusal].
func Forecast(h History, p Plan) (Answer, error) {
	p, err := p.filled()
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Trials: p.Trials, Seed: p.Seed}
	if a.Basis, err = h.Basis(); err != nil {
		return a, err
	}
	if a.Record, err = NewRecord(h); err != nil {
		return a, err
	}
	m := newModel(a.Basis.Weeks, normals())
	a.Recent = m.recent
	c := newCalendar(h, p.Start)
	o := m.simulate(p, c)
	for i, w := range p.Pieces {
		next := a.Record.piece(o, i, w, c)
		if i > 0 {
			next.notBefore(a.Pieces[i-1])
		}
		a.Pieces = append(a.Pieces, next)
	}
	if !p.By.IsZero() {
		week, part := c.place(p.Start, p.By)
		weeks := float64(week) + part - c.first
		a.ByOver = horizons[nearest(weeks)]
		for l, reads := range a.Record.reads(weeks) {
			a.By = append(a.By, Count{levels[l], reads, o.Items(reads)})
		}
	}
	return a, nil
}

func (r Record) piece(o Outcome, i int, w Piece, c calendar) PieceDates {
	out := PieceDates{Name: w.Name, Items: w.Items, Weeks: c.after(o.day(i, 0.5))}
	out.Over = horizons[nearest(out.Weeks)]
	read := r.reads(out.Weeks)
	out.Finished = chances(o.Finished(i, max(read[len(levels)-1], 0.99)), read)
	for l, reads := range read {
		d := Date{Chance: levels[l], Reads: reads}
		if day, ok := o.Date(i, levels[l]); ok {
			d.Raw = day
		}
		if day, ok := o.Date(i, reads); ok {
			d.Day = day
		}
		out.Dates = append(out.Dates, d)
	}
	return out
}

// notBefore keeps the record of one horizon from letting a piece be finished before the
// one that it follows.
func (p *PieceDates) notBefore(earlier PieceDates) {
	for i, d := range earlier.Dates {
		if d.Day.IsZero() || (!p.Dates[i].Day.IsZero() && p.Dates[i].Day.Before(d.Day)) {
			p.Dates[i].Day = d.Day
		}
	}
}

// chances turns shares of trials into chances, as a record says: where a date of 85 %
// was read at 90 % of the trials, 90 % of the trials are worth 85 %. Between such points
// it is a line.
func chances(trials []float64, read [len(levels)]float64) []float64 {
	out := make([]float64, len(trials))
	var share, before float64
	for i, x := range trials {
		share += x
		chance := chanceOf(share, read)
		out[i] = chance - before
		before = chance
	}
	return out
}

func chanceOf(share float64, read [len(levels)]float64) float64 {
	var x0, y0 float64
	for l, x := range read {
		if share < x {
			return y0 + (levels[l]-y0)*(share-x0)/(x-x0)
		}
		x0, y0 = x, levels[l]
	}
	if share >= 1 || x0 >= 1 {
		return 1
	}
	return y0 + (1-y0)*(share-x0)/(1-x0)
}
