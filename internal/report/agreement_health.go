package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// mostIssues is how many findings of an agreement are listed openly.
const mostIssues = 5

// healthView is the agreement on the page of the diagnosis.
type healthView struct {
	Unknown    string
	How        string
	Summary    string
	Facts      []factView
	Open       []issueView // the worst
	Rest       []issueView
	RestLead   string
	Held       string // what came of holding decisions against it
	Drift      []driftView
	DriftTitle string
}

type driftView struct {
	Text   string
	Advice string
	Cites  []citeView
	Fold   string
	Traces tableView
}

func (b *builder) health(h *cockpit.AgreementHealth) *healthView {
	if h == nil {
		return nil
	}
	v := &healthView{Unknown: stop(h.Unknown), How: strings.Join(cleanBlock(h.How), "\n"), Summary: stop(h.Summary), Held: stop(h.Held), DriftTitle: driftTitle(h)}
	if h.Unknown == "" {
		v.Facts = healthFacts(h)
	}
	for i, f := range h.Findings {
		one := issueView{Level: capital(plain(f.Level)), Text: stop(f.Text), Advice: stop(capital(f.Advice)), Cite: joinClean(f.Cites, ", ")}
		if i < mostIssues && f.Level != cockpit.LevelNote {
			v.Open = append(v.Open, one)
		} else {
			v.Rest = append(v.Rest, one)
		}
	}
	if len(v.Rest) > 0 {
		v.RestLead = count(len(v.Rest), "more thing that is open or worth a word", "more things that are open or worth a word")
	}
	for _, d := range h.Drift {
		v.Drift = append(v.Drift, driftView{Text: stop(d.Text), Advice: stop(d.Advice), Cites: b.cites(d.Cites), Fold: "The " + count(len(d.Traces), "decision", "decisions"), Traces: tracesTable(d)})
	}
	return v
}

// driftTitle says what decisions were held against.
func driftTitle(h *cockpit.AgreementHealth) string {
	if h.Against == cockpit.AgainstPlaybook {
		return "Who decided, against what the playbook proposes"
	}
	return "Who decided, against the agreement"
}

// healthFacts are since when the agreement holds and who has signed it.
func healthFacts(h *cockpit.AgreementHealth) []factView {
	version := unknown
	if h.Version > 0 {
		version = fmt.Sprintf("%d", h.Version)
	}
	out := []factView{{Label: "Version", Value: version}, {Label: "Holds from", Value: day(h.Effective)}, {Label: "Looked at again by", Value: day(h.ReviewBy)}}
	for _, s := range h.Signatures {
		out = append(out, factView{Label: capital(orUnknown(s.Called)), Value: healthSigned(s)})
	}
	return out
}

func healthSigned(s cockpit.HealthSignature) string {
	switch s.State {
	case cockpit.SignatureValid:
		return "signed on " + day(s.Date)
	case cockpit.SignatureStale:
		return "signed another text on " + day(s.Date)
	case cockpit.SignatureMissing:
		return "has not signed"
	}
	return plain(s.State)
}

// tracesTable is the evidence of a drift.
func tracesTable(d cockpit.HealthDrift) tableView {
	t := tableView{Caption: "Decisions that the finding counts", Head: []string{"Decision", "Decided", "By", "Working days"}}
	for _, x := range d.Traces {
		when, by := "open", "nobody yet"
		if x.Decided != "" {
			when, by = day(x.Decided), orUnknown(x.By)
		}
		days := unknown
		if x.Days > 0 {
			days = thousands(x.Days)
		}
		t.Rows = append(t.Rows, []string{orUnknown(joinClean([]string{x.ID, x.Title}, ": ")), when, by, days})
	}
	return t
}

// oneLeader says when no agreement is missed.
const oneLeader = "Where one person leads, none is needed. Before a second comes, the two draft one, talk it over and sign it."

// driftLines is how much drift a terminal shows.
const driftLines = 2

// health is the agreement in a few lines of a terminal.
func (s *screen) health(h *cockpit.AgreementHealth) {
	if h == nil {
		return
	}
	s.heading("The agreement")
	if h.Unknown != "" {
		s.para(0, plainText, stop(h.Unknown)+" "+oneLeader)
		s.code(4, h.How)
	} else {
		s.para(0, plainText, stop(h.Summary)+" diarchy agreement check")
	}
	for _, d := range h.Drift[:min(driftLines, len(h.Drift))] {
		s.hanging(0, "! ", plainText, stop(d.Text))
	}
	if len(h.Drift) > 0 {
		more := ""
		if n := len(h.Drift) - driftLines; n > 0 {
			more = fmt.Sprintf(", and %d more", n)
		}
		s.para(0, faint, "Held against "+paper(h)+more+": diarchy agreement drift")
	}
}

// paper is what decisions were held against.
func paper(h *cockpit.AgreementHealth) string {
	if h.Against == cockpit.AgainstPlaybook {
		return "what the playbook proposes"
	}
	return "the agreement"
}

// health writes the agreement with what is open and what drifts.
func (m *markdown) health(h *cockpit.AgreementHealth) {
	if h == nil {
		return
	}
	m.heading(2, "The agreement")
	if h.Unknown != "" {
		m.para(escape(stop(h.Unknown) + " " + oneLeader))
		m.para(fence(h.How))
	} else {
		m.para(escape(stop(h.Summary)))
		t := tableView{Head: []string{"What", "State"}}
		for _, f := range healthFacts(h) {
			t.Rows = append(t.Rows, []string{f.Label, f.Value})
		}
		m.table(t)
	}
	var items []string
	for _, f := range h.Findings {
		items = append(items, "**"+escape(capital(plain(f.Level)))+".** "+escape(stop(f.Text)+" "+stop(capital(f.Advice))))
	}
	m.list(items)
	if len(h.Drift) == 0 && h.Traces == 0 {
		return
	}
	m.heading(3, driftTitle(h))
	m.para(escape(stop(h.Held)))
	for _, d := range h.Drift {
		m.para("**" + escape(stop(d.Text)) + "** " + escape(stop(d.Advice)) + " Rests on " + escape(joinClean(d.Cites, ", ")) + ".")
		m.table(tracesTable(d))
	}
	m.para("Walk it down: " + inlineCode("diarchy agreement drift"))
}
