package metric_test

import (
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
)

func TestAPointIsNamedByADayThatItCovers(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	end := time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		what string
		of   metric.Definition
		zone *time.Location
		at   time.Time
		want string
	}{
		{"a week begins", metric.Definition{Grain: "week"}, tokyo, end, "2026-08-22"},
		{"a quarter of events begins", metric.Definition{Grain: "event", Reduce: "median by quarter"}, nil, end, "2026-08-22"},
		{"four weeks end", metric.Definition{Grain: "4 weeks"}, nil, end, "2026-08-21"},
		{"a snapshot ends", metric.Definition{Grain: "snapshot"}, nil, end, "2026-08-21"},
		{"lifetimes end", metric.Definition{Grain: "event", Reduce: "median survival"}, nil, end, "2026-08-21"},
		{"a day in Tokyo ends", metric.Definition{Grain: "4 weeks"}, tokyo, end.Add(-9 * time.Hour), "2026-08-21"},
	} {
		if day := (metric.Series{Metric: c.of, Zone: c.zone}).Day(metric.Point{Start: c.at}); day != c.want {
			t.Errorf("%s: %s, want %s", c.what, day, c.want)
		}
	}
}
