package playbook

// Agreement is what two leaders agree on by default: who decides what, what they own
// together, when they meet, and where it goes when they disagree.
type Agreement struct {
	ReviewAfter Range          `yaml:"review_after"` // months
	Innovation  Range          `yaml:"innovation"`   // share of effort
	Delivery    Range          `yaml:"delivery"`     // share of effort
	Parties     []Party        `yaml:"parties"`
	Clocks      []Clock        `yaml:"clocks"`
	Bounds      []Threshold    `yaml:"bounds"`   // that rules of Deciding look at
	Spending    []Spending     `yaml:"spending"` // by role
	ShownBy     []Shown        `yaml:"shown_by"` // by role
	Decisions   []DecisionKind `yaml:"decisions"`
	Deciding    Deciding       `yaml:"deciding"`
	Overlaps    []Overlap      `yaml:"overlaps"`
	Meetings    []Meeting      `yaml:"meetings"`
	Reviews     []Review       `yaml:"reviews"`
	TradeOffs   []TradeOff     `yaml:"trade_offs"`
	Escalation  []Escalation   `yaml:"escalation"`
}

// Party is somebody whom an agreement names beside the roles of the playbook. Its
// title is what it is called within a sentence.
type Party struct {
	ID    string
	Title string `yaml:"title"`
}

// Clock is a time to decide, in working days; the higher end is what is agreed.
type Clock struct {
	ID string
	Range
}

// Spending is what the role of its id spends on one thing without asking, in
// thousand $; a draft takes the lower end.
type Spending struct {
	ID string
	Range
}

// Shown are the metrics that show what the role of its id answers for.
type Shown struct {
	ID      string
	Metrics []string `yaml:"metrics"`
	Cites   []string `yaml:"cites"`
	Why     string   `yaml:"why"`
}

// DecisionKind is a kind of decision and who has which part in it. Keywords (words of
// a title), Paths (globs) and Labels tell which traces are of this kind.
type DecisionKind struct {
	ID          string
	Title       string   `yaml:"title"`
	Decides     string   `yaml:"decides"`
	Consulted   []string `yaml:"consulted"`
	Informed    []string `yaml:"informed"`
	Clock       string   `yaml:"clock"`
	EscalatesTo string   `yaml:"escalates_to"`
	Cites       []string `yaml:"cites"`
	Why         string   `yaml:"why"`
	Keywords    []string `yaml:"keywords"`
	Paths       []string `yaml:"paths"`
	Labels      []string `yaml:"labels"`
	Origin      Origin
}

// Deciding turns attributes of a choice into a kind of decision: the first of Rules,
// by Order, that holds; and all of Additions that hold.
type Deciding struct {
	Rules     []DecidingRule `yaml:"rules"`
	Additions []Addition     `yaml:"additions"`
	Tests     []DecidingCase `yaml:"tests"`
}

// DecidingRule names the kind of a choice. When is CEL.
type DecidingRule struct {
	ID     string
	Order  float64  `yaml:"order"` // of two alike, the company's comes first
	When   string   `yaml:"when"`
	Kind   string   `yaml:"kind"`
	Says   string   `yaml:"says"`
	Cites  []string `yaml:"cites"`
	Why    string   `yaml:"why"`
	Origin Origin
}

// Addition asks or tells more people. When is CEL.
type Addition struct {
	ID        string
	When      string   `yaml:"when"`
	Consulted []string `yaml:"consulted"`
	Informed  []string `yaml:"informed"`
	Says      string   `yaml:"says"`
	Cites     []string `yaml:"cites"`
	Why       string   `yaml:"why"`
	Origin    Origin
}

// DecidingCase is a test of all rules of Deciding together.
type DecidingCase struct {
	Name   string            `yaml:"name"`
	Given  map[string]string `yaml:"given"`  // attributes; what is not given is unknown
	Expect string            `yaml:"expect"` // a kind, or unknown
	Origin Origin
}

// Overlap is a matter of both leaders, with the one who owns it or how they share it.
type Overlap struct {
	ID      string
	Title   string   `yaml:"title"`
	Owner   string   `yaml:"owner"`
	Process string   `yaml:"process"`
	Cites   []string `yaml:"cites"`
	Why     string   `yaml:"why"`
}

// Meeting is a standing one.
type Meeting struct {
	ID      string
	Title   string   `yaml:"title"`
	Every   string   `yaml:"every"` // one of Rhythms
	Who     []string `yaml:"who"`
	Minutes Range    `yaml:"minutes"`
	About   string   `yaml:"about"`
	Cites   []string `yaml:"cites"`
	Why     string   `yaml:"why"`
}

// Review is of documents, by the one who keeps them. Signal is the claim that shows
// how they are kept today; "" where nothing measures it.
type Review struct {
	ID     string
	Title  string   `yaml:"title"`
	Owner  string   `yaml:"owner"`
	Every  string   `yaml:"every"` // one of Rhythms
	Signal string   `yaml:"signal"`
	Cites  []string `yaml:"cites"`
	Why    string   `yaml:"why"`
}

// TradeOff is a standing one that is decided openly. Signal is the claim that shows
// where the company stands today; "" where nothing measures it.
type TradeOff struct {
	ID       string
	Title    string   `yaml:"title"`
	Question string   `yaml:"question"`
	Decides  string   `yaml:"decides"`
	Signal   string   `yaml:"signal"`
	Cites    []string `yaml:"cites"`
	Why      string   `yaml:"why"`
}

// Escalation is a step on the way of a dispute, by Order.
type Escalation struct {
	ID     string
	Order  float64  `yaml:"order"`
	To     []string `yaml:"to"`
	Within Range    `yaml:"within"` // working days
	How    string   `yaml:"how"`
	Cites  []string `yaml:"cites"`
	Why    string   `yaml:"why"`
}

// Rhythms are how often something is done, most often first.
func Rhythms() []string {
	return []string{"week", "two_weeks", "month", "quarter", "half_year", "year"}
}

// Kind returns the kind of decision of an id.
func (p *Playbook) Kind(id string) (DecisionKind, bool) {
	return find(p.Agreement.Decisions, func(k DecisionKind) bool { return k.ID == id })
}

// Days is a clock in working days; 0 when there is none of that id.
func (p *Playbook) Days(clock string) int {
	c, _ := find(p.Agreement.Clocks, func(c Clock) bool { return c.ID == clock })
	return int(c.High)
}

// Called is what a role or party is called within a sentence.
func (p *Playbook) Called(id string) (string, bool) {
	if r, ok := p.Role(id); ok {
		return "the " + r.Title, true
	}
	party, ok := find(p.Agreement.Parties, func(x Party) bool { return x.ID == id })
	return party.Title, ok
}
