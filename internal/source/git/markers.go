package git

import (
	"bytes"
	"path"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

// comments knows how a language opens a comment.
type comments struct {
	leaders [][]byte // strings that open a comment anywhere in a line
	starts  [][]byte // strings that mark a comment only at the beginning of a line
}

// commentFamilies maps file extensions to the ways of opening a comment.
var commentFamilies = families()

func families() map[string]*comments {
	slash := &comments{leaders: bs("//", "/*"), starts: bs("*")}
	hash := &comments{leaders: bs("#"), starts: bs(`"""`, "'''")}
	m := map[string]*comments{}
	add := func(c *comments, exts string) {
		for _, e := range strings.Fields(exts) {
			m[e] = c
		}
	}
	add(slash, "go ts tsx js jsx mjs cjs java kt kts scala c h cc cpp cxx hpp hh cs fs php swift m mm rs dart zig v groovy gradle proto less scss sass css svelte vue asm s")
	add(hash, "py rb pl pm t r jl sh bash zsh ps1 ex exs nim tf coffee elm awk tcl graphql")
	add(&comments{leaders: bs("--", "/*")}, "sql lua ada hs elm")
	add(&comments{leaders: bs(";")}, "clj cljs el lisp scm")
	add(&comments{leaders: bs("%")}, "erl hrl")
	add(&comments{leaders: bs("(*", "//")}, "ml mli pas")
	add(&comments{leaders: bs("<!--", "{#", "{{!", "<%#", "-#", "{{/*", "//")}, "html erb haml slim jinja tmpl ejs hbs")
	return m
}

// commentStyle is how comments look in a file; nil where debt is not looked for.
func commentStyle(p string, category fact.Category) *comments {
	if category != fact.Code && category != fact.Test {
		return nil
	}
	return commentFamilies[strings.ToLower(strings.TrimPrefix(path.Ext(p), "."))]
}

// markerWords are the words by which code admits debt; they must stand alone, in
// capitals, in a comment.
var markerWords = []struct {
	word []byte
	kind string
}{{[]byte("TODO"), "todo"}, {[]byte("FIXME"), "fixme"}, {[]byte("HACK"), "hack"}, {[]byte("XXX"), "xxx"}}

// admissions are phrases by which people admit debt in comments: the patterns of
// Potdar and Shihab, "An exploratory study on self-admitted technical debt" (2014),
// that are phrases and rarely mean anything else.
var admissions = bs("this is a hack", "temporary workaround", "ugly hack", "dirty hack", "quick hack", "nasty hack", "kludge", "hacky",
	"temporary solution", "temporary fix", "temporary hack", "should be refactored", "needs refactoring", "need to refactor", "refactor this",
	"remove this code", "get rid of this", "this is wrong", "this is broken", "fix this properly", "not production ready", "clean this up",
	"technical debt", "tech debt", "this is ugly", "this is a workaround", "remove me before", "fix this crap", "is problematic")

const longestComment = 200 // bytes of a comment that are kept

// admits reports whether a line holds a comment that admits debt.
func (c *comments) admits(line []byte) (kind, text string, ok bool) {
	if len(line) > 2000 {
		return "", "", false
	}
	comment := c.comment(line)
	if len(comment) < 4 {
		return "", "", false
	}
	for _, m := range markerWords {
		if hasWord(comment, m.word) {
			return m.kind, commentText(comment), true
		}
	}
	lower := bytes.ToLower(comment)
	for _, a := range admissions {
		if bytes.Contains(lower, a) {
			return "admitted", commentText(comment), true
		}
	}
	return "", "", false
}

// comment is the part of a line from where a comment opens.
func (c *comments) comment(line []byte) []byte {
	trimmed := bytes.TrimSpace(line)
	for _, s := range c.starts {
		if bytes.HasPrefix(trimmed, s) {
			return trimmed
		}
	}
	for i := 0; i < len(trimmed); i++ {
		for _, l := range c.leaders {
			if bytes.HasPrefix(trimmed[i:], l) {
				return trimmed[i:]
			}
		}
		i += stringAt(trimmed, i)
	}
	return nil
}

// stringAt is how many bytes after i a string ends that opens there; 0 when none does.
// An apostrophe opens one only where a value may begin: it is also a lifetime, a
// prime, a quoted symbol or part of a word.
func stringAt(line []byte, i int) int {
	quote := line[i]
	switch {
	case quote == '"' || quote == '`':
	case quote == '\'' && (i == 0 || bytes.IndexByte([]byte(" \t=([{,:+"), line[i-1]) >= 0):
	default:
		return 0
	}
	for k := i + 1; k < len(line); k++ {
		switch line[k] {
		case '\\':
			k++
		case quote:
			return k - i
		}
	}
	return 0
}

// hasWord reports whether word stands in s with no letter, digit or underscore at
// its sides.
func hasWord(s, word []byte) bool {
	for from := 0; ; {
		i := bytes.Index(s[from:], word)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(word)
		if (i == 0 || !wordByte(s[i-1])) && (end == len(s) || !wordByte(s[end])) {
			return true
		}
		from = end
	}
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// commentText is a comment without its signs, on one line, cut to a readable length.
func commentText(comment []byte) string {
	s := strings.Join(strings.Fields(string(bytes.Trim(comment, "/*#-;%<>!{}(\"' \t"))), " ")
	return limit(s, longestComment)
}

func bs(words ...string) [][]byte {
	out := make([][]byte, len(words))
	for i, w := range words {
		out[i] = []byte(w)
	}
	return out
}
