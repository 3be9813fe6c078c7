package forecast

import (
	"slices"
	"testing"
	"time"
)

// What was said is what the record holds of the same weeks.
func TestSaidBeforeIsOfTheRecord(t *testing.T) {
	h := noisy(5, 120, 8)
	r := record(t, h)
	for k, weeks := range horizons {
		for l, chance := range levels {
			said, err := SaidBefore(h, time.Time{}, weeks, chance)
			if err != nil {
				t.Fatal(err)
			}
			held := map[time.Time]bool{}
			for _, e := range r.entries[k] {
				held[h.week(e.origin).AddDate(0, 0, e.dates[l])] = e.actual <= e.dates[l]
			}
			if fewest := (120-MinWeeks)/weeks - 4; len(said) < fewest {
				t.Errorf("%.0f %% over %d weeks: %d dates, want %d", 100*chance, weeks, len(said), fewest)
			}
			for _, s := range said {
				if was, ok := held[s.Due]; !ok || was != s.Held {
					t.Errorf("%.0f %% over %d weeks: the record does not hold %+v", 100*chance, weeks, s)
				}
			}
		}
	}
}

// A steady pace that halves and stays there: what was said just before fails, nothing is
// said until the new level has lasted, and then dates hold again. A longer past and a
// longer future change nothing of it.
func TestSaidBeforeByHand(t *testing.T) {
	var weeks []float64
	for i := range 80 {
		weeks = append(weeks, map[bool]float64{true: 8, false: 4}[i < 40])
	}
	h := history(weeks...)
	said, err := SaidBefore(h, h.week(24), 4, 0.85)
	if err != nil {
		t.Fatal(err)
	}
	// Forecasts are made at the ends of weeks 27, 31, 35 and so on (8 July, 5 August ...). Steady
	// work is finished with the fourth week. From the end of week 39 on, eight items come and
	// then four a week, so that 32 take seven weeks; from the end of week 43 on the new level is
	// not seen whole; at the end of week 47 it has just been found, and there is no forecast.
	want := []string{"2024-08-04 held", "2024-09-01 held", "2024-09-29 held", "2024-10-27 failed", "2024-12-01 failed", "2025-01-19 held", "2025-02-16 held",
		"2025-03-16 held", "2025-04-13 held", "2025-05-11 held", "2025-06-08 held", "2025-07-06 held"}
	var got []string
	for _, s := range said {
		got = append(got, s.Due.Format(time.DateOnly)+map[bool]string{true: " held", false: " failed"}[s.Held])
	}
	if !slices.Equal(got, want) {
		t.Errorf("said %v, want %v", got, want)
	}
	later, err := SaidBefore(h.Until(60), h.week(24), 4, 0.85)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range later {
		if s != said[i] {
			t.Errorf("%v was %v when less was known", said[i], s)
		}
	}
}

func BenchmarkSaidBefore(b *testing.B) {
	h := noisy(1, 300, 10)
	for b.Loop() {
		if _, err := SaidBefore(h, h.week(170), 4, 0.85); err != nil {
			b.Fatal(err)
		}
	}
}
