// Package source says what a place that facts come from must be able to do. A
// connector translates what one system says into package fact; it neither stores
// nor judges. Package ingest drives connectors and owns cursors.
package source

import (
	"context"

	"github.com/diarchy/diarchy/internal/fact"
)

// Source is one place to read facts from, for instance one clone.
type Source interface {
	// Open looks at the place without reading its facts. With an error too, the place has
	// its name and location.
	Open(ctx context.Context) (Place, error)
	// Read emits everything that is new since the request's cursor, oldest first.
	Read(ctx context.Context, req Request) error
	// Root is the first commit of the head's first-parent chain, or the given one if that is on it.
	Root(ctx context.Context, known string) (string, error)
	// Has reports which of the given commits the place holds.
	Has(ctx context.Context, shas []string) (map[string]bool, error)
	// Canonical gives the identity that the place's own mail map declares for each of
	// the given ones; those that it does not change are left out.
	Canonical(ctx context.Context, ids []fact.Identity) (map[fact.Identity]fact.Identity, error)
	// Shapes measures the named files as they stand at the head; known are those that were measured
	// before, which stand as long as their content does.
	Shapes(ctx context.Context, paths []string, known []fact.FileShape) ([]fact.FileShape, error)
}

// Recorder is a source that can read decision records again.
type Recorder interface {
	// Decisions reads versions by their path and commit. Those that it cannot read are left out.
	Decisions(ctx context.Context, of []fact.DecisionVersion) ([]fact.DecisionVersion, error)
}

// Place is what a source says of itself before it is read.
type Place struct {
	Name     string
	Location string // path or address, with credentials removed
	Branch   string // the main line that is read
	Head     string // its newest commit; "" when there is none
	Tags     string // fingerprint of its tags
	Notes    []string
	Skipped  []fact.Skipped
}

// Cursor is where reading stopped; only the source that made it can read it.
type Cursor string

// Request is one reading.
type Request struct {
	Cursor Cursor
	// Shared says that other places hold commits of this repository too.
	Shared bool
	// Known gives the commits of this repository that are stored already; false stands
	// for the end of a shallow history, which a deeper clone can tell better. It is
	// called only when the cursor alone cannot tell.
	Known func(ctx context.Context) (map[string]bool, error)
	// Releases are the tags that are stored already; nil when Shared, as others may
	// have given them.
	Releases map[string]string // tag to commit
	// Emit stores a batch and its cursor in one transaction.
	Emit     func(ctx context.Context, b Batch) error
	Progress func(done, total int)
}

// Batch is a piece of what was read. Its cursor covers it and all before it.
type Batch struct {
	Commits   []fact.Commit
	Relanded  []Relanded // landings, as this place sees them, of commits that are stored already
	Corrects  bool       // what was thought before is wrong: landings are replaced; otherwise the earliest holds
	Removed   []string   // commits that history no longer holds, or that are read again
	Releases  []fact.Release
	Untagged  []string // tags that are gone, or that are read again
	Retagged  bool     // all tags were read: what was skipped of them before is forgotten
	Documents []fact.Document
	Decisions []fact.DecisionVersion
	Skipped   []fact.Skipped
	Cursor    Cursor
}

// Relanded is a new landing of a stored commit.
type Relanded struct {
	SHA     string
	Landing fact.Landing
}
