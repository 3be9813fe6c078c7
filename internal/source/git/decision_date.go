package git

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	numericDay   = regexp.MustCompile(`\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b`)
	dayFirst     = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)?[ .]+([A-Za-z]{3,9})\.?,? (\d{4})\b`)
	monthFirst   = regexp.MustCompile(`\b([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b`)
	quarterFirst = regexp.MustCompile(`\b[Qq]([1-4])[ /-]?(\d{4})\b`)
	yearQuarter  = regexp.MustCompile(`\b(\d{4})[ /-]?[Qq]([1-4])\b`)
	yearMonth    = regexp.MustCompile(`\b(\d{4})-(\d{2})\b`)
	namedMonth   = regexp.MustCompile(`\b([A-Za-z]{3,9}) (\d{4})\b`)
)

// statedDate is the first day that a text names, as YYYY-MM-DD; "" if it names none.
// Where a period will do, it is the last day of a month or quarter. Days that could be
// read in two ways, such as 3/4/2024, are none.
func statedDate(text string, period bool) string {
	if m := numericDay.FindStringSubmatch(text); m != nil {
		return calendarDay(m[1], m[2], m[3])
	}
	if m := dayFirst.FindStringSubmatch(text); m != nil {
		return calendarDay(m[3], monthNumber(m[2]), m[1])
	}
	if m := monthFirst.FindStringSubmatch(text); m != nil {
		return calendarDay(m[3], monthNumber(m[1]), m[2])
	}
	if !period {
		return ""
	}
	if m := quarterFirst.FindStringSubmatch(text); m != nil {
		return lastDay(m[2], m[1], 3)
	}
	if m := yearQuarter.FindStringSubmatch(text); m != nil {
		return lastDay(m[1], m[2], 3)
	}
	if m := yearMonth.FindStringSubmatch(text); m != nil {
		return lastDay(m[1], m[2], 1)
	}
	if m := namedMonth.FindStringSubmatch(text); m != nil {
		return lastDay(m[2], monthNumber(m[1]), 1)
	}
	return ""
}

// calendarDay is a day that there is, from 1970 to 2199.
func calendarDay(year, month, day string) string {
	y, m, d := number(year), number(month), number(day)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 1970 || y > 2199 || t.Month() != time.Month(m) || t.Day() != d {
		return ""
	}
	return t.Format(time.DateOnly)
}

// lastDay is that of the nth period of a year, of so many months each.
func lastDay(year, nth string, months int) string {
	y, n := number(year), number(nth)
	if y < 1970 || y > 2199 || n < 1 || n*months > 12 {
		return ""
	}
	return time.Date(y, time.Month(n*months+1), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// monthNumber reads the English name of a month, or its first three letters.
func monthNumber(name string) string {
	for m := time.January; m <= time.December; m++ {
		if full := strings.ToLower(m.String()); len(name) >= 3 && (strings.EqualFold(name, full[:3]) || strings.EqualFold(name, full) || m == time.September && strings.EqualFold(name, "sept")) {
			return strconv.Itoa(int(m))
		}
	}
	return ""
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
