package workspace

import (
	"fmt"
	"strings"
)

func (r *reader) identities(n *node, d *Identities) {
	before := len(r.issues)
	r.object(n,
		field{key: "merge", read: func(n *node) { r.rules(n, &d.Merge) }},
		field{key: "split", read: func(n *node) { r.rules(n, &d.Split) }},
		field{key: "bots", read: func(n *node) { r.addresses(n, &d.Bots) }})
	if len(r.issues) == before && len(d.Split) > 0 {
		r.contradictions(n.child("split"), d)
	}
}

func (r *reader) rules(n *node, dst *[]IdentityRule) {
	each(r, n, dst, func(n *node, rule *IdentityRule) {
		rule.Line = n.line
		r.object(n,
			field{key: "of", need: true, read: func(n *node) {
				if r.addresses(n, &rule.Of); n.kind == list && len(n.items) < 2 {
					r.fail(n, "fewer than two addresses", `list at least two: ["a@example.com", "b@example.com"]`)
				}
			}},
			field{key: "reason", read: r.text(&rule.Reason)})
	})
}

func (r *reader) addresses(n *node, dst *[]string) {
	each(r, n, dst, func(n *node, s *string) { *s = r.address(n) })
	r.distinct(n, "address", func(i int) string { return strings.ToLower((*dst)[i]) })
}

// contradictions refuses two addresses that one rule merges and another splits.
func (r *reader) contradictions(split *node, d *Identities) {
	merges := map[string][]int{} // address -> the merges that it is in
	for i, rule := range d.Merge {
		for _, a := range rule.Of {
			merges[strings.ToLower(a)] = append(merges[strings.ToLower(a)], i)
		}
	}
	for i, rule := range d.Split {
		seen := map[int]string{} // merge -> the address of this split that is in it
		for _, a := range rule.Of {
			for _, m := range merges[strings.ToLower(a)] {
				if other, ok := seen[m]; ok {
					r.fail(split.items[i], fmt.Sprintf("%s and %s are merged on line %d and split here", other, a, d.Merge[m].Line), "remove one of the two")
				}
				seen[m] = a
			}
		}
	}
}
