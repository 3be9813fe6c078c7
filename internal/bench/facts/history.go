package facts

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// Habits, chosen so that an engineer-year has RowsPerEngineerYear rows.
const (
	changesAYear = 420  // of one engineer, that reach the main line
	mergedShare  = 0.45 // of changes that are a branch and a merge; the rest is one commit each
	botShare     = 0.06 // of changes
	revertShare  = 0.02 // of commits
	reviewShare  = 0.45 // of commits, by trailers
	markerShare  = 0.09 // of commits that admit a debt; somewhat fewer are paid down
	medianFiles  = 4.0  // of a commit, beside the first; the mean is near 11, a few have hundreds
	spreadFiles  = 1.4
	mostFiles    = 400
	openDebts    = 100 // of one repository that can still be paid down
)

// repository writes its history piece by piece.
type repository struct {
	id, name string
	company  *Company
	number   int
	rng      *rand.Rand
	rate     float64 // changes a day
	files    int
	renamed  map[int]int
	commits  int64
	head     string
	debts    []fact.MarkerLine
	waiting  []string // commits that no release holds
	release  time.Time
	tags     int
	records  int
	seen     map[string]bool
	batch    store.Batch
	now      time.Time // landing of the change that is written
}

func newRepository(c *Company, number int) *repository {
	r := &repository{company: c, number: number, name: fmt.Sprintf("service-%04d", number), files: 30, renamed: map[int]int{}, seen: map[string]bool{}, release: c.began,
		rng: rand.New(rand.NewPCG(c.opts.Seed, uint64(number)+1))}
	r.id = r.sha()
	// Few repositories of a team take most of its work.
	weights, mine := 0.0, 1/float64(number%reposOfTeam+1)
	for k := range reposOfTeam {
		weights += 1 / float64(k+1)
	}
	seats := min(teamSize, len(c.seats)-number/reposOfTeam*teamSize)
	r.rate = float64(seats) * changesAYear / 365 * mine / weights
	return r
}

func (r *repository) sha() string {
	var b [24]byte
	for i := range 3 {
		binary.LittleEndian.PutUint64(b[8*i:], r.rng.Uint64())
	}
	return hex.EncodeToString(b[:20])
}

// write hands out what happens between two times, in batches as git reading makes them.
func (r *repository) write(from, to time.Time, emit func(store.Batch) error) error {
	var landings []time.Time
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		rate := r.rate * 7 / 5.2
		if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
			rate = r.rate * 7 / 5.2 * 0.1
		}
		for range poisson(r.rng, rate) {
			landings = append(landings, day.Add(time.Duration(clamp(13+3*r.rng.NormFloat64(), 0, 23.99)*float64(time.Hour))).Truncate(time.Second))
		}
	}
	sort.Slice(landings, func(a, b int) bool { return landings[a].Before(landings[b]) })
	for _, at := range landings {
		r.now = at
		r.change()
		if at.Sub(r.release) > time.Duration(10+r.number%30)*24*time.Hour {
			r.tag()
		}
		if len(r.batch.Commits) >= 5000 {
			if err := r.flush(emit); err != nil {
				return err
			}
		}
	}
	return r.flush(emit)
}

func (r *repository) flush(emit func(store.Batch) error) error {
	b := r.batch
	r.batch = store.Batch{}
	if len(b.Commits) == 0 {
		return nil
	}
	b.RepoID, b.Location, b.Cursor = r.id, "/"+r.name, r.head
	return emit(b)
}

// change is a branch with its merge, or one commit on the main line.
func (r *repository) change() {
	author := r.author()
	landing := fact.Landing{OnMain: true, At: r.now}
	switch {
	case r.rng.Float64() < botShare:
		bot := bots[r.rng.IntN(len(bots))]
		r.commit(bot, bot, landing, 0, r.head)
	case r.rng.Float64() < mergedShare:
		change, tip := r.sha(), r.head
		for i := range 1 + poisson(r.rng, 1.6) {
			landing := fact.Landing{Change: change, At: r.now}
			r.commit(author, author, landing, time.Duration(r.rng.ExpFloat64()*30*float64(time.Hour)), tip)
			tip = r.batch.Commits[len(r.batch.Commits)-1].SHA
			if i == 0 && r.rng.IntN(6) == 0 {
				author = r.author()
			}
		}
		r.merge(change, tip)
	default:
		committer := author
		if r.rng.IntN(3) > 0 {
			committer = forge
		}
		r.commit(author, committer, landing, time.Duration(r.rng.ExpFloat64()*20*float64(time.Hour)), r.head)
	}
}

func (r *repository) author() fact.Identity {
	seat := r.number/reposOfTeam*teamSize + r.rng.IntN(min(teamSize, len(r.company.seats)-r.number/reposOfTeam*teamSize))
	if r.rng.Float64() < strangers {
		seat = r.rng.IntN(len(r.company.seats))
	}
	return r.company.sitting(r.rng, seat, r.now)
}

func (r *repository) merge(sha, tip string) {
	who := forge
	if r.rng.IntN(3) == 0 {
		who = r.author()
	}
	c := fact.Commit{SHA: sha, Parents: []string{r.head, tip}, Author: who, Committer: who, AuthoredAt: r.now, CommittedAt: r.now, Subject: fmt.Sprintf("Merge pull request #%d", r.commits)}
	r.add(c, fact.Landing{OnMain: true, Change: sha, At: r.now})
	r.head = sha
}

// commit is written some time before it lands.
func (r *repository) commit(author, committer fact.Identity, l fact.Landing, before time.Duration, parent string) {
	wrote := r.now.Add(-before).Truncate(time.Second)
	c := fact.Commit{SHA: r.sha(), Author: author, Committer: committer, AuthoredAt: wrote, AuthorZone: 60, CommittedAt: wrote, CommitZone: 60,
		Subject: subjects[r.rng.IntN(len(subjects))] + fmt.Sprintf(" (%d)", r.commits)}
	if parent != "" {
		c.Parents = []string{parent}
	}
	if l.OnMain {
		l.Change, r.head = c.SHA, c.SHA
		c.CommittedAt = r.now
	}
	if r.rng.Float64() < revertShare {
		c.IsRevert, c.Reverts = true, parent
	}
	if r.rng.Float64() < reviewShare {
		c.Trailers = append(c.Trailers, fact.Trailer{Key: "reviewed-by", Identity: r.author()})
	}
	r.touch(&c)
	r.markers(&c)
	r.papers(&c)
	r.add(c, l)
}

func (r *repository) add(c fact.Commit, l fact.Landing) {
	r.commits++
	l.Ordinal = r.commits
	c.Landing = l
	r.batch.Commits = append(r.batch.Commits, c)
	r.waiting = append(r.waiting, c.SHA)
}

// touch draws the files of a commit: few of them take most changes.
func (r *repository) touch(c *fact.Commit) {
	n := min(1+int(medianFiles*math.Exp(spreadFiles*r.rng.NormFloat64())), mostFiles)
	taken := make(map[int]bool, n)
	for range n {
		i := int(float64(r.files) * math.Pow(r.rng.Float64(), 2.5))
		f := fact.FileChange{Kind: fact.Modified, Added: lines(r.rng, 9), Deleted: lines(r.rng, 5)}
		switch x := r.rng.IntN(1000); {
		case x < 45:
			i = r.files
			r.files++
			f.Kind, f.Added, f.Deleted = fact.Added, lines(r.rng, 60), 0
		case x < 55:
			f.Kind, f.Added, f.Deleted = fact.Deleted, 0, lines(r.rng, 60)
		case x < 65:
			f.Kind, f.OldPath = fact.Renamed, r.path(i)
		case x < 70:
			f.Binary, f.Added, f.Deleted = true, fact.Uncounted, fact.Uncounted
		}
		if taken[i] {
			continue
		}
		taken[i] = true
		if f.Kind == fact.Renamed {
			r.renamed[i]++
		}
		f.Path = r.path(i)
		f.Category = fact.CategoryOf(f.Path)
		c.Changes = append(c.Changes, f)
	}
}

// path names a file by its number; a third are tests, documents or settings.
func (r *repository) path(i int) string {
	stem := fmt.Sprintf("internal/%s%d/%s%d", words[i/40%len(words)], i/40, words[i%len(words)], i)
	if k := r.renamed[i]; k > 0 {
		stem += fmt.Sprintf("_v%d", k+1)
	}
	switch i % 10 {
	case 3, 7:
		return stem + "_test.go"
	case 5:
		return stem + ".yaml"
	case 9:
		return stem + ".md"
	}
	return stem + ".go"
}

// markers admits debts and pays some down.
func (r *repository) markers(c *fact.Commit) {
	if len(c.Changes) == 0 {
		return
	}
	if r.rng.Float64() < markerShare {
		m := fact.MarkerLine{Path: c.Changes[0].Path, Kind: "todo", Text: fmt.Sprintf("TODO: %s (%d)", subjects[r.rng.IntN(len(subjects))], r.commits), Added: true}
		c.MarkerLines = append(c.MarkerLines, m)
		if len(r.debts) < openDebts {
			r.debts = append(r.debts, m)
		}
	}
	if len(r.debts) > 1 && r.rng.Float64() < markerShare*0.7 {
		i := r.rng.IntN(len(r.debts) - 1)
		m := r.debts[i]
		m.Added = false
		c.MarkerLines = append(c.MarkerLines, m)
		r.debts[i] = r.debts[len(r.debts)-1]
		r.debts = r.debts[:len(r.debts)-1]
	}
}

// papers are decision records and the documents that leaders answer for.
func (r *repository) papers(c *fact.Commit) {
	x := r.rng.IntN(1000)
	if x >= 10 {
		return
	}
	path, status := fmt.Sprintf("docs/runbooks/%s.md", words[r.rng.IntN(8)]), ""
	if x < 5 {
		record := r.records
		status = "proposed"
		if r.records > 0 && r.rng.IntN(2) == 0 {
			record, status = r.rng.IntN(r.records), "accepted"
		} else {
			r.records++
		}
		path = fmt.Sprintf("docs/adr/%04d-%s.md", record, words[record%len(words)])
	}
	f := fact.FileChange{Path: path, Kind: fact.Modified, Added: lines(r.rng, 9), Deleted: lines(r.rng, 3), Category: fact.CategoryOf(path)}
	c.Changes = append(c.Changes, f)
	kind, _ := fact.DocumentKindOf(path)
	if !r.seen[path] {
		r.seen[path] = true
		c.Changes[len(c.Changes)-1].Kind = fact.Added
		r.batch.Documents = append(r.batch.Documents, fact.Document{Path: path, Kind: kind})
	}
	if status != "" {
		r.batch.Decisions = append(r.batch.Decisions, fact.DecisionVersion{Path: path, SHA: c.SHA, Title: "Decision on " + words[r.rng.IntN(len(words))], Status: status})
	}
}

// tag releases all that waits.
func (r *repository) tag() {
	r.release = r.now
	r.tags++
	r.batch.Releases = append(r.batch.Releases, fact.Release{Tag: fmt.Sprintf("v1.%d.0", r.tags), SHA: r.head, At: r.now.Add(time.Minute), Contains: r.waiting})
	r.waiting = nil
}

// shapes measures the files that change most.
func (r *repository) shapes(most int) (out []fact.FileShape) {
	rng := rand.New(rand.NewPCG(r.company.opts.Seed, uint64(r.number)))
	for i := 0; i < r.files && len(out) < most; i++ {
		if path := r.path(i); fact.CategoryOf(path) == fact.Code {
			out = append(out, fact.FileShape{Path: path, Language: "Go", Lines: lines(rng, 200), Complexity: lines(rng, 20)})
		}
	}
	return out
}

// lines draws a count with a long tail.
func lines(rng *rand.Rand, median float64) int64 {
	return int64(min(median*math.Exp(1.3*rng.NormFloat64()), 20_000))
}

func poisson(rng *rand.Rand, mean float64) (n int) {
	for sum := rng.ExpFloat64(); sum < mean; sum += rng.ExpFloat64() {
		n++
	}
	return n
}

func clamp(x, low, high float64) float64 { return math.Min(math.Max(x, low), high) }

var words = []string{"billing", "cart", "search", "ledger", "invoice", "session", "queue", "worker", "mail", "report", "quota", "token", "audit", "cache", "import", "export", "price", "stock", "route", "health"}

var subjects = []string{"Add paging to the list of orders", "Fix a race when the cache is empty", "Move the client into its own package", "Log what the queue refuses",
	"Make timeouts a setting", "Remove what nobody calls", "Test the rounding of prices", "Say why a token was refused", "Bump the version of the driver", "Handle an empty answer"}
