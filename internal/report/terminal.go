package report

import (
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// TerminalOptions says what the terminal can show.
type TerminalOptions struct {
	Width int  // columns; 0 means 80, at least 40. Only code that cannot be broken is wider
	Color bool // whether to use colours and weights
}

// Widths between which text is set: below, nothing is readable; above, lines
// are too long for the eye.
const (
	defaultWidth  = 80
	narrowest     = 40
	widestMeasure = 100
)

// Terminal writes the diagnosis for a terminal: the answer in the first line,
// what it rests on below, where to look next at the end. It returns what w
// returned.
func Terminal(w io.Writer, d cockpit.Diagnosis, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.verdict(d)
	s.lenses(d)
	s.delivery(d.Delivery)
	s.findings(d.Findings)
	s.orgChart(d.Organisation)
	s.structure(d.Structure)
	s.health(d.Agreement)
	s.changes(d.WouldChange)
	s.missing(d.Missing, d.Verdict.Call)
	s.history(d.History)
	s.costs(d.Costs)
	s.sources(d)
	s.next()
	_, err := io.WriteString(w, s.out.String())
	return err
}

func measure(width int) int {
	if width <= 0 {
		width = defaultWidth
	}
	return min(max(width, narrowest), widestMeasure)
}

// verdict is the answer: one line, then why, when and what to do meanwhile.
func (s *screen) verdict(d cockpit.Diagnosis) {
	v := d.Verdict
	s.para(0, callStyle(v.Call), firstLine(v, s.width))
	s.para(0, faint, company(d)+", as of "+day(d.AsOf)+". "+clean(d.Program))
	s.blank()
	s.para(0, plainText, strings.TrimSpace(stop(v.Headline)+" "+stop(v.Summary)))
	s.para(0, plainText, sureSentence(v))
	s.blank()
	s.labelled(0, 11, bold, "When", plainText, whenSentence(v))
	if clean(v.RoleReason) != "" {
		s.labelled(0, 11, bold, "Which role", plainText, stop(v.RoleReason))
	}
	for i, step := range sentences(v.InTheMean) {
		label := "Meanwhile"
		if i > 0 {
			label = ""
		}
		s.labelled(0, 11, bold, label, plainText, step)
	}
}

// sureSentence lists the calls that some draws make, or says in words how sure
// the call is.
func sureSentence(v cockpit.Verdict) string {
	if shares := sharesSentence(v); shares != "" && ofHundred(v.Confidence) != unknown {
		return shares
	}
	return confidenceSentence(v)
}

// firstLine says call, missing role and confidence in one line where they fit.
func firstLine(v cockpit.Verdict, width int) string {
	call, role := callLabel(v.Call), missingRole(v)
	if v.Premise != "" { // said in full below
		call = "As a company: " + uncapital(call)
	}
	if v.TooClose != "" {
		return call + ", or " + uncapital(callLabel(v.TooClose)) + " · " + against(v)
	}
	sure := agreement(v)
	for _, tail := range []string{sure, strings.Replace(sure, " ways agree", " agree", 1)} {
		line := call + " · " + role + " · " + tail
		if uniseg.StringWidth(line) <= width {
			return line
		}
	}
	return call + " · " + role + " · " + sure
}

func callStyle(call string) style {
	switch call {
	case cockpit.CallOneLeader:
		return boldGreen
	case cockpit.CallPrepare:
		return boldAmber
	case cockpit.CallSplitNow:
		return boldRed
	}
	return bold
}

// lenses shows each way of looking as one block, then where they disagree.
func (s *screen) lenses(d cockpit.Diagnosis) {
	if len(d.Lenses) == 0 {
		return
	}
	s.heading("Three lenses")
	for _, l := range d.Lenses {
		s.labelled(0, 11, callStyle(l.Reading), lensLabel(l.Name), plainText, callLabel(l.Reading)+", "+lensConfidence(l)+". "+stop(l.Summary))
	}
	if text := stop(d.Verdict.Disagree); text != "" {
		s.labelled(0, 11, bold, "Disagree", plainText, text)
	}
}

func lensConfidence(l cockpit.Lens) string {
	if of := ofHundred(l.Confidence); of != unknown {
		return of + " ways"
	}
	return "confidence unknown"
}

// next says where to look next.
func (s *screen) next() {
	s.blank()
	s.labelled(0, 38, plainText, "diarchy explain verdict", faint, "every step, down to the commits")
	s.labelled(0, 38, plainText, "diarchy diagnose --html report.html", faint, "the whole page with charts, to send on")
	s.labelled(0, 38, plainText, "diarchy init", faint, "a diarchy.yaml for what no tool knows")
}
