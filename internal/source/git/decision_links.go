package git

import (
	"regexp"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

var (
	relation       = regexp.MustCompile(`(?i)(partial\w* |partly )?\b(?:(super[sc]ede[sd]|replace[sd])\b:?\s*(?:on )?(?:\d{4}-\d{2}-\d{2},? )?(by)\b|(super[sc]edes|replaces)\b):?`)
	relationFirst  = regexp.MustCompile(`(?i)^[\s>*_+-]*(?:partial\w* |partly )?(?:super[sc]ede[sd]|replace[sd])\b`)
	markdownLink   = regexp.MustCompile(`\[([^\[\]\n]*)\]\(\s*<?([^)\s>]+)>?[^)\n]*\)`)
	labelledLink   = regexp.MustCompile(`\[([^\[\]\n]+)\]\[([^\[\]\n]*)\]`)
	linkDefinition = regexp.MustCompile(`(?m)^[ \t]{0,3}\[([^\]\n]+)\]:[ \t]*<?([^\s>]+)`)
	otherLink      = regexp.MustCompile(`(?:(?:link|xref):([^\[\s]+)\[|\[\[([^\]|\n]+))`)
	mention        = regexp.MustCompile(`(?i)(?:\b(?:adr|madr|decision|record|dr)[ _#-]*)?\b\d{1,8}(?:[-_.][\w.-]*\w)?`)
	isoDay         = regexp.MustCompile(`^\d{4}[-/.]\d{2}[-/.]\d{2}$`)
	scheme         = regexp.MustCompile(`^(?:[a-zA-Z][\w+.-]*:|//)`)
	documentName   = regexp.MustCompile(`(?i)\.(?:md|markdown|adoc|rst|txt)$`)
)

// linkDefinitions are the lines [label]: target, by the label in lower case.
func linkDefinitions(text string) map[string]string {
	found := map[string]string{}
	for _, m := range linkDefinition.FindAllStringSubmatch(text, mostOfKind) {
		found[strings.ToLower(m[1])] = m[2]
	}
	return found
}

// relations finds in the words of a status which records it superseded, or which one
// superseded it. What superseded a part alone is a link like others.
func (p *fieldParser) relations(text string) {
	found := relation.FindAllStringSubmatchIndex(text, mostOfKind)
	for i, m := range found {
		rest := text[m[1]:]
		if i+1 < len(found) {
			rest = text[m[1]:found[i+1][0]]
		}
		if m[2] >= 0 {
			continue
		}
		kind := fact.DecisionSupersedes
		if m[6] >= 0 {
			kind = fact.DecisionSupersededBy
		}
		p.targets(kind, rest, false)
	}
}

// targets names the records that a text names: by links, or else by numbers. whole takes
// the text itself for the name of a record when it holds neither.
func (p *fieldParser) targets(kind fact.DecisionFieldKind, text string, whole bool) {
	if linked := p.linked(text); len(linked) > 0 {
		for _, target := range linked {
			p.put(kind, target)
		}
		return
	}
	found := false
	for _, m := range mention.FindAllString(text, mostOfKind) {
		if !isoDay.MatchString(m) {
			p.put(kind, m)
			found = true
		}
	}
	if whole && !found {
		p.put(kind, text)
	}
}

// links keeps the paths of documents that a line links to.
func (p *fieldParser) links(line string) {
	for _, target := range p.linked(line) {
		if !scheme.MatchString(target) && documentName.MatchString(target) {
			p.put(fact.DecisionLink, target)
		}
	}
}

// linked are the targets of the links in a text, without the part of a page that they
// point to.
func (p *fieldParser) linked(text string) (out []string) {
	keep := func(target string) {
		if target, _, _ = strings.Cut(target, "#"); target != "" {
			out = append(out, target)
		}
	}
	for _, m := range markdownLink.FindAllStringSubmatch(text, mostOfKind) {
		keep(m[2])
	}
	for _, m := range labelledLink.FindAllStringSubmatch(text, mostOfKind) {
		label := m[2]
		if label == "" {
			label = m[1]
		}
		keep(p.definitions[strings.ToLower(label)])
	}
	for _, m := range otherLink.FindAllStringSubmatch(text, mostOfKind) {
		keep(m[1] + m[2])
	}
	return out
}
