package cockpit

// OrganisationSchema names the version of Organisation as JSON.
const OrganisationSchema = "diarchy/organisation/v1"

// Organisation is who works where and for whom on a day, and what follows from it.
type Organisation struct {
	Schema   string       `json:"schema"`
	AsOf     string       `json:"as_of"`
	Summary  string       `json:"summary"`   // the answer in two or three sentences
	Facts    []Fact       `json:"facts"`     // spans, layers, teams, positions
	Needs    []Finding    `json:"needs"`     // what the structure needs, the strongest first
	FromCode []string     `json:"from_code"` // needs that only code decides, which a diagnosis looks at
	Teams    []OrgTeam    `json:"teams"`
	People   []OrgPerson  `json:"people"` // as a tree: each after its manager
	Open     []OrgOpen    `json:"open"`   // positions that are open
	Problems []OrgProblem `json:"problems"`
	Missing  []Missing    `json:"missing"`
}

// OrgTeam is a team on the day.
type OrgTeam struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`   // "" when it is not declared
	Parent string   `json:"parent"` // "" at the top
	People float64  `json:"people"` // shares of time added up
	Open   int      `json:"open_positions"`
	Owns   []string `json:"owns"`
}

// OrgPerson is a person in the tree of reporting lines.
type OrgPerson struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Role    string   `json:"role"`
	Team    string   `json:"team"`
	Manager string   `json:"manager"` // "" at the top
	Depth   int      `json:"depth"`
	Reports int      `json:"reports"` // directly
	Below   int      `json:"below"`   // in all
	Dotted  []string `json:"dotted"`  // to whom, besides
}

// OrgOpen is a position that is open on the day.
type OrgOpen struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Role    string `json:"role"`
	Team    string `json:"team"`
	Manager string `json:"manager"`
}

// OrgProblem is something in the document that does not fit together.
type OrgProblem struct {
	Kind string `json:"kind"`
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
	Fix  string `json:"fix"`
	From string `json:"from"` // first day; "" is always
	To   string `json:"to"`   // last day; "" is still
}

// MatchSchema names the version of Match as JSON.
const MatchSchema = "diarchy/match/v1"

// Match is how far those who wrote commits in the last year are people of the document.
type Match struct {
	Schema   string     `json:"schema"`
	AsOf     string     `json:"as_of"`
	Summary  string     `json:"summary"`
	Authors  int        `json:"authors"`  // people who wrote in the last year
	Joined   int        `json:"joined"`   // of them: people of the document
	Silent   int        `json:"silent"`   // engineers of the document who wrote nothing
	Unjoined []Unjoined `json:"unjoined"` // by address
	Skipped  []Skipped  `json:"skipped"`
}

// Unjoined is somebody who wrote commits and is nobody of the organisation document.
type Unjoined struct {
	Email  string `json:"email"`
	Person string `json:"person"` // who it may be; "" without a suggestion
	Reason string `json:"reason"` // of the suggestion
	Fix    string `json:"fix"`    // the line that joins them
}

// BordersSchema names the version of Borders as JSON.
const BordersSchema = "diarchy/borders/v1"

// Borders is where the borders of teams lie against what changes together.
type Borders struct {
	Schema  string       `json:"schema"`
	AsOf    string       `json:"as_of"`
	Summary string       `json:"summary"`
	How     string       `json:"how"` // what supplies what is not known; "" when it is
	Changes int          `json:"changes"`
	Across  int          `json:"across"`
	Unowned int          `json:"unowned"`
	Pairs   []BorderPair `json:"pairs"`
	Areas   []BorderArea `json:"areas"`
	Skipped []Skipped    `json:"skipped"`
}

// BorderPair is two teams whose code changed together.
type BorderPair struct {
	A       string `json:"a"`
	B       string `json:"b"`
	Changes int    `json:"changes"`
}

// BorderArea is code of one team that changes with that of another.
type BorderArea struct {
	Area    string `json:"area"`
	Team    string `json:"team"`
	With    string `json:"with"`
	Changes int    `json:"changes"`
	Shared  int    `json:"shared"`
}

// WhatIfSchema names the version of WhatIf as JSON.
const WhatIfSchema = "diarchy/whatif/v1"

// WhatIf is scenarios side by side; the first is the organisation as it is.
type WhatIf struct {
	Schema    string       `json:"schema"`
	AsOf      string       `json:"as_of"`
	Seed      uint64       `json:"seed"`
	SeedFrom  string       `json:"seed_from"` // the file of scenarios, or where settings have it from
	Draws     int          `json:"draws"`
	Notes     []string     `json:"notes"` // what limits all of it
	Scenarios []Scenario   `json:"scenarios"`
	Assumed   []Assumption `json:"assumed"` // what costs and waiting rest on
	Skipped   []Skipped    `json:"skipped"`
}

// Scenario is what an organisation would mean.
type Scenario struct {
	Name              string          `json:"name"`
	Date              string          `json:"date"`
	Call              string          `json:"call"`
	Confidence        float64         `json:"confidence"` // 0 without a call
	MissingRole       string          `json:"missing_role"`
	Headline          string          `json:"headline"`
	CallInAYear       string          `json:"call_in_a_year"`     // "" without a call
	HeadlineInAYear   string          `json:"headline_in_a_year"` // "" without a call
	ConfidenceInAYear float64         `json:"confidence_in_a_year"`
	Facts             []Fact          `json:"facts"`     // size, spans, layers
	Loads             []Fact          `json:"loads"`     // of each leader
	Costs             []Fact          `json:"costs"`     // of the change
	Next              []Fact          `json:"next"`      // when growth reaches the next sizes
	AtRisk            []Fact          `json:"at_risk"`   // what those who leave take with them
	Waiting           []Fact          `json:"waiting"`   // what it costs while work finds no time
	Knowledge         []TeamKnowledge `json:"knowledge"` // by team
	Needs             []string        `json:"needs"`     // of the structure
	Begins            []string        `json:"begins"`    // needs that the first scenario does not have
	Ends              []string        `json:"ends"`      // needs that only the first has
	Problems          []OrgProblem    `json:"problems"`  // what does not fit together, beyond what does not in the first
}

// TeamKnowledge is how few people hold the code that a team owns.
type TeamKnowledge struct {
	Team   string   `json:"team"`   // "" is code that no team owns
	Files  int      `json:"files"`  // source files
	Factor *float64 `json:"factor"` // truck factor; null below twenty files
	Before *float64 `json:"before"` // as it is; null where the team is new, or has too few files
	Lost   int      `json:"lost"`   // files whose last author leaves
}
