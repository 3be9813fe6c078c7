package metric

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/stats"
)

// Spans reports whether the metric can be read over a span: it is a median or a share of what
// happened in a month.
func (d Definition) Spans() bool {
	return d.Grain == "month" && d.Fill == "" && strings.Contains(d.sql, "@month(")
}

// Span is a metric over all facts of a span.
type Span struct {
	Point
	Low, High float64 // of the 95 % interval of a median, by its ranks; NaN where there is none
}

// Over reads a metric over all facts of a span, in the place of its months: the median of them all, or
// their share; as few make it unknown as of a month. from and until are days of the company's
// calendar, as in points.
func (e Evaluator) Over(ctx context.Context, d Definition, from, until time.Time) (Span, error) {
	out := Span{Point{Start: from, Value: math.NaN()}, math.NaN(), math.NaN()}
	if !d.Spans() {
		return out, fmt.Errorf("metric %s: its months cannot be put together", d.Name)
	}
	text, err := replaceCalls(d.sql, "month", func(x string) (string, error) {
		return fmt.Sprintf("CASE WHEN %[1]s >= %[2]s AND %[1]s < %[3]s THEN 1 END", x, e.instant(from), e.instant(until)), nil
	})
	if err == nil {
		text, err = e.statement(text)
	}
	if err == nil {
		out.Value, out.N, err = e.within(ctx, text)
	}
	if err == nil && !math.IsNaN(out.Value) && strings.Contains(text, median) {
		out.Low, out.High, err = e.betweenRanks(ctx, text, out.N)
	}
	if err != nil {
		return out, fmt.Errorf("metric %s: %w", d.Name, err)
	}
	return out, nil
}

// median is how statements of metrics take one.
const median = "percentile_cont(0.5)"

// betweenRanks is the interval of the median of n facts, NaN where they are too few for one.
func (e Evaluator) betweenRanks(ctx context.Context, statement string, n int) (low, high float64, err error) {
	first, last, err := stats.MedianRanks(n, 0.95)
	if err != nil {
		return math.NaN(), math.NaN(), nil
	}
	at := func(rank int) string {
		return strings.ReplaceAll(statement, median, fmt.Sprintf("percentile_disc(%.17g)", (float64(rank)-0.5)/float64(n)))
	}
	if low, _, err = e.within(ctx, at(first)); err == nil {
		high, _, err = e.within(ctx, at(last))
	}
	return low, high, err
}

// within reads the bucket 1 of a statement.
func (e Evaluator) within(ctx context.Context, statement string) (value float64, n int, err error) {
	value = math.NaN()
	rows, err := e.Reader.Query(ctx, statement, e.scope(), e.AsOf)
	if err != nil {
		return value, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var bucket sql.NullInt64
		var v sql.NullFloat64
		var of int
		if err := rows.Scan(&bucket, &v, &of); err != nil {
			return value, 0, err
		}
		if !bucket.Valid {
			continue
		}
		if n = of; v.Valid {
			value = v.Float64
		}
	}
	return value, n, rows.Err()
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
