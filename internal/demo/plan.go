package demo

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"time"
)

// kind is what a change is about, where that is decided in advance.
type kind int

const (
	work     kind = iota
	decision      // a decision record is proposed or gets a new status
	review        // the documents of a repository are gone through
)

// change is one change by people that reaches a main line.
type change struct {
	kind        kind
	author      *person
	repo        int
	start, land time.Time
	record      *record // of a decision
	status      string  // that the record gets
	debtIn      float64 // expected number of debt markers that come in
	debtOut     float64 // ... and that are paid down
	surge       bool    // pay-down does not follow the inflow
}

// plan is who lands what, where and when in a company.
type plan struct {
	company  Company
	cal      calendar
	r        *rand.Rand
	repos    []repoKind
	people   []*person
	records  []*record
	releases [][]release // of each repository
	changes  [][]*change // of each repository, in order of landing
	tracked  []*backlog  // of the team of each repository
}

func newPlan(c Company) *plan {
	p := &plan{company: c, cal: newCalendar(c.End, c.Span), r: rand.New(rand.NewPCG(c.Seed, 0)), repos: repoKinds()}
	p.people = staff(c, p.cal, p.r, len(p.repos))
	p.records = decide(c, p.cal, p.r, len(p.repos))
	p.changes = make([][]*change, len(p.repos))
	rhythm := p.rhythm()
	for w := range p.cal.weeks {
		for _, ch := range p.week(w, rhythm[w]) {
			p.changes[ch.repo] = append(p.changes[ch.repo], ch)
		}
	}
	for i := range p.repos {
		sort.SliceStable(p.changes[i], func(a, b int) bool { return p.changes[i][a].land.Before(p.changes[i][b].land) })
		p.releases = append(p.releases, schedule(c, p.cal, p.r, i))
	}
	p.tracked = p.backlogs()
	return p
}

// rhythm is the number of changes that people land in each week.
func (p *plan) rhythm() []int {
	c, out := p.company, make([]int, p.cal.weeks)
	shift := p.cal.back(c.Velocity.Weeks)
	grown := p.cal.back(c.StableWeeks)
	s := hiring{c: c}
	uneven := burst(p.r, p.cal.weeks-shift, c.Velocity.Dispersion)
	for w := range out {
		level := c.Changes * float64(s.target(w, grown)) * holiday(p.cal.week(w))
		switch {
		case w >= shift:
			out[w] = int(math.Round(level * c.Velocity.Level * uneven[w-shift]))
		case c.Dispersion > 0:
			z := max(-2, min(2, p.r.NormFloat64()))
			out[w] = int(math.Round(level * (1 + c.Dispersion*z)))
		default:
			out[w] = poisson(p.r, level)
		}
	}
	return out
}

// burst draws n factors of mean 1 and the given deviation: weeks in which little
// lands, and weeks in which what was waiting lands together, in no regular order.
func burst(r *rand.Rand, n int, deviation float64) []float64 {
	out := make([]float64, n)
	var sum, squares float64
	for i := range out {
		out[i] = -1 + 0.3*r.NormFloat64()
		if r.Float64() < 0.45 || i > 2 && out[i-1] < 0 && out[i-2] < 0 && out[i-3] < 0 {
			out[i] = 1.1 + 0.4*r.NormFloat64()
		}
		sum += out[i]
	}
	for i := range out {
		out[i] -= sum / float64(n)
		squares += out[i] * out[i]
	}
	for i := range out {
		out[i] = max(0.3, 1+deviation*out[i]/math.Sqrt(squares/float64(n)))
	}
	return out
}

// week gives a week's changes to people. What has a date comes first: newcomers'
// first days, decisions, reviews of documents. Then everybody who is there lands
// one change that began in the same week, and the rest goes by weight: so the
// number of people at work hardly follows the number of changes.
func (p *plan) week(w, total int) []*change {
	out := p.dated(w)
	present := p.present(w)
	p.r.Shuffle(len(present), func(i, j int) { present[i], present[j] = present[j], present[i] })
	weights := make([]float64, len(present))
	for i, a := range present {
		weights[i] = a.weight
	}
	for i := 0; len(out) < total && len(present) > 0; i++ {
		if i < len(present) {
			out = append(out, p.ordinary(present[i], w, p.cal.week(w)))
		} else {
			out = append(out, p.ordinary(present[pick(p.r, weights)], w, p.cal.first))
		}
	}
	for _, ch := range out {
		p.debt(ch, w)
	}
	return out
}

// present are the people of week w who are past their first days and not away.
func (p *plan) present(w int) []*person {
	var out []*person
	for _, a := range p.people {
		if a.here(w) && a.ramped(p.cal, w) && p.r.Float64() > 0.12 {
			out = append(out, a)
		}
	}
	return out
}

// dated are the changes of week w that have their day.
func (p *plan) dated(w int) []*change {
	var out []*change
	in := func(t time.Time) bool { return !t.IsZero() && p.cal.index(t) == w }
	for _, a := range p.people {
		for _, day := range a.ramp {
			if in(day) {
				out = append(out, p.sameDay(a, a.home, day))
			}
		}
	}
	for _, rec := range p.records {
		for _, s := range rec.steps {
			if !in(s.day) {
				continue
			}
			ch := p.sameDay(p.senior(), rec.repo, s.day)
			ch.kind, ch.record, ch.status = decision, rec, s.status
			out = append(out, ch)
		}
	}
	for i := range p.repos {
		if (w+2*i)%p.company.DocsWeeks == 0 && w > 0 {
			ch := p.sameDay(p.senior(), i, p.cal.week(w).AddDate(0, 0, p.r.IntN(5)))
			ch.kind = review
			out = append(out, ch)
		}
	}
	return out
}

// senior draws one of the people who have been there from the start.
func (p *plan) senior() *person { return p.people[p.r.IntN(mergers+1)] }

// sameDay is a change that is written and landed within a day.
func (p *plan) sameDay(a *person, repo int, day time.Time) *change {
	start := clock(p.r, day, a.zone, 9, 12)
	return &change{author: a, repo: repo, start: start, land: start.Add(time.Duration(50+p.r.IntN(110)) * time.Minute)}
}

// ordinary is a change that takes from an hour to some days, and does not begin
// before the given Monday.
func (p *plan) ordinary(a *person, w int, monday time.Time) *change {
	repo := a.home
	if p.r.Float64() < 0.22 {
		repo = p.r.IntN(len(p.repos))
	}
	zone := a.zone
	if p.repos[repo].style == mergeCommits {
		zone = p.people[0].zone // somebody else's working hours
	}
	land := clock(p.r, landingDay(p.r, p.cal.week(w)), zone, 9, 18.8)
	days := math.Exp(0.3 + 0.7*p.r.NormFloat64())
	if w >= p.cal.back(p.company.Velocity.Weeks) {
		days *= 2.2
	}
	start := land.Add(-time.Duration(60+p.r.IntN(120)) * time.Minute).In(a.zone)
	back := int(days)
	if start.Hour() < 8 {
		back = max(back, 1)
	}
	if back > 0 {
		start = clock(p.r, workdayBefore(land.AddDate(0, 0, -back)), a.zone, 9, 18)
	}
	if a.ramp != nil && a.ramp[len(a.ramp)-1].After(monday) {
		monday = a.ramp[len(a.ramp)-1]
	}
	if start.Before(monday) {
		start = land.Add(-time.Hour).In(a.zone)
	}
	return &change{author: a, repo: repo, start: start, land: land}
}

const (
	debtPerChange = 0.1   // markers that come in with a change in calm times
	debtDensity   = 0.003 // markers for each line of code in calm times
)

// debt sets how many markers a change is expected to bring and to pay down. A
// surge is a rate a week: with fewer changes, each brings more.
func (p *plan) debt(ch *change, w int) {
	ch.debtIn, ch.debtOut = debtPerChange, debtPerChange*0.95
	if w < p.cal.back(p.company.Debt.Weeks) {
		return
	}
	if w >= p.cal.back(p.company.Velocity.Weeks) {
		ch.debtIn /= p.company.Velocity.Level
		ch.debtOut /= p.company.Velocity.Level
	}
	ch.debtIn *= p.company.Debt.Factor
	ch.surge = true
}

// release is a version of a repository, and when it is tagged.
type release struct {
	at        time.Time
	candidate bool // of the next release
}

// schedule sets a repository's releases: every two weeks, and later more seldom
// when that is planted.
func schedule(c Company, cal calendar, r *rand.Rand, repo int) []release {
	var out []release
	slow := cal.week(cal.back(c.Releases.Weeks))
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = time.UTC
	}
	last := cal.week(1).AddDate(0, 0, 2*repo)
	for {
		gap := 13 + r.IntN(3)
		if c.Releases.Weeks > 0 && !last.AddDate(0, 0, gap).Before(slow) {
			gap = c.Releases.Days - 3 + r.IntN(7)
		}
		last = workday(last.AddDate(0, 0, gap))
		if last.After(cal.end()) {
			break
		}
		if r.Float64() < 0.3 {
			out = append(out, release{clock(r, workdayBefore(last.AddDate(0, 0, -1)), berlin, 10, 16), true})
		}
		out = append(out, release{clock(r, last, berlin, 10, 16), false})
	}
	slices.SortStableFunc(out, func(a, b release) int { return a.at.Compare(b.at) })
	return out
}
