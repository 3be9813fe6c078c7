package web

import (
	"context"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Company is what rooms ask about the company, and change of its documents. Every answer
// is of one place; none waits for a source to be read.
type Company interface {
	keeper
	judge
	measurer
	agreer
	signer
	organiser
	planner
	recorder
	ruler
	foreteller
}

type foreteller interface {
	// Delivery is how work reaches those whom it is for.
	Delivery(ctx context.Context, p Place) (cockpit.DeliveryRoom, error)
	// Forecast says when work of a place will be finished.
	Forecast(ctx context.Context, p Place, q cockpit.ForecastQuestion) (cockpit.Forecast, error)
}

type keeper interface {
	// Standing says what is stored, and how reading goes.
	Standing(ctx context.Context) (Standing, error)
	// Data is where facts come from, and what is missing.
	Data(ctx context.Context, p Place) (cockpit.DataRoom, error)
	// Refresh asks for sources to be read now.
	Refresh(ctx context.Context) error
}

type judge interface {
	// Brief is what the two leaders look at first.
	Brief(ctx context.Context, p Place) (cockpit.Brief, error)
	// Diagnosis is the judgement with all its evidence.
	Diagnosis(ctx context.Context, p Place) (cockpit.Diagnosis, error)
	// Explain walks from a judgement, a finding or a metric down to facts.
	Explain(ctx context.Context, p Place, what string) (cockpit.Explanation, error)
}

type measurer interface {
	// Leader is the cockpit of a role: cto or vpe.
	Leader(ctx context.Context, p Place, role string) (cockpit.Leader, error)
	// Metric is one metric's meaning and course.
	Metric(ctx context.Context, p Place, name string) (cockpit.MetricView, error)
	// Measures are the newest values of all metrics.
	Measures(ctx context.Context, p Place) ([]cockpit.MetricLine, error)
}

type agreer interface {
	// Agreement is the agreement, or while there is none what the playbook proposes.
	Agreed(ctx context.Context) (a cockpit.Agreement, proposed bool, err error)
	// Drift is who decided against who was to decide.
	Drift(ctx context.Context, p Place) (cockpit.Drift, error)
	// WhoDecides answers a question.
	WhoDecides(ctx context.Context, q cockpit.Question) (cockpit.Answer, error)
}

type signer interface {
	// WriteDraft makes what the playbook proposes the agreement of the workspace.
	WriteDraft(ctx context.Context) error
	// Sign signs the text of this hash for a role; another text is refused.
	Sign(ctx context.Context, role, name, hash string) error
	// Versions are the agreement's own versions, newest first, with what changed.
	Versions(ctx context.Context) ([]cockpit.AgreementVersion, error)
	// Kept tells whether a commit of the agreement would be listed there: whether the workspace lies in
	// a repository that does not ignore it.
	Kept(ctx context.Context) (bool, error)
}

type organiser interface {
	// Organisation is who works where and for whom.
	Organisation(ctx context.Context, p Place) (cockpit.Organisation, error)
	// Matching is who of those who wrote commits is who of the organisation.
	Matching(ctx context.Context, p Place) (cockpit.Match, error)
	// Join says that an address belongs to a person of the organisation.
	Join(ctx context.Context, email, person string) error
}

type planner interface {
	// Plans are the scenarios of the workspace.
	Plans(ctx context.Context) ([]cockpit.Plan, error)
	// Planned is the organisation as a scenario of a file leaves it.
	Planned(ctx context.Context, file, scenario string) (cockpit.Organisation, error)
	// Compare sets the scenarios of a file beside the organisation as it is.
	Compare(ctx context.Context, file string) (cockpit.WhatIf, error)
	// BeginPlan makes a scenario with its first step, in a file that there is or, with "",
	// in one of its own; date may be "". Errors about what was typed are *Wrong.
	BeginPlan(ctx context.Context, file, name, date string, first cockpit.PlanStep) (in string, err error)
	// ChangePlan gives a scenario another name and another day; errors are those of BeginPlan.
	ChangePlan(ctx context.Context, file, scenario, name, date string) error
	// RemovePlan removes a scenario, and with the last one of a file the file.
	RemovePlan(ctx context.Context, file, scenario string) error
	// AddStep adds a step to a scenario, as BeginPlan does.
	AddStep(ctx context.Context, file, scenario string, step cockpit.PlanStep) error
	// TakeBack takes a step out of a scenario.
	TakeBack(ctx context.Context, file, scenario string, step int) error
}

type recorder interface {
	// Records are decision records in a few words.
	Records(ctx context.Context, p Place) (cockpit.RecordList, error)
	// Record is one of them with its history.
	Record(ctx context.Context, p Place, id string) (cockpit.RecordView, error)
	// RecordCheck is what does not hold together in them.
	RecordCheck(ctx context.Context, p Place) (cockpit.RecordCheck, error)
}

type ruler interface {
	// Playbook is every figure and rule with its origin, and what their tests say.
	Playbook(ctx context.Context) (cockpit.Playbook, error)
	// Agenda is what the two have to talk about this week.
	Agenda(ctx context.Context, p Place) (cockpit.Agenda, error)
	// Conclude records what came out of a point of an agenda, today.
	Conclude(ctx context.Context, o cockpit.Outcome) error
}

// Standing is what is stored, and how reading goes.
type Standing struct {
	Company string
	AsOf    string   // day that is judged when none is asked for
	Scopes  []string // company, group:NAME, team:NAME, repository:NAME
	Reading string   // what is being read right now; "" when nothing is
	ReadAt  string   // when sources were read last; "" before the first time
	Ready   bool     // facts of every source are there
}
