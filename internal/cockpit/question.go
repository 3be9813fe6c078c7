package cockpit

// At is what part of the company an answer is about, and of which day.
type At struct {
	Scope string // company, group:NAME, team:NAME, repository:NAME, application:NAME
	AsOf  string // YYYY-MM-DD; "" is the newest fact
}

// Choice is what is known of a decision that is to be made; nil is not known.
type Choice struct {
	Kind       string
	Reach      string   // team, several_teams, company
	Horizon    *float64 // months
	Cost       *float64 // thousands
	Reversible *bool
	Security   *bool
	Compliance *bool
}
