package workspace

import (
	"path/filepath"
	"time"
)

// OrganisationFile is the name of the document that says who works where, for whom,
// and who owns what.
const OrganisationFile = "organisation.yaml"

// Organisation is a parsed organisation.yaml: people, teams, reporting lines, open
// positions and ownership, each from a first to a last day. Its own values are checked;
// whether they fit together (a manager who does not exist, a cycle) is the work of
// package org, which reports it without refusing the document.
//
// Days are midnight UTC; both are included. A zero first day means always, a zero last
// day still.
type Organisation struct {
	Path        string
	People      []Person
	Teams       []OrgTeam
	Memberships []Membership
	Reporting   []ReportingLine
	Positions   []Position
	Ownership   []Ownership
	Imports     Imports
	Twice       []Twice // of ReviewOrganisation only: other readers refuse them
}

// Twice is an entry that was left out, as an earlier one has its id.
type Twice struct {
	What  string // person, team or position
	ID    string
	Line  int
	First int // line of the one that counts
}

// Person is somebody who works, worked or will work here. Job holds from Start until the
// first of Changes, which are in the order of their days.
type Person struct {
	ID      string
	Name    string
	Emails  []string
	Logins  []string
	Start   time.Time
	End     time.Time
	Job     Job
	Changes []JobChange
	Line    int
}

// Job is what may change about a person. Values are "" when they are not known; Team and
// Manager are Nobody when there is surely none.
type Job struct {
	Title      string
	Role       string
	Level      string
	Employment string
	Location   string
	Cost       Money // a year, with everything; no currency: not known
	Team       string
	Manager    string // the solid line
}

// Nobody stands for no team or no manager, where that is known.
const Nobody = "none"

// JobChange is what changed on a day: what it does not name stayed as it was.
type JobChange struct {
	Since time.Time
	Job
	Line int
}

// Over returns the job after a change.
func (c JobChange) Over(before Job) Job {
	after(&before.Title, c.Title)
	after(&before.Role, c.Role)
	after(&before.Level, c.Level)
	after(&before.Employment, c.Employment)
	after(&before.Location, c.Location)
	after(&before.Team, c.Team)
	after(&before.Manager, c.Manager)
	if c.Cost.Currency != "" {
		before.Cost = c.Cost
	}
	return before
}

// after changes what a change names.
func after(value *string, change string) {
	if change != "" {
		*value = change
	}
}

// Kinds of employment.
const (
	EmployedEmployee   = "employee"
	EmployedContractor = "contractor"
	EmployedIntern     = "intern"
	EmployedVendor     = "vendor"
)

// OrgTeam is a team, or a group of teams: whatever other teams name as their parent.
type OrgTeam struct {
	ID     string
	Name   string
	Kind   string // of Team Topologies; "" when not declared
	Parent string
	Since  time.Time
	Until  time.Time
	Line   int
}

// Kinds of team, as Team Topologies names them.
const (
	KindStreamAligned = "stream_aligned"
	KindPlatform      = "platform"
	KindEnabling      = "enabling"
	KindSubsystem     = "complicated_subsystem"
)

// Membership is a part of a person's time in a team other than the one of the job.
type Membership struct {
	Person string
	Team   string
	Share  float64 // of the person's time, above 0 and at most 1
	Since  time.Time
	Until  time.Time
	Line   int
}

// ReportingLine is a line besides the solid one of the job, or in its place.
type ReportingLine struct {
	Person string
	To     string
	Dotted bool
	Since  time.Time
	Until  time.Time
	Line   int
}

// Position is a place that is or was to be filled.
type Position struct {
	ID       string
	Title    string
	Role     string
	Team     string
	Manager  string
	Opened   time.Time
	Closed   time.Time // last day open; zero: still
	FilledBy string    // person; "" while open, or when it was given up
	Line     int
}

// Ownership says which team answers for a repository, or for a part of it.
type Ownership struct {
	Team       string
	Repository string
	Path       string // pattern as in CODEOWNERS; "" is the whole repository
	With       string // the team that answers, where this one only owns with it; "": this one answers
	Since      time.Time
	Until      time.Time
	Line       int
}

// Imports remembers what was said once of exports of people: how they name their columns,
// ours by theirs, and the currency of costs without one.
type Imports struct {
	Columns  map[string]string
	Currency string
}

// OrganisationPath returns where the organisation document of a workspace is, or "" when
// there is no workspace folder.
func (d *Document) OrganisationPath() string { return d.inDir(OrganisationFile) }

// LoadOrganisation reads and validates an organisation document. A missing file is
// problem.Missing, a wrong one problem.Invalid.
func LoadOrganisation(path string) (*Organisation, error) {
	return loadOrganisation(path, refuseTwice)
}

// ReviewOrganisation reads a document as LoadOrganisation does, so that what does not fit
// together in it can be told; of several entries with one id the first counts, and Twice
// holds the others.
func ReviewOrganisation(path string) (*Organisation, error) {
	return loadOrganisation(path, keepFirst)
}

func loadOrganisation(path string, mode twiceMode) (*Organisation, error) {
	data, err := readUpTo(path, MaxOrganisationBytes, "start one with: diarchy org import FILE.csv")
	if err != nil {
		return nil, err
	}
	o, err := parseOrganisation(path, data, mode)
	if err != nil {
		return nil, err
	}
	o.Path, err = filepath.Abs(path)
	return o, err
}
