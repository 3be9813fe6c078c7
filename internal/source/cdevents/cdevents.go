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
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
)

// Feed is a set of files with an event a line.
type Feed struct {
	name   string
	files  map[string]string
	pushed bool
}

// New makes a feed of files by any key, which tell until the oldest of them was last written. Its name tells it from
// other feeds.
func New(name string, files map[string]string) *Feed { return &Feed{name, files, false} }

// NewPushed makes a feed of files that keep what comes by a webhook: while nothing comes, nothing happens.
func NewPushed(name string, files map[string]string) *Feed { return &Feed{name, files, true} }

const (
	stream  = "events"
	version = 4 // changes when the same files are to be read again by another reader
	perPage = 1000
	maxLine = 1 << 20 // bytes
)

// Name implements source.Feed.
func (f *Feed) Name() string { return f.name }

// Look implements source.Feed.
func (f *Feed) Look(ctx context.Context) (s source.Sight, err error) {
	read, err := f.read("")
	if err != nil {
		return s, err
	}
	d, _ := read.set.Facts()
	var names []string
	for _, key := range slices.Sorted(maps.Keys(f.files)) {
		names = append(names, filepath.Base(f.files[key]))
	}
	for _, l := range []struct {
		n         int
		what, how string
		kind      fact.ItemKind
	}{
		{len(d.ChangeRequests), "change requests", "let the forge send change.created and change.merged", fact.RequestItem},
		{len(d.Issues), "issues", "let the tracker send ticket.created and ticket.closed", fact.IssueItem},
		{len(d.Builds), "builds", "let pipelines send pipelineRun.started and pipelineRun.finished", fact.BuildItem},
		{len(d.Deployments), "deployments", "let what deploys send service.deployed", fact.DeploymentItem},
		{len(d.Incidents), "incidents", "let what watches send incident.detected and incident.resolved", fact.IncidentItem},
	} {
		if l.n > 0 {
			s.Sees = append(s.Sees, source.Seen{Of: strings.Join(names, ", "), What: l.what})
		} else {
			s.Lacks = append(s.Lacks, source.Lack{What: l.what, Why: "no event tells any", Costs: source.Costs(l.kind), Do: l.how})
		}
	}
	return s, ctx.Err()
}

// Pull implements source.Feed. Of files that grew, only what their new lines bear on is told.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	before := req.Cursor(stream)
	read, err := f.read(before)
	if err != nil {
		return err
	}
	cursor, err := read.cursor()
	if err != nil {
		return err
	}
	if cursor == before {
		if read.until.IsZero() {
			return nil
		}
		return req.Emit(ctx, source.Page{Stream: stream, Cursor: cursor, Until: read.until})
	}
	d, skipped := read.set.Facts()
	if !read.anew {
		d, _ = read.set.About(read.news...)
	}
	pages := split(d)
	for i, p := range pages {
		page := source.Page{Stream: stream, Cursor: before, Until: read.until, Delivery: p}
		if i == len(pages)-1 {
			page.Cursor, page.Skipped = cursor, skipped
		}
		if req.Progress != nil {
			req.Progress(stream, len(read.set.events)*(i+1)/len(pages), len(read.set.events))
		}
		if err := req.Emit(ctx, page); err != nil {
			return err
		}
	}
	return nil
}

// stand is how far files were read.
type stand struct {
	Version int             `json:"version"`
	Files   map[string]part `json:"files"` // by key
}

// part is the beginning of a file.
type part struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func begin(text []byte, n int) part {
	sum := sha256.Sum256(text[:n])
	return part{n, hex.EncodeToString(sum[:])}
}

// reading is what files hold.
type reading struct {
	set   *Set
	news  []Event // of lines that were not there before
	anew  bool    // what was told is not the beginning of what is there
	stand stand
	until time.Time // when the oldest of the files was last written; zero where they keep what is pushed
}

func (r reading) cursor() (source.Cursor, error) {
	text, err := json.Marshal(r.stand)
	return source.Cursor(text), err
}

// read takes the files whole or not at all. The last line of one may be cut, as it may be being written.
func (f *Feed) read(cursor source.Cursor) (reading, error) {
	r := reading{set: NewSet(), stand: stand{version, map[string]part{}}}
	var told stand
	r.anew = json.Unmarshal([]byte(cursor), &told) != nil || told.Version != version
	for _, key := range slices.Sorted(maps.Keys(f.files)) {
		path := f.files[key]
		text, written, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return r, problem.New(problem.Missing, "correct the path in diarchy.yaml, or write the file", "%s is not there", path)
		}
		if err != nil {
			return r, err
		}
		if !f.pushed && (r.until.IsZero() || written.Before(r.until)) {
			r.until = written
		}
		old := told.Files[key]
		if old.Bytes > len(text) || begin(text, old.Bytes) != old && old.Bytes > 0 {
			r.anew = true
		}
		news, end, err := readLines(text, old.Bytes, r.set)
		if err != nil {
			return r, problem.New(problem.Invalid, "each line is a CDEvent, or a CloudEvent with one", "%s:%w", path, err)
		}
		r.news = append(r.news, news...)
		r.stand.Files[key] = begin(text, end)
	}
	return r, nil
}

// readFile gives what a file holds, and until when that tells: what is written while it is read may be missing.
func readFile(path string) (text []byte, written time.Time, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, written, err
	}
	text, err = os.ReadFile(path)
	return text, info.ModTime().UTC(), err
}

// readLines adds the events of a text to a set, gives those of lines that end behind a place, and where a
// line that is being written begins.
func readLines(text []byte, place int, set *Set) (news []Event, end int, err error) {
	whole := len(text)
	for n := 1; len(text) > 0; n++ {
		began := whole - len(text)
		line, rest, ended := bytes.Cut(text, []byte("\n"))
		text = rest
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		e, err := Parse(line)
		if err != nil && !ended {
			return news, began, nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%d: %w", n, err)
		}
		if set.Add(e) && whole-len(text) > place {
			news = append(news, e)
		}
	}
	return news, whole, nil
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
