package cli

import (
	"fmt"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/spf13/cobra"
)

type ruler interface {
	// PlaybookValues lists every value of the playbook with its origin.
	PlaybookValues(scope Scope) ([]PlaybookValue, error)
	// PlaybookTests runs the tests beside the rules, the company's too.
	PlaybookTests(scope Scope) ([]PlaybookTest, error)
}

// PlaybookValue is one figure or rule of the playbook.
type PlaybookValue struct {
	Key     string   `json:"key"`
	Value   string   `json:"value"`
	Text    string   `json:"-"` // Value, with the thresholds that it names
	Default string   `json:"default"`
	Origin  string   `json:"origin"` // default or company
	Cites   []string `json:"cites"`
	Why     string   `json:"why"`
}

// PlaybookTest is the result of one test.
type PlaybookTest struct {
	Rule, Name string
	Failure    string // "" when it passed
}

func (r *root) playbook() *cobra.Command {
	cmd := &cobra.Command{Use: "playbook", Short: "Show and test the rules that judgements rest on", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	cmd.AddCommand(r.playbookShow(), r.playbookTest())
	return cmd
}

func (r *root) playbookShow() *cobra.Command {
	var asJSON, changed bool
	cmd := &cobra.Command{
		Use: "show", Short: "Show every value, and which are the company's own", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			values, err := r.actions.PlaybookValues(r.scope(nil))
			if err != nil {
				return err
			}
			kept := values[:0]
			for _, v := range values {
				if !changed || v.Origin != "default" {
					kept = append(kept, v)
				}
			}
			if asJSON {
				return r.printJSON(kept)
			}
			for _, v := range kept {
				mark := "default"
				if v.Origin != "default" {
					mark = "company"
				}
				line := fmt.Sprintf("%s = %s", v.Key, v.Text)
				if v.Origin != "default" && v.Default != "" {
					line += " (default " + v.Default + ")"
				}
				if len(v.Cites) > 0 {
					line += fmt.Sprintf(" %v", v.Cites)
				}
				fmt.Fprintln(r.io.Out, r.hang(mark+"  ", line))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&changed, "changed", false, "only the company's own values")
	return cmd
}

func (r *root) playbookTest() *cobra.Command {
	return &cobra.Command{
		Use: "test", Short: "Run the tests beside the rules, the company's too", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			tests, err := r.actions.PlaybookTests(r.scope(nil))
			if err != nil {
				return err
			}
			failed := 0
			for _, t := range tests {
				if t.Failure != "" {
					failed++
					fmt.Fprintf(r.io.Out, "FAIL %s: %s: %s\n", t.Rule, t.Name, t.Failure)
				}
			}
			fmt.Fprintf(r.io.Out, "%d passed, %d failed\n", len(tests)-failed, failed)
			if failed > 0 {
				return problem.New(nil, "mend the rule, or the test that says what it should do", "%s failed", counted(failed, "playbook test", "playbook tests"))
			}
			return nil
		},
	}
}
