package source

import (
	"context"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// Feed is a system that tells facts of delivery through its API or a file: a forge, a
// tracker, a pipeline, an incident system.
type Feed interface {
	// Name is that of the system: the host of its address, the same for ever.
	Name() string
	// Look says what can be seen and what cannot, without reading it.
	Look(ctx context.Context) (Sight, error)
	// Pull emits everything that is new since the cursors of the request, newest first
	// where the system allows it. Streams that fail do not keep others from being read:
	// their errors are joined.
	Pull(ctx context.Context, req Pull) error
}

// Sight is what a feed can see.
type Sight struct {
	Sees  []Seen
	Lacks []Lack
}

// Seen is a kind of facts that can be read from a repository, a project or a file.
type Seen struct {
	Of   string // acme/api
	What string // change requests
}

// Lack is something that cannot be read.
type Lack struct {
	Of    string // acme/api; "" for all
	What  string // deployments
	Why   string // the token may not read them
	Costs string // what stays unknown: the metrics' titles
	Do    string // what to do about it
}

// Costs says what stays unknown where no items of some kinds are told: the metrics' titles.
func Costs(kinds ...fact.ItemKind) string {
	var out []string
	for _, kind := range kinds {
		out = append(out, costs[kind])
	}
	return strings.Join(out, ", ")
}

var costs = map[fact.ItemKind]string{
	fact.RequestItem:    "cycle time and its stages, size, throughput and age of change requests, review load and its spread",
	fact.IssueItem:      "lead and cycle time of issues, issues done and in progress, flow efficiency, interrupted work, stalled key work",
	fact.SprintItem:     "planned against delivered, unplanned share of sprints",
	fact.BuildItem:      "builds that succeed, duration of builds",
	fact.DeploymentItem: "DORA's five metrics",
	fact.IncidentItem:   "change failure rate, failed deployment recovery time, deployment rework rate",
}

// Pull is one reading of a feed.
type Pull struct {
	// Cursor gives where reading of a stream stopped; "" at its beginning.
	Cursor func(stream string) Cursor
	// Emit stores a page and its cursor in one transaction. It may be called by several
	// goroutines for different streams.
	Emit func(ctx context.Context, p Page) error
	// Progress says how many items of a stream this reading has read, and how many it reads about in
	// all; 0 if that is not known. What an earlier one read counts in neither. It may be nil.
	Progress func(stream string, done, total int)
	// PathRules is the version of the rules that judge the paths of change requests, which are not
	// kept: those that were read under others are read anew.
	PathRules string
}

// Page is a piece of a stream. Its cursor covers it and all before it.
type Page struct {
	Stream   string // what is read apart, such as "acme/api change requests"
	Cursor   Cursor
	Delivery fact.Delivery
	Until    time.Time       // until when the feed tells, where that is not the time of reading: a file tells nothing of what came after it was written
	Whole    []fact.ItemKind // kinds of which the page is all that the feed tells: what it told before is forgotten
	Skipped  []fact.Skipped
}
