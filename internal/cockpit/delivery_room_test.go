package cockpit

import "testing"

func TestDeliveryRoomLeadsWithWhatGotWorse(t *testing.T) {
	worse := func(titles ...string) *Delivery {
		d := &Delivery{Changes: []DeliveryChange{{Title: "Issues done", Tone: "better"}}}
		for _, title := range titles {
			d.Changes = append(d.Changes, DeliveryChange{Title: title, Tone: "worse"})
		}
		return d
	}
	value := 3.0
	lines := []MetricLine{{Name: "throughput", Value: &value}, {Name: "cycle_time"}}
	for _, tt := range []struct {
		scope string
		told  *Delivery
		want  string
	}{
		{"", nil, "1 of 2 numbers of delivery are known"},
		{"", worse(), "1 of 2 numbers of delivery are known"},
		{"", worse("Change lead time"), "Delivery got worse: change lead time"},
		{"", worse("Change lead time", "CI time"), "Delivery got worse: change lead time and CI time"},
		{"", worse("Change lead time", "a", "b"), "Delivery got worse: change lead time and 2 more"},
		{"team:web", worse("Change lead time"), "1 of 2 numbers of delivery are known"}, // changes are the company's
	} {
		if got := NewDeliveryRoom("2026-01-02", tt.scope, lines, tt.told, nil); got.Headline != tt.want {
			t.Errorf("%q, want %q", got.Headline, tt.want)
		}
	}
}
