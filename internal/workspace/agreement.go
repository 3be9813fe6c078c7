package workspace

import (
	"time"
)

// AgreementFile is the name of the agreement in a workspace.
const AgreementFile = "agreement.yaml"

// AgreementPath returns where the agreement is, or "" when there is no workspace folder.
func (d *Document) AgreementPath() string { return d.inDir(AgreementFile) }

// Agreement is a parsed agreement.yaml: how two leaders divide the work. The reader
// refuses what cannot be understood; what two leaders should not sign (nobody
// decides, two decide, targets that contradict) is for others to find. Every Line is
// one of the document; lists are in its order.
type Agreement struct {
	Path       string // of the file; "" when there is none
	Hash       string // SHA-256 of the canonical text, without signatures
	Company    string
	Version    int // 0: not declared
	Effective  time.Time
	ReviewBy   time.Time
	Currency   string // of all amounts; "" when not declared
	Roles      []AgreedRole
	Others     []Other
	Effort     Known[Effort]
	Decisions  []DecisionRight
	Overlaps   []AgreedOverlap
	Meetings   []AgreedMeeting
	Reviews    []AgreedReview
	TradeOffs  []AgreedTradeOff
	Escalation []AgreedStep
	Signatures []Signature
}

// Span is a range of numbers; High equals Low for a single one.
type Span struct{ Low, High float64 }

// AgreedRole is a role of one who signs.
type AgreedRole struct {
	ID         string
	Title      string
	Holder     string // "" when nobody is named
	Mission    string
	ReportsTo  string // id of a role or another; "" when not declared
	AnswersFor string
	Owns       []string
	ShownBy    []string    // metrics
	Horizon    Known[Span] // months
	Time       []TimeShare
	Budget     Known[Budget]
	Spending   Known[int64] // what one thing may cost without asking, in whole units of the currency
	Line       int
}

// TimeShare is a target for the share of a leader's time, 0 to 1.
type TimeShare struct {
	On    string
	Share Span
	Line  int
}

// Budget is what a role spends in a year.
type Budget struct {
	Of     string
	Amount Known[int64] // whole units of the currency
	Line   int
}

// Other is somebody whom the document names beside those who sign; Title is what it is
// called within a sentence.
type Other struct {
	ID, Title string
	Line      int
}

// Effort is how engineering effort is divided, 0 to 1.
type Effort struct {
	Innovation, Delivery Known[Span]
	Line                 int
}

// DecisionRight says who has which part in a kind of decision. Keywords, Paths and
// Labels are of the company's own kinds; for others the playbook has them.
type DecisionRight struct {
	ID          string
	Title       string
	Decides     []string // one, if all is well
	Consulted   []string
	Informed    []string
	Days        int // working days; 0: not declared
	EscalatesTo string
	Cites       []string
	Keywords    []string
	Paths       []string
	Labels      []string
	Line        int
}

// AgreedOverlap is a matter of both.
type AgreedOverlap struct {
	ID, Title string
	Owner     []string // one, or none with a Process
	Process   string
	Line      int
}

// AgreedMeeting is a standing one.
type AgreedMeeting struct {
	ID, Title string
	Every     string
	Minutes   int // 0: not declared
	Who       []string
	About     string
	Line      int
}

// AgreedReview is of documents.
type AgreedReview struct {
	ID, Title string
	Owner     string
	Every     string
	Today     string
	Next      time.Time
	Line      int
}

// AgreedTradeOff is a standing one; Position is what the leaders decided.
type AgreedTradeOff struct {
	ID, Title string
	Question  string
	Decides   []string
	Today     string
	Position  string
	Review    time.Time
	Line      int
}

// AgreedStep is a step on the way of a dispute.
type AgreedStep struct {
	To     []string
	Within int // working days; 0: not declared
	How    string
	Line   int
}

// Signature is that of one who agreed to the text with this hash.
type Signature struct {
	Role, Name string
	Date       time.Time
	SHA256     string
	Line       int
}

// Rhythms are how often something is done, most often first.
func Rhythms() []string {
	return []string{"week", "two_weeks", "month", "quarter", "half_year", "year"}
}

// Role returns the role of an id.
func (a *Agreement) Role(id string) (AgreedRole, bool) {
	for _, r := range a.Roles {
		if r.ID == id {
			return r, true
		}
	}
	return AgreedRole{}, false
}

// Decision returns the right of an id.
func (a *Agreement) Decision(id string) (DecisionRight, bool) {
	for _, d := range a.Decisions {
		if d.ID == id {
			return d, true
		}
	}
	return DecisionRight{}, false
}

// LoadAgreement reads and validates the agreement at path. A missing file is
// problem.Missing, a wrong one problem.Invalid.
func LoadAgreement(path string) (*Agreement, error) {
	data, err := readUpTo(path, MaxBytes, "write one with: diarchy agreement draft")
	if err != nil {
		return nil, err
	}
	return ParseAgreement(path, data)
}
