package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// mostKept is how many decisions of a kind that keep to the paper are listed, so that "7 of
// 9" stands with the nine; all that depart from it are.
const mostKept = 9

// Drift writes where practice has left the agreement, then each kind of decision with its
// traces.
func Drift(w io.Writer, d cockpit.Drift, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, d.Summary)
	if len(d.Findings) > 0 {
		s.heading("What drifts")
	}
	for _, f := range d.Findings {
		s.para(0, boldAmber, f.Text)
		s.para(4, faint, f.Advice)
	}
	for _, k := range d.Kinds {
		s.driftKind(k, d.Agreed)
	}
	if n := len(d.Unmatched); n > 0 {
		s.blank()
		s.para(0, faint, fmt.Sprintf("%s of no kind that is named: --json lists each with the reason. Keywords, paths and labels of a kind are in agreement.yaml and the playbook.", count(n, "decision is", "decisions are")))
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

func (s *screen) driftKind(k cockpit.DriftKind, agreed bool) {
	owner, limit := "On paper", "agreed"
	if !agreed {
		owner, limit = "Proposed", "that the playbook proposes"
	}
	s.heading(k.Title)
	text := fmt.Sprintf("decided %d times: by the owner %d", k.Decided, k.ByOwner)
	for _, o := range k.Others {
		text += fmt.Sprintf(", by %s %d", o.Called, o.Count)
	}
	if k.Unknown > 0 {
		text += fmt.Sprintf(", by somebody whose role is not known %d", k.Unknown)
	}
	if k.Late > 0 {
		text += fmt.Sprintf("; %d later than the %d working days %s", k.Late, k.Days, limit)
	}
	if k.Open > 0 {
		text += fmt.Sprintf("; %d open, %d of them for too long", k.Open, k.Overdue)
	}
	s.labelled(0, 12, faint, owner, plainText, k.Owner)
	s.labelled(0, 12, faint, "Really", plainText, text)
	kept := 0
	for i, t := range departingFirst(k.Traces) {
		if !t.Departs {
			kept++
		}
		if kept > mostKept {
			s.para(12, faint, fmt.Sprintf("and %d more that keep to it: --json", len(k.Traces)-i))
			break
		}
		when := "open"
		if t.Decided != "" {
			when = t.Decided
		}
		by := t.By
		if by == "" && t.Decided != "" {
			by = "role not known"
		}
		s.labelled(0, 12, faint, when, plainText, joinClean([]string{t.Title, by, t.Why}, "; "))
	}
}

func departingFirst(traces []cockpit.DriftTrace) []cockpit.DriftTrace {
	departs := func(t cockpit.DriftTrace) bool { return t.Departs }
	keeps := func(t cockpit.DriftTrace) bool { return !t.Departs }
	return append(slices.DeleteFunc(slices.Clone(traces), keeps), slices.DeleteFunc(slices.Clone(traces), departs)...)
}
