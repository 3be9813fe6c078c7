package workspace

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/diarchy/diarchy/internal/problem"
)

// AgreementYAML writes an agreement as the YAML that ParseAgreement reads. notes are
// comments at the top, a sentence each. Values that are not known stand as comments
// where they belong, so that they are seen and can be filled in.
func AgreementYAML(a *Agreement, notes []string) []byte {
	w := &agreementWriter{}
	w.head(a, notes)
	w.roles(a.Roles)
	w.others(a.Others)
	w.effort(a.Effort)
	w.decisions(a.Decisions)
	w.overlaps(a.Overlaps)
	w.meetings(a.Meetings)
	w.reviews(a.Reviews)
	w.tradeOffs(a.TradeOffs)
	w.escalation(a.Escalation)
	w.WriteString(signatureBlock(a.Signatures))
	return w.Bytes()
}

// WriteAgreement writes an agreement to path. It refuses to overwrite a file unless
// told to replace it. Whatever fails, path holds all of data or what was there.
func WriteAgreement(path string, data []byte, replace bool) error {
	if replace {
		return Replace(path, data)
	}
	if _, err := os.Lstat(path); err == nil {
		return problem.New(problem.Usage, "edit it; or print a new draft with --stdout; or replace it with --force", "%s is already there", path)
	}
	return write(path, bytes.NewReader(data), moveNew)
}

// Sign adds a signature to the text of an agreement, or replaces the one of its role.
// Nothing else of the text changes, comments neither.
func Sign(name string, data []byte, s Signature) ([]byte, error) {
	a, err := ParseAgreement(name, data)
	if err != nil {
		return nil, err
	}
	if _, ok := a.Role(s.Role); !ok {
		var ids []string
		for _, r := range a.Roles {
			ids = append(ids, r.ID)
		}
		return nil, problem.New(problem.Usage, didYouMean(s.Role, ids)+"roles here: "+strings.Join(ids, ", "), "the agreement has no role %q to sign for", s.Role)
	}
	s.SHA256 = a.Hash
	signatures := a.Signatures
	for i := range signatures {
		if signatures[i].Role == s.Role {
			signatures[i], s.Role = s, ""
			break
		}
	}
	if s.Role != "" {
		signatures = append(signatures, s)
	}
	out := append(withoutSignatures(data), signatureBlock(signatures)...)
	signed, err := ParseAgreement(name, out)
	if err != nil {
		return nil, err
	}
	if signed.Hash != a.Hash || len(signed.Signatures) != len(signatures) {
		return nil, problem.New(problem.Invalid, "move signatures: to the end of the file, each on a line of its own", "%s: signing would change more than the signatures", name)
	}
	return out, nil
}

var topKey = regexp.MustCompile(`^["']?[a-z_]+["']?[ \t]*:`)

// withoutSignatures cuts the block of signatures, up to the next key at the margin.
func withoutSignatures(data []byte) []byte {
	var out strings.Builder
	cutting := false
	for line := range strings.Lines(string(data)) {
		if topKey.MatchString(line) {
			cutting = strings.Trim(strings.TrimSpace(strings.SplitN(line, ":", 2)[0]), `"'`) == "signatures"
		}
		if !cutting && strings.TrimRight(line, "\r\n") != signaturesNote {
			out.WriteString(line)
		}
	}
	return []byte(strings.TrimRight(out.String(), "\r\n") + "\n")
}

const signaturesNote = "# Signed with: diarchy agreement sign --role ROLE --name NAME"

func signatureBlock(all []Signature) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\nsignatures:", signaturesNote)
	if len(all) == 0 {
		b.WriteString(" []")
	}
	for _, s := range all {
		fmt.Fprintf(&b, "\n  - role: %s\n    name: %s\n    date: %s\n    sha256: %s", s.Role, quote(s.Name), s.Date.Format(time.DateOnly), quote(s.SHA256))
	}
	return b.String() + "\n"
}

// agreementWriter collects YAML.
type agreementWriter struct{ bytes.Buffer }

func (w *agreementWriter) line(indent int, format string, args ...any) {
	w.WriteString(strings.Repeat("  ", indent) + fmt.Sprintf(format, args...) + "\n")
}

func (w *agreementWriter) section(key, note string) {
	w.line(0, "\n# %s\n%s:", note, key)
}

// text writes a text, or shows as a comment where it belongs.
func (w *agreementWriter) text(indent int, key, value, example string) {
	switch {
	case value != "":
		w.line(indent, "%s: %s", key, quote(oneLine(value)))
	case example != "":
		w.line(indent, "# %s: %s", key, example)
	}
}

func (w *agreementWriter) id(indent int, key, value string) {
	if value != "" {
		w.line(indent, "%s: %s", key, value)
	}
}

// ids writes a list in one line; one alone is a word where only one is meant.
func (w *agreementWriter) ids(indent int, key string, values []string, single bool) {
	switch {
	case single && len(values) == 1:
		w.line(indent, "%s: %s", key, values[0])
	case len(values) > 0:
		w.line(indent, "%s: [%s]", key, strings.Join(values, ", "))
	case single:
		w.line(indent, "# %s: cto", key)
	}
}

func (w *agreementWriter) quoted(indent int, key string, values []string) {
	if len(values) == 0 {
		return
	}
	w.line(indent, "%s:", key)
	for _, v := range values {
		w.line(indent+1, "- %s", quote(oneLine(v)))
	}
}

func (w *agreementWriter) date(indent int, key string, t time.Time) {
	if t.IsZero() {
		w.line(indent, "# %s: 2026-09-30", key)
		return
	}
	w.line(indent, "%s: %s", key, t.Format(time.DateOnly))
}

func (w *agreementWriter) whole(indent int, key string, n int) {
	if n > 0 {
		w.line(indent, "%s: %d", key, n)
	}
}

func (w *agreementWriter) head(a *Agreement, notes []string) {
	for _, n := range notes {
		if n = oneLine(n); n != "" {
			n = "# " + n
		}
		w.line(0, "%s", n)
	}
	w.text(0, "company", a.Company, `"Example"`)
	w.whole(0, "version", a.Version)
	w.date(0, "effective", a.Effective)
	w.date(0, "review_by", a.ReviewBy)
	w.id(0, "currency", a.Currency)
}

func (w *agreementWriter) roles(all []AgreedRole) {
	w.section("roles", "Those who sign, and what each is for")
	for _, r := range all {
		w.line(1, "%s:", r.ID)
		w.text(2, "title", r.Title, "")
		w.text(2, "holder", r.Holder, `"Name"   # not known yet`)
		w.text(2, "mission", r.Mission, "")
		w.id(2, "reports_to", r.ReportsTo)
		w.quoted(2, "owns", r.Owns)
		if r.Horizon.OK {
			w.line(2, "horizon: %s", spanText(r.Horizon.Value, 1, " months"))
		}
		w.text(2, "answers_for", r.AnswersFor, "")
		w.ids(2, "shown_by", r.ShownBy, false)
		if len(r.Time) > 0 {
			w.line(2, "time:")
		}
		for _, t := range r.Time {
			w.line(3, "- {on: %s, share: %s}", quote(oneLine(t.On)), spanText(t.Share, 100, " %"))
		}
		w.budget(r.Budget)
		if r.Spending.OK {
			w.line(2, "spending_limit: %d", r.Spending.Value)
		}
	}
}

func (w *agreementWriter) budget(b Known[Budget]) {
	if !b.OK {
		return
	}
	w.line(2, "budget:")
	w.text(3, "of", b.Value.Of, "")
	if b.Value.Amount.OK {
		w.line(3, "amount: %d", b.Value.Amount.Value)
	} else {
		w.line(3, "# amount: 2000000   # a year; not known yet")
	}
}

func (w *agreementWriter) others(all []Other) {
	if len(all) == 0 {
		return
	}
	w.section("others", "Others who are named below, as they are called in a sentence")
	for _, o := range all {
		w.text(1, o.ID, o.Title, "")
	}
}

func (w *agreementWriter) effort(e Known[Effort]) {
	if !e.OK {
		return
	}
	w.section("effort", "How engineering effort is divided")
	for _, part := range []struct {
		key   string
		share Known[Span]
	}{{"innovation", e.Value.Innovation}, {"delivery", e.Value.Delivery}} {
		if part.share.OK {
			w.line(1, "%s: %s", part.key, spanText(part.share.Value, 100, " %"))
		}
	}
}

func (w *agreementWriter) decisions(all []DecisionRight) {
	if len(all) == 0 {
		return
	}
	w.section("decisions", "For each kind of decision one who decides, within so many working days")
	for _, d := range all {
		w.line(1, "%s:", d.ID)
		w.text(2, "title", d.Title, "")
		w.ids(2, "decides", d.Decides, true)
		w.ids(2, "consulted", d.Consulted, false)
		w.ids(2, "informed", d.Informed, false)
		w.whole(2, "days", d.Days)
		w.id(2, "escalates_to", d.EscalatesTo)
		w.ids(2, "cites", d.Cites, false)
		w.quoted(2, "keywords", d.Keywords)
		w.quoted(2, "paths", d.Paths)
		w.quoted(2, "labels", d.Labels)
	}
}

func (w *agreementWriter) overlaps(all []AgreedOverlap) {
	if len(all) == 0 {
		return
	}
	w.section("overlaps", "Matters of both: each has one owner, or a process")
	for _, o := range all {
		w.line(1, "%s:", o.ID)
		w.text(2, "title", o.Title, "")
		w.ids(2, "owner", o.Owner, true)
		w.text(2, "process", o.Process, "")
	}
}

func (w *agreementWriter) meetings(all []AgreedMeeting) {
	if len(all) == 0 {
		return
	}
	w.section("meetings", "every: week, two_weeks, month, quarter, half_year or year")
	for _, m := range all {
		w.line(1, "%s:", m.ID)
		w.text(2, "title", m.Title, "")
		w.id(2, "every", m.Every)
		w.whole(2, "minutes", m.Minutes)
		w.ids(2, "who", m.Who, false)
		w.text(2, "about", m.About, "")
	}
}

func (w *agreementWriter) reviews(all []AgreedReview) {
	if len(all) == 0 {
		return
	}
	w.section("reviews", "Documents, who keeps them, and when they are looked at next")
	for _, r := range all {
		w.line(1, "%s:", r.ID)
		w.text(2, "title", r.Title, "")
		w.id(2, "owner", r.Owner)
		w.id(2, "every", r.Every)
		w.text(2, "today", r.Today, "")
		w.date(2, "next", r.Next)
	}
}

func (w *agreementWriter) tradeOffs(all []AgreedTradeOff) {
	if len(all) == 0 {
		return
	}
	w.section("trade_offs", "Standing trade-offs: where the company stands today, and what the two decide")
	for _, t := range all {
		w.line(1, "%s:", t.ID)
		w.text(2, "title", t.Title, "")
		w.text(2, "question", t.Question, "")
		w.ids(2, "decides", t.Decides, true)
		w.text(2, "today", t.Today, `"..."   # not measured`)
		w.text(2, "position", t.Position, `"..."   # to be agreed`)
		w.date(2, "review", t.Review)
	}
}

func (w *agreementWriter) escalation(all []AgreedStep) {
	if len(all) == 0 {
		return
	}
	w.section("escalation", "When the two disagree, step by step; within so many working days")
	for _, s := range all {
		w.line(1, "- to: [%s]", strings.Join(s.To, ", "))
		w.whole(2, "within", s.Within)
		w.text(2, "how", s.How, "")
	}
}

// spanText writes a range in a unit.
func spanText(s Span, times float64, unit string) string {
	low, high := trimmed(s.Low*times), trimmed(s.High*times)
	if low == high {
		return low + unit
	}
	return low + "-" + high + unit
}

// trimmed is a number with at most six digits, which undoes what binary fractions add.
func trimmed(x float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// oneLine makes foreign text fit for a scalar: no line breaks or control characters.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == unicode.ReplacementChar {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, " ")))
}
