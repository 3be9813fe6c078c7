package agreement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/playbook"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Check finds what two leaders should not sign, or what no longer holds on a day:
// worst first, then in the order of the document. Without an organisation document, staff
// is nil.
func Check(p *playbook.Playbook, a *workspace.Agreement, staff Staff, today time.Time) []cockpit.AgreementIssue {
	c := &checker{names: names{a, p}, staff: staff, today: today}
	c.signers()
	c.staffed()
	c.rights()
	c.missingRights()
	c.overlaps()
	c.strangers()
	c.owned()
	c.targets()
	c.effort()
	c.horizons()
	c.money()
	c.rhythm()
	c.reviews()
	c.tradeOffs()
	c.escalation()
	c.dates()
	c.signed()
	levels := []string{cockpit.LevelProblem, cockpit.LevelGap, cockpit.LevelNote}
	slices.SortStableFunc(c.found, func(x, y cockpit.AgreementIssue) int {
		return slices.Index(levels, x.Level) - slices.Index(levels, y.Level)
	})
	return c.found
}

// CheckView is what Check finds, as surfaces show it.
func CheckView(p *playbook.Playbook, a *workspace.Agreement, staff Staff, today time.Time) cockpit.AgreementCheck {
	v := View(p, a, staff, today)
	var ids []string
	for _, f := range v.Findings {
		ids = append(ids, f.Cites...)
	}
	return cockpit.AgreementCheck{Schema: cockpit.CheckSchema, Source: a.Path, AsOf: date(today), Headline: v.Summary, Findings: v.Findings, Citations: citations(p, ids)}
}

// Unsignable are the findings for which nobody should sign: problems of the text and of who
// signs it. Who signed another text signs again, and a date that passed takes nothing from
// what is agreed.
func Unsignable(found []cockpit.AgreementIssue) []cockpit.AgreementIssue {
	return slices.DeleteFunc(slices.Clone(found), func(f cockpit.AgreementIssue) bool {
		return f.Level != cockpit.LevelProblem || f.ID == "signature_stale" || f.ID == "review_passed"
	})
}

type checker struct {
	names
	staff Staff // nil: not known
	today time.Time
	found []cockpit.AgreementIssue
}

func (c *checker) find(level, id, where string, line int, cites []string, advice, format string, args ...any) {
	c.found = append(c.found, cockpit.AgreementIssue{ID: id, Level: level, Where: where, Line: line, Text: fmt.Sprintf(format, args...), Advice: advice, Cites: cites})
}

func (c *checker) problem(id, where string, line int, cites []string, advice, format string, args ...any) {
	c.find(cockpit.LevelProblem, id, where, line, cites, advice, format, args...)
}

func (c *checker) gap(id, where string, line int, cites []string, advice, format string, args ...any) {
	c.find(cockpit.LevelGap, id, where, line, cites, advice, format, args...)
}

func (c *checker) note(id, where string, line int, cites []string, advice, format string, args ...any) {
	c.find(cockpit.LevelNote, id, where, line, cites, advice, format, args...)
}

// signers looks at those who sign: there are two, each is held by somebody else.
func (c *checker) signers() {
	holders := map[string]string{}
	for _, r := range c.a.Roles {
		where := "roles." + r.ID
		switch first := holders[strings.ToLower(r.Holder)]; {
		case r.Holder == "":
			c.gap("no_holder", where+".holder", r.Line, nil, c.holderAdvice(r.ID), "Nobody is named as %s", c.called(r.ID))
		case first != "":
			c.note("one_holder", where+".holder", r.Line, []string{"O1", "N10"}, "say which of the two comes first when there is time for one", "%s holds both roles, %s and %s", r.Holder, c.called(first), c.called(r.ID))
		default:
			holders[strings.ToLower(r.Holder)] = r.ID
		}
		if r.Mission == "" {
			c.gap("no_mission", where, r.Line, []string{"R1", "R2"}, "write mission: a sentence", "It is not said what %s is for", c.called(r.ID))
		}
		if len(r.Owns) == 0 {
			c.gap("owns_nothing", where, r.Line, []string{"R1", "R2"}, "list under owns: what is this role's alone", "%s owns nothing", capital(c.called(r.ID)))
		}
		if r.AnswersFor == "" {
			c.gap("answers_for_nothing", where, r.Line, []string{"R5"}, "write answers_for:", "It is not said what %s answers for", c.called(r.ID))
		}
		if boss, ok := c.a.Role(r.ReportsTo); ok && boss.ReportsTo == r.ID && r.ID <= boss.ID {
			c.problem("report_to_each_other", where+".reports_to", r.Line, []string{"O2"}, "one of the two reports to somebody else", "%s and %s report to each other", capital(c.called(r.ID)), c.called(boss.ID))
		}
	}
	if len(c.a.Roles) < 2 {
		c.gap("fewer_than_two", "roles", 0, []string{"O1"}, "describe both roles, also one that is open", "The agreement describes %s; it takes two", counted(len(c.a.Roles), "role", "roles"))
	}
}

// rights looks at each kind of decision.
func (c *checker) rights() {
	for _, d := range c.a.Decisions {
		where := "decisions." + d.ID
		title := lower(d.Title)
		deciders := distinct(d.Decides)
		switch {
		case len(deciders) == 0:
			c.problem("nobody_decides", where, d.Line, d.Cites, "write decides: with one role", "Nobody decides on %s", title)
		case len(deciders) > 1:
			c.problem("two_deciders", where+".decides", d.Line, d.Cites, "leave one; the other is consulted", "%s decide together on %s: with two, nobody does when they disagree", capital(c.words(deciders)), title)
		}
		for _, id := range deciders {
			if slices.Contains(d.Consulted, id) || slices.Contains(d.Informed, id) {
				c.note("decider_asked", where, d.Line, nil, "take the decider out of consulted and informed", "%s decides on %s, and is also to be asked or told", capital(c.called(id)), title)
			}
			if d.EscalatesTo == id && len(deciders) == 1 {
				c.problem("escalates_to_decider", where+".escalates_to", d.Line, []string{"C2"}, "name somebody above", "A dispute on %s goes to %s, who decided it", title, c.called(id))
			}
		}
		if d.Days == 0 {
			c.gap("no_deadline", where, d.Line, []string{"N8"}, "write days: a number of working days", "No time is set to decide on %s", title)
		}
	}
	c.alike()
}

// alike finds two kinds of one title, or of one keyword, that different people decide.
func (c *checker) alike() {
	titles, words := map[string]workspace.DecisionRight{}, map[string]workspace.DecisionRight{}
	for _, d := range c.a.Decisions {
		key := strings.ToLower(d.Title)
		if first, ok := titles[key]; ok && !slices.Equal(distinct(first.Decides), distinct(d.Decides)) {
			c.problem("two_deciders", "decisions."+d.ID, d.Line, d.Cites, "keep one of the two entries", "%q is here twice: %s decides by line %d, %s by line %d", d.Title, c.words(first.Decides), first.Line, c.words(d.Decides), d.Line)
		} else {
			titles[key] = d
		}
		for _, w := range d.Keywords {
			key := strings.ToLower(w)
			if first, ok := words[key]; ok && first.ID != d.ID && !slices.Equal(distinct(first.Decides), distinct(d.Decides)) {
				c.note("keyword_of_two", "decisions."+d.ID+".keywords", d.Line, nil, "give the word to one of them", "The keyword %q stands under %s and %s, which different people decide", w, lower(first.Title), lower(d.Title))
				continue
			}
			words[key] = d
		}
	}
}

// missingRights names the playbook's kinds that the document does not have.
func (c *checker) missingRights() {
	for _, k := range c.p.Agreement.Decisions {
		if _, ok := c.a.Decision(k.ID); !ok {
			c.gap("no_right", "decisions."+k.ID, 0, k.Cites, fmt.Sprintf("add %s: under decisions; the playbook proposes decides: %s", k.ID, k.Decides), "It is not said who decides on %s", lower(k.Title))
		}
	}
}

// overlaps looks whether each matter of both has one owner or a process.
func (c *checker) overlaps() {
	for _, o := range c.a.Overlaps {
		where, owners := "overlaps."+o.ID, distinct(o.Owner)
		switch {
		case len(owners) > 1 && o.Process == "":
			c.problem("two_owners", where+".owner", o.Line, []string{"R8"}, "leave one, or write process: how the two share it", "%s own %s together, without a process", capital(c.words(owners)), lower(o.Title))
		case len(owners) == 0 && o.Process == "":
			c.problem("no_owner", where, o.Line, []string{"R8"}, "write owner: with one role, or process:", "%s has neither an owner nor a process", capital(o.Title))
		}
	}
	for _, o := range c.p.Agreement.Overlaps {
		if !slices.ContainsFunc(c.a.Overlaps, func(x workspace.AgreedOverlap) bool { return x.ID == o.ID }) {
			c.gap("overlap_left_out", "overlaps."+o.ID, 0, o.Cites, fmt.Sprintf("add %s: under overlaps", o.ID), "%s is a matter of both, and nothing is said of it", o.Title)
		}
	}
}

// strangers are named, but the document does not say who they are.
func (c *checker) strangers() {
	all := mentions(c.a)
	var ids []string
	for id := range all {
		if !c.declared(id) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y string) int { return all[x][0] - all[y][0] })
	for _, id := range ids {
		c.gap("stranger", "others."+id, all[id][0], nil, fmt.Sprintf("add %s: under others, or correct the word", id), "%q is named %s, and is neither a role nor one of the others", id, times(len(all[id])))
	}
}

// owned finds one thing that both roles own.
func (c *checker) owned() {
	first := map[string]string{}
	for _, r := range c.a.Roles {
		for _, thing := range r.Owns {
			key := strings.ToLower(thing)
			if other, ok := first[key]; ok && other != r.ID {
				c.problem("owned_by_two", "roles."+r.ID+".owns", r.Line, []string{"R8"}, "leave it to one, or make it one of the overlaps with a process", "%s and %s both own %s", capital(c.called(other)), c.called(r.ID), lower(thing))
				continue
			}
			first[key] = r.ID
		}
	}
}

// targets looks whether shares of a leader's time can all be met.
func (c *checker) targets() {
	for _, r := range c.a.Roles {
		where := "roles." + r.ID + ".time"
		low, high := 0.0, 0.0
		for _, t := range r.Time {
			low, high = low+t.Share.Low, high+t.Share.High
		}
		switch {
		case len(r.Time) == 0:
			c.gap("no_time", where, r.Line, []string{"R3"}, "write time: what it goes to, with shares", "It is not said what %s gives time to", c.called(r.ID))
			continue
		case low > 1+slack:
			c.problem("time_over", where, r.Line, []string{"R3"}, "lower them until the smaller ends add to 100 % at most", "The time of %s adds to %s at least: more than there is", c.called(r.ID), percent(workspace.Span{Low: low, High: low}))
		case high < 1-slack && len(r.Time) > 1:
			c.note("time_under", where, r.Line, []string{"R3"}, "say where the rest goes", "The time of %s adds to %s at most", c.called(r.ID), percent(workspace.Span{Low: high, High: high}))
		}
		role, ok := c.p.Role(r.ID)
		if first := r.Time[0]; ok && role.Time.High > 0 && !touches(first.Share, spanOf(role.Time)) {
			c.note("time_unusual", where, first.Line, []string{"R3"}, "keep it if you mean it", "%s gives %s to %s; the playbook says %s to %s", capital(c.called(r.ID)), percent(first.Share), first.On, percent(spanOf(role.Time)), primary(role))
		}
	}
}

// slack is what sums of shares may miss by rounding.
const slack = 1e-9

// effort looks at the shares of innovation and delivery.
func (c *checker) effort() {
	e := c.a.Effort.Value
	if !c.a.Effort.OK || !e.Innovation.OK {
		c.gap("no_innovation", "effort.innovation", e.Line, []string{"S4"}, "write effort: {innovation: 15 %, delivery: 85 %}", "No share of effort is set for innovation")
	}
	if e.Innovation.OK && e.Delivery.OK {
		low, high := e.Innovation.Value.Low+e.Delivery.Value.Low, e.Innovation.Value.High+e.Delivery.Value.High
		if low > 1+slack || high < 1-slack {
			c.problem("effort_sum", "effort", e.Line, []string{"S4"}, "the two add to 100 %", "Innovation (%s) and delivery (%s) cannot add to 100 %%", percent(e.Innovation.Value), percent(e.Delivery.Value))
		}
	}
	if band := spanOf(c.p.Agreement.Innovation); e.Innovation.OK && !within(e.Innovation.Value, band) {
		c.note("innovation_unusual", "effort.innovation", e.Line, []string{"S4"}, "keep it if you mean it, and say why in the trade-offs", "Innovation is set to %s; the playbook says %s", percent(e.Innovation.Value), percent(band))
	}
}

// horizons finds months that nobody looks at, and a CTO who looks less far.
func (c *checker) horizons() {
	for _, r := range c.a.Roles {
		if !r.Horizon.OK {
			c.gap("no_horizon", "roles."+r.ID+".horizon", r.Line, []string{"R4"}, "write horizon: such as 3-18 months", "It is not said how far %s looks ahead", c.called(r.ID))
		}
	}
	cto, _ := c.a.Role(workspace.RoleCTO)
	vpe, _ := c.a.Role(workspace.RoleVPE)
	if !cto.Horizon.OK || !vpe.Horizon.OK {
		return
	}
	far, near := cto.Horizon.Value, vpe.Horizon.Value
	switch {
	case far.High < near.High:
		c.problem("horizon_reversed", "roles.cto.horizon", cto.Line, []string{"R4"}, "the CTO looks further", "%s looks %s ahead, less far than %s with %s", capital(c.called("cto")), months(far), c.called("vpe"), months(near))
	case far.Low > near.High+slack:
		c.note("horizon_gap", "roles.cto.horizon", cto.Line, []string{"R4"}, "let one of the two reach across", "Nobody is named for what lies %s to %s months ahead", plain(near.High), plain(far.Low))
	}
}

// money looks at budgets and limits of spending.
func (c *checker) money() {
	for _, r := range c.a.Roles {
		where := "roles." + r.ID
		if !r.Spending.OK {
			c.gap("no_spending_limit", where+".spending_limit", r.Line, []string{"R6"}, "write spending_limit: an amount, and currency: at the top", "It is not said what %s may spend without asking", c.called(r.ID))
		}
		if !r.Budget.OK || !r.Budget.Value.Amount.OK {
			c.gap("no_budget", where+".budget", r.Line, []string{"R6", "B1"}, "write budget: {of: ..., amount: ...}", "The budget of %s has no amount", c.called(r.ID))
			continue
		}
		if amount := r.Budget.Value.Amount.Value; r.Spending.OK && r.Spending.Value > amount {
			c.problem("limit_above_budget", where+".spending_limit", r.Line, []string{"R6"}, "lower the limit", "%s may spend %s on one thing, and has %s for the year", capital(c.called(r.ID)), money(r.Spending.Value, c.a.Currency), money(amount, c.a.Currency))
		}
	}
}

// rhythm looks at meetings: all of the playbook's, no rarer, with both.
func (c *checker) rhythm() {
	for _, m := range c.p.Agreement.Meetings {
		i := slices.IndexFunc(c.a.Meetings, func(x workspace.AgreedMeeting) bool { return x.ID == m.ID })
		if i < 0 {
			c.gap("no_meeting", "meetings."+m.ID, 0, m.Cites, fmt.Sprintf("add %s: under meetings", m.ID), "%s is not agreed", m.Title)
			continue
		}
		x := c.a.Meetings[i]
		if rarer(x.Every, m.Every) {
			c.note("rare_meeting", "meetings."+m.ID+".every", x.Line, m.Cites, "keep it if you mean it", "%s takes place %s; the playbook says %s", x.Title, cockpit.EveryWords(x.Every), cockpit.EveryWords(m.Every))
		}
		for _, r := range c.a.Roles {
			if slices.Contains(m.Who, r.ID) && !slices.Contains(x.Who, r.ID) {
				c.problem("meeting_without", "meetings."+m.ID+".who", x.Line, m.Cites, "add "+r.ID, "%s takes place without %s", x.Title, c.called(r.ID))
			}
		}
	}
}

// reviews looks at the documents and their dates.
func (c *checker) reviews() {
	for _, r := range c.p.Agreement.Reviews {
		i := slices.IndexFunc(c.a.Reviews, func(x workspace.AgreedReview) bool { return x.ID == r.ID })
		if i < 0 {
			c.gap("no_review", "reviews."+r.ID, 0, r.Cites, fmt.Sprintf("add %s: under reviews", r.ID), "Nobody is named who keeps %s", lower(r.Title))
		} else if x := c.a.Reviews[i]; rarer(x.Every, r.Every) {
			c.note("rare_review", "reviews."+r.ID+".every", x.Line, r.Cites, "keep it if you mean it", "%s are reviewed %s; the playbook says %s", x.Title, cockpit.EveryWords(x.Every), cockpit.EveryWords(r.Every))
		}
	}
	for _, x := range c.a.Reviews {
		where := "reviews." + x.ID
		if x.Owner == "" {
			c.problem("no_keeper", where+".owner", x.Line, []string{"D1", "D2"}, "write owner: with one role", "Nobody keeps %s", lower(x.Title))
		}
		if c.passed(x.Next) {
			c.problem("review_passed", where+".next", x.Line, []string{"D1", "D2"}, "review them, and write the next date", "The review of %s was due on %s", lower(x.Title), date(x.Next))
		}
	}
}

// tradeOffs looks whether each has a position, and one who takes it.
func (c *checker) tradeOffs() {
	for _, t := range c.a.TradeOffs {
		where := "trade_offs." + t.ID
		switch deciders := distinct(t.Decides); {
		case len(deciders) == 0:
			c.problem("nobody_decides", where, t.Line, []string{"B3"}, "write decides: with one", "Nobody decides on %s", lower(t.Title))
		case len(deciders) > 1:
			c.problem("two_deciders", where+".decides", t.Line, []string{"B3"}, "leave one", "%s decide together on %s", capital(c.words(deciders)), lower(t.Title))
		}
		if t.Position == "" {
			c.gap("no_position", where+".position", t.Line, []string{"B3"}, "write position: what you agree on", "%s: %s is not answered", t.Title, orQuestion(t.Question))
		}
		if c.passed(t.Review) {
			c.problem("review_passed", where+".review", t.Line, []string{"B3"}, "look at it again, and write the next date", "%s was to be looked at again on %s", t.Title, date(t.Review))
		}
	}
	for _, t := range c.p.Agreement.TradeOffs {
		if !slices.ContainsFunc(c.a.TradeOffs, func(x workspace.AgreedTradeOff) bool { return x.ID == t.ID }) {
			c.gap("no_trade_off", "trade_offs."+t.ID, 0, t.Cites, fmt.Sprintf("add %s: under trade_offs", t.ID), "Nothing is said of %s", lower(t.Title))
		}
	}
}

// escalation looks whether a dispute ends, and when.
func (c *checker) escalation() {
	steps := c.a.Escalation
	if len(steps) == 0 {
		c.problem("no_escalation", "escalation", 0, []string{"C2"}, "list steps under escalation:, the last one outside of the two", "It is not said where a dispute goes")
		return
	}
	for i, s := range steps {
		if s.Within == 0 {
			c.gap("no_clock", fmt.Sprintf("escalation[%d]", i), s.Line, []string{"C2"}, "write within: working days", "The step to %s has no clock", c.words(s.To))
		}
	}
	last := steps[len(steps)-1]
	outside := slices.ContainsFunc(last.To, func(id string) bool { _, signs := c.a.Role(id); return !signs })
	switch {
	case !outside && len(distinct(last.To)) > 1:
		c.problem("never_ends", "escalation", last.Line, []string{"C2"}, "add a step to one outside of the two", "A dispute never leaves the two: it ends with %s", c.words(last.To))
	case !outside:
		c.note("ends_inside", "escalation", last.Line, []string{"C2"}, "add a step to one outside of the two, if that is not meant", "A dispute ends with %s, who is one of the two", c.words(last.To))
	case len(distinct(last.To)) > 1:
		c.note("ends_with_many", "escalation", last.Line, []string{"C2"}, "leave one", "A dispute ends with several: %s", c.words(last.To))
	}
}

// dates looks at those of the whole document.
func (c *checker) dates() {
	if c.a.Effective.IsZero() {
		c.gap("no_start", "effective", 0, nil, "write effective: a day", "It is not said from when the agreement holds")
	}
	switch {
	case c.a.ReviewBy.IsZero():
		c.gap("no_end", "review_by", 0, nil, "write review_by: a day", "It is not said when the agreement is looked at again")
	case c.a.ReviewBy.Before(c.a.Effective):
		c.problem("dates_reversed", "review_by", 0, nil, "correct one of the two", "The agreement is to be looked at again on %s, before it holds from %s", date(c.a.ReviewBy), date(c.a.Effective))
	case c.passed(c.a.ReviewBy):
		c.problem("review_passed", "review_by", 0, nil, "look at it together, and sign the next version", "The agreement was to be looked at again on %s", date(c.a.ReviewBy))
	}
}

// signed looks whether both signed this text.
func (c *checker) signed() {
	names := map[string]string{}
	for _, s := range c.a.Signatures {
		where := "signatures"
		role, ok := c.a.Role(s.Role)
		switch {
		case !ok:
			c.problem("signs_for_nothing", where, s.Line, nil, "correct the role, or remove the signature", "%s signed as %s, which is no role here", s.Name, s.Role)
			continue
		case s.SHA256 != c.a.Hash:
			c.problem("signature_stale", where, s.Line, nil, fmt.Sprintf("compare with what was signed (diarchy agreement compare), then: diarchy agreement sign --role %s --name NAME", s.Role), "%s signed another text on %s: the agreement was changed since", s.Name, date(s.Date))
		}
		if role.Holder != "" && !strings.EqualFold(role.Holder, s.Name) {
			c.problem("signed_by_another", where, s.Line, nil, "correct holder:, or have the holder sign", "%s signed as %s, whose holder is another (%s)", s.Name, c.called(s.Role), role.Holder)
		}
		if other := names[strings.ToLower(s.Name)]; other != "" {
			c.note("signed_for_both", where, s.Line, []string{"O1"}, "", "%s signed for both %s and %s", s.Name, c.called(other), c.called(s.Role))
		}
		names[strings.ToLower(s.Name)] = s.Role
	}
	for _, r := range c.a.Roles {
		if !slices.ContainsFunc(c.a.Signatures, func(s workspace.Signature) bool { return s.Role == r.ID }) {
			c.gap("not_signed", "signatures", 0, nil, fmt.Sprintf("diarchy agreement sign --role %s --name NAME", r.ID), "%s has not signed", capital(c.called(r.ID)))
		}
	}
}

// passed tells whether a day lies before today.
func (c *checker) passed(day time.Time) bool { return !day.IsZero() && day.Before(c.today) }

func rarer(x, than string) bool {
	return slices.Index(workspace.Rhythms(), x) > slices.Index(workspace.Rhythms(), than)
}

func touches(a, b workspace.Span) bool { return a.Low <= b.High+slack && b.Low <= a.High+slack }

func within(a, b workspace.Span) bool { return a.Low >= b.Low-slack && a.High <= b.High+slack }

func distinct(ids []string) (out []string) {
	for _, id := range ids {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// lower makes the first letter of a title small, unless the word is an abbreviation.
func lower(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	for i, r := range s {
		return strings.ToLower(string(r)) + s[i+len(string(r)):]
	}
	return s
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func orQuestion(q string) string {
	if q == "" {
		return "the question"
	}
	return fmt.Sprintf("%q", q)
}
