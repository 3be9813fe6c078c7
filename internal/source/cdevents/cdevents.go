// Package cdevents reads CDEvents, the events of the Continuous Delivery Foundation, as CloudEvents carry
// them over HTTP or as lines of files: services that were deployed, upgraded and rolled back, runs of
// pipelines, changes, tickets and incidents.
//
// One event is a part of what happened: that an incident was resolved says not when it began. So facts are
// made of all events of a subject together (Set), and are the same in whatever order those came. Who keeps
// the events of a webhook is not this package's matter; a Gate lets them in, signed and once.
package cdevents

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
)

// Feed is a set of files with an event a line.
type Feed struct {
	name  string
	files map[string]string
}

// New makes a feed of files by any key. Its name tells it from other feeds.
func New(name string, files map[string]string) *Feed { return &Feed{name, files} }

const (
	stream  = "events"
	version = 1 // changes when the same files are to be read again by another reader
	perPage = 1000
	maxLine = 1 << 20 // bytes
)

// Name implements source.Feed.
func (f *Feed) Name() string { return f.name }

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (s source.Sight, err error) {
	set, _, err := f.read()
	if err != nil {
		return s, err
	}
	d, _ := set.Facts()
	for _, key := range slices.Sorted(maps.Keys(f.files)) {
		s.Sees = append(s.Sees, source.Seen{Of: filepath.Base(f.files[key]), What: "events"})
	}
	for _, l := range []struct {
		n                int
		what, costs, how string
	}{
		{len(d.Deployments), "deployments", "DORA's five metrics", "let what deploys send service.deployed"},
		{len(d.Incidents), "incidents", "change failure rate, failed deployment recovery time", "let what watches send incident.detected and incident.resolved"},
	} {
		if l.n == 0 {
			s.Lacks = append(s.Lacks, source.Lack{What: l.what, Why: "no event tells any", Costs: l.costs, Do: l.how})
		}
	}
	return s, ctx.Err()
}

// Pull implements source.Feed. Files that are as they were are not told again.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	set, sum, err := f.read()
	if err != nil {
		return err
	}
	cursor, before := source.Cursor(sum), req.Cursor(stream)
	if cursor == before {
		return nil
	}
	d, skipped := set.Facts()
	pages := split(d)
	for i, p := range pages {
		page := source.Page{Stream: stream, Cursor: before, Delivery: p}
		if i == len(pages)-1 {
			page.Cursor, page.Skipped = cursor, skipped
		}
		if req.Progress != nil {
			req.Progress(stream, len(set.events)*(i+1)/len(pages), len(set.events))
		}
		if err := req.Emit(ctx, page); err != nil {
			return err
		}
	}
	return nil
}

// read takes the files whole or not at all. The last line of one may be cut, as it may be being written.
func (f *Feed) read() (*Set, string, error) {
	set, sum := NewSet(), sha256.New()
	for _, key := range slices.Sorted(maps.Keys(f.files)) {
		path := f.files[key]
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, "", problem.New(problem.Missing, "correct the path in diarchy.yaml, or write the file", "%s is not there", path)
		}
		if err != nil {
			return nil, "", err
		}
		fmt.Fprintf(sum, "%d %s %d\n", version, key, len(text))
		sum.Write(text)
		if err := readLines(text, set); err != nil {
			return nil, "", problem.New(problem.Invalid, "each line is a CDEvent, or a CloudEvent with one", "%s:%w", path, err)
		}
	}
	return set, hex.EncodeToString(sum.Sum(nil)), nil
}

func readLines(text []byte, set *Set) error {
	for n := 1; len(text) > 0; n++ {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		text = rest
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		e, err := Parse(line)
		if err != nil && !whole {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%d: %w", n, err)
		}
		set.Add(e)
	}
	return nil
}

// split makes pages of facts.
func split(d fact.Delivery) (out []fact.Delivery) {
	first := fact.Delivery{Repositories: d.Repositories, Projects: d.Projects}
	out = []fact.Delivery{first}
	for c := range slices.Chunk(d.ChangeRequests, perPage) {
		out = append(out, fact.Delivery{ChangeRequests: c, Repositories: d.Repositories})
	}
	for c := range slices.Chunk(d.Issues, perPage) {
		out = append(out, fact.Delivery{Issues: c})
	}
	for c := range slices.Chunk(d.Builds, perPage) {
		out = append(out, fact.Delivery{Builds: c, Repositories: d.Repositories})
	}
	for c := range slices.Chunk(d.Deployments, perPage) {
		out = append(out, fact.Delivery{Deployments: c, Repositories: d.Repositories})
	}
	for c := range slices.Chunk(d.Incidents, perPage) {
		out = append(out, fact.Delivery{Incidents: c})
	}
	return out
}

// usable refuses what no event can be.
func usable(text []byte) error {
	if len(text) > maxLine {
		return fmt.Errorf("%w: longer than %d bytes", ErrNoEvent, maxLine)
	}
	if !utf8.Valid(text) {
		return fmt.Errorf("%w: not UTF-8", ErrNoEvent)
	}
	return nil
}
