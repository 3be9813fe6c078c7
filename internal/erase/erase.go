// Package erase puts a pseudonym in the place of what names an erased person, wherever it
// is read again. It remembers no name: what it looks for are keyed hashes, which whoever
// lacks the ledger's key cannot guess names from.
//
// It is pure. The ledger keeps erasures, the store writes what is left of them.
package erase

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
)

// Kind says where a key counts.
type Kind string

// Kinds of keys.
const (
	Identity Kind = "identity" // a name with its address, as a source wrote them
	Words    Kind = "words"    // words that follow each other, anywhere in a text: an address, a full name, an odd login
	Mark     Kind = "mark"     // a word like any other, where texts name people by it: after @, before / of a branch, in TODO(...)
)

// Key is something that named an erased person.
type Key struct {
	Kind  Kind
	Words int // how many follow each other
	Hash  []byte
}

// Erasure is a person whose names are erased.
type Erasure struct {
	Pseudonym string
	Keys      []Key
}

// Hash is a hash, for a purpose, that cannot be made without the ledger's key.
type Hash func(purpose, text string) []byte

// Concealer replaces what names erased people.
type Concealer struct {
	hash  Hash
	by    map[Kind]map[string]string // hash to pseudonym
	sizes []int                      // how many words keys have, the longest first
}

// New makes a concealer; nil where nobody is erased.
func New(hash Hash, all []Erasure) *Concealer {
	if len(all) == 0 {
		return nil
	}
	c := &Concealer{hash: hash, by: map[Kind]map[string]string{Identity: {}, Words: {}, Mark: {}}}
	for _, e := range all {
		for _, k := range e.Keys {
			if of := c.by[k.Kind]; of != nil {
				of[string(k.Hash)] = e.Pseudonym
			} // of other kinds are keys of the ledger's own
			if k.Kind == Words && !slices.Contains(c.sizes, k.Words) {
				c.sizes = append(c.sizes, k.Words)
			}
		}
	}
	slices.SortFunc(c.sizes, func(a, b int) int { return b - a })
	return c
}

func (c *Concealer) find(k Kind, text string) string {
	of := c.by[k]
	if len(of) == 0 {
		return ""
	}
	return of[string(c.hash(purpose(k), text))]
}

func purpose(k Kind) string { return "erased " + string(k) }

// Identity is what is stored of a name and an address.
func (c *Concealer) Identity(id fact.Identity) fact.Identity {
	if Pseudonym(id.Email) != "" {
		return id
	}
	who := c.find(Identity, whole(id))
	if who == "" {
		who = c.first(id.Email)
	}
	if who == "" {
		who = c.first(id.Name)
	}
	if who == "" {
		return id
	}
	return fact.Identity{Name: who, Email: c.address(who, id.Email)}
}

func whole(id fact.Identity) string { return id.Name + "\x00" + id.Email }

// host is nobody's: names below .invalid are never given out (RFC 6761).
const host = "erased.invalid"

// address stands for an address. Those that differ stay different, as lists of them in
// documents need it, and what hides a login still does.
func (c *Concealer) address(who, email string) string {
	tag := c.hash("erased address", strings.Join(lower(cut(email)), " "))
	if hidesLogin.MatchString(email) {
		return fmt.Sprintf("%d+%s@users.noreply.%s", binary.BigEndian.Uint16(tag), who, host)
	}
	return who + "." + hex.EncodeToString(tag[:2]) + "@" + host
}

// hidesLogin are the addresses by which forges keep the real one private.
var hidesLogin = regexp.MustCompile(`(?i)^(?:\d+[+-])?([a-z0-9][a-z0-9_.-]*)@(?:users\.)?noreply\.`)

// Login is the login that an address hides; "" for any other address.
func Login(email string) string {
	if m := hidesLogin.FindStringSubmatch(email); m != nil {
		return m[1]
	}
	return ""
}

var pseudonymous = regexp.MustCompile(`^(?:\d+\+)?(erased-[0-9a-f]{8})(?:\.[0-9a-f]{4})?@(?:users\.noreply\.)?erased\.invalid$`)

// Pseudonym is whom an address stands for; "" for the address of somebody who is not
// erased.
func Pseudonym(email string) string {
	if m := pseudonymous.FindStringSubmatch(email); m != nil {
		return m[1]
	}
	return ""
}

// NewPseudonym makes a pseudonym of random bytes.
func NewPseudonym(random [4]byte) string { return "erased-" + hex.EncodeToString(random[:]) }

// word is a piece of a text without spaces and punctuation.
type word struct {
	text     string // in lower case
	from, to int    // bytes of the text
}

func cut(s string) (out []word) {
	from := -1
	for i, r := range s {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		if inside && from < 0 {
			from = i
		} else if !inside && from >= 0 {
			out, from = append(out, word{strings.ToLower(s[from:i]), from, i}), -1
		}
	}
	if from >= 0 {
		out = append(out, word{strings.ToLower(s[from:]), from, len(s)})
	}
	return out
}

func lower(words []word) (out []string) {
	for _, w := range words {
		out = append(out, w.text)
	}
	return out
}

// hit is a part of a text that names an erased person.
type hit struct {
	who      string
	from, to int
}

// hits finds what names erased people, from left to right, the longest of what begins alike.
func (c *Concealer) hits(s string) (out []hit) {
	if c == nil || s == "" {
		return nil
	}
	words := cut(s)
	for i := 0; i < len(words); i++ {
		if h, n := c.at(s, words[i:]); n > 0 {
			out = append(out, h)
			i += n - 1
		}
	}
	return out
}

// at is what the first of words begins; n says how many words it has.
func (c *Concealer) at(s string, words []word) (h hit, n int) {
	for _, size := range c.sizes {
		if size > len(words) || !together(s, words[:size]) {
			continue
		}
		if who := c.find(Words, strings.Join(lower(words[:size]), " ")); who != "" {
			return hit{who, words[0].from, words[size-1].to}, size
		}
	}
	if marked(s, words[0]) {
		if who := c.find(Mark, words[0].text); who != "" {
			return hit{who, words[0].from, words[0].to}, 1
		}
	}
	return h, 0
}

// mostBetween is how many bytes of spaces and punctuation may stand between two words of
// one name.
const mostBetween = 3

func together(s string, words []word) bool {
	for i := 1; i < len(words); i++ {
		if between := s[words[i-1].to:words[i].from]; len(between) > mostBetween || strings.ContainsAny(between, "\n\r") {
			return false
		}
	}
	return true
}

// marked tells whether a word stands where texts name people.
func marked(s string, w word) bool {
	before, after := s[:w.from], s[w.to:]
	switch {
	case strings.HasSuffix(before, "@"), strings.HasPrefix(after, "@"):
		return true
	case strings.HasSuffix(before, "(") && strings.HasPrefix(after, ")"):
		return true
	case strings.HasPrefix(after, "/"):
		return before == "" || strings.HasSuffix(before, "from ") || strings.HasSuffix(before, "of ")
	}
	return false
}

func (c *Concealer) first(s string) string {
	if h := c.hits(s); len(h) > 0 {
		return h[0].who
	}
	return ""
}

// Text is a text without the names of erased people.
func (c *Concealer) Text(s string) string { return c.replace(s, c.hits(s)) }

func (c *Concealer) replace(s string, hits []hit) string {
	if len(hits) == 0 {
		return s
	}
	var b strings.Builder
	at := 0
	for _, h := range hits {
		b.WriteString(s[at:h.from])
		if old := s[h.from:h.to]; strings.Contains(old, "@") {
			b.WriteString(c.address(h.who, old))
		} else {
			b.WriteString(h.who)
		}
		at = h.to
	}
	return b.String() + s[at:]
}

// Value is what stands where a name or an id is expected and nothing else, without the
// names of erased people: a word like any other counts there.
func (c *Concealer) Value(s string) string {
	if c == nil {
		return s
	}
	if words := cut(s); len(words) == 1 && words[0].from == 0 && words[0].to == len(s) {
		if who := c.find(Mark, words[0].text); who != "" {
			return who
		}
	}
	return c.Text(s)
}

// A word that is a whole key or value of YAML stands between these, on its line.
var (
	beforeScalar = regexp.MustCompile(`(?:^[ \t]*(?:-[ \t]+)?|[\[{,][ \t]*)(?:[a-z_]+:[ \t]+)?\[?["']?$`)
	afterScalar  = regexp.MustCompile(`^["']?(?:[,\]}:]|[ \t]+#|[ \t]*\r?$)`)
)

// Document is a document in YAML without the names of erased people; where there is a
// path or an address of the web, it stays.
func (c *Concealer) Document(text string) string {
	if c == nil {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		var hits []hit
		for _, h := range c.hits(line) {
			if !strings.Contains(around(line, h), "/") {
				hits = append(hits, h)
			}
		}
		b.WriteString(c.replace(line, c.alone(line, hits)))
	}
	return b.String()
}

// alone adds to hits the words of a line that are whole keys or values.
func (c *Concealer) alone(line string, hits []hit) []hit {
	if len(c.by[Mark]) == 0 {
		return hits
	}
	body := strings.TrimRight(line, "\n")
	for _, w := range cut(body) {
		if !beforeScalar.MatchString(body[:w.from]) || !afterScalar.MatchString(body[w.to:]) {
			continue
		}
		if who := c.find(Mark, w.text); who != "" && !slices.ContainsFunc(hits, func(h hit) bool { return h.from <= w.from && w.to <= h.to }) {
			hits = append(hits, hit{who, w.from, w.to})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return a.from - b.from })
	return hits
}

// around is the run without spaces in which something begins.
func around(s string, h hit) string {
	from, to := h.from, h.to
	for from > 0 && !strings.ContainsRune(" \t\n\r\"'", rune(s[from-1])) {
		from--
	}
	for to < len(s) && !strings.ContainsRune(" \t\n\r\"',", rune(s[to])) {
		to++
	}
	return s[from:to]
}

// Named is all that names a person.
type Named struct {
	Identities []fact.Identity // as sources wrote them
	Names      []string        // others, as of documents
	Addresses  []string
	Logins     []string // and ids
}

// Keys are what a person is known by from then on. What also names one of others, such as
// a name that two people share, is none, and is given apart: it cannot be erased without
// erasing them.
func Keys(hash Hash, n Named, others []fact.Identity) (keys []Key, shared []string) {
	texts, marks := n.texts()
	var candidates []Key
	of := map[string]string{} // hash to what it is of
	add := func(k Kind, words int, text string) {
		h := hash(purpose(k), text)
		if _, ok := of[string(k)+string(h)]; !ok && text != "" {
			of[string(k)+string(h)] = text
			candidates = append(candidates, Key{k, words, h})
		}
	}
	for _, id := range n.Identities {
		add(Identity, 0, whole(id))
	}
	for _, t := range texts {
		add(Words, len(strings.Fields(t)), t)
	}
	for _, m := range marks {
		add(Mark, 1, m)
	}
	taken := map[string]bool{}
	for _, id := range others {
		for _, s := range []string{id.Name, id.Email} {
			for _, t := range runs(s, 8) {
				taken[t] = true
			}
		}
	}
	for _, k := range candidates {
		text := of[string(k.Kind)+string(k.Hash)]
		if k.Kind != Identity && taken[text] {
			shared = append(shared, text)
			continue
		}
		keys = append(keys, k)
	}
	return keys, shared
}

// texts are runs of words that name a person anywhere, and words that do so at marked
// places alone.
func (n Named) texts() (texts, marks []string) {
	name := func(s string) {
		words := lower(cut(s))
		switch {
		case len(words) == 0:
		case len(words) == 1 && !odd(words[0]):
			marks = append(marks, words[0])
		default:
			texts = append(texts, strings.Join(words, " "))
		}
		if len(words) == 2 { // as lists have it: Roe, Jane
			texts = append(texts, words[1]+" "+words[0])
		}
	}
	for _, id := range n.Identities {
		name(id.Name)
		if strings.Contains(id.Email, "@") {
			texts = append(texts, strings.Join(lower(cut(id.Email)), " "))
		}
		name(Login(id.Email))
	}
	for _, s := range slices.Concat(n.Names, n.Logins) {
		name(s)
	}
	for _, a := range n.Addresses {
		texts = append(texts, strings.Join(lower(cut(a)), " "))
	}
	return texts, marks
}

// odd is a word that hardly means anything but one person: long, or with a digit in it.
func odd(word string) bool {
	n := utf8.RuneCountInString(word)
	return n >= 9 || n >= 6 && strings.ContainsFunc(word, unicode.IsDigit)
}

// runs are all runs of at most so many words.
func runs(s string, most int) (out []string) {
	words := lower(cut(s))
	for i := range words {
		for n := 1; n <= min(most, len(words)-i); n++ {
			out = append(out, strings.Join(words[i:i+n], " "))
		}
	}
	return out
}
