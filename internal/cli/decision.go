package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type recorder interface {
	// DecisionList lists decision records: all, or those with a status.
	DecisionList(ctx context.Context, scope Scope, status string) (cockpit.RecordList, error)
	// DecisionShow shows one record by its number, path, file's name or title.
	DecisionShow(ctx context.Context, scope Scope, id string) (cockpit.RecordView, error)
	// DecisionCheck lists what does not hold together in decision records.
	DecisionCheck(ctx context.Context, scope Scope) (cockpit.RecordCheck, error)
	// DecisionNew writes a record that is not there yet.
	DecisionNew(ctx context.Context, scope Scope, ask NewDecision) (cockpit.NewRecord, error)
}

// NewDecision is what is asked for of a new record.
type NewDecision struct {
	Title      string
	Dir        string // "": where the clone's records lie
	Deciders   []string
	ReviewBy   string // YYYY-MM-DD; "" for none
	Supersedes string // number or file of the record that it is to supersede; "" for none
}

func (r *root) decision() *cobra.Command {
	cmd := &cobra.Command{Use: "decision", Short: "Decision records: list, show, check, and write new ones", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		Long: `Reads decision records (MADR 2 to 4, Nygard, adr-tools and log4brains layouts) with
their history: what each was and when, how long deciding took, what superseded what, and
what does not hold together.`}
	cmd.AddCommand(r.decisionList(), r.decisionShow(), r.decisionCheck(), r.decisionNew())
	return cmd
}

func (r *root) decisionList() *cobra.Command {
	var asJSON bool
	var asOf, status string
	cmd := &cobra.Command{
		Use: "list [PATH | ADDRESS]...", Short: "List decision records: status, since when, how long deciding took",
		Long: `Lists the decision records of git clones: status and since when, days from the first
version to accepted or rejected, roles that decided (people are counted, not named), and
what diarchy decision check finds about each.`,
		RunE: func(c *cobra.Command, args []string) error {
			if status != "" && !slices.Contains(cockpit.RecordStatuses(), status) {
				return problem.New(problem.Usage, "use one of "+strings.Join(cockpit.RecordStatuses(), ", "), "--status %q is no status", status)
			}
			s := r.scope(args)
			s.AsOf = asOf
			l, err := r.actions.DecisionList(c.Context(), s, status)
			if err != nil {
				return err
			}
			if asJSON {
				err = report.RecordJSON(r.io.Out, l)
			} else {
				err = report.Records(r.io.Out, l, r.terminal())
			}
			if err != nil {
				return err
			}
			return partial(l.Skipped)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.RecordListSchema+")")
	f.StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	f.StringVar(&status, "status", "", "only those that are "+strings.Join(cockpit.RecordStatuses(), ", "))
	return cmd
}

func (r *root) decisionShow() *cobra.Command {
	var asJSON bool
	var asOf string
	cmd := &cobra.Command{
		Use: "show ID [PATH | ADDRESS]...", Short: "Show a decision record: history, statements, successors",
		Long: `Shows one decision record, by its number, path, file's name or title; of one of several
clones as name:ID. Its states are dated by the commits that brought them. What the record
says is quoted, names included.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactly(1, "the number, path or title of a record; see diarchy decision list")(c, args)
			}
			s := r.scope(args[1:])
			s.AsOf = asOf
			v, err := r.actions.DecisionShow(c.Context(), s, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				err = report.RecordJSON(r.io.Out, v)
			} else {
				err = report.Record(r.io.Out, v, r.terminal())
			}
			if err != nil {
				return err
			}
			return partial(v.Skipped)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.RecordSchema+")")
	f.StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	return cmd
}

func (r *root) decisionCheck() *cobra.Command {
	var asJSON bool
	var asOf string
	var failOn []string
	cmd := &cobra.Command{
		Use: "check [PATH | ADDRESS]...", Short: "Say what does not hold together in decision records",
		Long: `Names records that wait for a decision, whose review date has passed, that are superseded
by nothing that says so, that nobody answers for, that were reopened, that share a number
or whose links lead nowhere; each with what would mend it. Nobody is named.`,
		RunE: func(c *cobra.Command, args []string) error {
			for _, kind := range failOn {
				if kind != "any" && !slices.Contains(cockpit.RecordFindingKinds(), kind) {
					return problem.New(problem.Usage, "use any, or one of "+strings.Join(cockpit.RecordFindingKinds(), ", "), "--fail-on %q is no kind of finding", kind)
				}
			}
			s := r.scope(args)
			s.AsOf = asOf
			v, err := r.actions.DecisionCheck(c.Context(), s)
			if err != nil {
				return err
			}
			if asJSON {
				err = report.RecordJSON(r.io.Out, v)
			} else {
				err = report.RecordFindings(r.io.Out, v, r.terminal())
			}
			if err != nil {
				return err
			}
			for _, f := range v.Findings {
				if slices.Contains(failOn, f.Kind) || slices.Contains(failOn, "any") {
					return problem.New(problem.Matched, "", "there are findings, as --fail-on says")
				}
			}
			return partial(v.Skipped)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.RecordCheckSchema+")")
	f.StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	f.StringSliceVar(&failOn, "fail-on", nil, "end with status 3 on a finding of one of these kinds, or on any")
	return cmd
}

func (r *root) decisionNew() *cobra.Command {
	var asJSON bool
	var ask NewDecision
	cmd := &cobra.Command{
		Use: "new TITLE", Short: "Write a new decision record, proposed today, with the next number",
		Long: `Writes a decision record in the layout of MADR 4 into the clone that the current folder
belongs to, and prints its path. It goes where .adr-dir says, else where most records lie,
else into docs/decisions, with the next number there. Who decides is taken from diarchy.yaml
if it declares leadership. Nothing is overwritten or committed; the other commands read
what is committed.`,
		Example: `  diarchy decision new "Use PostgreSQL for orders"
  diarchy decision new "Use Kafka" --supersedes 12 --review-by 2027-06-30`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactly(1, "a title")(c, args)
			}
			ask.Title = strings.Join(args, " ")
			n, err := r.actions.DecisionNew(c.Context(), r.scope(nil), ask)
			if err != nil {
				return err
			}
			if asJSON {
				return report.RecordJSON(r.io.Out, n)
			}
			fmt.Fprintln(r.io.Out, n.Path)
			for _, note := range n.Notes {
				fmt.Fprintln(r.io.Err, r.hang("", note))
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.NewRecordSchema+")")
	f.StringVar(&ask.Dir, "dir", "", "folder to write it into")
	f.StringArrayVar(&ask.Deciders, "decider", nil, "role or name of somebody who decides; can be given again")
	f.StringVar(&ask.ReviewBy, "review-by", "", "when to look at it again (YYYY-MM-DD)")
	f.StringVar(&ask.Supersedes, "supersedes", "", "number or file of the record that it is to supersede")
	return cmd
}
