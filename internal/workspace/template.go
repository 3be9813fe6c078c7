package workspace

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed template.yaml
var template string

// TemplateValues are what is known when a workspace is made; all may be empty.
type TemplateValues struct {
	Name     string   // of the company
	TimeZone string   // IANA name
	Sources  []string // paths relative to the new file, full paths, or addresses
}

// Template returns the diarchy.yaml that `diarchy init` writes: every key, what
// it is for and an example, commented out but for the given values. It always
// parses: a value that a document may not hold is left out with a comment.
func Template(v TemplateValues) []byte {
	out := template
	out = strings.Replace(out, "  # name: Example\n", scalarLine("name", v.Name, "  # name: Example\n"), 1)
	out = strings.Replace(out, "  # time_zone: Europe/Berlin\n", zoneLine(v.TimeZone), 1)
	return []byte(strings.Replace(out, "sources:\n", "sources:\n"+sourceLines(v.Sources), 1))
}

// scalarLine sets a key of company, or returns the example when it cannot.
func scalarLine(key, value, example string) string {
	r := &reader{}
	if _, ok := r.asText(&node{kind: text, text: value}); !ok || !utf8.ValidString(value) {
		return example
	}
	return fmt.Sprintf("  %s: %s\n", key, quote(value))
}

func zoneLine(zone string) string {
	const example = "  # time_zone: Europe/Berlin\n"
	r := &reader{}
	c := New().Company
	if r.timeZone(&node{kind: text, text: zone}, &c.TimeZone); len(r.issues) > 0 {
		return example
	}
	return scalarLine("time_zone", zone, example)
}

func sourceLines(sources []string) string {
	var b strings.Builder
	for i, s := range sources {
		if slices.Contains(sources[:i], s) {
			continue
		}
		r := &reader{}
		if utf8.ValidString(s) && r.git(&node{kind: text, text: s}) != "" {
			fmt.Fprintf(&b, "  - git: %s\n", quote(s))
			continue
		}
		why := "not valid text"
		if len(r.issues) > 0 {
			why = r.issues[0].What
		}
		fmt.Fprintf(&b, "  ## left out %s: %s\n", strconv.QuoteToASCII(hide(s)), why)
	}
	return b.String()
}

// Scalar writes text as a YAML scalar on one line: as it is where that means the same.
func Scalar(s string) string {
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./ ") == "" && s == strings.TrimSpace(s) && s[0] != '-' && s[0] != '.' && strings.Trim(s, "0123456789") != ""
	if plain {
		return s
	}
	return quote(strings.Join(strings.Fields(s), " "))
}

// quote writes text that has no control characters as a YAML scalar.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
