package ledger

import (
	"fmt"
	"strings"
)

// tables hold what a ledger holds, those that others refer to first.
var tables = []string{"account", "account_role", "identity", "session", "api_token", "totp", "recovery_code", "sign_in_attempt", "one_time_link", "oidc_flow",
	"erasure", "erasure_key", "audit", "audit_head", "audit_erased", "pause", "sync_run"}

// copyRows copies all rows between ledgers of any kind.
func copyRows(from, to *Tx) error {
	for _, table := range tables {
		if err := copyTable(from, to, table); err != nil {
			return fmt.Errorf("copy %s: %w", table, err)
		}
	}
	return nil
}

// together is how many rows are inserted by one statement.
const together = 100

func copyTable(from, to *Tx, table string) error {
	rows, err := from.QueryContext(from.ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	one := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	insert := func(args []any) error {
		if len(args) == 0 {
			return nil
		}
		_, err := to.Exec("INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES "+one+strings.Repeat(", "+one, len(args)/len(columns)-1), args...)
		return err
	}
	var args []any
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if args = append(args, row...); len(args) == together*len(columns) {
			if err := insert(args); err != nil {
				return err
			}
			args = args[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return insert(args)
}
