package report

import (
	"fmt"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// What the terminal names of the sources; the page, Markdown and JSON hold all.
const (
	mostSources = 3 // that are listed one by one
	mostSkipped = 3
)

// history shows how the call moved, one line for each stretch of the same call.
func (s *screen) history(h cockpit.History) {
	s.heading("How the verdict moved")
	s.para(0, plainText, stop(h.Summary))
	for _, r := range stretches(h.Points) {
		s.labelled(0, 20, plainText, r.dates(), plainText, r.text())
	}
	s.none(len(h.Points), "No earlier date could be replayed.")
}

// costs says what waiting and splitting cost; their figures are on the page.
func (s *screen) costs(all []cockpit.Cost) {
	if len(all) == 0 {
		return
	}
	s.heading(costsHeading(all))
	for _, c := range all {
		s.labelled(0, 11, bold, capital(plain(c.Of)), plainText, stop(c.Summary))
	}
}

// costsHeading says it when a cost rests on what was assumed.
func costsHeading(all []cockpit.Cost) string {
	for _, c := range all {
		for _, line := range c.Lines {
			if line.Origin == "assumed" {
				return "What it costs, from assumed ranges"
			}
		}
	}
	return "What it costs"
}

// sources says what was read, what was skipped, and what qualifies the whole.
func (s *screen) sources(d cockpit.Diagnosis) {
	s.heading("What was read, and caveats")
	whole, rest := wholeSources(d.Sources)
	if len(whole) > 1 {
		s.labelled(0, 2, plainText, "-", plainText, sourcesText(whole))
	} else {
		rest = append(whole, rest...)
	}
	for _, src := range rest[:min(len(rest), mostSources)] {
		s.labelled(0, 2, plainText, sourceMark(src), plainText, sourceText(src))
	}
	s.more(len(rest)-mostSources, "source with remarks", "sources with remarks")
	s.none(len(d.Sources), "No source was read.")
	for _, k := range d.Skipped[:min(len(d.Skipped), mostSkipped)] {
		if len(d.Sources) == 1 {
			k.Source = ""
		}
		s.labelled(0, 2, yellow, "!", plainText, "skipped "+skippedText(k))
	}
	s.more(len(d.Skipped)-mostSkipped, "thing skipped", "things skipped")
	var caveats []string
	for _, c := range sentences(d.Caveats) {
		caveats = append(caveats, firstSentence(c))
	}
	s.para(0, plainText, strings.Join(caveats, " "))
}

// more counts what is not listed and says what lists it.
func (s *screen) more(n int, one, many string) {
	if n > 0 {
		s.labelled(0, 2, yellow, "!", plainText, count(n, "more "+one, "more "+many)+": --json lists all.")
	}
}

// wholeSources parts what was read without a remark from the rest.
func wholeSources(all []cockpit.Source) (whole, rest []cockpit.Source) {
	for _, src := range all {
		if src.Status == "ok" && len(src.Notes) == 0 {
			whole = append(whole, src)
		} else {
			rest = append(rest, src)
		}
	}
	return whole, rest
}

// sourcesText is several sources in one sentence.
func sourcesText(all []cockpit.Source) string {
	commits, systems, first, last := 0, 0, "", ""
	var names []string
	for _, src := range all {
		if src.System {
			systems++
		}
		commits += src.Commits
		names = append(names, orUnknown(src.Name))
		if src.First != "" && (first == "" || src.First < first) {
			first = src.First
		}
		last = max(last, src.Last)
	}
	text := count(len(all)-systems, "repository", "repositories")
	if systems > 0 {
		text += " and " + count(systems, "system", "systems")
	}
	text += ", " + count(commits, "commit", "commits")
	if first != "" && last != "" {
		text += ", " + clean(first) + " to " + clean(last)
	}
	return text + ": " + someOf(names, ", ") + "."
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
	if src.System && src.Status != "failed" {
		return count(src.Items, "item", "items")
	}
	if src.Commits == 0 && src.Status != "ok" {
		return "commits unknown"
	}
	return count(src.Commits, "commit", "commits")
}

func skippedText(k cockpit.Skipped) string {
	text := orUnknown(k.What)
	if k.Count > 1 {
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
	first, last  cockpit.Past
	low, high    float64  // of the confidence
	fewest, most *float64 // engineers; nil where none are known
	uncounted    bool     // on some of the dates they are not known
}

// stretches cuts the history where the call changes.
func stretches(points []cockpit.Past) []stretch {
	var runs []stretch
	for _, p := range points {
		if n := len(runs); n > 0 && runs[n-1].first.Call == p.Call {
			r := &runs[n-1]
			r.last, r.low, r.high = p, min(r.low, p.Confidence), max(r.high, p.Confidence)
			r.count(p.Engineers)
			continue
		}
		runs = append(runs, stretch{p, p, p.Confidence, p.Confidence, p.Engineers, p.Engineers, p.Engineers == nil})
	}
	return runs
}

// count widens the range of engineers.
func (r *stretch) count(engineers *float64) {
	if engineers == nil {
		r.uncounted = true
		return
	}
	if r.fewest == nil || *engineers < *r.fewest {
		r.fewest = engineers
	}
	if r.most == nil || *engineers > *r.most {
		r.most = engineers
	}
}

func (r stretch) dates() string {
	from, to := yearMonth(r.first.AsOf), yearMonth(r.last.AsOf)
	if from == to {
		return from
	}
	return from + " to " + to
}

func (r stretch) text() string {
	sure := ofHundred(r.high)
	if low := ofHundred(r.low); low != sure {
		sure = strings.TrimSuffix(low, " of 100") + "-" + sure
	}
	if sure == unknown {
		sure = "confidence unknown"
	}
	return fmt.Sprintf("%s, %s, %s", callLabel(r.first.Call), sure, r.engineers())
}

func (r stretch) engineers() string {
	from, to, at := whole(r.fewest), whole(r.most), ""
	if r.uncounted {
		at = ", where known"
	}
	switch {
	case from == to && from == unknown:
		return "engineers unknown"
	case from == to && to == "1":
		return "1 engineer" + at
	case from == to:
		return from + " engineers" + at
	}
	return from + " to " + to + " engineers" + at
}
