package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// newPage lays a diagnosis out for the templates.
func newPage(d cockpit.Diagnosis, a assets) page {
	b := &builder{drawn: a.script != "", cited: anchors(d.Citations), charts: byID(d.Charts), shown: map[string]bool{}}
	present, absent, rest := byState(d.Findings)
	p := page{
		Title:   title(d),
		Style:   element("style", a.style),
		Company: company(d),
		AsOf:    day(d.AsOf),
		Program: orUnknown(d.Program),
		Schema:  orUnknown(d.Schema),

		Verdict:      viewVerdict(d.Verdict),
		Lenses:       b.lenses(d.Lenses),
		Disagree:     stop(d.Verdict.Disagree),
		Delivery:     b.delivery(d.Delivery),
		Present:      b.findings(present),
		Absent:       b.findings(absent),
		Unknown:      b.findings(rest),
		Organisation: viewOrgChart(d.Organisation),
		Agreement:    b.health(d.Agreement),
		Structure:    b.structure(d.Structure),
		OtherCharts:  b.otherCharts(d.Charts),
		Changes:      viewChanges(d.WouldChange),
		Missing:      viewMissingList(d.Missing, d.Verdict.Call),
		History:      b.history(d.History),
		Costs:        b.costs(d.Costs),
		Sources:      viewSources(d.Sources),
		Skipped:      viewSkipped(d.Skipped),
		Caveats:      sentences(d.Caveats),
		Assumptions:  assumptionsTable(d.Assumptions),
		Method:       viewMethod(d.Method),
		Definitions:  b.definitions(d.Definitions),
		Citations:    viewCitations(d.Citations),
	}
	b.finish(&p, a)
	return p
}

// builder carries what sections of the page share.
type builder struct {
	drawn    bool                     // the script is there
	cited    map[string]string        // citation id to its anchor on the page
	charts   map[string]cockpit.Chart // by id
	shown    map[string]bool          // charts that already have a place
	drawings []drawing
	links    Links // none on the report's own page
}

// finish adds the script, if there is something to draw, and the policy.
func (b *builder) finish(p *page, a assets) {
	p.Drawings = b.drawings
	if len(b.drawings) > 0 {
		p.Script = element("script", a.script)
	}
	if !b.drawn && len(b.shown) > 0 {
		p.Note = "This copy of Diarchy was built without its chart drawing, so the tables stand in for the charts. They hold the same numbers."
	}
	p.CSP = policy(a, len(b.drawings) > 0)
}

func title(d cockpit.Diagnosis) string {
	return fmt.Sprintf("%s: %s", company(d), callLabel(d.Verdict.Call))
}

// tone is the class that colours a call; unknown calls have the neutral one.
func tone(call string) string {
	switch call {
	case cockpit.CallOneLeader:
		return "one"
	case cockpit.CallPrepare:
		return "prepare"
	case cockpit.CallSplitNow:
		return "split"
	}
	return "neutral"
}

// slug makes an anchor from an id.
func slug(prefix, id string) string {
	var b strings.Builder
	b.WriteString(prefix)
	for _, r := range strings.ToLower(id) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "-%x", r)
		}
	}
	return b.String()
}

func anchors(all []cockpit.Citation) map[string]string {
	out := map[string]string{}
	for _, c := range all {
		out[c.ID] = slug("cite-", c.ID)
	}
	return out
}

func sentences(texts []string) []string {
	var out []string
	for _, t := range texts {
		if t = stop(t); t != "" {
			out = append(out, t)
		}
	}
	return out
}

func viewVerdict(v cockpit.Verdict) verdictView {
	headline := clean(v.Headline)
	if headline == "" {
		headline = callLabel(v.Call)
	}
	return verdictView{
		Tone:       tone(v.Call),
		Call:       callLabel(v.Call),
		Headline:   headline,
		Summary:    stop(v.Summary),
		Role:       capital(roleLabel(v.MissingRole)),
		RoleReason: stop(v.RoleReason),
		When:       capital(whenRange(v)),
		WhenLong:   stop(v.When.Summary),
		Confidence: confidenceSentence(v),
		Of100:      capital(ofHundred(v.Confidence)),
		Shares:     viewShares(v.Shares),
		Meanwhile:  sentences(v.InTheMean),
	}
}

func viewShares(shares map[string]float64) []shareView {
	var out []shareView
	x := 0.0
	for _, s := range sharesOf(shares) {
		width := 0.0
		if _, ok := cockpit.OfHundred(s.Part); ok {
			width = s.Part * 100
		}
		out = append(out, shareView{tone(s.Call), s.Label, s.Of100, x, width})
		x += width
	}
	return out
}
