package cockpit

// OrgChart is the organisation on a day by roles, teams and reporting lines. It names
// nobody, so that a page with it can be sent on.
type OrgChart struct {
	AsOf     string      `json:"as_of"`
	Unknown  string      `json:"unknown"` // why there is no chart, in a sentence; "" when there is one
	How      string      `json:"how"`     // what would supply it; "" when there is one
	Summary  string      `json:"summary"`
	Facts    []Fact      `json:"facts"`
	Places   []OrgPlace  `json:"places"`   // whoever leads people, as a tree: each after the one above
	Folded   int         `json:"folded"`   // places further down that are not listed
	Unlined  []OrgGroup  `json:"unlined"`  // people with nobody above and nobody below
	Kinds    []OrgKind   `json:"kinds"`    // teams by kind
	Borders  *OrgBorders `json:"borders"`  // null: not looked at
	Problems int         `json:"problems"` // of the document, that do not fit together
}

// OrgBorders is where teams change each other's code, for a picture.
type OrgBorders struct {
	Summary string       `json:"summary"`
	How     string       `json:"how"` // what supplies it; "" when it is known
	Pairs   []BorderPair `json:"pairs"`
	Areas   []BorderArea `json:"areas"`
}

// OrgPlace is a place from which people are led.
type OrgPlace struct {
	Title   string     `json:"title"`
	Leads   bool       `json:"leads"` // a role at the top of engineering or of the company
	Team    string     `json:"team"`
	Over    []string   `json:"over"` // teams of those who report and lead people themselves, where the place is in none
	Depth   int        `json:"depth"`
	Reports int        `json:"reports"` // directly
	Places  int        `json:"places"`  // of them: who lead people themselves
	Below   int        `json:"below"`   // in all
	Groups  []OrgGroup `json:"groups"`  // of them: who lead nobody, by title, the most first
	Open    int        `json:"open_positions"`
	Folded  int        `json:"folded"` // places below that are not listed
}

// OrgGroup is people of one title.
type OrgGroup struct {
	Title string `json:"title"`
	Count int    `json:"count"`
}

// OrgKind is the teams of a kind.
type OrgKind struct {
	Kind   string         `json:"kind"` // "" when it is not declared
	People float64        `json:"people"`
	Teams  []OrgChartTeam `json:"teams"`
}

// OrgChartTeam is a team in the chart.
type OrgChartTeam struct {
	Name   string  `json:"name"`
	People float64 `json:"people"` // shares of time added up
	Open   int     `json:"open_positions"`
}
