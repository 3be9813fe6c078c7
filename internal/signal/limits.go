package signal

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// mostCharted is how many points an individuals chart takes.
const mostCharted = 52

// mostOutside is the share of points outside above which limits say nothing: the level
// moved among them, and their centre is that of no level.
const mostOutside = 0.25

// Control are the natural limits of a series by its individuals and moving ranges.
type Control struct {
	Center, Lower, Upper float64
	N                    int            // points that they rest on
	Since                time.Time      // of a lasting shift before which points are left out; zero: there is none
	Outside              []metric.Point // of those points
}

// Limits are computed from the newest known points, after the last lasting shift of the
// level where one is found. Event medians and snapshots have none, nor have dates that
// held, of which a quarter has three. They end where the unit does: no metric is below
// zero, and no share above one. Without them why says so, where it is not for want of points.
func Limits(s metric.Series) (c Control, ok bool, why string) {
	if s.Metric.Grain == "event" || s.Metric.Grain == "snapshot" || s.Metric.Name == "forecast_hit_rate" {
		return c, false, ""
	}
	var points []metric.Point
	for _, p := range s.Points {
		if !math.IsNaN(p.Value) {
			points = append(points, p)
		}
	}
	points = points[max(0, len(points)-mostCharted):]
	if found, err := stats.ChangePoints(known(points), stats.ChangeOptions{Counts: s.Metric.Grain == "week"}); err == nil && len(found) > 0 {
		points = points[found[len(found)-1].Index:]
		c.Since = points[0].Start
	}
	chart, err := stats.XmR(known(points))
	if err != nil {
		return c, false, ""
	}
	for _, i := range chart.Outside {
		c.Outside = append(c.Outside, points[i])
	}
	if out := len(c.Outside); float64(out) > mostOutside*float64(len(points)) {
		return Control{}, false, fmt.Sprintf("no limits are drawn: %d of %d points would be outside, so the level moved among them", out, len(points))
	}
	c.N, c.Center, c.Lower, c.Upper = len(points), chart.Center, math.Max(chart.Lower, 0), chart.Upper
	if strings.HasPrefix(s.Metric.Unit, "share") {
		c.Upper = math.Min(c.Upper, 1)
	}
	return c, true, ""
}
