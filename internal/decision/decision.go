// Package decision reads decision records as traces: which states each went through and
// when, how long deciding took, what superseded what, and what does not hold together. It
// also writes the text of new ones. It reads no files and no database, and never adds up
// by person.
package decision

import (
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// Statuses of a record.
const (
	Proposed   = "proposed"
	Accepted   = "accepted"
	Rejected   = "rejected"
	Superseded = "superseded"
	Deprecated = "deprecated"
)

// Facts are what is known of decision records by a day.
type Facts struct {
	AsOf       time.Time // exclusive
	Zone       *time.Location
	Versions   []Version // by landing, then in the order of reading
	Departures []Departure
	Exists     map[Place]bool // documents that are no records, of those that records link to
	Committers Committers     // nil: not known, or too few to speak of
	Staff      Staff          // nil: the organisation is not known
}

// Version is what a record said after one commit.
type Version struct {
	fact.DecisionVersion
	Repository string // name
	Record     string // the path at which the record was first seen
	LandedAt   time.Time
	AuthoredAt time.Time
	Order      int64
	Suspect    bool // its clock was impossible
	Boundary   bool // the history before it is not there
}

// Departure is when a path was deleted, or renamed to another one.
type Departure struct {
	Place
	At    time.Time
	Order int64
}

// Place is a path in a repository.
type Place struct{ Repository, Path string }

// Committers know when somebody whom a record names last committed.
type Committers interface {
	LastSeen(name string) (at time.Time, known bool)
}

// Staff knows the last day of somebody whom a record names; false for those who have
// none, and those whom it does not know.
type Staff interface {
	Left(name string) (last time.Time, has bool)
}

// Record is a decision record that is there.
type Record struct {
	Repository string
	Path       string
	ID         string // number as the file has it, or the file's name
	Number     int    // 0: none
	Title      string
	Status     string
	Since      time.Time // when the status reached the main line
	Days       *float64  // nil: unknown
	States     []State
	Paths      []string // all that it had, oldest first
	fields     []fact.DecisionField
}

// State is a run of versions with one status.
type State struct {
	Status   string
	At       time.Time
	SHA      string
	Path     string
	Versions int
}

// Records are those that are there at the end of the day, by repository and path.
func Records(f Facts) []Record {
	byRecord := map[Place][]Version{}
	for _, v := range f.Versions {
		key := Place{v.Repository, v.Record}
		byRecord[key] = append(byRecord[key], v)
	}
	left := map[Place]Departure{}
	for _, d := range f.Departures {
		if last, ok := left[d.Place]; !ok || later(d.At, d.Order, last.At, last.Order) {
			left[d.Place] = d
		}
	}
	var out []Record
	for _, versions := range byRecord {
		last := versions[len(versions)-1]
		if d, ok := left[Place{last.Repository, last.Path}]; ok && later(d.At, d.Order, last.LandedAt, last.Order) {
			continue
		}
		out = append(out, record(versions))
	}
	sort.Slice(out, func(a, b int) bool {
		if out[a].Repository != out[b].Repository {
			return out[a].Repository < out[b].Repository
		}
		return out[a].Path < out[b].Path
	})
	return out
}

func later(at time.Time, order int64, than time.Time, thanOrder int64) bool {
	return at.After(than) || at.Equal(than) && order > thanOrder
}

func record(versions []Version) Record {
	last := versions[len(versions)-1]
	r := Record{Repository: last.Repository, Path: last.Path, Title: last.Title, Status: last.Status, fields: last.Fields, Days: days(versions)}
	r.ID, r.Number = identify(last.Path)
	for _, v := range versions {
		if n := len(r.States); n == 0 || r.States[n-1].Status != v.Status {
			r.States = append(r.States, State{Status: v.Status, At: v.LandedAt, SHA: v.SHA, Path: v.Path})
		}
		r.States[len(r.States)-1].Versions++
		if n := len(r.Paths); n == 0 || r.Paths[n-1] != v.Path {
			r.Paths = append(r.Paths, v.Path)
		}
	}
	r.Since = r.States[len(r.States)-1].At
	return r
}

// days is how long deciding took, as metric decision_days counts it: from the author's
// clock on the first version to when accepted or rejected reached the main line.
func days(versions []Version) *float64 {
	var began, decided time.Time
	for _, v := range versions {
		if v.Suspect || v.Boundary {
			return nil
		}
		if began.IsZero() || v.AuthoredAt.Before(began) {
			began = v.AuthoredAt
		}
		if decided.IsZero() && (v.Status == Accepted || v.Status == Rejected) {
			decided = v.LandedAt
		}
	}
	if decided.IsZero() || decided.Before(began) {
		return nil
	}
	d := decided.Sub(began).Hours() / 24
	return &d
}

// first is when the record reached the main line.
func (r Record) first() time.Time { return r.States[0].At }

// Stated are the values of a kind that the newest version states, as they are written.
func (r Record) Stated(kind fact.DecisionFieldKind) []string {
	out := []string{}
	for _, f := range r.fields {
		if f.Kind == kind {
			out = append(out, f.Value)
		}
	}
	return out
}

// lastStated is the last of them; "" when there is none.
func (r Record) lastStated(kind fact.DecisionFieldKind) string {
	values := r.Stated(kind)
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

var fileNumber = regexp.MustCompile(`(?i)^(?:adr|madr|decision)?[-_ ]?(\d{1,6})(?:$|[^0-9])`)

// identify gives the number in the name of a record's file, as it is written and as a
// number, or else the name. Eight digits are a date.
func identify(p string) (id string, number int) {
	name := strings.TrimSuffix(path.Base(p), path.Ext(p))
	m := fileNumber.FindStringSubmatch(name)
	if m == nil {
		return name, 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return name, 0
	}
	return m[1], n
}
