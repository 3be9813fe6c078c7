package demo

import "time"

// AgreementDays are the days since which an agreement holds, and on which it was last
// looked at and signed; zero without one. The agreement itself is the product's draft: its
// text and its hash are not for this package to know.
func (c Company) AgreementDays() (effective, signed time.Time) {
	if c.Agreed.Months == 0 {
		return effective, signed
	}
	cal := newCalendar(c.End, c.Span)
	return cal.month(c.Agreed.Months), cal.month(c.Agreed.Looked)
}
