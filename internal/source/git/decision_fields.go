package git

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/diarchy/diarchy/internal/fact"
)

// What is kept of one version of a record: a record is a page, not a register.
const (
	mostOfKind   = 50
	longestField = 200 // bytes
	longestName  = 8   // words: more of them are a sentence
)

// statusKey stands among the kinds of keys for that of the status, of which only the
// links to other records are taken.
const statusKey fact.DecisionFieldKind = "status"

// fieldKeys are the keys of front matter, bullets, table rows and headings, in lower case
// and with a blank between words.
var fieldKeys = map[string]fact.DecisionFieldKind{
	"status": statusKey,
	"date":   fact.DecisionDate, "decision date": fact.DecisionDate, "decided on": fact.DecisionDate, "date decided": fact.DecisionDate,
	"review": fact.DecisionReview, "review date": fact.DecisionReview, "review by": fact.DecisionReview, "review on": fact.DecisionReview, "next review": fact.DecisionReview,
	"next review date": fact.DecisionReview, "revisit": fact.DecisionReview, "revisit by": fact.DecisionReview, "revisit on": fact.DecisionReview, "revisit date": fact.DecisionReview,
	"to be reviewed": fact.DecisionReview, "to be reviewed by": fact.DecisionReview, "valid until": fact.DecisionReview, "expires": fact.DecisionReview,
	"decider": fact.DecisionDecider, "deciders": fact.DecisionDecider, "decision maker": fact.DecisionDecider, "decision makers": fact.DecisionDecider,
	"decided by": fact.DecisionDecider, "approver": fact.DecisionDecider, "approvers": fact.DecisionDecider, "approved by": fact.DecisionDecider,
	"consulted": fact.DecisionConsulted, "informed": fact.DecisionInformed,
	"tag": fact.DecisionTag, "tags": fact.DecisionTag,
	"supersedes": fact.DecisionSupersedes, "supercedes": fact.DecisionSupersedes, "replaces": fact.DecisionSupersedes,
	"superseded by": fact.DecisionSupersededBy, "superceded by": fact.DecisionSupersededBy, "replaced by": fact.DecisionSupersededBy,
}

// decisionFields reads what a record states besides title and status: in its front
// matter, in the lines between its title and the first section, and in sections that have
// the name of a key. Dates of review are found in any line that begins with their key,
// links to other documents anywhere.
func decisionFields(text string) []fact.DecisionField {
	front := frontMatter.FindString(text)
	p := fieldParser{seen: map[fact.DecisionField]bool{}, count: map[fact.DecisionFieldKind]int{}, definitions: linkDefinitions(text)}
	p.front(front)
	p.body(remark.ReplaceAllString(text[len(front):], ""))
	return p.fields
}

type fieldParser struct {
	fields      []fact.DecisionField
	seen        map[fact.DecisionField]bool
	count       map[fact.DecisionFieldKind]int
	definitions map[string]string // of links in the manner of [text][label]

	open fact.DecisionFieldKind // of the list that the next lines may go on with; "" none
}

var (
	remark       = regexp.MustCompile(`(?s)<!--.*?-->`)
	frontKey     = regexp.MustCompile(`^([A-Za-z][\w -]{0,30}?)\s*:(?:\s+(.*))?$`)
	frontItem    = regexp.MustCompile(`^\s*-\s+(?:name:\s*)?(.*)$`)
	flowItem     = regexp.MustCompile(`\s*(?:"[^"]*"|'[^']*'|[^,])+`)
	frontRemark  = regexp.MustCompile(`(?:^|\s)#.*$`)
	bodyKey      = regexp.MustCompile(`^\s*(?:[-*+]\s+)?[*_]{0,2}:?([A-Za-z][A-Za-z _-]{0,30}?)[*_]{0,2}\s*:[*_]{0,2}\s*(.*)$`)
	bodyItem     = regexp.MustCompile(`^\s*[-*+]\s+(.*)$`)
	bodyHeading  = regexp.MustCompile(`^\s*(?:#{2,6}|={2,6})\s+(.+?)[\s#]*$`)
	underline    = regexp.MustCompile(`^\s*[-~]{3,}\s*$`)
	fence        = regexp.MustCompile("^\\s*(?:```|~~~)")
	reviewInText = regexp.MustCompile(`(?i)^\s*(?:[-*+]\s+)?[*_]{0,2}(?:to be )?(?:next )?(?:review(?:ed)?|revisit(?:ed)?)(?: this| it| the decision| this decision)?(?:[ -](?:by|date|on|in|before|after)[*_]{0,2}\s*:?|[*_]{0,2}\s*:)[*_]{0,2}\s+(.{1,32})`)
)

// front reads the lines of YAML in which records keep such things: scalars, and lists of
// scalars in either notation. What is nested deeper is none of them.
func (p *fieldParser) front(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if m := frontItem.FindStringSubmatch(line); m != nil {
			p.add(p.open, unquote(m[1]))
			continue
		}
		m := frontKey.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		kind, value := keyKind(m[1]), strings.TrimSpace(m[2])
		p.open = kind
		if list, ok := strings.CutPrefix(value, "["); ok && !strings.Contains(value, "](") {
			list, _, _ = strings.Cut(list, "]")
			for _, item := range flowItem.FindAllString(list, mostOfKind) {
				p.add(kind, unquote(item))
			}
			continue
		}
		p.add(kind, unquote(value))
	}
	p.open = ""
}

// unquote takes the quotes, or else the remark, off a scalar.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return s[1 : end+1]
		}
	}
	return strings.TrimSpace(frontRemark.ReplaceAllString(s, ""))
}

// body reads the lines of a record below its front matter.
func (p *fieldParser) body(text string) {
	lines := strings.Split(text, "\n")
	head, fenced := true, false
	var section fact.DecisionFieldKind
	for i, line := range lines {
		if fence.MatchString(line) {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		if m := bodyHeading.FindStringSubmatch(line); m != nil {
			head, section = false, keyKind(m[1])
			continue
		}
		if i+1 < len(lines) && underline.MatchString(lines[i+1]) && strings.TrimSpace(line) != "" && !strings.ContainsAny(line, "|:") {
			head, section = false, keyKind(line)
			continue
		}
		p.links(line)
		switch {
		case head:
			p.headLine(line)
		case section != "":
			p.sectionLine(section, line)
		default:
			p.reviewLine(line)
		}
	}
}

// headLine reads a line between title and first section.
func (p *fieldParser) headLine(line string) {
	if row := strings.TrimSpace(line); strings.HasPrefix(row, "|") {
		cells := append(strings.Split(strings.Trim(row, "|"), "|"), "")
		p.add(keyKind(cells[0]), cells[1])
		return
	}
	if m := bodyKey.FindStringSubmatch(line); m != nil {
		if kind := keyKind(m[1]); kind != "" {
			p.open = kind
			p.add(kind, m[2])
			return
		}
	}
	if m := bodyItem.FindStringSubmatch(line); m != nil && p.open != "" {
		p.add(p.open, m[1])
		return
	}
	if strings.TrimSpace(line) != "" {
		p.open = ""
	}
	if relationFirst.MatchString(line) {
		p.relations(line)
	}
	p.reviewLine(line)
}

// sectionLine reads a line of a section that has the name of a key.
func (p *fieldParser) sectionLine(kind fact.DecisionFieldKind, line string) {
	if m := bodyItem.FindStringSubmatch(line); m != nil {
		line = m[1]
	}
	p.add(kind, line)
}

func (p *fieldParser) reviewLine(line string) {
	if m := reviewInText.FindStringSubmatch(line); m != nil {
		p.add(fact.DecisionReview, m[1])
	}
}

// keyKind is what a key or heading stands for; "" for nothing that is read.
func keyKind(key string) fact.DecisionFieldKind {
	words := strings.FieldsFunc(strings.ToLower(key), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("-_*:`", r)
	})
	return fieldKeys[strings.Join(words, " ")]
}

// add takes a value as it is written behind a key.
func (p *fieldParser) add(kind fact.DecisionFieldKind, value string) {
	value = strings.TrimSpace(value)
	if kind == "" || value == "" || placeholder(value) {
		return
	}
	switch kind {
	case statusKey:
		if !strings.Contains(value, "|") { // a template's list of choices
			p.relations(value)
		}
	case fact.DecisionSupersedes, fact.DecisionSupersededBy:
		p.targets(kind, value, true)
	case fact.DecisionDate:
		p.put(kind, statedDate(value, false))
	case fact.DecisionReview:
		p.put(kind, statedDate(value, true))
	case fact.DecisionTag:
		for _, tag := range listSeparator.Split(value, -1) {
			p.put(kind, strings.Trim(tag, "`*_[]\"' "))
		}
	default:
		for _, name := range nameSeparator.Split(markdownLink.ReplaceAllString(value, "$1"), -1) {
			if len(strings.Fields(name)) <= longestName {
				p.put(kind, strings.Trim(name, "`*_\"'. "))
			}
		}
	}
}

var (
	listSeparator = regexp.MustCompile(`\s*[,;]\s*`)
	nameSeparator = regexp.MustCompile(`(?i)\s*[,;&]\s*|\s+and\s+|\s*<br ?/?>\s*`)
	noValue       = regexp.MustCompile(`(?i)^(?:none|nobody|null|tbd|tba|todo|n/?a|unknown|yyyy.*|[-~?.…\x{2013}\x{2014}]*)$`)
)

// placeholder tells what a template leaves to be filled in: {list everyone}, [list
// everyone] or [YYYY-MM-DD when it was last updated].
func placeholder(value string) bool {
	return strings.ContainsAny(value, "{}") || noValue.MatchString(value) ||
		strings.HasPrefix(value, "[") && strings.HasSuffix(value, "]") && !strings.ContainsAny(value[1:len(value)-1], "[](")
}

// put keeps a value, within the limits.
func (p *fieldParser) put(kind fact.DecisionFieldKind, value string) {
	f := fact.DecisionField{Kind: kind, Value: limit(strings.Join(strings.Fields(value), " "), longestField)}
	if f.Value == "" || placeholder(f.Value) || p.seen[f] || p.count[kind] == mostOfKind {
		return
	}
	p.seen[f] = true
	p.count[kind]++
	p.fields = append(p.fields, f)
}
