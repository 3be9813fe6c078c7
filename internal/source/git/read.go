package git

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

// cursor is how far a clone was read.
type cursor struct {
	Head    string `json:"head,omitempty"`   // everything that it reaches is stored
	Target  string `json:"target,omitempty"` // the head that an interrupted reading was on its way to
	Ordinal int64  `json:"ordinal"`          // of the next commit
	Tags    string `json:"tags,omitempty"`   // fingerprint of the tags that are stored
	Landed  int64  `json:"landed,omitempty"` // when the head landed, in seconds
	Read    int64  `json:"read,omitempty"`   // when this machine's clock said that it was read, in seconds

	Releases map[string]string `json:"releases,omitempty"` // version tags that this place gave, and the commits that they name
	Shallow  []string          `json:"shallow,omitempty"`  // commits at which the history ended
}

func (c cursor) encode() source.Cursor {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return source.Cursor(b)
}

// Covers is the commit up to which a cursor of this source says that everything is
// stored; "" before the first reading is through.
func Covers(state string) string {
	var c cursor
	if json.Unmarshal([]byte(state), &c) != nil || c.Target != "" {
		return ""
	}
	return c.Head
}

// batchCommits and batchChanges bound what one transaction holds.
const (
	batchCommits = 5000
	batchChanges = 100_000
)

// Read emits what the head reaches and the cursor does not cover.
func (s *Source) Read(ctx context.Context, req source.Request) error {
	if s.place.Head == "" {
		if _, err := s.Open(ctx); err != nil || s.place.Head == "" {
			return err
		}
	}
	var c cursor
	if req.Cursor != "" {
		if err := json.Unmarshal([]byte(req.Cursor), &c); err != nil {
			return fmt.Errorf("cursor: %w", err)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	rd := &reading{Source: s, r: s.repo(), req: req, cur: c, readAt: s.now()}
	if last := time.Unix(c.Read, 0); rd.readAt.Before(last) {
		rd.readAt = last.AddDate(1, 0, 0) // the clock ran back: it cannot tell which commits are from the future
	}
	defer func() {
		cancel()
		if rd.prepared != nil { // nothing runs on behind the end
			<-rd.prepared
		}
	}()
	rd.cur.Read = s.now().Unix()
	rd.shallow = rd.boundary(ctx)
	if c.Head != s.place.Head || c.Target != "" || !slices.Equal(c.Shallow, rd.shallow) {
		if err := rd.commits(ctx); err != nil {
			return err
		}
	}
	return rd.releases(ctx)
}

func (s *Source) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// reading is one run over a clone.
type reading struct {
	*Source
	r      repo
	req    source.Request
	cur    cursor
	readAt time.Time

	shallow []string // commits at which the history ends, in order
	whole   []node   // all that the head reaches, where all of it was looked at
	records []record // decision records to read before the next batch is emitted

	prepared <-chan prepared // releases, once they are being read; closed when that ended
}

// commits reads what is new on the main line. An interrupted or rewritten history,
// or one that merged itself the wrong way round, is compared with what is stored.
func (rd *reading) commits(ctx context.Context) error {
	previous, fresh, err := rd.previous(ctx)
	if err != nil {
		return err
	}
	own, err := rd.r.openObjects(ctx, rd.shallow)
	if err != nil {
		return err
	}
	defer own.close()
	landed := time.Unix(rd.cur.Landed, 0).UTC()
	nodes, err := rd.r.graph(ctx, own, rd.place.Head, previous...)
	if err != nil {
		return err
	}
	l := list{nodes: nodes, first: rd.cur.Ordinal}
	whole := len(previous) == 0
	if !whole {
		var base string
		if l.lands, base = landings(nodes, landed, rd.readAt); base != previous[0] || suspect(landed, rd.readAt) {
			whole = true // landings of what is stored may have moved
			if l.nodes, err = rd.r.graph(ctx, own, rd.place.Head); err != nil {
				return err
			}
		}
	}
	if whole {
		l.first, rd.whole = 0, l.nodes
		l.lands, _ = landings(l.nodes, time.Time{}, rd.readAt)
	}
	rd.prepareReleases(ctx)
	var b source.Batch
	if whole || rd.req.Shared {
		if l.known, err = rd.req.Known(ctx); err != nil {
			return err
		}
		b = rd.compare(l, whole && !fresh)
	}
	return rd.new(ctx, own, l, b)
}

// list is what the head reaches, or the part of it that is new to this place.
type list struct {
	nodes []node
	first int64 // ordinal of the first
	lands []fact.Landing
	known map[string]bool // commits that are stored already and stay
}

// previous gives the head that reading may start from: none at first, after an
// interruption, when history was rewritten and when a shallow one became deeper. fresh
// means that nothing of this clone was read before.
func (rd *reading) previous(ctx context.Context) (heads []string, fresh bool, err error) {
	if rd.cur.Head == "" {
		return nil, rd.cur.Target == "", nil
	}
	if rd.cur.Target != "" || !slices.Equal(rd.cur.Shallow, rd.shallow) {
		return nil, false, nil
	}
	if rd.cur.Head != rd.descends {
		_, err = rd.r.output(ctx, nil, "merge-base", "--is-ancestor", rd.cur.Head, rd.place.Head)
		if err != nil {
			return nil, false, ctx.Err() // gone, or no ancestor: rewritten
		}
	}
	return []string{rd.cur.Head}, false, nil
}

// compare lists what changed for commits that are stored: those that history no
// longer holds, and those that reached the main line differently than thought. A
// commit that is stored as the end of a shallow history but is none here is read again.
func (rd *reading) compare(l list, corrects bool) (b source.Batch) {
	b.Corrects = corrects
	held := make(map[string]bool, len(l.nodes))
	for _, n := range l.nodes {
		held[n.sha] = true
	}
	for sha, whole := range l.known {
		_, ends := slices.BinarySearch(rd.shallow, sha)
		switch {
		case !held[sha] && corrects, held[sha] && !whole && !ends, held[sha] && whole && ends && !rd.req.Shared:
			b.Removed = append(b.Removed, sha)
		default:
			l.known[sha] = true
		}
	}
	slices.Sort(b.Removed)
	for _, sha := range b.Removed {
		delete(l.known, sha)
	}
	for i, n := range l.nodes {
		if l.known[n.sha] {
			land := l.lands[i]
			land.Ordinal = l.first + int64(i)
			b.Relanded = append(b.Relanded, source.Relanded{SHA: n.sha, Landing: land})
		}
	}
	return b
}

// new reads the commits that are not stored, batch by batch. What changed for stored
// ones goes before them, so that no transaction takes a commit out and in.
func (rd *reading) new(ctx context.Context, own *objects, l list, b source.Batch) error {
	shas := make([]string, 0, len(l.nodes))
	index := make(map[string]int, len(l.nodes))
	for i, n := range l.nodes {
		if !l.known[n.sha] {
			shas = append(shas, n.sha)
		}
		index[n.sha] = i
	}
	next := l.first + int64(len(l.nodes))
	most := rd.Batch
	if most == 0 {
		most = batchCommits
	}
	paths := map[string]bool{} // that were looked at already
	changes, done := 0, 0
	flush := func(end cursor) error {
		if err := rd.decisions(ctx, &b); err != nil {
			return err
		}
		b.Cursor = end.encode()
		err := rd.req.Emit(ctx, b)
		b, changes = source.Batch{}, 0
		return err
	}
	partway := rd.cur
	partway.Target, partway.Ordinal, partway.Landed, partway.Shallow = rd.place.Head, next, 0, rd.shallow
	if len(b.Removed) > 0 {
		if err := flush(partway); err != nil {
			return err
		}
	}
	rd.progress(0, len(shas))
	err := rd.r.changes(ctx, own, shas, func(ts []touched) error {
		for _, t := range ts {
			c := t.commit
			if t.unreadable != nil {
				b.Skipped = append(b.Skipped, fact.Skipped{What: "commits", Why: "git cannot read them, as commit " + c.SHA[:12] + "; `git fsck` in the clone says what is damaged", Count: 1})
				continue
			}
			i := index[c.SHA]
			c.Landing = l.lands[i]
			c.Landing.Ordinal = l.first + int64(i)
			c.IsBoundary = slices.Contains(rd.shallow, c.SHA)
			c.DateSuspect = suspect(c.CommittedAt, rd.readAt) || suspect(c.AuthoredAt, rd.readAt)
			for _, f := range c.Changes {
				if paths[f.Path] {
					continue
				}
				paths[f.Path] = true
				if kind, ok := fact.DocumentKindOf(f.Path); ok {
					b.Documents = append(b.Documents, fact.Document{Path: f.Path, Kind: kind})
				}
			}
			for _, d := range t.decisions {
				rd.records = append(rd.records, record{c.SHA, d})
			}
			changes += len(c.Changes)
			b.Commits = append(b.Commits, c)
		}
		done += len(ts)
		rd.progress(done, len(shas))
		if len(b.Commits) >= most || changes >= batchChanges {
			return flush(partway)
		}
		return nil
	})
	if err != nil {
		return err
	}
	rd.cur = partway
	rd.cur.Head, rd.cur.Target, rd.cur.Landed = rd.place.Head, "", l.lands[index[rd.place.Head]].At.Unix()
	return flush(rd.cur)
}

func (rd *reading) progress(done, total int) {
	if rd.req.Progress != nil {
		rd.req.Progress(done, total)
	}
}

// boundary lists the commits at which a shallow history ends.
func (rd *reading) boundary(ctx context.Context) []string {
	if !rd.layout.isShallow {
		return nil
	}
	return readShallow(rd.r.line(ctx, "rev-parse", "--git-path", "shallow"), rd.r.dir)
}
