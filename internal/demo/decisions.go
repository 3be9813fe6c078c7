package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// record is a decision record of a repository.
type record struct {
	repo, number int
	title        string
	steps        []step
	tag          string // of what it is about
	decider      string // who decided, once it is; a role
}

// step is a status that a record gets on a day.
type step struct {
	day    time.Time
	status string
}

const (
	proposed   = "proposed"
	accepted   = "accepted"
	rejected   = "rejected"
	superseded = "superseded"
)

// managersDecide are those who decide in a flat company what the CTO owns.
const managersDecide = "Engineering managers"

// decide sets the decisions of a company: one about every five weeks, decided
// within twelve days or so, until decisions stall.
func decide(c Company, cal calendar, r *rand.Rand, repos int) []*record {
	var out []*record
	number := make([]int, repos)
	stall := cal.back(c.Decisions.Weeks)
	propose := func(title string, day time.Time) *record {
		repo := len(out) % repos
		number[repo]++
		rec := &record{repo: repo, number: number[repo], title: title, steps: []step{{workday(day), proposed}}}
		out = append(out, rec)
		return rec
	}
	titles := decisionTitles()
	r.Shuffle(len(titles), func(i, j int) { titles[i], titles[j] = titles[j], titles[i] })
	for w := 2; w < min(stall, cal.weeks-5) && len(titles) > 0; w += 4 + r.IntN(3) {
		rec := propose(titles[0], cal.week(w).AddDate(0, 0, r.IntN(5)))
		titles = titles[1:]
		rec.decided(6+r.IntN(13), verdict(r))
	}
	if c.Decisions.Weeks > 0 {
		stalled(c, cal, r, propose)
	}
	supersede(out, cal)
	deciders(out, c)
	return out
}

// deciders says who decided: whoever leads; in a company with flat lines the managers
// decided three of four, though the CTO owns architecture.
func deciders(all []*record, c Company) {
	for i, rec := range all {
		rec.tag = "architecture"
		switch {
		case c.Lines == "":
			rec.tag = ""
		case c.Lines == Flat && i%4 != 0:
			rec.decider = managersDecide
		case c.Declared.Role == "cto":
			rec.decider = "CTO"
		default:
			rec.decider = "Technical leader"
		}
	}
}

func verdict(r *rand.Rand) string {
	if r.Float64() < 0.1 {
		return rejected
	}
	return accepted
}

func (rec *record) decided(days int, status string) {
	rec.steps = append(rec.steps, step{workday(rec.steps[0].day.AddDate(0, 0, days)), status})
}

// stalled proposes the records that nobody decides, and the few that are decided
// late, at even distances from the stall to five weeks before the end.
func stalled(c Company, cal calendar, r *rand.Rand, propose func(string, time.Time) *record) {
	slow := c.Decisions.Slow
	n := c.Decisions.Stalled + len(slow)
	titles := stalledTitles()
	for i := range n {
		days := 7 * (c.Decisions.Weeks - 5) * i / n
		rec := propose(titles[i%len(titles)], cal.week(cal.back(c.Decisions.Weeks)).AddDate(0, 0, 2+days+r.IntN(4)))
		if i%2 == 1 && len(slow) > 0 {
			rec.decided(slow[0], accepted)
			slow = slow[1:]
		}
	}
}

// supersede lets the newest decision of a year later replace an early one.
func supersede(all []*record, cal calendar) {
	if len(all) < 12 {
		return
	}
	early, late := all[1], all[9]
	if len(late.steps) > 1 && len(early.steps) > 1 && early.steps[1].status == accepted && late.steps[1].day.Before(cal.end()) {
		early.steps = append(early.steps, step{late.steps[1].day, superseded})
	}
}

// path is where the record lies.
func (rec *record) path() string {
	slug := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c == ' ', c == '-':
			return '-'
		}
		return -1
	}, strings.ToLower(rec.title))
	return fmt.Sprintf("docs/adr/%04d-%s.md", rec.number, slug)
}

// text is the record with a status; front matter in some repositories, headings
// in others.
func (rec *record) text(status string, frontMatter bool) string {
	day := rec.steps[0].day.Format(time.DateOnly)
	var b strings.Builder
	decider := ""
	if status != proposed {
		decider = rec.decider
	}
	if frontMatter {
		fmt.Fprintf(&b, "---\nstatus: %s\ndate: %s\n%s%s---\n\n# %s\n", status, day, said("decision-makers: [%s]\n", decider), said("tags: [%s]\n", rec.tag), rec.title)
	} else {
		fmt.Fprintf(&b, "# %d. %s\n\nDate: %s\n%s%s\n## Status\n\n%s\n", rec.number, rec.title, day, said("Deciders: %s\n", decider), said("Tags: %s\n", rec.tag), strings.ToUpper(status[:1])+status[1:])
	}
	fmt.Fprintf(&b, "\n## Context and Problem Statement\n\nWe need to settle how to %s. What we have today was\nchosen when the company was smaller, and two teams work around it.\n",
		strings.ToLower(rec.title[:1])+rec.title[1:])
	b.WriteString("\n## Considered Options\n\n* Do it now, in one repository first\n* Do it with the next larger piece of work\n* Leave it as it is\n")
	if status == accepted || status == superseded {
		b.WriteString("\n## Decision Outcome\n\nDo it now, in one repository first: the cost is known and the way back is short.\n")
	}
	if status == rejected {
		b.WriteString("\n## Decision Outcome\n\nLeave it as it is: the gain does not pay for the move this year.\n")
	}
	b.WriteString("\n## Consequences\n\n* One way to do it, written down\n* Existing code moves when it is touched\n")
	return b.String()
}

// said is a line with a value; "" without one.
func said(line, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(line, value)
}

func decisionTitles() []string {
	return lines(`
Use PostgreSQL for order data
Adopt OpenTelemetry for tracing
Keep money in minor units
Split the read model from the ledger
Use Kafka for settlement events
Generate API clients from OpenAPI
Cache catalogue pages at the edge
Adopt trunk-based development
Use feature flags for payment methods
Move background jobs to a queue
Sign webhooks with rotating keys
Store audit events append-only
Use pnpm workspaces
Adopt structured logging
Retire the SOAP partner interface
Version public endpoints by path
Encrypt card tokens at rest
Use materialized views for reporting
Run integration tests in containers
Adopt TypeScript strict mode
Rate limit by merchant
Choose a currency conversion source
Keep one time zone in storage
Use blue-green deployments
Partition the postings table by month
Adopt server side rendering
Define service level objectives
Replace cron with a scheduler
Use idempotency keys on writes
Import bank statements as files
Adopt a design token format
Archive closed accounts
Use columnar files for exports
Test contracts with partners
Choose a search index
Document errors as problem details`)
}

func stalledTitles() []string {
	return lines(`
Migrate the ledger database to a partitioned cluster
Upgrade the storefront framework to its next major version
Separate services by network policy
Introduce a shared library for retries
Rotate and scope service credentials
Move analytics off the primary database
Replace the session store
Adopt single sign-on for internal tools
Split the payments service by region`)
}

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }
