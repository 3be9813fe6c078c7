package signal

import (
	"fmt"
	"math"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/stats"
)

// Shift is what became of a metric: the last half year against the year before.
type Shift struct {
	Known    bool
	Lacks    string // why it is not known
	Was, Is  float64
	N        int // facts of the last half year
	Evident  bool
	Sentence string // how it was found
}

// clearly is how sure a shift must be: a page looks at a dozen metrics, and one of them
// would differ by chance too often at the usual 5 %.
const clearly = 0.01

// ShiftOf compares the last six whole months of a series with the twelve before: shares
// by the difference of two proportions, other values by ranks. A small difference is none,
// however sure.
func ShiftOf(s metric.Series, asOf time.Time) Shift {
	cut, begin := monthStart(asOf).AddDate(0, -6, 0), monthStart(asOf).AddDate(0, -18, 0)
	var earlier, recent []metric.Point
	for _, p := range s.Since(begin) {
		switch {
		case math.IsNaN(p.Value):
		case p.Start.Before(cut):
			earlier = append(earlier, p)
		default:
			recent = append(recent, p)
		}
	}
	if s.Metric.Unit == "share" {
		return shares(earlier, recent)
	}
	if len(earlier) < stats.MinRankTest || len(recent) < 4 {
		return Shift{Lacks: fmt.Sprintf("%d and %d whole buckets are known of the last half year and of the year before", len(recent), len(earlier))}
	}
	was, is := values(earlier), values(recent)
	test, err := stats.MannWhitney(was, is)
	if err != nil {
		return Shift{Lacks: err.Error()}
	}
	out := Shift{Known: true, Was: median(was), Is: median(is), Sentence: fmt.Sprintf("Mann-Whitney test on %d and %d %ss, p %.2g", len(is), len(was), s.Metric.Grain, test.P)}
	if s.Metric.Grain == "week" {
		out.Was, out.Is = mean(was), mean(is)
	}
	for _, p := range recent {
		out.N += p.N
	}
	out.Evident = test.P < clearly && differs(out.Was, out.Is)
	return out
}

// ShiftOver compares all facts of two spans where their months hold too few to be compared one
// by one: shares by the difference of two proportions, medians by their intervals, which must
// not meet.
func ShiftOver(d metric.Definition, was, is metric.Span) Shift {
	if d.Unit == "share" {
		return shares([]metric.Point{was.Point}, []metric.Point{is.Point})
	}
	if math.IsNaN(was.Low) || math.IsNaN(is.Low) {
		return Shift{Lacks: fmt.Sprintf("%d facts of the last half year and %d of the year before are too few for a median of each with its interval", is.N, was.N)}
	}
	out := Shift{Known: true, Was: was.Value, Is: is.Value, N: is.N, Sentence: fmt.Sprintf("medians of %d facts (95 %% interval %s to %s) and %d (%s to %s)", is.N, short(is.Low), short(is.High), was.N, short(was.Low), short(was.High))}
	out.Evident = (is.Low > was.High || is.High < was.Low) && differs(was.Value, is.Value)
	return out
}

func shares(earlier, recent []metric.Point) Shift {
	ka, na := pool(earlier)
	kb, nb := pool(recent)
	if na < 40 || nb < 20 {
		return Shift{Lacks: fmt.Sprintf("it rests on %d facts of the last half year and %d of the year before; it needs 20 and 40", nb, na)}
	}
	iv, err := stats.ProportionDifference(ka, na, kb, nb, 1-clearly)
	if err != nil {
		return Shift{Lacks: err.Error()}
	}
	was, is := float64(ka)/float64(na), float64(kb)/float64(nb)
	return Shift{Known: true, Was: was, Is: is, N: nb, Evident: (iv.Low > 0 || iv.High < 0) && (differs(was, is) || math.Abs(was-is) >= 0.1),
		Sentence: fmt.Sprintf("%d of %d against %d of %d; 99 %% interval of the difference %+.0f to %+.0f points", kb, nb, ka, na, 100*iv.Low, 100*iv.High)}
}

// differs is by a third or more.
func differs(was, is float64) bool {
	low, high := math.Min(was, is), math.Max(was, is)
	return high > 0 && high >= 1.33*low
}

func values(points []metric.Point) (out []float64) {
	for _, p := range points {
		out = append(out, p.Value)
	}
	return out
}
