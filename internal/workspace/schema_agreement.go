package workspace

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxAmount keeps sums of amounts far inside an int64.
const maxAmount = 1_000_000_000_000

var (
	roleShape    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	percentShape = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(?: ?(?:-|to) ?([0-9]+(?:\.[0-9]+)?))? ?%$`)
	monthsShape  = regexp.MustCompile(`^([0-9]{1,3})(?: ?(?:-|to) ?([0-9]{1,3}))? (months?|years?)$`)
	hashShape    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ParseAgreement reads and validates an agreement. The name stands in its errors. All
// that cannot be understood is reported at once, as a *Report of category
// problem.Invalid.
func ParseAgreement(name string, data []byte) (*Agreement, error) {
	a := &Agreement{Path: name}
	err := decode(name, data, time.Now(), func(r *reader, root *node) {
		r.agreement(root, a)
		a.Hash = hashOf(root)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (r *reader) agreement(n *node, a *Agreement) {
	r.object(n,
		field{key: "company", read: r.text(&a.Company)},
		field{key: "version", read: r.number(&a.Version, "1", 1_000_000)},
		field{key: "effective", read: r.day(&a.Effective)},
		field{key: "review_by", read: r.day(&a.ReviewBy)},
		field{key: "currency", read: func(n *node) { a.Currency, _ = r.currency(n) }},
		field{key: "roles", read: func(n *node) { r.agreedRoles(n, &a.Roles) }},
		field{key: "others", read: func(n *node) { r.others(n, &a.Others) }},
		field{key: "effort", read: func(n *node) { r.effort(n, &a.Effort) }},
		field{key: "decisions", read: func(n *node) { r.rights(n, &a.Decisions) }},
		field{key: "overlaps", read: func(n *node) { r.agreedOverlaps(n, &a.Overlaps) }},
		field{key: "meetings", read: func(n *node) { r.meetings(n, &a.Meetings) }},
		field{key: "reviews", read: func(n *node) { r.reviews(n, &a.Reviews) }},
		field{key: "trade_offs", read: func(n *node) { r.tradeOffs(n, &a.TradeOffs) }},
		field{key: "escalation", read: func(n *node) { r.steps(n, &a.Escalation) }},
		field{key: "signatures", read: func(n *node) { r.signatures(n, &a.Signatures) }},
	)
	for _, role := range a.Roles {
		money := role.Spending.OK || role.Budget.Value.Amount.OK
		if money && a.Currency == "" {
			r.fail(&node{line: role.Line, column: 1}, "amounts without a currency", "write currency: EUR, or another ISO 4217 code, at the top of the file")
			break
		}
	}
}

func (r *reader) agreedRoles(n *node, dst *[]AgreedRole) {
	keyed(r, n, dst, func(id string, n *node, a *AgreedRole) {
		a.ID, a.Line = id, n.line
		r.object(n,
			field{key: "title", read: r.text(&a.Title), need: true},
			field{key: "holder", read: r.text(&a.Holder)},
			field{key: "mission", read: r.text(&a.Mission)},
			field{key: "reports_to", read: r.roleID(&a.ReportsTo)},
			field{key: "owns", read: r.texts(&a.Owns)},
			field{key: "horizon", read: r.months(&a.Horizon)},
			field{key: "answers_for", read: r.text(&a.AnswersFor)},
			field{key: "shown_by", read: r.texts(&a.ShownBy)},
			field{key: "time", read: func(n *node) { r.times(n, &a.Time) }},
			field{key: "budget", read: func(n *node) { r.budget(n, &a.Budget) }},
			field{key: "spending_limit", read: r.amount(&a.Spending)})
	})
}

func (r *reader) times(n *node, dst *[]TimeShare) {
	each(r, n, dst, func(n *node, t *TimeShare) {
		t.Line = n.line
		r.object(n,
			field{key: "on", read: r.text(&t.On), need: true},
			field{key: "share", read: func(n *node) { t.Share, _ = r.percent(n) }, need: true})
	})
	r.distinct(n, "time on", func(i int) string { return strings.ToLower((*dst)[i].On) })
}

func (r *reader) budget(n *node, dst *Known[Budget]) {
	b := Budget{Line: n.line}
	r.object(n,
		field{key: "of", read: r.text(&b.Of), need: true},
		field{key: "amount", read: r.amount(&b.Amount)})
	*dst = Is(b)
}

func (r *reader) others(n *node, dst *[]Other) {
	keyed(r, n, dst, func(id string, n *node, o *Other) {
		o.ID, o.Line = id, n.line
		o.Title, _ = r.asText(n)
	})
}

func (r *reader) effort(n *node, dst *Known[Effort]) {
	e := Effort{Line: n.line}
	share := func(dst *Known[Span]) func(*node) {
		return func(n *node) { dst.Value, dst.OK = r.percent(n) }
	}
	r.object(n, field{key: "innovation", read: share(&e.Innovation)}, field{key: "delivery", read: share(&e.Delivery)})
	if e.Innovation.OK || e.Delivery.OK {
		*dst = Is(e)
	}
}

func (r *reader) rights(n *node, dst *[]DecisionRight) {
	keyed(r, n, dst, func(id string, n *node, d *DecisionRight) {
		d.ID, d.Line = id, n.line
		r.object(n,
			field{key: "title", read: r.text(&d.Title), need: true},
			field{key: "decides", read: r.roleIDs(&d.Decides)},
			field{key: "consulted", read: r.roleIDs(&d.Consulted)},
			field{key: "informed", read: r.roleIDs(&d.Informed)},
			field{key: "days", read: r.number(&d.Days, "5", 1000)},
			field{key: "escalates_to", read: r.roleID(&d.EscalatesTo)},
			field{key: "cites", read: r.texts(&d.Cites)},
			field{key: "keywords", read: r.texts(&d.Keywords)},
			field{key: "paths", read: r.texts(&d.Paths)},
			field{key: "labels", read: r.texts(&d.Labels)})
	})
}

func (r *reader) agreedOverlaps(n *node, dst *[]AgreedOverlap) {
	keyed(r, n, dst, func(id string, n *node, o *AgreedOverlap) {
		o.ID, o.Line = id, n.line
		r.object(n,
			field{key: "title", read: r.text(&o.Title), need: true},
			field{key: "owner", read: r.roleIDs(&o.Owner)},
			field{key: "process", read: r.text(&o.Process)})
	})
}

func (r *reader) meetings(n *node, dst *[]AgreedMeeting) {
	keyed(r, n, dst, func(id string, n *node, m *AgreedMeeting) {
		m.ID, m.Line = id, n.line
		r.object(n,
			field{key: "title", read: r.text(&m.Title), need: true},
			field{key: "every", read: r.choice(&m.Every, Rhythms()), need: true},
			field{key: "minutes", read: r.number(&m.Minutes, "45", 1440)},
			field{key: "who", read: r.roleIDs(&m.Who)},
			field{key: "about", read: r.text(&m.About)})
	})
}

func (r *reader) reviews(n *node, dst *[]AgreedReview) {
	keyed(r, n, dst, func(id string, n *node, v *AgreedReview) {
		v.ID, v.Line = id, n.line
		r.object(n,
			field{key: "title", read: r.text(&v.Title), need: true},
			field{key: "owner", read: r.roleID(&v.Owner)},
			field{key: "every", read: r.choice(&v.Every, Rhythms()), need: true},
			field{key: "today", read: r.text(&v.Today)},
			field{key: "next", read: r.day(&v.Next)})
	})
}

func (r *reader) tradeOffs(n *node, dst *[]AgreedTradeOff) {
	keyed(r, n, dst, func(id string, n *node, t *AgreedTradeOff) {
		t.ID, t.Line = id, n.line
		r.object(n,
			field{key: "title", read: r.text(&t.Title), need: true},
			field{key: "question", read: r.text(&t.Question)},
			field{key: "decides", read: r.roleIDs(&t.Decides)},
			field{key: "today", read: r.text(&t.Today)},
			field{key: "position", read: r.text(&t.Position)},
			field{key: "review", read: r.day(&t.Review)})
	})
}

func (r *reader) steps(n *node, dst *[]AgreedStep) {
	each(r, n, dst, func(n *node, s *AgreedStep) {
		s.Line = n.line
		r.object(n,
			field{key: "to", read: r.roleIDs(&s.To), need: true},
			field{key: "within", read: r.number(&s.Within, "5", 1000)},
			field{key: "how", read: r.text(&s.How)})
	})
}

func (r *reader) signatures(n *node, dst *[]Signature) {
	each(r, n, dst, func(n *node, s *Signature) {
		s.Line = n.line
		r.object(n,
			field{key: "role", read: r.roleID(&s.Role), need: true},
			field{key: "name", read: r.text(&s.Name), need: true},
			field{key: "date", read: r.date(&s.Date), need: true},
			field{key: "sha256", need: true, read: func(n *node) {
				if s.SHA256 = n.text; (n.kind != text && n.kind != number) || !hashShape.MatchString(n.text) {
					r.fail(n, fmt.Sprintf("%q is not a SHA-256", clip(n.text)), "sign with: diarchy agreement sign")
				}
			}})
	})
	r.distinct(n, "signature of", func(i int) string { return (*dst)[i].Role })
}

// keyed reads a mapping of ids to things.
func keyed[T any](r *reader, n *node, dst *[]T, read func(string, *node, *T)) {
	if n.kind != mapping {
		r.wrong(n, "a mapping", "write an id such as cto, a colon, and what belongs to it indented below")
		return
	}
	first := map[string]int{}
	for _, e := range n.entries {
		id := e.key.text
		switch line, twice := first[id]; {
		case !roleShape.MatchString(id):
			r.fail(e.key, fmt.Sprintf("%q is not an id", clip(id)), "write small letters, digits and _, such as chief_architect")
			continue
		case twice:
			r.fail(e.key, fmt.Sprintf("%q is here twice", id), fmt.Sprintf("keep one; the first is on line %d", line))
			continue
		case e.value.kind == null:
			r.fail(e.key, fmt.Sprintf("%q has no value", id), "write one, or remove the key")
			continue
		}
		first[id] = e.key.line
		var item T
		place := *e.value
		if place.kind == mapping {
			place.line, place.column = e.key.line, e.key.column
		}
		read(id, &place, &item)
		*dst = append(*dst, item)
	}
}

// roleID reads one id of a role or party into dst.
func (r *reader) roleID(dst *string) func(*node) {
	return func(n *node) {
		if s, ok := r.asText(n); ok && roleShape.MatchString(s) {
			*dst = s
		} else if ok {
			r.fail(n, fmt.Sprintf("%q is not an id", clip(s)), "write one under roles or others, such as cto")
		}
	}
}

// roleIDs reads one id, or a list of them.
func (r *reader) roleIDs(dst *[]string) func(*node) {
	return func(n *node) {
		if n.kind == text {
			*dst = make([]string, 1)
			r.roleID(&(*dst)[0])(n)
			return
		}
		each(r, n, dst, func(n *node, s *string) { r.roleID(s)(n) })
	}
}

// texts reads a list of texts.
func (r *reader) texts(dst *[]string) func(*node) {
	return func(n *node) {
		each(r, n, dst, func(n *node, s *string) { *s, _ = r.asText(n) })
	}
}

// number reads a whole number above 0.
func (r *reader) number(dst *int, example string, limit int64) func(*node) {
	return func(n *node) {
		v, ok := r.whole(n, example, limit)
		if ok && v == 0 {
			r.fail(n, "0 is not enough", "write a whole number such as "+example+", or remove the key")
		}
		*dst = int(v)
	}
}

func (r *reader) amount(dst *Known[int64]) func(*node) {
	return func(n *node) { dst.Value, dst.OK = r.whole(n, "500000", maxAmount) }
}

// percent reads "60-70 %" or "15 %" as 0 to 1.
func (r *reader) percent(n *node) (Span, bool) {
	const right = "write per cent, such as 60-70 % or 15 %"
	m := percentShape.FindStringSubmatch(n.text)
	if n.kind != text || m == nil {
		r.wrong(n, "a share", right)
		return Span{}, false
	}
	s := spanOf(m[1], m[2], 100)
	switch {
	case s.Low > s.High:
		r.fail(n, fmt.Sprintf("%s is the wrong way round", clip(n.text)), "the smaller number comes first")
		return Span{}, false
	case s.High > 1:
		r.fail(n, fmt.Sprintf("%s is more than all", clip(n.text)), right)
		return Span{}, false
	}
	return s, true
}

// months reads "24-60 months" or "2-5 years".
func (r *reader) months(dst *Known[Span]) func(*node) {
	return func(n *node) {
		m := monthsShape.FindStringSubmatch(n.text)
		if n.kind != text || m == nil {
			r.wrong(n, "a horizon", "write such as 3-18 months, or 2-5 years")
			return
		}
		unit := 1.0
		if strings.HasPrefix(m[3], "year") {
			unit = 1.0 / 12
		}
		s := spanOf(m[1], m[2], unit)
		if s.Low > s.High {
			r.fail(n, fmt.Sprintf("%s is the wrong way round", clip(n.text)), "the smaller number comes first")
			return
		}
		*dst = Is(s)
	}
}

// spanOf are two numbers as written, divided by unit; without the second, the first twice.
func spanOf(low, high string, unit float64) Span {
	if high == "" {
		high = low
	}
	a, _ := strconv.ParseFloat(low, 64)
	b, _ := strconv.ParseFloat(high, 64)
	return Span{a / unit, b / unit}
}

// hashOf is the SHA-256 of the canonical text of a document: a line for each value,
// "path = quoted text", in the order of paths, without signatures and without values
// that are not there. So what people sign is what the document says: neither comments,
// quotes, order of keys nor a later version of this program change it.
func hashOf(root *node) string {
	var lines []string
	canonical(root, "", &lines)
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n") + "\n"))
	return hex.EncodeToString(sum[:])
}

func canonical(n *node, path string, lines *[]string) {
	switch n.kind {
	case null:
	case mapping:
		for _, e := range n.entries {
			if path == "" && e.key.text == "signatures" {
				continue
			}
			canonical(e.value, path+"."+e.key.text, lines)
		}
	case list:
		for i, item := range n.items {
			canonical(item, fmt.Sprintf("%s[%06d]", path, i), lines)
		}
	default:
		*lines = append(*lines, strings.TrimPrefix(path, ".")+" = "+strconv.Quote(n.text))
	}
}
