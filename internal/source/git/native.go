package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/linediff"
	"github.com/diarchy/diarchy/internal/source/git/object"
	"github.com/diarchy/diarchy/internal/source/git/rename"
)

// errAskGit says that a commit is for the git program: it has something that only git
// knows how to read, or that is read so seldom that git may as well do it.
var errAskGit = errors.New("left to the git program")

// native reads commits from the object store itself. It answers as the git program
// does, or with an error, upon which the program is asked. It is for one goroutine.
type native struct {
	objects    *object.Reader
	attributes *attributes
	trees      map[object.ID]object.ID
	boundary   map[string]bool // ends of a shallow history, whose parents git hides
	judges     bool            // git judges similarity in another way than package rename
	differ     linediff.Differ
	paths      map[string]ofPath
}

// ofPath is what follows from a path alone. It takes expressions to find out, and most
// paths come often.
type ofPath struct {
	clean    string
	category fact.Category
	style    *comments
	record   bool // of a decision
}

func (n *native) ofPath(path string) ofPath {
	of, ok := n.paths[path]
	if !ok {
		of = ofPath{clean: clean(path), category: fact.CategoryOf(path), record: isRecord(path)}
		of.style = commentStyle(of.clean, of.category)
		n.paths[path] = of
	}
	return of
}

// objects is what all natives of a reading share; nil where git reads everything.
type objects struct {
	store      *object.Store
	attributes *attributes
	boundary   map[string]bool
	judges     bool
	trees      map[object.ID]object.ID // of commits, where a walk met them
}

// cacheBytes is what contents may take; the garbage collector lets the heap grow to more
// than twice of it.
const cacheBytes = 128 << 20

// openObjects returns nil when git is to read everything: because it was asked for, or
// because the repository is of a kind that only git knows.
func (r repo) openObjects(ctx context.Context, shallow []string) (*objects, error) {
	if r.gitOnly {
		return nil, nil
	}
	options := r.reading
	options.CacheBytes = cmp.Or(options.CacheBytes, cacheBytes)
	where, err := r.laidOut(ctx)
	if err != nil {
		return nil, ctx.Err()
	}
	store, err := object.Open(where.commonDir, options)
	if err != nil {
		return nil, ctx.Err()
	}
	attributes, err := r.attributes(ctx)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	o := &objects{store: store, attributes: attributes, boundary: map[string]bool{}, judges: r.newer(ctx, 2, 44)}
	for _, sha := range shallow {
		o.boundary[sha] = true
	}
	return o, nil
}

// newer tells whether the git program has a version of at least major.minor. From 2.44
// on, it counts a last line without newline in how similar two files are.
func (r repo) newer(ctx context.Context, major, minor int) bool {
	var a, b int
	if n, err := fmt.Sscanf(r.line(ctx, "version"), "git version %d.%d", &a, &b); n != 2 || err != nil {
		return true
	}
	return a > major || a == major && b >= minor
}

func (o *objects) reader() *native {
	if o == nil {
		return nil
	}
	return &native{objects: o.store.NewReader(), attributes: o.attributes, trees: o.trees, boundary: o.boundary, judges: o.judges, paths: map[string]ofPath{}}
}

func (o *objects) close() {
	if o == nil {
		return
	}
	o.attributes.stop()
	o.store.Close() //nolint:errcheck // it was only read
}

// read is what diff-tree says of one commit.
func (n *native) read(ctx context.Context, sha string) (t touched, err error) {
	defer n.objects.Release()
	if n.boundary[sha] {
		return t, errAskGit
	}
	id, err := object.ParseID(sha)
	if err != nil {
		return t, err
	}
	c, err := n.objects.Commit(id)
	if err != nil {
		return t, err
	}
	if t.commit, err = parseCommit(sha, c.Raw); err != nil || len(c.Parents) > 1 {
		return t, err
	}
	var before object.ID
	if len(c.Parents) == 1 {
		var met bool
		if before, met = n.trees[c.Parents[0]]; !met {
			parent, err := n.objects.Commit(c.Parents[0])
			if err != nil {
				return t, err
			}
			before = parent.Tree
		}
	}
	entries, err := n.entries(before, c.Tree)
	if err != nil || len(entries) == 0 {
		return t, err
	}
	if err := n.ordinary(ctx, entries); err != nil {
		return t, err
	}
	t.commit.Changes = make([]fact.FileChange, 0, len(entries))
	for _, e := range entries {
		if err := n.count(e, &t); err != nil {
			return t, fmt.Errorf("%s: %w", e.Path, err)
		}
		n.objects.Release()
	}
	return t, nil
}

// entry is a file that a commit changed; oldPath is its name before, if it had another.
type entry struct {
	object.Change
	oldPath string
	kind    fact.ChangeKind
}

// entries compares two trees and finds what was renamed.
func (n *native) entries(before, after object.ID) ([]entry, error) {
	var all []entry
	var deleted, created []rename.File[object.ID]
	err := n.objects.DiffTrees(before, after, func(c object.Change) error {
		e := entry{Change: c, kind: fact.Modified}
		switch {
		case c.OldMode == 0:
			e.kind = fact.Added
			created = append(created, rename.File[object.ID]{Path: c.Path, Mode: c.NewMode, ID: c.New})
		case c.NewMode == 0:
			e.kind = fact.Deleted
			deleted = append(deleted, rename.File[object.ID]{Path: c.Path, Mode: c.OldMode, ID: c.Old})
		case c.OldMode>>12 != c.NewMode>>12:
			return errAskGit // a file became a link, or the other way
		}
		all = append(all, e)
		return nil
	})
	if err != nil || len(deleted) == 0 || len(created) == 0 {
		return all, err
	}
	var pairs []rename.Pair[object.ID]
	if !n.judges {
		pairs, err = rename.Find(deleted, created, func(id object.ID) ([]byte, error) {
			n.objects.Release() // the one before: a commit may rename thousands
			return n.objects.Blob(id)
		})
	} else if pairs = rename.FindEqual(deleted, created); len(pairs) < min(len(deleted), len(created)) {
		err = errAskGit
	}
	if err != nil || len(pairs) == 0 {
		return all, err
	}
	from, gone := map[string]rename.File[object.ID]{}, map[string]bool{}
	for _, p := range pairs {
		from[p.New.Path], gone[p.Old.Path] = p.Old, true
	}
	kept := all[:0]
	for _, e := range all {
		if old, ok := from[e.Path]; ok && e.kind == fact.Added {
			e.kind, e.oldPath, e.Old, e.OldMode = fact.Renamed, old.Path, old.ID, old.Mode
		} else if e.kind == fact.Deleted && gone[e.Path] {
			continue
		}
		kept = append(kept, e)
	}
	return kept, nil
}

// ordinary fails if attributes of a repository say how a file is to be compared.
func (n *native) ordinary(ctx context.Context, entries []entry) error {
	if n.attributes == nil {
		return nil
	}
	paths := make([]string, 0, len(entries))
	for _, e := range entries {
		paths = append(paths, e.Path)
		if e.oldPath != "" {
			paths = append(paths, e.oldPath)
		}
	}
	ok, err := n.attributes.ordinary(ctx, paths)
	if err == nil && !ok {
		err = errAskGit
	}
	return err
}

// count compares the contents of an entry, and adds it with its markers of debt.
func (n *native) count(e entry, t *touched) error {
	of := n.ofPath(e.Path)
	fc := fact.FileChange{Path: of.clean, Kind: e.kind, Category: of.category}
	if e.oldPath != "" {
		fc.OldPath = clean(e.oldPath)
	}
	before, err := n.content(e.Old, e.OldMode)
	if err != nil {
		return err
	}
	after, err := n.content(e.New, e.NewMode)
	if err != nil {
		return err
	}
	switch {
	case linediff.IsBinary(before) || linediff.IsBinary(after):
		fc.Binary, fc.Added, fc.Deleted = true, fact.Uncounted, fact.Uncounted
	case e.Old != e.New:
		edits := n.differ.Diff(before, after)
		added, deleted := linediff.Count(edits)
		fc.Added, fc.Deleted = int64(added), int64(deleted)
		if of.style != nil {
			for _, d := range edits {
				t.markers(fc.Path, of.style, before[d.Old.Start:d.Old.End], false)
				t.markers(fc.Path, of.style, after[d.New.Start:d.New.End], true)
			}
		}
	}
	t.commit.Changes = append(t.commit.Changes, fc)
	if of.record && e.kind != fact.Deleted {
		t.decisions = append(t.decisions, blobAt{e.Path, e.New.String()})
	}
	return nil
}

// content is what git compares of an entry: of a submodule, a line that names a commit.
func (n *native) content(id object.ID, mode uint32) ([]byte, error) {
	switch mode {
	case 0:
		return nil, nil
	case object.ModeSubmodule:
		return []byte("Subproject commit " + id.String() + "\n"), nil
	}
	return n.objects.Blob(id)
}

// markers adds the lines of text that admit debt.
func (t *touched) markers(path string, style *comments, text []byte, added bool) {
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		if kind, comment, ok := style.admits(text[:end]); ok {
			t.commit.MarkerLines = append(t.commit.MarkerLines, fact.MarkerLine{Path: path, Kind: kind, Text: clean(comment), Added: added})
		}
		text = text[end:]
	}
}

// parseCommit reads a commit object. What is written in an unusual way is left to git.
func parseCommit(sha string, raw []byte) (c fact.Commit, err error) {
	if bytes.IndexByte(raw, 0) >= 0 {
		return c, errAskGit
	}
	head, message, _ := strings.Cut(string(raw), "\n\n")
	c.SHA = sha
	seen := map[string]bool{}
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "parent":
			c.Parents = append(c.Parents, value)
			continue
		case "author":
			c.Author, c.AuthoredAt, c.AuthorZone, err = parseSignature(value)
		case "committer":
			c.Committer, c.CommittedAt, c.CommitZone, err = parseSignature(value)
		case "encoding":
			return c, errAskGit
		default:
			continue
		}
		if err != nil || seen[key] {
			return c, errAskGit
		}
		seen[key] = true
	}
	if !seen["author"] || !seen["committer"] {
		return c, errAskGit
	}
	readMessage(&c, clean(message))
	return c, nil
}

// parseSignature reads "Name <mail> 1700000000 +0100", written just so.
func parseSignature(s string) (id fact.Identity, at time.Time, zone int, err error) {
	name, rest, ok := strings.Cut(s, "<")
	mail, date, ok2 := strings.Cut(rest, "> ")
	secs, tz, ok3 := strings.Cut(date, " ")
	plain := ok && ok2 && ok3 && !strings.ContainsAny(mail+date, "<>") && mail == strings.TrimSpace(mail) &&
		(name == "" || strings.HasSuffix(name, " ") && strings.TrimSpace(name) == name[:len(name)-1]) &&
		digits(secs) && len(tz) == 5 && (tz[0] == '+' || tz[0] == '-') && digits(tz[1:])
	if !plain {
		return id, at, 0, errAskGit
	}
	at, zone = parseDate(date)
	return fact.Identity{Name: clean(strings.TrimSuffix(name, " ")), Email: clean(mail)}, at, zone, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
