package demo

import (
	"fmt"
	"strings"
)

// subject writes the first line of a commit about an area; the i-th of its branch.
func (h *history) subject(topic, area string, i int) string {
	if i > 0 && h.r.Float64() < 0.4 {
		return one(h.r, followUps())
	}
	kind := topic
	if topic == "change" {
		kind = []string{"fix", "feat", "refactor", "perf", "test"}[pick(h.r, []float64{0.36, 0.36, 0.17, 0.05, 0.06})]
	}
	n, m := h.w.nouns()
	h.w.area = area
	text := h.w.fill(one(h.r, subjects(kind)), n, m, h.w.verb(), "")
	prefix := map[string]string{"add": "feat", "move": "refactor", "remove": "chore", "debt": "refactor"}[kind]
	if prefix == "" {
		prefix = kind
	}
	switch {
	case h.kind.conventional:
		return fmt.Sprintf("%s(%s): %s", prefix, area, text)
	case h.kind.style == mergeCommits:
		return area + ": " + text
	}
	return title(text)
}

// subjects are templates; see language for the placeholders.
func subjects(kind string) []string {
	switch kind {
	case "fix":
		return lines(`
handle a missing $n in $m lookups
do not count the $n twice when the $m is retried
return not found for an unknown $n
fix rounding of the $n total
keep the $n when the $m expires
check the $n before the $m is saved
fix a race between $n and $m updates
ignore empty $ns
use the $m's currency for the $n
fix the order of $ns on the last page
stop retrying a rejected $n
fix the time zone of the $n date
avoid a nil $n after a failed $m
close the $n stream on errors
treat a late $m as an open $n`)
	case "feat", "add":
		return lines(`
support more than one $n per $m
show the $n beside the $m
let support staff $v a $n
filter $ns by $m
add an endpoint to $v a $n
send an event when the $n changes
export the $n with its $m
accept a $n without $m
add limits for each $n
record who changed the $n
add a preview of the $n
notify the $m when a $n is closed`)
	case "refactor":
		return lines(`
move $n rules out of the handler
split $n and $m
use one path to $v a $n
simplify the $n lookup
pass the $m instead of its id
name the states of a $n
drop the unused $n option
make the $n immutable`)
	case "perf":
		return lines(`
load $ns in one query
cache the $n for the length of a request
avoid a copy of the $m
read the $n index only once`)
	case "test":
		return lines(`
cover expired $ns
test the $n against recorded $ms
make the $n test independent of the clock
add cases for an empty $m`)
	case "move":
		return lines(`
rename the $n module
move the $n beside the $m`)
	case "remove":
		return lines(`
remove the old $n code
delete the unused $m view
drop the $n import nobody calls`)
	}
	return lines(`
clean up around the $n
pay down notes in the $n code
settle an open note about the $m
finish what was left open in the $n`)
}

func followUps() []string {
	return lines(`
address review comments
fix lint
add a missing test
rename after review
update the test data
handle the error case as well
simplify
fix the build`)
}

func reasons() []string {
	return lines(`
Seen in staging after the last release; the log had no trace of it.
Support asked for this more than once.
The old path stays until the next release.
Found while looking into a slow page.
No change for callers that do not use it.
The partner sends this since their last update.
Measured on a copy of last month's data: about a third less time.
The next change builds on it.`)
}

func revertReasons() []string {
	return lines(`
It broke the nightly run.
Timeouts went up after the deployment.
A merchant relies on the old behaviour; we look at it again next week.
The totals no longer agree with the report.`)
}

func recordSubject(rec *record, status string) string {
	name := strings.ToLower(rec.title[:1]) + rec.title[1:]
	switch status {
	case proposed:
		return fmt.Sprintf("docs: propose to %s", name)
	case superseded:
		return fmt.Sprintf("docs: supersede record %04d", rec.number)
	}
	return fmt.Sprintf("docs: record %04d is %s", rec.number, status)
}
