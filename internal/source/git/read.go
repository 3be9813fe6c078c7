package git

import (
	"context"
	"encoding/json"
	"fmt"
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
}

func (c cursor) encode() source.Cursor {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return source.Cursor(b)
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
	if c.Head == s.place.Head && c.Target == "" && c.Tags == s.place.Tags {
		return nil
	}
	rd := &reading{Source: s, r: s.repo(), req: req, cur: c, readAt: s.now()}
	if c.Head != s.place.Head || c.Target != "" {
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

	records []record // decision records to read before the next batch is emitted
}

// commits reads what is new on the main line. An interrupted or rewritten history,
// or one that merged itself the wrong way round, is compared with what is stored.
func (rd *reading) commits(ctx context.Context) error {
	head := rd.place.Head
	previous, fresh, err := rd.previous(ctx)
	if err != nil {
		return err
	}
	nodes, err := rd.r.graph(ctx, head, previous...)
	if err != nil {
		return err
	}
	lands, base := landings(nodes, rd.readAt)
	var known map[string]bool
	var b source.Batch
	if len(previous) == 0 || base != previous[0] {
		if known, err = rd.req.Known(ctx); err != nil {
			return err
		}
		if len(known) > 0 {
			if len(previous) > 0 { // the old head is no first parent: all landings may have moved
				if nodes, err = rd.r.graph(ctx, head); err != nil {
					return err
				}
				lands, _ = landings(nodes, rd.readAt)
			}
			b = compare(nodes, lands, known, !fresh)
		}
	}
	return rd.new(ctx, nodes, lands, known, b)
}

// previous gives the head that reading may start from: none at first, after an
// interruption, and when history was rewritten. fresh means that nothing of this
// clone was read before.
func (rd *reading) previous(ctx context.Context) (heads []string, fresh bool, err error) {
	if rd.cur.Head == "" {
		return nil, rd.cur.Target == "", nil
	}
	if rd.cur.Target != "" {
		return nil, false, nil
	}
	_, err = rd.r.output(ctx, nil, "merge-base", "--is-ancestor", rd.cur.Head, rd.place.Head)
	if err != nil {
		return nil, false, ctx.Err() // gone, or no ancestor: rewritten
	}
	return []string{rd.cur.Head}, false, nil
}

// compare lists what changed for commits that are stored: those that history no
// longer holds, and those that reached the main line differently than thought.
func compare(nodes []node, lands map[string]fact.Landing, known map[string]bool, remove bool) (b source.Batch) {
	held := make(map[string]bool, len(nodes))
	for i, n := range nodes {
		held[n.sha] = true
		if known[n.sha] {
			l := lands[n.sha]
			l.Ordinal = int64(i)
			b.Relanded = append(b.Relanded, source.Relanded{SHA: n.sha, Landing: l})
		}
	}
	if remove {
		for sha := range known {
			if !held[sha] {
				b.Removed = append(b.Removed, sha)
			}
		}
	}
	return b
}

// new reads the commits that are not stored, batch by batch.
func (rd *reading) new(ctx context.Context, nodes []node, lands map[string]fact.Landing, known map[string]bool, b source.Batch) error {
	shas := make([]string, 0, len(nodes))
	ordinal := make(map[string]int64, len(nodes))
	next := rd.cur.Ordinal
	if known != nil {
		next = 0 // counted again over the whole list
	}
	for _, n := range nodes {
		if !known[n.sha] {
			shas = append(shas, n.sha)
		}
		ordinal[n.sha] = next
		next++
	}
	shallow := rd.shallow(ctx)
	docs := map[fact.Document]bool{}
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
	partway := cursor{Head: rd.cur.Head, Target: rd.place.Head, Ordinal: next, Tags: rd.cur.Tags}
	rd.progress(0, len(shas))
	err := rd.r.changes(ctx, shas, func(ts []touched) error {
		for _, t := range ts {
			c := t.commit
			c.Landing = lands[c.SHA]
			c.Landing.Ordinal = ordinal[c.SHA]
			c.IsBoundary = shallow[c.SHA]
			c.DateSuspect = suspect(c.CommittedAt, rd.readAt) || suspect(c.AuthoredAt, rd.readAt)
			rd.note(&b, c)
			for _, f := range c.Changes {
				if kind, ok := fact.DocumentKindOf(f.Path); ok {
					if d := (fact.Document{Path: f.Path, Kind: kind}); !docs[d] {
						docs[d] = true
						b.Documents = append(b.Documents, d)
					}
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
		if len(b.Commits) >= batchCommits || changes >= batchChanges {
			return flush(partway)
		}
		return nil
	})
	if err != nil {
		return err
	}
	rd.cur = cursor{Head: rd.place.Head, Ordinal: next, Tags: rd.cur.Tags}
	return flush(rd.cur)
}

// note lists what could not be read of a commit.
func (rd *reading) note(b *source.Batch, c fact.Commit) {
	if c.CountsOmitted {
		b.Skipped = append(b.Skipped, fact.Skipped{What: "line counts", Why: "contents are missing or damaged, first in commit " + c.SHA[:min(12, len(c.SHA))], Count: 1})
	}
	if c.DateSuspect {
		b.Skipped = append(b.Skipped, fact.Skipped{What: "dates", Why: "clocks before 1980 or in the future, first in commit " + c.SHA[:min(12, len(c.SHA))] + "; the time of the commit before is used", Count: 1})
	}
}

func (rd *reading) progress(done, total int) {
	if rd.req.Progress != nil {
		rd.req.Progress(done, total)
	}
}

// shallow lists the commits at which a shallow history ends.
func (rd *reading) shallow(ctx context.Context) map[string]bool {
	if rd.r.line(ctx, "rev-parse", "--is-shallow-repository") != "true" {
		return nil
	}
	return readShallow(rd.r.line(ctx, "rev-parse", "--git-path", "shallow"), rd.r.dir)
}
