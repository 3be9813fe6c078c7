package app

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/diarchy/diarchy/internal/agreement"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source/git"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

// documents of the workspace are written by one at a time: a writer reads what is there,
// changes it, and puts it back whole.
type writing struct{ sync.Mutex }

// agreement is nil while there is none.
func (s *served) agreement(ctx context.Context) (*cockpit.Agreement, error) {
	a, proposed, err := s.Agreed(ctx)
	if err != nil || proposed {
		return nil, err
	}
	return &a, nil
}

type agreedView struct {
	a        cockpit.Agreement
	proposed bool
}

// Agreed implements web.Company.
func (s *served) Agreed(ctx context.Context) (cockpit.Agreement, bool, error) {
	v, err := current(ctx, s, "agreed", web.Place{}, func(ctx context.Context, scope cli.Scope) (agreedView, error) {
		a, err := s.host.Agreement(s.host.scope)
		if !errors.Is(err, problem.Missing) {
			return agreedView{a, false}, err
		}
		draft, sess, err := s.draft(ctx, scope)
		if err != nil {
			return agreedView{}, err
		}
		text := workspace.AgreementYAML(draft.Agreement, draft.Notes)
		read, err := workspace.ParseAgreement(workspace.AgreementFile, text)
		if err != nil {
			return agreedView{}, err
		}
		staff, err := sess.staff(sess.today())
		if err != nil {
			return agreedView{}, err
		}
		v := agreement.View(sess.playbook, read, staff, sess.agreementDay())
		v.Program = Version()
		return agreedView{v, true}, nil
	})
	return v.a, v.proposed, err
}

// draft is the agreement that the playbook proposes for what is stored.
func (s *served) draft(ctx context.Context, scope cli.Scope) (agreement.Draft, *session, error) {
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return agreement.Draft{}, nil, err
	}
	facts, _, err := s.p.agreementFacts(ctx, sess)
	if err != nil {
		return agreement.Draft{}, nil, err
	}
	return agreement.New(sess.playbook, facts), sess, nil
}

// WriteDraft implements web.Company.
func (s *served) WriteDraft(ctx context.Context) error {
	s.writes.Lock()
	defer s.writes.Unlock()
	draft, sess, err := s.draft(ctx, cli.Scope{})
	if err != nil {
		return err
	}
	path := sess.doc.AgreementPath()
	if path == "" {
		return problem.New(problem.Usage, "make a workspace: diarchy init", "there is no workspace to write %s into", workspace.AgreementFile)
	}
	return workspace.WriteAgreement(path, workspace.AgreementYAML(draft.Agreement, draft.Notes), false)
}

// Sign implements web.Company.
func (s *served) Sign(_ context.Context, role, name, hash string) error {
	s.writes.Lock()
	defer s.writes.Unlock()
	if strings.TrimSpace(name) == "" {
		return problem.New(problem.Usage, "write the name of who signs", "a signature needs a name")
	}
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return err
	}
	a, err := sess.agreed()
	if err != nil {
		return err
	}
	if a.Hash != hash {
		return problem.New(problem.Usage, "read the agreement again, and sign the text that stands there now", "the agreement was changed since you read it")
	}
	_, err = s.host.AgreementSign(s.host.scope, role, name)
	return err
}

// mostVersions is how many versions of the agreement are compared.
const mostVersions = 20

// Kept implements web.Company.
func (s *served) Kept(ctx context.Context) (bool, error) {
	sess, err := s.p.documents(s.host.scope)
	if err != nil || sess.doc.Dir() == "" {
		return false, err
	}
	return git.Keeps(ctx, sess.doc.Dir(), workspace.AgreementFile)
}

// Versions implements web.Company.
func (s *served) Versions(ctx context.Context) ([]cockpit.AgreementVersion, error) {
	return current(ctx, s, "agreement versions", web.Place{}, func(ctx context.Context, _ cli.Scope) ([]cockpit.AgreementVersion, error) {
		sess, err := s.p.documents(s.host.scope)
		if err != nil || sess.doc.Dir() == "" {
			return nil, err
		}
		versions, err := git.Versions(ctx, sess.doc.Dir(), workspace.AgreementFile, mostVersions)
		if err != nil {
			return nil, err
		}
		var out []cockpit.AgreementVersion
		for i, v := range versions {
			one := cockpit.AgreementVersion{Revision: v.SHA, Day: v.Day, Changes: []cockpit.AgreementChange{}}
			if i+1 < len(versions) {
				c, err := s.host.AgreementCompare(ctx, s.host.scope, versions[i+1].SHA, v.SHA)
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				if err == nil { // a version that cannot be read is listed without what changed
					one.Changes = c.Changes
				}
			}
			out = append(out, one)
		}
		return out, nil
	})
}

// WhoDecides implements web.Company.
func (s *served) WhoDecides(_ context.Context, q cockpit.Question) (cockpit.Answer, error) {
	out := cockpit.Answer{Schema: cockpit.AnswerSchema, Kinds: []cockpit.DecisionRight{}}
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return out, err
	}
	a, err := sess.agreedOrNone()
	if err != nil {
		return out, err
	}
	view := agreement.RightsView(sess.playbook, a)
	kinds := closest(agreement.Rights(sess.playbook, a), q.Text)
	for _, id := range kinds {
		if i := slices.IndexFunc(view, func(r cockpit.DecisionRight) bool { return r.ID == id }); i >= 0 {
			out.Kinds = append(out.Kinds, view[i])
		}
	}
	if q.Text == "" && q.Kind == "" {
		out.Kinds = view
	}
	attrs, given, err := attributes(q)
	if err != nil {
		return out, err
	}
	switch {
	case q.Kind != "":
		r, ok := agreement.DecideKind(sess.playbook, a, q.Kind)
		if !ok {
			return out, problem.New(problem.Missing, kindHint(q.Kind, agreement.Kinds(sess.playbook, a)), "there is no kind of decision %q", q.Kind)
		}
		out.Ruling = &r
	case given:
		r, err := agreement.Decide(sess.playbook, a, attrs)
		if err != nil {
			return out, err
		}
		out.Ruling = &r
	case q.Text != "" && len(kinds) > 0:
		r, _ := agreement.DecideKind(sess.playbook, a, kinds[0])
		out.Ruling = &r
		if len(kinds) > 1 {
			out.Note = "By the words of the question this is the closest kind; others are listed below."
		}
	case q.Text != "":
		out.Note = "No kind of decision has these words. Say whom it binds, for how long and what it costs, and the rules answer."
	}
	return out, nil
}

// closest are the kinds that share most words with a question.
func closest(rights []agreement.Right, text string) (ids []string) {
	score := map[string]int{}
	for _, word := range strings.Fields(strings.ToLower(text)) {
		word = strings.Trim(word, "?.,!\"'()")
		if len(word) < 3 || slices.Contains([]string{"who", "the", "and", "for", "does", "this", "that", "decides", "decide", "what", "can"}, word) {
			continue
		}
		for _, r := range rights {
			for _, known := range append(append(strings.Fields(strings.ToLower(r.Title)), r.Keywords...), r.ID) {
				if known = strings.ToLower(known); known == word || len(word) > 4 && (strings.HasPrefix(known, word[:len(word)-1]) || strings.HasPrefix(word, known) && len(known) > 4) {
					score[r.ID]++
				}
			}
		}
	}
	for _, r := range rights {
		if score[r.ID] > 0 {
			ids = append(ids, r.ID)
		}
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(score[b], score[a]) })
	return ids
}

// attributes reads what a form says of a choice; given is false when it says nothing.
func attributes(q cockpit.Question) (a playbook.Attributes, given bool, err error) {
	a.Reach = q.Reach
	for _, n := range []struct {
		name, text string
		dst        **float64
	}{{"horizon", q.Horizon, &a.Horizon}, {"cost", q.Cost, &a.Cost}} {
		if n.text == "" {
			continue
		}
		x, err := strconv.ParseFloat(n.text, 64)
		if err != nil || x < 0 || x > 1e9 {
			return a, true, problem.WrongInput(n.name, "write a number from 0 to a billion", "%q is no such number", n.text)
		}
		*n.dst = &x
	}
	for _, b := range []struct {
		text string
		dst  **bool
	}{{q.Reversible, &a.Reversible}, {q.Security, &a.Security}, {q.Compliance, &a.Compliance}} {
		if b.text == "yes" || b.text == "no" {
			v := b.text == "yes"
			*b.dst = &v
		}
	}
	return a, q.Reach+q.Horizon+q.Cost+q.Reversible+q.Security+q.Compliance != "", nil
}

// Drift implements web.Company.
func (s *served) Drift(ctx context.Context, at web.Place) (cockpit.Drift, error) {
	return current(ctx, s, "drift", company(at), s.p.AgreementDrift)
}

// Agenda implements web.Company.
func (s *served) Agenda(ctx context.Context, at web.Place) (cockpit.Agenda, error) {
	in := cockpit.AgendaInput{Outcomes: []cockpit.Outcome{}}
	var err error
	if in.BriefInput, err = s.briefInput(ctx, at); err != nil {
		return cockpit.Agenda{}, err
	}
	a, _, err := s.Agreed(ctx)
	if err != nil {
		return cockpit.Agenda{}, err
	}
	in.Steps = a.Escalation
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return cockpit.Agenda{}, err
	}
	if at.AsOf == "" { // facts may be older than the meeting
		in.Until = sess.today().String()
	}
	outcomes, err := workspace.LoadOutcomes(sess.doc.AlignmentPath())
	if err != nil {
		return cockpit.Agenda{}, err
	}
	for _, o := range slices.Backward(outcomes) {
		in.Outcomes = append(in.Outcomes, cockpit.Outcome{Day: o.Day.Format(time.DateOnly), Point: o.Point, Title: o.Title, Outcome: o.Outcome})
	}
	return cockpit.NewAgenda(in), nil
}

// Conclude implements web.Company.
func (s *served) Conclude(_ context.Context, o cockpit.Outcome) error {
	s.writes.Lock()
	defer s.writes.Unlock()
	if strings.TrimSpace(o.Outcome) == "" || strings.TrimSpace(o.Point) == "" {
		return problem.New(problem.Usage, "write what came out of it", "an outcome needs its point and its words")
	}
	sess, err := s.p.documents(s.host.scope)
	if err != nil {
		return err
	}
	path := sess.doc.AlignmentPath()
	if path == "" {
		return problem.New(problem.Usage, "make a workspace: diarchy init", "there is no workspace to write %s into", workspace.AlignmentFile)
	}
	all, err := workspace.LoadOutcomes(path)
	if err != nil {
		return err
	}
	data := workspace.OutcomesYAML(append(all, workspace.Outcome{Day: sess.today().Time(), Point: o.Point, Title: o.Title, Outcome: o.Outcome}))
	if _, err := workspace.ParseOutcomes(path, data); err != nil {
		return err
	}
	if len(data) > workspace.MaxBytes {
		return problem.New(problem.Full, "move outcomes of past years into another file", "%s is full", path)
	}
	return workspace.Replace(path, data)
}

// exists tells whether there is a file.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
