package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// TestMetricSaysOneThing: months that are too thin by themselves are no reason to say that there is
// nothing where they are enough together.
func TestMetricSaysOneThing(t *testing.T) {
	v := cockpit.MetricView{Scope: "company", Missing: "too few facts", Supply: "# time"}
	lately := &cockpit.DeliveryNumber{Value: "17 %", Window: "in the last 6 months", N: 6}
	for _, c := range []struct {
		lately    *cockpit.DeliveryNumber
		says, not string
	}{
		{nil, "nothing to show: too few facts", "lately"},
		{lately, "lately:  17 % in the last 6 months; n 6", "nothing to show"},
	} {
		v.Lately = c.lately
		var out bytes.Buffer
		(&root{io: Streams{Out: &out}}).printMetric(v)
		if got := out.String(); !strings.Contains(got, c.says) || strings.Contains(got, c.not) {
			t.Errorf("want %q and no %q:\n%s", c.says, c.not, got)
		}
	}
}
