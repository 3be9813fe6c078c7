package cockpit

// DriftSchema names the version of Drift as JSON.
const DriftSchema = "diarchy/drift/v1"

// Drift is who decides on paper against who decided.
type Drift struct {
	Schema    string         `json:"schema"`
	AsOf      string         `json:"as_of"`
	Summary   string         `json:"summary"`
	Agreed    bool           `json:"agreed"` // against an agreement; else against the playbook
	Since     string         `json:"since"`  // what was decided before is left out
	Traces    int            `json:"traces"`
	Older     int            `json:"older"` // decision records that are left out so
	Findings  []DriftFinding `json:"findings"`
	Kinds     []DriftKind    `json:"kinds"`     // of which there is a trace
	Unmatched []DriftTrace   `json:"unmatched"` // traces of no kind, and why
	Skipped   []Skipped      `json:"skipped"`
}

// DriftFinding is a way in which practice has left the paper.
type DriftFinding struct {
	Kind   string   `json:"kind"`
	What   string   `json:"what"` // decided_by_another, decided_late, waits_too_long
	Text   string   `json:"text"`
	Advice string   `json:"advice"`
	Cites  []string `json:"cites"`
}

// DriftKind is a kind of decision with its traces.
type DriftKind struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Owner   string       `json:"owner"` // in words
	Owners  []string     `json:"owners"`
	Days    int          `json:"days"` // working days that are agreed or proposed; 0: none
	Decided int          `json:"decided"`
	ByOwner int          `json:"by_owner"`
	Others  []DriftCount `json:"by_others"`
	Unknown int          `json:"by_unknown"` // decided by somebody whose role is not known
	Late    int          `json:"late"`
	Open    int          `json:"open"`
	Overdue int          `json:"overdue"`
	Traces  []DriftTrace `json:"traces"`
}

// DriftCount is how often a role decided.
type DriftCount struct {
	Role   string `json:"role"`
	Called string `json:"called"`
	Count  int    `json:"count"`
}

// DriftTrace is a decision that happened, or is waited for.
type DriftTrace struct {
	ID      string `json:"id"`
	Record  string `json:"record"` // repository:path, which no other one has
	Title   string `json:"title"`
	Decided string `json:"decided"` // day; "" while open
	By      string `json:"by"`      // role in words; "" when it is not known
	Days    int    `json:"days"`    // working days from proposal to decision, or to today
	Departs bool   `json:"departs"` // decided by somebody else or late, or waits for too long
	Why     string `json:"why"`     // why it is of this kind, or of none
}
