package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type organiser interface {
	// Organisation says who works where and for whom on a day.
	Organisation(ctx context.Context, scope Scope) (cockpit.Organisation, error)
	// ImportOrganisation takes files of other tools into the organisation document.
	ImportOrganisation(ctx context.Context, scope Scope, in OrgImport) (cockpit.OrganisationImport, error)
	// ExportOrganisation is the whole document, or what holds on the day of the scope.
	ExportOrganisation(ctx context.Context, scope Scope) (OrgExport, error)
	// Borders holds the borders of teams against what changes together.
	Borders(ctx context.Context, scope Scope) (cockpit.Borders, error)
	// Match says who wrote commits and is nobody of the document.
	Match(ctx context.Context, scope Scope) (cockpit.Match, error)
	// WhatIf compares the organisation with the scenarios of a file.
	WhatIf(ctx context.Context, scope Scope, file string) (cockpit.WhatIf, error)
}

// OrgImport says what to import, and how it is meant.
type OrgImport struct {
	Files      []string
	Date       string            // YYYY-MM-DD of which the files speak; "" is today
	Columns    map[string]string // of a CSV: heading by our column
	Repository string            // of a CODEOWNERS; "" is the clone that holds it
	Currency   string            // of costs without one
	Partial    bool              // who is not in the CSV has not left
	DryRun     bool              // say what would change, and write nothing
}

// OrgExport is an organisation document to be written.
type OrgExport interface {
	// YAML writes it, an entry on each line.
	YAML(w io.Writer) error
	// Document is what JSON shows of it.
	Document() cockpit.OrganisationDocument
}

func (r *root) org() *cobra.Command {
	cmd := &cobra.Command{
		Use: "org", Short: "People, teams, reporting lines, and what the structure needs", Args: noArgs,
		Long: `Reads organisation.yaml in the workspace: people, teams, reporting lines, open
positions and ownership, each from a first to a last day.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.orgShow(), r.orgTree(), r.orgCheck(), r.orgMatch(), r.orgBorders(), r.orgWhatIf(), r.orgImport(), r.orgExport())
	return cmd
}

// orgView is a command that shows the organisation of a day.
func (r *root) orgView(cmd *cobra.Command, show func(cockpit.Organisation) error) *cobra.Command {
	var asJSON bool
	var asOf string
	cmd.Args = exactly(0, "no arguments")
	cmd.RunE = func(c *cobra.Command, _ []string) error {
		s := r.scope(nil)
		s.AsOf = asOf
		o, err := r.actions.Organisation(c.Context(), s)
		if err != nil {
			return err
		}
		return r.answer(o, asJSON, func() error { return show(o) }, nil)
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.OrganisationSchema+")")
	cmd.Flags().StringVar(&asOf, "as-of", "", "as it is on this day (YYYY-MM-DD; default: today)")
	return cmd
}

func (r *root) orgShow() *cobra.Command {
	return r.orgView(&cobra.Command{Use: "show", Short: "Size, spans, layers, teams, and what the structure needs"},
		func(o cockpit.Organisation) error { return report.Organisation(r.io.Out, o, r.terminal()) })
}

func (r *root) orgTree() *cobra.Command {
	var depth int
	cmd := r.orgView(&cobra.Command{Use: "tree", Short: "Reporting lines as a tree"},
		func(o cockpit.Organisation) error { return report.OrganisationTree(r.io.Out, o, depth, r.terminal()) })
	cmd.Flags().IntVar(&depth, "depth", 0, "at most this many levels (0: all)")
	return cmd
}

func (r *root) orgCheck() *cobra.Command {
	return r.orgView(&cobra.Command{Use: "check", Short: "What does not fit together, and how to mend it"},
		func(o cockpit.Organisation) error { return report.OrganisationProblems(r.io.Out, o, r.terminal()) })
}

func (r *root) orgImport() *cobra.Command {
	var in OrgImport
	var columns []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Take people and ownership from CSV, CODEOWNERS and Backstage",
		Long: `Takes what other tools know into organisation.yaml. An export of people (CSV) is the
whole company on a day: whoever is new is added, what differs becomes a change of that
day, whoever is missing has left. Who had left and is in it again has come back, with one
more entry for the new time (7-2 is the second time of 7) and the addresses of before.
Columns are found by their heading, or said once with --column, and remembered. A blank
manager or team ends the one of before; a new e-mail address is added to the old. Nothing
is imported when any line cannot be taken.`,
		Example: `  diarchy org import people-2026-06.csv --date 2026-06-30
  diarchy org import people.csv --column id="Personnel no" --column manager=Boss
  diarchy org import ~/src/payments/.github/CODEOWNERS
  diarchy org import catalog-info.yaml --dry-run`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactly(1, "at least one file")(c, args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			in.Files, in.Columns = args, map[string]string{}
			for _, s := range columns {
				key, heading, ok := strings.Cut(s, "=")
				if !ok || key == "" || heading == "" {
					return problem.New(problem.Usage, `such as --column id="Employee ID"`, "--column %q names no column", s)
				}
				in.Columns[key] = heading
			}
			out, err := r.actions.ImportOrganisation(c.Context(), r.scope(nil), in)
			if err != nil {
				return err
			}
			if asJSON {
				return report.Encode(r.io.Out, out)
			}
			r.imported(out)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Date, "date", "", "day of which the files speak (YYYY-MM-DD; default: today)")
	f.StringArrayVar(&columns, "column", nil, "heading of one of our columns, as KEY=HEADING; keys: id, name, email, login, start, end, title, role, level, employment, location, cost, currency, team, manager")
	f.StringVar(&in.Repository, "repository", "", "whose CODEOWNERS it is (default: the name of the clone that holds it)")
	f.StringVar(&in.Currency, "currency", "", "of costs that come without one, such as EUR; remembered")
	f.BoolVar(&in.Partial, "partial", false, "the CSV is not everybody: nobody has left")
	f.BoolVar(&in.DryRun, "dry-run", false, "say what would change, and write nothing")
	f.BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.OrganisationImportSchema+")")
	return cmd
}

// mostChanges is how many changes of an import are listed.
const mostChanges = 40

func (r *root) imported(out cockpit.OrganisationImport) {
	for i, c := range out.Changes {
		if i == mostChanges {
			fmt.Fprintf(r.io.Out, "and %s\n", counted(len(out.Changes)-i, "more change", "more changes"))
			break
		}
		fmt.Fprintln(r.io.Out, r.hang("- ", c))
	}
	for _, n := range out.Notes {
		fmt.Fprintln(r.io.Err, r.hang("note: ", n))
	}
	switch {
	case len(out.Changes) == 0:
		fmt.Fprintln(r.io.Out, "nothing has changed")
	case out.Written:
		fmt.Fprintf(r.io.Out, "%s written to %s; look with: diarchy org show\n", counted(len(out.Changes), "change", "changes"), out.Path)
	default:
		fmt.Fprintf(r.io.Out, "%s would be written to %s\n", counted(len(out.Changes), "change", "changes"), out.Path)
	}
}

func (r *root) orgExport() *cobra.Command {
	var asJSON bool
	var asOf string
	cmd := &cobra.Command{
		Use: "export", Short: "Print the document as YAML, an entry on each line", Args: exactly(0, "no arguments"),
		Long: `Prints organisation.yaml, an entry on each line: the whole of it with its history, or
with --as-of what holds on a day: who is employed then, with the job and the manager of
that day, and the teams, lines, open positions and ownership that there are.`,
		Example: `  diarchy org export > all.yaml
  diarchy org export --as-of 2024-06-30 --json`,
		RunE: func(c *cobra.Command, _ []string) error {
			s := r.scope(nil)
			s.AsOf = asOf
			e, err := r.actions.ExportOrganisation(c.Context(), s)
			switch {
			case err != nil:
				return err
			case asJSON:
				return report.Encode(r.io.Out, e.Document())
			}
			return e.YAML(r.io.Out)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.OrganisationDocumentSchema+")")
	cmd.Flags().StringVar(&asOf, "as-of", "", "what holds on this day (YYYY-MM-DD; default: all that was and will be)")
	return cmd
}

func (r *root) orgBorders() *cobra.Command {
	var asJSON bool
	var asOf, html string
	cmd := &cobra.Command{
		Use: "borders [PATH | ADDRESS]...", Short: "Where teams change each other's code",
		Long: `Holds who owns what against the changes of the last year: how many touch code of
several teams, which teams these are, and which code changes with another team's.
With --html it draws them.`,
		RunE: func(c *cobra.Command, args []string) error {
			s := r.scope(args)
			s.AsOf = asOf
			b, err := r.actions.Borders(c.Context(), s)
			if err != nil {
				return err
			}
			if html != "" {
				if err := toFile(html, func(w io.Writer) error { return report.BordersHTML(w, b) }); err != nil {
					return err
				}
				if !r.quiet {
					fmt.Fprintf(r.io.Err, "wrote %s\n", html)
				}
			}
			return r.answer(b, asJSON, func() error { return report.Borders(r.io.Out, b, r.terminal()) }, b.Skipped)
		},
	}
	cmd.Flags().StringVar(&html, "html", "", "also write one self-contained page with the picture to this file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.BordersSchema+")")
	cmd.Flags().StringVar(&asOf, "as-of", "", "with only what was known by the end of this day (YYYY-MM-DD)")
	return cmd
}

func (r *root) orgWhatIf() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "whatif FILE [PATH | ADDRESS]...", Short: "Think through hires, moves, splits and growth, side by side",
		Long: `Makes the scenarios of a file happen on paper, and compares verdict, spans, layers,
leaders' load, cost, knowledge at risk and the next sizes with the organisation as it is.
Nothing is changed.

  seed: 42   # of all draws; kept here, the result can be made again
  scenarios:
    - name: A VP of Engineering
      date: 2027-01-01
      steps:
        - hire: {role: vpe, manager: ceo, reports: [mo, li]}
        - split: {team: pay, into: {id: risk}, people: [e1, e2]}
    - name: Growth
      growth: {low: 0.2, high: 0.5}

Steps are hire, leave, move, share, dotted, merge, split, parent, role, open, fill and
retire. Without any source of facts, what only those show is unknown.`,
		Example: "  diarchy org whatif scenarios.yaml",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exactly(1, "a file of scenarios")(c, args)
			}
			v, err := r.actions.WhatIf(c.Context(), r.scope(args[1:]), args[0])
			if err != nil {
				return err
			}
			return r.answer(v, asJSON, func() error { return report.WhatIf(r.io.Out, v, r.terminal()) }, v.Skipped)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.WhatIfSchema+")")
	return cmd
}

func (r *root) orgMatch() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "match [PATH | ADDRESS]...", Short: "Who wrote commits and is nobody of the document",
		Long: `Joins those who wrote commits in the last year with the people of organisation.yaml by
their e-mail addresses, and lists who could not be joined: who it may be, why, and the
line that joins them. Nothing is joined by a guess.`,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := r.actions.Match(c.Context(), r.scope(args))
			if err != nil {
				return err
			}
			return r.answer(m, asJSON, func() error { return report.Match(r.io.Out, m, r.terminal()) }, m.Skipped)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON ("+cockpit.MatchSchema+")")
	return cmd
}
