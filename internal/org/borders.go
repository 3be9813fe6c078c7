package org

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/hmarr/codeowners"
	"gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"

	"github.com/diarchy/diarchy/internal/signal"
	"github.com/diarchy/diarchy/internal/stats"
	"github.com/diarchy/diarchy/internal/workspace"
)

// Touch is a file that a change touched. Those of one change come one after the other.
type Touch struct {
	Repository string
	Change     string
	Path       string
}

// Borders is how the borders of teams lie against what changes together.
type Borders struct {
	Changes int // that touch what any team owns
	Across  int // of them: that touch what several teams own
	Unowned int // that touch only what nobody owns
	Pairs   []Pair
	Areas   []Area // that change with another team's code more than with their own team's
}

// Pair is two teams whose code changed together.
type Pair struct {
	A, B    string
	Changes int
}

// Area is a part of a repository (its folders down to the second) that a team owns.
type Area struct {
	Name    string // repository and folder
	Team    string
	With    string // the team with whose code it changes
	Changes int    // of the area
	Shared  int    // of them: with code of With
	Cluster []string
}

// Thresholds of what borders say.
const (
	fewestChanges = 30  // below, a share of changes says little
	fewestShared  = 10  // of an area with another team's
	mostFiles     = 200 // of a change: beyond, it is a sweep through everything, and says nothing of borders
	clusterRuns   = 7   // seeds that must agree
)

// Share is the part of changes across teams; NaN without enough.
func (b Borders) Share() float64 {
	if b.Changes < fewestChanges {
		return math.NaN()
	}
	return float64(b.Across) / float64(b.Changes)
}

// Claim says how much teams change each other's code.
func (b Borders) Claim(owned bool) signal.Claim {
	nan := math.NaN()
	c := signal.Claim{ID: "org.coupling", State: signal.Unknown, Value: nan, Low: nan, High: nan, Unit: "share of changes", N: b.Changes, Need: fewestChanges,
		Method: "changes of the last year, and which team owns each file that they touch"}
	switch {
	case !owned:
		c.Lacks, c.How = "which team owns which code is not entered", "ownership:\n  - {team: payments, repository: shop, path: /pay/}   # or: diarchy org import CODEOWNERS"
	case b.Changes < fewestChanges:
		c.Lacks = fmt.Sprintf("%d of the %d changes to owned code that a share needs", b.Changes, fewestChanges)
	default:
		c.State, c.Strength, c.Value = signal.Present, 1, b.Share()
		if in, err := stats.Wilson(b.Across, b.Changes, 0.95); err == nil {
			c.Low, c.High = in.Low, in.High
		}
		c.Sentence = fmt.Sprintf("%d of %d changes (%.0f %%) touched what several teams own", b.Across, b.Changes, 100*c.Value)
	}
	return c
}

// Borders reads which files changed together.
func (s *Snapshot) Borders(touches iter.Seq[Touch]) Borders {
	b := bordering{owners: newOwners(s.Owners()), pairs: map[[2]string]int{}, areas: map[string]*area{}, ties: map[[2]string]float64{}, shared: map[[2]string]int{}}
	var current Touch
	files := 0
	for t := range touches {
		if t.Repository != current.Repository || t.Change != current.Change {
			b.finish(files)
			files, current = 0, t
		}
		if files++; files <= mostFiles {
			b.touch(t)
		}
	}
	b.finish(files)
	return b.result()
}

// bordering gathers one change after the other.
type bordering struct {
	owners *owners
	out    Borders
	pairs  map[[2]string]int
	areas  map[string]*area
	ties   map[[2]string]float64 // weight between two areas
	shared map[[2]string]int     // area and team: changes that touched both

	teams []string // of the change under way
	parts []string
}

type area struct {
	team    string
	changes int
}

func (b *bordering) touch(t Touch) {
	team := b.owners.of(t.Repository, t.Path)
	if team == "" {
		return
	}
	b.teams = addTo(b.teams, team)
	name := t.Repository + "/" + folder(t.Path)
	if a := b.areas[name]; a == nil {
		b.areas[name] = &area{team: team}
	}
	b.parts = addTo(b.parts, name)
}

func addTo(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// folder is the part of a path that makes an area: down to the second folder.
func folder(path string) string {
	parts := strings.SplitN(path, "/", 4)
	return strings.Join(parts[:min(2, len(parts)-1)], "/")
}

// finish counts the change that ends.
func (b *bordering) finish(files int) {
	defer func() { b.teams, b.parts = b.teams[:0], b.parts[:0] }()
	if files == 0 || files > mostFiles {
		return
	}
	if len(b.teams) == 0 {
		b.out.Unowned++
		return
	}
	b.out.Changes++
	if len(b.teams) > 1 {
		b.out.Across++
	}
	slices.Sort(b.teams)
	for i, x := range b.teams {
		for _, y := range b.teams[i+1:] {
			b.pairs[[2]string{x, y}]++
		}
	}
	slices.Sort(b.parts)
	for i, x := range b.parts {
		b.areas[x].changes++
		for _, team := range b.teams {
			b.shared[[2]string{x, team}]++
		}
		for _, y := range b.parts[i+1:] {
			b.ties[[2]string{x, y}] += 1 / float64(len(b.parts)-1)
		}
	}
}

func (b *bordering) result() Borders {
	for p, n := range b.pairs {
		b.out.Pairs = append(b.out.Pairs, Pair{p[0], p[1], n})
	}
	slices.SortFunc(b.out.Pairs, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.Changes, x.Changes), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	b.out.Areas = b.misplaced()
	return b.out
}

// misplaced are areas whose cluster of what changes together belongs mostly to another
// team, whatever the seed, and which themselves change mostly with that team's code.
func (b *bordering) misplaced() []Area {
	names := make([]string, 0, len(b.areas))
	for name := range b.areas {
		names = append(names, name)
	}
	slices.Sort(names)
	votes := map[string]map[string]int{} // area: team of its cluster: runs
	var clusters [][]string
	for run := range clusterRuns {
		clusters = b.clusters(names, uint64(run+1))
		for _, cluster := range clusters {
			team := b.mostOf(cluster)
			for _, name := range cluster {
				if votes[name] == nil {
					votes[name] = map[string]int{}
				}
				votes[name][team]++
			}
		}
	}
	var out []Area
	for _, cluster := range clusters {
		for _, name := range cluster {
			a := b.areas[name]
			team := b.mostOf(cluster)
			n := b.shared[[2]string{name, team}]
			if team == "" || team == a.team || votes[name][team] < clusterRuns || n < fewestShared || 2*n <= a.changes {
				continue
			}
			out = append(out, Area{Name: strings.TrimSuffix(name, "/"), Team: a.team, With: team, Changes: a.changes, Shared: n, Cluster: cluster})
		}
	}
	slices.SortFunc(out, func(x, y Area) int { return cmp.Or(cmp.Compare(y.Shared, x.Shared), cmp.Compare(x.Name, y.Name)) })
	return out
}

// clusters are the communities of areas by Louvain's method.
func (b *bordering) clusters(names []string, seed uint64) [][]string {
	g := simple.NewWeightedUndirectedGraph(0, 0)
	id := make(map[string]int64, len(names))
	for i, name := range names {
		id[name] = int64(i)
		g.AddNode(simple.Node(i))
	}
	for tie, weight := range b.ties {
		g.SetWeightedEdge(g.NewWeightedEdge(simple.Node(id[tie[0]]), simple.Node(id[tie[1]]), weight))
	}
	if len(b.ties) == 0 {
		return nil
	}
	var out [][]string
	for _, c := range community.Modularize(g, 1, rand.NewPCG(seed, seed)).Communities() {
		var cluster []string
		for _, n := range c {
			cluster = append(cluster, names[n.ID()])
		}
		slices.Sort(cluster)
		out = append(out, cluster)
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// mostOf is the team that owns most of the changes of a cluster; "" where two have the
// same.
func (b *bordering) mostOf(cluster []string) string {
	by := map[string]int{}
	for _, name := range cluster {
		by[b.areas[name].team] += b.areas[name].changes
	}
	best, most, tie := "", 0, false
	for _, team := range slices.Sorted(func(yield func(string) bool) {
		for t := range by {
			if !yield(t) {
				return
			}
		}
	}) {
		switch n := by[team]; {
		case n > most:
			best, most, tie = team, n, false
		case n == most:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

// owners finds the team of a file.
type owners struct {
	rules map[string]codeowners.Ruleset // by repository; of several that fit, the last counts
	known map[[2]string]string
}

func newOwners(all []workspace.Ownership) *owners {
	text := map[string]*strings.Builder{}
	for _, o := range all {
		if o.With != "" { // another one answers
			continue
		}
		b := text[o.Repository]
		if b == nil {
			b = &strings.Builder{}
			text[o.Repository] = b
		}
		pattern := o.Path
		if pattern == "" {
			pattern = "*"
		}
		fmt.Fprintf(b, "%s @o/%s\n", strings.ReplaceAll(pattern, " ", "\\ "), o.Team)
	}
	out := &owners{rules: map[string]codeowners.Ruleset{}, known: map[[2]string]string{}}
	team := codeowners.WithOwnerMatchers([]codeowners.OwnerMatcher{codeowners.OwnerMatchFunc(func(s string) (codeowners.Owner, error) {
		return codeowners.Owner{Value: strings.TrimPrefix(s, "@o/"), Type: codeowners.TeamOwner}, nil
	})})
	for repository, b := range text {
		for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n") { // one by one: a pattern that cannot be read costs itself only
			if rules, err := codeowners.ParseFile(strings.NewReader(line+"\n"), team); err == nil {
				out.rules[repository] = append(out.rules[repository], rules...)
			}
		}
	}
	return out
}

// of is the team that owns a file; "" when none does.
func (o *owners) of(repository, path string) string {
	key := [2]string{repository, path}
	if team, ok := o.known[key]; ok {
		return team
	}
	team := ""
	if rule, err := o.rules[repository].Match(path); err == nil && rule != nil && len(rule.Owners) > 0 {
		team = rule.Owners[0].Value
	}
	o.known[key] = team
	return team
}

// OwnerOf gives what finds the team that owns a file on the day.
func (s *Snapshot) OwnerOf() func(repository, path string) string { return newOwners(s.Owners()).of }
