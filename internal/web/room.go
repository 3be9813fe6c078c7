package web

import (
	"net/http"
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/report"
)

// room is what a page shows, section by section, each with the sentence that matters
// first. Exports are made of the same sections.
type room struct {
	title        string
	headline     string // the sentence of the page
	lede         string
	verdict      *report.VerdictPart // in the place of headline and lede
	verdictChain string              // address of what the verdict rests on
	strip        []report.FactPart
	tabs         []roomLink
	sections     []section
	parts        *report.Parts
	data         any    // the cockpit value of it all, for JSON
	heeds        []heed // what of the place it depends on, beside the day
	of           string // what it is of, where that is neither the part that is chosen nor the whole company
}

// heed is what of a place a room depends on, beside the day. What a room does not heed
// cannot be chosen there, and stays in the address for the rooms that do.
type heed string

const (
	byPart   heed = "scope"
	byPeriod heed = "period"
	undated  heed = "today" // not even the day: what it shows is that of today
)

// section is a part of a room. Which of its pieces are there depends on the section.
type section struct {
	ID, Title string
	Lead      string // what the section says, in a sentence or two
	Empty     *empty
	Items     []item
	Facts     []report.FactPart
	Pairs     []pair
	Lenses    []report.LensPart
	Findings  []finding
	Quiet     []item // findings that call for nothing
	Charters  []charter
	Charts    []report.ChartPart
	OrgChart  *report.OrgChartPart
	Grid      *grid
	Pager     *pager // where there are more rows or items than are shown
	Steps     []step
	Changes   []report.ChangePart
	Missing   *report.MissingPart
	Costs     []report.CostPart
	Cited     []report.CitationPart
	Notes     []string
	Alert     string      // why nothing was done
	Choose    []linkGroup // what the section could be about
	Form      *form
	Board     *board
}

// linkGroup are links about one thing.
type linkGroup struct {
	Label string
	Links []roomLink
}

// item is an entry of a list: what it is, why it matters, where it leads.
type item struct {
	Title   string
	Meta    string // a few words beside the title
	Text    string
	Action  string // what to do, in words
	Label   string // of the link that does it
	Address string
	Why     string // address of what it rests on
	Code    string // a command
	Form    *form
}

// finding is one with what to do about it.
type finding struct {
	report.FindingPart
	Advice string
}

// findings lays findings out.
func findings(p *report.Parts, all []cockpit.Finding) (out []finding) {
	for i, f := range p.Findings(all) {
		out = append(out, finding{f, report.Clean(all[i].Advice)})
	}
	return out
}

// pair is a labelled text.
type pair struct{ Label, Text string }

// charter is what a role is for.
type charter struct {
	Title, Mission string
	Owns           []string
	AnswersFor     string
	Facts          []report.FactPart
}

// grid is a table whose cells may lead somewhere.
type grid struct {
	Caption string
	Head    []string
	Rows    [][]cell
}

type cell struct {
	Text    string
	Address string
	Number  bool
	Spark   string // path of a course
}

// form is a form that works without scripts.
type form struct {
	ID     string
	Action string
	Get    bool
	Hidden []option
	Fields []field
	Submit string // "" where there is nothing to fill in
	Note   string
	Plain  bool          // looks like a link
	User   string        // whose password it is, for what fills it in
	Turns  []choiceGroup // what else it could be about
	Turn   string        // the address that lays it out anew for one of these, with what was typed
}

// choiceGroup are choices about one thing.
type choiceGroup struct {
	Label   string
	Choices []choice
}

type field struct {
	Label    string
	About    string // what it is about, for those who hear it
	Name     string
	Kind     string // text, number, date, password, select
	Value    string
	Hint     string
	Options  []choice
	Many     bool // several of the options can be chosen
	Required bool
	Wrong    bool // what was typed was refused
	Wide     bool
	Auto     string // what browsers may fill in
}

// empty says why there is nothing, what is needed, what supplies it, and how long it takes.
type empty struct {
	Why     string `json:"why"`
	Needs   string `json:"needs"`
	Command string `json:"command"`
	Takes   string `json:"takes"`
}

// whenRead is how long it takes until what a source supplies is on a page.
const whenRead = "It is here when the sources were read next."

// roomPage is the page of a room.
type roomPage struct {
	frame
	Headline     string
	Lede         string
	Verdict      *report.VerdictPart
	VerdictChain string
	Strip        []report.FactPart
	Tabs         []roomLink
	Sections     []section
}

// room makes a handler of what fills a room, and what of the place that heeds.
func (s *Server) room(fill func(*request) (room, error), heeds ...heed) func(*request) error {
	return func(r *request) error {
		m, err := fill(r)
		if err != nil {
			return err
		}
		m.heeds = heeds
		format := r.URL.Query().Get("format")
		switch {
		case format != "" && r.refused != nil:
			return r.refused
		case format != "":
			return s.export(r, m, format)
		case r.refused != nil:
			return s.show(r, statusOf(r.refused), m)
		}
		return s.show(r, http.StatusOK, m)
	}
}

// show answers with the page of a room.
func (s *Server) show(r *request, status int, m room) error {
	f, err := s.frameOf(r, m.title)
	if err != nil {
		return err
	}
	f.Place = f.Place.heeded(r.place, m)
	if slices.Contains(m.heeds, undated) {
		f.Dated = nil
		if f.AsOf = "today"; r.place.AsOf != "" {
			f.AsOf = "today, and not " + report.Day(r.place.AsOf) + ": this page shows no other day"
		}
	}
	if r.Method == http.MethodGet {
		f.Exports = exports(r)
		for i := range m.sections {
			if m.sections[i], err = r.paged(m.sections[i]); err != nil {
				return err
			}
		}
	}
	if m.parts != nil {
		if f.Drawings = m.parts.Drawings(); len(f.Drawings) > 0 {
			f.Charts = s.files.charts.address()
		}
	}
	return s.render(r, status, "room", roomPage{frame: f, Headline: m.headline, Lede: m.lede, Verdict: m.verdict, VerdictChain: m.verdictChain, Strip: m.strip, Tabs: m.tabs, Sections: m.sections})
}

// partsOf begins the pieces of a room about a place.
func (s *Server) partsOf(r *request, charts []cockpit.Chart, cited []cockpit.Citation) *report.Parts {
	return report.NewParts(charts, cited, s.files.charts.name != "", report.Links{
		Metric:  r.metricAt,
		Explain: r.explainAt,
	})
}

// cited are the facts of the playbook that a room cites, in full.
func cited(all []report.CitationPart) []section {
	if len(all) == 0 {
		return nil
	}
	return []section{{ID: "cited", Title: "Rests on", Cited: all}}
}
