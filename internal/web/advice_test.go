package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// TestAdviceLeadsToTheRoomThatDoesIt, with the place that is looked at, and names no command.
func TestAdviceLeadsToTheRoomThatDoesIt(t *testing.T) {
	r := &request{place: Place{AsOf: "2026-06-01"}}
	room := item{Label: "Room Agreement", Address: "/agreement"}
	for advice, want := range map[string]item{
		"Read it together.": {Action: "Read it together.", Label: room.Label, Address: room.Address},
		"Take them along the path of escalation now: diarchy decide --kind vendors":                                     {Action: "Take them along the path of escalation now", Label: "Who decides, and the path of disputes", Address: "/agreement/decide?as_of=2026-06-01&kind=vendors"},
		"diarchy agreement sign --role vpe --name NAME":                                                                 {Label: "Sign", Address: "/agreement?as_of=2026-06-01#signatures"},
		"compare with what was signed (diarchy agreement compare), then: diarchy agreement sign --role vpe --name NAME": {Action: "Compare with what was signed, then", Label: "Sign", Address: "/agreement?as_of=2026-06-01#signatures"},
		"Agree on who decides: diarchy agreement draft":                                                                 {Action: "Agree on who decides", Label: "Agreement", Address: "/agreement?as_of=2026-06-01"},
	} {
		if diff := cmp.Diff(want, r.advised(room, advice)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", advice, diff)
		}
	}
}

// pointedCompany has one point of each kind on its agenda.
type pointedCompany struct{ *fakeCompany }

func (pointedCompany) Agenda(context.Context, Place) (cockpit.Agenda, error) {
	a := cockpit.Agenda{AsOf: "2026-06-26"}
	for _, p := range [][2]string{{"waiting", "waiting shop:docs/adr/1.md"}, {"escalation", "waiting shop:docs/adr/2.md"}, {"decision", "decision shop:docs/adr/3.md"}, {"finding", "finding N6"}, {"agreement", "agreement not_signed signatures"}} {
		a.Points = append(a.Points, cockpit.AgendaPoint{ID: p[1], Kind: p[0], Title: p[1], Advice: "diarchy agreement sign --role vpe --name NAME", Room: "agreement"})
	}
	return a, nil
}

func TestPointsLeadToWhatTheyAreAbout(t *testing.T) {
	s := newSite(t, "text")
	s.server.company = pointedCompany{s.company}
	_, _, text := s.ask("GET", "/agreement/agenda", "vpe", "", "")
	for _, must := range []string{"shop:docs/adr/1.md", "shop:docs/adr/2.md", "shop:docs/adr/3.md"} {
		if !strings.Contains(text, `<a href="/decisions/record?id=`+url.QueryEscape(must)+`">The record</a>`) {
			t.Errorf("no point leads to %s", must)
		}
	}
	for _, must := range []string{`<a href="/explain/N6">What it rests on</a>`, `<a href="/agreement#signatures">Sign</a>`} {
		if !strings.Contains(text, must) {
			t.Errorf("the agenda has no %s", must)
		}
	}
	if strings.Contains(text, "--role") || strings.Contains(text, `name="day"`) {
		t.Error("the agenda has a command, or takes the day of the facts for today")
	}
}
