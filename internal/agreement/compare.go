package agreement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Compare says in words what b changes against a.
func Compare(p *playbook.Playbook, a, b *workspace.Agreement) cockpit.Comparison {
	c := &comparer{from: names{a, p}, to: names{b, p}}
	c.head()
	c.roles()
	c.rights()
	c.overlaps()
	c.meetings()
	c.reviews()
	c.tradeOffs()
	c.escalation()
	c.others()
	c.signatures()
	c.gather()
	out := cockpit.Comparison{Schema: cockpit.ComparisonSchema, From: a.Path, To: b.Path, Changes: c.changes}
	rights := 0
	for _, ch := range c.changes {
		if ch.Part == partDecides {
			rights++
		}
	}
	switch n := len(c.changes); {
	case n == 0 && a.Hash == b.Hash:
		out.Headline = "The two say the same."
	case n == 0:
		out.Headline = "The two say the same in other words."
	case rights == 0:
		out.Headline = counted(n, "change", "changes") + "; who decides what stays."
	default:
		out.Headline = counted(n, "change", "changes") + "; " + counted(rights, "decision passes", "decisions pass") + " to somebody else."
	}
	return out
}

// partDecides are changes of who decides.
const partDecides = "who decides"

type comparer struct {
	from, to names
	changes  []cockpit.AgreementChange
}

// gather puts what belongs to one part together, parts in the order in which they come.
func (c *comparer) gather() {
	first := map[string]int{}
	for i, ch := range c.changes {
		if _, known := first[ch.Part]; !known {
			first[ch.Part] = i
		}
	}
	slices.SortStableFunc(c.changes, func(a, b cockpit.AgreementChange) int { return first[a.Part] - first[b.Part] })
}

func (c *comparer) say(part, where, format string, args ...any) {
	c.changes = append(c.changes, cockpit.AgreementChange{Part: part, Where: where, Text: fmt.Sprintf(format, args...)})
}

// value says that a text changed, came or went.
func (c *comparer) value(part, where, what, from, to string) {
	switch {
	case from == to:
	case from == "":
		c.say(part, where, "%s: %s, new.", what, quiet(to))
	case to == "":
		c.say(part, where, "%s: was %s, and is no longer said.", what, quiet(from))
	default:
		c.say(part, where, "%s: %s, was %s.", what, quiet(to), quiet(from))
	}
}

// people says who came to a list and who left it.
func (c *comparer) people(part, where, what string, from, to []string) {
	var said []string
	if came := without(to, from); len(came) > 0 {
		said = append(said, c.to.words(came)+" added")
	}
	if left := without(from, to); len(left) > 0 {
		said = append(said, c.from.words(left)+" no longer")
	}
	if len(said) > 0 {
		c.say(part, where, "%s: %s.", what, strings.Join(said, "; "))
	}
}

// things says which texts of a list came and went.
func (c *comparer) things(part, where, what string, from, to []string) {
	for _, x := range without(to, from) {
		c.say(part, where, "%s: adds %s.", what, quiet(x))
	}
	for _, x := range without(from, to) {
		c.say(part, where, "%s: drops %s.", what, quiet(x))
	}
}

func (c *comparer) head() {
	const part = "the agreement"
	a, b := c.from.a, c.to.a
	c.value(part, "company", "Company", a.Company, b.Company)
	c.value(part, "version", "Version", whole(a.Version), whole(b.Version))
	c.value(part, "effective", "Holds from", date(a.Effective), date(b.Effective))
	c.value(part, "review_by", "Looked at again by", date(a.ReviewBy), date(b.ReviewBy))
	c.value(part, "currency", "Currency", a.Currency, b.Currency)
	c.value("effort", "effort.innovation", "Share of innovation", share(a.Effort.Value.Innovation), share(b.Effort.Value.Innovation))
	c.value("effort", "effort.delivery", "Share of delivery", share(a.Effort.Value.Delivery), share(b.Effort.Value.Delivery))
}

func (c *comparer) roles() {
	const part = "roles"
	id := func(r workspace.AgreedRole) string { return r.ID }
	both(c.from.a.Roles, c.to.a.Roles, id, func(a, b workspace.AgreedRole) {
		where, who := "roles."+b.ID, capital(c.to.called(b.ID))
		c.value(part, where+".title", who+", title", a.Title, b.Title)
		c.value(part, where+".holder", who, a.Holder, b.Holder)
		c.value(part, where+".mission", who+", mission", a.Mission, b.Mission)
		c.value(part, where+".reports_to", who+" reports to", c.from.words(list(a.ReportsTo)), c.to.words(list(b.ReportsTo)))
		c.things(part, where+".owns", who+" owns", a.Owns, b.Owns)
		c.value(part, where+".horizon", who+" looks ahead", horizon(a.Horizon), horizon(b.Horizon))
		c.value(part, where+".answers_for", who+" answers for", a.AnswersFor, b.AnswersFor)
		c.things(part, where+".shown_by", who+" is shown by", a.ShownBy, b.ShownBy)
		c.times(where, who, a, b)
		c.value(part, where+".budget", who+", budget", budget(a.Budget, c.from.a.Currency), budget(b.Budget, c.to.a.Currency))
		c.value(part, where+".spending_limit", who+" spends without asking", limit(a.Spending, c.from.a.Currency), limit(b.Spending, c.to.a.Currency))
	}, func(a workspace.AgreedRole) {
		c.say(part, "roles."+a.ID, "%s is no longer described.", capital(c.from.called(a.ID)))
	}, func(b workspace.AgreedRole) {
		c.say(part, "roles."+b.ID, "%s is new.", capital(c.to.called(b.ID)))
	})
}

func (c *comparer) times(where, who string, a, b workspace.AgreedRole) {
	on := func(t workspace.TimeShare) string { return strings.ToLower(t.On) }
	say := func(t workspace.TimeShare, from, to string) {
		c.value("roles", where+".time", who+" gives time to "+t.On, from, to)
	}
	both(a.Time, b.Time, on,
		func(x, y workspace.TimeShare) { say(y, percent(x.Share), percent(y.Share)) },
		func(x workspace.TimeShare) { say(x, percent(x.Share), "") },
		func(y workspace.TimeShare) { say(y, "", percent(y.Share)) })
}

func (c *comparer) rights() {
	const part = "decision rights"
	id := func(d workspace.DecisionRight) string { return d.ID }
	both(c.from.a.Decisions, c.to.a.Decisions, id, func(a, b workspace.DecisionRight) {
		where := "decisions." + b.ID
		c.value(part, where+".title", "Title of a decision", a.Title, b.Title)
		if from, to := distinct(a.Decides), distinct(b.Decides); !slices.Equal(from, to) {
			c.say(partDecides, where+".decides", "%s: decided by %s, was %s.", b.Title, nobody(c.to.words(to)), nobody(c.from.words(from)))
		}
		c.people(part, where+".consulted", b.Title+", consulted", a.Consulted, b.Consulted)
		c.people(part, where+".informed", b.Title+", informed", a.Informed, b.Informed)
		c.value(part, where+".days", b.Title+", time to decide", inDays(a.Days), inDays(b.Days))
		c.value(part, where+".escalates_to", b.Title+", disputes go to", c.from.words(list(a.EscalatesTo)), c.to.words(list(b.EscalatesTo)))
		c.things(part, where+".cites", b.Title+", rests on", a.Cites, b.Cites)
		for _, l := range []struct {
			key      string
			from, to []string
		}{{"keywords", a.Keywords, b.Keywords}, {"paths", a.Paths, b.Paths}, {"labels", a.Labels, b.Labels}} {
			c.things(part, where+"."+l.key, b.Title+", "+l.key, l.from, l.to)
		}
	}, func(a workspace.DecisionRight) {
		c.say(partDecides, "decisions."+a.ID, "%s: was decided by %s, and nobody is named any more.", a.Title, nobody(c.from.words(a.Decides)))
	}, func(b workspace.DecisionRight) {
		c.say(partDecides, "decisions."+b.ID, "%s: decided by %s, new.", b.Title, nobody(c.to.words(b.Decides)))
	})
}

func (c *comparer) overlaps() {
	const part = "matters of both"
	id := func(o workspace.AgreedOverlap) string { return o.ID }
	both(c.from.a.Overlaps, c.to.a.Overlaps, id, func(a, b workspace.AgreedOverlap) {
		where := "overlaps." + b.ID
		c.value(part, where+".title", "Title of a matter of both", a.Title, b.Title)
		c.value(part, where+".owner", b.Title+", owner", c.from.words(a.Owner), c.to.words(b.Owner))
		c.value(part, where+".process", b.Title+", process", a.Process, b.Process)
	}, func(a workspace.AgreedOverlap) {
		c.say(part, "overlaps."+a.ID, "%s is no longer settled.", a.Title)
	}, func(b workspace.AgreedOverlap) {
		c.say(part, "overlaps."+b.ID, "%s is new.", b.Title)
	})
}

func (c *comparer) meetings() {
	const part = "meetings"
	id := func(m workspace.AgreedMeeting) string { return m.ID }
	both(c.from.a.Meetings, c.to.a.Meetings, id, func(a, b workspace.AgreedMeeting) {
		where := "meetings." + b.ID
		c.value(part, where+".title", "Title of a meeting", a.Title, b.Title)
		c.value(part, where+".every", b.Title, cockpit.EveryWords(a.Every), cockpit.EveryWords(b.Every))
		c.value(part, where+".minutes", b.Title+", minutes", whole(a.Minutes), whole(b.Minutes))
		c.people(part, where+".who", b.Title+", who takes part", a.Who, b.Who)
		c.value(part, where+".about", b.Title+", about", a.About, b.About)
	}, func(a workspace.AgreedMeeting) {
		c.say(part, "meetings."+a.ID, "%s no longer takes place.", a.Title)
	}, func(b workspace.AgreedMeeting) {
		c.say(part, "meetings."+b.ID, "%s is new, %s.", b.Title, cockpit.EveryWords(b.Every))
	})
}

func (c *comparer) reviews() {
	const part = "reviews"
	id := func(r workspace.AgreedReview) string { return r.ID }
	both(c.from.a.Reviews, c.to.a.Reviews, id, func(a, b workspace.AgreedReview) {
		where := "reviews." + b.ID
		c.value(part, where+".title", "Title of a review", a.Title, b.Title)
		c.value(part, where+".owner", b.Title+", kept by", c.from.words(list(a.Owner)), c.to.words(list(b.Owner)))
		c.value(part, where+".every", b.Title, cockpit.EveryWords(a.Every), cockpit.EveryWords(b.Every))
		c.value(part, where+".today", b.Title+", today", a.Today, b.Today)
		c.value(part, where+".next", b.Title+", next", date(a.Next), date(b.Next))
	}, func(a workspace.AgreedReview) {
		c.say(part, "reviews."+a.ID, "%s are no longer reviewed.", a.Title)
	}, func(b workspace.AgreedReview) {
		c.say(part, "reviews."+b.ID, "%s are reviewed %s, new.", b.Title, cockpit.EveryWords(b.Every))
	})
}

func (c *comparer) tradeOffs() {
	const part = "trade-offs"
	id := func(t workspace.AgreedTradeOff) string { return t.ID }
	both(c.from.a.TradeOffs, c.to.a.TradeOffs, id, func(a, b workspace.AgreedTradeOff) {
		where := "trade_offs." + b.ID
		c.value(part, where+".title", "Title of a trade-off", a.Title, b.Title)
		c.value(part, where+".question", b.Title+", question", a.Question, b.Question)
		if from, to := distinct(a.Decides), distinct(b.Decides); !slices.Equal(from, to) {
			c.say(partDecides, where+".decides", "%s: decided by %s, was %s.", b.Title, nobody(c.to.words(to)), nobody(c.from.words(from)))
		}
		c.value(part, where+".today", b.Title+", today", a.Today, b.Today)
		c.value(part, where+".position", b.Title+", position", a.Position, b.Position)
		c.value(part, where+".review", b.Title+", looked at again", date(a.Review), date(b.Review))
	}, func(a workspace.AgreedTradeOff) {
		c.say(part, "trade_offs."+a.ID, "%s is no longer a trade-off.", a.Title)
	}, func(b workspace.AgreedTradeOff) {
		c.say(part, "trade_offs."+b.ID, "%s is new.", b.Title)
	})
}

func (c *comparer) escalation() {
	const part = "escalation"
	a, b := c.from.a.Escalation, c.to.a.Escalation
	for i := range max(len(a), len(b)) {
		where := fmt.Sprintf("escalation[%d]", i)
		switch {
		case i >= len(a):
			c.say(part, where, "Step %d is new: %s.", i+1, c.to.words(b[i].To))
		case i >= len(b):
			c.say(part, where, "Step %d, to %s, is gone.", i+1, c.from.words(a[i].To))
		default:
			c.value(part, where+".to", fmt.Sprintf("Step %d goes to", i+1), c.from.words(a[i].To), c.to.words(b[i].To))
			c.value(part, where+".within", fmt.Sprintf("Step %d, time", i+1), inDays(a[i].Within), inDays(b[i].Within))
			c.value(part, where+".how", fmt.Sprintf("Step %d", i+1), a[i].How, b[i].How)
		}
	}
}

func (c *comparer) others() {
	id := func(o workspace.Other) string { return o.ID }
	both(c.from.a.Others, c.to.a.Others, id, func(a, b workspace.Other) {
		c.value("others", "others."+b.ID, cockpit.Words(b.ID)+" is called", a.Title, b.Title)
	}, func(a workspace.Other) {
		c.say("others", "others."+a.ID, "%s is no longer one of the others.", capital(a.Title))
	}, func(b workspace.Other) {
		c.say("others", "others."+b.ID, "%s is one of the others, new.", capital(b.Title))
	})
}

func (c *comparer) signatures() {
	const part = "signatures"
	for _, s := range c.to.a.Signatures {
		if !slices.ContainsFunc(c.from.a.Signatures, func(x workspace.Signature) bool {
			return x.Role == s.Role && x.Name == s.Name && x.SHA256 == s.SHA256 && x.Date.Equal(s.Date)
		}) {
			c.say(part, part, "%s signed as %s on %s.", s.Name, c.to.called(s.Role), date(s.Date))
		}
	}
	for _, s := range c.from.a.Signatures {
		if !slices.ContainsFunc(c.to.a.Signatures, func(x workspace.Signature) bool { return x.Role == s.Role }) {
			c.say(part, part, "The signature of %s as %s is gone.", s.Name, c.from.called(s.Role))
		}
	}
}

// both walks two lists of things with ids: those in both, in the order of the second;
// those gone; those that are new.
func both[T any](a, b []T, id func(T) string, same func(a, b T), gone, fresh func(T)) {
	for _, y := range b {
		i := slices.IndexFunc(a, func(x T) bool { return id(x) == id(y) })
		if i < 0 {
			fresh(y)
		} else {
			same(a[i], y)
		}
	}
	for _, x := range a {
		if !slices.ContainsFunc(b, func(y T) bool { return id(x) == id(y) }) {
			gone(x)
		}
	}
}

func without(all, minus []string) (out []string) {
	for _, x := range all {
		if !slices.Contains(minus, x) {
			out = append(out, x)
		}
	}
	return out
}

// quiet takes the full stop from the end of a text that stands within a sentence.
func quiet(s string) string { return strings.TrimRight(s, ".") }

func nobody(s string) string {
	if s == "" {
		return "nobody"
	}
	return s
}

func whole(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func inDays(n int) string {
	if n == 0 {
		return ""
	}
	return days(n)
}

func share(s workspace.Known[workspace.Span]) string {
	if !s.OK {
		return ""
	}
	return percent(s.Value)
}

func horizon(s workspace.Known[workspace.Span]) string {
	if !s.OK {
		return ""
	}
	return months(s.Value)
}

func limit(x workspace.Known[int64], currency string) string {
	if !x.OK {
		return ""
	}
	return money(x.Value, currency)
}

func budget(b workspace.Known[workspace.Budget], currency string) string {
	switch {
	case !b.OK:
		return ""
	case !b.Value.Amount.OK:
		return b.Value.Of
	}
	return b.Value.Of + ", " + money(b.Value.Amount.Value, currency) + " a year"
}
