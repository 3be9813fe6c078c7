package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// RecordJSON writes what is said of decision records as indented JSON, in the schema that
// it names, in the same manner as JSON.
func RecordJSON[T cockpit.RecordList | cockpit.RecordView | cockpit.RecordCheck | cockpit.NewRecord](w io.Writer, v T) error {
	return Encode(w, v)
}

// Records writes a list of decision records for a terminal.
func Records(w io.Writer, l cockpit.RecordList, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, listHeadline(l))
	several := severalRepositories(l.Records)
	for _, r := range l.Records {
		s.blank()
		s.recordName(r)
		s.hanging(2, "", statusStyle(r.Status), recordLine(r))
		s.hanging(2, "", faint, recordPath(several, r.Repository, r.Path))
		if len(r.Flags) > 0 {
			s.hanging(2, "! ", plainText, flagWords(r.Flags))
		}
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// listHeadline counts records by status.
func listHeadline(l cockpit.RecordList) string {
	if l.Total == 0 {
		return "No decision records are committed by " + day(l.AsOf) + ". diarchy decision new \"Title\" writes the first."
	}
	if len(l.Records) < l.Total {
		return fmt.Sprintf("%s of %s, as of %s", thousands(len(l.Records)), count(l.Total, "decision record", "decision records"), day(l.AsOf))
	}
	counts := map[string]int{}
	for _, r := range l.Records {
		counts[r.Status]++
	}
	var parts []string
	for _, status := range []string{"proposed", "accepted", "rejected", "superseded", "deprecated", ""} {
		if n := counts[status]; n > 0 {
			parts = append(parts, thousands(n)+" "+statusWords(status))
		}
	}
	return fmt.Sprintf("%s as of %s: %s", count(l.Total, "decision record", "decision records"), day(l.AsOf), strings.Join(parts, ", "))
}

// recordLine says status, how long deciding took, and who decided.
func recordLine(r cockpit.RecordSummary) string {
	parts := []string{statusWords(r.Status) + " since " + day(r.Since)}
	if r.Days != nil {
		parts = append(parts, "decided in "+daysWords(*r.Days))
	}
	if who := deciderWords(r); who != "" {
		parts = append(parts, "by "+who)
	}
	return strings.Join(parts, "; ")
}

func daysWords(days float64) string {
	if days < 1 {
		return "less than a day"
	}
	return count(int(days+0.5), "day", "days")
}

// deciderWords names roles, and counts the others.
func deciderWords(r cockpit.RecordSummary) string {
	var parts []string
	for _, role := range r.Roles {
		parts = append(parts, clean(role))
	}
	if r.Others > 0 {
		others := count(r.Others, "person or group", "people or groups")
		if len(parts) > 0 {
			others = thousands(r.Others) + " more"
		}
		parts = append(parts, others)
	}
	return strings.Join(parts, ", ")
}

// flags say kinds of findings in a few words.
var flags = map[string]string{
	"stalled": "waits for a decision", "review_passed": "review date passed", "no_successor": "superseded by nothing named", "successor_missing": "its successor is not here",
	"no_link_back": "its successor does not mention it", "not_marked": "another record supersedes it", "no_deciders": "nobody is said to have decided", "decider_quiet": "a decider commits no more",
	"decider_left": "a decider has left", "reopened": "was reopened", "same_number": "shares its number", "broken_link": "broken link", "no_status": "states no status",
}

func flagWords(kinds []string) string {
	var parts []string
	for _, k := range kinds {
		words, ok := flags[k]
		if !ok {
			words = plain(k)
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, "; ")
}

// Record writes one decision record for a terminal.
func Record(w io.Writer, v cockpit.RecordView, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	r := v.Record
	s.recordName(r)
	s.hanging(2, "", statusStyle(r.Status), statusWords(r.Status)+" since "+day(r.Since))
	s.hanging(2, "", faint, recordPath(true, r.Repository, r.Path))
	s.heading("History")
	for _, h := range v.History {
		text := day(h.Day) + "  commit " + h.Commit[:min(len(h.Commit), 12)]
		if h.Versions > 1 {
			text += fmt.Sprintf(", and %s after it", count(h.Versions-1, "commit", "commits"))
		}
		if h.Path != r.Path {
			text += ", as " + h.Path
		}
		s.labelled(2, 14, plainText, statusWords(h.Status), plainText, text)
	}
	if r.Days != nil {
		s.para(2, plainText, "From its first version to a decision: "+daysWords(*r.Days)+".")
	}
	s.stated(v)
	s.references("Supersedes", v.Supersedes)
	s.references("Superseded by", v.SupersededBy)
	if last := len(v.SupersededBy); v.InForce != "" && (last == 0 || v.SupersededBy[last-1].Path != v.InForce) {
		s.hanging(2, "holds now: ", plainText, v.InForce)
	}
	s.references("Links", v.Links)
	if len(v.Findings) > 0 {
		s.heading("What does not hold together")
		for _, f := range v.Findings {
			s.hanging(2, "! ", plainText, stop(capital(f.Says)))
			s.hanging(4, "", faint, stop(capital(f.Do)))
		}
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

// stated writes what the record itself says.
func (s *screen) stated(v cockpit.RecordView) {
	date, review := "", ""
	if v.Date != "" {
		date = day(v.Date)
	}
	if v.ReviewBy != "" {
		review = day(v.ReviewBy)
	}
	begun := false
	for _, l := range [][2]string{{"date", date}, {"deciders", strings.Join(v.Deciders, ", ")}, {"consulted", strings.Join(v.Consulted, ", ")}, {"informed", strings.Join(v.Informed, ", ")},
		{"review by", review}, {"tags", strings.Join(v.Tags, ", ")}} {
		if l[1] == "" {
			continue
		}
		if !begun {
			s.heading("What it states")
			begun = true
		}
		s.labelled(2, 14, plainText, l[0], plainText, l[1])
	}
}

func (s *screen) references(title string, refs []cockpit.RecordRef) {
	if len(refs) == 0 {
		return
	}
	s.heading(title)
	for _, ref := range refs {
		switch {
		case ref.Path == "":
			s.hanging(2, "", plainText, ref.Stated+" (not here)")
		case ref.Title == "" && ref.Status == "":
			s.hanging(2, "", plainText, ref.Path)
		default:
			s.hanging(2, "", plainText, fmt.Sprintf("%s (%s)", orUnknown(ref.Title), statusWords(ref.Status)))
			s.hanging(4, "", faint, ref.Path)
		}
	}
}

// RecordFindings writes what does not hold together for a terminal.
func RecordFindings(w io.Writer, c cockpit.RecordCheck, opts TerminalOptions) error {
	s := &screen{width: measure(opts.Width), color: opts.Color}
	s.para(0, bold, checkHeadline(c))
	several := false
	for _, f := range c.Findings {
		several = several || f.Repository != c.Findings[0].Repository
	}
	last := ""
	for _, f := range c.Findings {
		if at := f.Repository + ":" + f.Path; at != last {
			s.blank()
			last = at
			if f.Path == "" {
				s.para(0, bold, f.Repository)
			} else {
				s.hanging(0, "", bold, orUnknown(f.Title))
				s.hanging(2, "", faint, recordPath(several, f.Repository, f.Path))
			}
		}
		s.hanging(2, "! ", plainText, stop(capital(f.Says)))
		s.hanging(4, "", faint, stop(capital(f.Do)))
	}
	_, err := io.WriteString(w, s.out.String())
	return err
}

func checkHeadline(c cockpit.RecordCheck) string {
	records := count(c.Records, "decision record", "decision records")
	switch {
	case c.Records == 0:
		return "No decision records are committed by " + day(c.AsOf) + "."
	case len(c.Findings) == 0:
		return records + " as of " + day(c.AsOf) + ": all hold together."
	}
	return records + " as of " + day(c.AsOf) + ": " + count(len(c.Findings), "finding", "findings")
}

func statusWords(status string) string {
	if status == "" {
		return "no status"
	}
	return plain(status)
}

func statusStyle(status string) style {
	switch status {
	case "proposed":
		return yellow
	case "accepted":
		return green
	}
	return plainText
}

// recordName writes a record's title, behind its number unless it holds that itself.
func (s *screen) recordName(r cockpit.RecordSummary) {
	title := untitled(r)
	if number := strings.TrimLeft(r.ID, "0"); number != "" && strings.HasPrefix(title, number) || title == r.ID {
		s.hanging(0, "", bold, title)
		return
	}
	s.hanging(0, r.ID+"  ", bold, title)
}

func untitled(r cockpit.RecordSummary) string {
	if t := clean(r.Title); t != "" {
		return t
	}
	return r.Path
}

func severalRepositories(records []cockpit.RecordSummary) bool {
	for _, r := range records {
		if r.Repository != records[0].Repository {
			return true
		}
	}
	return false
}

// recordPath is a path behind its repository's name, if there are several.
func recordPath(several bool, repository, path string) string {
	if several {
		return repository + ":" + path
	}
	return path
}
