package workspace

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, data string) *Document {
	t.Helper()
	doc, err := Parse(FileName, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestFundingAt(t *testing.T) {
	doc := parse(t, `
company:
  funding:
    - {date: 2024-05-01, stage: series_b}
    - {stage: series_c}
    - {date: 2022-04-01, stage: series_a}
`)
	cases := map[string]struct {
		when string
		now  bool
		want Known[string]
	}{
		"before the first is unknown":      {"2022-03-31", false, Known[string]{}},
		"from its day on":                  {"2022-04-01", false, Is(StageSeriesA)},
		"the latest in any order":          {"2024-05-01", false, Is(StageSeriesB)},
		"an undated one counts for now":    {"2025-01-01", true, Is(StageSeriesC)},
		"an undated one is not the past":   {"2025-01-01", false, Is(StageSeriesB)},
		"now before every date, undated":   {"2020-01-01", true, Is(StageSeriesC)},
		"the past before every date stays": {"2020-01-01", false, Known[string]{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := doc.Company.FundingAt(day(c.when), c.now)
			if diff := cmp.Diff(c.want, Known[string]{f.Value.Stage, f.OK}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRevenueAt(t *testing.T) {
	doc := parse(t, "company: {revenue: [{date: 2024-01-01, arr: 12, currency: KWD}, {date: 2025-01-01, arr: 13, currency: JPY}]}")
	for when, want := range map[string]Known[Money]{
		"2023-12-31": {},
		"2024-06-01": Is(Money{12_000, "KWD"}),
		"2025-06-01": Is(Money{13, "JPY"}),
	} {
		got := doc.Company.RevenueAt(day(when), true)
		if diff := cmp.Diff(want, Known[Money]{got.Value.ARR, got.OK}); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
}

func TestHeadcountAt(t *testing.T) {
	doc := parse(t, `
company:
  headcount:
    - {date: 2024-01-01, engineers: 34, people: 90}
    - {date: 2024-07-01, engineers: 40}
    - {people: 120}
`)
	type both struct{ Engineers, People Known[int] }
	for _, c := range []struct {
		when string
		now  bool
		want both
	}{
		{"2023-12-31", false, both{}},
		{"2023-12-31", true, both{People: Is(120)}},
		{"2024-02-01", false, both{Is(34), Is(90)}},
		{"2024-08-01", false, both{Is(40), Is(90)}},
		{"2024-08-01", true, both{Is(40), Is(120)}},
	} {
		engineers, people := doc.Company.HeadcountAt(day(c.when), c.now)
		if diff := cmp.Diff(c.want, both{engineers, people}); diff != "" {
			t.Errorf("%s now=%t: %s", c.when, c.now, diff)
		}
	}
	if len(doc.Company.Headcount) != 3 {
		t.Error("asking changed the document")
	}
}

// Each case is a company, and what it says of a past day and of that day as
// the present.
func TestStates(t *testing.T) {
	unknown, yes, no := Known[bool]{}, Is(true), Is(false)
	fit := func(c Company, now bool) Known[bool] { return c.MarketFitAt(day("2024-01-01"), now) }
	enterprise := func(c Company, now bool) Known[bool] { return c.EnterpriseAt(day("2024-01-01"), now) }
	comply := func(c Company, now bool) Known[bool] {
		all := c.ComplianceAt(day("2024-01-01"), now)
		return Known[bool]{len(all.Value) > 0, all.OK}
	}
	board := func(c Company, now bool) Known[bool] {
		k := c.BoardCadenceAt(day("2024-01-01"), now)
		return Known[bool]{k.Value == "yearly", k.OK}
	}
	cases := map[string]struct {
		ask         func(Company, bool) Known[bool]
		company     string
		past, today Known[bool]
	}{
		"fit missing":             {fit, "{}", unknown, unknown},
		"fit reached":             {fit, "{product_market_fit: 2024-01-01}", yes, yes},
		"fit reached later":       {fit, "{product_market_fit: 2024-01-02}", no, no},
		"fit not yet":             {fit, "{product_market_fit: not_yet}", no, no},
		"enterprise missing":      {enterprise, "{}", unknown, unknown},
		"enterprise since":        {enterprise, "{enterprise_sales: {since: 2023-01-01}}", yes, yes},
		"enterprise later":        {enterprise, "{enterprise_sales: {since: 2025-01-01}}", no, no},
		"enterprise true":         {enterprise, "{enterprise_sales: true}", unknown, yes},
		"enterprise false":        {enterprise, "{enterprise_sales: false}", unknown, no},
		"compliance missing":      {comply, "{}", unknown, unknown},
		"compliance null":         {comply, "{compliance: }", unknown, unknown},
		"compliance none":         {comply, "{compliance: []}", unknown, no},
		"compliance undated":      {comply, "{compliance: [soc2]}", unknown, yes},
		"compliance dated":        {comply, "{compliance: [{name: soc2, since: 2023-01-01}]}", yes, yes},
		"compliance dated later":  {comply, "{compliance: [{name: soc2, since: 2025-01-01}]}", no, no},
		"compliance partly dated": {comply, "{compliance: [a, {name: b, since: 2023-01-01}]}", unknown, yes},
		"board missing":           {board, "{}", unknown, unknown},
		"board yearly":            {board, "{board_cadence: yearly}", unknown, yes},
		"board none":              {board, "{board_cadence: none}", unknown, no},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			company := parse(t, "company: "+c.company).Company
			if diff := cmp.Diff([]Known[bool]{c.past, c.today}, []Known[bool]{c.ask(company, false), c.ask(company, true)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLeadersAt(t *testing.T) {
	doc := parse(t, `
leadership:
  - {role: none, since: 2019-01-01, until: 2019-12-31}
  - {role: technical_leader, since: 2020-01-01, until: 2021-04-30}
  - {role: vpe, since: 2023-01-01}
  - {role: cto, since: 2021-05-01, until: 2024-01-31}
  - {role: cto, until: 2024-12-31}
`)
	type answer struct {
		Roles []string
		Known bool
	}
	for _, c := range []struct {
		when time.Time
		now  bool
		want answer
	}{
		{day("2018-12-31"), false, answer{}},
		{day("2019-06-01"), false, answer{nil, true}},
		{day("2020-01-01"), false, answer{[]string{RoleTechnicalLeader}, true}},
		{day("2023-06-01"), false, answer{[]string{RoleCTO, RoleVPE}, true}},
		{day("2024-01-31").Add(23 * time.Hour), false, answer{[]string{RoleCTO, RoleVPE}, true}},
		{day("2024-02-01"), false, answer{[]string{RoleVPE}, true}},
		{day("2024-02-01"), true, answer{[]string{RoleCTO, RoleVPE}, true}},
		{day("2030-01-02"), true, answer{[]string{RoleVPE}, true}},
	} {
		roles, known := doc.LeadersAt(c.when, c.now)
		if diff := cmp.Diff(c.want, answer{roles, known}); diff != "" {
			t.Errorf("%s now=%t: %s", c.when, c.now, diff)
		}
	}
	if _, known := New().LeadersAt(day("2024-01-01"), true); known {
		t.Error("nothing declared must be unknown")
	}
	gap := parse(t, "leadership: [{role: cto, since: 2020-01-01, until: 2020-12-31}]")
	if _, known := gap.LeadersAt(day("2022-01-01"), true); known {
		t.Error("a time that no entry covers must be unknown")
	}
}

func TestWorkingTime(t *testing.T) {
	doc := parse(t, `
company:
  working_time:
    days: [monday, sunday]
    hours: 09:30-24:00
    holidays: [2026-12-25, 2099-01-01]
`)
	want := WorkingTime{Days: []time.Weekday{time.Monday, time.Sunday}, From: 9*time.Hour + 30*time.Minute, To: 24 * time.Hour,
		Holidays: []time.Time{time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, doc.Company.Working); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(WorkingTime{}, New().Company.Working); diff != "" {
		t.Error(diff)
	}
}
