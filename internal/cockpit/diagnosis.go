// Package cockpit holds the view models that every surface shows: plain values,
// computed by the rooms before it (diagnosis, metric, signal), with no I/O.
// Terminal, HTML, Markdown and JSON all render the same Diagnosis, so that they
// cannot disagree.
package cockpit

import "time"

// DiagnosisSchema names the JSON form of Diagnosis. It is published as
// docs/schema/diagnosis-v1.json and checked in tests.
const DiagnosisSchema = "diarchy/diagnosis/v1"

// Calls that a verdict can make.
const (
	CallOneLeader = "one_leader"          // one technical leader is enough
	CallPrepare   = "prepare"             // prepare to split the role
	CallSplitNow  = "split_now"           // two roles are needed now
	CallUnknown   = "not_enough_evidence" // the evidence does not carry a call
)

// States of a finding.
const (
	Present = "present"
	Absent  = "absent"
	Unknown = "unknown"
)

// Diagnosis is one answer to "CTO, VP of Engineering, or both; which first; when?"
// with everything a reader needs to check it.
type Diagnosis struct {
	Schema       string           `json:"schema"`
	AsOf         string           `json:"as_of"` // date, YYYY-MM-DD; only what was known by its end is used
	Company      string           `json:"company"`
	Program      string           `json:"program"` // name and version that made this
	Verdict      Verdict          `json:"verdict"`
	Lenses       []Lens           `json:"lenses"`                 // stage, symptoms, load, in this order
	Findings     []Finding        `json:"findings"`               // ordered: present by strength, then absent, then unknown
	Organisation *OrgChart        `json:"organisation,omitempty"` // on the day that is judged
	Structure    []Finding        `json:"structure,omitempty"`    // what the structure of the organisation needs; none when it is not described
	Agreement    *AgreementHealth `json:"agreement,omitempty"`    // how the agreement of two leaders stands
	Delivery     *Delivery        `json:"delivery,omitempty"`     // how work reaches users
	WouldChange  []Change         `json:"would_change"`
	Missing      []Missing        `json:"missing"` // most decisive first
	Costs        []Cost           `json:"costs"`   // of waiting and of splitting
	History      History          `json:"history"`
	Charts       []Chart          `json:"charts"`
	Sources      []Source         `json:"sources"`
	Skipped      []Skipped        `json:"skipped"`     // input that could not be read
	Caveats      []string         `json:"caveats"`     // sentences that qualify the whole page
	Assumptions  []Assumption     `json:"assumptions"` // every number that was assumed rather than read
	Method       Method           `json:"method"`
	Definitions  []Definition     `json:"definitions"` // of the metrics that the page uses
	Citations    []Citation       `json:"citations"`   // the playbook facts cited, in full
}

// Verdict is the answer itself.
type Verdict struct {
	Call        string             `json:"call"`
	MissingRole string             `json:"missing_role"` // cto, vpe, both, first_leader, none, unknown
	Confidence  float64            `json:"confidence"`   // share of draws that make this call, 0 to 1; null in JSON when there is no call
	Shares      map[string]float64 `json:"shares"`       // share of draws by call; sums to 1
	When        When               `json:"when"`
	Premise     string             `json:"premise,omitempty"`   // what the call takes for granted, when that is in doubt; the headline says it too
	TooClose    string             `json:"too_close,omitempty"` // the next call, where the two cannot be told apart; the headline says it too
	Headline    string             `json:"headline"`            // the answer in at most twelve words
	Summary     string             `json:"summary"`             // two or three sentences
	Confident   string             `json:"confident"`
	RoleReason  string             `json:"role_reason"` // why this role is the missing one
	InTheMean   []string           `json:"in_the_meantime"`
	Disagree    string             `json:"disagreement"` // where the lenses disagree; "" if they do not
}

// When says at which dates the call turns into split_now, as the range that
// holds the middle 60 % of draws. Empty dates mean "not within the horizon".
type When struct {
	From    string `json:"from"` // YYYY-MM, "" if none
	To      string `json:"to"`   // YYYY-MM, "" if none
	Summary string `json:"summary"`
}

// Lens is one way of looking at the company.
type Lens struct {
	Name       string  `json:"name"`       // stage, symptoms, load
	Reading    string  `json:"reading"`    // a call
	Confidence float64 `json:"confidence"` // share of draws in which this lens alone reads so, 0 to 1; null in JSON when it reads nothing
	Summary    string  `json:"summary"`
	Facts      []Fact  `json:"facts"` // the few numbers that it rests on
}

// Fact is a labelled number or phrase in a lens or a finding.
type Fact struct {
	Label    string   `json:"label"`
	Value    string   `json:"value"` // formatted with its unit
	Note     string   `json:"note,omitempty"`
	Origin   string   `json:"origin,omitempty"` // measured, declared, assumed
	Metric   string   `json:"metric,omitempty"` // metric to explain
	Number   *float64 `json:"number"`           // the plain number; null when the value is a phrase or unknown
	Unit     string   `json:"unit,omitempty"`
	Citation string   `json:"cite,omitempty"`
}

// Finding is one indicator's state on this company.
type Finding struct {
	ID       string   `json:"id"`    // N6, N7, ... or the playbook's own id
	Title    string   `json:"title"` // the indicator as a statement
	State    string   `json:"state"`
	Strength float64  `json:"strength"`   // 0 to 1; 0 unless present
	Speaks   string   `json:"speaks_for"` // cto, vpe, split, none
	Summary  string   `json:"summary"`    // what was seen, in one sentence
	Evidence []Fact   `json:"evidence"`
	Cites    []string `json:"cites"`
	Warnings []string `json:"warnings"`
	Advice   string   `json:"advice,omitempty"` // what to do, of what the structure needs
	Chart    string   `json:"chart,omitempty"`  // id in Charts
	Explain  string   `json:"explain"`          // command that walks the chain down
}

// Change is a smallest single change of an input that flips the call.
type Change struct {
	Input string `json:"input"` // what would have to change
	From  string `json:"from"`
	To    string `json:"to"`
	Call  string `json:"call"` // the call that it would make
}

// Missing is evidence that was not there.
type Missing struct {
	What   string  `json:"what"`
	Effect string  `json:"effect"` // what knowing it could do, in words
	Shift  float64 `json:"shift"`  // largest move of the call's share between possible answers, 0 to 1
	Needed bool    `json:"needed"` // the answer is not whole without it: it decides the role, or whether there is a call
	How    string  `json:"how"`    // the command, or the lines of YAML, that supply it
}

// Cost is a range of money or time with its assumptions.
type Cost struct {
	Of      string   `json:"of"` // waiting, splitting
	Summary string   `json:"summary"`
	Lines   []Fact   `json:"lines"`
	Rests   []string `json:"rests_on"`
}

// History is how the call moved when the past is replayed with what was known then.
type History struct {
	Points  []Past `json:"points"`
	Flips   int    `json:"flips"` // changes of call
	Summary string `json:"summary"`
}

// Past is the verdict at an earlier date.
type Past struct {
	AsOf       string             `json:"as_of"`
	Call       string             `json:"call"`
	Confidence float64            `json:"confidence"` // null in JSON when there was no call
	Shares     map[string]float64 `json:"shares"`
	Engineers  *float64           `json:"engineers"`
}

// Chart is a picture with its sentence and its table twin.
type Chart struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Sentence string   `json:"sentence"` // what the chart shows
	Kind     string   `json:"kind"`     // line, bar, area, stacked
	Unit     string   `json:"unit"`
	XTitle   string   `json:"x_title,omitempty"`
	X        []string `json:"x"` // dates or categories; one per value
	Series   []Series `json:"series"`
	Bands    []Band   `json:"bands,omitempty"` // horizontal ranges, such as a published threshold
	Marks    []Mark   `json:"marks,omitempty"` // vertical marks, such as a change point
}

// Series is one line or set of bars; a nil value is a gap.
type Series struct {
	Name   string     `json:"name"`
	Values []*float64 `json:"values"`
	Dashed bool       `json:"dashed,omitempty"`
}

// Band is a labelled horizontal range.
type Band struct {
	Label string  `json:"label"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Mark is a labelled position on the X axis.
type Mark struct {
	Label string `json:"label"`
	X     string `json:"x"`
}

// Source is where facts came from.
type Source struct {
	Name     string    `json:"name"`
	Location string    `json:"location"`
	Branch   string    `json:"branch"`
	Commits  int       `json:"commits"`
	First    string    `json:"first"` // date of the first commit
	Last     string    `json:"last"`
	Head     string    `json:"head"`
	ReadAt   time.Time `json:"read_at"`
	Status   string    `json:"status"` // ok, partial, failed
	Notes    []string  `json:"notes"`
	System   bool      `json:"system"` // it is no clone, but a forge, a tracker and the like
	Items    int       `json:"items"`  // of a system: change requests, issues, builds, deployments and incidents
}

// Skipped is a part of the input that could not be read.
type Skipped struct {
	Source string `json:"source"`
	What   string `json:"what"`
	Why    string `json:"why"`
	Count  int    `json:"count"`
}

// Assumption is a number that was not read from anywhere, with where it comes from.
type Assumption struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"` // citation or reason
	Origin string `json:"origin"` // default, company
	Edit   string `json:"edit"`   // key in playbook.yaml or diarchy.yaml
}

// Method says how the call was reached.
type Method struct {
	Draws     int      `json:"draws"`
	Seed      uint64   `json:"seed"`
	Sentences []string `json:"sentences"`
}

// Definition is a metric's meaning.
type Definition struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Question string   `json:"question"`
	Unit     string   `json:"unit"`
	Meaning  string   `json:"meaning"`
	Caveats  string   `json:"caveats"`
	Gaming   string   `json:"gaming"`
	Cites    []string `json:"cites"`
}

// Citation is a playbook fact in full.
type Citation struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}
