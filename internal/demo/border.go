package demo

import "time"

// Border gives the tests of one team's repository to another team, in a company with
// Flat lines: from then on the two share most of what they do.
type Border struct {
	Weeks int
}

// BorderTruth: from a Monday on, two teams own what changes together.
type BorderTruth struct {
	Since       time.Time
	Code, Tests string // the teams that own each
	Repository  string
	Folder      string // of the tests
}

// borderTruth is where the tests of a repository lie apart: the last one's, in Python.
func (p *plan) borderTruth() *BorderTruth {
	b := p.company.Border
	if b.Weeks == 0 {
		return nil
	}
	r := p.repos[len(p.repos)-1]
	return &BorderTruth{p.cal.week(p.cal.back(b.Weeks)), r.team, "quality", r.name, "tests"}
}
