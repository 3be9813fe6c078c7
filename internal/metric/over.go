package metric

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"
)

// Spans reports whether the metric can be read over a span: it is a median or a share of what
// happened in a month.
func (d Definition) Spans() bool {
	return d.Grain == "month" && d.Fill == "" && strings.Contains(d.sql, "@month(")
}

// Over reads a metric over all facts of a span, in the place of its months: the median of them all, or
// their share; as few make it unknown as of a month. from and until are days of the company's
// calendar, as in points.
func (e Evaluator) Over(ctx context.Context, d Definition, from, until time.Time) (Point, error) {
	p := Point{Start: from, Value: math.NaN()}
	if !d.Spans() {
		return p, fmt.Errorf("metric %s: its months cannot be put together", d.Name)
	}
	text, err := replaceCalls(d.sql, "month", func(x string) (string, error) {
		return fmt.Sprintf("CASE WHEN %[1]s >= %[2]s AND %[1]s < %[3]s THEN 1 END", x, e.instant(from), e.instant(until)), nil
	})
	if err == nil {
		text, err = e.statement(text)
	}
	if err != nil {
		return p, fmt.Errorf("metric %s: %w", d.Name, err)
	}
	rows, err := e.Reader.Query(ctx, text, e.scope(), e.AsOf)
	if err != nil {
		return p, fmt.Errorf("metric %s: %w", d.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var within sql.NullInt64
		var value sql.NullFloat64
		var n int
		if err := rows.Scan(&within, &value, &n); err != nil {
			return p, fmt.Errorf("metric %s: %w", d.Name, err)
		}
		if !within.Valid {
			continue
		}
		if p.N = n; value.Valid {
			p.Value = value.Float64
		}
	}
	return p, rows.Err()
}

// instant is SQL for when a bucket begins by the company's clock.
func (e Evaluator) instant(bucket time.Time) string {
	at := time.Date(bucket.Year(), bucket.Month(), bucket.Day(), 0, 0, 0, 0, e.zone())
	return "TIMESTAMPTZ '" + at.UTC().Format("2006-01-02 15:04:05+00") + "'"
}

// Deployed counts the applications of which something new went into production since the
// beginning of a bucket.
func (e Evaluator) Deployed(ctx context.Context, from time.Time) (n int, err error) {
	statement, err := e.statement(`SELECT COUNT(*) FROM (
  SELECT DISTINCT p.repo_id, p.application FROM production_deployment p
  JOIN scope_application s ON s.repo_id = p.repo_id AND s.application = p.application AND s.scope = $1 AND @held(s, p.deployed_at)
  WHERE p.deployed_at < $2 AND p.deployed_at >= ` + e.instant(from) + ` AND p.kind IN ('first', 'forward', 'unplaced')
) d`)
	if err != nil {
		return 0, err
	}
	rows, err := e.Reader.Query(ctx, statement, e.scope(), e.AsOf)
	if err != nil {
		return 0, fmt.Errorf("applications that are deployed: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, fmt.Errorf("applications that are deployed: %w", err)
		}
	}
	return n, rows.Err()
}
