package metric

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed rollup/*.sql
var rollupFiles embed.FS

// Rollup is a table that metrics read in the place of facts, and the statement that
// makes its rows from them, by repository: repo_id is its first column. Each table of
// facts is held to @only(repo_id) there, the repositories of which rows are made. A line of its file
// that begins with "-- since: " is the condition on rows that facts which landed at @since or
// later may change: these alone are made again when no other facts changed, and in the files that
// say "-- since, while releases stay: " no releases either. What is read for them may be held by what is true of all of them when all are made:
//
//   - @recent(x) of each instant x in the day, week or quarter of @since, and later;
//   - @new(x) of each instant from @since on; @old(x) of the earlier ones, and @past(x) of those before
//     @since_quarter, where the quarter (of UTC) of @since begins; of none when all are made;
//   - @touched_change(repo_id, x), @touched_person(repo_id, x), @touched_release(repo_id, x) and
//     @touched_path(repo_id, x) of what commits that landed on the day of @since or later, and some
//     before, belong to.
//
// @lately(TABLE) is what TABLE holds of these commits, in its column sha, and
// @lately(TABLE.COLUMN) what it holds of these paths.
//
// A statement may read the table that it makes, as it was before, where @old holds.
type Rollup struct {
	Table     string
	Statement string
	Since     string

	OfReleases bool
}

// Rollups lists all rollups, for a calendar; one that reads another comes after it.
func Rollups(c Calendar) ([]Rollup, error) {
	out, err := rollups(c)
	if err != nil {
		return nil, err
	}
	for i, r := range out {
		for _, other := range out[:i] {
			r.Statement = r.reading(other, other.Table)
		}
		if r.Statement, err = held(r.Statement, partly); err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, nil
}

// rollups lists them with @NAME where one reads another, and @only(x) where x may be held to
// some repositories, which a database does not find out by itself from what is joined.
func rollups(c Calendar) (out []Rollup, err error) {
	files, err := rollupFiles.ReadDir("rollup")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := rollupFiles.ReadFile(path.Join("rollup", f.Name()))
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(f.Name(), ".sql")
		statement, err := c.expand(string(text))
		if err != nil {
			return nil, fmt.Errorf("rollup %s: %w", name, err)
		}
		r := Rollup{Table: name}
		r.sinceOf(statement)
		out = append(out, r)
	}
	return inOrder(out), nil
}

// inOrder puts rollups after those that they read.
func inOrder(all []Rollup) (out []Rollup) {
	for len(all) > 0 {
		at := slices.IndexFunc(all, func(r Rollup) bool {
			return !slices.ContainsFunc(all, func(other Rollup) bool { return r.reading(other, "") != r.Statement })
		})
		out = append(out, all[at])
		all = slices.Delete(all, at, at+1)
	}
	return out
}

// sinceOf takes the condition on rows that are made again out of the text of a rollup.
func (r *Rollup) sinceOf(text string) {
	for line := range strings.Lines(text) {
		if since, ok := strings.CutPrefix(line, "-- since: "); ok {
			r.Since = strings.TrimSpace(since)
		} else if since, ok := strings.CutPrefix(line, "-- since, while releases stay: "); ok {
			r.Since, r.OfReleases = strings.TrimSpace(since), true
		} else {
			r.Statement += line
		}
	}
	r.Statement = strings.TrimSpace(r.Statement)
}

// What follows x where a statement says @NAME(x): when a table is made for some repositories, and
// when a metric is worked out from facts.
var (
	partly = map[string]string{"only": "@repositories", "recent": ">= @recent", "new": ">= @since", "old": "< @since", "past": "< @since_quarter",
		"touched_change": "@touched_change", "touched_person": "@touched_person", "touched_release": "@touched_release", "touched_path": "@touched_path"}
	wholly = map[string]string{"only": "IS NOT NULL", "recent": "IS NOT NULL", "new": "IS NOT NULL", "old": "IS NULL", "past": "IS NULL",
		"touched_change": "IS NOT NULL", "touched_person": "IS NOT NULL", "touched_release": "IS NOT NULL", "touched_path": "IS NOT NULL"}
)

// held writes out @only(x), @recent(x) and their like.
func held(statement string, by map[string]string) (_ string, err error) {
	for name, condition := range by {
		if statement, err = replaceCalls(statement, name, func(x string) (string, error) { return "(" + x + ") " + condition, nil }); err != nil {
			return "", err
		}
	}
	return statement, nil
}

// reading writes out where r reads another rollup.
func (r Rollup) reading(other Rollup, from string) string {
	return strings.ReplaceAll(r.Statement, "@"+other.Table+" ", from+" ")
}

// beginning makes r read another rollup that it makes itself, once, at its beginning.
func (r Rollup) beginning(other Rollup) string {
	name := "raw_" + other.Table
	uses := strings.Count(r.Statement, "@"+other.Table+" ")
	if uses == 0 {
		return r.Statement
	}
	kept := ""
	if uses > 1 {
		kept = "MATERIALIZED "
	}
	rest, more := strings.CutPrefix(r.reading(other, name), "WITH ")
	first := "WITH " + name + " AS " + kept + "(\n" + other.Statement + "\n)"
	if more {
		return first + ", " + rest
	}
	return first + "\n" + rest
}

// statement makes a metric's text one that a database runs: @week(x) and its like are
// written out, @NAME of a rollup becomes its table, or what makes it from facts, and
// @from the instant before which no point is wanted, for statements that can do with
// fewer facts then.
func (e Evaluator) statement(text string) (string, error) {
	all, err := rollups(e.Calendar)
	if err != nil {
		return "", err
	}
	made := Rollup{Statement: strings.TrimSpace(text)}
	for _, r := range slices.Backward(all) {
		if e.Rolled {
			made.Statement = made.reading(r, r.Table)
		} else {
			made.Statement = made.beginning(r)
		}
	}
	if text, err = held(made.Statement, wholly); err != nil {
		return "", err
	}
	if text, err = replaceCalls(text, "lately", func(of string) (string, error) {
		table, _, _ := strings.Cut(of, ".")
		return table, nil
	}); err != nil {
		return "", err
	}
	if text, err = e.scoped(text); err != nil {
		return "", err
	}
	text = strings.ReplaceAll(text, "@from", "TIMESTAMPTZ '"+e.from().UTC().Format("2006-01-02 15:04:05.999999+00")+"'")
	return e.Calendar.expand(text)
}

// from is earlier than any fact when nothing is left out.
func (e Evaluator) from() time.Time {
	if e.From.IsZero() {
		return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return e.From
}
