package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type diagnoser interface {
	// Diagnose reads what is new and judges.
	Diagnose(ctx context.Context, scope Scope) (cockpit.Diagnosis, error)
}

// output says how a diagnosis is shown.
type output struct {
	html, markdown string
	json           bool
	failOn         []string
}

func (r *root) diagnose() *cobra.Command {
	var out output
	var asOf string
	cmd := &cobra.Command{
		Use:   "diagnose [PATH | ADDRESS]...",
		Short: "Say whether a CTO, a VP of Engineering, both or neither is needed",
		Long: `Reads the history of git clones (or folders that hold clones, or https and ssh
addresses) and says on one page which leader this organisation needs, when, how sure
that is, on what evidence, and what could not be seen. Without arguments it takes the
sources of the workspace. Clones are never changed.

Exit status: 0 done; 1 failed; 2 wrong usage or an invalid document; 3 --fail-on
matched; 4 done, but part of the input could not be read.`,
		Example: `  diarchy diagnose ~/src/payments
  diarchy diagnose ~/src --html diagnosis.html
  diarchy diagnose --as-of 2025-06-30 --json`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFailOn(out.failOn); err != nil {
				return err
			}
			s := r.scope(args)
			s.AsOf = asOf
			d, err := r.actions.Diagnose(c.Context(), s)
			if err != nil {
				return err
			}
			return r.show(d, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&asOf, "as-of", "", "judge with only what was known by the end of this day (YYYY-MM-DD)")
	out.flags(cmd)
	return cmd
}

func (o *output) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.html, "html", "", "also write one self-contained page to this file")
	f.StringVar(&o.markdown, "markdown", "", "also write Markdown to this file (- for standard output)")
	f.BoolVar(&o.json, "json", false, "print JSON (schema "+cockpit.DiagnosisSchema+")")
	f.StringSliceVar(&o.failOn, "fail-on", nil, "end with status 3 on one of these calls: prepare, split_now, not_enough_evidence, one_leader")
}

var callNames = []string{cockpit.CallOneLeader, cockpit.CallPrepare, cockpit.CallSplitNow, cockpit.CallUnknown}

func checkFailOn(calls []string) error {
	for _, c := range calls {
		if !slices.Contains(callNames, c) {
			return problem.New(problem.Usage, "use one of "+strings.Join(callNames, ", "), "--fail-on %q is no call", c)
		}
	}
	return nil
}

// show prints a diagnosis as asked and turns it into an exit status.
func (r *root) show(d cockpit.Diagnosis, out output) error {
	if out.html != "" {
		if err := toFile(out.html, func(w io.Writer) error { return report.HTML(w, d) }); err != nil {
			return err
		}
	}
	if out.markdown != "" && out.markdown != "-" {
		if err := toFile(out.markdown, func(w io.Writer) error { return report.Markdown(w, d) }); err != nil {
			return err
		}
	}
	var err error
	switch {
	case out.json:
		err = report.JSON(r.io.Out, d)
	case out.markdown == "-":
		err = report.Markdown(r.io.Out, d)
	default:
		err = report.Terminal(r.io.Out, d, r.terminal())
	}
	if err != nil {
		return err
	}
	if out.html != "" && !r.quiet {
		fmt.Fprintf(r.io.Err, "wrote %s\n", out.html)
	}
	if slices.Contains(out.failOn, d.Verdict.Call) {
		return problem.New(problem.Matched, "", "the call is %s, as --fail-on says", d.Verdict.Call)
	}
	return partial(d.Skipped)
}

// answer prints a result as JSON or as text; what could not be read of its input makes
// the status another.
func (r *root) answer(v any, asJSON bool, text func() error, skipped []cockpit.Skipped) error {
	write := text
	if asJSON {
		write = func() error { return report.Encode(r.io.Out, v) }
	}
	if err := write(); err != nil {
		return err
	}
	return partial(skipped)
}

// partial is the error of a result that rests on input of which a part was unreadable.
func partial(skipped []cockpit.Skipped) error {
	if len(skipped) == 0 {
		return nil
	}
	var b strings.Builder
	for _, s := range skipped {
		fmt.Fprintf(&b, "\n  %s: %s", s.Source, s.What)
		if s.Count > 1 {
			fmt.Fprintf(&b, " (%d)", s.Count)
		}
		fmt.Fprintf(&b, ": %s", s.Why)
	}
	return problem.New(problem.Partial, "", "part of the input could not be read:%s", b.String())
}

func dirOf(path string) string { return filepath.Dir(path) }
