package fact

import "time"

// Delivery is what forges, trackers, pipelines and incident systems tell: a page of it,
// as one source saw it. An item that is told again replaces what was known of it, unless
// that was newer.
type Delivery struct {
	Repositories   []ForgeRepository
	ChangeRequests []ChangeRequest
	Projects       []Project
	Issues         []Issue
	Sprints        []Sprint
	Builds         []Build
	Deployments    []Deployment
	Incidents      []Incident
	Gone           []Gone // what the system itself says is deleted
}

// ForgeRepository is a repository as a forge names it.
type ForgeRepository struct {
	Name      string   // acme/api
	Addresses []string // where it is cloned from
}

// ChangeRequest is a proposal to bring commits onto a branch: a pull request of GitHub, a
// merge request of GitLab.
type ChangeRequest struct {
	Repository string // as the forge names it
	Number     int64
	Title      string
	Author     Identity
	State      RequestState
	Draft      bool
	Base, Head string // branches
	HeadSHA    string
	MergeSHA   string // the commit of the base branch that brought it; "" until it is merged
	OpenedAt   time.Time
	MergedAt   time.Time // zero while it is not
	ClosedAt   time.Time // zero while it is open; of a merged one, when it was merged
	UpdatedAt  time.Time
	Added      int64 // lines; Uncounted where the forge does not say
	Deleted    int64
	Files      int64
	Labels     []string
	Closes     []string        // issues, as in Closes
	Paths      []string        // of the files that it changes; nil where the system does not tell all of them. None is kept
	PathsSay   string          // what key work it is by Paths alone, as rules have it that no source knows: ingest says so
	Commits    []RequestCommit // oldest first, also those that a squash does not keep
	Events     []RequestEvent  // oldest first
}

// RequestState is how far a change request came.
type RequestState string

// The states of a change request.
const (
	RequestOpen   RequestState = "open"
	RequestMerged RequestState = "merged"
	RequestClosed RequestState = "closed" // without having been merged
)

// RequestCommit is a commit that a change request holds.
type RequestCommit struct {
	SHA        string
	AuthoredAt time.Time
}

// RequestEvent is something that was done about a change request.
type RequestEvent struct {
	Kind  RequestEventKind
	Actor Identity
	At    time.Time
}

// RequestEventKind is a kind of RequestEvent.
type RequestEventKind string

// The kinds of events. A review is one of the middle three.
const (
	ReviewRequested  RequestEventKind = "review_requested"
	Ready            RequestEventKind = "ready" // no draft any more
	Drafted          RequestEventKind = "drafted"
	Approved         RequestEventKind = "approved"
	ChangesRequested RequestEventKind = "changes_requested"
	Reviewed         RequestEventKind = "reviewed" // with remarks alone
	Commented        RequestEventKind = "commented"
	Pushed           RequestEventKind = "pushed" // commits were put on top, or replaced
	Reopened         RequestEventKind = "reopened"
)

// Project is where a tracker keeps issues: a project of Jira, a repository of a forge.
type Project struct {
	Name  string // its key: PAY, acme/api
	Title string
}

// Issue is a piece of work that a tracker holds.
type Issue struct {
	Project     string
	ID          string // of the tracker, the same for ever
	Key         string // as people write it: PAY-12, #12
	Kind        string // as the tracker names it: Bug, Story
	Title       string
	Status      string // as the tracker names it
	Category    IssueCategory
	Parent      string   // ID of the issue that it is a part of
	Points      *float64 // estimate, in the tracker's unit; nil when there is none
	OpenedAt    time.Time
	ResolvedAt  time.Time // zero while it is not done; of a reopened one, when it was done last
	UpdatedAt   time.Time
	Labels      []string
	Transitions []Transition // oldest first
	Sprints     []SprintSpan
	Links       []IssueLink
}

// IssueCategory is what a status means.
type IssueCategory string

// The categories of status. A workflow's own states are each of one of them.
const (
	IssueToDo  IssueCategory = "todo"
	IssueDoing IssueCategory = "doing"
	IssueDone  IssueCategory = "done"
)

// Transition is a change of an issue's status.
type Transition struct {
	From, To                 string
	FromCategory, ToCategory IssueCategory
	At                       time.Time
}

// SprintSpan is a time during which an issue was in a sprint.
type SprintSpan struct {
	SprintID  string
	AddedAt   time.Time
	RemovedAt time.Time // zero while it is in it
}

// IssueLink is a relation to another issue, or to a change request.
type IssueLink struct {
	Kind   string // as the tracker names it: blocks, closes
	Target string // key or address
}

// Sprint is a time box of a project.
type Sprint struct {
	Project     string
	ID          string
	Name        string
	StartedAt   time.Time // zero before it begins
	EndsAt      time.Time // as planned
	CompletedAt time.Time // zero while it goes on
	AtLatest    bool      // it was completed by then; nobody tells when
}

// Result is how a build or a deployment ended.
type Result string

// The results. Running is of what has not ended.
const (
	Succeeded Result = "success"
	Failed    Result = "failure"
	Cancelled Result = "cancelled"
	Running   Result = "running"
)

// Build is one run of a pipeline.
type Build struct {
	Repository string
	ID         string // attempts of one run differ in Attempt
	Pipeline   string
	Attempt    int
	SHA        string
	Branch     string
	Result     Result
	QueuedAt   time.Time
	StartedAt  time.Time // zero when it did not begin
	FinishedAt time.Time // zero while it runs
}

// Deployment is an attempt to bring a commit into an environment.
type Deployment struct {
	Repository  string // as the forge names it; "" when the system knows applications alone
	ID          string
	Application string // as the system names it; "" when the repository is the application
	Environment string // as the system names it
	SHA         string
	Result      Result
	StartedAt   time.Time
	FinishedAt  time.Time // zero while it runs
	UpdatedAt   time.Time
}

// Incident is a failure of a service that people had to deal with.
type Incident struct {
	ID             string
	Service        string // as the system names it; "" when it is not said
	Title          string
	Severity       string // as the system names it
	OpenedAt       time.Time
	AcknowledgedAt time.Time
	ResolvedAt     time.Time // zero while it goes on
	UpdatedAt      time.Time
	Links          []IncidentLink
}

// IncidentLink ties an incident to what caused it, or mended it.
type IncidentLink struct {
	Kind   IncidentLinkKind
	Target string // id of a deployment, SHA, or repository#number
}

// IncidentLinkKind is a kind of IncidentLink.
type IncidentLinkKind string

// The kinds of links.
const (
	CausedByDeployment IncidentLinkKind = "deployment"
	CausedByCommit     IncidentLinkKind = "commit"
	CausedByRequest    IncidentLinkKind = "change_request"
	MendedBy           IncidentLinkKind = "mended_by"
)

// Gone is an item that the system says is deleted.
type Gone struct {
	Kind ItemKind
	In   string // repository or project, as the system names it; "" for incidents
	ID   string // number of a change request, ID of anything else
}

// ItemKind is a kind of item.
type ItemKind string

// The kinds of items.
const (
	RequestItem    ItemKind = "change_request"
	IssueItem      ItemKind = "issue"
	SprintItem     ItemKind = "sprint"
	BuildItem      ItemKind = "build"
	DeploymentItem ItemKind = "deployment"
	IncidentItem   ItemKind = "incident"
)
