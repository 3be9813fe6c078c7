package playbook

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// Reaches of a choice, smallest first.
func Reaches() []string { return []string{"team", "several_teams", "company"} }

// Attributes are what is known of a choice; nil is unknown.
type Attributes struct {
	Reach      string   // one of Reaches; "" is unknown
	Horizon    *float64 // months
	Cost       *float64 // thousand $
	Reversible *bool
	Security   *bool
	Compliance *bool
}

// AttributeNames are the attributes, in the order in which they are asked for.
func AttributeNames() []string {
	return []string{"reach", "horizon", "cost", "reversible", "security", "compliance"}
}

// values are the known attributes as conditions see them.
func (a Attributes) values() map[string]any {
	vars := map[string]any{}
	if a.Reach != "" {
		vars["reach"] = a.Reach
	}
	for name, x := range map[string]*float64{"horizon": a.Horizon, "cost": a.Cost} {
		if x != nil {
			vars[name] = *x
		}
	}
	for name, x := range map[string]*bool{"reversible": a.Reversible, "security": a.Security, "compliance": a.Compliance} {
		if x != nil {
			vars[name] = *x
		}
	}
	return vars
}

// Decided is what the rules say of a choice. Certain rules out that anything unknown
// could change the kind. Of several Rules the first that holds would count; Depends
// names the unknown attributes that they look at.
type Decided struct {
	Rules     []DecidingRule // those that may hold, in order; the last holds if none before does
	Certain   bool           // all of them name one kind
	Complete  bool           // one of them holds, whatever is unknown
	Depends   []string
	Additions []Addition // that hold
	Maybe     []Addition // that hold or not, depending on what is unknown
}

// Decide applies the rules to a choice.
func (p *Playbook) Decide(a Attributes) (Decided, error) {
	var d Decided
	vars, err := p.choice(a)
	if err != nil {
		return d, err
	}
	known := a.values()
	for _, r := range p.ordered() {
		holds, err := evaluate(p.deciding["rules."+r.ID].program, vars)
		if errors.Is(err, errUnknown) {
			d.Rules = append(d.Rules, r)
			d.depend(p.deciding["rules."+r.ID].uses, known)
			continue
		}
		if err != nil {
			return d, fmt.Errorf("playbook: agreement.deciding.rules.%s: %w", r.ID, err)
		}
		if holds == true {
			d.Rules = append(d.Rules, r)
			d.Certain, d.Complete = oneKind(d.Rules), true
			break
		}
	}
	if d.Certain {
		d.Depends = nil
	}
	if !d.Complete && a.Reach == "" {
		if d.Complete, err = p.completeByReach(a); err != nil {
			return d, err
		}
	}
	for _, add := range p.Agreement.Deciding.Additions {
		holds, err := evaluate(p.deciding["additions."+add.ID].program, vars)
		switch {
		case errors.Is(err, errUnknown):
			d.Maybe = append(d.Maybe, add)
		case err != nil:
			return d, fmt.Errorf("playbook: agreement.deciding.additions.%s: %w", add.ID, err)
		case holds == true:
			d.Additions = append(d.Additions, add)
		}
	}
	return d, nil
}

// completeByReach tells whether some rule holds for each reach, of a choice that says none.
func (p *Playbook) completeByReach(a Attributes) (bool, error) {
	for _, a.Reach = range Reaches() {
		if d, err := p.Decide(a); err != nil || !d.Complete {
			return false, err
		}
	}
	return true, nil
}

func (d *Decided) depend(uses []string, known map[string]any) {
	for _, name := range AttributeNames() {
		if _, ok := known[name]; !ok && slices.Contains(uses, name) && !slices.Contains(d.Depends, name) {
			d.Depends = append(d.Depends, name)
		}
	}
}

func oneKind(rules []DecidingRule) bool {
	return !slices.ContainsFunc(rules, func(r DecidingRule) bool { return r.Kind != rules[0].Kind })
}

// ordered are the rules in the order in which they are tried.
func (p *Playbook) ordered() []DecidingRule {
	rules := slices.Clone(p.Agreement.Deciding.Rules)
	slices.SortStableFunc(rules, func(a, b DecidingRule) int {
		if a.Order == b.Order && a.Origin != b.Origin {
			return cmp.Compare(a.Origin, b.Origin) // "company" before "default"
		}
		return cmp.Compare(a.Order, b.Order)
	})
	return rules
}

// Steps are the steps of escalation in order.
func (p *Playbook) Steps() []Escalation {
	steps := slices.Clone(p.Agreement.Escalation)
	slices.SortStableFunc(steps, func(a, b Escalation) int { return cmp.Compare(a.Order, b.Order) })
	return steps
}

// condition is a compiled one, with the attributes that it looks at.
type condition struct {
	program cel.Program
	uses    []string
}

// compileDeciding compiles the conditions of the rules and additions.
func (p *Playbook) compileDeciding() (map[string]condition, error) {
	env, err := cel.NewEnv(
		cel.ClearMacros(),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxRule),
		cel.ParserRecursionLimit(50),
		cel.Types(cel.NativeTypeFor[band](types.ParseStructTag("cel"))),
		cel.Variable("t", cel.MapType(cel.StringType, bandType)),
		cel.Variable("reach", cel.StringType),
		cel.Variable("horizon", cel.DoubleType),
		cel.Variable("cost", cel.DoubleType),
		cel.Variable("reversible", cel.BoolType),
		cel.Variable("security", cel.BoolType),
		cel.Variable("compliance", cel.BoolType),
	)
	if err != nil {
		return nil, err
	}
	out := map[string]condition{}
	compile := func(key, when string) error {
		c, err := p.decidingCondition(env, "agreement.deciding."+key+".when", when)
		out[key] = c
		return err
	}
	for _, r := range p.Agreement.Deciding.Rules {
		if err := compile("rules."+r.ID, r.When); err != nil {
			return nil, err
		}
	}
	for _, a := range p.Agreement.Deciding.Additions {
		if err := compile("additions."+a.ID, a.When); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *Playbook) decidingCondition(env *cel.Env, path, text string) (c condition, err error) {
	at := p.places[path]
	checked, issues := env.Compile(text)
	if err := issues.Err(); err != nil {
		return c, celError(at, path, text, issues)
	}
	if !checked.OutputType().IsExactType(cel.BoolType) {
		return c, at.wrong("write a condition, such as reach == \"team\"", "%s gives %s; it must give bool", path, checked.OutputType())
	}
	root := celast.NavigateAST(checked.NativeRep())
	bounds := ids(p.Agreement.Bounds, func(t Threshold) string { return t.ID })
	for _, e := range celast.MatchDescendants(root, celast.KindMatcher(celast.IdentKind)) {
		name := e.AsIdent()
		if name == "t" {
			if key := keyOf(e); !slices.Contains(bounds, key) {
				return c, at.wrong(suggest(key, bounds), "%s uses the bound %q, which does not exist", path, key)
			}
		} else if !slices.Contains(c.uses, name) {
			c.uses = append(c.uses, name)
		}
	}
	for _, e := range celast.MatchDescendants(root, celast.ConstantValueMatcher()) {
		if word, ok := e.AsLiteral().Value().(string); ok && !slices.Contains(Reaches(), word) {
			return c, at.wrong(suggest(word, Reaches()), "%s compares with %q, which is no reach", path, word)
		}
	}
	c.program, err = env.Program(checked, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(maxCost))
	return c, err
}

// choice is what conditions see of a choice; what is not known is marked as unknown.
func (p *Playbook) choice(a Attributes) (cel.PartialActivation, error) {
	vars := a.values()
	var unknown []*cel.AttributePatternType
	for _, name := range AttributeNames() {
		if _, ok := vars[name]; !ok {
			unknown = append(unknown, cel.AttributePattern(name))
		}
	}
	bounds := map[string]band{}
	for _, b := range p.Agreement.Bounds {
		bounds[b.ID] = band{b.Low, b.High}
	}
	vars["t"] = bounds
	return cel.PartialVars(vars, unknown...)
}

// testDeciding runs the tests of the rules of Deciding. The built-in ones are run on
// the built-in rules.
func (p *Playbook) testDeciding() []TestResult {
	var out []TestResult
	base := p
	for _, c := range p.Agreement.Deciding.Tests {
		rules := p
		if c.Origin == FromDefault {
			if base == p && p.defaults != nil {
				var err error
				if base, err = Default(); err != nil {
					return append(out, TestResult{Rule: "deciding", Name: c.Name, Origin: c.Origin, Failure: err.Error()})
				}
			}
			rules = base
		}
		out = append(out, TestResult{Rule: "deciding", Name: c.Name, Origin: c.Origin, Failure: c.failure(rules)})
	}
	return out
}

func (c DecidingCase) failure(p *Playbook) string {
	a, err := c.attributes()
	if err != nil {
		return err.Error()
	}
	d, err := p.Decide(a)
	if err != nil {
		return err.Error()
	}
	got := "unknown"
	if d.Certain {
		got = d.Rules[0].Kind
	}
	if got == c.Expect {
		return ""
	}
	failure := fmt.Sprintf("expected %s, got %s", c.Expect, got)
	if len(d.Depends) > 0 {
		failure += "; it depends on " + strings.Join(d.Depends, ", ")
	}
	return failure
}

// attributes reads what a test gives.
func (c DecidingCase) attributes() (a Attributes, err error) {
	for _, name := range slices.Sorted(maps.Keys(c.Given)) {
		if err := a.set(name, c.Given[name]); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (a *Attributes) set(name, text string) error {
	number := func(dst **float64) error {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !finite(x) || x < 0 {
			return fmt.Errorf("%s is %q; write a plain number", name, text)
		}
		*dst = &x
		return nil
	}
	truth := func(dst **bool) error {
		if text != "true" && text != "false" {
			return fmt.Errorf("%s is %q; write true or false", name, text)
		}
		yes := text == "true"
		*dst = &yes
		return nil
	}
	switch name {
	case "reach":
		if !slices.Contains(Reaches(), text) {
			return fmt.Errorf("reach is %q; %s", text, suggest(text, Reaches()))
		}
		a.Reach = text
		return nil
	case "horizon":
		return number(&a.Horizon)
	case "cost":
		return number(&a.Cost)
	case "reversible":
		return truth(&a.Reversible)
	case "security":
		return truth(&a.Security)
	case "compliance":
		return truth(&a.Compliance)
	}
	return fmt.Errorf("there is no attribute %q; %s", name, suggest(name, AttributeNames()))
}
