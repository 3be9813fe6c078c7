package demo

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reviewing lets change requests wait for their first review from the last commit on. Else
// they are opened on the day on which they are merged.
type Reviewing struct{ Weeks int }

// ReviewingTruth: from a Monday on, a change request waits for its first review for most of
// the time from its last commit to its merge.
type ReviewingTruth struct {
	Since      time.Time
	Share      float64       // of that time, since then
	MostBefore time.Duration // that one waited before
}

func (p *plan) reviewingTruth() *ReviewingTruth {
	if p.company.Reviewing.Weeks == 0 {
		return nil
	}
	return &ReviewingTruth{p.cal.week(p.cal.back(p.company.Reviewing.Weeks)), 0.75, 2 * time.Hour}
}

// forgeWeeks is how far back the forge and the pipelines tell.
const forgeWeeks = 104

// reworked is the share of change requests to which something is pushed after the first review.
const reworked = 0.2

// numbered finds the number of a change request in the subject that its landing has.
var numbered = regexp.MustCompile(`^Merge pull request #(\d+) |\(#(\d+)\)$`)

// request writes the change request as which a commit reached the main line, with its
// reviews and its build; nothing of a commit that was pushed, or of a machine's.
func (p *plan) request(t tables, r *rand.Rand, repo string, to landed, side []landed, changed size) {
	m := numbered.FindStringSubmatch(to.subject)
	if m == nil || to.at.Before(p.cal.week(p.cal.back(forgeWeeks))) {
		return
	}
	head := to
	if len(side) > 0 {
		head = side[len(side)-1]
	}
	if strings.Contains(head.author, "[bot]") {
		return
	}
	number := m[1] + m[2]
	opened, share := head.authored.Add(to.at.Sub(head.authored)/50), 0.3
	if truth := p.reviewingTruth(); truth != nil && !to.at.Before(truth.Since) {
		share = truth.Share
	} else if late := to.at.Add(-5 * time.Hour); opened.Before(late) {
		opened = late
	}
	reviewed := opened.Add(part(r, to.at.Sub(opened), share))
	approved := reviewed.Add(part(r, to.at.Sub(reviewed), 0.5))
	t.add("change_requests", repo, number, "merged", stamp(opened), stamp(to.at), requestTitle(to, side), head.author, "main", head.sha, to.sha, strconv.Itoa(changed.added), strconv.Itoa(changed.deleted), strconv.Itoa(changed.files), "")
	for _, c := range side {
		t.add("change_request_commits", repo, number, c.sha, stamp(c.authored))
	}
	reviewer := p.reviewer(r, head.author, to.at)
	for _, e := range []struct {
		kind string
		at   time.Time
	}{{"reviewed", reviewed}, {"approved", approved}} {
		t.add("change_request_events", repo, number, e.kind, stamp(e.at), reviewer)
	}
	if r.Float64() < reworked {
		t.add("change_request_events", repo, number, "pushed", stamp(reviewed.Add(approved.Sub(reviewed)/2)), head.author)
	}
	result := "success"
	if r.Float64() < 0.08 {
		result = "failure"
	}
	queued := opened.Add(20 * time.Second)
	t.add("builds", repo, fmt.Sprintf("%s-%s", repo, number), head.sha, result, stamp(queued), stamp(queued.Add(10*time.Second)), stamp(queued.Add(time.Duration(420+r.IntN(240))*time.Second)))
}

// upgrade adds the change request that stays open, and that changes nothing but a manifest.
func (p *plan) upgrade(t tables, r *rand.Rand) {
	truth := p.deliveryTruth()
	if truth == nil {
		return
	}
	repo, last := p.repos[0], 0
	for _, row := range t["change_requests"] {
		if n, err := strconv.Atoi(row[1]); err == nil && row[0] == repo.name {
			last = max(last, n)
		}
	}
	t.add("change_requests", repo.name, strconv.Itoa(last+1), "open", stamp(truth.Since.AddDate(0, 0, 7*(truth.Stalled-1)).Add(10*time.Hour)), "", "Newer "+repo.bumped[0], p.reviewer(r, "", truth.Since), "main", "", "", "4", "4", "1", repo.manifest)
}

// part draws around a share of a time.
func part(r *rand.Rand, of time.Duration, share float64) time.Duration {
	return time.Duration(float64(of) * share * (0.8 + 0.4*r.Float64())).Truncate(time.Second)
}

// requestTitle is what a change request is called: the first line of its first commit, without
// the number.
func requestTitle(to landed, side []landed) string {
	if len(side) > 0 {
		return side[0].subject
	}
	return strings.TrimSpace(numbered.ReplaceAllString(to.subject, ""))
}

// reviewer draws one of those who are there, and not the author; who makes most merges
// gives as many of the reviews.
func (p *plan) reviewer(r *rand.Rand, author string, at time.Time) string {
	week := p.cal.index(at)
	if m := p.company.Merging; m.Weeks > 0 && week >= p.cal.back(m.Weeks) && author != p.people[0].email && r.Float64() < m.Share {
		return p.people[0].email
	}
	for {
		if a := one(r, p.people); a.email != author && a.alt != author && a.here(week) {
			return a.email
		}
	}
}

// firstParents are the commits of the main line, oldest first, and by the name of each that is a
// merge the commits of its side branch, oldest first. all begins with the tip.
func firstParents(all []landed) (line []landed, sides map[string][]landed) {
	by, on := map[string]landed{}, map[string]bool{}
	for _, c := range all {
		by[c.sha] = c
	}
	if len(all) == 0 {
		return nil, nil
	}
	for c, ok := all[0], true; ok; c, ok = by[c.parent(0)] {
		line = append(line, c)
		on[c.sha] = true
	}
	slices.Reverse(line)
	sides = map[string][]landed{}
	for _, c := range line {
		var side []landed
		for s, ok := by[c.parent(1)]; ok && !on[s.sha]; s, ok = by[s.parent(0)] {
			side = append(side, s)
		}
		slices.Reverse(side)
		sides[c.sha] = side
	}
	return line, sides
}
