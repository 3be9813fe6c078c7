package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/spf13/cobra"
)

type auditor interface {
	// VerifyAudit follows the audit trail; noted is a head that must be in it, or "".
	VerifyAudit(ctx context.Context, scope Scope, noted string) (AuditHead, error)
	// Audit gives the newest lines of the audit trail, at most last of them, oldest first.
	Audit(ctx context.Context, scope Scope, last int) ([]AuditLine, error)
	// BackupLedger copies the ledger into a file.
	BackupLedger(ctx context.Context, scope Scope, file string) (LedgerCopy, error)
	// RestoreLedger puts a backup in the ledger's place.
	RestoreLedger(ctx context.Context, scope Scope, file string, withoutKey bool) (LedgerCopy, error)
}

// AuditHead is the newest line of an audit trail.
type AuditHead struct {
	Schema string `json:"schema"` // diarchy/audit-head/v1
	Ledger string `json:"ledger"`
	Lines  int64  `json:"lines"`
	Head   string `json:"head"` // LINE:HASH, to be noted elsewhere
}

// AuditLine is a line of the audit trail.
type AuditLine struct {
	Seq     int64             `json:"seq"`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor"` // account, with its name if there is one
	Action  string            `json:"action"`
	Subject string            `json:"subject"`
	Detail  map[string]string `json:"detail"`
	Hash    string            `json:"hash"`
}

type auditJSON struct {
	Schema string      `json:"schema"` // diarchy/audit/v1
	Lines  []AuditLine `json:"lines"`
}

// LedgerCopy is what a backup of the ledger holds.
type LedgerCopy struct {
	Schema string `json:"schema"` // diarchy/ledger-backup/v1
	File   string `json:"file"`
	Ledger string `json:"ledger"`
	Key    string `json:"key"` // the file that is not in the backup
	Lines  int64  `json:"audit_lines"`
	Head   string `json:"audit_head"`
}

func (r *root) audit() *cobra.Command {
	cmd := &cobra.Command{
		Use: "audit", Short: "What was done on the server, and that nobody changed what says so", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.auditVerify(), r.auditShow())
	return cmd
}

func (r *root) auditVerify() *cobra.Command {
	var noted string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that no line was removed, changed or moved", Args: exactly(0, "no arguments"),
		Long: `Follows the chain of hashes from the first line to the newest, whose seal must
be of the ledger's key. Who has both the ledger and its key could write another
trail: note the head that is printed elsewhere, and give it by --head the next
time.`,
		RunE: func(c *cobra.Command, _ []string) error {
			res, err := r.actions.VerifyAudit(c.Context(), r.scope(nil), noted)
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(res)
			}
			fmt.Fprintf(r.io.Out, "the %d lines of the audit trail are as they were written\nhead: %s\n", res.Lines, res.Head)
			return nil
		},
	}
	cmd.Flags().StringVar(&noted, "head", "", "a head that was printed before, and must be in the trail")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *root) auditShow() *cobra.Command {
	var last int
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show", Short: "Print the newest lines of the audit trail", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if last < 1 {
				return problem.New(problem.Usage, "give a number above 0", "--last %d is no number of lines", last)
			}
			lines, err := r.actions.Audit(c.Context(), r.scope(nil), last)
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(auditJSON{"diarchy/audit/v1", lines})
			}
			for _, l := range lines {
				r.printAuditLine(l)
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&last, "last", 20, "how many lines")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *root) printAuditLine(l AuditLine) {
	var detail []string
	for k, v := range l.Detail {
		detail = append(detail, k+" "+v)
	}
	slices.Sort(detail)
	text := strings.Join(append([]string{l.Actor + " " + l.Action + " " + l.Subject}, detail...), "; ")
	fmt.Fprintln(r.io.Out, r.hang(fmt.Sprintf("%6s %s ", strconv.FormatInt(l.Seq, 10), l.At.Format("2006-01-02 15:04:05 MST")), problem.Visible(text)))
}

func (r *root) ledger() *cobra.Command {
	cmd := &cobra.Command{
		Use: "ledger", Short: "Back up and restore accounts and the audit trail", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.ledgerBackup(), r.ledgerRestore())
	return cmd
}

func (r *root) ledgerBackup() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Copy the ledger into a new file, and read that back", Args: exactly(1, "the file of the backup"),
		Long: `Copies the ledger into a new file, also while a server runs on it, reads the
file back, follows its audit trail, and only then gives it its name. The file is
the same whether the ledger is a file or in PostgreSQL, and goes into either.

The ledger's key is not in it. Keep a copy of that elsewhere: without it, a
restore gives up second factors.`,
		RunE: func(c *cobra.Command, args []string) error {
			res, err := r.actions.BackupLedger(c.Context(), r.scope(nil), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(res)
			}
			fmt.Fprintf(r.io.Out, "%s holds %s; it was read back\nkeep a copy of %s elsewhere\nhead of the audit trail: %s\n", res.File, res.Ledger, res.Key, res.Head)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *root) ledgerRestore() *cobra.Command {
	var asJSON, withoutKey bool
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of what the ledger holds", Args: exactly(1, "the file of the backup"),
		Long: `Checks a backup and puts it in the ledger's place, in one step, also while a
server runs on it; a ledger in PostgreSQL takes one of a file, and the other way
round. What the ledger held before is kept in a file beside it, or in the folder
ledger of the workspace. Sessions, API tokens and links end, since they may have
been revoked after the backup was made: look through the accounts (diarchy
account list) for those that were deactivated meanwhile.`,
		RunE: func(c *cobra.Command, args []string) error {
			res, err := r.actions.RestoreLedger(c.Context(), r.scope(nil), args[0], withoutKey)
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(res)
			}
			fmt.Fprintf(r.io.Out, "%s holds what %s holds; sessions, API tokens and links have ended\nhead of the audit trail: %s\n", res.Ledger, res.File, res.Head)
			return nil
		},
	}
	cmd.Flags().BoolVar(&withoutKey, "without-key", false, "the key of the backup is lost: give up second factors")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
