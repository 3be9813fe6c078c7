// Package workspace finds, reads, validates and writes the documents in which
// a company declares what no tool can see: its funding, revenue, market,
// leaders, teams and sources. It also resolves the program's settings.
//
// It reads documents only: facts come from sources, and judging either is the
// work of the packages downstream (org, agreement, diagnosis). A value that the
// company did not declare stays unknown here; nothing is guessed.
package workspace

import (
	"fmt"
	"path/filepath"
	"time"
	_ "time/tzdata" // time zones must be known on machines without zoneinfo too
)

// FileName is the name of the workspace document.
const FileName = "diarchy.yaml"

// Known is a value that may be unknown. OK tells whether it is known; Value is
// meaningless when OK is false.
type Known[T any] struct {
	Value T
	OK    bool
}

// Is returns a known value.
func Is[T any](v T) Known[T] { return Known[T]{v, true} }

// Document is a parsed and validated diarchy.yaml. Every part is optional.
type Document struct {
	Path       string // of the file; "" when there is none
	Company    Company
	Leadership []Leadership
	Sources    []Source
	Systems    []System
	Teams      []Team

	Applications []Application
	Incidents    []IncidentCause

	Identities Identities
	Database   string // as written; see DatabasePath
	Ledger     string // as written; see LedgerPath
}

// Company is what the company declares about itself. The lists are in the
// order of the file; the At methods answer for a moment in time.
type Company struct {
	Name            string // "" when not declared
	TimeZone        *time.Location
	WeekStart       time.Weekday
	Working         WorkingTime
	FiscalYearStart time.Month
	Funding         []Funding
	Revenue         []Revenue
	MarketFit       Known[MarketFit]
	Enterprise      Known[Enterprise]
	Compliance      Known[[]Compliance] // known and empty: the company has none
	BoardCadence    Known[string]       // none, monthly, quarterly, half_yearly or yearly
	Headcount       []Headcount
	Workload        map[string]float64 // units of leadership work today, by the unit of the playbook
}

// WorkingTime is when the company works, in its time zone; the zero value is always.
type WorkingTime struct {
	Days     []time.Weekday // none: every day
	From, To time.Duration  // since midnight; both zero: the whole day
	Holidays []time.Time
}

// Stages of funding, earliest first.
const (
	StageBootstrapped = "bootstrapped"
	StagePreSeed      = "pre_seed"
	StageSeed         = "seed"
	StageSeriesA      = "series_a"
	StageSeriesB      = "series_b"
	StageSeriesC      = "series_c"
	StageLater        = "later"
	StagePublic       = "public"
)

// Funding is a stage that the company reached. Like every Date here, its Date
// is midnight UTC, and zero when only the present state is known. Line is the
// line of the document, so that a finding can cite it.
type Funding struct {
	Date  time.Time
	Stage string
	Line  int
}

// Revenue is the annual recurring revenue that held from Date on.
type Revenue struct {
	Date time.Time
	ARR  Money
	Line int
}

// Money is an amount in minor units (cents, yen, fils) of an ISO 4217 currency.
type Money struct {
	Minor    int64
	Currency string
}

// String is the amount in whole units with its currency, such as 120000 EUR; "" of none.
func (m Money) String() string {
	if m.Currency == "" {
		return ""
	}
	units, _ := minorUnits(m.Currency)
	return fmt.Sprintf("%d %s", m.Minor/max(units, 1), m.Currency)
}

// MarketFit is when the company reached product-market fit, or that it has not.
type MarketFit struct {
	NotYet bool
	Date   time.Time // zero when NotYet
	Line   int
}

// Enterprise says whether the company sells to enterprises, and since when.
type Enterprise struct {
	Active bool
	Since  time.Time // zero when not declared
	Line   int
}

// Compliance is a framework that the company must meet, such as soc2.
type Compliance struct {
	Name  string
	Since time.Time // zero when not declared
	Line  int
}

// Headcount is the number of engineers and of people in the company from Date on.
type Headcount struct {
	Date      time.Time
	Engineers Known[int]
	People    Known[int]
	Line      int
}

// Roles that a leadership entry can hold.
const (
	RoleCTO             = "cto"
	RoleVPE             = "vpe"
	RoleTechnicalLeader = "technical_leader" // one leader who does both
	RoleNone            = "none"             // declared: nobody leads engineering
)

// Leadership is a role and the time it was held. It names no person.
type Leadership struct {
	Role  string
	Since time.Time // zero: since an unknown date
	Until time.Time // last day, included; zero: still
	Line  int
}

// Source is a git repository, a folder of clones, or a remote address.
type Source struct {
	Git    string // as written; see Document.Locate
	Name   string // "" when not declared
	Branch string // "" when not declared
	Line   int
}

// Team is a group of people who own repositories, projects of trackers and applications together.
type Team struct {
	Name         string
	Group        string
	Repositories []string
	Projects     []string // of trackers
	Applications []string // of a repository that several teams share
	Line         int
}

// Application is what is deployed by itself: a repository, or some paths of one.
type Application struct {
	Name         string
	Repository   string
	Paths        []string // none: all of the repository
	Services     []string // what pipelines and incident systems call it, besides Name
	Environments []string // those that are production; none: the usual names
	Line         int
}

// IncidentCause corrects which deployment caused an incident.
type IncidentCause struct {
	Incident   string
	Deployment string // "" when no deployment did
	Reason     string
	Line       int
}

// Identities corrects how commit addresses are mapped to people.
type Identities struct {
	Merge []IdentityRule // these addresses are one person
	Split []IdentityRule // these addresses are different people
	Bots  []string       // these addresses are not people
}

// IdentityRule is a set of at least two addresses, and why they belong together
// or apart.
type IdentityRule struct {
	Of     []string
	Reason string
	Line   int
}

// New returns the document of a company that has declared nothing.
func New() *Document {
	return &Document{Company: Company{
		TimeZone: time.UTC, WeekStart: time.Monday, FiscalYearStart: time.January,
	}}
}

// Dir returns the workspace folder, or "" when the document is not from a file.
func (d *Document) Dir() string {
	if d == nil || d.Path == "" {
		return ""
	}
	return filepath.Dir(d.Path)
}

// Paths are those of all documents of the workspace, whether they are there or not.
func (d *Document) Paths() []string {
	if d.Dir() == "" {
		return nil
	}
	return []string{d.Path, d.PlaybookPath(), d.AgreementPath(), d.OrganisationPath(), d.AlignmentPath()}
}

// PlaybookPath returns where the company's own playbook is, if it has one, or
// "" when there is no workspace folder.
func (d *Document) PlaybookPath() string { return d.inDir("playbook.yaml") }

// DatabasePath returns the declared database with a relative path resolved
// against the workspace folder, or "" when none is declared.
func (d *Document) DatabasePath() string {
	if d == nil {
		return ""
	}
	return d.declared(d.Database)
}

// LedgerPath is that of the declared ledger, as DatabasePath is of the database.
func (d *Document) LedgerPath() string {
	if d == nil {
		return ""
	}
	return d.declared(d.Ledger)
}

// declared is an address as it is, and a path from the workspace folder on.
func (d *Document) declared(place string) string {
	if place == "" || hasScheme(place) {
		return place
	}
	return d.resolve(place)
}

// Locate returns where a source is: a remote address unchanged, a path
// resolved against the workspace folder.
func (d *Document) Locate(s Source) string {
	if s.Remote() {
		return s.Git
	}
	return d.resolve(s.Git)
}

func (d *Document) resolve(path string) string {
	if path = filepath.FromSlash(path); filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(d.Dir(), path)
}

func (d *Document) inDir(name string) string {
	if dir := d.Dir(); dir != "" {
		return filepath.Join(dir, name)
	}
	return ""
}
