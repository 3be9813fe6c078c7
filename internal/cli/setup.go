package cli

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type founder interface {
	// Init writes a workspace and returns the file.
	Init(ctx context.Context, dir, name string, sources []string) (string, error)
	// Config lists settings with their origins; secrets are hidden.
	Config(scope Scope) ([]Setting, error)
}

// Setting is one setting and where its value comes from.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

type examiner interface {
	// Doctor looks at everything that a diagnosis needs.
	Doctor(ctx context.Context, scope Scope) ([]Check, error)
}

// Check is one thing that the doctor looked at.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warning, failed
	Detail string `json:"detail"`
	Do     string `json:"do"` // what would mend it
}

func (r *root) initialise() *cobra.Command {
	var name string
	var sources []string
	cmd := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a workspace: a commented diarchy.yaml",
		Long:  "Writes a commented diarchy.yaml. All of it is optional; each missing value is an\nunknown that the verdict names.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return exactly(1, "one folder at most")(c, args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			file, err := r.actions.Init(c.Context(), dir, name, sources)
			if err != nil {
				return err
			}
			fmt.Fprintf(r.io.Out, "wrote %s\nfill in what you know, then run: diarchy diagnose --workspace %s\n", file, dir)
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name of the company")
	cmd.Flags().StringSliceVar(&sources, "source", nil, "a git clone, a folder of clones, or an address (can be given again)")
	return cmd
}

func (r *root) config() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Show settings and where they come from", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var asJSON bool
	show := &cobra.Command{
		Use: "show", Short: "Print each setting with its origin; secrets are hidden", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			settings, err := r.actions.Config(r.scope(nil))
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(settings)
			}
			for _, s := range settings {
				line := fmt.Sprintf("%-16s %-40s %s", s.Key, s.Value, s.Origin)
				if utf8.RuneCountInString(line) > r.width() {
					line = r.hang(fmt.Sprintf("%-16s ", s.Key), s.Value+" ("+s.Origin+")")
				}
				fmt.Fprintln(r.io.Out, line)
			}
			return nil
		},
	}
	show.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(show)
	return cmd
}

func (r *root) doctor() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor [PATH | ADDRESS]...",
		Short: "Say what a diagnosis needs that is missing, and how to mend it",
		RunE: func(c *cobra.Command, args []string) error {
			checks, err := r.actions.Doctor(c.Context(), r.scope(args))
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(checks)
			}
			failed := 0
			for _, ch := range checks {
				r.detail(fmt.Sprintf("%-8s", ch.Status), ch.Name+": "+ch.Detail)
				if ch.Do != "" {
					fmt.Fprintf(r.io.Out, "        do:\n%s\n", report.Code(10, ch.Do, r.width()))
				}
				if ch.Status == "failed" {
					failed++
				}
			}
			if failed > 0 {
				return problem.New(nil, "", "%s failed", counted(failed, "check", "checks"))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// detail prints a text beside a label. Lines that are indented show a document, and stay
// as they are.
func (r *root) detail(label, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, " ") {
			fmt.Fprintln(r.io.Out, strings.Repeat(" ", len(label))+line)
		} else if line != "" {
			fmt.Fprintln(r.io.Out, r.hang(label, line))
		}
		label = strings.Repeat(" ", len(label))
	}
}

func (r *root) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(r.io.Out, r.version)
			return err
		},
	}
}
