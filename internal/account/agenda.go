package account

import (
	"context"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/access"
	"github.com/diarchy/diarchy/internal/ledger"
	"github.com/diarchy/diarchy/internal/problem"
)

// Item is a point of the agenda of an alignment.
type Item struct {
	ID      string
	Meeting string // day, YYYY-MM-DD
	Source  string // what it was made from, such as finding:N6
	Title   string
	Outcome string // "" while it is open
	By      string // name of the account that wrote it down
	At      time.Time
}

// Agenda keeps the points of a meeting, each once by its source, and lists all of that
// day with their outcomes. What was kept before stays, also when it is made no more.
func (s *Service) Agenda(ctx context.Context, meeting string, points []Item) (out []Item, err error) {
	if _, err := time.Parse(time.DateOnly, meeting); err != nil {
		return nil, problem.New(problem.Usage, "write it as YYYY-MM-DD", "%q is no day", meeting)
	}
	err = s.ledger.Write(ctx, func(t *ledger.Tx) error {
		for _, p := range points {
			_, err := t.Exec("INSERT INTO agenda_item (id, meeting, source, title) VALUES (?, ?, ?, ?) ON CONFLICT (meeting, source) DO NOTHING", newID(), meeting, p.Source, p.Title)
			if err != nil {
				return err
			}
		}
		return t.Each(`SELECT i.id, i.meeting, i.source, i.title, i.outcome, COALESCE(a.name, ''), COALESCE(i.decided_us, 0)
			FROM agenda_item i LEFT JOIN account a ON a.id = i.decided_by WHERE i.meeting = ? ORDER BY i.rowid`, []any{meeting}, func(scan func(...any) error) error {
			var i Item
			var at int64
			err := scan(&i.ID, &i.Meeting, &i.Source, &i.Title, &i.Outcome, &i.By, &at)
			i.At = orZero(at)
			out = append(out, i)
			return err
		})
	})
	return out, err
}

// Settle writes down what came of a point, and who wrote it down. A later outcome takes
// the place of an earlier one; the audit trail has both.
func (s *Service) Settle(ctx context.Context, v access.Viewer, id, outcome string) error {
	if outcome = strings.TrimSpace(outcome); outcome == "" || len(outcome) > 2000 {
		return problem.New(problem.Usage, "say in at most 2,000 characters what was decided", "an outcome needs words")
	}
	return s.ledger.Write(ctx, func(t *ledger.Tx) error {
		n, err := t.Exec("UPDATE agenda_item SET outcome = ?, decided_by = ?, decided_us = ? WHERE id = ?", outcome, v.Account, ledger.Micros(t.Now), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return missing("point of an agenda", id)
		}
		return t.Append(ledger.Event{Actor: v.Account, Action: "agenda.settle", Subject: id, Detail: map[string]string{"outcome": outcome}})
	})
}
