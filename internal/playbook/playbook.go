// Package playbook holds what Diarchy believes about leading engineering, as
// data: the guide's facts, roles, thresholds, published opinions on when to split
// the role, indicators with their rules, the hours that leadership takes, and how
// all of it becomes a verdict. The data are the YAML files in builtin; a company
// overrides any figure and strikes or adds rules in a playbook.yaml of its own.
//
// It stands between signal, whose claims it judges, and diagnosis, which draws
// from its ranges. It reads no facts or files, and reaches no verdict.
//
// Rules are three-valued. A signal that is unknown makes every comparison with it
// unknown, never false; an indicator is present or absent only if its rule is
// certain of it whatever the unknown signals might be.
package playbook

import (
	"embed"
	"io/fs"
	"slices"

	"github.com/diarchy/diarchy/internal/signal"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// Origin tells whether a value is the built-in default or the company's own.
type Origin string

// The two origins.
const (
	FromDefault Origin = "default"
	FromCompany Origin = "company"
)

// Playbook is a loaded and validated playbook. Its lists are in the order of the
// files, what the company added last. It is not changed after loading and may be
// used by several goroutines.
type Playbook struct {
	Guide      Guide          `yaml:"guide"`
	Facts      []Fact         `yaml:"facts"`
	Roles      []Role         `yaml:"roles"`
	Thresholds []Threshold    `yaml:"thresholds"`
	Stage      Stage          `yaml:"stage"`
	Signals    []Signal       `yaml:"signals"`
	Indicators []Indicator    `yaml:"indicators"`
	Load       Workload       `yaml:"load"`
	Verdict    Verdict        `yaml:"verdict"`
	Agreement  Agreement      `yaml:"agreement"`
	Work       Work           `yaml:"work"`
	DORA       []Levels       `yaml:"dora"`
	Delivery   []DeliveryNote `yaml:"delivery"`

	rules    map[string]rule      // of indicators, by id
	deciding map[string]condition // by their key in agreement.deciding
	places   map[string]place
	struck   []string // paths
	builtin  map[string]band
	defaults []Value
}

// Guide is the text that the facts come from.
type Guide struct {
	Title string `yaml:"title"`
	Note  string `yaml:"note"`
}

// Fact is a statement of the guide, or of the company, that rules cite by id.
type Fact struct {
	ID     string
	Area   string `yaml:"area"`
	Text   string `yaml:"text"`
	Origin Origin
}

// Range is a number of which only bounds are known: an effect is nothing at Low
// and full at High, or a draw may take any value between. It carries its reason:
// the facts it cites, or why it is so when no fact gives it.
type Range struct {
	Low    float64  `yaml:"low"`
	High   float64  `yaml:"high"`
	Unit   string   `yaml:"unit"`
	Title  string   `yaml:"title"`
	Cites  []string `yaml:"cites"`
	Why    string   `yaml:"why"`
	Origin Origin
}

// Role is what a leader of engineering is for.
type Role struct {
	ID         string
	Title      string   `yaml:"title"`
	Mission    string   `yaml:"mission"`
	Primary    string   `yaml:"primary"` // strategy, execution, or both
	Owns       []string `yaml:"owns"`
	AnswersFor string   `yaml:"answers_for"`
	ReportsTo  string   `yaml:"reports_to"`
	Horizon    Range    `yaml:"horizon"` // months
	Time       Range    `yaml:"time"`    // share of the time on Primary; zero when the guide gives none
	Budget     Range    `yaml:"budget"`  // M$ a year; zero when the guide gives none
	Cites      []string `yaml:"cites"`
	Origin     Origin
}

// Threshold is a named band. Signals and rules refer to it by its id.
type Threshold struct {
	ID string
	Range
}

// Stage is what the stage lens looks at.
type Stage struct {
	PeoplePerEngineer Range       `yaml:"people_per_engineer"` // people in the company for each engineer
	Rules             []StageRule `yaml:"rules"`
}

// Units of a stage rule. A rule in UnitSymptoms names no size and counts for the
// symptoms lens only.
const (
	UnitEngineers = "engineers"
	UnitPeople    = "people"
	UnitRevenue   = "arr_usd_m"
	UnitFunding   = "funding"
	UnitSymptoms  = "symptoms"
)

// StageRule is one published opinion on when to split the role: the threshold lies
// somewhere between Low and High of Unit, or between the first and last of Stages.
// Rows of one Source are parts of one opinion.
type StageRule struct {
	ID     string
	Source string   `yaml:"source"`
	Says   string   `yaml:"says"`
	For    string   `yaml:"for"`    // split, vpe or cto
	Stages []string `yaml:"stages"` // for UnitFunding, earliest first
	Range
}

// Rounds are the stages of funding, earliest first.
func Rounds() []string {
	return []string{"bootstrapped", "pre_seed", "seed", "series_a", "series_b", "series_c", "later", "public"}
}

// Signal is a kind of claim that a rule may look at.
type Signal struct {
	ID     string
	Means  string `yaml:"means"` // what "present" says
	Unit   string `yaml:"unit"`  // of its value
	Origin Origin
}

// Lenses that an indicator belongs to.
const (
	LensStage    = "stage"
	LensSymptoms = "symptoms"
	LensLoad     = "load"
	// LensStructure marks what the structure needs. It does not weigh on the verdict: its
	// factors are left out.
	LensStructure = "structure"
)

// AboutPeople marks an indicator that volunteers distort.
const AboutPeople = "people"

// Indicator is a reason for or against splitting the role, and the rule that
// judges it. Present and Absent are CEL conditions; when neither is certain, the
// indicator is unknown.
type Indicator struct {
	ID        string
	Title     string   `yaml:"title"`
	Question  string   `yaml:"question"`
	Cites     []string `yaml:"cites"`
	Why       string   `yaml:"why"`
	Lens      string   `yaml:"lens"`
	SpeaksFor string   `yaml:"speaks_for"` // vpe, cto, split or none
	Group     string   `yaml:"group"`      // indicators of one group rest on the same facts and share one factor
	Chart     string   `yaml:"chart"`      // metric whose course shows it; "" is none
	About     string   `yaml:"about"`      // people, where volunteers distort it; or ""
	Signals   []string `yaml:"signals"`    // exactly those that the conditions look at
	Present   string   `yaml:"present"`
	Absent    string   `yaml:"absent"`
	Strength  []string `yaml:"strength"` // of present, 0 to 1: the largest that is known counts
	Clear     []string `yaml:"clear"`    // of absent, 0 to 1: the smallest that is known counts; 1 without any
	Factors   Factors  `yaml:"factors"`
	Advice    string   `yaml:"advice"` // when present: what to do besides hiring
	Tests     []Case   `yaml:"tests"`
	Origin    Origin
}

// Factors multiply the odds of a split.
type Factors struct {
	Present Range `yaml:"present"`
	Absent  Range `yaml:"absent"`
}

// Case is a test beside an indicator: given these signals and no other, the rule
// must say what is expected.
type Case struct {
	Name     string           `yaml:"name"`
	Given    map[string]Given `yaml:"given"`
	Expect   string           `yaml:"expect"`   // present, absent or unknown
	Strength []float64        `yaml:"strength"` // lowest and highest allowed; none: not tested
	Weight   []float64        `yaml:"weight"`
	Origin   Origin
}

// Given is a signal in a test. A number that is not given is unknown.
type Given struct {
	State    string   `yaml:"state"`
	Strength float64  `yaml:"strength"`
	Value    *float64 `yaml:"value"`
	Low      *float64 `yaml:"low"`
	High     *float64 `yaml:"high"`
	N        float64  `yaml:"n"`
}

// Functions of leadership work.
const (
	Execution = "execution"
	Strategy  = "strategy"
)

// Units of work that need no ratio: a fixed amount, each engineer, each direct
// report (as many as Workload.DirectReports allows).
const (
	PerFixed        = "fixed"
	PerEngineer     = "engineer"
	PerDirectReport = "direct_report"
)

// Workload is what leading engineering takes, and what one person has.
type Workload struct {
	HoursPerWeek  Range      `yaml:"hours_per_week"` // of one person
	Elsewhere     Range      `yaml:"elsewhere"`      // share of them for everything else
	DirectReports Range      `yaml:"direct_reports"` // at most so many report to one person
	OneRole       Range      `yaml:"primary_share"`  // share of the time below which a primary function starves
	Ratios        []Ratio    `yaml:"ratios"`         // where the organisation is not declared
	Usual         []Ratio    `yaml:"usual"`          // units that do not follow from size: as many as there are, where they are not declared
	Activities    []Activity `yaml:"activities"`
}

// Ratio is how many units of work there are, for each engineer or in all; its id is the unit.
type Ratio struct {
	ID string
	Range
}

// Activity is a piece of a leader's work: hours a week for one unit of Per.
type Activity struct {
	ID       string
	Function string `yaml:"function"`
	Per      string `yaml:"per"`
	Range
}

// Verdict is how evidence becomes a call.
type Verdict struct {
	PrepareAt             Range `yaml:"prepare_at"`              // probability from which to prepare
	SplitAt               Range `yaml:"split_at"`                // probability from which to split
	Prior                 Range `yaml:"prior"`                   // the stage lens never says less or more
	Opinion               Range `yaml:"opinion"`                 // what the stage lens counts beside the others, as an exponent of its odds
	Neutral               Range `yaml:"neutral"`                 // where the symptoms lens starts when read alone
	Overloaded            Range `yaml:"overloaded"`              // factor on the odds when the work is half again what one person has
	Spared                Range `yaml:"spared"`                  // factor on the odds when it is half of that
	EstimatedLoad         Range `yaml:"estimated_load"`          // part of the load factor that counts while hours follow from size
	LoadSpan              Range `yaml:"load_span"`               // beyond or short of a week at which the load factor is full
	LoadReads             Range `yaml:"load_reads"`              // weeks of work at which the load lens alone reads prepare, and split
	TooClose              Range `yaml:"too_close"`               // lead over the next call below which both are named
	Flickers              Range `yaml:"flickers"`                // changes of call above which a verdict flickers
	ConfidenceFloor       Range `yaml:"confidence_floor"`        // share of draws below which there is no call
	FewestKnown           Range `yaml:"fewest_known"`            // indicators that must be known for a call
	FewestWeeks           Range `yaml:"fewest_weeks"`            // of history that there must be for a call
	Horizon               Range `yaml:"horizon"`                 // months that a projection may reach
	EngineersPerCommitter Range `yaml:"engineers_per_committer"` // engineers for each who commits regularly
	EmployedShare         Range `yaml:"employed_share"`          // of regular contributors, where most contributors are occasional
	VolunteerWeight       Range `yaml:"volunteer_weight"`        // of symptoms of people there
	GrowthUnknown         Range `yaml:"growth_unknown"`          // growth a year when it cannot be measured
	Costs                 Costs `yaml:"costs"`
}

// Costs are the assumptions behind the cost of waiting and of splitting.
type Costs struct {
	EngineerPay   Range `yaml:"engineer_pay"`   // thousand $ a year, with everything
	LeaderPay     Range `yaml:"leader_pay"`     // as a multiple of an engineer's
	SearchShare   Range `yaml:"search_share"`   // of a leader's first year, once
	HireMonths    Range `yaml:"hire_months"`    // from the decision to the first day
	RampMonths    Range `yaml:"ramp_months"`    // from the first day to full effect
	WaitingHours  Range `yaml:"waiting_hours"`  // lost for each engineer in a week while leadership is overloaded
	HoursAYear    Range `yaml:"hours_a_year"`   // that a year of pay buys
	SplitOverhead Range `yaml:"split_overhead"` // hours a week that two leaders spend aligning
}

// Default returns the built-in playbook.
func Default() (*Playbook, error) { return Load("", nil) }

// Load returns the built-in playbook with a company's overrides merged in. name
// stands in error messages; without overrides it is the built-in playbook.
func Load(name string, override []byte) (*Playbook, error) {
	p := &Playbook{places: map[string]place{}}
	entries, err := fs.Glob(builtin, "builtin/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range entries {
		data, err := builtin.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := p.merge(newSource(file, data, FromDefault)); err != nil {
			return nil, err
		}
	}
	p.builtin = p.bands()
	if override != nil {
		p.defaults = p.Values()
		if err := p.merge(newSource(name, override, FromCompany)); err != nil {
			return nil, err
		}
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	if p.rules, err = p.compile(); err != nil {
		return nil, err
	}
	if p.deciding, err = p.compileDeciding(); err != nil {
		return nil, err
	}
	return p, nil
}

// Fact returns the fact of an id.
func (p *Playbook) Fact(id string) (Fact, bool) {
	return find(p.Facts, func(f Fact) bool { return f.ID == id })
}

// Role returns the role of an id: cto, vpe or technical_leader.
func (p *Playbook) Role(id string) (Role, bool) {
	return find(p.Roles, func(r Role) bool { return r.ID == id })
}

// Threshold returns the band of an id.
func (p *Playbook) Threshold(id string) (Threshold, bool) {
	return find(p.Thresholds, func(t Threshold) bool { return t.ID == id })
}

// Bands are the thresholds as signals take them.
func (p *Playbook) Bands() map[string]signal.Band {
	bands := make(map[string]signal.Band, len(p.Thresholds))
	for _, t := range p.Thresholds {
		bands[t.ID] = signal.Band{Low: t.Low, High: t.High}
	}
	return bands
}

func find[T any](list []T, is func(T) bool) (found T, ok bool) {
	i := slices.IndexFunc(list, is)
	if i < 0 {
		return found, false
	}
	return list[i], true
}
