package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/api"
)

// Change requests a page. A page is two points of 5,000 an hour; GitHub stops a query after
// ten seconds, so that pages become smaller when one did not come.
const (
	maxSize = 50
	minSize = 5
)

// What GraphQL can refuse besides what api knows of.
var (
	errCursor = errors.New("the cursor is not valid (any more)")
	errOlder  = errors.New("the server does not know what newer ones tell")
	errHeavy  = errors.New("the server gave up on a query")
)

// fault is an error of GraphQL. They come with status 200.
type fault struct {
	Type, Message string
	Path          []any
	Extensions    struct{ Code string }
}

// budget is what is left of the hour's points.
type budget struct {
	Cost, Remaining int
	ResetAt         time.Time
}

// list is a connection. Its nodes are nil where the token may not read one.
type list[T any] struct {
	TotalCount int
	PageInfo   struct {
		HasNextPage bool
		EndCursor   string
	}
	Nodes []*T
}

// next is what the page after is asked by; "" on the last.
func (l list[T]) next() string {
	if l.PageInfo.HasNextPage {
		return l.PageInfo.EndCursor
	}
	return ""
}

// whole refuses a connection that is not all there.
func (l list[T]) whole() error {
	ok := l.Nodes != nil && (!l.PageInfo.HasNextPage || l.PageInfo.EndCursor != "")
	for _, n := range l.Nodes {
		ok = ok && n != nil
	}
	return api.Require(ok, "whole list")
}

// How old a server can be: one may know no links between issues (2025), or no types and parents
// either (2024).
const (
	withoutLinks = 1
	withoutTypes = 2
)

// ask puts a query. With fields of newer servers the query is put together anew when the
// server turns out not to know them.
func (f *Feed) ask(ctx context.Context, query func(older int) string, variables map[string]any, into any) error {
	for {
		older := f.older
		err := f.put(ctx, query(older), variables, into)
		if errors.Is(err, errOlder) && older < withoutTypes {
			f.older = older + 1
			continue
		}
		return err
	}
}

func (f *Feed) put(ctx context.Context, query string, variables map[string]any, into any) error {
	var answer struct {
		Data   json.RawMessage
		Errors []fault
	}
	if _, err := f.client.Post(ctx, f.graph, map[string]any{"query": query, "variables": variables}, &answer); err != nil {
		return err
	}
	for _, e := range answer.Errors {
		if err := e.refusal(); err != nil {
			return err
		}
	}
	var limit struct{ RateLimit *budget }
	for _, v := range []any{&limit, into} {
		if err := json.Unmarshal(answer.Data, v); err != nil {
			return fmt.Errorf("POST %s: %w: %w", f.graph, api.ErrUnusable, err)
		}
	}
	f.answered = true
	if b := limit.RateLimit; b != nil && b.Remaining < b.Cost {
		f.client.HoldUntil(b.ResetAt.Add(time.Second))
	}
	return nil
}

// refusal is what a fault means; nil for a part that can be done without: a related item
// that the token may not see.
func (e fault) refusal() error {
	switch {
	case e.Extensions.Code == "undefinedField" || strings.Contains(e.Message, "doesn't exist on type"):
		return fmt.Errorf("%w: %.100q", errOlder, e.Message)
	case e.Type == "INVALID_CURSOR_ARGUMENTS":
		return errCursor
	case (e.Type == "FORBIDDEN" || e.Type == "NOT_FOUND") && e.optional():
		return nil
	case e.Type == "FORBIDDEN", e.Type == "INSUFFICIENT_SCOPES":
		return problem.New(nil, "give the token the right to read it", "%w", api.ErrForbidden)
	case e.Type == "NOT_FOUND":
		return problem.New(nil, "look at the name, and whether the token may read it", "%w", api.ErrNotFound)
	case strings.Contains(e.Message, "omething went wrong"), strings.Contains(e.Message, "timeout"):
		return errHeavy
	}
	return fmt.Errorf("%w: %s %.100q", api.ErrUnusable, e.Type, e.Message)
}

func (e fault) optional() bool {
	for _, p := range e.Path {
		if p == "parent" || p == "closedByPullRequestsReferences" || p == "issueType" || p == "files" || p == "blockedBy" || p == "blocking" {
			return true
		}
	}
	return false
}

// limited tells GitHub's refusals for too many requests: of the hour's points with status 200,
// and of the secondary limits with status 403, with or without a time.
func limited(r *http.Response, text []byte) bool {
	if r.StatusCode == http.StatusForbidden {
		return bytes.Contains(bytes.ToLower(text), []byte("rate limit"))
	}
	if r.StatusCode != http.StatusOK || !bytes.Contains(text, []byte("RATE_LIMIT")) {
		return false
	}
	var answer struct{ Errors []fault }
	if json.Unmarshal(text, &answer) != nil {
		return false
	}
	for _, e := range answer.Errors {
		if e.Type == "RATE_LIMITED" || e.Type == "RATE_LIMIT" {
			return true
		}
	}
	return false
}

// smaller makes pages smaller after a failure that a smaller one may not meet.
func (f *Feed) smaller(ctx context.Context, err error) bool {
	for _, other := range []error{api.ErrUnauthorized, api.ErrForbidden, api.ErrNotFound, api.ErrUnusable, api.ErrLimited, errCursor} {
		if errors.Is(err, other) {
			return false
		}
	}
	if !f.answered || f.size <= minSize || ctx.Err() != nil {
		return false
	}
	f.size = max(minSize, f.size/2)
	return true
}

// more reads the rest of a list that one item of a repository has. The query names the item
// "item" and the list "list".
func more[T any](ctx context.Context, f *Feed, query, repo string, number int64, l *list[T]) error {
	owner, name := split(repo)
	for seen := map[string]bool{}; l.PageInfo.HasNextPage; {
		after := l.PageInfo.EndCursor
		if seen[after] {
			return fmt.Errorf("%w: its pages lead in a circle", api.ErrUnusable)
		}
		seen[after] = true
		var answer struct {
			Repository struct{ Item struct{ List list[T] } }
		}
		err := f.ask(ctx, func(int) string { return query }, map[string]any{"owner": owner, "name": name, "number": number, "after": after}, &answer)
		if err == nil {
			err = answer.Repository.Item.List.whole()
		}
		if err != nil {
			return err
		}
		l.Nodes = append(l.Nodes, answer.Repository.Item.List.Nodes...)
		l.PageInfo = answer.Repository.Item.List.PageInfo
	}
	return nil
}
