package csv

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/diarchy/diarchy/internal/source/storytest"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// Times of files are of Berlin's clocks, as people export them.
func TestStory(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	stamp := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.In(berlin).Format(time.DateTime)
	}
	storytest.Run(t, storytest.Tracker{Moves: true, Start: func(t testing.TB, w *sourcetest.World) func() source.Feed {
		return func() source.Feed {
			issues, transitions := "project,id,key,status,category,opened_at,resolved_at,updated_at\n", "project,id,from,to,from_category,to_category,at\n"
			for _, i := range w.Issues {
				issues += strings.Join([]string{i.Project, i.ID, i.Key, i.Status, string(i.Category), stamp(i.OpenedAt), stamp(i.ResolvedAt), stamp(i.UpdatedAt)}, ",") + "\n"
				for _, c := range i.Transitions {
					transitions += strings.Join([]string{i.Project, i.ID, c.From, c.To, string(c.FromCategory), string(c.ToCategory), stamp(c.At)}, ",") + "\n"
				}
			}
			return New("exports", write(t, map[string]string{"issues": issues, "transitions": transitions}), berlin)
		}
	}})
}

// Each state of an issue is pushed when it comes, with the project in which it is then.
func TestPushedStory(t *testing.T) {
	storytest.Run(t, storytest.Tracker{Moves: true, Start: func(t testing.TB, w *sourcetest.World) func() source.Feed {
		path := filepath.Join(t.TempDir(), "items.jsonl")
		return func() source.Feed {
			var lines []string
			for _, i := range w.Issues {
				states := []fact.Transition{{To: "To Do", ToCategory: fact.IssueToDo, At: i.OpenedAt}}
				if len(i.Transitions) > 0 && i.Transitions[0].At.Equal(i.OpenedAt) { // put in as what it is
					states = nil
				}
				for _, s := range append(states, i.Transitions...) {
					project, key := i.Project, i.Key
					if i.ID == storytest.Moved && s.At.Before(storytest.MovedAt) {
						project, key = "WEB", strings.Replace(key, "PAY", "WEB", 1)
					}
					row := map[string]any{"item": "issue", "project": project, "id": i.ID, "key": key, "status": s.To, "category": s.ToCategory, "opened_at": i.OpenedAt, "updated_at": s.At}
					if s.ToCategory == fact.IssueDone {
						row["resolved_at"] = s.At
					}
					text, err := json.Marshal(row)
					if err != nil {
						t.Fatal(err)
					}
					lines = append(lines, fmt.Sprintf("%s %s", s.At.Format(time.RFC3339), text))
				}
			}
			slices.Sort(lines)
			var file strings.Builder
			for _, l := range lines {
				_, row, _ := strings.Cut(l, " ")
				file.WriteString(row + "\n")
			}
			if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			return NewPushed("webhook", path)
		}
	}})
}
