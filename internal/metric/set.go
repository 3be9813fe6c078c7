package metric

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// FewestPeople is the smallest group about which a number on people is shown.
const FewestPeople = 5

// Set holds the series of several metrics for one scope and date.
type Set map[string]Series

// EvaluateAll reads the named metrics, or all when none is named. Numbers about
// people are unknown for quarters in which fewer than FewestPeople wrote anything.
func (e Evaluator) EvaluateAll(ctx context.Context, names ...string) (Set, error) {
	defs, err := Catalogue()
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, n := range names {
		wanted[n] = true
	}
	set := Set{}
	var people map[time.Time]float64
	for _, d := range defs {
		if len(names) > 0 && !wanted[d.Name] {
			continue
		}
		s, err := e.Evaluate(ctx, d)
		if err != nil {
			return nil, err
		}
		if d.People {
			if people == nil {
				if people, err = e.peopleByQuarter(ctx); err != nil {
					return nil, err
				}
			}
			s = hideFew(s, people)
		}
		set[d.Name] = s
	}
	return set, nil
}

// peopleByQuarter counts who wrote in each quarter. All metrics that speak of people
// are quarterly; a count over any other window could hide behind its neighbours.
func (e Evaluator) peopleByQuarter(ctx context.Context) (map[time.Time]float64, error) {
	s, err := e.Evaluate(ctx, Definition{Name: "people by quarter", sql: `
SELECT CAST(k.quarter_on AS timestamp) AS bucket, CAST(COUNT(DISTINCT k.person_id) AS double precision) AS value, COUNT(*) AS n
FROM @person_week k
JOIN scope_repository s ON s.repo_id = k.repo_id AND s.scope = $1 AND @owned(s)
WHERE k.first_at < $2
GROUP BY 1
ORDER BY 1`})
	people := map[time.Time]float64{}
	for _, p := range s.Points {
		people[p.Start] = p.Value
	}
	return people, err
}

// hideFew makes unknown what would speak of fewer than FewestPeople.
func hideFew(s Series, people map[time.Time]float64) Series {
	hidden := 0
	points := slices.Clone(s.Points)
	for i, p := range points {
		if !math.IsNaN(p.Value) && people[p.Start] < FewestPeople {
			if p.Value == float64(p.N) { // a count of people would show through
				points[i].N = 0
			}
			points[i].Value = math.NaN()
			hidden, s.Hidden = hidden+1, i == len(points)-1
		}
	}
	s.Points = points
	s.Events = slices.DeleteFunc(slices.Clone(s.Events), func(ev Event) bool { return people[quarterOf(ev.At)] < FewestPeople })
	if hidden > 0 {
		s.Warnings = append(slices.Clip(s.Warnings), fmt.Sprintf("%s not shown: fewer than %d people were active", values(hidden), FewestPeople))
		if !s.Known() {
			s.Missing = fmt.Sprintf("not shown: fewer than %d people were active", FewestPeople)
		}
	}
	return s
}

func values(n int) string {
	if n == 1 {
		return "1 value is"
	}
	return fmt.Sprintf("%d values are", n)
}

// ShownFacts is Facts without what EvaluateAll hides: facts behind a number about
// people are left out for quarters in which fewer than FewestPeople wrote anything.
func (e Evaluator) ShownFacts(ctx context.Context, d Definition, from, to time.Time, limit int) (facts []Fact, more bool, err error) {
	if !d.People {
		return e.Facts(ctx, d, from, to, limit)
	}
	people, err := e.peopleByQuarter(ctx)
	if err != nil {
		return nil, false, err
	}
	facts, _, err = e.Facts(ctx, d, from, to, math.MaxInt)
	facts = slices.DeleteFunc(facts, func(f Fact) bool { return people[quarterOf(f.At)] < FewestPeople })
	if len(facts) > limit {
		return facts[:limit], true, err
	}
	return facts, false, err
}
