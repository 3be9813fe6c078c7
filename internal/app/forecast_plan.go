package app

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/forecast"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
)

// mostItems and mostSplit bound what makes sense as work.
const (
	mostItems  = 1_000_000
	mostSplit  = 100
	mostTrials = 10_000_000
	leastTrial = 1_000
)

// plan reads what was asked. day is the first of which nothing is known; before that is
// known itself, dates are read and not held against it.
func plan(ask cli.ForecastAsk, day time.Time) (p forecast.Plan, err error) {
	if _, err := workOf(ask.Of, metric.Evaluator{}); err != nil {
		return p, err
	}
	if ask.Trials < leastTrial || ask.Trials > mostTrials {
		return p, problem.WrongInput("trials", "leave it out for 100000", "%d is not from %d to %d", ask.Trials, leastTrial, mostTrials)
	}
	p.Trials, p.Start = ask.Trials, day
	if ask.Start != "" {
		if p.Start, err = flagDate("start", ask.Start); err != nil {
			return p, err
		}
		if p.Start.Before(day) && !day.IsZero() {
			return p, problem.WrongInput("start", "leave it out, and count the items that are left; or judge an earlier day", "%s is before %s, and what was finished since is known", ask.Start, day.Format(time.DateOnly))
		}
	}
	if p.By, err = flagDate("by", ask.By); err != nil {
		return p, err
	}
	if !p.By.IsZero() && p.By.Before(p.Start) && !day.IsZero() {
		return p, problem.WrongInput("by", "name a later day", "%s is before the work starts, on %s", ask.By, p.Start.Format(time.DateOnly))
	}
	if p.By.After(p.Start.AddDate(5, 0, 0)) && !day.IsZero() {
		return p, problem.WrongInput("by", "name an earlier day", "%s is more than five years away", ask.By)
	}
	if p.Pieces, err = pieces(ask); err != nil {
		return p, err
	}
	if len(p.Pieces) == 0 && p.By.IsZero() {
		return p, problem.New(problem.Usage, "say how many items are left, such as 40, or a day by which", "nothing is asked")
	}
	return p, assumptions(ask, &p)
}

func pieces(ask cli.ForecastAsk) ([]forecast.Piece, error) {
	if ask.Items != "" && len(ask.Work) > 0 {
		return nil, problem.WrongInput("work", "give one of the two, each piece as NAME=ITEMS", "and the number of items say the same")
	}
	if ask.Items != "" {
		r, err := flagRange("items", ask.Items, 1, mostItems, true, "40, or 30-60")
		return []forecast.Piece{{Items: r}}, err
	}
	var out []forecast.Piece
	seen := map[string]bool{}
	for _, w := range ask.Work {
		i := strings.LastIndex(w, "=")
		name := strings.TrimSpace(w[:max(i, 0)])
		if name == "" {
			return nil, problem.WrongInput("work", "such as Invoices=25", "%q is not NAME=ITEMS", w)
		}
		if seen[name] {
			return nil, problem.WrongInput("work", "give each piece a name of its own", "names %q twice", name)
		}
		seen[name] = true
		r, err := flagRange("work", w[i+1:], 1, mostItems, true, "40, or 30-60")
		if about := (*problem.Input)(nil); errors.As(err, &about) {
			about.Err = fmt.Errorf("%s %w", name, about.Err)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, forecast.Piece{Name: name, Items: r})
	}
	return out, nil
}

// assumptions reads growth, split and focus.
func assumptions(ask cli.ForecastAsk, p *forecast.Plan) (err error) {
	if ask.Split != "" {
		if p.Split, err = flagRange("split", ask.Split, 1, mostSplit, false, "1.2, or 1-1.5"); err != nil {
			return err
		}
	}
	if ask.Focus != "" {
		text, percent := strings.CutSuffix(ask.Focus, "%")
		x, err := strconv.ParseFloat(text, 64)
		if percent {
			x /= 100
		}
		if err != nil || !(x >= 0.001 && x <= 1) {
			return problem.WrongInput("focus", "such as 60% or 0.6", "%q is no share above 0 and up to 1", ask.Focus)
		}
		p.Focus = x
	}
	if ask.Growth == "" {
		return nil
	}
	number, of, _ := strings.Cut(ask.Growth, "/")
	switch of {
	case "week":
		p.Weekly, err = flagRange("growth", number, 0, mostItems, false, "0.5/week, or 0-2/week")
	case "item":
		p.PerItem, err = flagRange("growth", number, 0, 0.99, false, "0.1/item, or 0.05-0.2/item")
	default:
		err = problem.WrongInput("growth", "such as 0.5/week, 0-2/week or 0.1/item", "%q does not say of what", ask.Growth)
	}
	return err
}

// flagRange reads "40" or "30-60"; like is how the flag is written.
func flagRange(flag, text string, low, high float64, whole bool, like string) (forecast.Range, error) {
	first, second, isRange := strings.Cut(strings.TrimSpace(text), "-")
	if !isRange {
		second = first
	}
	var r forecast.Range
	var errs [2]error
	r.Low, errs[0] = strconv.ParseFloat(strings.TrimSpace(first), 64)
	r.High, errs[1] = strconv.ParseFloat(strings.TrimSpace(second), 64)
	kind := "a number"
	if whole {
		kind = "a whole number"
	}
	switch {
	case errs[0] != nil || errs[1] != nil || !(r.Low >= low && r.High <= high) || whole && (r.Low != float64(int(r.Low)) || r.High != float64(int(r.High))):
		return r, problem.WrongInput(flag, "such as "+like+" for a range", "%q is neither %s from %s to %s nor a range of two", text, kind, trim(low), trim(high))
	case r.Low > r.High:
		return r, problem.WrongInput(flag, "the lower number comes first", "%q ends before it begins", text)
	}
	return r, nil
}

func trim(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func flagDate(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, problem.WrongInput(flag, "write it as YYYY-MM-DD, for instance 2027-01-31", "%q is no date", s)
	}
	return t, nil
}
