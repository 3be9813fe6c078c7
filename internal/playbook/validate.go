package playbook

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/diarchy/diarchy/internal/signal"
)

// validate checks what decoding cannot: that ranges are in order, that words are
// among those that exist, and that what is referred to is there.
func (p *Playbook) validate() error {
	checks := []func() error{p.checkCites, p.checkRoles, p.checkStage, p.checkIndicators, p.checkLoad, p.checkRanges, p.checkVerdict, p.checkAgreement}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// wrong is an error at the place of a key, or of the nearest key around it.
func (p *Playbook) wrong(path, advice, format string, args ...any) error {
	at, ok := p.places[path]
	for around := path; !ok && around != ""; at, ok = p.places[around] {
		around = parentOf(around)
	}
	return at.wrong(advice, "%s: %s", path, fmt.Sprintf(format, args...))
}

func parentOf(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return ""
}

// checkRanges looks at every range in the playbook.
func (p *Playbook) checkRanges() error {
	return eachRange(reflect.ValueOf(p).Elem(), "", func(path string, r Range) error {
		switch {
		case !finite(r.Low) || !finite(r.High):
			return p.wrong(path, "write a plain number", "low and high must be finite")
		case r.Low > r.High:
			return p.wrong(path, "low comes first", "low is %s, above high, which is %s", number(r.Low), number(r.High))
		case r.Low < 0:
			return p.wrong(path, "", "low is %s; it must not be negative", number(r.Low))
		case isShare(r.Unit) && r.High > 1:
			return p.wrong(path, "write 0.25 for 25 %", "high is %s; a %s is at most 1", number(r.High), r.Unit)
		}
		return nil
	})
}

func finite(x float64) bool { return !math.IsNaN(x) && math.Abs(x) <= 1e12 }

func isShare(unit string) bool { return unit == "share" || unit == "probability" }

// eachRange calls do for every range below a value.
func eachRange(v reflect.Value, path string, do func(string, Range) error) error {
	switch v.Kind() {
	case reflect.Struct:
		if r, ok := v.Interface().(Range); ok {
			return do(path, r)
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			child := path
			if !f.Anonymous {
				child = join(path, f.Tag.Get("yaml"))
			}
			if !f.IsExported() || !f.Anonymous && f.Tag.Get("yaml") == "" {
				continue
			}
			if err := eachRange(v.Field(i), child, do); err != nil {
				return err
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			item := v.Index(i)
			if item.Kind() != reflect.Struct || !item.FieldByName("ID").IsValid() {
				continue
			}
			if err := eachRange(item, join(path, item.FieldByName("ID").String()), do); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkCites looks whether everything rests on a fact that exists, or says why.
func (p *Playbook) checkCites() error {
	all := ids(p.Facts, func(f Fact) string { return f.ID })
	cites := func(path string, cites []string) error {
		for i, id := range cites {
			if !slices.Contains(all, id) {
				return p.wrong(fmt.Sprintf("%s.cites[%d]", path, i), suggest(id, all), "there is no fact %q", id)
			}
		}
		return nil
	}
	err := eachRange(reflect.ValueOf(p).Elem(), "", func(path string, r Range) error { return cites(path, r.Cites) })
	for _, r := range p.Roles {
		if err == nil {
			err = cites("roles."+r.ID, r.Cites)
		}
	}
	for _, ind := range p.Indicators {
		if err == nil {
			err = cites("indicators."+ind.ID, ind.Cites)
		}
	}
	for _, t := range p.Thresholds {
		if err == nil && len(t.Cites) == 0 && t.Why == "" {
			err = p.unreasoned("thresholds."+t.ID, t.ID, ids(p.Thresholds, func(t Threshold) string { return t.ID }))
		}
	}
	return err
}

// unreasoned is about a new entry without a reason: perhaps a mistyped old one.
func (p *Playbook) unreasoned(path, id string, all []string) error {
	advice := "add cites: [a fact's id] or why: a sentence"
	others := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == id })
	if near := nearest(id, others); near != "" {
		advice += fmt.Sprintf("; or did you mean %q?", near)
	}
	return p.wrong(path, advice, "it is new, and needs a reason")
}

func (p *Playbook) checkRoles() error {
	for _, id := range []string{"cto", "vpe", "technical_leader"} {
		if _, ok := p.Role(id); !ok {
			return p.wrong("roles."+id, "change its text instead", "this role cannot be struck")
		}
	}
	for _, r := range p.Roles {
		if err := p.oneOf("roles."+r.ID+".primary", r.Primary, Strategy, Execution, "both"); err != nil {
			return err
		}
	}
	return nil
}

func (p *Playbook) oneOf(path, word string, allowed ...string) error {
	if slices.Contains(allowed, word) {
		return nil
	}
	return p.wrong(path, suggest(word, allowed), "%q is not one of its values", word)
}

func (p *Playbook) checkStage() error {
	for _, r := range p.Stage.Rules {
		path := "stage.rules." + r.ID
		if r.Source == "" || r.Says == "" {
			return p.wrong(path, "add source: who says it, and says: the sentence", "a rule needs a source")
		}
		if err := p.oneOf(path+".for", r.For, "split", "vpe", "cto"); err != nil {
			return err
		}
		if err := p.oneOf(path+".unit", r.Unit, UnitEngineers, UnitPeople, UnitRevenue, UnitFunding, UnitSymptoms); err != nil {
			return err
		}
		switch sized := r.High > 0; {
		case (r.Unit == UnitFunding) != (len(r.Stages) > 0):
			return p.wrong(path, "stages belong to unit: funding, and only there", "unit and stages do not go together")
		case (r.Unit == UnitFunding || r.Unit == UnitSymptoms) == sized:
			return p.wrong(path, "low and high belong to engineers, people and arr_usd_m", "unit and size do not go together")
		}
		for i, s := range r.Stages {
			if err := p.oneOf(fmt.Sprintf("%s.stages[%d]", path, i), s, Rounds()...); err != nil {
				return err
			}
		}
		if !slices.IsSortedFunc(r.Stages, func(a, b string) int { return slices.Index(Rounds(), a) - slices.Index(Rounds(), b) }) {
			return p.wrong(path+".stages", "earliest first", "stages are not in order")
		}
	}
	return nil
}

func (p *Playbook) checkIndicators() error {
	for _, ind := range p.Indicators {
		path := "indicators." + ind.ID
		for _, need := range [][2]string{{"title", ind.Title}, {"present", ind.Present}, {"absent", ind.Absent}} {
			if need[1] == "" {
				others := slices.DeleteFunc(ids(p.Indicators, func(i Indicator) string { return i.ID }), func(s string) bool { return s == ind.ID })
				return p.wrong(path, suggest(ind.ID, others), "a new indicator needs the key %s", need[0])
			}
		}
		if len(ind.Cites) == 0 && ind.Why == "" {
			return p.unreasoned(path, ind.ID, ids(p.Indicators, func(i Indicator) string { return i.ID }))
		}
		if err := p.oneOf(path+".lens", ind.Lens, LensStage, LensSymptoms, LensLoad, LensStructure); err != nil {
			return err
		}
		if err := p.oneOf(path+".speaks_for", ind.SpeaksFor, "vpe", "cto", "split", "none"); err != nil {
			return err
		}
		if ind.Chart != "" {
			if err := p.oneOf(path+".chart", ind.Chart, signal.Metrics...); err != nil {
				return err
			}
		}
		if ind.About != "" {
			if err := p.oneOf(path+".about", ind.About, AboutPeople); err != nil {
				return err
			}
		}
		if err := p.checkFactors(ind, path+".factors"); err != nil {
			return err
		}
		for _, c := range ind.Tests {
			if err := p.checkCase(ind, c, fmt.Sprintf("%s.tests[%s]", path, c.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Playbook) checkFactors(ind Indicator, path string) error {
	if ind.Lens == LensStructure {
		if ind.Factors.Present.High > 0 || ind.Factors.Absent.High > 0 {
			return p.wrong(path, "leave factors out", "what the structure needs does not weigh on the verdict")
		}
		return nil
	}
	if err := p.factor(path+".present", ind.Factors.Present); err != nil {
		return err
	}
	return p.factor(path+".absent", ind.Factors.Absent)
}

// factor checks a multiplier of the odds.
func (p *Playbook) factor(path string, f Range) error {
	if f.Low < 0.001 || f.High > 1000 {
		return p.wrong(path, "write the range of a multiplier, such as low: 1.5 and high: 4", "a factor lies between 0.001 and 1000")
	}
	return nil
}

var states = []string{string(signal.Present), string(signal.Absent), string(signal.Unknown)}

func (p *Playbook) checkCase(ind Indicator, c Case, path string) error {
	if err := p.oneOf(path+".expect", c.Expect, states...); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(c.Given)) {
		if !slices.Contains(ind.Signals, id) {
			return p.wrong(path+".given."+id, suggest(id, ind.Signals), "%s does not look at the signal %q", ind.ID, id)
		}
		if err := p.oneOf(path+".given."+id+".state", c.Given[id].State, states...); err != nil {
			return err
		}
	}
	for i, bounds := range [][]float64{c.Strength, c.Weight} {
		if len(bounds) != 0 && (len(bounds) != 2 || bounds[0] > bounds[1]) {
			return p.wrong(path+[]string{".strength", ".weight"}[i], "such as [0.4, 0.6]", "write a lowest and a highest value")
		}
	}
	return nil
}

func (p *Playbook) checkLoad() error {
	unit := func(r Ratio) string { return r.ID }
	pers := slices.Concat([]string{PerFixed, PerEngineer, PerDirectReport}, ids(p.Load.Ratios, unit), ids(p.Load.Usual, unit))
	for _, a := range p.Load.Activities {
		path := "load.activities." + a.ID
		if err := p.oneOf(path+".function", a.Function, Execution, Strategy); err != nil {
			return err
		}
		if err := p.oneOf(path+".per", a.Per, pers...); err != nil {
			return err
		}
		if a.Title == "" {
			return p.wrong(path, "add title: what is done", "an activity needs a title")
		}
	}
	return nil
}

func (p *Playbook) checkVerdict() error {
	v := p.Verdict
	switch {
	case v.Prior.Low <= 0 || v.Prior.High >= 1:
		return p.wrong("verdict.prior", "such as low: 0.05 and high: 0.95", "the prior lies between 0 and 1, and is neither")
	case v.Neutral.Low <= 0 || v.Neutral.High >= 1:
		return p.wrong("verdict.neutral", "such as 0.33", "it lies between 0 and 1, and is neither")
	case v.PrepareAt.Low > v.SplitAt.Low || v.PrepareAt.High > v.SplitAt.High:
		key := "verdict.prepare_at"
		if v.SplitAt.Origin == FromCompany {
			key = "verdict.split_at"
		}
		return p.wrong(key, "a split needs at least as much as preparing for it", "split_at lies below prepare_at")
	case v.Horizon.High > 120:
		return p.wrong("verdict.horizon", "growth is not steady for longer", "a horizon is at most 120 months")
	}
	if err := p.factor("verdict.overloaded", v.Overloaded); err != nil {
		return err
	}
	return p.factor("verdict.spared", v.Spared)
}
