package metric

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"time"
)

//go:embed rollup/*.sql
var rollupFiles embed.FS

// Rollup is a table that metrics read in the place of facts, and the statement that
// makes its rows from them, by repository: repo_id is its first column.
type Rollup struct {
	Table     string
	Statement string
}

// Rollups lists all rollups, for a calendar, by table.
func Rollups(c Calendar) ([]Rollup, error) {
	files, err := rollupFiles.ReadDir("rollup")
	if err != nil {
		return nil, err
	}
	var out []Rollup
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
		out = append(out, Rollup{name, strings.TrimSpace(statement)})
	}
	return out, nil
}

// statement makes a metric's text one that a database runs: @week(x) and its like are
// written out, @NAME of a rollup becomes its table, or what makes it from facts, and
// @from the instant before which no point is wanted, for statements that can do with
// fewer facts then.
func (e Evaluator) statement(text string) (string, error) {
	rollups, err := Rollups(e.Calendar)
	if err != nil {
		return "", err
	}
	for _, r := range rollups {
		to := r.Table
		if !e.Rolled {
			to = "(\n" + r.Statement + "\n)"
		}
		text = strings.ReplaceAll(text, "@"+r.Table+" ", to+" ")
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
