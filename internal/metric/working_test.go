package metric

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/store/storetest"
)

// slowly counts the working seconds between two instants minute by minute.
func (w WorkingTime) slowly(from, to time.Time, zone *time.Location) (seconds float64) {
	off := map[string]bool{}
	for _, h := range w.Holidays {
		off[h.Format(time.DateOnly)] = true
	}
	open, until := w.From, w.To
	if open == until {
		until = 24 * time.Hour
	}
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		l := at.In(zone)
		clock := time.Duration(l.Hour())*time.Hour + time.Duration(l.Minute())*time.Minute
		if w.weekdays()[(int(l.Weekday())+6)%7] && !off[l.Format(time.DateOnly)] && clock >= open && clock < until {
			seconds += 60
		}
	}
	return seconds
}

// TestWorkingTime compares what SQL counts with a count minute by minute, on every database.
func TestWorkingTime(t *testing.T) {
	ctx := context.Background()
	monday := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	times := map[string]WorkingTime{
		"weekdays": {Days: monday},
		"hours":    {From: 9 * time.Hour, To: 17*time.Hour + 30*time.Minute},
		"all": {Days: monday, From: 8 * time.Hour, To: 16 * time.Hour,
			Holidays: []time.Time{day("2024-12-25"), day("2024-01-01"), day("2024-12-26"), day("2024-05-01"), day("2024-03-30"), day("2024-05-01"), day("2024-10-03")}},
		"Sunday to Thursday": {Days: []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday}, Holidays: []time.Time{day("2024-04-10")}},
	}
	for _, e := range storetest.Engines() {
		t.Run(e.Name, func(t *testing.T) {
			st := e.Open(t)
			for name, w := range times {
				for _, zone := range []string{"UTC", "Asia/Kolkata"} { // zones without summer time: a minute is a minute
					place, err := time.LoadLocation(zone)
					if err != nil {
						t.Fatal(err)
					}
					rng := rand.New(rand.NewPCG(5, uint64(len(name))))
					for range 12 {
						from := time.Date(2023, 12, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.IntN(400*24*60)) * time.Minute)
						to := from.Add(time.Duration(rng.IntN(40*24*60)) * time.Minute)
						c := Calendar{Zone: zone, Working: w}
						sql, err := c.expand("SELECT CAST(@hours(CAST($1 AS timestamptz), COALESCE(CAST($2 AS timestamptz), CAST($1 AS timestamptz))) AS double precision), CAST(@days(CAST($1 AS timestamptz), CAST($2 AS timestamptz)) AS double precision)")
						if err != nil {
							t.Fatal(err)
						}
						rows, err := st.Query(ctx, sql, from, to)
						if err != nil {
							t.Fatalf("%v in %s", err, sql)
						}
						var hours, days float64
						for rows.Next() {
							if err := rows.Scan(&hours, &days); err != nil {
								t.Fatal(err)
							}
						}
						if err := rows.Close(); err != nil {
							t.Fatal(err)
						}
						want := w.slowly(from, to, place)
						if math.Abs(hours-want/3600) > 1e-6 || math.Abs(days-want/w.day().Seconds()) > 1e-6 {
							t.Errorf("%s in %s from %s to %s: %v hours, %v days, want %v seconds", name, zone, from, to, hours, days, want)
						}
					}
				}
			}
		})
	}
}

// A working day has its hours on the day on which clocks change, too.
func TestWorkingTimeWhenClocksChange(t *testing.T) {
	w := WorkingTime{From: 9 * time.Hour, To: 17 * time.Hour}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"2024-03-31", "2024-10-27"} {
		noon, err := time.ParseInLocation(time.DateOnly, d, berlin)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.slowly(noon, noon.AddDate(0, 0, 1), berlin); got != 8*3600 {
			t.Errorf("%s: the slow count gives %v", d, got)
		}
		for _, e := range storetest.Engines() {
			sql, err := Calendar{Zone: "Europe/Berlin", Working: w}.expand("SELECT CAST(@hours(CAST($1 AS timestamptz), CAST($2 AS timestamptz)) AS double precision)")
			if err != nil {
				t.Fatal(err)
			}
			rows, err := e.Open(t).Query(context.Background(), sql, noon, noon.AddDate(0, 0, 1))
			if err != nil {
				t.Fatal(err)
			}
			var hours float64
			for rows.Next() {
				if err := rows.Scan(&hours); err != nil {
					t.Fatal(err)
				}
			}
			if err := rows.Close(); err != nil || hours != 8 {
				t.Errorf("%s on %s: %v hours, %v", d, e.Name, hours, err)
			}
		}
	}
}

func TestWorkingTimeIsSaid(t *testing.T) {
	for want, w := range map[string]WorkingTime{
		"nights, weekends and holidays count": {},
		"only working time counts (Monday to Friday, 09:00 to 17:30, without a declared holiday); a day is 8.5 hours of it": {Days: []time.Weekday{1, 2, 3, 4, 5}, From: 9 * time.Hour, To: 17*time.Hour + 30*time.Minute, Holidays: []time.Time{{}}},
		"only working time counts (every day, 10:00 to 12:00); a day is 2 hours of it":                                       {From: 10 * time.Hour, To: 12 * time.Hour},
		"only working time counts (Monday, Sunday); a day is 24 hours of it":                                                 {Days: []time.Weekday{0, 1}},
	} {
		if got := w.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	all, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var counting []string
	for _, d := range all {
		if d.countsWorkingTime() {
			counting = append(counting, d.Name)
		}
	}
	if got := fmt.Sprint(strings.Join(counting, " ")); got != "cycle_coding cycle_deploy_wait cycle_merge_wait cycle_review cycle_review_wait cycle_time issue_age issue_cycle_time issue_lead_time request_age" {
		t.Errorf("working time counts in %s", got)
	}
}
