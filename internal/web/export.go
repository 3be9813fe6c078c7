package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/report"
)

// formats of an export, with what browsers are told.
var formats = []struct{ name, label, kind string }{
	{"csv", "CSV", "text/csv; charset=utf-8"},
	{"xlsx", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"json", "JSON", "application/json"},
	{"md", "Markdown", "text/markdown; charset=utf-8"},
}

// exports are the addresses of a page in other forms, with all its state.
func exports(r *request) (out []exportLink) {
	for _, f := range formats {
		q := r.URL.Query()
		q.Del("done")
		q.Set("format", f.name)
		out = append(out, exportLink{f.label, r.URL.Path + "?" + q.Encode()})
	}
	return out
}

// export answers with a room in another form.
func (s *Server) export(r *request, m room, format string) error {
	var b bytes.Buffer
	kind := ""
	for _, f := range formats {
		if f.name == format {
			kind = f.kind
		}
	}
	var err error
	switch format {
	case "csv":
		err = writeCSV(&b, tables(m))
	case "xlsx":
		err = writeXLSX(&b, tables(m))
	case "json":
		if m.data == nil {
			m.data = nothing(m)
		}
		err = report.Encode(&b, m.data)
	case "md":
		writeMarkdown(&b, m)
	default:
		err = problem.New(problem.Usage, "use csv, xlsx, json or md", "there is no format %q", format)
	}
	if err != nil {
		return err
	}
	h := r.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="diarchy-%s.%s"`, orElse(cockpit.Slug(m.title), "page"), format))
	r.w.WriteHeader(http.StatusOK)
	_, err = r.w.Write(b.Bytes())
	return err
}

// nothing is what a room of which no value is known says, for JSON.
func nothing(m room) any {
	out := struct {
		Headline string  `json:"headline"`
		Empty    []empty `json:"empty"`
	}{Headline: m.headline}
	for _, s := range m.sections {
		if s.Empty != nil {
			out.Empty = append(out.Empty, *s.Empty)
		}
	}
	return out
}

// table is a part of a room as rows of texts.
type table struct {
	title string
	rows  [][]string // the first is the head
}

// tables are what a room shows, as tables: its own, and its lists as one each.
func tables(m room) (out []table) {
	head := table{"Page", [][]string{{"what", "text"}, {"page", m.title}}}
	if m.verdict != nil {
		v := m.verdict
		head.rows = append(head.rows, []string{"headline", v.Headline}, []string{"summary", v.Summary}, []string{"answer", v.Call}, []string{"missing role", v.Role}, []string{"when", v.When}, []string{"ways that agree", v.Of100})
	} else {
		head.rows = append(head.rows, []string{"headline", m.headline}, []string{"summary", m.lede})
	}
	out = append(out, head)
	for _, s := range m.sections {
		out = append(out, sectionTables(s)...)
	}
	return out
}

func sectionTables(s section) (out []table) {
	words := table{s.Title, [][]string{{"what", "text", "note"}}}
	add := func(what, text, note string) { words.rows = append(words.rows, []string{what, text, note}) }
	if s.Lead != "" {
		add("", s.Lead, "")
	}
	if s.Empty != nil {
		add("empty", strings.TrimSpace(s.Empty.Why+" "+s.Empty.Needs), s.Empty.Command)
	}
	for _, i := range append(append([]item{}, s.Items...), s.Quiet...) {
		add(i.Title, strings.TrimSpace(i.Text+" "+i.Action), i.Meta)
	}
	for _, f := range s.Facts {
		add(f.Label, f.Value, f.Note)
	}
	for _, p := range s.Pairs {
		add(p.Label, p.Text, "")
	}
	for _, l := range s.Lenses {
		add(l.Name, l.Summary, l.Reading)
	}
	for _, f := range s.Findings {
		add(f.Title, strings.TrimSpace(f.Summary+" "+f.Advice), f.State)
	}
	for _, c := range s.Charters {
		add(c.Title, c.Mission, strings.Join(c.Owns, "; "))
	}
	for _, st := range s.Steps {
		add(strings.Repeat("  ", st.Depth)+st.Title, strings.Join(st.Lines, " "), st.Kind)
	}
	if s.OrgChart != nil {
		addPlaces(add, s.OrgChart.Places, 0)
	}
	for _, c := range s.Changes {
		add(c.Input, c.From+" to "+c.To, c.Call)
	}
	if s.Missing != nil {
		for _, one := range s.Missing.Items {
			add(one.What, one.Effect, one.How)
		}
		for _, one := range s.Missing.Rest {
			add(one.What, one.Effect, one.How)
		}
	}
	for _, c := range s.Costs {
		add(c.Title, c.Summary, "")
	}
	for _, c := range s.Cited {
		add(c.ID, c.Text, "")
	}
	for _, n := range s.Notes {
		add("note", n, "")
	}
	if len(words.rows) > 1 {
		out = append(out, words)
	}
	for _, c := range s.Charts {
		out = append(out, ofPart(c.Title, c.Table))
	}
	for _, f := range s.Findings {
		if f.Chart != nil {
			out = append(out, ofPart(f.Chart.Title, f.Chart.Table))
		}
	}
	if s.Grid != nil {
		t := table{s.Grid.Caption, [][]string{s.Grid.Head}}
		for _, row := range s.Grid.Rows {
			var texts []string
			for _, c := range row {
				texts = append(texts, c.Text)
			}
			t.rows = append(t.rows, texts)
		}
		out = append(out, t)
	}
	return out
}

// addPlaces adds those who lead people, each below whoever leads it.
func addPlaces(add func(what, text, note string), all report.PlacesPart, depth int) {
	for _, p := range all.List {
		add(strings.Repeat("  ", depth)+p.Title, p.Says, p.Team)
		addPlaces(add, p.Below, depth+1)
	}
}

func ofPart(title string, p report.TablePart) table {
	return table{title, append([][]string{p.Head}, p.Rows...)}
}

// writeCSV writes tables one after the other, each under its title and with an empty line
// before the next.
func writeCSV(b *bytes.Buffer, all []table) error {
	w := csv.NewWriter(b)
	for i, t := range all {
		if i > 0 {
			w.Flush()
			b.WriteString("\n")
		}
		if err := w.Write([]string{report.Inert(t.title)}); err != nil {
			return err
		}
		for _, row := range t.rows {
			var safe []string
			for _, c := range row {
				safe = append(safe, report.Inert(c))
			}
			if err := w.Write(safe); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

// writeXLSX writes a sheet for each table. Cells are texts, which are never formulas,
// and are made inert all the same for those who save them as CSV.
func writeXLSX(b *bytes.Buffer, all []table) (err error) {
	f := excelize.NewFile()
	defer f.Close()
	used := map[string]bool{}
	for i, t := range all {
		name := sheetName(t.title, used)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		for y, row := range t.rows {
			for x, text := range row {
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					return err
				}
				if err := f.SetCellStr(name, at, report.Inert(text)); err != nil {
					return err
				}
			}
		}
	}
	return f.Write(b)
}

// sheetName is a title as a sheet may be called: at most 31 letters, none twice.
func sheetName(title string, used map[string]bool) string {
	clean := strings.TrimSpace(strings.Map(func(c rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, c) {
			return ' '
		}
		return c
	}, title))
	letters := []rune(orElse(clean, "Page"))
	for n := 1; ; n++ {
		end := ""
		if n > 1 {
			end = fmt.Sprintf(" %d", n)
		}
		name := strings.TrimSpace(string(letters[:min(len(letters), 31-len(end))])) + end
		if !used[strings.ToLower(name)] {
			used[strings.ToLower(name)] = true
			return name
		}
	}
}

// writeMarkdown writes a room as Markdown; texts of others cannot become markup.
func writeMarkdown(b *bytes.Buffer, m room) {
	all := tables(m)
	headline, summary := m.headline, m.lede
	if m.verdict != nil {
		headline, summary = m.verdict.Headline, m.verdict.Summary
	}
	fmt.Fprintf(b, "# %s\n\n", report.EscapeMarkdown(headline))
	if summary != "" {
		fmt.Fprintf(b, "%s\n\n", report.EscapeMarkdown(summary))
	}
	for _, t := range all[1:] {
		fmt.Fprintf(b, "## %s\n\n", report.EscapeMarkdown(t.title))
		for y, row := range t.rows {
			b.WriteString("|")
			for _, c := range row {
				b.WriteString(" " + report.EscapeMarkdown(c) + " |")
			}
			b.WriteString("\n")
			if y == 0 {
				b.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
			}
		}
		b.WriteString("\n")
	}
}
