package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type agreer interface {
	// AgreementDraft drafts an agreement from the playbook and what is known of the
	// company, and writes it into the workspace if asked to.
	AgreementDraft(ctx context.Context, scope Scope, write, replace bool) (cockpit.DraftedAgreement, error)
	// Agreement is the workspace's agreement.
	Agreement(scope Scope) (cockpit.Agreement, error)
	// AgreementCheck finds what is open in it.
	AgreementCheck(scope Scope) (cockpit.AgreementCheck, error)
	// AgreementCompare compares two: files, revisions, or for "" the one that is there.
	AgreementCompare(ctx context.Context, scope Scope, from, to string) (cockpit.Comparison, error)
	// AgreementDrift holds it against who really decided.
	AgreementDrift(ctx context.Context, scope Scope) (cockpit.Drift, error)
	// AgreementSign signs the workspace's agreement, unless something in it should not be.
	AgreementSign(scope Scope, role, name string) (cockpit.SignedAgreement, error)
}

func (r *root) agreement() *cobra.Command {
	cmd := &cobra.Command{
		Use: "agreement", Short: "Draft, check, compare and sign the agreement of two leaders", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.agreementDraft(), r.agreementShow(), r.agreementCheck(), r.agreementDrift(), r.agreementCompare(), r.agreementSign())
	return cmd
}

func (r *root) agreementDraft() *cobra.Command {
	var force, stdout, asJSON bool
	cmd := &cobra.Command{
		Use: "draft", Short: "Write agreement.yaml from the playbook and the company's facts", Args: exactly(0, "no arguments"),
		Long: `Writes agreement.yaml into the workspace: what each of the two leaders is for, who
decides what and by when, what both own, when they meet, and where it goes when they
disagree. What is not known is left open and shown as such. It never overwrites a file
unless told to.`,
		RunE: func(c *cobra.Command, _ []string) error {
			draft, err := r.actions.AgreementDraft(c.Context(), r.scope(nil), !stdout, force)
			if err != nil {
				return err
			}
			if draft.Unread != "" && !r.quiet {
				fmt.Fprintf(r.io.Err, "drafted without the sources, which could not be read: %s\n", draft.Unread)
			}
			switch {
			case asJSON:
				return report.Encode(r.io.Out, draft)
			case stdout:
				_, err = io.WriteString(r.io.Out, draft.Text)
				return err
			}
			fmt.Fprintf(r.io.Out, "wrote %s\ntalk it over, change it, then run: diarchy agreement check\n", draft.Path)
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&force, "force", false, "replace an agreement.yaml that is there")
	f.BoolVar(&stdout, "stdout", false, "print the draft and write nothing")
	f.BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.DraftedSchema+")")
	return cmd
}

func (r *root) agreementShow() *cobra.Command {
	var html, markdown string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show", Short: "Show the agreement; as a page to print and sign with --html", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			a, err := r.actions.Agreement(r.scope(nil))
			if err != nil {
				return err
			}
			if html != "" {
				if err := toFile(html, func(w io.Writer) error { return report.AgreementHTML(w, a) }); err != nil {
					return err
				}
				if !r.quiet {
					fmt.Fprintf(r.io.Err, "wrote %s\n", html)
				}
			}
			if markdown != "" && markdown != "-" {
				if err := toFile(markdown, func(w io.Writer) error { return report.AgreementMarkdown(w, a) }); err != nil {
					return err
				}
			}
			switch {
			case asJSON:
				return report.AgreementJSON(r.io.Out, a)
			case markdown == "-":
				return report.AgreementMarkdown(r.io.Out, a)
			}
			return report.Agreement(r.io.Out, a, r.terminal())
		},
	}
	f := cmd.Flags()
	f.StringVar(&html, "html", "", "also write one self-contained page to this file")
	f.StringVar(&markdown, "markdown", "", "also write Markdown to this file (- for standard output)")
	f.BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.AgreementSchema+")")
	return cmd
}

// levels of findings, worst first.
var levels = []string{cockpit.LevelProblem, cockpit.LevelGap, cockpit.LevelNote}

func (r *root) agreementCheck() *cobra.Command {
	var asJSON bool
	var failOn string
	cmd := &cobra.Command{
		Use: "check", Short: "Name gaps, contradictions, and what two decide or nobody", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			limit := slices.Index(levels, failOn)
			if failOn != "" && limit < 0 {
				return problem.New(problem.Usage, "use one of "+strings.Join(levels, ", "), "--fail-on %q is no level", failOn)
			}
			c, err := r.actions.AgreementCheck(r.scope(nil))
			if err != nil {
				return err
			}
			if asJSON {
				err = report.AgreementJSON(r.io.Out, c)
			} else {
				err = report.AgreementCheck(r.io.Out, c, r.terminal())
			}
			if err != nil {
				return err
			}
			for _, f := range c.Findings {
				if slices.Index(levels, f.Level) <= limit {
					return problem.New(problem.Matched, "", "there is a %s, as --fail-on says", f.Level)
				}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.CheckSchema+")")
	f.StringVar(&failOn, "fail-on", "", "end with status 3 on a finding of this level or a worse one: problem, gap, note")
	return cmd
}

func (r *root) agreementCompare() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "compare [REVISION | FILE] [REVISION | FILE]", Short: "Say in words what changed between two versions",
		Long: `Compares two agreements: files, or revisions of the git repository that holds the
workspace. With one it is compared to the file that is there; without any, the file to
its last commit.`,
		Example: `  diarchy agreement compare
  diarchy agreement compare v1
  diarchy agreement compare HEAD~3 draft.yaml`,
		RunE: func(c *cobra.Command, args []string) error {
			from, to := "HEAD", ""
			switch len(args) {
			case 0:
			case 1:
				from = args[0]
			case 2:
				from, to = args[0], args[1]
			default:
				return exactly(2, "two at most")(c, args)
			}
			cmp, err := r.actions.AgreementCompare(c.Context(), r.scope(nil), from, to)
			if err != nil {
				return err
			}
			if asJSON {
				return report.AgreementJSON(r.io.Out, cmp)
			}
			return report.Comparison(r.io.Out, cmp, r.terminal())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.ComparisonSchema+")")
	return cmd
}

func (r *root) agreementSign() *cobra.Command {
	var role, name string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "sign --role ROLE --name NAME", Short: "Sign the agreement: name, day, and the hash of what it says", Args: exactly(0, "no arguments"),
		Long: `Adds a signature to agreement.yaml: role, name, day, and the SHA-256 of what the
document says. Comments and layout do not count; any other change afterwards makes the
signature one of another text, and "diarchy agreement check" says so. It proves what was
signed, not who signed: the company's git does that.

What contradicts itself is not signed: two who decide one thing, nobody who decides, the
name of somebody else than the holder. Gaps may stay; they are said after signing.`,
		Example: `  diarchy agreement sign --role cto --name "Ada Lovelace"`,
		RunE: func(*cobra.Command, []string) error {
			if role == "" || strings.TrimSpace(name) == "" {
				return problem.New(problem.Usage, `diarchy agreement sign --role cto --name "Ada Lovelace"`, "a signature needs --role and --name")
			}
			s, err := r.actions.AgreementSign(r.scope(nil), role, strings.TrimSpace(name))
			if err != nil {
				return err
			}
			if asJSON {
				return report.Encode(r.io.Out, s)
			}
			fmt.Fprintf(r.io.Out, "signed %s\nSHA-256 of what it says: %s\n%s\n", s.Path, s.SHA256, r.hang("", s.Open))
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&role, "role", "", "id of the role that signs, such as cto")
	f.StringVar(&name, "name", "", "name of the one who signs")
	f.BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.SignedSchema+")")
	return cmd
}

func (r *root) agreementDrift() *cobra.Command {
	var asJSON bool
	var asOf string
	cmd := &cobra.Command{
		Use: "drift [PATH | ADDRESS]...", Short: "Hold it against who really decided, by decision records",
		Long: `Holds who decides on paper against the decision records of the last two years: who
decided really, how long it took, and what waits for longer than was agreed. Without an
agreement.yaml it takes what the playbook proposes. Records name people; organisation.yaml
says their roles. Nobody is named here.`,
		RunE: func(c *cobra.Command, args []string) error {
			s := r.scope(args)
			s.AsOf = asOf
			d, err := r.actions.AgreementDrift(c.Context(), s)
			if err != nil {
				return err
			}
			return r.answer(d, asJSON, func() error { return report.Drift(r.io.Out, d, r.terminal()) }, d.Skipped)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.DriftSchema+")")
	cmd.Flags().StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	return cmd
}
