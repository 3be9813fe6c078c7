package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

type gatekeeper interface {
	// Accounts lists the accounts of the ledger.
	Accounts(ctx context.Context, scope Scope) ([]Account, error)
	// Invite makes an account, or a new link for one that is there.
	Invite(ctx context.Context, scope Scope, in Invitation) (Invited, error)
	// Deactivate ends an account and all that it was given.
	Deactivate(ctx context.Context, scope Scope, name string) error
	// SetRoles replaces the roles of an account.
	SetRoles(ctx context.Context, scope Scope, name string, roles []string) error
}

// Account is an account of the server.
type Account struct {
	Name         string   `json:"name"`
	Roles        []string `json:"roles"`
	Person       string   `json:"person"` // id in the organisation document; "" when it is nobody there
	State        string   `json:"state"`  // active, invited or deactivated
	SecondFactor bool     `json:"second_factor"`
	Providers    []string `json:"providers"` // issuers of linked identities
	Created      string   `json:"created"`   // RFC 3339
	LastSeen     string   `json:"last_seen"` // RFC 3339; "" when no session lives
}

// Accounts are all accounts, as JSON.
type accountsJSON struct {
	Schema   string    `json:"schema"` // diarchy/accounts/v1
	Accounts []Account `json:"accounts"`
}

// Invitation is an account to be made.
type Invitation struct {
	Name   string
	Person string
	Roles  []string
	Again  bool // a new link for an account that is there
	Reset  bool // and its second factor is removed
}

// Invited is the link by which somebody comes in.
type Invited struct {
	Schema  string `json:"schema"` // diarchy/invitation/v1
	Name    string `json:"name"`
	Path    string `json:"path"` // at the server's address; holds the secret
	Expires string `json:"expires"`
}

func (r *root) account() *cobra.Command {
	cmd := &cobra.Command{
		Use: "account", Short: "Who may sign in to the server, and as what", Args: noArgs,
		Long: `Reads and changes the accounts in the ledger of the workspace, also while a server
runs on it. Whoever can write that file is an administrator here; what is done is
written to the audit trail as the operator's.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.accountList(), r.accountInvite(), r.accountDeactivate(), r.accountRoles())
	return cmd
}

func (r *root) accountList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "Print all accounts, their roles and state", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			all, err := r.actions.Accounts(c.Context(), r.scope(nil))
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(accountsJSON{"diarchy/accounts/v1", all})
			}
			for _, a := range all {
				r.printAccount(a)
			}
			if len(all) == 0 {
				fmt.Fprintln(r.io.Out, "no accounts yet: diarchy serve prints a link for the first administrator")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *root) printAccount(a Account) {
	facts := []string{a.State, orNone("no role", strings.Join(a.Roles, ", "))}
	if a.Person != "" {
		facts = append(facts, a.Person+" in the organisation")
	}
	if a.SecondFactor {
		facts = append(facts, "second factor")
	}
	if len(a.Providers) > 0 {
		facts = append(facts, "signs in at "+strings.Join(a.Providers, ", "))
	}
	if seen, err := time.Parse(time.RFC3339, a.LastSeen); err == nil {
		facts = append(facts, "last seen "+seen.Format("2006-01-02 15:04 MST"))
	}
	fmt.Fprintln(r.io.Out, r.hang(fmt.Sprintf("%-24s ", a.Name), strings.Join(facts, "; ")))
}

func orNone(none, s string) string {
	if s == "" {
		return none
	}
	return s
}

func (r *root) accountInvite() *cobra.Command {
	var in Invitation
	var asJSON bool
	cmd := &cobra.Command{
		Use: "invite NAME", Short: "Make an account, and print the link by which its owner comes in", Args: exactly(1, "the name to sign in with"),
		Long: `Makes an account and prints a link that counts once, for 24 hours. Its owner sets a
password there, or comes in through an identity provider.

Roles are administrator (accounts, settings, audit; nothing of the company by that),
cto, vpe, executive, manager (the own part of the organisation) and member (whatever
is not about people). --person says who it is in organisation.yaml: that decides what a
manager sees, and ends access when the person leaves.`,
		RunE: func(c *cobra.Command, args []string) error {
			in.Name = args[0]
			res, err := r.actions.Invite(c.Context(), r.scope(nil), in)
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(res)
			}
			fmt.Fprintf(r.io.Out, "%s comes in once, until %s, at the server's address followed by\n%s\n", res.Name, res.Expires, res.Path)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&in.Roles, "role", nil, "a role (can be given again)")
	f.StringVar(&in.Person, "person", "", "who it is in organisation.yaml")
	f.BoolVar(&in.Again, "again", false, "a new link for an account that is there")
	f.BoolVar(&in.Reset, "reset", false, "with --again: remove its second factor too")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *root) accountDeactivate() *cobra.Command {
	return &cobra.Command{
		Use: "deactivate NAME", Short: "End an account for good, with its sessions, tokens and links", Args: exactly(1, "the name of an account"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := r.actions.Deactivate(c.Context(), r.scope(nil), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(r.io.Out, "%s is deactivated; sessions, tokens and links have ended\n", args[0])
			return nil
		},
	}
}

func (r *root) accountRoles() *cobra.Command {
	return &cobra.Command{
		Use: "roles NAME [ROLE]...", Short: "Replace the roles of an account; it signs in again", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := r.actions.SetRoles(c.Context(), r.scope(nil), args[0], args[1:]); err != nil {
				return err
			}
			fmt.Fprintf(r.io.Out, "%s: %s; sessions, tokens and links have ended\n", args[0], orNone("no role", strings.Join(args[1:], ", ")))
			return nil
		},
	}
}
