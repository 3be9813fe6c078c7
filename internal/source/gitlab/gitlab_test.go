package gitlab

import (
	"testing"

	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

// TestConnector: two projects, and a page for each hundred merge requests (and one for their sizes),
// issues, milestones, pipelines and deployments of each; three for a merge request, two for an
// issue that changed, and one to learn that there are no iterations.
func TestConnector(t *testing.T) {
	changed := 0
	for _, i := range sourcetest.NewWorld(7).Issues {
		if !i.UpdatedAt.Equal(i.OpenedAt) {
			changed++
		}
	}
	sourcetest.Run(t, sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, Token: sourcetest.Token, Projects: []string{"acme/api", "acme/web"}, Clock: clock})
		},
		Serve: serve,
		Keeps: keeps,
		Least: 2 + (2+1)*2 + 133*3 + 2 + 1 + changed*2 + 1 + 2 + 2 + 2,
		Quiet: 2 + 5*2,
	})
}
