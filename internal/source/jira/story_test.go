package jira

import (
	"net/http/httptest"
	"os"
	"testing"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/diarchy/diarchy/internal/source/storytest"
	"github.com/diarchy/diarchy/internal/store/postgres/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestStory(t *testing.T) {
	for name, o := range map[string]Options{"cloud": {User: user}, "data center": {}} {
		t.Run(name, func(t *testing.T) {
			storytest.Run(t, storytest.Tracker{Moves: true, Start: func(t testing.TB, w *sourcetest.World) func() source.Feed {
				server := httptest.NewServer(newFake(w, o.User != ""))
				t.Cleanup(server.Close)
				return func() source.Feed {
					return New(Options{Address: server.URL, User: o.User, Token: sourcetest.Token, Projects: []string{"PAY", "WEB"}})
				}
			}})
		})
	}
}
