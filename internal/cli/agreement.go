package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

type agreer interface {
	// AgreementDraft drafts an agreement from the playbook and what is known of the
	// company, and writes it into the workspace if asked to.
	AgreementDraft(ctx context.Context, scope Scope, write, replace bool) (AgreementDraft, error)
}

// AgreementDraft is a drafted agreement.
type AgreementDraft struct {
	Path   string
	Text   []byte
	Unread string // why the sources could not be read; "" if they could, or there are none
}

func (r *root) agreement() *cobra.Command {
	cmd := &cobra.Command{
		Use: "agreement", Short: "The agreement between CTO and VP of Engineering: draft, check, compare, sign", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.agreementDraft())
	return cmd
}

func (r *root) agreementDraft() *cobra.Command {
	var force, stdout bool
	cmd := &cobra.Command{
		Use: "draft", Short: "Write agreement.yaml from the playbook and what is known of the company", Args: exactly(0, "no arguments"),
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
			if stdout {
				_, err = r.io.Out.Write(draft.Text)
				return err
			}
			fmt.Fprintf(r.io.Out, "wrote %s\ntalk it over, change it, then run: diarchy agreement check\n", draft.Path)
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&force, "force", false, "replace an agreement.yaml that is there")
	f.BoolVar(&stdout, "stdout", false, "print the draft and write nothing")
	return cmd
}
