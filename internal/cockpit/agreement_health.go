package cockpit

// AgreementHealth is how the agreement of two leaders stands on a day, in short. It names
// roles and nobody.
type AgreementHealth struct {
	AsOf       string            `json:"as_of"`
	Unknown    string            `json:"unknown"` // why there is nothing to say, in a sentence; "" when there is an agreement
	How        string            `json:"how"`     // what to do then; "" when there is one
	Version    int               `json:"version"` // 0 when it says none
	Effective  string            `json:"effective"`
	ReviewBy   string            `json:"review_by"`
	Summary    string            `json:"summary"` // what is open and whether it is signed
	Signatures []HealthSignature `json:"signatures"`
	Problems   int               `json:"problems"`
	Gaps       int               `json:"gaps"`
	Notes      int               `json:"notes"`
	Findings   []AgreementIssue  `json:"findings"` // worst first
	Against    string            `json:"against"`  // what decisions were held against: agreement or playbook
	Traces     int               `json:"traces"`   // decisions that were held against it
	Held       string            `json:"held"`     // what came of that, in a sentence
	Drift      []HealthDrift     `json:"drift"`
}

// HealthSignature says whether a role has signed the text that is there.
type HealthSignature struct {
	Role   string `json:"role"`
	Called string `json:"called"`
	State  string `json:"state"` // valid, stale, missing
	Date   string `json:"date"`
}

// HealthDrift is a way in which practice has left the paper, with its decisions.
type HealthDrift struct {
	DriftFinding
	Traces []DriftTrace `json:"traces"` // that the finding counts
}

// What drift is held against.
const (
	AgainstAgreement = "agreement"
	AgainstPlaybook  = "playbook"
)
