package playbook

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/diarchy/diarchy/internal/signal"
)

// Limits on a rule, so that a playbook from anywhere can be run.
const (
	maxRule = 2000   // bytes
	maxCost = 10_000 // CEL's units of work
)

// claim is what a rule sees of a signal.
type claim struct {
	State    string  `cel:"state"`
	Strength float64 `cel:"strength"`
	Value    float64 `cel:"value"`
	Low      float64 `cel:"low"`
	High     float64 `cel:"high"`
	N        float64 `cel:"n"`
}

// band is what a rule sees of a threshold.
type band struct {
	Low  float64 `cel:"low"`
	High float64 `cel:"high"`
}

// rule is an indicator's conditions, compiled.
type rule struct {
	present, absent cel.Program
	strength, clear []cel.Program
}

// compiler turns the conditions of a playbook into programs.
type compiler struct {
	*Playbook
	env *cel.Env
}

func (p *Playbook) compile() (map[string]rule, error) {
	env, err := cel.NewEnv(
		cel.ClearMacros(),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxRule),
		cel.ParserRecursionLimit(50),
		cel.Types(
			cel.NativeTypeFor[claim](types.ParseStructTag("cel")),
			cel.NativeTypeFor[band](types.ParseStructTag("cel")),
		),
		cel.Variable("s", cel.MapType(cel.StringType, claimType)),
		cel.Variable("t", cel.MapType(cel.StringType, bandType)),
		cel.Function("past", cel.Overload("past_double_band", []*cel.Type{cel.DoubleType, bandType}, cel.DoubleType, cel.BinaryBinding(past))),
		cel.Function("certain", cel.Overload("certain_bool", []*cel.Type{cel.BoolType}, cel.BoolType, cel.OverloadIsNonStrict(), cel.UnaryBinding(certain))),
		cel.Function("across", cel.Overload("across_double_double_double", []*cel.Type{cel.DoubleType, cel.DoubleType, cel.DoubleType}, cel.DoubleType, cel.FunctionBinding(acrossValues))),
	)
	if err != nil {
		return nil, err
	}
	c := compiler{p, env}
	rules := map[string]rule{}
	for _, ind := range p.Indicators {
		r, err := c.indicator(ind)
		if err != nil {
			return nil, err
		}
		rules[ind.ID] = r
	}
	return rules, nil
}

var (
	claimType = cel.ObjectType("playbook.claim")
	bandType  = cel.ObjectType("playbook.band")
)

func (c compiler) indicator(ind Indicator) (r rule, err error) {
	path := "indicators." + ind.ID
	used := map[string]bool{}
	one := func(key, text string, want *cel.Type) (prg cel.Program) {
		if err == nil {
			prg, err = c.program(path+"."+key, text, want, used)
		}
		return prg
	}
	many := func(key string, texts []string) (prgs []cel.Program) {
		for i, text := range texts {
			prgs = append(prgs, one(fmt.Sprintf("%s[%d]", key, i), text, cel.DoubleType))
		}
		return prgs
	}
	r = rule{
		present: one("present", ind.Present, cel.BoolType), absent: one("absent", ind.Absent, cel.BoolType),
		strength: many("strength", ind.Strength), clear: many("clear", ind.Clear),
	}
	if err != nil {
		return r, err
	}
	for _, id := range ind.Signals {
		if !used[id] {
			return r, c.places[path+".signals"].wrong("take it out of the list, or let a condition look at it", "%s lists the signal %q, but no condition looks at it", path, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(used)) {
		if !slices.Contains(ind.Signals, id) {
			return r, c.places[path].wrong(fmt.Sprintf("add %s to signals", id), "%s looks at the signal %q without listing it", path, id)
		}
	}
	return r, nil
}

func (c compiler) program(path, text string, want *cel.Type, used map[string]bool) (cel.Program, error) {
	at := c.places[path]
	checked, issues := c.env.Compile(text)
	if err := issues.Err(); err != nil {
		return nil, celError(at, path, text, issues)
	}
	if !checked.OutputType().IsExactType(want) {
		return nil, at.wrong("", "%s gives %s; it must give %s", path, checked.OutputType(), want)
	}
	if err := c.check(at, path, checked.NativeRep(), used); err != nil {
		return nil, err
	}
	return c.env.Program(checked, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(maxCost))
}

// check lets a rule reach signals only as s["id"].field and thresholds only as
// t.id: so it is known what it rests on, and that it exists.
func (c compiler) check(at place, path string, tree *celast.AST, used map[string]bool) error {
	root := celast.NavigateAST(tree)
	for _, e := range celast.MatchDescendants(root, celast.KindMatcher(celast.IdentKind)) {
		name, key := e.AsIdent(), keyOf(e)
		switch {
		case name != "s" && name != "t":
		case key == "":
			return at.wrong(`write s["signal"].value or t.threshold.low`, "%s uses %s without a name", path, name)
		case name == "s":
			if !slices.ContainsFunc(c.Signals, func(s Signal) bool { return s.ID == key }) {
				return at.wrong(suggest(key, ids(c.Signals, func(s Signal) string { return s.ID })), "%s looks at the signal %q, which does not exist", path, key)
			}
			used[key] = true
		case name == "t":
			if _, ok := c.Threshold(key); !ok {
				return at.wrong(suggest(key, ids(c.Thresholds, func(t Threshold) string { return t.ID })), "%s uses the threshold %q, which does not exist", path, key)
			}
		}
	}
	return checkWords(at, path, root)
}

// checkWords refuses words that no state equals: such a comparison would never hold.
func checkWords(at place, path string, root celast.NavigableExpr) error {
	for _, e := range celast.MatchDescendants(root, celast.ConstantValueMatcher()) {
		word, ok := e.AsLiteral().Value().(string)
		if parent, above := e.Parent(); !ok || above && parent.Kind() == celast.CallKind && parent.AsCall().FunctionName() == operators.Index {
			continue
		}
		if word != string(signal.Present) && word != string(signal.Absent) {
			return at.wrong(`a state is "present" or "absent"; what is unknown makes the whole comparison unknown`, "%s compares with %q", path, word)
		}
	}
	return nil
}

// keyOf is the constant key by which s or t is indexed; for s, only if a field of it
// is taken at once. Otherwise it is "".
func keyOf(e celast.NavigableExpr) string {
	parent, ok := e.Parent()
	if !ok {
		return ""
	}
	key := ""
	switch parent.Kind() {
	case celast.SelectKind:
		key = parent.AsSelect().FieldName()
	case celast.CallKind:
		call := parent.AsCall()
		if call.FunctionName() == operators.Index && call.Args()[0].ID() == e.ID() && call.Args()[1].Kind() == celast.LiteralKind {
			key, _ = call.Args()[1].AsLiteral().Value().(string)
		}
	}
	if above, ok := parent.Parent(); e.AsIdent() == "s" && (!ok || above.Kind() != celast.SelectKind) {
		return ""
	}
	return key
}

// celError points at the character of the rule that CEL complains about.
func celError(at place, path, text string, issues *cel.Issues) error {
	first := issues.Errors()[0]
	message, _, _ := strings.Cut(first.Message, "\n")
	if at.src != nil && at.line <= len(at.src.lines) && !strings.Contains(text, "\n") {
		line := []rune(at.src.lines[at.line-1])
		if from := min(at.column-1, len(line)); from >= 0 {
			if before, _, ok := strings.Cut(string(line[from:]), text); ok {
				at.column += len([]rune(before)) + first.Location.Column()
			}
		}
	}
	return at.wrong("conditions are written in CEL: https://cel.dev", "%s, character %d: %s", path, first.Location.Column()+1, message)
}

// past is the position of a value across a band: 0 up to its low end, 1 from its
// high end, evenly between.
func past(value, over ref.Val) ref.Val {
	b, ok := over.Value().(band)
	if !ok {
		return types.NewErr("past: not a band")
	}
	return types.Double(across(float64(value.(types.Double)), b.Low, b.High))
}

// certain is false of what is unknown or cannot be computed.
func certain(condition ref.Val) ref.Val {
	return types.Bool(condition == types.True)
}

func acrossValues(args ...ref.Val) ref.Val {
	return types.Double(across(float64(args[0].(types.Double)), float64(args[1].(types.Double)), float64(args[2].(types.Double))))
}

// across is the position of a value on the way from one number to another, 0 to 1;
// the way may lead down. Of a way without length it is a step.
func across(value, from, to float64) float64 {
	switch {
	case from == to && value >= to:
		return 1
	case from == to:
		return 0
	}
	return math.Max(0, math.Min(1, (value-from)/(to-from)))
}

// activation is what conditions see: the claims that a rule looks at, of which what
// is not known is marked as unknown, and the thresholds.
func activation(seen []signal.Claim, thresholds map[string]band) (cel.PartialActivation, error) {
	s, unknown := map[string]claim{}, []*cel.AttributePatternType{}
	for _, c := range seen {
		s[c.ID] = claim{string(c.State), c.Strength, c.Value, c.Low, c.High, float64(c.N)}
		all := cel.AttributePattern("s").QualString(c.ID)
		if c.State != signal.Present && c.State != signal.Absent {
			unknown = append(unknown, all)
			continue
		}
		for field, value := range map[string]float64{"strength": c.Strength, "value": c.Value, "low": c.Low, "high": c.High} {
			if math.IsNaN(value) {
				unknown = append(unknown, cel.AttributePattern("s").QualString(c.ID).QualString(field))
			}
		}
	}
	return cel.PartialVars(map[string]any{"s": s, "t": thresholds}, unknown...)
}

// bands are the thresholds as rules see them.
func (p *Playbook) bands() map[string]band {
	bands := make(map[string]band, len(p.Thresholds))
	for _, t := range p.Thresholds {
		bands[t.ID] = band{t.Low, t.High}
	}
	return bands
}

var errUnknown = errors.New("unknown")

// evaluate returns what a program gives, or errUnknown when that depends on what is
// not known.
func evaluate(prg cel.Program, vars cel.PartialActivation) (any, error) {
	out, _, err := prg.Eval(vars)
	switch {
	case err != nil:
		return nil, err
	case types.IsUnknown(out):
		return nil, errUnknown
	}
	if x, ok := out.Value().(float64); ok && math.IsNaN(x) {
		return nil, errUnknown
	}
	return out.Value(), nil
}

func ids[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = id(x)
	}
	return out
}
