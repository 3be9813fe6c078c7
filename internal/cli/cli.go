// Package cli is the command line: one file for each command. It parses, calls the
// program through Actions, and prints; it knows no store and no source.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
	"github.com/spf13/cobra"
)

// Actions are what commands ask of the program.
type Actions interface {
	diagnoser
	syncer
	cataloguer
	explainer
	recorder
	streamer
	mover
	keeper
	ruler
	agreer
	arbiter
	founder
	examiner
	recoverer
	inventor
	foreteller
	planner
	organiser
	assistant
	gatekeeper
	auditor
	protector
	server
}

// Scope says what a command works on.
type Scope struct {
	Workspace string   // folder or file; "" finds one from the current folder up
	Paths     []string // clones, folders of clones, addresses; none: the workspace's sources
	AsOf      string   // YYYY-MM-DD; "" is the newest fact
	Rebuild   bool     // make what follows from stored facts again
	Forget    []string // systems whose facts are taken out before anything is read
	Flags     map[string]string
	Progress  io.Writer // nil: show none
}

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Terminal bool // Out is a terminal
	Width    int  // of that terminal, in columns; 0: unknown
	ErrTerm  bool // Err is a terminal
	Env      []string
}

// root holds what all commands share.
type root struct {
	actions Actions
	io      Streams
	version string

	workspace string
	database  string
	color     string
	quiet     bool
}

// Run parses args, runs a command, and returns the exit status.
func Run(ctx context.Context, args []string, streams Streams, version string, actions Actions) int {
	r := &root{actions: actions, io: streams, version: version}
	cmd := r.command()
	cmd.SetArgs(args)
	cmd.SetIn(streams.In)
	cmd.SetOut(streams.Out)
	cmd.SetErr(streams.Err)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return 0 // also when a signal came after all was done
	}
	r.report(ctx, err)
	if ctx.Err() != nil {
		return 1
	}
	return problem.ExitCode(err)
}

// report prints an error and what to do about it.
func (r *root) report(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(r.io.Err, "diarchy: stopped; what was stored is kept, and the next run goes on from there")
		return
	case errors.Is(err, problem.Partial) && r.quiet:
		return
	}
	text := err.Error()
	if about := (*problem.Input)(nil); errors.As(err, &about) {
		text = strings.Replace(text, about.Error(), "--"+about.Error(), 1)
	}
	fmt.Fprintf(r.io.Err, "diarchy: %s\n", text)
	if hint := problem.Hint(err); hint != "" {
		fmt.Fprintf(r.io.Err, "hint: %s\n", hint)
	}
}

func (r *root) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diarchy",
		Short: "Do you need a CTO, a VP of Engineering, or both? From your own engineering data",
		Long: `Diarchy answers from a company's own engineering data whether it needs a CTO, a VP
of Engineering, both, or neither yet; which first; and when: with its evidence, its
doubts, and what would change its mind. Everything runs on this machine.

Start with:  diarchy diagnose PATH-TO-A-GIT-CLONE`,
		Version:       r.version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.SetVersionTemplate("{{.Version}}\n")
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return problem.New(problem.Usage, "see "+c.CommandPath()+" --help", "%w", err)
	})
	f := cmd.PersistentFlags()
	f.StringVar(&r.workspace, "workspace", "", "folder that holds diarchy.yaml (default: found from the current folder up)")
	f.StringVar(&r.database, "database", "", "file or postgres:// address that holds the facts (default: in the workspace, or in the cache)")
	f.StringVar(&r.color, "color", "", "auto, always or never")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "show no progress")
	cmd.AddCommand(r.diagnose(), r.sync(), r.metric(), r.sprint(), r.forecast(), r.explain(), r.decision(), r.facts(), r.move(), r.backup(), r.restore(), r.account(), r.person(), r.audit(), r.ledger(), r.playbook(), r.org(), r.agreement(), r.decide(), r.initialise(), r.config(), r.doctor(), r.recover(), r.demo(), r.serve(), r.mcp(), r.versionCommand())
	r.wrapHelp(cmd)
	return cmd
}

// noArgs refuses words that are no command.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "see diarchy --help"
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean diarchy " + near[0] + "?"
	}
	return problem.New(problem.Usage, hint, "unknown command %q", args[0])
}

// exactly refuses a wrong number of arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return problem.New(problem.Usage, "usage: "+c.UseLine(), "%s: give %s", c.CommandPath(), what)
	}
}

// scope is what the shared flags and the arguments say.
func (r *root) scope(paths []string) Scope {
	s := Scope{Workspace: r.workspace, Paths: paths, Flags: map[string]string{}}
	if r.database != "" {
		s.Flags["database"] = r.database
	}
	if r.color != "" {
		s.Flags["color"] = r.color
	}
	if !r.quiet && r.io.ErrTerm {
		s.Progress = r.io.Err
	}
	return s
}

// colored reports whether results are coloured.
func (r *root) colored() bool {
	color := r.color
	for _, e := range r.io.Env {
		if v, ok := strings.CutPrefix(e, "NO_COLOR="); ok && v != "" && color == "" {
			return false
		}
		if v, ok := strings.CutPrefix(e, "DIARCHY_COLOR="); ok && color == "" {
			color = v
		}
	}
	switch color {
	case "always":
		return true
	case "never":
		return false
	}
	return r.io.Terminal
}

// toFile writes a result to a file: beside it first, then under its name.
func toFile(path string, write func(io.Writer) error) (err error) {
	if path == "-" {
		return problem.New(problem.Usage, "name a file", "cannot write this to standard output")
	}
	f, err := os.CreateTemp(dirOf(path), ".diarchy-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	err = write(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
