package workspace

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/google/go-cmp/cmp"
)

var example = regexp.MustCompile(`(?m)^( *)# (.*)$`)

// uncomment does what the template tells its reader to do, to every example.
func uncomment(data []byte) []byte { return example.ReplaceAll(data, []byte("$1$2")) }

func TestTemplateDeclaresNothing(t *testing.T) {
	got, err := Parse("", Template(TemplateValues{}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(New(), got, zones); diff != "" {
		t.Error(diff)
	}
}

func TestTemplateExamples(t *testing.T) {
	doc, err := Parse(FileName, uncomment(Template(TemplateValues{})))
	if err != nil {
		t.Fatal(err)
	}
	c := doc.Company
	for part, given := range map[string]bool{
		"name": c.Name != "", "time_zone": c.TimeZone != time.UTC, "funding": len(c.Funding) > 0, "revenue": len(c.Revenue) > 0,
		"product_market_fit": c.MarketFit.OK, "enterprise_sales": c.Enterprise.OK, "compliance": len(c.Compliance.Value) == 2,
		"board_cadence": c.BoardCadence.OK, "headcount": len(c.Headcount) > 0, "leadership": len(doc.Leadership) > 1,
		"sources": len(doc.Sources) > 0, "systems": len(doc.Systems) == 3 && len(doc.Systems[2].Files) == 2, "teams": len(doc.Teams) > 0, "merge": len(doc.Identities.Merge) > 0,
		"applications": len(doc.Applications) > 0, "incidents": len(doc.Incidents) > 0, "split": len(doc.Identities.Split) > 0, "bots": len(doc.Identities.Bots) > 0, "database": doc.Database != "",
	} {
		if !given {
			t.Errorf("no example for %s", part)
		}
	}
}

// Each example also works when it is the only one that is used.
func TestTemplateExamplesAlone(t *testing.T) {
	lines := strings.Split(string(Template(TemplateValues{})), "\n")
	for start := 0; start < len(lines); start++ {
		end := start
		for end < len(lines) && example.MatchString(lines[end]) {
			end++
		}
		if end == start {
			continue
		}
		alone := slices.Clone(lines)
		for i := start; i < end; i++ {
			alone[i] = string(uncomment([]byte(alone[i])))
		}
		if _, err := Parse(FileName, []byte(strings.Join(alone, "\n"))); err != nil {
			t.Error(err)
		}
		start = end
	}
}

// Every key of the document is in the template.
func TestTemplateKeys(t *testing.T) {
	used := uncomment(Template(TemplateValues{}))
	r := &reader{}
	for _, key := range append(keysOf(r.company(&Company{})), "company", "leadership", "sources", "systems", "teams", "applications", "incidents", "identities", "merge", "split", "bots", "database", "ledger") {
		if !regexp.MustCompile(`(?m)^ *` + key + `:`).Match(used) {
			t.Errorf("no key %s", key)
		}
	}
}

// Template cites facts for the values that feed them.
func TestTemplateCitesFacts(t *testing.T) {
	text := string(Template(TemplateValues{}))
	for _, id := range []string{"N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "O1", "O2", "O3"} {
		if !regexp.MustCompile(`##.*\b` + id + `\b`).MatchString(text) {
			t.Errorf("no mention of %s", id)
		}
	}
}

// Whatever the values are, the template parses and holds those that a document
// may hold, also with every example used.
func TestTemplateRoundTrip(t *testing.T) {
	holds := func(name, zone string, sources []string) bool {
		v := TemplateValues{Name: name, TimeZone: zone, Sources: sources}
		doc, err := Parse(FileName, Template(v))
		if err != nil {
			t.Logf("%q: %v", v, err)
			return false
		}
		if doc.Company.Name != name && doc.Company.Name != "" {
			t.Logf("name %q became %q", name, doc.Company.Name)
			return false
		}
		for _, s := range doc.Sources {
			if !slices.Contains(sources, s.Git) {
				t.Logf("source %q is none of %q", s.Git, sources)
				return false
			}
		}
		_, err = Parse(FileName, uncomment(Template(v)))
		if err != nil {
			t.Logf("with examples, %q: %v", v, err)
		}
		return err == nil
	}
	if err := quick.Check(holds, &quick.Config{MaxCount: 300}); err != nil {
		t.Error(err)
	}
	for _, s := range []string{
		"../a b", `C:\clones`, `"quoted"`, "it's", "a: b", "#x", "a # b", "- x", "{x}", "*x", "null", "42", "Ünïcode 日本", "sources:", "$1",
		"\u0085", "\u2028", "\ufeff", "a\nb", "\x00", "\xff", "~", "", " ", strings.Repeat("x", 2000), "# name: Example",
		"https://ann:hunter2@example.com/a", "\n  # name: Example\n", "  # time_zone: Europe/Berlin\n",
	} {
		if !holds(s, s, []string{s, s, "../fine"}) {
			t.Errorf("%q does not hold", s)
		}
		if strings.Contains(string(Template(TemplateValues{Sources: []string{s}})), "hunter2") {
			t.Error("the template shows a credential")
		}
	}
}

func TestTemplateValues(t *testing.T) {
	v := TemplateValues{Name: `The "A" \ B`, TimeZone: "Asia/Tokyo", Sources: []string{"../a", "../b c", "git@example.com:d.git", "../a", "~/x"}}
	got, err := Parse(FileName, Template(v))
	if err != nil {
		t.Fatal(err)
	}
	var sources []string
	for _, s := range got.Sources {
		sources = append(sources, s.Git)
	}
	if diff := cmp.Diff([]string{"../a", "../b c", "git@example.com:d.git"}, sources); diff != "" {
		t.Error(diff)
	}
	if got.Company.Name != v.Name || got.Company.TimeZone.String() != v.TimeZone {
		t.Errorf("name %q, zone %q", got.Company.Name, got.Company.TimeZone)
	}
	golden := filepath.Join("testdata", "template.golden")
	if *update {
		if err := os.WriteFile(golden, Template(v), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(Template(v))); diff != "" {
		t.Error(diff)
	}
}
