package cockpit

// Names of the JSON forms below. Each is published in docs/schema and checked in tests.
const (
	AgreementSchema  = "diarchy/agreement/v1"
	CheckSchema      = "diarchy/agreement-check/v1"
	ComparisonSchema = "diarchy/agreement-comparison/v1"
	RulingSchema     = "diarchy/decide/v1"
	DraftedSchema    = "diarchy/agreement-draft/v1"
	SignedSchema     = "diarchy/agreement-signature/v1"
)

// Levels of a finding about an agreement, worst first.
const (
	LevelProblem = "problem" // it contradicts itself, or the text is not the signed one
	LevelGap     = "gap"     // something that two leaders should agree on is not there
	LevelNote    = "note"    // worth a word
)

// Agreement is an agreement between two leaders as every surface shows it.
type Agreement struct {
	Schema     string            `json:"schema"`
	Program    string            `json:"program"`
	Source     string            `json:"source"` // file
	AsOf       string            `json:"as_of"`  // day on which it was looked at
	Company    string            `json:"company"`
	Version    int               `json:"version"`   // 0 when it says none
	Effective  string            `json:"effective"` // YYYY-MM-DD, "" when it says none
	ReviewBy   string            `json:"review_by"`
	SHA256     string            `json:"sha256"`   // of the canonical text, without signatures
	Headline   string            `json:"headline"` // how the work is divided, in a sentence
	Summary    string            `json:"summary"`  // what is open, in a sentence or two
	Roles      []AgreementRole   `json:"roles"`
	Effort     []Fact            `json:"effort"`
	Decisions  []DecisionRight   `json:"decisions"`
	Overlaps   []AgreedOverlap   `json:"overlaps"`
	Meetings   []AgreedMeeting   `json:"meetings"`
	Reviews    []AgreedReview    `json:"reviews"`
	TradeOffs  []AgreedTradeOff  `json:"trade_offs"`
	Escalation []EscalationStep  `json:"escalation"`
	Findings   []AgreementIssue  `json:"findings"`
	Signatures []SignatureStatus `json:"signatures"` // one for each role that signs
	Citations  []Citation        `json:"citations"`
}

// DraftedAgreement is an agreement that was drafted.
type DraftedAgreement struct {
	Schema  string `json:"schema"`
	Path    string `json:"path"` // of the workspace's agreement; "" without a workspace
	Written bool   `json:"written"`
	Text    string `json:"text"`   // YAML
	Unread  string `json:"unread"` // why the sources could not be read; "" if they could, or there are none
}

// SignedAgreement is a signature that was given, and what is open besides.
type SignedAgreement struct {
	Schema   string           `json:"schema"`
	Path     string           `json:"path"`
	SHA256   string           `json:"sha256"` // of what the text says, which is signed
	Role     string           `json:"role"`
	Name     string           `json:"name"`
	Date     string           `json:"date"`
	Open     string           `json:"open"` // in a sentence
	Findings []AgreementIssue `json:"findings"`
}

// Who is a role or somebody else who is named.
type Who struct {
	ID     string `json:"id"`
	Called string `json:"called"` // within a sentence: "the CTO"
	Holder string `json:"holder"` // "" when nobody is named
}

// AgreementRole is what a leader is for.
type AgreementRole struct {
	Who
	Title      string   `json:"title"`
	Mission    string   `json:"mission"`
	Owns       []string `json:"owns"`
	AnswersFor string   `json:"answers_for"`
	ShownBy    []string `json:"shown_by"` // names of metrics
	Facts      []Fact   `json:"facts"`    // reports to, horizon, time, budget, spending limit
}

// DecisionRight is a kind of decision and who has which part in it.
type DecisionRight struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Decides     []Who    `json:"decides"` // one, if all is well
	Consulted   []Who    `json:"consulted"`
	Informed    []Who    `json:"informed"`
	Days        int      `json:"days"`         // working days; 0 when it says none
	EscalatesTo []Who    `json:"escalates_to"` // one or none
	Cites       []string `json:"cites"`
}

// AgreedOverlap is a matter of both leaders.
type AgreedOverlap struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Owner   []Who  `json:"owner"`
	Process string `json:"process"`
}

// AgreedMeeting is a standing one.
type AgreedMeeting struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Every   string `json:"every"`
	Minutes int    `json:"minutes"` // 0 when it says none
	Who     []Who  `json:"who"`
	About   string `json:"about"`
}

// AgreedReview is of documents.
type AgreedReview struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Owner []Who  `json:"owner"`
	Every string `json:"every"`
	Today string `json:"today"` // how they are kept; "" when not known
	Next  string `json:"next"`
}

// AgreedTradeOff is a standing one.
type AgreedTradeOff struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Question string `json:"question"`
	Decides  []Who  `json:"decides"`
	Today    string `json:"today"`    // "" when not known
	Position string `json:"position"` // "" when not agreed
	Review   string `json:"review"`
}

// EscalationStep is a step on the way of a dispute.
type EscalationStep struct {
	To     []Who  `json:"to"`
	Within int    `json:"within"` // working days; 0 when it says none
	How    string `json:"how"`
}

// SignatureStatus says whether one who should have signed did.
type SignatureStatus struct {
	Who
	State string `json:"state"` // valid, stale (of another text), missing
	Name  string `json:"name"`
	Date  string `json:"date"`
}

// States of a signature.
const (
	SignatureValid   = "valid"
	SignatureStale   = "stale"
	SignatureMissing = "missing"
)

// AgreementIssue is a finding about an agreement.
type AgreementIssue struct {
	ID     string   `json:"id"`    // kind of finding, such as two_deciders
	Level  string   `json:"level"` // problem, gap, note
	Where  string   `json:"where"` // key in the file
	Line   int      `json:"line"`  // 0 when nothing is there
	Text   string   `json:"text"`
	Advice string   `json:"advice"`
	Cites  []string `json:"cites"`
}

// AgreementCheck is what `diarchy agreement check` finds.
type AgreementCheck struct {
	Schema    string           `json:"schema"`
	Source    string           `json:"source"`
	AsOf      string           `json:"as_of"`
	Headline  string           `json:"headline"`
	Findings  []AgreementIssue `json:"findings"` // worst first
	Citations []Citation       `json:"citations"`
}

// Comparison is what changed between two agreements, in words.
type Comparison struct {
	Schema   string            `json:"schema"`
	From     string            `json:"from"`
	To       string            `json:"to"`
	Headline string            `json:"headline"`
	Changes  []AgreementChange `json:"changes"`
}

// AgreementChange is one difference.
type AgreementChange struct {
	Part  string `json:"part"`  // decision rights, roles, ...
	Where string `json:"where"` // key in the file
	Text  string `json:"text"`
}

// Ruling answers "who decides this?".
type Ruling struct {
	Schema     string           `json:"schema"`
	Sentence   string           `json:"sentence"` // the answer
	Source     string           `json:"source"`   // the agreement, or the playbook
	Certain    bool             `json:"certain"`  // nothing that is not known could change the answer
	Kind       string           `json:"kind"`     // "" when it depends
	Title      string           `json:"title"`
	Decides    []Who            `json:"decides"`   // also where only the kind depends, and all have the same
	Consulted  []Who            `json:"consulted"` // where the kind depends: in each that it may be
	Informed   []Who            `json:"informed"`
	Days       int              `json:"days"` // working days; 0 when nothing says, or it depends
	Escalation []EscalationStep `json:"escalation"`
	Rules      []RulingRule     `json:"rules"`   // why; several when it depends
	Given      []Fact           `json:"given"`   // what was said of the choice
	Depends    []string         `json:"depends"` // attributes that would settle it
	Notes      []string         `json:"notes"`
	Citations  []Citation       `json:"citations"`
}

// RulingRule is a rule that says so.
type RulingRule struct {
	ID    string   `json:"id"`   // key below agreement.deciding in the playbook
	Says  string   `json:"says"` // in words
	When  string   `json:"when"` // the condition, with the values of its bounds
	Kind  string   `json:"kind"` // "" of one that adds people
	Then  string   `json:"then"` // who decides by it
	Cites []string `json:"cites"`
}
