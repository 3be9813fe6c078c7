package metric_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store/duckdb"
)

// A company with some ten million facts of delivery: 300 repositories over six years.
var manyDeliveries = []string{
	"INSERT INTO scope_repository SELECT 'company', 'r' || CAST(k AS varchar), TIMESTAMPTZ '1900-01-01 00:00:00+00', TIMESTAMPTZ '9999-01-01 00:00:00+00' FROM generate_series(0, 299) AS g(k)",
	"INSERT INTO scope_application SELECT 'company', 'r' || CAST(k AS varchar), 'a', TIMESTAMPTZ '1900-01-01 00:00:00+00', TIMESTAMPTZ '9999-01-01 00:00:00+00' FROM generate_series(0, 299) AS g(k)",
	"INSERT INTO scope_project SELECT 'company', 'p' || CAST(k AS varchar), TIMESTAMPTZ '1900-01-01 00:00:00+00', TIMESTAMPTZ '9999-01-01 00:00:00+00' FROM generate_series(0, 29) AS g(k)",
	`INSERT INTO change_delivery SELECT 'r' || CAST(k % 300 AS varchar), 'a', 'c' || CAST(k AS varchar), 's', 't', CASE WHEN k % 3 = 0 THEN 'debt' WHEN k % 3 = 1 THEN 'new_value' ELSE '' END, '',
		TIMESTAMPTZ '2020-01-01 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-02 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-03 00:00:00+00' + k * INTERVAL '3 minutes', 'f', 'd' || CAST(k / 3 AS varchar), false, k % 700
		FROM generate_series(0, 999999) AS g(k)`,
	`INSERT INTO production_deployment (repo_id, application, source, deployment_id, sha, deployed_at, kind, changes, hotfixes) SELECT 'r' || CAST(k % 300 AS varchar), 'a', 'f', 'd' || CAST(k AS varchar), 's', TIMESTAMPTZ '2020-01-03 00:00:00+00' + k * INTERVAL '9 minutes', CASE WHEN k < 300 THEN 'first' ELSE 'forward' END, 3, 0
		FROM generate_series(0, 333332) AS g(k)`,
	"INSERT INTO application_incidents SELECT 'r' || CAST(k AS varchar), 'a', TIMESTAMPTZ '2020-01-01 00:00:00+00', TIMESTAMPTZ '2020-01-01 00:00:00+00' FROM generate_series(0, 299) AS g(k)",
	`INSERT INTO deployment_failure SELECT repo_id, application, 'i', deployment_id, 't', 'service', source, deployment_id, deployed_at, deployed_at + INTERVAL '1 hour', deployed_at + INTERVAL '3 hours' FROM production_deployment WHERE length(deployment_id) % 2 = 0`,
	`INSERT INTO request_stage SELECT 'r' || CAST(k % 300 AS varchar), 'f', k, 't', 's', TIMESTAMPTZ '2020-01-01 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-04 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-04 00:00:00+00' + k * INTERVAL '3 minutes',
		TIMESTAMPTZ '2020-01-01 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-01 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-02 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-03 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-05 00:00:00+00' + k * INTERVAL '3 minutes', k % 500, k % 3 = 0, k % 700
		FROM generate_series(0, 999999) AS g(k)`,
	`INSERT INTO issue_finish SELECT 'p' || CAST(k % 30 AS varchar), CAST(k AS varchar), 'K', 't', TIMESTAMPTZ '2020-01-01 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-02 00:00:00+00' + k * INTERVAL '3 minutes', TIMESTAMPTZ '2020-01-09 00:00:00+00' + k * INTERVAL '3 minutes', NULL, 3 FROM generate_series(0, 999999) AS g(k)`,
	`INSERT INTO issue_doing SELECT project_id, issue_id, issue_key, title, first_doing_at, done_at FROM issue_finish`,
	`INSERT INTO sprint SELECT 'p' || CAST(k % 30 AS varchar), CAST(k AS varchar), 's', TIMESTAMPTZ '2020-01-01 00:00:00+00' + (k / 30) * INTERVAL '14 days', NULL, TIMESTAMPTZ '2020-01-15 00:00:00+00' + (k / 30) * INTERVAL '14 days' FROM generate_series(0, 4499) AS g(k)`,
	`INSERT INTO sprint_issue SELECT project_id, issue_id, CAST(CAST(issue_id AS bigint) % 4500 AS varchar), first_doing_at, NULL FROM issue_finish`,
	`INSERT INTO build SELECT 'r' || CAST(k % 300 AS varchar), 'f', CAST(k AS varchar), 1, 'ci', 's', 'main', 'success', TIMESTAMPTZ '2020-01-01 00:00:00+00' + k * INTERVAL '1 minute', TIMESTAMPTZ '2020-01-01 00:00:00+00' + k * INTERVAL '1 minute', TIMESTAMPTZ '2020-01-01 00:10:00+00' + k * INTERVAL '1 minute'
		FROM generate_series(0, 2999999) AS g(k)`,
}

func BenchmarkDelivery(b *testing.B) {
	ctx := context.Background()
	st, err := duckdb.Open(ctx, filepath.Join(b.TempDir(), "facts.duckdb"), duckdb.Options{MemoryLimit: "1GB"})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // read only by now
	for _, statement := range manyDeliveries {
		rows, err := st.Query(ctx, statement)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
		}
		if err := rows.Close(); err != nil {
			b.Fatal(err)
		}
	}
	defs, err := metric.Catalogue()
	if err != nil {
		b.Fatal(err)
	}
	asOf := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
	e := metric.Evaluator{Reader: st, AsOf: asOf, From: asOf.AddDate(-3, 0, 0), Rolled: true}
	for _, d := range defs {
		needs := strings.Join(d.Needs, " ")
		if !strings.Contains(needs, "change_") && !strings.Contains(needs, "deployment") && !strings.Contains(needs, "issue") && !strings.Contains(needs, "sprint") && !strings.Contains(needs, "build") {
			continue
		}
		b.Run(d.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := e.Evaluate(ctx, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
