package cdevents

import (
	"encoding/json"
	"os"
	"path/filepath"
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

// Tickets are created and closed, and closed once more after they were opened again, which no event
// tells. An event says the group in which a ticket is then.
func TestStory(t *testing.T) {
	storytest.Run(t, storytest.Tracker{Moves: true, Closings: true, Start: func(t testing.TB, w *sourcetest.World) func() source.Feed {
		path := filepath.Join(t.TempDir(), "events.jsonl")
		return func() source.Feed {
			var file strings.Builder
			for _, i := range w.Issues {
				tell := func(predicate string, at time.Time) {
					group := i.Project
					if i.ID == storytest.Moved && at.Before(storytest.MovedAt) {
						group = "WEB"
					}
					text, err := json.Marshal(map[string]any{
						"context": map[string]any{"specversion": "0.5.1", "id": i.ID + predicate + at.String(), "source": "/tracker", "type": "dev.cdevents.ticket." + predicate + ".0.2.0", "timestamp": at.In(time.FixedZone("", 3600))},
						"subject": map[string]any{"id": i.Key[strings.Index(i.Key, "-")+1:], "source": "/tracker", "content": map[string]any{"summary": i.Title, "group": group}},
					})
					if err != nil {
						t.Fatal(err)
					}
					file.WriteString(string(text) + "\n")
				}
				tell("created", i.OpenedAt)
				if i.ID == storytest.Moved && i.Project == "PAY" {
					tell("updated", storytest.MovedAt)
				}
				for _, s := range i.Transitions {
					if s.ToCategory == fact.IssueDone {
						tell("closed", s.At)
					}
				}
			}
			if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			return New("tracker", map[string]string{"events": path})
		}
	}})
}
