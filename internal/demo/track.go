package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// toldWeeks is since when the trackers are in use: shorter than a year, so that what is
// finished in a week is judged by changes.
const toldWeeks = 46

// tracker is the project in which the team of a repository keeps its work.
type tracker struct {
	key     string
	planned int // items of a sprint; 0: the team has no tracker
}

// sprint is two weeks of a team.
type sprint struct {
	id          string
	began, ends time.Time
	items       []*item
}

// item is an item of work.
type item struct {
	number          int
	title           string
	opened          time.Time
	began, finished time.Time // none while it is open
	added           time.Time // to its sprint; none of key work
	changes         int       // that name it so far
}

// backlog is what a team keeps in its tracker.
type backlog struct {
	tracker
	sprints []sprint
	beside  []*item // work that is in no sprint
	n       int     // number of the last item
}

// backlogs plans what each team keeps in its tracker; changes name the items that are under way.
func (p *plan) backlogs() []*backlog {
	out := make([]*backlog, len(p.repos))
	for i, k := range p.repos {
		out[i] = &backlog{tracker: k.tracker}
		if p.company.Delivery.Told && k.tracker.planned > 0 {
			p.fill(out[i], &k, rand.New(rand.NewPCG(p.company.Seed, uint64(80+i))))
		}
	}
	if p.company.Delivery.Told {
		p.keyWork(out[0])
	}
	return out
}

// fill plans sprints of two weeks with their items.
func (p *plan) fill(b *backlog, k *repoKind, r *rand.Rand) {
	titles := itemTitles()
	if p.deliveryTruth() == nil { // enough is tried out, as S4 asks
		titles = append(titles, "Experiment with $n search by voice", "Prototype of live $n updates")
	}
	for week := p.cal.back(toldWeeks); week+2 <= p.cal.weeks; week += 2 {
		began := p.cal.week(week).Add(9 * time.Hour)
		s := sprint{id: fmt.Sprintf("S%d", week), began: began, ends: began.AddDate(0, 0, 11)}
		done, unplanned := 0.9, b.planned/9
		if p.troubled(began) {
			done, unplanned = 0.5, b.planned*7/18
		}
		for i := range b.planned + unplanned {
			added := began.Add(-24 * time.Hour)
			if i >= b.planned {
				added = began.AddDate(0, 0, 1+r.IntN(8))
			}
			finished := began.Add(time.Duration(26+r.IntN(230)) * time.Hour)
			if r.Float64() >= done {
				finished = s.ends.AddDate(0, 0, 2+r.IntN(9))
			}
			if finished.Before(added) {
				finished = added.Add(30 * time.Hour)
			}
			title := strings.ReplaceAll(one(r, titles), "$n", one(r, k.nouns))
			it := b.add(title, added.AddDate(0, 0, -r.IntN(9)-1))
			it.added = added
			if finished.Before(p.cal.end()) {
				it.finished = finished
				it.began = finished.Add(-time.Duration(min(48, int(finished.Sub(it.opened).Hours())/2)) * time.Hour)
			}
			s.items = append(s.items, it)
		}
		b.sprints = append(b.sprints, s)
	}
}

// keyWork adds what stays open: one young upgrade, or as much as is planted, but what upgrade adds.
func (p *plan) keyWork(b *backlog) {
	truth := p.deliveryTruth()
	if truth == nil {
		b.beside = append(b.beside, b.add("Upgrade the build images", p.cal.end().AddDate(0, 0, -12)))
		return
	}
	for i := range truth.Stalled - 1 {
		title := []string{"Migrate the order database to the new cluster", "Upgrade the web framework", "Rotate keys: security finding"}[i%3]
		b.beside = append(b.beside, b.add(title, truth.Since.AddDate(0, 0, 7*i)))
	}
}

func (b *backlog) add(title string, opened time.Time) *item {
	b.n++
	return &item{number: b.n, title: title, opened: opened}
}

// name is what a change calls an item.
func (b *backlog) name(it *item) string { return fmt.Sprintf("%s-%d", b.key, it.number) }

// underWay is the item that is under way at a time and that the fewest changes named yet.
func (b *backlog) underWay(at time.Time) (found *item) {
	for _, s := range b.sprints {
		for _, it := range s.items {
			if !it.began.IsZero() && !at.Before(it.began) && at.Before(it.finished) && (found == nil || it.changes < found.changes) {
				found = it
			}
		}
	}
	return found
}

// itemTitles are templates; $n is something that the repository knows of.
func itemTitles() []string {
	return lines(`
Add a filter by $n to the list
New $n report for customers
Fix rounding of the $n total
Allow export of $n records
Prototype of the $n search
Refactor the $n importer
Support a second currency for each $n`)
}

// track writes what the teams keep in their trackers.
func (p *plan) track(t tables) {
	t.add("issues", "project", "id", "key", "kind", "title", "status", "category", "opened_at", "resolved_at")
	t.add("transitions", "project", "id", "from", "to", "from_category", "to_category", "at")
	t.add("sprints", "project", "id", "name", "started_at", "ends_at", "completed_at")
	t.add("sprint_issues", "project", "id", "sprint", "added_at", "removed_at")
	for _, b := range p.tracked {
		project := b.key
		for _, s := range b.sprints {
			t.add("sprints", project, s.id, s.id, stamp(s.began), stamp(s.ends), stamp(s.ends))
			for _, it := range s.items {
				b.write(t, it)
				t.add("sprint_issues", project, b.name(it), s.id, stamp(it.added), "")
			}
		}
		for _, it := range b.beside {
			b.write(t, it)
		}
	}
}

// categoryOf is what a status of the tracker means.
var categoryOf = map[string]string{"Open": "todo", "In progress": "doing", "Blocked": "doing", "Done": "done"}

// write says an item and its way. Some wait or are put back in between.
func (b *backlog) write(t tables, it *item) {
	id, status, category, resolved := b.name(it), "Open", "todo", ""
	if !it.finished.IsZero() {
		status, category, resolved = "Done", "done", stamp(it.finished)
		steps := []string{"Open", "In progress", "Done"}
		switch {
		case it.number%4 == 0: // waits for others for a while
			steps = []string{"Open", "In progress", "Blocked", "In progress", "Done"}
		case it.number%9 == 0: // is put back for something else
			steps = []string{"Open", "In progress", "Open", "In progress", "Done"}
		}
		for i := 1; i < len(steps); i++ {
			at := it.began.Add(it.finished.Sub(it.began) * time.Duration(i-1) / time.Duration(len(steps)-2))
			t.add("transitions", b.key, id, steps[i-1], steps[i], categoryOf[steps[i-1]], categoryOf[steps[i]], stamp(at))
		}
	}
	t.add("issues", b.key, id, id, "Task", it.title, status, category, stamp(it.opened), resolved)
}
