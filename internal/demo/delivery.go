package demo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Delivery is what a forge, pipelines, incidents and a tracker tell of the company, as CSV
// files.
type Delivery struct {
	Told  bool
	Weeks int // since then there are fewer deployments, more of them fail, and less of each sprint is done
}

// DeliveryTruth: from a Monday on, deployments are rarer and fail more often, sprints
// deliver less of what was planned, and migrations stay open.
type DeliveryTruth struct {
	Since                   time.Time
	DaysBefore, DaysAfter   int     // between deployments of a repository
	FailsBefore, FailsAfter float64 // share of deployments that cause an incident
	DoneBefore, DoneAfter   float64 // share of planned issues that are done
	Stalled                 int     // migrations and upgrades that stay open, the last of them a change request that its files alone give away
}

func (p *plan) deliveryTruth() *DeliveryTruth {
	if p.company.Delivery.Weeks == 0 {
		return nil
	}
	return &DeliveryTruth{p.cal.week(p.cal.back(p.company.Delivery.Weeks)), 2, 8, 0.05, 0.4, 0.9, 0.5, 6}
}

// tables are CSV files by name: a heading and rows.
type tables map[string][][]string

func (t tables) add(name string, row ...string) { t[name] = append(t[name], row) }

// writeDelivery writes what systems tell; deployments are of commits that the
// repositories hold.
func (p *plan) writeDelivery(ctx context.Context, git, dir string) error {
	if !p.company.Delivery.Told {
		return nil
	}
	t := tables{}
	t.add("deployments", "repository", "id", "environment", "sha", "result", "started_at", "finished_at")
	t.add("incidents", "id", "opened_at", "service", "title", "resolved_at", "deployment", "mended_by")
	t.add("change_requests", "repository", "number", "state", "opened_at", "merged_at", "title", "author_email", "base", "head_sha", "merge_sha", "added", "deleted", "files", "paths")
	t.add("change_request_commits", "repository", "number", "sha", "authored_at")
	t.add("change_request_events", "repository", "number", "kind", "at", "actor_email")
	t.add("builds", "repository", "id", "sha", "result", "queued_at", "started_at", "finished_at")
	r, forge := rand.New(rand.NewPCG(p.company.Seed, 77)), rand.New(rand.NewPCG(p.company.Seed, 78))
	for _, repo := range p.repos {
		all, err := commits(ctx, git, filepath.Join(dir, "repos", repo.name+".git"))
		if err != nil {
			return fmt.Errorf("%s: %w", repo.name, err)
		}
		changed, err := sizes(ctx, git, filepath.Join(dir, "repos", repo.name+".git"), p.cal.week(p.cal.back(forgeWeeks)))
		if err != nil {
			return fmt.Errorf("%s: %w", repo.name, err)
		}
		line, sides := firstParents(all)
		p.deploy(t, r, repo.name, line)
		for _, c := range line {
			p.request(t, forge, repo.name, c, sides[c.sha], changed[c.sha])
		}
	}
	p.upgrade(t, forge)
	p.track(t)
	folder := filepath.Join(dir, "exports")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, rows := range t {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name+".csv"), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// landed is a commit of the main line, or of a side branch that was merged.
type landed struct {
	sha, author  string // author is an e-mail
	at, authored time.Time
	parents      []string
	subject      string
}

// parent is the name of a parent; "" when there are not so many.
func (c landed) parent(i int) string {
	if i < len(c.parents) {
		return c.parents[i]
	}
	return ""
}

// commits reads all that the main line holds, the newest first.
func commits(ctx context.Context, git, dir string) (out []landed, err error) {
	cmd := exec.CommandContext(ctx, git, "--git-dir="+dir, "log", "--topo-order", "--format=%H%x09%ct%x09%at%x09%aE%x09%P%x09%s", "main")
	text, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		f := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 6)
		if len(f) != 6 {
			return nil, fmt.Errorf("git log says %q", line)
		}
		at, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return nil, err
		}
		authored, err := strconv.ParseInt(f[2], 10, 64)
		if err != nil {
			return nil, err
		}
		out = append(out, landed{f[0], f[3], time.Unix(at, 0).UTC(), time.Unix(authored, 0).UTC(), strings.Fields(f[4]), f[5]})
	}
	return out, nil
}

// size is what a commit of the main line brought: lines and files.
type size struct{ added, deleted, files int }

// sizes reads those since a time, by commit.
func sizes(ctx context.Context, git, dir string, since time.Time) (map[string]size, error) {
	cmd := exec.CommandContext(ctx, git, "--git-dir="+dir, "log", "--first-parent", "-m", "--shortstat", "--format=%H", "--since="+stamp(since), "main")
	text, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	out, sha := map[string]size{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		stats := strings.Split(line, ", ")
		if line == "" || !strings.Contains(stats[0], " changed") {
			sha = cmp.Or(line, sha)
			continue
		}
		var s size
		for _, stat := range stats { // 3 files changed, 10 insertions(+), 2 deletions(-)
			number, of, _ := strings.Cut(stat, " ")
			n, err := strconv.Atoi(number)
			switch {
			case err != nil:
				return nil, fmt.Errorf("git log says %q", line)
			case strings.HasPrefix(of, "file"):
				s.files = n
			case strings.HasPrefix(of, "insertion"):
				s.added = n
			case strings.HasPrefix(of, "deletion"):
				s.deleted = n
			}
		}
		out[sha] = s
	}
	return out, nil
}

// troubled reports whether it is after the planted Monday.
func (p *plan) troubled(at time.Time) bool {
	t := p.deliveryTruth()
	return t != nil && !at.Before(t.Since)
}

// deploy brings the newest commit into production every few days, in the last two years.
func (p *plan) deploy(t tables, r *rand.Rand, repo string, line []landed) {
	next, last, mends := 0, "", -1 // mends is the row of the incident that the next deployment mends
	for at := p.cal.week(p.cal.back(forgeWeeks)).Add(15 * time.Hour); at.Before(p.cal.end()); {
		for next < len(line) && !line[next].at.After(at) {
			next++
		}
		days, fails := 2, 0.05
		if p.troubled(at) {
			days, fails = 8, 0.4
		}
		if next > 0 && line[next-1].sha != last {
			last = line[next-1].sha
			id := repo + "-" + at.Format("20060102")
			t.add("deployments", repo, id, "production", last, "success", stamp(at), stamp(at.Add(12*time.Minute)))
			if mends >= 0 {
				row := t["incidents"][mends]
				row[len(row)-1], mends = id, -1
			}
			if r.Float64() < fails {
				mends = len(t["incidents"])
				began := at.Add(time.Duration(20+r.IntN(300)) * time.Minute)
				t.add("incidents", "INC-"+id, stamp(began), repo, "Errors after the deployment", stamp(began.Add(time.Duration(30+r.IntN(240))*time.Minute)), id, "")
			}
		}
		at = at.AddDate(0, 0, days)
	}
}

func stamp(at time.Time) string { return at.Format(time.RFC3339) }
