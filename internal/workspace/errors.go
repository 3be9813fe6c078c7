package workspace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
)

const maxShown = 20 // issues in one message

// Issue is one thing that is wrong in a document. Line and Column count
// characters from 1.
type Issue struct {
	Line, Column int
	What         string
	Advice       string // what would be right
}

// Report is everything that is wrong in a document, in the order of its lines.
// Parse and Load return it wrapped as problem.Invalid.
type Report struct {
	Name   string // of the document, as given
	Issues []Issue
	lines  []string
}

// Error shows each issue with its place, its line and what would be right.
func (r *Report) Error() string {
	var b strings.Builder
	for i, issue := range r.Issues {
		if i == maxShown {
			fmt.Fprintf(&b, "\n\nand %d more", len(r.Issues)-maxShown)
			break
		}
		if i > 0 {
			b.WriteString("\n\n")
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s", r.Name, issue.Line, issue.Column, issue.What)
		b.WriteString(r.excerpt(issue))
		if issue.Advice != "" {
			b.WriteString("\n" + issue.Advice)
		}
	}
	return b.String()
}

// excerpt shows the line of an issue with a caret, and hides credentials.
func (r *Report) excerpt(issue Issue) string {
	if issue.Line > len(r.lines) {
		return ""
	}
	source := problem.Visible(r.lines[issue.Line-1])
	shown, column := hide(source), issue.Column
	if hidden := samePrefix([]rune(shown), []rune(source)); hidden < len([]rune(shown)) {
		column = min(column, hidden+1)
	}
	return problem.Excerpt(shown, issue.Line, column)
}

// samePrefix counts the characters that two lines begin with alike.
func samePrefix(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// invalid wraps issues as an error of category problem.Invalid.
func invalid(name string, data []byte, issues ...Issue) error {
	slices.SortStableFunc(issues, func(a, b Issue) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	issues = slices.Compact(issues) // an alias shows the same issue again
	for i := range issues {
		issues[i].What, issues[i].Advice = hide(issues[i].What), hide(issues[i].Advice)
	}
	var lines []string
	if len(data) <= MaxBytes {
		lines = strings.Split(string(data), "\n")
	}
	hint := fmt.Sprintf("correct line %d of %s and run the command again", issues[0].Line, name)
	if len(issues) > 1 {
		hint = fmt.Sprintf("correct these %d places in %s and run the command again", len(issues), name)
	}
	return problem.New(problem.Invalid, hint, "%w", &Report{Name: name, Issues: issues, lines: lines})
}

// nearest returns the word closest to s, or "" when none is close.
func nearest(s string, words []string) string {
	best, closest := "", max(len(s)/3, 1)+1
	for _, w := range words {
		if d := distance(strings.ToLower(s), w); d < closest {
			best, closest = w, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours between two words.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	var older []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], older[j-1]+1)
			}
		}
		older, row = row, next
	}
	return row[len(b)]
}

// Distance counts the insertions, deletions, replacements and swaps of neighbours that
// lie between two names.
func Distance(a, b string) int { return distance(a, b) }
