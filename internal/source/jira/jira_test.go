package jira

import (
	"net/http"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
)

func keeps(d fact.Delivery) fact.Delivery {
	return fact.Delivery{Issues: d.Issues, Sprints: d.Sprints}
}

func TestCloud(t *testing.T) { sourcetest.Run(t, connector()) }

// connector is the feed and its vendor.
func connector() sourcetest.Connector {
	return sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, User: user, Token: sourcetest.Token, Projects: []string{"PAY"}, Clock: clock})
		},
		Serve:     func(w *sourcetest.World) http.Handler { return newFake(w, true) },
		Keeps:     keeps,
		NoDeletes: noDeletes,
		Slips:     "it is not documented whether the tokens of pages are positions, and the fake's are",
		Least:     6, Quiet: 5, // fields, statuses, boards, sprints, 130 issues by 100
	}
}

const noDeletes = "an issue that was deleted is no longer found"

func TestDataCenter(t *testing.T) {
	sourcetest.Run(t, sourcetest.Connector{
		New: func(address string, clock api.Clock) source.Feed {
			return New(Options{Address: address, Token: sourcetest.Token, Projects: []string{"PAY"}, Clock: clock})
		},
		Serve:     func(w *sourcetest.World) http.Handler { return newFake(w, false) },
		Keeps:     keeps,
		NoDeletes: noDeletes,
		Least:     8, Quiet: 5, // sprints by 3 and the key of an epic more
	})
}
