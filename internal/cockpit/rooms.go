package cockpit

// Names of the JSON forms of what rooms of the server show.
const (
	DataSchema     = "diarchy/data/v1"
	PlaybookSchema = "diarchy/playbook/v1"
	AgendaSchema   = "diarchy/agenda/v1"
	AnswerSchema   = "diarchy/answer/v1"
)

// DataRoom is where facts come from, how fresh they are, and what is missing.
type DataRoom struct {
	Schema  string    `json:"schema"`
	AsOf    string    `json:"as_of"`
	Summary string    `json:"summary"`
	Sources []Source  `json:"sources"`
	Skipped []Skipped `json:"skipped"`
	Missing []Missing `json:"missing"` // most decisive first
	Call    string    `json:"call"`    // that missing evidence could move
	Runs    []Run     `json:"runs"`    // newest first, those before the server started too
	Paused  string    `json:"paused"`  // since when sources are read only when somebody asks, RFC 3339; "" while they are read in the background
	Match   *Match    `json:"match"`   // null where the organisation is not described
}

// Run is one reading of all sources.
type Run struct {
	Began   string   `json:"began"`
	Seconds float64  `json:"seconds"`
	New     int      `json:"new_commits"`
	Failed  []string `json:"failed"` // sources, with the reason
	Error   string   `json:"error"`  // why all of it failed; "" when it did not
}

// Playbook is every figure and rule of the playbook.
type Playbook struct {
	Schema string         `json:"schema"`
	Values []PlaybookLine `json:"values"`
	Tests  []PlaybookCase `json:"tests"`
}

// PlaybookLine is one figure or rule.
type PlaybookLine struct {
	Key     string   `json:"key"`
	Value   string   `json:"value"`
	Text    string   `json:"text"` // the value with the thresholds that it names
	Default string   `json:"default"`
	Origin  string   `json:"origin"` // default or company
	Cites   []string `json:"cites"`
	Why     string   `json:"why"`
}

// PlaybookCase is the result of a test of a rule.
type PlaybookCase struct {
	Rule    string `json:"rule"`
	Name    string `json:"name"`
	Failure string `json:"failure"` // "" when it passed
}

// Question is what somebody wants to know who decides it; what is not said is "".
type Question struct {
	Text                                                   string // in words
	Kind                                                   string
	Reach, Horizon, Cost, Reversible, Security, Compliance string
}

// Answer says who decides.
type Answer struct {
	Schema string          `json:"schema"`
	Ruling *Ruling         `json:"ruling"` // null while nothing is asked, or no kind matches
	Kinds  []DecisionRight `json:"kinds"`  // that the words of the question tell, the closest first; all without a question
	Note   string          `json:"note"`
}

// AgreementVersion is a version of the agreement that the company's git has.
type AgreementVersion struct {
	Revision string            `json:"revision"`
	Day      string            `json:"day"`
	Changes  []AgreementChange `json:"changes"` // against the version before
}

// Plan is a file of scenarios of an organisation.
type Plan struct {
	File      string         `json:"file"` // name in the workspace, without folder and ending
	Scenarios []PlanScenario `json:"scenarios"`
	Error     string         `json:"error"` // why the file cannot be read; "" when it can
}

// PlanScenario is a scenario of a file, in which its name is the only one.
type PlanScenario struct {
	Name  string     `json:"name"`
	Date  string     `json:"date"`  // from which it holds; "" is today
	Steps []PlanStep `json:"steps"` // in their order; growth comes last
}

// Names are those of the scenarios.
func (p Plan) Names() []string {
	out := make([]string, len(p.Scenarios))
	for i, s := range p.Scenarios {
		out[i] = s.Name
	}
	return out
}

// PlanStep is one change of a scenario. It says what its kind has, by the names of
// documents; the rest is empty.
type PlanStep struct {
	Do         string   `json:"do"` // hire, leave, move, merge, split, role, open, fill, retire, share, parent, dotted, growth
	Person     string   `json:"person"`
	Team       string   `json:"team"`
	Manager    string   `json:"manager"`
	Dotted     string   `json:"dotted"` // to whom a dotted line leads after a move
	Role       string   `json:"role"`
	Title      string   `json:"title"`
	Reports    []string `json:"reports"` // who reports to the person from then on
	Count      int      `json:"count"`   // of those who are hired
	ID         string   `json:"id"`      // of somebody new, a new team or a new position; "" to add: one is made of the name
	Name       string   `json:"name"`
	Level      string   `json:"level"`
	Employment string   `json:"employment"`
	Location   string   `json:"location"`
	Cost       string   `json:"cost"` // a year, as in 95000 EUR
	Position   string   `json:"position"`
	Teams      []string `json:"teams"` // that are merged
	Into       string   `json:"into"`  // the team that they become
	People     []string `json:"people"`
	Kind       string   `json:"kind"`  // of a new team
	Owns       []string `json:"owns"`  // repository, or repository and path, that go with a new team
	Under      string   `json:"under"` // the team above; none is at the top
	Share      float64  `json:"share"` // of the time
	To         string   `json:"to"`    // to whom a dotted line begins to lead
	From       string   `json:"from"`  // and ceases to
	Low        float64  `json:"low"`   // growth of the number of engineers a year: 0.2 is twenty per cent
	High       float64  `json:"high"`
	Seed       int64    `json:"seed"` // of the draws of the file; 0: as it is
}
