package signal

import (
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// Active engineers come every four weeks: seven points are half a year.
const (
	halfYear = 7
	oneYear  = 13
)

// stability asks whether the team's size stood still: the median of the last half
// year against the year before it. Present means stable.
func (in Input) stability() Claim {
	c, s := in.claim("engineers.stability", "active_engineers")
	c.Unit, c.Method = "relative change", "medians of active engineers, the last 26 weeks against the 52 before"
	xs := known(s.Points)
	if len(xs) < halfYear+oneYear {
		c.lacks(len(xs), halfYear+oneYear, "four-week steps")
		return c
	}
	recent, before := xs[len(xs)-halfYear:], xs[len(xs)-halfYear-oneYear:len(xs)-halfYear]
	was, is := median(before), median(recent)
	c.rests(halfYear+oneYear, halfYear+oneYear, in.AsOf.AddDate(0, 0, -28*(halfYear+oneYear)))
	if was < 3 {
		c.Lacks = "fewer than three active engineers a year ago"
		return c
	}
	c.takes("median of the newest %d points %.3g, of the %d before %.3g", halfYear, is, oneYear, was)
	c.Value = is/was - 1
	band := in.band("engineers_stable_change", 0.1, 0.2)
	moved := band.Past(math.Abs(c.Value))
	c.Sentence = fmt.Sprintf("active engineers went from %.0f to %.0f (%+.0f %%)", was, is, 100*c.Value)
	if moved < 1 {
		c.State, c.Strength = Present, 1-moved
	} else {
		c.State = Absent
	}
	return c
}

// growth is the robust yearly growth of active engineers over two years.
func (in Input) growth() Claim {
	c, s := in.claim("engineers.growth", "active_engineers")
	c.Unit, c.Method = "growth a year", "Theil-Sen slope of the logarithm of active engineers over up to 104 weeks, 90 % interval"
	c.Assumptions = []string{"growth is roughly steady in the window"}
	points := s.Points
	if len(points) > 2*oneYear+1 {
		points = points[len(points)-2*oneYear-1:]
	}
	var x, y []float64
	for _, p := range points {
		if p.Value >= 1 {
			x = append(x, p.Start.Sub(in.AsOf).Hours()/24/365.25)
			y = append(y, math.Log(p.Value))
		}
	}
	if len(x) < oneYear {
		c.lacks(len(x), oneYear, "four-week steps")
		return c
	}
	t, err := stats.TheilSen(x, y, 0.9)
	if err != nil {
		c.tooFew(err)
		return c
	}
	c.rests(len(x), oneYear, points[0].Start)
	c.Value, c.Low, c.High = math.Exp(t.Slope)-1, math.Exp(t.Low)-1, math.Exp(t.High)-1
	c.Sentence = fmt.Sprintf("over the last %d weeks active engineers changed by %+.0f %% a year (between %+.0f and %+.0f %%)", 4*(len(points)-1), 100*c.Value, 100*c.Low, 100*c.High)
	c.decide(c.Low > 0, in.band("engineers_growth", 0.1, 0.4).Past(c.Value), "growth is not distinct from standing still")
	return c
}

// volunteers asks whether this looks like an open-source project.
func (in Input) volunteers() Claim {
	c, s := in.claim("people.volunteers", "occasional_share")
	c.Unit, c.Method = "share", "share of a year's contributors who wrote on one or two days only"
	p, ok := in.current(s)
	if !ok {
		if s.Known() {
			c.Lacks = "fewer than ten people contributed within the last year"
		}
		return c
	}
	c.rests(p.N, 10, time.Time{})
	c.Value, c.From = p.Value, in.AsOf.AddDate(-1, 0, 0)
	c.Sentence = fmt.Sprintf("%s of a year's %d contributors wrote on one or two days only", percent(p.Value), p.N)
	c.leavesOpen(int(math.Round(p.Value*float64(p.N))), p.N)
	band := in.band("occasional_share", 0.4, 0.6)
	c.decide(p.N >= 20 && c.Low > band.Low, band.Past(p.Value), "too few contributors to tell the share from chance")
	return c
}

// truckFactor is present when knowledge hangs on very few.
func (in Input) truckFactor() Claim {
	c, s := in.claim("truck.factor", "truck_factor")
	c.Unit, c.Method = "people", "greedy removal of authors by degree of authorship (Avelino and others, 2016)"
	p, ok := s.Last()
	if !ok {
		return c
	}
	c.rests(p.N, 20, time.Time{})
	c.From, c.Value = time.Time{}, p.Value // all of the history
	c.Sentence = fmt.Sprintf("without %s, more than half of %d source files would have no author", Count(p.Value, "people"), p.N)
	band := in.band("truck_factor", 1, 4)
	c.decide(true, 1-band.Past(p.Value), "")
	return c
}

// concentration asks whether work has to pass through one pair of hands.
func (in Input) concentration(id, name, verb string) Claim {
	c, s := in.claim(id, name)
	c.Unit, c.Method = "share", "share of the person with most, by quarter; 95 % Wilson interval"
	p, ok := s.Last()
	if !ok {
		return c
	}
	if p.Start.Before(in.AsOf.AddDate(0, -9, 0)) {
		c.Lacks = "no quarter of the last nine months has twenty of them"
		return c
	}
	c.rests(p.N, 20, p.Start)
	c.Value, c.To = p.Value, p.Start.AddDate(0, 3, 0)
	c.leavesOpen(int(math.Round(p.Value*float64(p.N))), p.N)
	quarter := fmt.Sprintf("from %s to %s, the last quarter that has enough", p.Start.Format("January"), p.Start.AddDate(0, 2, 0).Format("January 2006"))
	c.Sentence = fmt.Sprintf("one person %s %s of %d changes of others %s", verb, percent(p.Value), p.N, quarter)
	if id == "review.load" {
		c.InPlaceOf = "merge_concentration"
		c.Sentence = fmt.Sprintf("one person gave %s of %d reviews on the forge %s", percent(p.Value), p.N, quarter)
	}
	if id == "review.concentration" {
		c.Sentence = fmt.Sprintf("one person gave %s of %d reviews that commits tell of %s", percent(p.Value), p.N, quarter)
	}
	band := in.band("merge_concentration", 0.4, 0.6)
	c.decide(c.Low > band.Low/1.25, band.Past(p.Value), "too few to tell the share from chance")
	return c
}

// onboardingSlowing compares newcomers of the last year with those of the two before.
func (in Input) onboardingSlowing() Claim {
	c, s := in.claim("onboarding.slowing", "onboarding_days")
	c.Unit, c.Method = "ratio", "Mann-Whitney test on days to the fifth active day, newcomers of the last 12 months against the 24 before"
	recent, earlier := in.between(s, 0, 12), in.between(s, 12, 36)
	if len(recent) < 5 || len(earlier) < 5 {
		c.lacks(min(len(recent), len(earlier)), 5, "newcomers on the smaller side")
		return c
	}
	in.compare(&c, earlier, recent, 36, in.band("onboarding_slowdown", 1.3, 2.5), "newcomers took a median of %s days to their fifth active day; before, %s")
	c.Warnings = append(c.Warnings, "newcomers who will still become regular are not in it yet")
	return c
}

// between are the values of events of between two ages in months.
func (in Input) between(s metric.Series, fromMonths, toMonths int) (values []float64) {
	for _, e := range s.Events {
		if e.At.Before(in.AsOf.AddDate(0, -fromMonths, 0)) && !e.At.Before(in.AsOf.AddDate(0, -toMonths, 0)) {
			values = append(values, e.Value)
		}
	}
	return values
}

// onboardingShare is the share of the last year's newcomers who contribute regularly
// within two weeks. Present means that too few do.
func (in Input) onboardingShare() Claim {
	c, s := in.claim("onboarding.two_weeks", "onboarding_days")
	c.Unit, c.Method = "share", "share of newcomers of the last 12 months with five active days within 14 days; 95 % Wilson interval"
	days := in.between(s, 0, 12)
	if len(days) < 5 {
		c.lacks(len(days), 5, "newcomers in a year")
		return c
	}
	quick := 0
	for _, d := range days {
		if d <= 14 {
			quick++
		}
	}
	c.rests(len(days), 5, in.AsOf.AddDate(-1, 0, 0))
	c.Value = float64(quick) / float64(len(days))
	c.leavesOpen(quick, len(days))
	c.takes("%d newcomers of the last year became regular, %d of them within 14 days", len(days), quick)
	c.Sentence = fmt.Sprintf("%d of %d newcomers of the last year worked regularly within two weeks", quick, len(days))
	band := in.band("onboarding_share", 0.5, 0.8)
	c.decide(c.High < band.High, 1-band.Past(c.Value), "too few newcomers to tell")
	return c
}
