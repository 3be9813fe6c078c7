package web

import (
	"html"
	"strings"
	"testing"
)

// TestAPageHasAnAddressThatGoesOnShowingTheSame: with the day of the newest facts, and all
// else that its own address says. A page that shows no day but today has none, and says so.
func TestAPageHasAnAddressThatGoesOnShowingTheSame(t *testing.T) {
	s := newSite(t, "text")
	for path, want := range map[string]string{
		"/": "/?as_of=2026-06-26", "/vpe?period=year&scope=team:text&done=asked": "/vpe?as_of=2026-06-26&period=year&scope=team%3Atext", "/decisions/record?id=1": "/decisions/record?as_of=2026-06-26&id=1",
		"/vpe?as_of=2026-03-01": "", "/agreement": "", "/playbook": "", "/help": "", "/account": "", "/vpe?as_of=yesterday": "",
	} {
		_, _, text := s.ask("GET", path, "all", "", "")
		text = html.UnescapeString(text)
		if got := strings.Contains(text, `">This page as of 26 June 2026</a>`); got != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%s: has such an address: %v, want %q", path, got, want)
		}
	}
	for path, want := range map[string]string{
		"/vpe?as_of=2024-01-01": "Seen: 1 January 2024.", "/agreement": "Seen: today.", "/agreement?as_of=2024-01-01": "Seen: today, and not 1 January 2024: this page shows no other day.",
		"/agreement/drift?as_of=2024-01-01": "Seen: 1 January 2024.",
	} {
		_, _, text := s.ask("GET", path, "all", "", "")
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q", path, want)
		}
		if says := strings.Contains(text, "The text and the signatures are those of today"); says != (path == "/agreement?as_of=2024-01-01") {
			t.Errorf("%s says of which day the text is: %v", path, says)
		}
	}
	_, _, text := s.ask("GET", "/vpe?as_of=2026-03-01", "all", "", "")
	if !strings.Contains(html.UnescapeString(text), `href="/vpe?as_of=2026-03-01&format=csv"`) {
		t.Error("an export is not of the day that was chosen")
	}
}
