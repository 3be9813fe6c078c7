package workspace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (r *reader) company(c *Company) []field {
	return []field{
		{key: "name", read: r.text(&c.Name)},
		{key: "time_zone", read: func(n *node) { r.timeZone(n, &c.TimeZone) }},
		{key: "week_start", read: func(n *node) { r.weekStart(n, &c.WeekStart) }},
		{key: "working_time", read: func(n *node) { r.workingTime(n, &c.Working) }},
		{key: "fiscal_year_start", read: func(n *node) { r.month(n, &c.FiscalYearStart) }},
		{key: "funding", read: func(n *node) { r.funding(n, &c.Funding) }},
		{key: "revenue", read: func(n *node) { r.revenue(n, &c.Revenue) }},
		{key: "product_market_fit", read: func(n *node) { r.marketFit(n, &c.MarketFit) }},
		{key: "enterprise_sales", read: func(n *node) { r.enterprise(n, &c.Enterprise) }},
		{key: "compliance", read: func(n *node) { r.compliance(n, &c.Compliance) }},
		{key: "board_cadence", read: func(n *node) { r.boardCadence(n, &c.BoardCadence) }},
		{key: "headcount", read: func(n *node) { r.headcount(n, &c.Headcount) }},
		{key: "workload", read: func(n *node) { r.workload(n, &c.Workload) }},
	}
}

func (r *reader) timeZone(n *node, dst **time.Location) {
	s, ok := r.asText(n)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(s)
	if err != nil || s == "Local" {
		r.fail(n, fmt.Sprintf("unknown time zone %q", clip(s)), "write an IANA name such as Europe/Berlin, America/New_York or UTC")
		return
	}
	*dst = zone
}

func (r *reader) weekStart(n *node, dst *time.Weekday) {
	if s, ok := r.word(n, []string{"monday", "sunday", "saturday"}); ok {
		*dst = weekStarts[s]
	}
}

// weekdays by their names.
var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func (r *reader) workingTime(n *node, dst *WorkingTime) {
	r.object(n,
		field{key: "days", read: func(n *node) {
			each(r, n, &dst.Days, func(n *node, d *time.Weekday) {
				if s, ok := r.word(n, weekdays); ok {
					*d = time.Weekday(slices.Index(weekdays, s))
				}
			})
			r.distinct(n, "day", func(i int) string { return dst.Days[i].String() })
		}},
		field{key: "hours", read: func(n *node) { r.hours(n, dst) }},
		field{key: "holidays", read: func(n *node) {
			each(r, n, &dst.Holidays, func(n *node, d *time.Time) {
				s, ok := r.asText(n)
				if !ok {
					return
				}
				t, err := time.Parse(time.DateOnly, s)
				if err != nil || t.Year() < 1970 || t.Year() > 2200 {
					r.fail(n, fmt.Sprintf("%q is not a date", clip(s)), "write year-month-day, such as 2026-12-25")
					return
				}
				*d = t
			})
			r.distinct(n, "holiday", func(i int) string { return dated(dst.Holidays[i]) })
		}})
}

// hours reads 09:00-17:30.
func (r *reader) hours(n *node, dst *WorkingTime) {
	s, ok := r.asText(n)
	if !ok {
		return
	}
	from, to, cut := strings.Cut(s, "-")
	a, errFrom := time.Parse("15:04", strings.TrimSpace(from))
	b, errTo := time.Parse("15:04", strings.TrimSpace(to))
	if strings.TrimSpace(to) == "24:00" {
		b, errTo = time.Date(0, 1, 2, 0, 0, 0, 0, time.UTC), nil
	}
	if !cut || errFrom != nil || errTo != nil || !b.After(a) {
		r.fail(n, fmt.Sprintf("%q are not the hours of a day", clip(s)), "write when a working day begins and ends, such as 09:00-17:30")
		return
	}
	midnight := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	dst.From, dst.To = a.Sub(midnight), b.Sub(midnight)
}

func (r *reader) month(n *node, dst *time.Month) {
	if s, ok := r.word(n, months); ok {
		*dst = time.Month(slices.Index(months, s) + 1)
	}
}

func (r *reader) boardCadence(n *node, dst *Known[string]) {
	s, ok := r.word(n, cadences)
	*dst = Known[string]{s, ok}
}

func (r *reader) funding(n *node, dst *[]Funding) {
	each(r, n, dst, func(n *node, f *Funding) {
		f.Line = n.line
		r.object(n,
			field{key: "date", read: r.date(&f.Date)},
			field{key: "stage", read: r.choice(&f.Stage, stages), need: true})
	})
	r.distinct(n, "funding", func(i int) string { return dated((*dst)[i].Date) })
}

func (r *reader) revenue(n *node, dst *[]Revenue) {
	each(r, n, dst, func(n *node, v *Revenue) {
		v.Line = n.line
		units := int64(1)
		r.object(n,
			field{key: "date", read: r.date(&v.Date)},
			field{key: "arr", need: true, read: func(n *node) { v.ARR.Minor, _ = r.whole(n, "4500000", maxARR) }},
			field{key: "currency", need: true, read: func(n *node) { v.ARR.Currency, units = r.currency(n) }})
		v.ARR.Minor *= units
	})
	r.distinct(n, "revenue", func(i int) string { return dated((*dst)[i].Date) })
}

func (r *reader) currency(n *node) (code string, units int64) {
	code, ok := r.asText(n)
	if !ok {
		return "", 0
	}
	units, ok = minorUnits(code)
	if !ok {
		advice := "write an ISO 4217 code such as EUR, USD or GBP"
		if _, ok := minorUnits(strings.ToUpper(code)); ok {
			advice = "write it in capitals: " + strings.ToUpper(code)
		}
		r.fail(n, fmt.Sprintf("unknown currency %q", clip(code)), advice)
	}
	return code, units
}

func (r *reader) marketFit(n *node, dst *Known[MarketFit]) {
	if n.kind == text && n.text == "not_yet" {
		*dst = Is(MarketFit{NotYet: true, Line: n.line})
	} else if date, ok := r.asDate(n, ", or not_yet"); ok {
		*dst = Is(MarketFit{Date: date, Line: n.line})
	}
}

func (r *reader) enterprise(n *node, dst *Known[Enterprise]) {
	e := Enterprise{Active: true, Line: n.line}
	switch n.kind {
	case boolean:
		e.Active = strings.EqualFold(n.text, "true")
	case mapping:
		r.object(n, field{key: "since", read: r.date(&e.Since), need: true})
	default:
		r.wrong(n, "true, false or a date", "write true, false or {since: 2024-02-01}")
		return
	}
	*dst = Is(e)
}

func (r *reader) compliance(n *node, dst *Known[[]Compliance]) {
	if n.kind == text {
		r.wrong(n, "a list", "write [soc2, iso27001]; [] means none")
		return
	}
	found := []Compliance{}
	each(r, n, &found, func(n *node, c *Compliance) {
		c.Line = n.line
		if n.kind != mapping {
			c.Name, _ = r.asText(n)
			return
		}
		r.object(n,
			field{key: "name", read: r.text(&c.Name), need: true},
			field{key: "since", read: r.date(&c.Since)})
	})
	r.distinct(n, "compliance", func(i int) string { return strings.ToLower(found[i].Name) })
	*dst = Is(found)
}

func (r *reader) headcount(n *node, dst *[]Headcount) {
	each(r, n, dst, func(n *node, h *Headcount) {
		h.Line = n.line
		before := len(r.issues)
		r.object(n,
			field{key: "date", read: r.date(&h.Date)},
			field{key: "engineers", read: r.count(&h.Engineers)},
			field{key: "people", read: r.count(&h.People)})
		switch {
		case len(r.issues) > before:
		case !h.Engineers.OK && !h.People.OK:
			r.fail(n, "no number in this entry", "write engineers, people or both")
		case h.Engineers.OK && h.People.OK && h.Engineers.Value > h.People.Value:
			r.fail(n, fmt.Sprintf("%d engineers among %d people", h.Engineers.Value, h.People.Value), "people counts everyone in the company, engineers included")
		}
	})
	r.distinct(n, "headcount", func(i int) string { return dated((*dst)[i].Date) })
}

// workUnits are the units of leadership work that a company can count, as the playbook
// names them.
var workUnits = []struct{ key, unit string }{
	{"initiatives", "initiative"}, {"incidents_a_week", "incident"}, {"releases_a_week", "release"}, {"open_decisions", "decision"}, {"vendors", "vendor"}, {"audits_a_year", "audit"}, {"open_positions", "open_position"}, {"direct_reports", "direct_report"},
}

func (r *reader) workload(n *node, dst *map[string]float64) {
	counted := map[string]float64{}
	var fields []field
	for _, u := range workUnits {
		fields = append(fields, field{key: u.key, read: func(n *node) {
			v, err := strconv.ParseFloat(n.text, 64)
			if n.kind != number || err != nil || !(v >= 0 && v <= 10_000) {
				r.wrong(n, "a number from 0 to 10000", "such as 6, or 0.5 for one every other week")
				return
			}
			counted[u.unit] = v
		}})
	}
	r.object(n, fields...)
	*dst = counted
}

// dated is the key of a dated entry.
func dated(t time.Time) string {
	if t.IsZero() {
		return "without a date"
	}
	return "of " + t.Format(time.DateOnly)
}
