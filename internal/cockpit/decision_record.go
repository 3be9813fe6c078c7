package cockpit

// Names of the JSON forms of what decision records say; published in docs/schema.
const (
	RecordListSchema  = "diarchy/decision-records/v1"
	RecordSchema      = "diarchy/decision-record/v1"
	RecordCheckSchema = "diarchy/decision-record-check/v1"
	NewRecordSchema   = "diarchy/decision-record-new/v1"
)

// RecordList are decision records in a few words each. It names no person.
type RecordList struct {
	Schema  string          `json:"schema"`
	AsOf    string          `json:"as_of"` // date, YYYY-MM-DD; only what was known by its end is used
	Total   int             `json:"total"` // records that there are, those that are left out included
	Records []RecordSummary `json:"records"`
	Skipped []Skipped       `json:"skipped"`
}

// RecordSummary is a decision record in a few words.
type RecordSummary struct {
	ID         string   `json:"id"` // number as the file has it, or the file's name
	Repository string   `json:"repository"`
	Path       string   `json:"path"`
	Title      string   `json:"title"`
	Status     string   `json:"status"`           // proposed, accepted, rejected, superseded, deprecated; "" when it states none
	Since      string   `json:"since"`            // date on which that status reached the main line
	Days       *float64 `json:"days_to_decision"` // from its first version to accepted or rejected; null when unknown
	Roles      []string `json:"decider_roles"`    // deciders that are named by what they do
	Others     int      `json:"other_deciders"`   // deciders that are named otherwise
	Flags      []string `json:"flags"`            // kinds of the findings about it
}

// Address is what no other record is called: repository:path.
func (r RecordSummary) Address() string { return r.Repository + ":" + r.Path }

// RecordView is one record with its history. It quotes what the record itself says, names
// included.
type RecordView struct {
	Schema       string          `json:"schema"`
	AsOf         string          `json:"as_of"`
	Record       RecordSummary   `json:"record"`
	History      []RecordState   `json:"history"` // oldest first
	Date         string          `json:"date"`    // as it states; "" when it states none
	ReviewBy     string          `json:"review_by"`
	Deciders     []string        `json:"deciders"`
	Consulted    []string        `json:"consulted"`
	Informed     []string        `json:"informed"`
	Tags         []string        `json:"tags"`
	Supersedes   []RecordRef     `json:"supersedes"`
	SupersededBy []RecordRef     `json:"superseded_by"`
	InForce      string          `json:"in_force"` // path of the record that holds at the end of its successors; "" when there is none
	Links        []RecordRef     `json:"links"`    // to other documents of the repository
	Findings     []RecordFinding `json:"findings"`
	Skipped      []Skipped       `json:"skipped"`
}

// RecordState is a status that a record had, from a commit on.
type RecordState struct {
	Status   string `json:"status"`
	Day      string `json:"day"` // on which it reached the main line
	Commit   string `json:"commit"`
	Path     string `json:"path"`
	Versions int    `json:"versions"` // commits that left the record behind in this status
}

// RecordRef is what a record refers to.
type RecordRef struct {
	Stated string `json:"stated"` // as it is written
	Path   string `json:"path"`   // "" when it is not there
	Title  string `json:"title"`  // of a record; "" for other documents
	Status string `json:"status"` // of a record
}

// RecordCheck is what does not hold together in decision records. It names no person.
type RecordCheck struct {
	Schema   string          `json:"schema"`
	AsOf     string          `json:"as_of"`
	Records  int             `json:"records"` // that were checked
	Findings []RecordFinding `json:"findings"`
	Skipped  []Skipped       `json:"skipped"`
}

// RecordFinding is one thing that does not hold together.
type RecordFinding struct {
	Kind       string `json:"kind"`
	Repository string `json:"repository"`
	Path       string `json:"path"`  // "" when it is of all records of the repository
	Title      string `json:"title"` // of the record
	Says       string `json:"says"`  // a sentence without its subject, the record
	Do         string `json:"do"`    // what would mend it
}

// NewRecord is a record that was written.
type NewRecord struct {
	Schema string   `json:"schema"`
	Path   string   `json:"path"`
	Number int      `json:"number"` // 0 where records are named by dates
	Notes  []string `json:"notes"`  // what else is to be done
}

// NoRecordStatus stands for the status of records that state none, where it is asked for.
const NoRecordStatus = "none"

// RecordStatuses are those that can be asked for.
func RecordStatuses() []string {
	return []string{"proposed", "accepted", "rejected", "superseded", "deprecated", NoRecordStatus}
}

// RecordFindingKinds are the kinds of findings.
func RecordFindingKinds() []string {
	return []string{"stalled", "review_passed", "no_successor", "successor_missing", "no_link_back", "not_marked", "no_deciders", "decider_quiet", "decider_left", "reopened", "same_number", "broken_link", "no_status"}
}
