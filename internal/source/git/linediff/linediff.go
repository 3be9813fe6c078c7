// Package linediff finds the lines that differ between two versions of a file, and
// finds the same number of them as `git log --numstat` does (git 2.39, its default
// algorithm and no options).
//
// Two versions have many shortest differences, and git does not always look for a
// shortest one: it first sets lines aside that are unlikely to help, and it gives up
// on expensive stretches. Equal counts therefore take the algorithm (E. Myers, An O(ND)
// Difference Algorithm and Its Variations, 1986) with the heuristics and constants of
// LibXDiff, the library within git. The code is our own in structure and wording; none of
// theirs was copied.
//
// A caller that wants the counts of git log must also know that git shows no count for a
// pair of which one side is binary (see IsBinary), 0 and 0 for equal contents under another
// name or mode, one difference for a file that became a link, and that a submodule's
// content is the line "Subproject commit ID".
package linediff

import (
	"bytes"
	"hash/maphash"
)

// Range is a run of whole lines of a file, perhaps of none.
type Range struct {
	Line, Lines int // index of the first line, counted from 0, and number of lines
	Start, End  int // their bytes, newlines included
}

// Edit puts lines of the new file in the place of lines of the old one. One of the two
// may have no lines, but not both.
type Edit struct{ Old, New Range }

// Count sums up the lines that edits add and delete.
func Count(edits []Edit) (added, deleted int) {
	for _, e := range edits {
		added += e.New.Lines
		deleted += e.Old.Lines
	}
	return added, deleted
}

const (
	binaryHead = 8000      // bytes in which git looks for a NUL
	bigFile    = 512 << 20 // bytes: core.bigFileThreshold
)

// IsBinary tells whether git takes a content for binary and does not count its lines:
// one with a NUL near its beginning, or of more than 512 MiB. Attributes, which can say
// otherwise, are not known here.
func IsBinary(content []byte) bool {
	return len(content) > bigFile || bytes.IndexByte(content[:min(len(content), binaryHead)], 0) >= 0
}

// Differ compares files. It keeps its buffers from one comparison to the next, so that
// comparing allocates nothing once they are large enough. A Differ must not be used by
// two goroutines at once; the zero value is ready.
type Differ struct {
	seed    maphash.Seed
	seeded  bool
	old     side
	new     side
	classes []class    // of equal lines
	counts  [][2]int32 // of each class: how many of its lines there are in each file
	slots   []uint64   // hash table of classes
	filter  filter
	search  search
	edits   []Edit
}

// side is what is known of one of the two files, between the lines that both have in
// common at their beginning and at their end.
type side struct {
	text     []byte
	ends     []int32    // of each line in text
	class    []int32    // of each line
	likeness []likeness // of each line
	changed  []byte     // of each line, 1 if it is part of an edit, else 0
	kept     lines      // those that the search looks at
	total    int        // lines of the whole file
}

// keepLines is the size of comparisons, in lines, whose buffers are kept.
const keepLines = 1 << 20

// Diff gives the edits that make new out of old, in the order of the lines, with an
// unchanged line at least between two of them. They have as many lines as git's, and the
// same. Only their places may differ: afterwards git slides each run of changed lines along
// lines that are equal to its first or last, to where it reads best, and that changes
// neither how many lines there are nor what stands in them. The result is valid until the
// next call. Neither file may be longer than 512 MiB.
func (d *Differ) Diff(old, new []byte) []Edit {
	head, tail := commonEnds(old, new)
	d.old.text, d.new.text = old[head:len(old)-tail], new[head:len(new)-tail]
	d.edits = d.edits[:0]
	if len(d.old.text)+len(d.new.text) > 0 {
		d.compare(old[:head], old[len(old)-tail:])
	}
	d.old.text, d.new.text = nil, nil
	edits := d.edits
	if len(d.old.ends)+len(d.new.ends) > keepLines {
		*d = Differ{seed: d.seed, seeded: d.seeded}
	}
	return edits
}

// compare fills edits. The texts differ; head and tail stand before and after both.
func (d *Differ) compare(head, tail []byte) {
	at := Edit{Range{Start: len(head)}, Range{Start: len(head)}}
	at.Old.Line = bytes.Count(head, newline)
	at.New.Line = at.Old.Line
	d.old.ends, d.new.ends = d.old.ends[:0], d.new.ends[:0]
	if len(d.old.text) > 0 && len(d.new.text) > 0 {
		if d.classify() {
			if !d.plain() {
				n := at.Old.Line + d.countCommon(head, tail)
				d.old.total, d.new.total = n+len(d.old.ends), n+len(d.new.ends)
				d.match()
			}
			d.collect(at)
			return
		}
	}
	at.Old.Lines, at.Old.End = countLines(d.old.text), at.Old.Start+len(d.old.text)
	at.New.Lines, at.New.End = countLines(d.new.text), at.New.Start+len(d.new.text)
	d.edits = append(d.edits, at)
}

// match marks the lines of both sides that changed.
func (d *Differ) match() {
	d.old.keep(d.counts, inNew)
	d.new.keep(d.counts, inOld)
	d.search.run(&d.old, &d.new)
}

// collect makes edits of the marked lines. The first line is at the given place.
func (d *Differ) collect(at Edit) {
	base := at.Old.Start
	i, j := 0, 0
	nextOld, nextNew := d.old.nextChange(0), d.new.nextChange(0)
	for {
		n := min(nextOld-i, nextNew-j) // lines that both have
		i, j = i+n, j+n
		if i == len(d.old.ends) && j == len(d.new.ends) {
			return
		}
		e := Edit{d.old.run(i), d.new.run(j)}
		i, j = i+e.Old.Lines, j+e.New.Lines
		if e.Old.Lines > 0 {
			nextOld = d.old.nextChange(i)
		}
		if e.New.Lines > 0 {
			nextNew = d.new.nextChange(j)
		}
		e.Old.Line, e.New.Line = e.Old.Line+at.Old.Line, e.New.Line+at.New.Line
		for _, r := range []*Range{&e.Old, &e.New} {
			r.Start, r.End = r.Start+base, r.End+base
		}
		d.edits = append(d.edits, e)
	}
}

// nextChange is the first line from i on that changed, or behind the last.
func (s *side) nextChange(i int) int {
	if n := bytes.IndexByte(s.changed[i:], 1); n >= 0 {
		return i + n
	}
	return len(s.changed)
}

// run is the run of changed lines, perhaps of none, that begins with line i.
func (s *side) run(i int) Range {
	r := Range{Line: i, Start: s.start(i)}
	r.End = r.Start
	for ; i < len(s.ends) && s.changed[i] != 0; i++ {
		r.Lines++
		r.End = int(s.ends[i])
	}
	return r
}

func (s *side) start(i int) int {
	if i == 0 {
		return 0
	}
	return int(s.ends[i-1])
}
