package report

import "html/template"

// page is the whole HTML page. Every text in it is plain text, escaped by the
// templates; only Style and Script are markup, and both are ours.
type page struct {
	Title    string
	CSP      string
	Style    template.HTML // the style element
	Script   template.HTML // the script element; empty when there is nothing to draw
	Drawings []drawing     // what the script draws
	Note     string        // why there are no charts; empty when there are

	Company string
	AsOf    string
	Program string
	Schema  string

	Verdict      verdictView
	Lenses       []lensView
	Disagree     string
	Delivery     *deliveryView // nil: nothing is said of it
	Present      []findingView
	Absent       []findingView
	Unknown      []findingView
	OtherCharts  []chartView
	Organisation *orgChartView  // nil: nothing is said of it
	Structure    *structureView // nil: the organisation is not described
	Agreement    *healthView    // nil: nothing is said of it
	Changes      []changeView
	Missing      missingList
	History      historyView
	Costs        []costView
	Sources      []sourceView
	Skipped      []skippedView
	Caveats      []string
	Assumptions  tableView
	Method       methodView
	Definitions  []definitionView
	Citations    []citationView
}

// verdictView is the top of the page.
type verdictView struct {
	Tone       string // class that colours the call
	Call       string
	Headline   string
	Summary    string
	Role       string
	RoleReason string
	When       string
	WhenLong   string
	Confidence string
	Of100      string
	Shares     []shareView
	Meanwhile  []string
}

// shareView is a segment of the bar of shares.
type shareView struct {
	Tone  string
	Label string
	Of100 string
	X     float64 // left edge, in percent
	Width float64 // in percent
}

type lensView struct {
	Name       string
	Tone       string
	Reading    string
	Confidence string
	Summary    string
	Facts      []factView
}

type factView struct {
	Label  string
	Value  string
	Href   string // of what the value rests on; empty when nothing leads there
	Note   string // note and origin
	Cite   string
	CiteID string // anchor; empty when the citation is not on the page
}

type citeView struct {
	ID     string
	Anchor string // empty when the citation is not on the page
}

type findingView struct {
	Anchor   string
	ID       string
	Title    string
	State    string
	Weight   string
	Summary  string
	Facts    []factView
	Cites    []citeView
	Warnings []string
	Explain  string
	Href     string // of what it rests on; empty when only the command leads there
	Chart    *chartView
	SeeChart string // anchor of a chart that another finding shows
}

// structureView is what the structure of the organisation needs.
type structureView struct {
	Needs   []needView
	Fine    string // what it does not need, in one run of text
	Unknown string
}

type needView struct {
	findingView
	Advice string
}

type changeView struct {
	Input, From, To, Call, Tone string
}

// missingList is what was not there, or why nothing is listed.
type missingList struct {
	Items []missingView // what could move the call, most decisive first
	Rest  []missingView // what hardly could
	Lead  string        // opens Rest
	None  string
}

type missingView struct {
	What, Effect, Moves, How string
}

type historyView struct {
	Summary string
	Flips   string
	Chart   *chartView
}

type costView struct {
	Title   string
	Summary string
	Lines   []factView
	Rests   []string
}

type sourceView struct {
	Name, Location, Branch, Commits, Period, Head, ReadAt, Status, Tone string
	Notes                                                               []string
	System                                                              bool
}

type skippedView struct {
	Text string
}

type methodView struct {
	Draws     string
	Seed      string
	Sentences []string
}

type definitionView struct {
	Name, Title, Question, Unit, Meaning, Caveats, Gaming string
	Cites                                                 []citeView
}

type citationView struct {
	Anchor, ID, Text string
}

// chartView is a figure: its sentence, the place for the drawing, and the table
// that says the same.
type chartView struct {
	ID       string // key of the drawing
	Anchor   string
	Title    string
	Sentence string
	Kind     string
	Unit     string
	Drawn    bool // whether a script will draw it
	Table    tableView
	Notes    []noteView // bands and marks in words
}

// noteView says a band or a mark of a chart in words, beside a sample of it.
type noteView struct {
	Mark string // class of the sample
	Path string // shape of the sample
	Text string
}

// tableView is a table of plain text; the first cell of a row is its header.
type tableView struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// drawing is what the script in the page gets to draw one chart. The names of
// its fields are those of the type Drawing in web/src/report.ts.
type drawing struct {
	ID     string          `json:"id"`
	Kind   string          `json:"kind"`
	Unit   string          `json:"unit"`
	XTitle string          `json:"xTitle"`
	X      []string        `json:"x"`
	Series []drawingSeries `json:"series"`
	Bands  []drawingBand   `json:"bands"`
	Marks  []drawingMark   `json:"marks"`
}

type drawingSeries struct {
	Name   string     `json:"name"`
	Values []*float64 `json:"values"`
	Dashed bool       `json:"dashed"`
	Tone   string     `json:"tone"` // a call's tone, or empty for the next colour
}

type drawingBand struct {
	Label string  `json:"label"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

type drawingMark struct {
	Label string `json:"label"`
	X     string `json:"x"`
}
