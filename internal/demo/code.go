package demo

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// statement is one or some lines of a function that belong together.
type statement struct {
	text   string
	marker bool // a comment that admits debt
}

// function is a named piece of a file.
type function struct {
	head, tail string
	body       []statement
}

// file is a source file as its authors think of it.
type file struct {
	path, area, base string
	test             bool
	preamble         string
	functions        []function
	lines            int
	markers          int
	busy             bool       // changed on a side branch that has not landed
	version          int        // counts changes
	before           []function // as of the last version but one
}

// words fills templates for one place in the code.
type words struct {
	r    *rand.Rand
	kind *repoKind
	area string
}

// fill replaces the placeholders of a template; n and m stay the same within it.
func (w words) fill(template, n, m, verb, name string) string {
	if !strings.Contains(template, "$") {
		return template
	}
	return strings.NewReplacer(
		"a $n", article(n), "a $m", article(m), "$ns", plural(n), "$ms", plural(m), "$vs", plural(verb), "$Vs", title(plural(verb)),
		"$N", title(n), "$M", title(m), "$n", n, "$m", m, "$a", w.area,
		"$F", camel(name), "$f", lowerFirst(camel(name)), "$p", name,
		"$V", title(verb), "$v", verb, "$k", strconv.Itoa(2+w.r.IntN(88)),
	).Replace(template)
}

// nouns draws two different ones.
func (w words) nouns() (n, m string) {
	i := w.r.IntN(len(w.kind.nouns))
	j := (i + 1 + w.r.IntN(len(w.kind.nouns)-1)) % len(w.kind.nouns)
	return w.kind.nouns[i], w.kind.nouns[j]
}

func (w words) verb() string { return one(w.r, w.kind.lang.verbs) }

// statement writes a piece of a function.
func (w words) statement(test bool) statement {
	n, m := w.nouns()
	stock := w.kind.lang.body
	if test {
		stock = w.kind.lang.testBody
	}
	return statement{text: w.fill(one(w.r, stock), n, m, w.verb(), "")}
}

// function writes a whole one.
func (w words) function(test bool) function {
	n, m := w.nouns()
	verb, l := w.verb(), w.kind.lang
	name := verb + "_" + n
	if w.r.Float64() < 0.5 {
		name += one(w.r, []string{"_for_", "_by_", "_with_"}) + m
	}
	i := w.r.IntN(len(l.heads))
	head, tail := l.heads[i], l.tails[i]
	if test {
		head, tail = l.testHead, l.testTail
	}
	f := function{head: w.fill(head, n, m, verb, name), tail: w.fill(tail, n, m, verb, name)}
	for range 1 + w.r.IntN(3) + w.r.IntN(4) {
		f.body = append(f.body, w.statement(test))
	}
	return f
}

// newFile writes a file of some functions.
func (w words) newFile(path, area, base string, test bool, functions int) *file {
	w.area = area
	n, m := w.nouns()
	f := &file{path: path, area: area, base: base, test: test, preamble: w.fill(w.kind.lang.preamble, n, m, "", "")}
	if test {
		f.preamble = testPreamble(w.kind.lang.ext, area, base)
	}
	for range functions {
		f.functions = append(f.functions, w.function(test))
	}
	f.count()
	return f
}

func testPreamble(ext, area, base string) string {
	switch ext {
	case "go":
		return "package " + area + "\n\nimport \"testing\""
	case "ts":
		return "import { expect, test } from \"vitest\";\nimport * as " + base + " from \"./" + base + "\";"
	}
	return "import pytest\n\nfrom insights." + area + " import " + base
}

// text is the file as it lies in the repository.
func (f *file) text() string {
	var b strings.Builder
	b.Grow(40 * f.lines)
	b.WriteString(f.preamble)
	b.WriteByte('\n')
	for _, fn := range f.functions {
		b.WriteByte('\n')
		b.WriteString(fn.head)
		b.WriteByte('\n')
		for _, s := range fn.body {
			b.WriteString(s.text)
			b.WriteByte('\n')
		}
		if fn.tail != "" {
			b.WriteString(fn.tail)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// count brings the sums of a file up to date.
func (f *file) count() {
	f.lines, f.markers = 1+strings.Count(f.preamble, "\n"), 0
	for _, fn := range f.functions {
		f.lines += 3 + strings.Count(fn.head, "\n") + strings.Count(fn.tail, "\n")
		for _, s := range fn.body {
			f.lines += 1 + strings.Count(s.text, "\n")
			if s.marker {
				f.markers++
			}
		}
	}
}

// keep remembers the functions, so that the next change can be undone.
func (f *file) keep() {
	f.before = make([]function, len(f.functions))
	for i, fn := range f.functions {
		fn.body = slices.Clone(fn.body)
		f.before[i] = fn
	}
}

const longestFile = 380 // lines; longer files only lose

// edit changes a file as a developer would: mostly some statements of one or two
// functions, sometimes whole functions. Files grow slowly.
func (w words) edit(f *file) {
	w.area = f.area
	for range 1 + w.r.IntN(2) {
		x := w.r.Float64()
		if f.lines > longestFile {
			x = 0.86 + 0.14*x
		}
		switch {
		case x < 0.08 || len(f.functions) == 0:
			i := w.r.IntN(len(f.functions) + 1)
			f.functions = slices.Insert(f.functions, i, w.function(f.test))
		case x < 0.34:
			fn := &f.functions[w.r.IntN(len(f.functions))]
			fn.body = slices.Insert(fn.body, w.r.IntN(len(fn.body)+1), w.statement(f.test))
		case x < 0.86:
			w.replace(f)
		case x < 0.97:
			w.shrink(f)
		default:
			w.dropFunction(f)
		}
	}
	f.count()
}

// replace rewrites up to three statements that follow each other.
func (w words) replace(f *file) {
	fn := &f.functions[w.r.IntN(len(f.functions))]
	if len(fn.body) == 0 {
		return
	}
	from := w.r.IntN(len(fn.body))
	for i := from; i < min(len(fn.body), from+1+w.r.IntN(3)); i++ {
		if !fn.body[i].marker {
			fn.body[i] = w.statement(f.test)
		}
	}
}

// shrink takes a statement out.
func (w words) shrink(f *file) {
	fn := &f.functions[w.r.IntN(len(f.functions))]
	for i := range fn.body {
		if len(fn.body) > 1 && !fn.body[i].marker {
			fn.body = slices.Delete(fn.body, i, i+1)
			return
		}
	}
}

// dropFunction takes a function out that admits no debt.
func (w words) dropFunction(f *file) {
	if len(f.functions) < 3 {
		return
	}
	i := w.r.IntN(len(f.functions))
	if !slices.ContainsFunc(f.functions[i].body, func(s statement) bool { return s.marker }) {
		f.functions = slices.Delete(f.functions, i, i+1)
	}
}

// admit puts a comment into a function.
func (w words) admit(f *file, by *person) {
	w.area = f.area
	fn := &f.functions[w.r.IntN(len(f.functions))]
	n, m := w.nouns()
	given, _, _ := strings.Cut(strings.ToLower(by.name), " ")
	text := strings.ReplaceAll(w.fill(one(w.r, debtStock()), n, m, w.verb(), ""), "@", given)
	line := w.kind.lang.indent + w.kind.lang.comment + text
	fn.body = slices.Insert(fn.body, w.r.IntN(len(fn.body)+1), statement{line, true})
	f.count()
}

// payDown takes one admitted debt out, and rewrites what stood beside it.
func (w words) payDown(f *file) {
	w.area = f.area
	skip := w.r.IntN(f.markers)
	for i := range f.functions {
		body := f.functions[i].body
		for j := range body {
			if !body[j].marker {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if j+1 < len(body) && !body[j+1].marker {
				body[j+1] = w.statement(f.test)
			}
			f.functions[i].body = slices.Delete(body, j, j+1)
			f.count()
			return
		}
	}
}

// debtStock is how people admit debt; @ is who does.
func debtStock() []string {
	return lines(`
TODO: handle a $n without $m
TODO(@): read the limit of the $n from the settings
TODO: move this to the $m code
TODO(@): cover the case of two $ms
TODO: drop this when every $n has a $m
TODO: paginate, a $m can have many $ns
TODO(@): ask the $a team whether $n may be empty
FIXME: the $n is read twice when the $m is locked
FIXME: rounding differs from the $m report
FIXME(@): fails for a $n of another time zone
FIXME: no timeout when the $m does not answer
HACK: the $m sends the $n as text
HACK: wait $k ms until the $n is visible
XXX: depends on the order of the $ms
XXX: why is the $n negative here?
temporary workaround until the $m returns a $n
temporary workaround: the $n is copied to the $m
this is a hack, the $n belongs to the $m
should be refactored together with the $m
this should be refactored: $n and $m do the same`)
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// article is a noun with a or an before it.
func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeio") {
		return "an " + noun
	}
	return "a " + noun
}

// plural also makes the third person of a verb.
func plural(s string) string {
	n := len(s)
	switch {
	case n == 0:
		return s
	case strings.HasSuffix(s, "ch"), strings.HasSuffix(s, "sh"), strings.HasSuffix(s, "s"):
		return s + "es"
	case s[n-1] == 'y' && !strings.ContainsAny(s[n-2:n-1], "aeo"):
		return s[:n-1] + "ies"
	}
	return s + "s"
}

// camel turns check_fee_by_batch into CheckFeeByBatch.
func camel(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "_") {
		b.WriteString(title(part))
	}
	return b.String()
}
