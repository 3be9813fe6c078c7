package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// Measures of the picture of team borders, in px of its own.
const (
	bordersTeams  = 12 // that are drawn
	bordersPairs  = 20 // that are drawn
	boxWidth      = 150
	boxHeight     = 26
	boxStep       = 40
	boxLetters    = 17
	arcReach      = 34  // of a line between neighbours
	arcSpread     = 170 // shared by the teams that lie between
	arcLeast      = 20  // for each, so that numbers at one height stay apart
	arcMost       = 44
	thinnest      = 1.5
	thickest      = 10.0
	labelWidth    = 40
	bordersMargin = 6
)

// bordersView is the picture of team borders, and the same as tables.
type bordersView struct {
	Summary       string
	How           string
	Label         string // of the picture
	Width, Height int
	Boxes         []boxView
	Lines         []lineView
	Pairs         tableView
	Areas         tableView
	Left          string // what is not drawn
}

type boxView struct {
	X, Y, Width, Height, TextX, TextY int
	Name                              string
}

type lineView struct {
	Path   string
	Width  string
	X, Y   int
	Number string
}

func viewBorders(b *cockpit.OrgBorders) *bordersView {
	if b == nil {
		return nil
	}
	v := &bordersView{Summary: stop(b.Summary), How: strings.Join(cleanBlock(b.How), "\n"),
		Pairs: tableView{Caption: "Teams whose code changes together", Head: []string{"Team", "Team", "Changes of both in a year"}},
		Areas: tableView{Caption: "Code that may sit on the wrong side of a border", Head: []string{"Code", "Owned by", "Changes with that of", "Changes of both", "Of all its changes"}}}
	pairs := slices.Clone(b.Pairs)
	slices.SortStableFunc(pairs, func(x, y cockpit.BorderPair) int { return cmp.Compare(y.Changes, x.Changes) })
	for _, p := range pairs {
		v.Pairs.Rows = append(v.Pairs.Rows, []string{orUnknown(p.A), orUnknown(p.B), thousands(p.Changes)})
	}
	for _, a := range b.Areas {
		v.Areas.Rows = append(v.Areas.Rows, []string{orUnknown(a.Area), orUnknown(a.Team), orUnknown(a.With), thousands(a.Shared), thousands(a.Changes)})
	}
	v.draw(pairs)
	return v
}

// draw puts teams below each other, those that change together near each other, and a
// line between each two, the thicker the more changes.
func (v *bordersView) draw(all []cockpit.BorderPair) {
	pairs := drawnPairs(all)
	if left := len(all) - len(pairs); left > 0 {
		v.Left = fmt.Sprintf("Drawn are %d of %d pairs, the strongest first; the table has all.", len(pairs), len(all))
	}
	if len(pairs) == 0 {
		return
	}
	at := map[string]int{}
	for i, team := range inChain(pairs) {
		at[team] = i
		y := bordersMargin + i*boxStep
		v.Boxes = append(v.Boxes, boxView{1, y, boxWidth, boxHeight, 10, y + boxHeight/2, shortened(clean(team), boxLetters)})
	}
	most, reach := pairs[0].Changes, 0
	for _, p := range slices.Backward(pairs) { // the strongest on top
		l, far := arc(at[p.A], at[p.B], min(arcMost, max(arcLeast, arcSpread/len(at))), p.Changes, most)
		v.Lines = append(v.Lines, l)
		reach = max(reach, far)
	}
	v.Width, v.Height = reach+labelWidth, 2*bordersMargin+(len(v.Boxes)-1)*boxStep+boxHeight
	v.Label = fmt.Sprintf("%d teams as boxes, and a line between each two whose code changed together. The strongest: %s and %s, %s.", len(v.Boxes), clean(pairs[0].A), clean(pairs[0].B), count(pairs[0].Changes, "change", "changes"))
}

// drawnPairs are the strongest pairs, of few enough teams.
func drawnPairs(all []cockpit.BorderPair) (out []cockpit.BorderPair) {
	teams := map[string]bool{}
	for _, p := range all {
		more := 0
		for _, team := range []string{p.A, p.B} {
			if !teams[team] {
				more++
			}
		}
		if len(out) == bordersPairs || p.Changes <= 0 || p.A == p.B || len(teams)+more > bordersTeams {
			continue
		}
		teams[p.A], teams[p.B] = true, true
		out = append(out, p)
	}
	return out
}

// inChain orders teams so that each stands beside the one with which it changes most, as
// far as that goes: the strongest pair first, then whoever has the strongest tie to an end.
func inChain(pairs []cockpit.BorderPair) []string {
	chain := []string{pairs[0].A, pairs[0].B}
	for {
		found := false
		for _, p := range pairs { // strongest first
			next, first, last := "", chain[0], chain[len(chain)-1]
			end := ""
			for _, end = range []string{last, first} {
				switch {
				case p.A == end && !slices.Contains(chain, p.B):
					next = p.B
				case p.B == end && !slices.Contains(chain, p.A):
					next = p.A
				}
				if next != "" {
					break
				}
			}
			if next == "" {
				continue
			}
			if end == last {
				chain = append(chain, next)
			} else {
				chain = slices.Insert(chain, 0, next)
			}
			found = true
			break
		}
		if found {
			continue
		}
		next := ""
		for _, p := range pairs { // tied to the middle, or to none of those that stand
			for _, team := range []string{p.A, p.B} {
				if next == "" && !slices.Contains(chain, team) {
					next = team
				}
			}
		}
		if next == "" {
			return chain
		}
		chain = append(chain, next)
	}
}

// arc is the line between two boxes, and how far it reaches to the right: step further
// for each box between the two.
func arc(i, j, step, changes, most int) (lineView, int) {
	y1, y2 := bordersMargin+i*boxStep+boxHeight/2, bordersMargin+j*boxStep+boxHeight/2
	between := max(i-j, j-i) - 1
	bend := boxWidth + arcReach + between*step + arcReach/3
	far := boxWidth + (bend-boxWidth)*3/4
	return lineView{
		Path:   fmt.Sprintf("M%d %dC%d %d %d %d %d %d", boxWidth+1, y1, bend, y1, bend, y2, boxWidth+1, y2),
		Width:  fmt.Sprintf("%.1f", thinnest+(thickest-thinnest)*float64(changes)/float64(max(1, most))),
		X:      far + int(thickest/2) + 3,
		Y:      (y1 + y2) / 2,
		Number: thousands(changes),
	}, far + int(thickest)
}

// shortened cuts the middle out of a name that is longer than so many letters: names of
// teams often differ at their end.
func shortened(name string, most int) string {
	if runes := []rune(name); len(runes) > most {
		head := (most - 1) / 2
		return string(runes[:head]) + "…" + string(runes[len(runes)-(most-1-head):])
	}
	return name
}
