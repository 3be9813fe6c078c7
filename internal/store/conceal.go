package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

// Concealer puts a pseudonym in the place of what names people whose data was erased.
type Concealer interface {
	// Identity is what may be stored of a name and an address.
	Identity(fact.Identity) fact.Identity
	// Text is what may be stored of what somebody wrote.
	Text(string) string
}

// texts are the columns that hold what somebody wrote. Paths, and what else is a key, are
// not among them: they are what things are called, in git and in other systems too.
var texts = []struct{ table, column string }{
	{"commit", "subject"}, {"marker_line", "note"}, {"debt_marker", "note"},
	{"decision_version", "title"}, {"decision_field", "stated"}, {"decision_moment", "title"},
	{"change_request", "title"}, {"change_request", "head_branch"}, {"change_request", "base_branch"}, {"change_request_label", "label"},
	{"build", "branch"}, {"issue", "title"}, {"issue_label", "label"}, {"sprint", "name"}, {"incident", "title"},
	{"change_delivery", "title"}, {"deployment_failure", "title"}, {"issue_finish", "title"}, {"issue_doing", "title"}, {"request_stage", "title"},
	{"skipped", "why"}, {"location", "notes"},
}

// Conceal has the store keep nothing from then on that a concealer takes out, and takes it
// out of what is stored: of texts only if there was a name to take out, or with all. A
// person's identities keep their numbers, so that whatever is counted stays as it is. It
// gives how many identities and texts were changed.
func (s *Store) Conceal(ctx context.Context, c Concealer, all bool) (changed int, err error) {
	s.writer.Lock()
	s.conceal = c
	s.writer.Unlock()
	if c == nil {
		return 0, nil
	}
	people, err := s.Identities(ctx)
	if err != nil {
		return 0, err
	}
	var rows [][]any
	for _, p := range people {
		if id := c.Identity(p.Identity); id != p.Identity {
			rows = append(rows, []any{p.IdentityID, id.Name, id.Email})
		}
	}
	if changed = len(rows); changed == 0 && !all {
		return 0, nil
	}
	err = s.write(ctx, func(t *tx) {
		t.exec("CREATE TEMP TABLE concealed (identity_id bigint, name varchar, email varchar)")
		t.bulk("concealed", rows)
		t.exec("UPDATE identity SET name = c.name, email = c.email, reason = 'erased' FROM concealed c WHERE identity.identity_id = c.identity_id")
		t.exec("DROP TABLE concealed")
		for _, of := range texts {
			changed += t.concealTexts(of.table, of.column)
		}
	})
	if err != nil || changed == 0 {
		return 0, err
	}
	s.hidings.Add(1)
	return changed, s.Settle(ctx)
}

// Concealed is how often names were taken out of what is stored since it was opened: what
// was made of texts before is to be made again.
func (s *Store) Concealed() int64 { return s.hidings.Load() }

// concealTexts conceals a column; it gives how many different texts were changed.
func (t *tx) concealTexts(table, column string) int {
	var rows [][]any
	t.distinct(table, column, func(text string) {
		if new := t.written(column, text); new != text {
			rows = append(rows, []any{text, new})
		}
	})
	if len(rows) == 0 {
		return 0
	}
	t.exec(`CREATE TEMP TABLE reworded (old_text varchar COLLATE "C", new_text varchar COLLATE "C")`)
	t.bulk("reworded", rows)
	t.exec(fmt.Sprintf("UPDATE %s SET %s = r.new_text FROM reworded r WHERE %s.%s = r.old_text", table, column, table, column))
	t.exec("DROP TABLE reworded")
	return len(rows)
}

// distinct calls a function for each different text of a column.
func (t *tx) distinct(table, column string, each func(string)) {
	if t.err != nil {
		return
	}
	rows, err := t.conn.QueryContext(t.ctx, fmt.Sprintf("SELECT DISTINCT %s FROM %s WHERE %s <> ''", column, table, column))
	if err != nil {
		t.err = err
		return
	}
	for rows.Next() && t.err == nil {
		var text string
		if t.err = rows.Scan(&text); t.err == nil {
			each(text)
		}
	}
	t.err = errors.Join(t.err, rows.Err(), rows.Close())
}

// written is what may be stored of a text. What a record states of other records may be a
// path, which stays what it is.
func (t *tx) written(column, text string) string {
	if t.conceal == nil || column == "stated" && strings.ContainsAny(text, `/\`) {
		return text
	}
	return t.conceal.Text(text)
}

// Mention is a text that a concealer would change.
type Mention struct{ Table, Column, Text string }

// Mentions lists the texts that name somebody.
func (s *Store) Mentions(ctx context.Context, c Concealer) (out []Mention, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	t := &tx{ctx: ctx, conn: conn, engine: s.engine, conceal: c}
	for _, of := range texts {
		t.distinct(of.table, of.column, func(text string) {
			if t.written(of.column, text) != text {
				out = append(out, Mention{of.table, of.column, text})
			}
		})
	}
	slices.SortFunc(out, func(a, b Mention) int {
		return strings.Compare(a.Table+"\x00"+a.Column+"\x00"+a.Text, b.Table+"\x00"+b.Column+"\x00"+b.Text)
	})
	return out, s.explain(errors.Join(t.err, conn.Close()))
}

// PersonRows are the rows of a table that are of one person.
type PersonRows struct {
	Table   string
	Columns []string
	Rows    [][]any
}

// ofIdentity and ofPerson are the columns by which rows are of somebody.
var (
	ofIdentity = []string{"identity_id", "author_id", "committer_id", "actor_id"}
	ofPerson   = []string{"person_id"}
)

// OfPerson gives every row that carries a person or one of the identities, by table.
func (s *Store) OfPerson(ctx context.Context, person int64, identities []int64) (out []PersonRows, err error) {
	for _, table := range Tables() {
		columns, err := s.columnsOf(ctx, table)
		if err != nil {
			return nil, err
		}
		var where []string
		var args []any
		for _, c := range columns {
			switch {
			case slices.Contains(ofIdentity, c):
				args = append(args, identities)
				where = append(where, fmt.Sprintf("%s = ANY($%d::bigint[])", c, len(args)))
			case slices.Contains(ofPerson, c):
				args = append(args, person)
				where = append(where, fmt.Sprintf("%s = $%d", c, len(args)))
			}
		}
		if len(where) == 0 {
			continue
		}
		rows := PersonRows{Table: table, Columns: columns}
		if rows.Rows, err = s.rows(ctx, len(columns), "SELECT * FROM "+table+" WHERE "+strings.Join(where, " OR "), args...); err != nil {
			return nil, fmt.Errorf("%s: %w", table, err)
		}
		if len(rows.Rows) > 0 {
			out = append(out, rows)
		}
	}
	return out, nil
}

func (s *Store) columnsOf(ctx context.Context, table string) ([]string, error) {
	rows, err := s.Query(ctx, "SELECT * FROM "+table+" WHERE false")
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	return columns, errors.Join(err, rows.Close())
}

// rows are those of a query, values as the database gives them.
func (s *Store) rows(ctx context.Context, columns int, query string, args ...any) (out [][]any, err error) {
	rows, err := s.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		row, pointers := make([]any, columns), make([]any, columns)
		for i := range row {
			pointers[i] = &row[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
