package csv

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
)

// pushable are the kinds of files whose rows can be pushed, by the value of "item".
var pushable = map[string]string{"deployment": "deployments", "incident": "incidents", "issue": "issues"}

// pushed is one row that was pushed: an item as it stood at a time.
type pushed struct {
	key   string // of the item: the same for each of its states
	state string // in one form, whatever the order and the space of its fields
	raw   json.RawMessage
	at    time.Time
	facts fact.Delivery // the item alone
}

// ErrPushed is what is not as it must be, with the place and the field.
var ErrPushed = errors.New("not taken")

// most of what one request may hold.
const (
	mostPushed = 1000
	maxPushed  = 1 << 20 // bytes
)

// parsePushed reads an object, or an array of them: all of it or nothing. Every mistake is named
// by the object, counted from 0, and its field. Times that do not say their offset are of the zone,
// and a mistake without one.
func parsePushed(text []byte, zone *time.Location) ([]pushed, error) {
	if len(text) > maxPushed || !utf8.Valid(text) {
		return nil, fmt.Errorf("%w: longer than %d bytes, or not UTF-8", ErrPushed, maxPushed)
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("%w: not one JSON value", ErrPushed)
	}
	var list []json.RawMessage
	if text = bytes.TrimSpace(text); bytes.HasPrefix(text, []byte("[")) {
		if err := json.Unmarshal(text, &list); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPushed, err)
		}
	} else {
		list = []json.RawMessage{text}
	}
	if len(list) == 0 || len(list) > mostPushed {
		return nil, fmt.Errorf("%w: %d objects; send 1 to %d at a time", ErrPushed, len(list), mostPushed)
	}
	out, bad := make([]pushed, len(list)), []string{}
	for n, raw := range list {
		d := reader{zone: zone, where: fmt.Sprintf("[%d]", n), filled: map[string]int{}}
		out[n] = d.push(raw)
		bad = append(bad, d.bad...)
	}
	if more := len(bad) - mostBad; more > 0 {
		bad = append(bad[:mostBad], fmt.Sprintf("and %d more", more))
	}
	if len(bad) > 0 {
		return nil, fmt.Errorf("%w:\n%s", ErrPushed, strings.Join(bad, "\n"))
	}
	return out, nil
}

// push reads one object as a row of the kind that its field "item" names.
func (d *reader) push(raw json.RawMessage) (p pushed) {
	var fields map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil || fields == nil {
		d.wrong("not a JSON object")
		return p
	}
	item, _ := fields["item"].(string)
	kind := pushable[item]
	if kind == "" {
		d.wrong("item %q is none of deployment, incident, issue", fmt.Sprint(fields["item"]))
		return p
	}
	delete(fields, "item")
	d.values, d.lists = map[string]string{}, map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		d.field(kind, name, fields[name])
	}
	for _, c := range columns[kind] {
		if d.values[c.name] == "" && (c.need || kind == "issues" && c.name == "updated_at") {
			d.wrong("%s is missing", c.name)
		}
	}
	if len(d.bad) > 0 {
		return p
	}
	d.take(kind)
	p.facts, p.raw = d.delivery(), raw
	state, err := json.Marshal(fields) // keys in order
	if err != nil {
		d.wrong("%s", err)
	}
	p.state = item + string(state)
	p.key = strings.Join([]string{item, cmp.Or(d.values["repository"], "application "+d.values["application"]), d.values["id"]}, "\x00")
	switch {
	case len(p.facts.Issues) > 0:
		p.at = p.facts.Issues[0].UpdatedAt
	case len(p.facts.Deployments) > 0:
		p.at = p.facts.Deployments[0].UpdatedAt
	case len(p.facts.Incidents) > 0:
		p.at = p.facts.Incidents[0].UpdatedAt
	}
	return p
}

// field takes a field of an object as the text that a column would have; null is an empty one.
func (d *reader) field(kind, name string, value any) {
	i := slices.IndexFunc(columns[kind], func(c column) bool { return c.name == name || slices.Contains(c.also, name) })
	if i < 0 {
		var known []string
		for _, c := range columns[kind] {
			known = append(known, c.name)
		}
		d.wrong("%s is unknown; known are item, %s", clip(name), strings.Join(known, ", "))
		return
	}
	column := columns[kind][i].name
	if _, twice := d.values[column]; twice {
		d.wrong("%s is there twice, by another name", column)
	}
	switch v := value.(type) {
	case nil:
		d.values[column] = ""
	case string:
		d.values[column] = strings.TrimSpace(v)
	case json.Number:
		d.values[column] = v.String()
	case []any:
		if !slices.Contains([]string{"labels", "closed_by"}, column) {
			d.wrong("%s is a list", column)
			return
		}
		for _, one := range v {
			text, ok := one.(string)
			if !ok {
				d.wrong("%s holds what is no text", column)
			}
			d.lists[column] = append(d.lists[column], text)
		}
		d.values[column] = "" // the list says it
	default:
		d.wrong("%s is neither text nor number", column)
	}
}

// clip shortens what a sender made up.
func clip(s string) string {
	if r := []rune(problem.Visible(s)); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return problem.Visible(s)
}

// Gate lets rows of a webhook in: only those that are signed, as they must be, and that were not
// here before.
type Gate struct {
	secrets [][]byte
	mu      sync.Mutex
	seen    map[[sha256.Size]byte]bool
}

// NewGate knows the rows that a file holds already; there may be none yet.
func NewGate(file string, secrets ...[]byte) (*Gate, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	g := &Gate{secrets: secrets, seen: map[[sha256.Size]byte]bool{}}
	rows, _, err := readPushed(text, file)
	for _, p := range rows {
		g.seen[sha256.Sum256([]byte(p.state))] = true
	}
	return g, err
}

// Admit reads the rows of a request: a line of those that are new, to be kept, and what lets
// them come again where that fails.
func (g *Gate) Admit(header string, text []byte) (line []byte, release func(), err error) {
	if !source.Signed(header, text, g.secrets) {
		return nil, nil, source.ErrSignature
	}
	rows, err := parsePushed(text, nil)
	if err != nil {
		return nil, nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	var news []json.RawMessage
	var taken [][sha256.Size]byte
	for _, p := range rows {
		if sum := sha256.Sum256([]byte(p.state)); !g.seen[sum] {
			g.seen[sum] = true
			news, taken = append(news, p.raw), append(taken, sum)
		}
	}
	if len(news) == 0 {
		return nil, nil, source.ErrReplayed
	}
	release = func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, sum := range taken {
			delete(g.seen, sum)
		}
	}
	line, err = json.Marshal(news) // of what was parsed: it cannot fail
	return line, release, err
}

// readPushed reads lines of rows, with the places at which those lines end. The last one may be
// cut, as it may be being written. A line may be older than the rule that times say their offset.
func readPushed(text []byte, file string) (rows []pushed, ends []int, err error) {
	place := 0
	for n := 1; place < len(text); n++ {
		line, _, ended := bytes.Cut(text[place:], []byte("\n"))
		if !ended {
			return rows, ends, nil
		}
		place += len(line) + 1
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		list, err := parsePushed(line, time.UTC)
		if err != nil {
			return nil, nil, problem.New(problem.Invalid, "each line is a JSON object, or an array of some, as POST /hooks/NAME takes them", "%s:%d: %w", filepath.Base(file), n, err)
		}
		for _, p := range list {
			rows, ends = append(rows, p), append(ends, place)
		}
	}
	return rows, ends, nil
}

// Pushed is a feed of rows that were pushed, in a file with a line for each request.
type Pushed struct{ name, file string }

// NewPushed makes a feed of a file. Its name tells it from other feeds.
func NewPushed(name, file string) *Pushed { return &Pushed{name, file} }

// Name implements source.Feed.
func (f *Pushed) Name() string { return f.name }

// Look implements source.Feed.
func (f *Pushed) Look(ctx context.Context) (s source.Sight, err error) {
	text, err := os.ReadFile(f.file)
	if err != nil {
		return s, unreadable(f.file, err)
	}
	rows, _, err := readPushed(text, f.file)
	if err != nil {
		return s, err
	}
	count := map[string]int{}
	for _, p := range rows {
		item, _, _ := strings.Cut(p.key, "\x00")
		count[item]++
	}
	for _, item := range slices.Sorted(maps.Keys(pushable)) {
		kind := pushable[item]
		if count[item] > 0 {
			s.Sees = append(s.Sees, source.Seen{Of: filepath.Base(f.file), What: kind})
		} else {
			s.Lacks = append(s.Lacks, source.Lack{What: kind, Why: "none was pushed", Costs: source.Costs(items[kind]), Do: "let what knows of them send them: docs/howto/connect-systems.md"})
		}
	}
	return s, ctx.Err()
}

// stand is how far a file was read.
type stand struct {
	Version int    `json:"version"`
	Bytes   int    `json:"bytes"`
	SHA256  string `json:"sha256"`
}

const (
	pushStream  = "pushed"
	pushVersion = 2
	perPage     = 1000
)

func standAt(text []byte) stand {
	sum := sha256.Sum256(text)
	return stand{pushVersion, len(text), hex.EncodeToString(sum[:])}
}

// Pull implements source.Feed. Of a file that grew, the items are told that its new lines speak
// of, each as all of its rows say.
func (f *Pushed) Pull(ctx context.Context, req source.Pull) error {
	text, err := os.ReadFile(f.file)
	if err != nil {
		return unreadable(f.file, err)
	}
	rows, ends, err := readPushed(text, f.file)
	if err != nil {
		return err
	}
	before := req.Cursor(pushStream)
	var told stand
	if json.Unmarshal([]byte(before), &told) != nil || told.Version != pushVersion || told.Bytes < 0 || told.Bytes > len(text) || standAt(text[:told.Bytes]) != told {
		told = stand{} // nothing of it is known
	}
	news := map[string]bool{}
	end := told.Bytes
	for n, p := range rows {
		if ends[n] > told.Bytes {
			news[p.key], end = true, ends[n]
		}
	}
	cursor, err := json.Marshal(standAt(text[:end]))
	if err != nil || source.Cursor(cursor) == before {
		return err
	}
	states := map[string][]pushed{}
	for _, p := range rows {
		if news[p.key] {
			states[p.key] = append(states[p.key], p)
		}
	}
	keys := slices.Sorted(maps.Keys(states))
	for done := 0; ; {
		page := source.Page{Stream: pushStream, Cursor: before}
		part := keys[done:min(done+perPage, len(keys))]
		for _, key := range part {
			add(&page.Delivery, states[key])
		}
		if done += len(part); done == len(keys) {
			page.Cursor = source.Cursor(cursor)
		}
		if req.Progress != nil {
			req.Progress(pushStream, done, len(keys))
		}
		if err := req.Emit(ctx, page); err != nil || done == len(keys) {
			return err
		}
	}
}

// add makes an item of its states, in whatever order they came: it is as the last by its own
// times says. An issue passed from each state to the next.
func add(d *fact.Delivery, states []pushed) {
	slices.SortFunc(states, func(a, b pushed) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.state, b.state)) })
	last := states[len(states)-1].facts
	d.Deployments, d.Incidents = append(d.Deployments, last.Deployments...), append(d.Incidents, last.Incidents...)
	for _, i := range last.Issues {
		for n := 1; n < len(states); n++ {
			from, to := states[n-1].facts.Issues[0], states[n].facts.Issues[0]
			if from.Category != to.Category || from.Status != to.Status {
				i.Transitions = append(i.Transitions, fact.Transition{From: from.Status, To: to.Status, FromCategory: from.Category, ToCategory: to.Category, At: states[n].at})
			}
		}
		d.Issues = append(d.Issues, i)
		if !slices.ContainsFunc(d.Projects, func(p fact.Project) bool { return p.Name == i.Project }) {
			d.Projects = append(d.Projects, fact.Project{Name: i.Project})
		}
	}
}
