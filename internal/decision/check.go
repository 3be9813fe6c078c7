package decision

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/fact"
)

// Kinds of findings, those of cockpit.RecordFindingKinds.
const (
	Stalled          = "stalled"
	ReviewPassed     = "review_passed"
	NoSuccessor      = "no_successor"
	SuccessorMissing = "successor_missing"
	NoLinkBack       = "no_link_back"
	NotMarked        = "not_marked"
	NoDeciders       = "no_deciders"
	DeciderQuiet     = "decider_quiet"
	DeciderLeft      = "decider_left"
	Reopened         = "reopened"
	SameNumber       = "same_number"
	BrokenLink       = "broken_link"
	StatesNoStatus   = "no_status"
)

const (
	stalledAfter = 60 * 24 * time.Hour  // as metric decisions_stalled
	quietAfter   = 182 * 24 * time.Hour // half a year without a commit
)

// Findings lists what does not hold together, by record.
func Findings(f Facts) []cockpit.RecordFinding {
	records, x := prepare(f)
	c := &checking{Facts: f, x: x, out: []cockpit.RecordFinding{}}
	silent := namesNobody(records)
	for _, r := range records {
		c.at = r
		c.waiting()
		c.succession()
		c.deciders(silent[r.Repository])
		c.reopened()
		c.numbers()
		c.links()
	}
	c.nobody(records, silent)
	return c.out
}

type checking struct {
	Facts
	x   index
	at  Record
	out []cockpit.RecordFinding
}

func (c *checking) add(kind, do, says string, args ...any) {
	c.out = append(c.out, cockpit.RecordFinding{Kind: kind, Repository: c.at.Repository, Path: c.at.Path, Title: c.at.Title, Says: fmt.Sprintf(says, args...), Do: do})
}

// waiting finds what nobody closed or looked at again.
func (c *checking) waiting() {
	r := c.at
	if waited := c.AsOf.Sub(r.first()); r.Status == Proposed && waited > stalledAfter {
		c.add(Stalled, "decide it, or say that it is rejected", "has been waiting for a decision for %s", span(waited))
	}
	if r.Status == "" {
		c.add(StatesNoStatus, "add a line such as \"status: accepted\"", "states no status")
	}
	review, err := time.Parse(time.DateOnly, r.lastStated(fact.DecisionReview))
	if err == nil && review.AddDate(0, 0, 1).Before(c.AsOf) && r.inForce() {
		c.add(ReviewPassed, "look at it again, and write down a new date or another status", "was to be looked at again by %s, %s ago", review.Format("2 January 2006"), span(c.AsOf.Sub(review)))
	}
}

// inForce reports whether a record is one by which people go, or may go soon.
func (r Record) inForce() bool {
	return r.Status == Accepted || r.Status == Proposed || r.Status == ""
}

// succession compares what records say of each other.
func (c *checking) succession() {
	r := c.at
	successors := r.Stated(fact.DecisionSupersededBy)
	named := len(successors) > 0
	for _, target := range successors {
		to := c.x.refers(r, target)
		switch {
		case to == nil && !elsewhere(target):
			c.add(SuccessorMissing, "name the record that holds now", "is superseded by %s, of which there is no record here", target)
		case to != nil && !c.x.mentions(*to, r):
			c.add(NoLinkBack, "name it there: supersedes "+r.ID, "is superseded by %s, which does not mention it", to.Path)
		}
	}
	for _, other := range c.x.heirs[r.place()] {
		named = true
		if r.inForce() && other.Status == Accepted {
			c.add(NotMarked, "set its status to: superseded by "+other.ID, "is %s, though %s says that it supersedes it", orNone(r.Status), other.Path)
		}
	}
	if r.Status == Superseded && !named {
		c.add(NoSuccessor, "name the record that holds now", "is superseded, and nothing says by what")
	}
}

// mentions reports whether a record refers to another in any way.
func (x index) mentions(r, other Record) bool {
	for _, kind := range []fact.DecisionFieldKind{fact.DecisionSupersedes, fact.DecisionLink} {
		for _, target := range r.Stated(kind) {
			if to := x.refers(r, target); to != nil && to.place() == other.place() {
				return true
			}
		}
	}
	return false
}

// elsewhere reports whether a target is an address, which nobody looks up.
func elsewhere(target string) bool { return strings.Contains(target, "://") }

// deciders finds decisions that nobody answers for any more.
func (c *checking) deciders(silent bool) {
	stated := c.at.Stated(fact.DecisionDecider)
	if c.at.Status != Accepted {
		return
	}
	if len(stated) == 0 {
		if !silent {
			c.add(NoDeciders, "add decision-makers: with a role or a name", "was accepted, and does not say by whom")
		}
		return
	}
	left, quiet := 0, 0
	var since time.Time
	for _, name := range stated {
		if c.Staff != nil {
			if last, has := c.Staff.Left(name); has && last.AddDate(0, 0, 1).Before(c.AsOf) {
				left++
				continue
			}
		}
		if c.Committers != nil {
			if last, known := c.Committers.LastSeen(name); known && c.AsOf.Sub(last) > quietAfter {
				quiet++
				if last.After(since) {
					since = last
				}
			}
		}
	}
	do := "name a role that answers for it now"
	if left > 0 {
		c.add(DeciderLeft, do, "was decided by %s since left the company", ofThem(left, len(stated)))
	}
	if quiet > 0 {
		c.add(DeciderQuiet, do, "was decided by %s committed nothing here since %s", ofThem(quiet, len(stated)), since.Format("January 2006"))
	}
}

// ofThem says who of the deciders it is about without a name.
func ofThem(n, all int) string {
	switch {
	case all == 1:
		return "one who has"
	case n == all:
		return fmt.Sprintf("%d who all have", all)
	case n == 1:
		return fmt.Sprintf("%d, one of whom has", all)
	}
	return fmt.Sprintf("%d, %d of whom have", all, n)
}

// namesNobody are the repositories in which no record names a decider: a layout without a
// place for them is one finding, not one for each record.
func namesNobody(records []Record) map[string]bool {
	silent := map[string]bool{}
	for _, r := range records {
		if r.Status == Accepted {
			silent[r.Repository] = true
		}
	}
	for _, r := range records {
		if len(r.Stated(fact.DecisionDecider)) > 0 {
			silent[r.Repository] = false
		}
	}
	return silent
}

func (c *checking) nobody(records []Record, silent map[string]bool) {
	accepted := map[string]int{}
	for _, r := range records {
		if r.Status == Accepted {
			accepted[r.Repository]++
		}
	}
	var names []string
	for name, is := range silent {
		if is {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		c.at = Record{Repository: name}
		c.add(NoDeciders, "use a layout that names them: diarchy decision new writes MADR 4", "none of its %d accepted records says who decided", accepted[name])
	}
}

// settled are the statuses that end a discussion.
var settled = map[string]bool{Accepted: true, Rejected: true, Superseded: true, Deprecated: true}

// reopened finds decisions that were taken back.
func (c *checking) reopened() {
	for i, s := range c.at.States {
		if i == 0 {
			continue
		}
		before := c.at.States[i-1]
		if settled[before.Status] && s.Status == Proposed || s.Status == Accepted && settled[before.Status] {
			c.add(Reopened, "say in it why", "was %s from %s, and %s again from %s", before.Status, c.day(before.At), s.Status, c.day(s.At))
		}
	}
}

// numbers finds other records of the folder with the same number.
func (c *checking) numbers() {
	for _, other := range c.x.numbered[c.at.shelf()] {
		if c.at.Number != 0 && other.Path != c.at.Path {
			c.add(SameNumber, "give the later one another number", "has number %s, as %s has", c.at.ID, other.Path)
		}
	}
}

// links finds links to documents that are not there.
func (c *checking) links() {
	successors := map[string]bool{}
	for _, target := range c.at.Stated(fact.DecisionSupersededBy) {
		successors[target] = true
	}
	for _, target := range c.at.Stated(fact.DecisionLink) {
		p := relative(c.at.Path, unescaped(target))
		if i, ok := c.x.byPath[Place{c.at.Repository, p}]; ok && c.x.all[i].Path == p || c.Exists[Place{c.at.Repository, p}] || !inside(p) || successors[target] && c.x.refers(c.at, target) == nil {
			continue
		}
		do := "mend the link"
		if to := c.x.refers(c.at, target); to != nil {
			do = "link to " + to.Path
		}
		c.add(BrokenLink, do, "links to %s, which is not there", target)
	}
}

func orNone(status string) string {
	if status == "" {
		return "without a status"
	}
	return status
}

// span is a time in words.
func span(d time.Duration) string {
	days := int(d.Hours() / 24)
	switch {
	case days == 1:
		return "1 day"
	case days < 120:
		return fmt.Sprintf("%d days", days)
	case days < 730:
		return fmt.Sprintf("%d months", days*12/365)
	}
	return fmt.Sprintf("%d years", days/365)
}
