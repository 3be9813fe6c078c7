package metric

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// WorkingTime is when a company works, in its own zone. The zero value is all the time.
type WorkingTime struct {
	Days     []time.Weekday // none: every day
	From, To time.Duration  // since midnight; both zero: the whole day
	Holidays []time.Time    // dates
}

// Limited says whether some time is not worked.
func (w WorkingTime) Limited() bool { return len(w.Days) > 0 || w.From != w.To || len(w.Holidays) > 0 }

// day is how long a working day is.
func (w WorkingTime) day() time.Duration {
	if w.From == w.To {
		return 24 * time.Hour
	}
	return w.To - w.From
}

// weekdays are whether each day from Monday on is worked.
func (w WorkingTime) weekdays() (out [7]bool) {
	for i := range out {
		out[i] = len(w.Days) == 0 || slices.Contains(w.Days, time.Weekday((i+1)%7))
	}
	return out
}

// String says what is counted.
func (w WorkingTime) String() string {
	if !w.Limited() {
		return "nights, weekends and holidays count"
	}
	var days []string
	for i, worked := range w.weekdays() {
		if worked {
			days = append(days, time.Weekday((i+1)%7).String())
		}
	}
	said := "every day"
	switch {
	case len(days) == 5 && w.weekdays()[4] && days[0] == "Monday":
		said = "Monday to Friday"
	case len(days) < 7:
		said = strings.Join(days, ", ")
	}
	if w.From != w.To {
		said += fmt.Sprintf(", %s to %s", clock(w.From), clock(w.To))
	}
	switch n := len(w.Holidays); n {
	case 0:
	case 1:
		said += ", without a declared holiday"
	default:
		said += fmt.Sprintf(", without %d declared holidays", n)
	}
	return fmt.Sprintf("only working time counts (%s); a day is %.3g hours of it", said, w.day().Hours())
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
}

// firstMonday is the one that days are counted from, in seconds since 1970.
const firstMonday = 345600

// until is SQL for the seconds that are worked from a fixed Monday until an instant: whole
// weeks, whole days of the week that is under way, and what of the day is over, without
// holidays.
func (w WorkingTime) until(instant, zone string) string {
	if !w.Limited() {
		return "EXTRACT(EPOCH FROM " + instant + ")"
	}
	local := "(" + instant + ") AT TIME ZONE '" + zone + "'"
	at := "(EXTRACT(EPOCH FROM " + local + ") - " + fmt.Sprint(firstMonday) + ")"
	week := "FLOOR(" + at + " / 604800)"
	weekday := "FLOOR((" + at + " - 604800 * " + week + ") / 86400)" // from 0 for Monday
	ofDay := "(" + at + " - 86400 * FLOOR(" + at + " / 86400))"
	worked := w.weekdays()
	perWeek, before, open := 0, "", []string{}
	for i, is := range worked {
		before += fmt.Sprintf(" WHEN %d THEN %d", i, perWeek)
		if is {
			perWeek++
			open = append(open, fmt.Sprint(i))
		}
	}
	long, from := int(w.day().Seconds()), int(w.From.Seconds())
	var off []string // dates that would be worked
	for _, h := range w.Holidays {
		if worked[(int(h.Weekday())+6)%7] {
			off = append(off, h.Format("2006-01-02"))
		}
	}
	slices.Sort(off)
	off = slices.Compact(off)
	today := weekday + " IN (" + strings.Join(open, ", ") + ")"
	if len(off) > 0 {
		today += " AND CAST(" + local + " AS date) NOT IN (DATE '" + strings.Join(off, "', DATE '") + "')"
	}
	return fmt.Sprintf("(%d * (%d * %s + CASE %s%s END - %s) + CASE WHEN %s THEN LEAST(GREATEST(%s - %d, 0), %d) ELSE 0 END)",
		long, perWeek, week, weekday, before, passed(local, off, 0), today, ofDay, from, long)
}

// passed is SQL for how many of the dates, in their order, are over at a local time. It
// looks at few of them.
func passed(local string, dates []string, over int) string {
	if len(dates) == 0 {
		return fmt.Sprint(over)
	}
	half := len(dates) / 2
	return "CASE WHEN " + local + " < TIMESTAMP '" + dates[half] + "' + INTERVAL '1 day' THEN " + passed(local, dates[:half], over) + " ELSE " + passed(local, dates[half+1:], over+half+1) + " END"
}

// between is SQL for the working time between two instants, in parts of so many seconds.
func (w WorkingTime) between(args, zone string, seconds float64) (string, error) {
	from, to, ok := cutArgument(args)
	if !ok {
		return "", fmt.Errorf("two instants expected in %.60q", args)
	}
	return fmt.Sprintf("((%s - %s) / %.1f)", w.until(to, zone), w.until(from, zone), seconds), nil
}

// cutArgument cuts at the first comma that stands in no parenthesis.
func cutArgument(s string) (first, rest string, ok bool) {
	depth := 0
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:]), true
		}
	}
	return "", "", false
}
