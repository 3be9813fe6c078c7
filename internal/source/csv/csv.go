// Package csv reads facts of delivery from files that people export or write: change
// requests and what was done about them, issues with their transitions and sprints,
// builds, deployments, incidents. README.md lists the columns.
//
// A file is taken whole or not at all: its first bad rows are named by line. A changed
// file takes the place of all that it told before.
//
// The same rows can be pushed as JSON objects: a Gate lets them in, and Pushed reads the
// file that keeps them.
package csv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
)

// Feed is a set of files, by what they hold.
type Feed struct {
	name  string
	files map[string]string
	zone  *time.Location
}

// New makes a feed of files by kind; see Kinds. Its name tells it from other feeds. Times that do
// not say their offset are of the zone.
func New(name string, files map[string]string, zone *time.Location) *Feed {
	return &Feed{name, files, zone}
}

// Kinds are what files can hold, in the order in which they are read.
func Kinds() []string {
	return []string{"change_requests", "change_request_events", "change_request_commits", "issues", "transitions", "sprints", "sprint_issues", "builds", "deployments", "incidents"}
}

// streams are kinds that make one item together: the first tells the item, the others what
// belongs to it.
var streams = [][]string{
	{"change_requests", "change_request_events", "change_request_commits"}, {"issues", "transitions", "sprint_issues"}, {"sprints"}, {"builds"}, {"deployments"}, {"incidents"},
}

// Name implements source.Feed.
func (f *Feed) Name() string { return f.name }

// Pull implements source.Feed. Files that are as they were are not told again, but until when they
// tell is: those of issues, say, with their transitions, until the oldest of them was last written.
func (f *Feed) Pull(ctx context.Context, req source.Pull) error {
	var errs []error
	for _, kinds := range streams {
		if err := f.stream(ctx, req, kinds); err != nil {
			errs = append(errs, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(errs...)
}

func (f *Feed) stream(ctx context.Context, req source.Pull, kinds []string) error {
	until, err := f.written(kinds) // what is written while they are read may be missing
	if err != nil {
		return err
	}
	texts, cursor, err := f.texts(kinds, req.PathRules)
	if err != nil || len(texts) == 0 {
		return err
	}
	if req.Cursor(kinds[0]) == cursor {
		return req.Emit(ctx, source.Page{Stream: kinds[0], Cursor: cursor, Until: until})
	}
	d, err := f.parse(kinds, texts)
	if err != nil {
		return err
	}
	if req.Progress != nil {
		req.Progress(kinds[0], d.rows, d.rows)
	}
	return req.Emit(ctx, source.Page{Stream: kinds[0], Cursor: cursor, Until: until, Delivery: d.delivery(), Whole: []fact.ItemKind{items[kinds[0]]}})
}

// texts reads the files of a stream, and what tells them from what they were: also the zone of
// their times and, of change requests, the rules that judge their paths.
func (f *Feed) texts(kinds []string, rules string) (map[string][]byte, source.Cursor, error) {
	texts, sum := map[string][]byte{}, sha256.New()
	if kinds[0] == "change_requests" {
		fmt.Fprintln(sum, rules)
	}
	for _, kind := range kinds {
		path := f.files[kind]
		if path == "" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, "", unreadable(path, err)
		}
		texts[kind] = text
		fmt.Fprintf(sum, "%d %s %s %d\n", version, f.zone, kind, len(text))
		sum.Write(text)
	}
	return texts, source.Cursor(hex.EncodeToString(sum.Sum(nil))), nil
}

// written is when the oldest file of a stream was last written.
func (f *Feed) written(kinds []string) (at time.Time, err error) {
	for _, kind := range kinds {
		if path := f.files[kind]; path != "" {
			info, err := os.Stat(path)
			if err != nil {
				return at, unreadable(path, err)
			}
			if written := info.ModTime().UTC(); at.IsZero() || written.Before(at) {
				at = written
			}
		}
	}
	return at, nil
}

// parse reads the texts of a stream, all of them or none.
func (f *Feed) parse(kinds []string, texts map[string][]byte) (*reader, error) {
	if texts[kinds[0]] == nil {
		return nil, problem.New(problem.Invalid, "add "+kinds[0]+": FILE to the files of this system", "%s: %s belong to %s, and no file of those is named", f.name, strings.Join(named(texts), " and "), words(kinds[0]))
	}
	d := &reader{files: f.files, zone: f.zone, filled: map[string]int{}}
	for _, kind := range kinds {
		if texts[kind] != nil {
			d.read(kind, texts[kind])
		}
	}
	return d, d.refuse()
}

// items are the kinds of facts that streams tell.
var items = map[string]fact.ItemKind{"change_requests": fact.RequestItem, "issues": fact.IssueItem, "sprints": fact.SprintItem, "builds": fact.BuildItem, "deployments": fact.DeploymentItem, "incidents": fact.IncidentItem}

// version changes when the same files are to be read again by another reader.
const version = 4

func named(texts map[string][]byte) (out []string) {
	for _, kind := range Kinds() {
		if texts[kind] != nil {
			out = append(out, words(kind))
		}
	}
	return out
}

// words are how a kind of file, or a column, is spoken of.
func words(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

func unreadable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return problem.New(problem.Missing, "correct the path in diarchy.yaml, or write the file", "%s is not there", path)
	}
	return err
}

// IsKind tells whether files can hold such a kind.
func IsKind(s string) bool { return slices.Contains(Kinds(), s) }
