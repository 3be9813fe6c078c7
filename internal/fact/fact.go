// Package fact holds typed records of what happened, as read from a source, before
// anybody judges them. Times are UTC to the microsecond; the zone that a clock
// showed is kept beside it in minutes. Strings are valid UTF-8.
//
// It is a leaf: no I/O, no SQL, no statistics.
package fact

import "time"

// Identity is a name and an e-mail as a source wrote them. Several identities can
// be one person; see package ingest.
type Identity struct {
	Name  string
	Email string
}

// Commit is one recorded change of a repository's content.
type Commit struct {
	SHA           string
	Parents       []string
	Author        Identity
	Committer     Identity
	AuthoredAt    time.Time
	AuthorZone    int // minutes east of UTC
	CommittedAt   time.Time
	CommitZone    int // minutes east of UTC
	Subject       string
	Trailers      []Trailer
	Reverts       string // SHA that this commit says it reverts; "" if none
	IsRevert      bool   // says that it is a revert, with or without a SHA
	IsBoundary    bool   // the end of a shallow history: what lies before is not there
	DateSuspect   bool   // its clock was impossible: before 1980 or after the reading
	Landing       Landing
	Changes       []FileChange
	MarkerLines   []MarkerLine
	CountsOmitted bool // some line counts could not be read
}

// Landing says how a commit reached the main line.
type Landing struct {
	OnMain  bool      // the commit lies on the first-parent chain of the main line
	Change  string    // SHA of the first-parent commit that brought it
	At      time.Time // committer time of that commit, corrected when suspect
	Ordinal int64     // position in the order of reading: parents before children
}

// Trailer is a line such as "Reviewed-by: Name <mail>" at the end of a message.
type Trailer struct {
	Key      string // lower case: reviewed-by, co-authored-by, ...
	Identity Identity
}

// ChangeKind is git's one-letter status of a file in a commit.
type ChangeKind string

// The kinds of change that git reports.
const (
	Added       ChangeKind = "A"
	Modified    ChangeKind = "M"
	Deleted     ChangeKind = "D"
	Renamed     ChangeKind = "R"
	TypeChanged ChangeKind = "T"
)

// FileChange is what one commit did to one file. Added and Deleted are lines, equal
// to those of `git log --numstat -M`; both are Uncounted for binary files and for
// files whose content is missing.
type FileChange struct {
	Path     string
	OldPath  string // before a rename; "" otherwise
	Kind     ChangeKind
	Added    int64
	Deleted  int64
	Binary   bool
	Category Category
}

// Uncounted stands in FileChange.Added and Deleted where there is no line count.
const Uncounted = -1

// MarkerLine is an added or deleted line in which somebody admits debt.
type MarkerLine struct {
	Path  string
	Kind  string // todo, fixme, hack, xxx, admitted
	Text  string // the comment, trimmed, at most 200 bytes
	Added bool   // false: the line went away
}

// DebtMarker is one admitted debt from the commit that brought it to the one that
// removed it.
type DebtMarker struct {
	InSHA   string
	Ordinal int // position among the markers of that commit
	Path    string
	Kind    string
	Text    string
	OutSHA  string // "" while it stands
}

// Release is a tag that names a version.
type Release struct {
	Tag        string
	SHA        string // the commit that it names
	At         time.Time
	PreRelease bool
	Contains   []string // commits that no earlier release contained
}

// DecisionVersion is what a decision record said after one commit.
type DecisionVersion struct {
	Path   string
	SHA    string
	Title  string
	Status string // proposed, accepted, rejected, superseded, deprecated, or "" when it says none
	Fields []DecisionField
}

// DecisionReader is the version of what reads decision records. Versions that an older
// one read are read again.
const DecisionReader = 1

// DecisionField is something that a decision record states besides its status, as it is
// written there; a record can state several of a kind.
type DecisionField struct {
	Kind  DecisionFieldKind
	Value string
}

// DecisionFieldKind is a kind of statement in a decision record.
type DecisionFieldKind string

// The kinds of statements. Dates are YYYY-MM-DD; supersedes and superseded_by name a
// record by a number, a path or a title; link is a path to another document.
const (
	DecisionDate         DecisionFieldKind = "date"
	DecisionReview       DecisionFieldKind = "review" // the last day on which it is to be looked at again
	DecisionDecider      DecisionFieldKind = "decider"
	DecisionConsulted    DecisionFieldKind = "consulted"
	DecisionInformed     DecisionFieldKind = "informed"
	DecisionTag          DecisionFieldKind = "tag"
	DecisionSupersedes   DecisionFieldKind = "supersedes"
	DecisionSupersededBy DecisionFieldKind = "superseded_by"
	DecisionLink         DecisionFieldKind = "link"
)

// Document is a path at which a document of a known kind was seen.
type Document struct {
	Path string
	Kind DocumentKind
}

// FileShape is the size and branching of a file at the head of its repository.
type FileShape struct {
	Path       string
	Language   string
	Lines      int64
	Complexity int64  // count of branches, as scc estimates it
	Blob       string // which content was measured, and by which measure; "" where that is not known
}

// Skipped is a part of the input that could not be read.
type Skipped struct {
	What  string
	Why   string
	Count int
}
