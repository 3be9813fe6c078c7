package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// AgreementMarkdown writes an agreement as GitHub-flavoured Markdown, in the order of
// the page. Every text from outside is escaped. It returns what w returned.
func AgreementMarkdown(w io.Writer, a cockpit.Agreement) error {
	m := &markdown{}
	v := viewAgreement(a, assets{})
	m.heading(1, v.Headline)
	m.para(fmt.Sprintf("%s, as of %s. %s. Made by %s.", escape(v.Company), escape(v.AsOf), escape(capital(stripWords(v.Strip))), escape(v.Program)))
	m.para(escape(v.Summary))
	m.issues(v.Open)
	for _, r := range v.Roles {
		m.charter(r)
	}
	m.effort(v.Effort)
	m.section("Who decides", v.Decisions)
	m.section("Matters of both", v.Overlaps)
	m.section("Meetings", v.Meetings)
	m.section("Reviews of documents", v.Reviews)
	m.tradeOffs(v.TradeOffs)
	m.heading(2, "When they disagree")
	for i, s := range v.Steps {
		m.para(fmt.Sprintf("%d. **%s**, %s: %s", i+1, escape(s.To), escape(s.Within), escape(s.How)))
	}
	m.signatures(v)
	if len(v.Citations) > 0 {
		m.heading(2, "Rests on")
		t := tableView{Head: []string{"Fact", "Says"}}
		for _, c := range v.Citations {
			t.Rows = append(t.Rows, []string{c.ID, c.Text})
		}
		m.table(t)
	}
	_, err := io.WriteString(w, strings.TrimLeft(m.out.String(), "\n"))
	return err
}

func (m *markdown) section(title string, t tableView) {
	if len(t.Rows) == 0 {
		return
	}
	m.heading(2, title)
	m.table(t)
}

func (m *markdown) issues(all []issueView) {
	if len(all) == 0 {
		return
	}
	m.heading(2, "Before you sign")
	var items []string
	for _, f := range all {
		text := "**" + escape(capital(f.Level)) + ":** " + escape(f.Text)
		if f.Advice != "" {
			text += " " + escape(capital(stop(f.Advice)))
		}
		items = append(items, text)
	}
	m.list(items)
}

func (m *markdown) charter(r charterView) {
	m.heading(2, r.Title+": "+r.Holder)
	m.para(escape(r.Mission))
	m.para("**Owns:** " + escape(strings.Join(r.Owns, "; ")))
	m.para("**Answers for:** " + escape(r.AnswersFor))
	if r.ShownBy != "" {
		m.para("**Shown by:** " + escape(r.ShownBy))
	}
	m.agreed(r.Facts)
}

func (m *markdown) agreed(facts []factView) {
	t := tableView{Head: []string{"What", "Agreed", "Rests on"}}
	for _, f := range facts {
		t.Rows = append(t.Rows, []string{f.Label, f.Value, f.Cite})
	}
	if len(facts) > 0 {
		m.table(t)
	}
}

func (m *markdown) effort(facts []factView) {
	if len(facts) > 0 {
		m.heading(2, "Effort")
		m.agreed(facts)
	}
}

func (m *markdown) tradeOffs(all []tradeOffView) {
	t := tableView{Head: []string{"Trade-off", "Question", "Decides", "Today", "Position", "Looked at again"}}
	for _, x := range all {
		t.Rows = append(t.Rows, []string{x.Title, x.Question, x.Decides, x.Today, x.Position, x.Review})
	}
	m.section("Trade-offs", t)
}

func (m *markdown) signatures(v agreementPage) {
	m.heading(2, "Signatures")
	for _, g := range v.Signatures {
		m.para(escape(signatureWords(g)))
	}
	m.para("Text: SHA-256 " + inlineCode(orUnknown(v.Hash)))
}
