package github

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

// An issue that is transferred is no longer listed, and no list says where it went: in the
// story, all are of one repository.
func TestStory(t *testing.T) {
	storytest.Run(t, storytest.Tracker{Start: func(t testing.TB, w *sourcetest.World) func() source.Feed {
		server := httptest.NewServer(&fake{World: w, token: sourcetest.Token, working: storytest.Working})
		t.Cleanup(server.Close)
		return func() source.Feed {
			return New(Options{Address: server.URL, Token: sourcetest.Token, Projects: []string{"acme/api", "acme/web"}, Doing: []string{storytest.Working}})
		}
	}})
}
