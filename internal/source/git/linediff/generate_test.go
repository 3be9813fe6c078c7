package linediff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
)

// file is a text that tests edit line by line.
type file [][]byte

// maker makes lines of one kind.
type maker struct {
	r     *rand.Rand
	kinds int    // how many different lines there are
	blank int    // percent of lines that are blank
	eol   string // how lines end
}

func (m maker) line() []byte {
	if m.r.IntN(100) < m.blank {
		return []byte(m.eol)
	}
	return []byte("line " + strconv.Itoa(m.r.IntN(m.kinds)) + m.eol)
}

func (m maker) lines(n int) file {
	f := make(file, n)
	for i := range f {
		f[i] = m.line()
	}
	return f
}

func (f file) bytes() []byte { return bytes.Join(f, nil) }

// replace puts lines in the place of n lines from the i-th.
func (f file) replace(i, n int, lines file) file {
	out := append(file{}, f[:i]...)
	return append(append(out, lines...), f[i+n:]...)
}

// edit makes small changes at random places.
func (f file) edit(m maker, times int) (out file) {
	places := make([]int, times)
	for i := range places {
		places[i] = m.r.IntN(len(f) + 1)
	}
	slices.Sort(places)
	at := 0
	for _, place := range places {
		if place > at {
			out = append(out, f[at:place]...)
			at = place
		}
		n := min(1+m.r.IntN(5), len(f)-at)
		switch m.r.IntN(4) {
		case 0:
			at += n
		case 1:
			at += n
			out = append(out, m.lines(n)...)
		default:
			out = append(out, m.lines(1+m.r.IntN(5))...)
		}
	}
	return append(out, f[at:]...)
}

// move takes a block from one place to another.
func (f file) move(r *rand.Rand) file {
	i := r.IntN(len(f) + 1)
	n := r.IntN(len(f) - i + 1)
	block := append(file{}, f[i:i+n]...)
	f = f.replace(i, n, nil)
	return f.replace(r.IntN(len(f)+1), 0, block)
}

// pick takes one of the given values.
func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// pair is an old and a new content of a file.
type pair struct{ old, new []byte }

// randomPair makes a pair as different as may be: of few or many different lines, with
// few or many edits, moves, and last lines that do not end.
func randomPair(r *rand.Rand) pair {
	m := maker{r, pick(r, 1, 2, 3, 10, 50, 1000, 1<<30), pick(r, 0, 15, 30), pick(r, "\n", "\n", "\r\n")}
	n := r.IntN(pick(r, 1, 2, 4, 20, 200, 200, 2000) + 1)
	a := m.lines(n)
	b := a.edit(m, pick(r, 0, 1, 3, 10, n/10, n/2, n))
	if r.IntN(5) == 0 {
		b = b.move(r)
	}
	if r.IntN(10) == 0 {
		b = m.lines(n)
	}
	p := pair{a.bytes(), b.bytes()}
	for _, t := range []*[]byte{&p.old, &p.new} {
		if r.IntN(6) == 0 {
			*t = bytes.TrimSuffix(*t, []byte("\n"))
		}
	}
	if r.IntN(20) == 0 {
		p.old, p.new = append(p.old, "same end"...), append(p.new, "same end"...)
	}
	return p
}

// repeatedBlocks makes files of 45,000 lines and more: a row of blocks, of which there are
// so many kinds, with some in another place, and noise between them.
func repeatedBlocks(r *rand.Rand, kinds, size, noise int) (a, b file) {
	blocks := make([]file, kinds)
	for i := range blocks {
		blocks[i] = maker{r, 1 << 30, 0, "\n"}.lines(size + r.IntN(8))
	}
	order := make([]int, 45_000/size)
	for i := range order {
		order[i] = r.IntN(kinds)
	}
	render := func() (f file) {
		for _, i := range order {
			f = append(append(f, blocks[i]...), maker{r, 60, 0, "\n"}.lines(r.IntN(noise+1))...)
		}
		return f
	}
	a = render()
	for range len(order) / 5 {
		order[r.IntN(len(order))] = r.IntN(kinds)
	}
	return a, render()
}

// largePairs are files in which git takes shortcuts. They take time to make.
var largePairs = sync.OnceValue(func() map[string]pair {
	r := rand.New(rand.NewPCG(3, 4))
	many := maker{r, 1 << 30, 0, "\n"}
	blocks := func(n, size int) (a, b file) { // moved about, with changes between them
		all := make([]file, n)
		for i := range all {
			all[i] = many.lines(size)
		}
		order := func() (f file) {
			for _, i := range r.Perm(n) {
				f = append(append(f, all[i]...), many.lines(r.IntN(3))...)
			}
			return f
		}
		return order(), order()
	}
	pairs := map[string]pair{}
	add := func(name string, a, b file) { pairs[name] = pair{a.bytes(), b.bytes()} }

	a := many.lines(200_000)
	add("200,000 lines, 300 edits", a, a.edit(many, 300))
	add("100,000 lines, none in common", a[:100_000], many.lines(100_000))
	for _, kinds := range []int{2, 5, 100, 3000} {
		few := maker{r, kinds, 0, "\n"}
		add("20,000 lines of "+strconv.Itoa(kinds)+" kinds", few.lines(20_000), few.lines(20_000))
		b := few.lines(30_000)
		add("30,000 lines of "+strconv.Itoa(kinds)+" kinds, 4,000 edits", b, b.edit(few, 4000))
	}
	// Places are promising only in files that make a walk long enough, and to go for them is
	// a mistake only where the same blocks come again and again.
	for _, kinds := range []int{4, 40} {
		for _, size := range []int{10, 16} {
			for _, noise := range []int{1, 6} {
				a, b := repeatedBlocks(r, kinds, size, noise)
				add(fmt.Sprintf("%d kinds of blocks of %d lines, up to %d between", kinds, size, noise), a, b)
			}
		}
	}
	for _, size := range []int{10, 19, 20, 21, 22, 25, 40, 100} {
		a, b := blocks(12_000/size, size)
		add("moved blocks of "+strconv.Itoa(size), a, b)
	}
	for _, n := range []int{255, 256, 257, 258, 300, 600} {
		a, b := blocks(4, 400) // walks that end near the cost at which shortcuts begin
		add("blocks between "+strconv.Itoa(n)+" changes", append(many.lines(n), a...), append(many.lines(n), b...))
		few := maker{r, 40, 10, "\n"}
		c := few.lines(4000)
		add("4,000 lines of few kinds, "+strconv.Itoa(n)+" edits", c, c.edit(few, n))
	}
	// A line is frequent from 1,024 on, in files of a million lines and more.
	million := bytes.Repeat([]byte("x\n"), 1<<20)
	for _, n := range []int{1022, 1023, 1024, 1025, 1500, 2100} {
		var a, b file
		for i := range n {
			a = append(a, many.line(), []byte("often\n"), many.line(), many.line(), many.line(), many.line(), many.line(), many.line())
			b = append(b, []byte("often\n"))
			if i%7 == 0 {
				b = append(b, many.line())
			}
		}
		pairs[strconv.Itoa(n)+" frequent lines"] = pair{append(a.bytes(), million...), append(b.bytes(), million...)}
	}
	// So does a neighbourhood of 100 lines decide, of which a quarter are frequent.
	for _, n := range []int{97, 98, 99, 100, 101, 102} {
		few := maker{r, 1, 0, "\n"}
		var a, b file
		for range 40 {
			a = append(append(a, many.line()), few.lines(n)...)
			a = append(append(a, many.lines(300)...), []byte("anchor\n"))
			b = append(append(b, few.lines(n)...), []byte("anchor\n"))
		}
		add("runs of "+strconv.Itoa(n), a, b)
		b = nil
		for range 30 {
			k := r.IntN(60)
			b = append(append(append(b, many.lines(3*k+r.IntN(7))...), few.lines(k)...), many.lines(r.IntN(5))...)
		}
		add("mixed runs, "+strconv.Itoa(n), b, append(few.lines(n), b.edit(many, n)...))
	}
	return pairs
})
