package report

import (
	"strconv"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func (b *builder) costs(all []cockpit.Cost) []costView {
	var out []costView
	for _, c := range all {
		out = append(out, costView{costLabel(c.Of), stop(c.Summary), b.facts(c.Lines), sentences(c.Rests)})
	}
	return out
}

func viewSources(all []cockpit.Source) []sourceView {
	var out []sourceView
	for _, s := range all {
		out = append(out, sourceView{
			System:   s.System,
			Name:     orUnknown(s.Name),
			Location: orUnknown(s.Location),
			Branch:   orUnknown(s.Branch),
			Commits:  commitsText(s),
			Period:   period(s.First, s.Last),
			Head:     short(s.Head),
			ReadAt:   instant(s.ReadAt),
			Status:   statusText(s.Status),
			Tone:     statusTone(s.Status),
			Notes:    sentences(s.Notes),
		})
	}
	return out
}

// statusText says how reading went.
func statusText(status string) string {
	switch status {
	case "ok":
		return "read"
	case "partial":
		return "partly read"
	case "failed":
		return "could not be read"
	}
	return plain(status)
}

func statusTone(status string) string {
	if status == "ok" {
		return "neutral"
	}
	return "split"
}

func period(first, last string) string {
	if clean(first) == "" || clean(last) == "" {
		return "dates unknown"
	}
	return clean(first) + " to " + clean(last)
}

// short cuts a commit id to the length that people compare.
func short(head string) string {
	if head = orUnknown(head); len(head) > 12 && isHex(head) {
		return head[:12]
	}
	return head
}

func isHex(s string) bool {
	for _, r := range s {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'f') {
			return false
		}
	}
	return true
}

func viewSkipped(all []cockpit.Skipped) []skippedView {
	var out []skippedView
	for _, k := range all {
		out = append(out, skippedView{skippedText(k)})
	}
	return out
}

func assumptionsTable(all []cockpit.Assumption) tableView {
	t := tableView{Caption: "Every number that was assumed rather than read", Head: []string{"Assumption", "Value", "From", "Origin", "Edit"}}
	for _, a := range all {
		t.Rows = append(t.Rows, []string{orUnknown(a.Name), orUnknown(a.Value), orUnknown(a.Source), orUnknown(a.Origin), orUnknown(a.Edit)})
	}
	return t
}

func viewMethod(m cockpit.Method) methodView {
	v := methodView{Draws: unknown, Seed: unknown, Sentences: sentences(m.Sentences)}
	if m.Draws > 0 {
		v.Draws = thousands(m.Draws)
		v.Seed = strconv.FormatUint(m.Seed, 10)
	}
	return v
}

func (b *builder) definitions(all []cockpit.Definition) []definitionView {
	var out []definitionView
	for _, d := range all {
		out = append(out, definitionView{
			Name: clean(d.Name), Title: orUnknown(d.Title), Question: clean(d.Question), Unit: orUnknown(d.Unit),
			Meaning: stop(d.Meaning), Caveats: stop(d.Caveats), Gaming: stop(d.Gaming), Cites: b.cites(d.Cites),
		})
	}
	return out
}

func viewCitations(all []cockpit.Citation) []citationView {
	var out []citationView
	for _, c := range all {
		out = append(out, citationView{slug("cite-", c.ID), orUnknown(c.ID), stop(c.Text)})
	}
	return out
}
