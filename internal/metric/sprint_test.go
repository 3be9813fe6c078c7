package metric_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/metric"
	"github.com/diarchy/diarchy/internal/store/storetest"
	"github.com/google/go-cmp/cmp"
)

// Sprints are counted as by hand, whenever they are looked at, and nothing of an issue is
// lost: what was said and added is done, removed or carried over.
func TestSprints(t *testing.T) {
	february := time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)
	for _, e := range storetest.Engines() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			s := readCases(t, "testdata/sprints/said.txt")[0]
			s.open = e.Open
			for _, c := range []struct {
				before, asOf time.Time
				scope        string
				want         []string
			}{
				{never, s.asOf, "team:pay", []string{
					// said 1 2 3 6 8 11 12 13; put in 5; 3 12 taken out; done 1 5 8 13; carried 2 6 11
					"PAY s1 2024-01-08 2024-01-22: 8 + 1 = 4 (3) + 2 + 3",
					// said 2; put in 9 10; 9 taken out; done 2; carried 10
					"PAY s2 2024-01-22 2024-02-06: 1 + 2 = 1 (1) + 1 + 1",
					"PAY s3 2024-02-06 -: 0 + 1 = 1 (0) + 0 + 0",
					"PAY s5 2024-02-10 -: 0 + 0 = 0 (0) + 0 + 0",
				}},
				{never, february, "", []string{
					"PAY s1 2024-01-08 2024-01-22: 8 + 1 = 4 (3) + 2 + 3",
					"PAY s2 2024-01-22 -: 1 + 2 = 1 (1) + 0 + 2", // it goes on, and 9 is in it until the day begins
				}},
				{february, february, "", []string{ // what came later is not known
					"PAY s1 2024-01-08 2024-01-22: 8 + 1 = 4 (3) + 2 + 3",
					"PAY s2 2024-01-22 -: 1 + 2 = 1 (1) + 0 + 2",
				}},
				{never, s.asOf, "team:core", []string{"PAY s1 2024-01-08 2024-01-22: 8 + 1 = 4 (3) + 2 + 3"}}, // s2 was completed when it was another's
				{never, s.asOf, "team:none", nil},
			} {
				all, err := metric.Evaluator{Reader: s.load(t, c.before), Scope: c.scope, AsOf: c.asOf}.Sprints(context.Background())
				must(t, err)
				var got []string
				for _, x := range all {
					end := "-"
					if !x.End.IsZero() {
						end = x.End.Format(time.DateOnly)
					}
					got = append(got, fmt.Sprintf("%s %s %s %s: %d + %d = %d (%d) + %d + %d", x.Project, x.Name, x.Start.Format(time.DateOnly), end, x.Said, x.Added, x.Done, x.SaidDone, x.Removed, x.Carried))
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("as of %s, facts before %s (-want +got)\n%s", c.asOf, c.before, diff)
				}
			}
		})
	}
}
