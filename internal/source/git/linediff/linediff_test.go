package linediff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// checkEdits fails unless the edits make new out of old, are in order, do not touch, and
// say the same in lines and in bytes.
func checkEdits(t *testing.T, p pair, edits []Edit) {
	t.Helper()
	var made []byte
	var at, line Edit // what is behind
	for i, e := range edits {
		if e.Old.Lines+e.New.Lines <= 0 || i > 0 && e.Old.Start <= at.Old.End {
			t.Fatalf("edit %d of %d is empty or touches the one before: %+v", i, len(edits), e)
		}
		between := p.old[at.Old.End:e.Old.Start]
		if !bytes.Equal(between, p.new[at.New.End:e.New.Start]) {
			t.Fatalf("before edit %d, what stays is not equal", i)
		}
		n := countLines(between)
		if e.Old.Line != line.Old.Line+n || e.New.Line != line.New.Line+n {
			t.Fatalf("edit %d: lines %d and %d, want %d and %d", i, e.Old.Line, e.New.Line, line.Old.Line+n, line.New.Line+n)
		}
		if countLines(p.old[e.Old.Start:e.Old.End]) != e.Old.Lines || countLines(p.new[e.New.Start:e.New.End]) != e.New.Lines {
			t.Fatalf("edit %d: lines and bytes differ: %+v", i, e)
		}
		made = append(append(made, between...), p.new[e.New.Start:e.New.End]...)
		at = e
		line.Old.Line, line.New.Line = e.Old.Line+e.Old.Lines, e.New.Line+e.New.Lines
	}
	made = append(made, p.old[at.Old.End:]...)
	if !bytes.Equal(made, p.new) {
		t.Fatalf("the edits make %.200q\nof %.200q\nand not %.200q", made, p.old, p.new)
	}
}

func TestEditsMakeNewOfOld(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var d Differ
	for range 1000 {
		p := randomPair(r)
		checkEdits(t, p, d.Diff(p.old, p.new))
	}
	for _, p := range largePairs() {
		if len(p.old) < 100_000 {
			checkEdits(t, p, d.Diff(p.old, p.new))
		}
	}
}

// A Differ that compared other files before gives the same edits as a new one.
func TestDifferForgets(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	var used Differ
	for range 500 {
		p := randomPair(r)
		var fresh Differ
		a, b := used.Diff(p.old, p.new), fresh.Diff(p.old, p.new)
		if len(a) != len(b) {
			t.Fatalf("%d edits, and %d by a new Differ", len(a), len(b))
		}
		for i := range a {
			if a[i] != b[i] {
				t.Fatalf("edit %+v, and %+v by a new Differ", a[i], b[i])
			}
		}
	}
}

func TestDiffAllocatesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	pairs := make([]pair, 200)
	for i := range pairs {
		pairs[i] = randomPair(r)
	}
	var d Differ
	all := func() {
		for _, p := range pairs {
			d.Diff(p.old, p.new)
		}
	}
	all()
	if n := testing.AllocsPerRun(3, all); n > 0 {
		t.Errorf("%v allocations for %d pairs that were compared before", n, len(pairs))
	}
}

func TestLargeBuffersAreNotKept(t *testing.T) {
	t.Parallel()
	var d Differ
	d.Diff(bytes.Repeat([]byte("a\n"), keepLines/2), bytes.Repeat([]byte("b\n"), keepLines/2+1))
	if n := cap(d.slots) + cap(d.classes) + cap(d.old.ends); n > 0 {
		t.Errorf("room for %d things is kept", n)
	}
}

func TestIsBinary(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		content []byte
		want    bool
	}{
		{nil, false},
		{[]byte("\xff\xfe text\n"), false},
		{[]byte("a\x00"), true},
		{append(bytes.Repeat([]byte("x"), 7999), 0), true},
		{append(bytes.Repeat([]byte("x"), 8000), 0), false},
	} {
		if got := IsBinary(tt.content); got != tt.want {
			t.Errorf("%d bytes: %v", len(tt.content), got)
		}
	}
}

// FuzzDiff: whatever is compared, the edits make the new content of the old one, in time
// that grows with the size of the files and not with its square. Hashes are seeded at
// random, so coverage varies: fuzz with -fuzzminimizetime=1x.
func FuzzDiff(f *testing.F) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 20 {
		p := randomPair(r)
		f.Add(p.old, p.new)
	}
	f.Add([]byte(""), []byte("a"))
	f.Add([]byte("a\n\n\nb"), []byte("\n\na\n\nb\n"))
	var d Differ
	f.Fuzz(func(t *testing.T, old, new []byte) {
		// Bytes become lines too, so that few of them make many.
		for _, p := range []pair{{old, new}, {eachByte(old), eachByte(new)}} {
			start := time.Now()
			edits := d.Diff(p.old, p.new)
			if took, most := time.Since(start), time.Second+time.Duration(len(p.old)+len(p.new))*20*time.Microsecond; took > most {
				t.Errorf("%d and %d bytes took %v", len(p.old), len(p.new), took)
			}
			checkEdits(t, p, edits)
		}
	})
}

func eachByte(b []byte) []byte {
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, c&15, '\n')
	}
	return out
}

// searched is Diff without the short way of plain.
func (d *Differ) searched(old, new []byte) []Edit {
	head, tail := commonEnds(old, new)
	d.old.text, d.new.text = old[head:len(old)-tail], new[head:len(new)-tail]
	d.edits = d.edits[:0]
	at := Edit{Range{Line: bytes.Count(old[:head], newline), Start: head}, Range{Line: bytes.Count(old[:head], newline), Start: head}}
	if len(d.old.text) == 0 || len(d.new.text) == 0 || !d.classify() {
		return d.Diff(old, new)
	}
	n := at.Old.Line + d.countCommon(old[:head], old[len(old)-tail:])
	d.old.total, d.new.total = n+len(d.old.ends), n+len(d.new.ends)
	d.match()
	d.collect(at)
	return d.edits
}

// Where plain decides, a search finds the same edits.
func TestPlainIsWhatASearchFinds(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(31, 0))
	var short, long Differ
	decided := 0
	for range 20_000 {
		words, n := pick(r, 3, 30, 3000), r.IntN(60)
		var old [][]byte
		for range n {
			old = append(old, fmt.Appendf(nil, "%d\n", r.IntN(words)))
		}
		new := slices.Clone(old)
		near := r.IntN(len(new) + 1)
		for k := range 1 + r.IntN(4) {
			at := min(near+k, len(new)) // close together, or anywhere
			if k%2 == 0 {
				at = r.IntN(len(new) + 1)
			}
			to := min(len(new), at+r.IntN(3))
			var lines [][]byte
			for range r.IntN(6) {
				lines = append(lines, fmt.Appendf(nil, "%d\n", pick(r, r.IntN(words), 5000+r.IntN(4))))
			}
			new = slices.Replace(new, at, to, lines...)
		}
		a, b := bytes.Join(old, nil), bytes.Join(new, nil)
		want := slices.Clone(long.searched(a, b))
		got := short.Diff(a, b)
		if !slices.Equal(got, want) {
			t.Fatalf("%q\n%q\n%v, and by a search %v", a, b, got, want)
		}
		if len(got) > 1 && short.plain() {
			decided++
		}
	}
	if decided < 1000 {
		t.Errorf("only %d were decided by plain", decided)
	}
}
