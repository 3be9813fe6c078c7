package cockpit

// Names of the JSON forms below.
const (
	OrganisationDocumentSchema = "diarchy/organisation-document/v1"
	OrganisationImportSchema   = "diarchy/organisation-import/v1"
)

// OrganisationDocument is organisation.yaml as JSON, with its keys: the whole of it, or what
// holds on a day. A text that is not there is "", and so is a first day that means always
// and a last day that means still.
type OrganisationDocument struct {
	Schema      string          `json:"schema"`
	AsOf        string          `json:"as_of"` // day; "" of the whole document
	People      []DocPerson     `json:"people"`
	Teams       []DocTeam       `json:"teams"`
	Memberships []DocMembership `json:"memberships"`
	Reporting   []DocLine       `json:"reporting"`
	Positions   []DocPosition   `json:"positions"`
	Ownership   []DocOwnership  `json:"ownership"`
}

// DocPerson is somebody with the first job.
type DocPerson struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Emails     []string    `json:"emails"`
	Logins     []string    `json:"logins"`
	Start      string      `json:"start"`
	End        string      `json:"end"`
	Title      string      `json:"title"`
	Role       string      `json:"role"`
	Level      string      `json:"level"`
	Employment string      `json:"employment"`
	Location   string      `json:"location"`
	Cost       string      `json:"cost"` // such as 120000 EUR
	Team       string      `json:"team"`
	Manager    string      `json:"manager"`
	Changes    []DocChange `json:"changes"`
}

// DocChange is what changed on a day; what is "" stayed.
type DocChange struct {
	Since      string `json:"since"`
	Title      string `json:"title"`
	Role       string `json:"role"`
	Level      string `json:"level"`
	Employment string `json:"employment"`
	Location   string `json:"location"`
	Cost       string `json:"cost"`
	Team       string `json:"team"`
	Manager    string `json:"manager"`
}

// DocTeam is a team.
type DocTeam struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Parent string `json:"parent"`
	Since  string `json:"since"`
	Until  string `json:"until"`
}

// DocMembership is time in a team besides that of the job.
type DocMembership struct {
	Person string  `json:"person"`
	Team   string  `json:"team"`
	Share  float64 `json:"share"`
	Since  string  `json:"since"`
	Until  string  `json:"until"`
}

// DocLine is a line besides the manager of the job.
type DocLine struct {
	Person string `json:"person"`
	To     string `json:"to"`
	Line   string `json:"line"` // solid or dotted
	Since  string `json:"since"`
	Until  string `json:"until"`
}

// DocPosition is a place that is or was to be filled.
type DocPosition struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Role     string `json:"role"`
	Team     string `json:"team"`
	Manager  string `json:"manager"`
	Opened   string `json:"opened"`
	Closed   string `json:"closed"`
	FilledBy string `json:"filled_by"`
}

// DocOwnership is what a team answers for.
type DocOwnership struct {
	Team       string `json:"team"`
	Repository string `json:"repository"`
	Path       string `json:"path"` // "" is the whole repository
	With       string `json:"with"` // the team that answers; "": this one
	Since      string `json:"since"`
	Until      string `json:"until"`
}

// OrganisationImport is what an import did, or would do.
type OrganisationImport struct {
	Schema  string   `json:"schema"`
	Path    string   `json:"path"` // of the document
	Written bool     `json:"written"`
	Changes []string `json:"changes"` // in words, one for each thing that changed
	Notes   []string `json:"notes"`   // what was left out or guessed, and why
}
