package signal

import (
	"math"
	"strings"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// mostCharted is how many points an individuals chart takes.
const mostCharted = 52

// Limits are the natural limits of a series by its individuals and moving ranges,
// from its newest known points, and the points outside of them. Event medians and
// snapshots have none. ok is false where there are too few points. Limits end where the
// unit does: no metric is below zero, and no share above one.
func Limits(s metric.Series) (chart stats.Chart, outside []metric.Point, n int, ok bool) {
	if s.Metric.Grain == "event" || s.Metric.Grain == "snapshot" {
		return chart, nil, 0, false
	}
	var points []metric.Point
	for _, p := range s.Points {
		if !math.IsNaN(p.Value) {
			points = append(points, p)
		}
	}
	if len(points) > mostCharted {
		points = points[len(points)-mostCharted:]
	}
	chart, err := stats.XmR(known(points))
	if err != nil {
		return chart, nil, len(points), false
	}
	for _, i := range chart.Outside {
		outside = append(outside, points[i])
	}
	chart.Lower = math.Max(chart.Lower, 0)
	if strings.HasPrefix(s.Metric.Unit, "share") {
		chart.Upper = math.Min(chart.Upper, 1)
	}
	return chart, outside, len(points), true
}
