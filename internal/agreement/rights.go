package agreement

import (
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Right is a kind of decision with who decides it, and what tells a trace of it:
// Keywords, Paths and Labels are the document's, or where it has none, the playbook's.
type Right struct {
	workspace.DecisionRight
	Agreed bool // by the document; else proposed by the playbook
}

// Rights are all kinds of decision: those of the agreement in its order, then those
// that only the playbook knows. Without an agreement all are the playbook's. What
// really happened is matched to them by ID.
func Rights(p *playbook.Playbook, a *workspace.Agreement) (out []Right) {
	d := newDecider(p, a)
	for _, id := range Kinds(p, a) {
		r, _ := d.right(id)
		_, agreed := d.n.a.Decision(id)
		if k, ok := p.Kind(id); ok && len(r.Keywords)+len(r.Paths)+len(r.Labels) == 0 {
			r.Keywords, r.Paths, r.Labels = k.Keywords, k.Paths, k.Labels
		}
		out = append(out, Right{r, agreed})
	}
	return out
}

// RightsView is Rights as surfaces show them.
func RightsView(p *playbook.Playbook, a *workspace.Agreement) (out []cockpit.DecisionRight) {
	n := newDecider(p, a).n
	for _, r := range Rights(p, a) {
		out = append(out, n.right(r.DecisionRight))
	}
	return out
}
