package cli

import (
	"context"
	"fmt"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/spf13/cobra"
)

type protector interface {
	// ExportPerson gives all that is held about one person.
	ExportPerson(ctx context.Context, scope Scope, who string) (cockpit.PersonExport, error)
	// ErasePerson erases one person, or says what would be erased.
	ErasePerson(ctx context.Context, scope Scope, who string, do bool) (cockpit.PersonErasure, error)
}

func (r *root) person() *cobra.Command {
	cmd := &cobra.Command{
		Use: "person", Short: "Give somebody all that is held about them, or erase it", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(r.personExport(), r.personErase())
	return cmd
}

// whoHelp says how a person is named.
const whoHelp = `WHO is an address, a login, a name, an id of the organisation document, or the name of an
account. No source is read: run diarchy sync first for what is new.`

func (r *root) personExport() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "export WHO", Short: "Print all that is held about one person", Args: exactly(1, "one person"),
		Long: `Prints names and addresses, the lines of documents that name the person, accounts, lines of
the audit trail by and about the person and looks at data about people, rows of facts that
carry the person, and texts that name the person. With --json it is complete; otherwise
rows and texts are counted.

` + whoHelp,
		RunE: func(c *cobra.Command, args []string) error {
			e, err := r.actions.ExportPerson(c.Context(), r.scope(nil), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(e)
			}
			r.printExport(e)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.PersonExportSchema+")")
	return cmd
}

func (r *root) printExport(e cockpit.PersonExport) {
	r.printIdentities(e.Identities)
	if e.Person != "" {
		r.say("organisation: ", e.Person)
	}
	for _, l := range gathered(e.Documents, func(l cockpit.PersonLine) (string, int, string) { return l.File, l.Line, l.Text }) {
		r.say(l.where, l.text)
	}
	for _, a := range e.Accounts {
		r.say("account: ", fmt.Sprintf("%s; %s; %s; %s", a.Name, a.State, counted(len(a.Sessions), "session", "sessions"), counted(len(a.Tokens), "API token", "API tokens")))
	}
	r.say("audit trail: ", fmt.Sprintf("%s by or about the person; %s at data about people", counted(len(e.Audit), "line", "lines"), counted(len(e.Looks), "look", "looks")))
	for _, t := range e.Facts {
		r.say("facts: ", fmt.Sprintf("%s of %s", counted(len(t.Rows), "row", "rows"), t.Table))
	}
	r.say("texts: ", counted(len(e.Texts), "names the person", "name the person"))
	r.say("", "All of it: the same command with --json.")
}

// said is what lines of a document say.
type said struct{ where, text string }

// gathered gives each text once, with the first place at which it stands.
func gathered[T any](all []T, of func(T) (file string, line int, text string)) (out []said) {
	times := map[string]int{}
	for _, one := range all {
		file, _, text := of(one)
		times[file+"\x00"+text]++
	}
	for _, one := range all {
		file, line, text := of(one)
		where := fmt.Sprintf("%s:%d: ", file, line)
		switch n := times[file+"\x00"+text]; {
		case n == 0:
			continue
		case n > 1:
			where = fmt.Sprintf("%s:%d and %d more: ", file, line, n-1)
		}
		times[file+"\x00"+text] = 0
		out = append(out, said{where, text})
	}
	return out
}

func (r *root) printIdentities(all []cockpit.PersonIdentity) {
	for _, i := range all {
		r.say("known as: ", i.Name+" <"+i.Email+">")
	}
}

// say prints a line of its own; what sources and documents say obeys no terminal.
func (r *root) say(label, text string) {
	fmt.Fprintln(r.io.Out, r.hang(problem.Visible(label), problem.Visible(text)))
}

func (r *root) personErase() *cobra.Command {
	var asJSON, yes bool
	cmd := &cobra.Command{
		Use: "erase WHO", Short: "Put a pseudonym in the place of one person, for good", Args: exactly(1, "one person"),
		Long: `Puts a pseudonym in the place of the person's names, addresses and logins: in facts, in
texts such as subjects and titles, in the documents of the workspace, in accounts, which end,
and in the audit trail, which still verifies. The ledger remembers keyed hashes, so that
the person stays erased when sources are read again and when backups are restored. What is
counted does not change.

Says what would be done; --yes does it. It cannot be undone. What it cannot reach is listed:
git itself, other systems, and backups made before.

` + whoHelp,
		RunE: func(c *cobra.Command, args []string) error {
			e, err := r.actions.ErasePerson(c.Context(), r.scope(nil), args[0], yes)
			if err != nil {
				return err
			}
			if asJSON {
				return r.printJSON(e)
			}
			r.printErasure(e)
			return nil
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.PersonErasureSchema+")")
	return cmd
}

func (r *root) printErasure(e cockpit.PersonErasure) {
	r.printIdentities(e.Identities)
	for _, c := range gathered(e.Changes, func(c cockpit.PersonChange) (string, int, string) {
		return c.File, c.Line, c.Before + " becomes " + c.After
	}) {
		r.say(c.where, c.text)
	}
	for _, a := range e.Accounts {
		r.say("account that ends: ", a)
	}
	r.say("facts: ", fmt.Sprintf("%s, which stay under the pseudonym; %s", counted(e.Rows, "row", "rows"), counted(e.Texts, "text that loses a name", "texts that lose a name")))
	r.say("audit trail: ", counted(e.AuditLines, "line that loses a name", "lines that lose a name"))
	for _, l := range e.Left {
		r.say("left: ", l)
	}
	if e.Done {
		r.say("", "Erased. From now on this person is "+e.Pseudonym+".")
		return
	}
	r.say("", "Nothing was changed. To do it: the same command with --yes.")
}
