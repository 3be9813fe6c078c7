package app_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

func (h home) metric(args ...string) cockpit.MetricView {
	h.t.Helper()
	r := h.run(append([]string{"metric", "show"}, append(args, "--json")...)...)
	var m cockpit.MetricView
	if err := json.Unmarshal([]byte(r.out), &m); err != nil || r.code != 0 {
		h.t.Fatalf("%v: status %d, %v\n%s", args, r.code, err, r.err)
	}
	return m
}

func TestNoRowIsLaterThanTheDateThatIsJudged(t *testing.T) {
	h := newHome(t)
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Tokyo"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\n  time_zone: "+zone+"\nsources:\n  - git: "+smallRepo(t)+"\n")
		m := h.metric("active_engineers", "--workspace", dir, "--as-of", "2024-04-30")
		if m.AsOf != "2024-04-30" {
			t.Errorf("%s: as of %s, want 2024-04-30", zone, m.AsOf)
		}
		var days []string
		for _, p := range m.Points {
			days = append(days, p.Start)
		}
		if len(days) < 2 || days[len(days)-1] != "2024-04-30" || days[len(days)-2] != "2024-04-02" {
			t.Errorf("%s: four weeks that end on %v, want 2024-04-30 last and 2024-04-02 before", zone, days)
		}
	}
}
