package report

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func sampleSummary() cockpit.RecordSummary {
	return cockpit.RecordSummary{ID: "0006", Repository: "orders", Path: "docs/adr/0006-keep-orders-in-postgresql-whatever-the-others-do-about-it.md", Title: "Keep orders in PostgreSQL, whatever the others do about it, and say in one place why", Status: "superseded",
		Since: "2024-03-07", Days: ptr(12.4), Roles: []string{"CTO", "architecture board"}, Others: 2, Flags: []string{"no_link_back", "broken_link", "something_newer"}}
}

func sampleRecords() cockpit.RecordList {
	return cockpit.RecordList{Schema: cockpit.RecordListSchema, AsOf: "2024-06-30", Total: 4, Records: []cockpit.RecordSummary{sampleSummary(),
		{ID: "0007", Repository: "orders", Path: "docs/adr/0007-x.md", Title: "7. Use a queue", Status: "proposed", Since: "2024-01-01", Others: 1, Flags: []string{"stalled"}},
		{ID: "20240101-use-y", Repository: "shop", Path: "docs/adr/20240101-use-y.md", Title: "Use Y", Since: "2024-01-01", Days: ptr(0.1)},
		{ID: "8", Repository: "shop", Path: "docs/adr/8.md", Status: "accepted", Since: "2024-01-01", Roles: []string{"CTO"}, Days: ptr(1.2)}}}
}

func sampleRecord() cockpit.RecordView {
	return cockpit.RecordView{Schema: cockpit.RecordSchema, AsOf: "2024-06-30", Record: sampleSummary(), Date: "2024-01-01", ReviewBy: "2025-01-31", Deciders: []string{"CTO", "Ann Example", "Bob Example (architecture board)"},
		Consulted: []string{"security team"}, Tags: []string{"storage", "orders"},
		History:      []cockpit.RecordState{{Status: "proposed", Day: "2024-01-01", Commit: strings.Repeat("a1", 20), Path: "docs/adr/0006-old.md", Versions: 3}, {Status: "superseded", Day: "2024-03-07", Commit: strings.Repeat("b2", 20), Path: sampleSummary().Path, Versions: 1}},
		SupersededBy: []cockpit.RecordRef{{Stated: "0009-z.md", Path: "docs/adr/0009-z.md", Title: "9. Z", Status: "accepted"}}, Supersedes: []cockpit.RecordRef{{Stated: "ADR-0001"}},
		InForce:  "docs/adr/0012-w.md",
		Links:    []cockpit.RecordRef{{Stated: "../x.md", Path: "docs/x.md"}, {Stated: "gone.md"}},
		Findings: []cockpit.RecordFinding{{Kind: "no_link_back", Repository: "orders", Path: sampleSummary().Path, Title: "Keep orders", Says: "is superseded by docs/adr/0009-z.md, which does not mention it", Do: "name it there: supersedes 0006"}}}
}

func sampleRecordCheck() cockpit.RecordCheck {
	return cockpit.RecordCheck{Schema: cockpit.RecordCheckSchema, AsOf: "2024-06-30", Records: 4, Findings: []cockpit.RecordFinding{sampleRecord().Findings[0],
		{Kind: "broken_link", Repository: "orders", Path: sampleSummary().Path, Title: "Keep orders", Says: "links to gone.md, which is not there", Do: "mend the link"},
		{Kind: "no_deciders", Repository: "shop", Says: "none of its 2 accepted records says who decided", Do: "use a layout that names them: diarchy decision new writes MADR 4"}}}
}

func TestRecordsOnATerminal(t *testing.T) {
	hostileList := sampleRecords()
	hostileList.Records[0].Title = "a\x1b[2Jb\u202e c\nd"
	hostileList.Records[0].Roles = []string{"CTO\x07"}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"records":       func(b *bytes.Buffer) error { return Records(b, sampleRecords(), TerminalOptions{Width: 80}) },
		"records-color": func(b *bytes.Buffer) error { return Records(b, hostileList, TerminalOptions{Width: 60, Color: true}) },
		"record":        func(b *bytes.Buffer) error { return Record(b, sampleRecord(), TerminalOptions{Width: 80}) },
		"record-check":  func(b *bytes.Buffer) error { return RecordFindings(b, sampleRecordCheck(), TerminalOptions{Width: 80}) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, "decision-"+name+".txt", b.String())
	}
	for want, write := range map[string]func(*bytes.Buffer) error{
		"No decision records are committed by 30 June 2024.": func(b *bytes.Buffer) error {
			return Records(b, cockpit.RecordList{AsOf: "2024-06-30"}, TerminalOptions{})
		},
		"1 of 4 decision records": func(b *bytes.Buffer) error {
			l := sampleRecords()
			l.Records = l.Records[:1]
			return Records(b, l, TerminalOptions{})
		},
		"4 decision records as of 30 June 2024: all hold together": func(b *bytes.Buffer) error {
			c := sampleRecordCheck()
			c.Findings = nil
			return RecordFindings(b, c, TerminalOptions{})
		},
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("no %q in %q", want, b.String())
		}
	}
}

// TestRecordJSONFollowsItsSchemas: output, schema and type say the same, and the schema
// refuses what is none.
func TestRecordJSONFollowsItsSchemas(t *testing.T) {
	note := cockpit.NewRecord{Schema: cockpit.NewRecordSchema, Path: "docs/decisions/0001-x.md", Number: 1}
	for name, c := range map[string]struct {
		typ         reflect.Type
		full, empty func(*bytes.Buffer) error
		bad         [][2]string
	}{
		"decision-records": {reflect.TypeFor[cockpit.RecordList](), func(b *bytes.Buffer) error { return RecordJSON(b, sampleRecordsOfToday()) },
			func(b *bytes.Buffer) error {
				return RecordJSON(b, cockpit.RecordList{Schema: cockpit.RecordListSchema, AsOf: "2024-06-30"})
			},
			[][2]string{{`"superseded"`, `"replaced"`}, {`"2024-06-30"`, `"today"`}, {`"decider_roles"`, `"deciders"`}, {`12.4`, `-1`}}},
		"decision-record": {reflect.TypeFor[cockpit.RecordView](), func(b *bytes.Buffer) error { v := sampleRecord(); v.Record.Flags = nil; return RecordJSON(b, v) },
			func(b *bytes.Buffer) error {
				return RecordJSON(b, cockpit.RecordView{Schema: cockpit.RecordSchema, AsOf: "2024-06-30", Record: cockpit.RecordSummary{Since: "2024-01-01"}})
			}, [][2]string{{`"2025-01-31"`, `"soon"`}, {`"versions": 3`, `"versions": 0`}, {`"stated"`, `"said"`}}},
		"decision-record-check": {reflect.TypeFor[cockpit.RecordCheck](), func(b *bytes.Buffer) error { return RecordJSON(b, sampleRecordCheck()) },
			func(b *bytes.Buffer) error {
				return RecordJSON(b, cockpit.RecordCheck{Schema: cockpit.RecordCheckSchema, AsOf: "2024-06-30"})
			}, [][2]string{{`"broken_link"`, `"broken"`}}},
		"decision-record-new": {reflect.TypeFor[cockpit.NewRecord](), func(b *bytes.Buffer) error { return RecordJSON(b, note) }, func(b *bytes.Buffer) error { return RecordJSON(b, cockpit.NewRecord{Schema: cockpit.NewRecordSchema}) },
			[][2]string{{`"number": 1`, `"number": "1"`}}},
	} {
		path := "../../docs/schema/" + name + "-v1.json"
		schema := recordSchema(t, path)
		var full, empty bytes.Buffer
		if err := c.full(&full); err != nil {
			t.Fatal(err)
		}
		if err := c.empty(&empty); err != nil {
			t.Fatal(err)
		}
		for _, doc := range []string{full.String(), empty.String()} {
			if err := follows(t, schema, doc); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, b := range c.bad {
			if doc := strings.Replace(full.String(), b[0], b[1], 1); doc == full.String() || follows(t, schema, doc) == nil {
				t.Errorf("%s accepts %s for %s, or has none", name, b[1], b[0])
			}
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var root schemaNode
		if err := json.Unmarshal(raw, &root); err != nil {
			t.Fatal(err)
		}
		compareType(t, name, c.typ, root, root.Defs)
	}
}

// TestRecordFindingsHaveWords: on a terminal and in the schema.
func TestRecordFindingsHaveWords(t *testing.T) {
	schema := recordSchema(t, "../../docs/schema/decision-record-check-v1.json")
	for _, kind := range cockpit.RecordFindingKinds() {
		if flags[kind] == "" {
			t.Errorf("%s has no words", kind)
		}
		var b bytes.Buffer
		if err := RecordJSON(&b, cockpit.RecordCheck{Schema: cockpit.RecordCheckSchema, AsOf: "2024-06-30", Findings: []cockpit.RecordFinding{{Kind: kind}}}); err != nil {
			t.Fatal(err)
		}
		if err := follows(t, schema, b.String()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// sampleRecordsOfToday has no kind of finding that is from a newer program.
func sampleRecordsOfToday() cockpit.RecordList {
	l := sampleRecords()
	l.Records[0].Flags = l.Records[0].Flags[:2]
	return l
}

func recordSchema(t *testing.T, path string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func follows(t *testing.T, schema *jsonschema.Schema, doc string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}
