package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// agreementPage is an agreement laid out for the template: plain text, but for Style.
type agreementPage struct {
	Title, CSP string
	Style      template.HTML

	Company, AsOf, Program, Schema string
	Headline, Summary              string
	Strip                          []factView
	Open                           []issueView
	Roles                          []charterView
	Effort                         []factView
	Decisions, Overlaps            tableView
	Meetings, Reviews              tableView
	TradeOffs                      []tradeOffView
	Steps                          []stepView
	Signatures                     []signatureView
	Hash                           string
	Citations                      []citationView
}

type issueView struct{ Level, Text, Advice, Cite string }

type charterView struct {
	Title, Holder, Mission, AnswersFor, ShownBy string
	Owns                                        []string
	Facts                                       []factView
}

type tradeOffView struct{ Title, Question, Decides, Today, Position, Review string }

type stepView struct{ To, Within, How string }

type signatureView struct{ Title, Name, Date, State string }

func viewAgreement(a cockpit.Agreement, s assets) agreementPage {
	cited := anchors(a.Citations)
	p := agreementPage{
		Title: agreementCompany(a) + ": agreement", CSP: policy(s, false), Style: element("style", s.style),
		Company: agreementCompany(a), AsOf: day(a.AsOf), Program: orUnknown(a.Program), Schema: orUnknown(a.Schema),
		Headline: orElse(a.Headline, "Agreement"), Summary: stop(a.Summary), Strip: agreementStrip(a),
		Open: viewIssues(unsigned(a.Findings)), Effort: agreementFacts(a.Effort, cited),
		Decisions: rightsTable(a.Decisions), Overlaps: overlapsTable(a.Overlaps), Meetings: meetingsTable(a.Meetings), Reviews: reviewsTable(a.Reviews),
		Hash: clean(a.SHA256), Citations: viewCitations(a.Citations),
	}
	for _, r := range a.Roles {
		p.Roles = append(p.Roles, charterView{
			Title: clean(r.Title), Holder: orOpen(r.Holder), Mission: stop(r.Mission), AnswersFor: orOpen(r.AnswersFor),
			ShownBy: strings.Join(wordsOf(r.ShownBy), ", "), Owns: cleanAll(r.Owns), Facts: agreementFacts(r.Facts, cited),
		})
	}
	for _, t := range a.TradeOffs {
		p.TradeOffs = append(p.TradeOffs, tradeOffView{clean(t.Title), clean(t.Question), labels(t.Decides), orElse(t.Today, "not measured"), orOpen(t.Position), orElse(day(t.Review), "no date")})
	}
	for _, s := range a.Escalation {
		p.Steps = append(p.Steps, viewStep(s))
	}
	for _, s := range a.Signatures {
		p.Signatures = append(p.Signatures, signatureView{Title: label(s.Who), Name: clean(orElse(s.Name, s.Holder)), Date: orElse(day(s.Date), ""), State: signatureState(s)})
	}
	return p
}

// notAgreed is what stands in the place of everything that is not agreed.
const notAgreed = "open"

func orOpen(s string) string { return orElse(s, notAgreed) }

func orElse(s, other string) string {
	if s = clean(s); s == "" || s == unknown {
		return other
	}
	return s
}

func agreementCompany(a cockpit.Agreement) string {
	return orElse(a.Company, "Company not named")
}

func agreementStrip(a cockpit.Agreement) []factView {
	version := "not numbered"
	if a.Version > 0 {
		version = fmt.Sprint(a.Version)
	}
	valid := 0
	for _, s := range a.Signatures {
		if s.State == cockpit.SignatureValid {
			valid++
		}
	}
	return []factView{
		{Label: "Version", Value: version},
		{Label: "Holds from", Value: orOpen(day(a.Effective))},
		{Label: "Looked at again by", Value: orOpen(day(a.ReviewBy))},
		{Label: "Signed", Value: fmt.Sprintf("%d of %d", valid, len(a.Signatures))},
	}
}

func agreementFacts(all []cockpit.Fact, cited map[string]string) (out []factView) {
	for _, f := range all {
		out = append(out, factView{Label: orUnknown(f.Label), Value: orUnknown(f.Value), Cite: clean(f.Citation), CiteID: cited[f.Citation]})
	}
	return out
}

// unsigned leaves out who has not signed: the signatures say that themselves.
func unsigned(all []cockpit.AgreementIssue) (out []cockpit.AgreementIssue) {
	for _, f := range all {
		if f.ID != "not_signed" {
			out = append(out, f)
		}
	}
	return out
}

func viewIssues(all []cockpit.AgreementIssue) (out []issueView) {
	for _, f := range all {
		out = append(out, issueView{clean(f.Level), stop(f.Text), clean(f.Advice), strings.Join(cleanAll(f.Cites), ", ")})
	}
	return out
}

func rightsTable(all []cockpit.DecisionRight) tableView {
	t := tableView{Caption: "One decides; working days from the question to the decision", Head: []string{"Decision", "Decides", "Consulted", "Informed", "Days", "Disputes go to", "Rests on"}}
	for _, d := range all {
		decides := labels(d.Decides)
		if decides == "" {
			decides = "nobody"
		}
		days := notAgreed
		if d.Days > 0 {
			days = fmt.Sprint(d.Days)
		}
		t.Rows = append(t.Rows, []string{clean(d.Title), decides, labels(d.Consulted), labels(d.Informed), days, labels(d.EscalatesTo), strings.Join(cleanAll(d.Cites), ", ")})
	}
	return t
}

func overlapsTable(all []cockpit.AgreedOverlap) tableView {
	t := tableView{Caption: "Matters of both: one owner, or a process", Head: []string{"Matter", "Owner", "How it is shared"}}
	for _, o := range all {
		t.Rows = append(t.Rows, []string{clean(o.Title), orElse(labels(o.Owner), "nobody alone"), orOpen(o.Process)})
	}
	return t
}

func meetingsTable(all []cockpit.AgreedMeeting) tableView {
	t := tableView{Caption: "Meetings", Head: []string{"Meeting", "When", "Who", "About"}}
	for _, m := range all {
		when := capital(cockpit.EveryWords(m.Every))
		if m.Minutes > 0 {
			when += fmt.Sprintf(", %d minutes", m.Minutes)
		}
		t.Rows = append(t.Rows, []string{clean(m.Title), clean(when), labels(m.Who), orOpen(m.About)})
	}
	return t
}

func reviewsTable(all []cockpit.AgreedReview) tableView {
	t := tableView{Caption: "Reviews of documents", Head: []string{"Documents", "Kept by", "Reviewed", "Today", "Next"}}
	for _, r := range all {
		t.Rows = append(t.Rows, []string{clean(r.Title), orElse(labels(r.Owner), "nobody"), clean(capital(cockpit.EveryWords(r.Every))), orElse(r.Today, "not measured"), orElse(day(r.Next), "no date")})
	}
	return t
}

func viewStep(s cockpit.EscalationStep) stepView {
	within := "no clock"
	if s.Within > 0 {
		within = "within " + count(s.Within, "working day", "working days")
	}
	return stepView{capital(clean(cockpit.WhoWords(s.To))), within, stop(s.How)}
}

func signatureState(s cockpit.SignatureStatus) string {
	switch s.State {
	case cockpit.SignatureValid:
		return "signed this text"
	case cockpit.SignatureStale:
		return "signed another text: it was changed since"
	}
	return "not signed"
}

// label is somebody in a table: "CTO" for "the CTO".
func label(w cockpit.Who) string {
	return capital(strings.TrimPrefix(clean(w.Called), "the "))
}

func labels(all []cockpit.Who) string {
	var out []string
	for _, w := range all {
		out = append(out, label(w))
	}
	return strings.Join(out, ", ")
}

func cleanAll(texts []string) (out []string) {
	for _, t := range texts {
		out = append(out, clean(t))
	}
	return out
}

func wordsOf(ids []string) (out []string) {
	for _, id := range ids {
		out = append(out, plain(id))
	}
	return out
}
