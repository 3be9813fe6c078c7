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
	Finished []float64 // share of trials that finish on each day from the start on
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
		a.Pieces = append(a.Pieces, a.Record.piece(o, i, w, c))
	}
	if !p.By.IsZero() {
		week, part := c.place(p.Start, p.By)
		over := nearest(float64(week) + part)
		a.ByOver = horizons[over]
		for l, reads := range a.Record.corrected(over, a.Record.weeks) {
			a.By = append(a.By, Count{levels[l], reads, o.Items(reads)})
		}
	}
	return a, nil
}

func (r Record) piece(o Outcome, i int, w Piece, c calendar) PieceDates {
	out := PieceDates{Name: w.Name, Items: w.Items, Weeks: c.after(o.day(i, 0.5))}
	over := nearest(out.Weeks)
	out.Over = horizons[over]
	corrected := r.corrected(over, r.weeks)
	out.Finished = o.Finished(i, max(corrected[len(levels)-1], 0.99))
	for l, reads := range corrected {
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
