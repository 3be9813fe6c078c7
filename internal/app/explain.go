package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/diagnosis"
	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/problem"
)

// Explain implements cli.Actions.
func (p *program) Explain(ctx context.Context, scope cli.Scope, what string, limit int) (cockpit.Explanation, error) {
	none := cockpit.Explanation{}
	s, err := p.documents(scope)
	if err != nil {
		return none, err
	}
	sub, err := find(s.playbook, what, &scope.Paths)
	if err != nil {
		return none, err
	}
	r, err := p.read(ctx, scope)
	if err != nil {
		return none, err
	}
	defer r.close()
	x := &explaining{reading: r, limit: limit, shown: map[string]bool{}, sub: sub}
	x.e = cockpit.Explanation{Schema: "diarchy/explanation/v1", Of: sub.name, People: sub.metric.People, Steps: []cockpit.Step{}}
	if _, x.e.Skipped, err = r.sourceViews(ctx); err != nil {
		return none, err
	}
	if err := x.names(ctx); err != nil {
		return none, err
	}
	if sub.metric.Name == "" {
		if err := x.judge(ctx); err != nil {
			return none, err
		}
	}
	err = x.walk(ctx)
	return x.e, err
}

// subject is what there is to explain.
type subject struct {
	name   string            // verdict, a lens, the id of an indicator or of a fact, or the name of a metric
	metric metric.Definition // of a metric
}

// lenses are the ways of looking at a company, in their order.
var lenses = []string{playbook.LensStage, playbook.LensSymptoms, playbook.LensLoad}

// find takes what a reader may have seen for what there is to explain: an id with
// underscores, hyphens or spaces, in capitals or not, or a title. Words of it that
// were not quoted are taken off the paths.
func find(pb *playbook.Playbook, what string, paths *[]string) (subject, error) {
	defs, err := metric.Catalogue()
	if err != nil {
		return subject{}, err
	}
	named := func(words string) (subject, bool) {
		want := normal(words)
		if want == "verdict" || slices.Contains(lenses, want) {
			return subject{name: want}, true
		}
		for _, d := range defs {
			if want == normal(d.Name) || want == normal(d.Title) {
				return subject{name: d.Name, metric: d}, true
			}
		}
		for _, ind := range pb.Indicators {
			if want == normal(ind.ID) || want == normal(ind.Title) {
				return subject{name: ind.ID}, true
			}
		}
		for _, f := range pb.Facts {
			if want == normal(f.ID) {
				return subject{name: f.ID}, true
			}
		}
		return subject{}, false
	}
	for n := range len(*paths) + 1 {
		if s, ok := named(strings.Join(append([]string{what}, (*paths)[:n]...), " ")); ok {
			*paths = (*paths)[n:]
			return s, nil
		}
	}
	var ids []string
	for _, ind := range pb.Indicators {
		ids = append(ids, ind.ID)
	}
	return subject{}, problem.New(problem.Usage, "use verdict, "+strings.Join(lenses, ", ")+", a metric (diarchy metric list), a fact of the guide such as S4 (diarchy playbook show), or one of "+strings.Join(ids, ", "),
		"there is nothing called %q to explain", what)
}

// normal is a name without what writers of it differ in.
func normal(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '-' || r == ' ' || r == '\t' }), "_")
}

// explaining makes the steps of one explanation.
type explaining struct {
	*reading
	e     cockpit.Explanation
	sub   subject
	limit int // facts under each metric

	d     cockpit.Diagnosis
	basis diagnosis.Basis
	hide  masker
	repos map[string]string // names of repositories by id, if there are several
	shown map[string]bool   // metrics that have been walked
}

// judge makes the diagnosis, and what it rests on; a server does so once for all that it
// explains.
func (x *explaining) judge(ctx context.Context) (err error) {
	if x.program.judged != nil {
		x.d, x.basis, err = x.program.judged(x.reading, ctx)
	} else {
		x.d, x.basis, err = x.reading.judged(ctx, false)
	}
	return err
}

// judged makes both from one reading of the metrics, with the past replayed or not.
func (r *reading) judged(ctx context.Context, past bool) (d cockpit.Diagnosis, basis diagnosis.Basis, err error) {
	in, err := r.input(ctx)
	if err != nil {
		return d, basis, err
	}
	in.NoPast = !past
	if in.Agreement, err = r.agreementHealth(ctx); err != nil {
		return d, basis, err
	}
	var today metric.Set
	evaluate := in.Evaluate
	in.Evaluate = func(ctx context.Context, asOf time.Time, names ...string) (metric.Set, error) {
		if !asOf.Equal(r.asOf) || len(names) > 0 {
			return evaluate(ctx, asOf, names...)
		}
		var err error
		if today == nil {
			today, err = evaluate(ctx, asOf)
		}
		return today, err
	}
	if d, err = diagnosis.Run(ctx, in); err != nil {
		return d, basis, err
	}
	basis, err = diagnosis.Explain(ctx, in)
	return d, basis, err
}

func (x *explaining) walk(ctx context.Context) error {
	switch {
	case x.sub.metric.Name != "":
		return x.metric(ctx, 0, x.sub.metric, nil, x.limit)
	case x.sub.name == "verdict":
		return x.verdict(ctx)
	case slices.Contains(lenses, x.sub.name):
		x.lens(x.sub.name)
		return nil
	}
	if !slices.ContainsFunc(x.playbook.Indicators, func(ind playbook.Indicator) bool { return ind.ID == x.sub.name }) {
		return x.fact(ctx, x.sub.name)
	}
	return x.finding(ctx, 0, x.sub.name)
}

// add adds a step and returns it, until the next one is added, to be completed.
func (x *explaining) add(depth int, kind, title string, lines ...string) *cockpit.Step {
	kept := []string{}
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	x.e.Steps = append(x.e.Steps, cockpit.Step{Depth: depth, Kind: kind, Title: title, Lines: kept})
	return &x.e.Steps[len(x.e.Steps)-1]
}

// names learns what repositories are called, and whom not to name.
func (x *explaining) names(ctx context.Context) error {
	x.repos = map[string]string{}
	for _, res := range x.results {
		if res.RepoID != "" {
			x.repos[res.RepoID] = res.Place.Name
		}
	}
	if len(x.repos) < 2 {
		x.repos = nil
	}
	rows, err := x.store.Query(ctx, "SELECT DISTINCT name, email FROM identity WHERE "+ofPeople+" AND NOT is_bot")
	if err != nil {
		return err
	}
	defer rows.Close()
	var known []string
	for rows.Next() {
		var name, email string
		if err := rows.Scan(&name, &email); err != nil {
			return err
		}
		known = append(known, name, email)
	}
	x.hide = newMasker(known)
	return rows.Err()
}
