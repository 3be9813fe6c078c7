package cli

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
	"github.com/spf13/cobra"
)

type arbiter interface {
	// Decide answers who decides a choice.
	Decide(scope Scope, c Choice) (cockpit.Ruling, error)
}

// Choice is what is said of something to be decided; nil is not said. A Kind settles
// the rest.
type Choice struct {
	Kind       string
	Reach      string   // team, several_teams, company; "" is not said
	Horizon    *float64 // months
	Cost       *float64 // thousands
	Reversible *bool
	Security   *bool
	Compliance *bool
}

// written is a choice as flags say it.
type written struct {
	kind, reach, horizon, cost, reversible, security, compliance string
}

func (r *root) decide() *cobra.Command {
	var w written
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "decide",
		Short: "Say who decides a choice, who is asked, and by when",
		Long: `Answers "who decides this?" from a few attributes of the choice, by the agreement of
the workspace if there is one, else by the playbook; with the rule that says so. What you
do not say is unknown: if it matters, the answer says so.`,
		Example: `  diarchy decide --reach company --horizon 3y --cost 500k --reversible no
  diarchy decide --reach team --cost 20k --security=no --compliance=no
  diarchy decide --kind vendors`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && (args[0] == "no" || args[0] == "yes") { // a flag that may stand alone takes no next word
				return problem.New(problem.Usage, "write --security="+args[0]+" or --compliance="+args[0], "%q belongs to no flag", args[0])
			}
			return exactly(0, "attributes as flags, such as --reach team")(c, args)
		},
		RunE: func(c *cobra.Command, _ []string) error {
			choice, err := w.choice()
			if err != nil {
				return err
			}
			d, err := r.actions.Decide(r.scope(nil), choice)
			if err != nil {
				return err
			}
			if asJSON {
				return report.AgreementJSON(r.io.Out, d)
			}
			return report.Ruling(r.io.Out, d, r.terminal())
		},
	}
	f := cmd.Flags()
	f.StringVar(&w.reach, "reach", "", "whom it binds: team, several_teams or company")
	f.StringVar(&w.horizon, "horizon", "", "for how long: 18m or 3y")
	f.StringVar(&w.cost, "cost", "", "what it costs, once and in the first year: 20k, 500k, 2M")
	f.StringVar(&w.reversible, "reversible", "", "whether it can be taken back: yes or no")
	f.StringVar(&w.security, "security", "", "security is touched; --security=no: it is not")
	f.StringVar(&w.compliance, "compliance", "", "a compliance framework is touched; --compliance=no: it is not")
	f.StringVar(&w.kind, "kind", "", "the kind of decision, when you know it, such as vendors")
	f.BoolVar(&asJSON, "json", false, "print JSON (schema "+cockpit.RulingSchema+")")
	for _, name := range []string{"security", "compliance"} {
		f.Lookup(name).NoOptDefVal = "yes"
	}
	return cmd
}

// choice reads the flags.
func (w written) choice() (c Choice, err error) {
	if w == (written{}) {
		return c, problem.New(problem.Usage, "begin with --reach team, several_teams or company; or name the --kind", "nothing is said of the choice")
	}
	if w.kind != "" && w != (written{kind: w.kind}) {
		return c, problem.New(problem.Usage, "give --kind alone, or the attributes", "--kind settles what the other flags ask")
	}
	c.Kind = w.kind
	if c.Reach, err = reach(w.reach); err != nil {
		return c, err
	}
	if c.Horizon, err = horizon(w.horizon); err != nil {
		return c, err
	}
	if c.Cost, err = cost(w.cost); err != nil {
		return c, err
	}
	for _, f := range []struct {
		name, text string
		dst        **bool
	}{{"reversible", w.reversible, &c.Reversible}, {"security", w.security, &c.Security}, {"compliance", w.compliance, &c.Compliance}} {
		if *f.dst, err = truth(f.name, f.text); err != nil {
			return c, err
		}
	}
	return c, nil
}

func reach(s string) (string, error) {
	word := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(s))
	if s != "" && !slices.Contains([]string{"team", "several_teams", "company"}, word) {
		return "", problem.New(problem.Usage, "use team, several_teams or company", "--reach %q is none", s)
	}
	return word, nil
}

var (
	horizonShape = regexp.MustCompile(`^([0-9]{1,4}(?:\.[0-9]+)?) ?(m|y|months?|years?)$`)
	costShape    = regexp.MustCompile(`^([0-9][0-9_,]{0,14}(?:\.[0-9]+)?) ?([kKmM]?)$`)
)

// horizon reads "18m" or "3y" as months.
func horizon(s string) (*float64, error) {
	if s == "" {
		return nil, nil
	}
	m := horizonShape.FindStringSubmatch(strings.ToLower(s))
	if m == nil {
		return nil, problem.New(problem.Usage, "write months or years, such as 18m or 3y", "--horizon %q is no time", s)
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(m[2], "y") {
		x *= 12
	}
	return &x, nil
}

// cost reads "500k", "2M" or "50000" as thousands.
func cost(s string) (*float64, error) {
	if s == "" {
		return nil, nil
	}
	m := costShape.FindStringSubmatch(s)
	if m == nil {
		return nil, problem.New(problem.Usage, "write an amount without a currency, such as 50000, 500k or 2M", "--cost %q is no amount", s)
	}
	x, err := strconv.ParseFloat(strings.NewReplacer("_", "", ",", "").Replace(m[1]), 64)
	if err != nil || math.IsInf(x, 0) {
		return nil, problem.New(problem.Usage, "write an amount such as 500k", "--cost %q is no amount", s)
	}
	switch strings.ToLower(m[2]) {
	case "":
		x /= 1000
	case "m":
		x *= 1000
	}
	return &x, nil
}

func truth(name, s string) (*bool, error) {
	yes := true
	switch strings.ToLower(s) {
	case "":
		return nil, nil
	case "yes", "true", "y":
		return &yes, nil
	case "no", "false", "n":
		yes = false
		return &yes, nil
	}
	return nil, problem.New(problem.Usage, "use --"+name+"=yes or --"+name+"=no", "--%s %q is neither yes nor no", name, s)
}
