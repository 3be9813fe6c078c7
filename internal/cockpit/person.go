package cockpit

// PersonExportSchema and PersonErasureSchema name the versions of what is said of one person.
const (
	PersonExportSchema  = "diarchy/person-export/v1"
	PersonErasureSchema = "diarchy/person-erasure/v1"
)

// PersonExport is all that is held about one person.
type PersonExport struct {
	Schema     string           `json:"schema"`
	Asked      string           `json:"asked"`  // by what the person was named
	Person     string           `json:"person"` // id in the organisation document; "" when it is nobody there
	Identities []PersonIdentity `json:"identities"`
	Documents  []PersonLine     `json:"documents"` // lines that name the person: place, reporting lines, agreement
	Accounts   []PersonAccount  `json:"accounts"`
	Audit      []PersonAudit    `json:"audit"` // what the person did on the server, and what was done about the person
	Facts      []PersonFacts    `json:"facts"` // rows that carry the person
	Texts      []PersonText     `json:"texts"` // what somebody wrote that names the person
	Looks      []PersonAudit    `json:"looks"` // by whom data about people was seen, since it was of groups that the person may be in
}

// PersonIdentity is a name and an address as sources wrote them.
type PersonIdentity struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Reason string `json:"reason"` // why it is taken to be the same person
}

// PersonLine is a line of a document.
type PersonLine struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// PersonAccount is an account of the server.
type PersonAccount struct {
	Name         string   `json:"name"`
	Roles        []string `json:"roles"`
	State        string   `json:"state"`   // active, invited or deactivated
	Created      string   `json:"created"` // RFC 3339
	SecondFactor bool     `json:"second_factor"`
	Providers    []string `json:"providers"` // issuers of linked identities
	Sessions     []string `json:"sessions"`  // each: since when, last seen, from which address, with which browser
	Tokens       []string `json:"api_tokens"`
}

// PersonAudit is a line of the audit trail.
type PersonAudit struct {
	Seq     int64             `json:"seq"`
	At      string            `json:"at"` // RFC 3339
	Actor   string            `json:"actor"`
	Action  string            `json:"action"`
	Subject string            `json:"subject"`
	Detail  map[string]string `json:"detail"`
}

// PersonFacts are the rows of a table; a value that is not known is "".
type PersonFacts struct {
	Table   string     `json:"table"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// PersonText is a text of facts.
type PersonText struct {
	Table  string `json:"table"`
	Column string `json:"column"`
	Text   string `json:"text"`
}

// PersonErasure is what is erased of a person, or would be.
type PersonErasure struct {
	Schema     string           `json:"schema"`
	Done       bool             `json:"done"`      // false: this is what would be done
	Pseudonym  string           `json:"pseudonym"` // what stands in the place of names from then on; drawn anew until it is done
	Identities []PersonIdentity `json:"identities"`
	Rows       int              `json:"rows"`        // of facts, which stay, under the pseudonym
	Texts      int              `json:"texts"`       // of facts, from which names go
	Changes    []PersonChange   `json:"changes"`     // of documents
	Accounts   []string         `json:"accounts"`    // which end
	AuditLines int              `json:"audit_lines"` // from which names go
	Left       []string         `json:"left"`        // what stays, in sentences
}

// PersonChange is a line of a document before and after.
type PersonChange struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Before string `json:"before"`
	After  string `json:"after"`
}
