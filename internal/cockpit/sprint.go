package cockpit

// SprintsSchema names the version of Sprints as JSON.
const SprintsSchema = "diarchy/sprints/v1"

// Sprints are what was planned in each sprint against what became of it.
type Sprints struct {
	Schema  string    `json:"schema"`
	AsOf    string    `json:"as_of"`
	Scope   string    `json:"scope"`
	Sprints []Sprint  `json:"sprints"` // oldest first
	Missing string    `json:"missing"` // why there are none; "" when there are some
	Supply  string    `json:"supply"`  // what would supply them
	Skipped []Skipped `json:"skipped"` // input that could not be read
}

// Sprint is one sprint, in issues. Said and Added together are Done, Removed and Carried.
type Sprint struct {
	Project  string `json:"project"`
	Name     string `json:"name"`
	Start    string `json:"start"`
	End      string `json:"end"`  // when it was completed, or is to end
	Open     bool   `json:"open"` // it goes on, and the numbers are those so far
	Said     int    `json:"said"` // in it when it began, and not done yet
	Added    int    `json:"added"`
	Removed  int    `json:"removed"` // taken out, and not done
	Done     int    `json:"done"`
	SaidDone int    `json:"said_done"` // of Said
	Carried  int    `json:"carried"`   // in it at its end, and not done
}
