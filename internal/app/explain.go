package app

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/problem"
)

// Explain implements cli.Actions.
func (p *program) Explain(ctx context.Context, scope cli.Scope, what string, limit int) (cockpit.Explanation, error) {
	e := cockpit.Explanation{Schema: "diarchy/explanation/v1", Of: what}
	r, err := p.read(ctx, scope)
	if err != nil {
		return e, err
	}
	defer r.close()
	if _, e.Skipped, err = r.sourceViews(ctx); err != nil {
		return e, err
	}
	x := &explaining{reading: r, e: &e, limit: limit}
	if d, err := definition(what); err == nil {
		return e, x.metric(ctx, 0, d)
	}
	d, err := r.diagnose(ctx)
	if err != nil {
		return e, err
	}
	if strings.EqualFold(what, "verdict") {
		x.verdict(d)
		return e, nil
	}
	for _, f := range d.Findings {
		if strings.EqualFold(f.ID, what) {
			return e, x.finding(ctx, d, f)
		}
	}
	var ids []string
	for _, f := range d.Findings {
		ids = append(ids, f.ID)
	}
	return e, problem.New(problem.Usage, "use verdict, a metric (diarchy metric list), or one of "+strings.Join(ids, ", "), "there is nothing called %q to explain", what)
}

type explaining struct {
	*reading
	e     *cockpit.Explanation
	limit int
}

func (x *explaining) add(depth int, kind, title string, lines ...string) {
	x.e.Steps = append(x.e.Steps, cockpit.Step{Depth: depth, Kind: kind, Title: title, Lines: lines})
}

func (x *explaining) verdict(d cockpit.Diagnosis) {
	v := d.Verdict
	x.add(0, "verdict", v.Headline, v.Summary, v.Confident, v.RoleReason, "When: "+v.When.Summary)
	for _, l := range d.Lenses {
		var lines []string
		for _, f := range l.Facts {
			line := f.Label + ": " + f.Value
			if f.Note != "" {
				line += " (" + f.Note + ")"
			}
			lines = append(lines, line)
		}
		x.add(1, "lens", fmt.Sprintf("%s reads %s, in %.0f of 100 draws: %s", l.Name, l.Reading, 100*l.Confidence, l.Summary), lines...)
	}
	for _, f := range d.Findings {
		x.add(1, "finding", fmt.Sprintf("%s %s: %s", f.ID, f.State, f.Title), f.Summary, "further: "+f.Explain)
	}
	x.add(1, "method", fmt.Sprintf("%d draws with seed %d", d.Method.Draws, d.Method.Seed), d.Method.Sentences...)
}

func (x *explaining) finding(ctx context.Context, d cockpit.Diagnosis, f cockpit.Finding) error {
	lines := []string{f.Summary}
	for _, c := range f.Cites {
		for _, full := range d.Citations {
			if full.ID == c {
				lines = append(lines, c+": "+full.Text)
			}
		}
	}
	for _, ind := range x.playbook.Indicators {
		if ind.ID == f.ID {
			lines = append(lines, "present if "+ind.Present, "absent if "+ind.Absent)
		}
	}
	x.add(0, "finding", fmt.Sprintf("%s %s (strength %.2f): %s", f.ID, f.State, f.Strength, f.Title), append(lines, f.Warnings...)...)
	for _, ev := range f.Evidence {
		x.add(1, "signal", ev.Label+": "+ev.Value, ev.Note)
		if ev.Metric == "" {
			continue
		}
		def, err := definition(ev.Metric)
		if err != nil {
			return err
		}
		if err := x.metric(ctx, 2, def); err != nil {
			return err
		}
	}
	return nil
}

// newest is how many buckets of a metric are shown.
const newest = 6

func (x *explaining) metric(ctx context.Context, depth int, d metric.Definition) error {
	set, err := x.evaluator(x.asOf, "").EvaluateAll(ctx, d.Name)
	if err != nil {
		return err
	}
	s := set[d.Name]
	def := diagnosis.Define(d)
	lines := []string{def.Caveats}
	points := s.Points
	if len(points) > newest {
		points = points[len(points)-newest:]
	}
	for _, p := range points {
		value := "unknown"
		if !math.IsNaN(p.Value) {
			value = fmt.Sprintf("%.3g %s", p.Value, d.Unit)
		}
		lines = append(lines, fmt.Sprintf("%s: %s, n %d", p.Start.Format(time.DateOnly), value, p.N))
	}
	for _, i := range s.Items {
		lines = append(lines, shortFile(i.Name)+": "+i.Note)
	}
	if s.Missing != "" {
		lines = append(lines, "nothing to show: "+s.Missing)
	}
	x.add(depth, "metric", d.Title+" ("+d.Name+")", append(lines, s.Warnings...)...)
	from := x.asOf.AddDate(-1, 0, 0)
	facts, more, err := x.evaluator(x.asOf, "").Facts(ctx, d, from, x.asOf, x.limit)
	if err != nil {
		return err
	}
	var rows []string
	for _, f := range facts {
		id := f.Commit
		if len(id) > 12 {
			id = id[:12]
		}
		rows = append(rows, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.At.Format(time.DateOnly), id, f.Text)))
	}
	title := fmt.Sprintf("%d facts of the year to %s", len(facts), x.asOf.Add(-time.Nanosecond).Format(time.DateOnly))
	if more {
		title = fmt.Sprintf("the newest %d facts; --limit shows more, diarchy facts has all", len(facts))
	}
	x.add(depth+1, "facts", title, rows...)
	return nil
}
