package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// history shows how the call moved, one line for each stretch of the same call.
func (s *screen) history(h cockpit.History) {
	s.heading("How the verdict moved")
	s.para(0, plainText, stop(h.Summary))
	for _, r := range stretches(h.Points) {
		s.labelled(2, 20, plainText, r.dates(), plainText, r.text())
	}
	s.none(len(h.Points), "No earlier date could be replayed.")
}

// costs lists what waiting and splitting cost.
func (s *screen) costs(all []cockpit.Cost) {
	if len(all) == 0 {
		return
	}
	s.heading("What it costs")
	for _, c := range all {
		s.labelled(0, 11, bold, capital(plain(c.Of)), plainText, stop(c.Summary))
		s.para(11, faint, factList(c.Lines))
	}
}

// sources says what was read and what was skipped.
func (s *screen) sources(d cockpit.Diagnosis) {
	s.heading("What was read")
	for _, src := range d.Sources {
		s.labelled(0, 2, plainText, sourceMark(src), plainText, sourceText(src))
	}
	s.none(len(d.Sources), "No source was read.")
	for _, k := range d.Skipped {
		s.labelled(0, 10, yellow, "  skipped", plainText, skippedText(k))
	}
}

func sourceMark(src cockpit.Source) string {
	if src.Status == "" || src.Status == "ok" {
		return "-"
	}
	return "!"
}

func sourceText(src cockpit.Source) string {
	text := orUnknown(src.Name) + ": " + commitsText(src)
	if src.First != "" && src.Last != "" {
		text += ", " + clean(src.First) + " to " + clean(src.Last)
	}
	if src.Branch != "" {
		text += ", branch " + clean(src.Branch)
	}
	if src.Status != "" && src.Status != "ok" {
		text += " (" + plain(src.Status) + ")"
	}
	if len(src.Notes) > 0 {
		text += "; " + joinClean(src.Notes, "; ")
	}
	return text
}

// commitsText counts commits; of a source that failed the count is not known.
func commitsText(src cockpit.Source) string {
	if src.Commits == 0 && src.Status != "ok" {
		return "commits unknown"
	}
	return count(src.Commits, "commit", "commits")
}

func skippedText(k cockpit.Skipped) string {
	text := orUnknown(k.What)
	if k.Count > 0 {
		text = thousands(k.Count) + " x " + text
	}
	if k.Source != "" {
		text = clean(k.Source) + ": " + text
	}
	if k.Why != "" {
		text += ", because " + clean(k.Why)
	}
	return stop(text)
}

// caveats qualify the whole page.
func (s *screen) caveats(all []string) {
	if len(all) == 0 {
		return
	}
	s.heading("Caveats")
	for _, c := range all {
		s.labelled(0, 2, plainText, "-", plainText, stop(c))
	}
}

// joinClean joins foreign texts in one line.
func joinClean(texts []string, sep string) string {
	var parts []string
	for _, t := range texts {
		if t = strings.TrimSuffix(clean(t), "."); t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, sep)
}

// stretch is a run of replayed dates with the same call.
type stretch struct {
	first, last cockpit.Past
	low, high   float64 // of the confidence
}

// stretches cuts the history where the call changes.
func stretches(points []cockpit.Past) []stretch {
	var runs []stretch
	for _, p := range points {
		if n := len(runs); n > 0 && runs[n-1].first.Call == p.Call {
			r := &runs[n-1]
			r.last, r.low, r.high = p, min(r.low, p.Confidence), max(r.high, p.Confidence)
			continue
		}
		runs = append(runs, stretch{p, p, p.Confidence, p.Confidence})
	}
	return runs
}

func (r stretch) dates() string {
	from, to := yearMonth(r.first.AsOf), yearMonth(r.last.AsOf)
	if from == to {
		return from
	}
	return from + " to " + to
}

func (r stretch) text() string {
	sure := ofHundred(r.low)
	if top := ofHundred(r.high); top != sure {
		sure = strings.TrimSuffix(sure, " of 100") + " to " + top
	}
	if sure == unknown {
		sure = "confidence unknown"
	}
	return fmt.Sprintf("%s, %s, %s", callLabel(r.first.Call), sure, r.engineers())
}

func (r stretch) engineers() string {
	from, to := number(r.first.Engineers), number(r.last.Engineers)
	switch {
	case from == to && from == unknown:
		return "engineers unknown"
	case from == to:
		return from + " engineers"
	}
	return from + " to " + to + " engineers"
}
