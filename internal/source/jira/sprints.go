package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// anew is after how long all sprints are read again, also those that were closed long ago.
const anew = 7 * 24 * time.Hour

// sprintCursor is where reading of sprints stopped.
type sprintCursor struct {
	Whole time.Time `json:"whole"` // when all were read
	Open  []int64   `json:"open"`  // those that were not closed
}

// pullSprints reads the sprints of a project's boards: all of them at first, then those that were
// not closed.
func (f *Feed) pullSprints(ctx context.Context, req source.Pull, _ *workflow, key string) error {
	stream := key + " sprints"
	var c sprintCursor
	if json.Unmarshal([]byte(req.Cursor(stream)), &c) != nil {
		c = sprintCursor{}
	}
	now := f.now()
	since := now.Sub(c.Whole)
	whole := c.Whole.IsZero() || since < 0 || since >= anew
	found, err := f.sprints(ctx, key, whole)
	if errors.Is(err, api.ErrForbidden) || errors.Is(err, api.ErrNotFound) {
		why := "Jira Software is not there, or the token may not see boards: " + reason(err)
		return errors.Join(req.Emit(ctx, source.Page{Stream: stream, Skipped: []fact.Skipped{{What: "sprints of " + key, Why: why, Count: 1}}}), refusedOf(stream, err))
	}
	if err == nil && !whole {
		err = f.closed(ctx, c.Open, found)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", stream, err)
	}
	if whole {
		c.Whole = now
	}
	c.Open = nil
	var d fact.Delivery
	for _, id := range slices.Sorted(maps.Keys(found)) {
		s := found[id]
		if s.State != "closed" {
			c.Open = append(c.Open, id)
		}
		d.Sprints = append(d.Sprints, s.sprint(key))
	}
	cursor, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if req.Progress != nil {
		req.Progress(stream, len(found), len(found))
	}
	return req.Emit(ctx, source.Page{Stream: stream, Cursor: source.Cursor(cursor), Delivery: d})
}

// refusedOf keeps quiet about what a Jira without boards answers.
func refusedOf(stream string, err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return nil
	}
	return fmt.Errorf("%s: %w", stream, err)
}

func (f *Feed) now() time.Time {
	if f.clock == nil {
		return time.Now().UTC()
	}
	return f.clock.Now().UTC()
}

type board struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

// boards are those of a project, or of all, that can have sprints.
func (f *Feed) boards(ctx context.Context, key string) (out []board, err error) {
	query := url.Values{}
	if key != "" {
		query.Set("projectKeyOrId", key)
	}
	err = pages(ctx, f.client, "/rest/agile/1.0/board", query, func(list []board) error {
		for _, b := range list {
			if b.ID <= 0 {
				return fmt.Errorf("%w: a board without an id", api.ErrUnusable)
			}
			if b.Type != "kanban" {
				out = append(out, b)
			}
		}
		return nil
	})
	return out, err
}

// sprints reads those of a project's boards, all or those that are not closed.
func (f *Feed) sprints(ctx context.Context, key string, whole bool) (map[int64]sprintAnswer, error) {
	boards, err := f.boards(ctx, key)
	if err != nil {
		return nil, err
	}
	found := map[int64]sprintAnswer{}
	query := url.Values{}
	if !whole {
		query.Set("state", "active,future")
	}
	for _, b := range boards {
		err := pages(ctx, f.client, fmt.Sprintf("/rest/agile/1.0/board/%d/sprint", b.ID), query, func(list []sprintAnswer) error {
			for _, s := range list {
				if s.ID <= 0 || s.State == "" {
					return fmt.Errorf("%w: a sprint without id or state", api.ErrUnusable)
				}
				found[s.ID] = s
			}
			return nil
		})
		if b.Type == "simple" && errors.Is(err, api.ErrUnusable) && strings.Contains(err.Error(), "status 400") {
			continue // such a board need not support sprints, and then says so like this
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// closed asks for what became of sprints that were not closed and are not listed any more.
func (f *Feed) closed(ctx context.Context, open []int64, found map[int64]sprintAnswer) error {
	for _, id := range open {
		if _, ok := found[id]; ok {
			continue
		}
		var s sprintAnswer
		_, err := f.client.Get(ctx, fmt.Sprintf("/rest/agile/1.0/sprint/%d", id), nil, &s)
		switch {
		case errors.Is(err, api.ErrNotFound):
			continue // deleted, or moved to a board that is not seen
		case err != nil:
			return err
		case s.ID != id:
			return fmt.Errorf("%w: another sprint than was asked for", api.ErrUnusable)
		}
		found[id] = s
	}
	return nil
}

// sprint translates one. The start of one that did not begin is a plan.
func (s sprintAnswer) sprint(project string) fact.Sprint {
	out := fact.Sprint{Project: project, ID: strconv.FormatInt(s.ID, 10), Name: s.Name, EndsAt: s.End.Time, CompletedAt: s.Complete.Time}
	if s.State != "future" {
		out.StartedAt = cmp.Or(s.Activated, s.Start).Time
	}
	return out
}
