package metric

import (
	"context"
	"fmt"
	"math"
	"time"
)

// FewestPeople is the smallest group about which a number on people is shown.
const FewestPeople = 5

// Set holds the series of several metrics for one scope and date.
type Set map[string]Series

// EvaluateAll reads the named metrics, or all when none is named. Numbers about
// people are unknown for times at which fewer than FewestPeople contributed.
func (e Evaluator) EvaluateAll(ctx context.Context, names ...string) (Set, error) {
	defs, err := Catalogue()
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{"contributors": len(names) > 0}
	for _, n := range names {
		wanted[n] = true
	}
	set := Set{}
	for _, d := range defs {
		if len(names) > 0 && !wanted[d.Name] {
			continue
		}
		if set[d.Name], err = e.Evaluate(ctx, d); err != nil {
			return nil, err
		}
	}
	for name, s := range set {
		if s.Metric.People {
			set[name] = hideFew(s, set["contributors"])
		}
	}
	return set, nil
}

// hideFew makes unknown what would speak of fewer than FewestPeople.
func hideFew(s, contributors Series) Series {
	hidden := 0
	points := make([]Point, len(s.Points))
	copy(points, s.Points)
	for i, p := range points {
		if !math.IsNaN(p.Value) && peopleAt(contributors, p.Start) < FewestPeople {
			points[i].Value = math.NaN()
			hidden++
		}
	}
	s.Points = points
	if hidden > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d values are not shown: fewer than %d people were active", hidden, FewestPeople))
		if !s.Known() {
			s.Missing = fmt.Sprintf("not shown: fewer than %d people were active", FewestPeople)
			s.Events = nil
		}
	}
	return s
}

// peopleAt is how many people contributed around a time: the largest count of the
// four months that follow it, because buckets begin where steps end.
func peopleAt(contributors Series, at time.Time) float64 {
	most := 0.0
	for _, p := range contributors.Points {
		if !p.Start.Before(at) && p.Start.Before(at.AddDate(0, 4, 7)) {
			most = math.Max(most, p.Value)
		}
	}
	return most
}
