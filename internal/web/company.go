package web

import (
	"context"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Company is what rooms ask about the company. Every answer is of one place; none waits
// for a source to be read.
type Company interface {
	// Standing says what is stored, and how reading goes.
	Standing(ctx context.Context) (Standing, error)
	// Diagnosis judges.
	Diagnosis(ctx context.Context, p Place) (cockpit.Diagnosis, error)
}

// Standing is what is stored, and how reading goes.
type Standing struct {
	Company string
	AsOf    string   // day that is judged when none is asked for
	Scopes  []string // company, group:NAME, team:NAME, repository:NAME
	Reading string   // what is being read right now; "" when nothing is
	ReadAt  string   // when sources were read last; "" before the first time
	Ready   bool     // facts of every source are there
}
