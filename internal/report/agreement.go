package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// AgreementHTML writes an agreement as one self-contained page that two leaders can
// print and sign. It returns what w returned.
func AgreementHTML(w io.Writer, a cockpit.Agreement) error {
	var buf bytes.Buffer
	if err := templates.ExecuteTemplate(&buf, "agreement.tmpl", viewAgreement(a, builtAssets())); err != nil {
		return err
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// Agreement writes an agreement for a terminal.
func Agreement(w io.Writer, a cockpit.Agreement, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	v := viewAgreement(a, assets{})
	s.para(0, bold, v.Headline)
	s.para(0, faint, v.Company+", "+stripWords(v.Strip)+".")
	s.blank()
	s.para(0, plainText, v.Summary)
	for _, r := range v.Roles {
		s.charter(r)
	}
	s.heading("Who decides")
	for _, d := range a.Decisions {
		s.right(d)
	}
	s.heading("Matters of both")
	for _, o := range v.Overlaps.Rows {
		s.para(0, plainText, o[0]+": "+o[1]+". "+stop(o[2]))
	}
	s.heading("Meetings and reviews")
	for _, m := range v.Meetings.Rows {
		s.para(0, plainText, m[0]+", "+uncapital(m[1])+": "+m[2])
	}
	for _, m := range v.Reviews.Rows {
		s.para(0, plainText, m[0]+": "+m[1]+", "+uncapital(m[2])+"; next "+m[4]+". Today: "+stop(m[3]))
	}
	s.heading("Trade-offs")
	for _, t := range v.TradeOffs {
		s.para(0, plainText, fmt.Sprintf("%s (%s): %s", t.Title, t.Decides, t.Question))
		s.para(2, plainText, "Today: "+stop(t.Today)+" Position: "+stop(t.Position))
	}
	s.heading("When they disagree")
	s.steps(a.Escalation)
	s.heading("Signatures")
	for _, g := range v.Signatures {
		s.para(0, plainText, signatureWords(g))
	}
	s.issues(a.Findings)
	_, err := io.WriteString(w, s.out.String())
	return err
}

func stripWords(strip []factView) string {
	var parts []string
	for _, f := range strip {
		parts = append(parts, uncapital(f.Label)+" "+f.Value)
	}
	return strings.Join(parts, ", ")
}

func signatureWords(g signatureView) string {
	text := g.Title + ": " + g.State
	if g.Date != unknown && g.Date != "" {
		text += fmt.Sprintf(" (%s, %s)", g.Name, g.Date)
	}
	return text
}

func (s *screen) charter(r charterView) {
	s.heading(r.Title + ": " + r.Holder)
	s.para(0, plainText, r.Mission)
	s.labelled(0, 13, faint, "Owns", plainText, strings.Join(r.Owns, "; "))
	s.labelled(0, 13, faint, "Answers for", plainText, r.AnswersFor)
	if r.ShownBy != "" {
		s.labelled(0, 13, faint, "Shown by", plainText, r.ShownBy)
	}
	for _, f := range r.Facts {
		s.labelled(0, 40, plainText, f.Label, plainText, strings.TrimSpace(f.Value+" "+bracketed(f.Cite)))
	}
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// right says a kind of decision in two lines.
func (s *screen) right(d cockpit.DecisionRight) {
	decides := labels(d.Decides)
	if decides == "" {
		decides = "nobody"
	}
	s.labelled(0, 19, bold, decides, plainText, clean(d.Title))
	var parts []string
	if text := labels(d.Consulted); text != "" {
		parts = append(parts, "asks "+text)
	}
	if text := labels(d.Informed); text != "" {
		parts = append(parts, "tells "+text)
	}
	if d.Days > 0 {
		parts = append(parts, count(d.Days, "working day", "working days"))
	}
	s.para(19, faint, strings.TrimSpace(strings.Join(parts, "; ")+" "+bracketed(strings.Join(d.Cites, ", "))))
}

func (s *screen) steps(all []cockpit.EscalationStep) {
	for i, step := range all {
		v := viewStep(step)
		s.labelled(0, 3, faint, fmt.Sprintf("%d.", i+1), plainText, v.To+", "+v.Within+". "+v.How)
	}
}

// issues lists findings, worst first, each with what to do.
func (s *screen) issues(all []cockpit.AgreementIssue) {
	s.heading("Open")
	s.none(len(all), "Nothing is open.")
	for _, f := range all {
		st := map[string]style{cockpit.LevelProblem: boldRed, cockpit.LevelGap: boldAmber}[f.Level]
		where := ""
		if f.Line > 0 {
			where = fmt.Sprintf(" (line %d)", f.Line)
		}
		s.labelled(0, 9, st, f.Level, plainText, stop(f.Text)+where)
		if f.Advice != "" {
			s.para(9, faint, clean(f.Advice))
		}
	}
}

// AgreementCheck writes findings for a terminal.
func AgreementCheck(w io.Writer, c cockpit.AgreementCheck, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, c.Headline)
	s.para(0, faint, c.Source+", on "+day(c.AsOf))
	s.issues(c.Findings)
	_, err := io.WriteString(w, s.out.String())
	return err
}

// Comparison writes what changed between two agreements for a terminal.
func Comparison(w io.Writer, c cockpit.Comparison, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, c.Headline)
	s.para(0, faint, "from "+c.From+" to "+c.To)
	part := ""
	for _, ch := range c.Changes {
		if ch.Part != part {
			part = ch.Part
			s.heading(part)
		}
		s.labelled(0, 2, faint, "-", plainText, ch.Text)
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// Ruling writes who decides for a terminal: the answer first.
func Ruling(w io.Writer, d cockpit.Ruling, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, d.Sentence)
	if d.Title != "" {
		s.para(0, plainText, "Kind of decision: "+stop(d.Title)+" By "+d.Source+".")
	}
	if len(d.Informed) > 0 {
		s.para(0, plainText, "To be told afterwards: "+cockpit.WhoWords(d.Informed)+".")
	}
	if len(d.Rules) > 0 {
		s.heading("Why")
	}
	for _, r := range d.Rules {
		s.para(0, plainText, stop(r.Says)+" "+ruleWords(r)+" "+bracketed(strings.Join(r.Cites, ", ")))
		s.para(2, faint, r.ID+": "+r.When)
	}
	for _, n := range d.Notes {
		s.para(0, plainText, stop(n))
	}
	if len(d.Decides) > 0 || d.Certain {
		s.citations(d.Citations)
	}
	if len(d.Escalation) > 0 {
		s.heading("If they disagree")
		s.steps(d.Escalation)
	}
	if len(d.Depends) > 0 {
		s.blank()
		s.para(0, plainText, "Say more with: --"+strings.Join(d.Depends, ", --"))
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// ruleWords says what a rule leads to.
func ruleWords(r cockpit.RulingRule) string {
	switch {
	case r.Then == "":
		return ""
	case r.Kind == "": // one that adds people
		return "The decider " + stop(r.Then)
	}
	return "So it is for " + stop(r.Then)
}

func (s *screen) citations(all []cockpit.Citation) {
	if len(all) == 0 {
		return
	}
	s.heading("Rests on")
	for _, c := range all {
		s.labelled(0, 4, faint, c.ID, plainText, c.Text)
	}
}
