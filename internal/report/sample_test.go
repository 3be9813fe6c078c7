package report

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// The diagnoses that the tests render: a full one of an invented company, one in
// which nothing is known, one without charts, and one in which every free text
// is hostile.

func ptr(v float64) *float64 { return &v }

// sample is Kestrel Freight: 42 engineers, one technical leader, mixed evidence.
func sample() cockpit.Diagnosis {
	return cockpit.Diagnosis{
		Schema:       cockpit.DiagnosisSchema,
		AsOf:         "2026-10-31",
		Company:      "Kestrel Freight & Söhne GmbH",
		Program:      "diarchy 0.1.0",
		Verdict:      sampleVerdict(),
		Lenses:       sampleLenses(),
		Findings:     sampleFindings(),
		Delivery:     sampleDelivery(),
		Organisation: sampleChart(),
		Structure:    sampleStructure(),
		Agreement:    sampleHealth(),
		WouldChange:  sampleChanges(),
		Missing:      sampleMissing(),
		Costs:        sampleCosts(),
		History:      sampleHistory(),
		Charts:       sampleCharts(),
		Sources:      sampleSources(),
		Skipped: []cockpit.Skipped{
			{Source: "legacy-tms", What: "commits with a date before 2005", Why: "the clock of the importing machine was wrong", Count: 312},
			{Source: "mobile", What: "history before 2024-02-11", Why: "the clone is shallow", Count: 0},
		},
		Caveats: []string{
			"Time zones are taken from commits; work in 'squash' merges counts once.",
			"Two of 16 published thresholds are of people, not engineers; they were turned into engineers by a stated range.",
		},
		Assumptions: sampleAssumptions(),
		Method: cockpit.Method{Draws: 4000, Seed: 20261031, Sentences: []string{
			"Every range that the verdict rests on is drawn 4,000 times; each draw gives one call, and the most frequent call is the answer.",
			"Indicators that rest on the same facts share one factor, so that nothing is counted twice.",
			"Unknown indicators leave the odds as they are.",
		}},
		Definitions: sampleDefinitions(),
		Citations: []cockpit.Citation{
			{ID: "N1", Text: "The critical band is 20-50 engineers"},
			{ID: "N6", Text: "Indicator: delivery velocity turns inconsistent while team size is stable"},
			{ID: "N7", Text: "Indicator: technical debt accumulates faster than it is paid down"},
			{ID: "N8", Text: "Indicator: key technical decisions stall (database migrations, framework upgrades, security work)"},
			{ID: "N9", Text: "Indicator: engineering satisfaction declines"},
			{ID: "N10", Text: "Indicator: a technical leader spends under 60 % of the time on the primary function of the role"},
			{ID: "N11", Text: "Also: architecture choices get costlier to reverse, management overhead exceeds one person"},
			{ID: "R3", Text: "CTO time: 60-70 % outward- and future-facing. VPE time: 70-80 % on internal operations"},
		},
	}
}

func sampleVerdict() cockpit.Verdict {
	return cockpit.Verdict{
		Call:        cockpit.CallPrepare,
		MissingRole: "vpe",
		Confidence:  0.714,
		Shares:      map[string]float64{cockpit.CallOneLeader: 0.083, cockpit.CallPrepare: 0.714, cockpit.CallSplitNow: 0.199, cockpit.CallUnknown: 0.004},
		When:        cockpit.When{From: "2027-03", To: "2027-11", Summary: "At the present growth of 9 engineers a year the call turns into \"split now\" between March and November 2027, in the middle 60 of 100 draws."},
		Headline:    "Start the search for a VP of Engineering this winter",
		Summary:     "42 engineers report to one CTO through two team leads, and delivery has turned uneven since April while the teams stayed the same size. Nothing is on fire: decisions still get made and debt is being paid down. The pressure is on running the teams, not on direction.",
		Confident:   "in 71 of 100 ways to read the same evidence, the answer is the same",
		RoleReason:  "The work that is starved is execution: hiring, delivery and the span of 14 direct reports. Direction is in order, so it is the VP of Engineering who is missing, beside the present CTO.",
		InTheMean: []string{
			"Give delivery and hiring to one of the two team leads for six months, in writing.",
			"Bring the CTO's direct reports from 14 to at most 8.",
			"Look again in January, or when the team passes 46 engineers.",
		},
		Disagree: "Load says split now, since 14 direct reports alone take about 21 hours a week. Symptoms say prepare, since only one of four known indicators is strong. Both agree that it is execution that is short of time.",
	}
}

func sampleLenses() []cockpit.Lens {
	return []cockpit.Lens{
		{
			Name: "stage", Reading: cockpit.CallPrepare, Confidence: 0.64,
			Summary: "Of 16 published rules, 11 would have split the role by 42 engineers.",
			Facts: []cockpit.Fact{
				{Label: "Engineers active in 90 days", Value: "42", Origin: "measured", Number: ptr(42), Unit: "engineers", Metric: "engineers.active", Citation: "N1"},
				{Label: "Growth", Value: "+9 a year", Note: "from 33 a year ago", Origin: "measured", Number: ptr(9), Unit: "engineers/year"},
				{Label: "Funding round", Value: "Series A", Origin: "declared"},
				{Label: "Recurring revenue", Value: "", Note: "company.yaml has no revenue"},
			},
		},
		{
			Name: "symptoms", Reading: cockpit.CallPrepare, Confidence: 0.58,
			Summary: "Two indicators are present, two absent and three not known.",
			Facts: []cockpit.Fact{
				{Label: "Odds of splitting, after evidence", Value: "1.9 to 1", Origin: "measured", Number: ptr(1.9)},
				{Label: "Indicators known", Value: "4 of 7", Number: ptr(4)},
			},
		},
		{
			Name: "load", Reading: cockpit.CallSplitNow, Confidence: 0.55,
			Summary: "One person would need 58 hours a week to do both halves of the role.",
			Facts: []cockpit.Fact{
				{Label: "Hours needed", Value: "58 h/week", Note: "44 to 71", Origin: "assumed", Number: ptr(58), Unit: "h/week", Citation: "N11"},
				{Label: "Hours there are", Value: "36 h/week", Note: "45 less a share for everything else", Origin: "assumed", Number: ptr(36), Unit: "h/week"},
				{Label: "Direct reports", Value: "14", Origin: "declared", Number: ptr(14)},
			},
		},
	}
}

func sampleStructure() []cockpit.Finding {
	return []cockpit.Finding{
		{ID: "wide_span", Title: "Too many people report to one person", State: cockpit.Present, Strength: 0.5, Speaks: "none", Summary: "The widest span is 18 direct reports.",
			Evidence: []cockpit.Fact{{Label: "Widest span", Value: "18 direct reports", Origin: "declared", Number: ptr(18), Unit: "direct reports"}},
			Cites:    []string{"O3"}, Advice: "Put a lead between, or split the team.", Explain: "diarchy explain wide_span"},
		{ID: "directors_due", Title: "Directors are due", State: cockpit.Absent, Speaks: "none", Summary: "42 of 60 people are engineers.", Cites: []string{"O3"}, Explain: "diarchy explain directors_due"},
		{ID: "team_borders", Title: "Teams change each other's code", State: cockpit.Unknown, Speaks: "none", Summary: "No team owns code.", Cites: []string{"O8"}, Explain: "diarchy explain team_borders"},
	}
}

func sampleFindings() []cockpit.Finding {
	return []cockpit.Finding{
		{
			ID: "N6", Title: "Delivery has turned inconsistent while team size is stable", State: cockpit.Present, Strength: 0.74, Speaks: "vpe",
			Summary: "Merged changes vary 2.3 times as much from week to week as in the year before, with 41 to 43 engineers throughout.",
			Evidence: []cockpit.Fact{
				{Label: "Spread of weekly changes", Value: "2.3 x", Note: "1.6 to 3.1, 26 weeks against 52", Origin: "measured", Number: ptr(2.3), Unit: "ratio", Metric: "throughput.dispersion"},
				{Label: "Change point", Value: "week of 13 April 2026", Origin: "measured"},
				{Label: "Engineers", Value: "41 to 43", Origin: "measured"},
			},
			Cites: []string{"N6"}, Warnings: []string{"Weeks 52 and 1 are holidays; they were left out."},
			Chart: "throughput", Explain: "diarchy explain N6",
		},
		{
			ID: "N11", Title: "Management overhead exceeds one person", State: cockpit.Present, Strength: 0.41, Speaks: "split",
			Summary: "14 direct reports and three teams are declared for one leader; about 21 of 36 hours go to reports alone.",
			Evidence: []cockpit.Fact{
				{Label: "Direct reports", Value: "14", Origin: "declared", Number: ptr(14)},
				{Label: "Hours for each", Value: "1 to 2 h/week", Origin: "assumed", Citation: "R3"},
			},
			Cites: []string{"N11", "R3"}, Chart: "load", Explain: "diarchy explain N11",
		},
		{
			ID: "N7", Title: "Technical debt accumulates faster than it is paid down", State: cockpit.Absent, Speaks: "cto",
			Summary: "Markers of debt went from 431 to 402 in a year while the code grew by 18 %.",
			Evidence: []cockpit.Fact{
				{Label: "Added less removed", Value: "-29 a year", Origin: "measured", Number: ptr(-29)},
			},
			Cites: []string{"N7"}, Chart: "debt", Explain: "diarchy explain N7",
		},
		{
			ID: "N8", Title: "Key technical decisions stall", State: cockpit.Absent, Speaks: "cto",
			Summary: "Nine decision records were settled in a median of 12 days; one, the move to PostgreSQL 17, has been open for 61.",
			Cites:   []string{"N8"}, Explain: "diarchy explain N8",
		},
		{
			ID: "N9", Title: "Engineering satisfaction declines", State: cockpit.Unknown, Speaks: "vpe",
			Summary: "No survey has been held.", Cites: []string{"N9"}, Explain: "diarchy explain N9",
		},
		{
			ID: "N10", Title: "The leader spends under 60 % of the time on the primary function", State: cockpit.Unknown, Speaks: "split",
			Summary: "No calendar has been read.", Cites: []string{"N10"}, Explain: "diarchy explain N10",
		},
		{
			ID: "X1", Title: "Architecture choices get costlier to reverse", State: cockpit.Unknown, Speaks: "none",
			Summary: "Needs 24 months of history; there are 21.", Cites: []string{"N11"}, Explain: "diarchy explain X1",
		},
	}
}

func sampleChanges() []cockpit.Change {
	return []cockpit.Change{
		{Input: "engineers", From: "42", To: "51", Call: cockpit.CallSplitNow},
		{Input: "direct reports of the CTO", From: "14", To: "7", Call: cockpit.CallOneLeader},
		{Input: "satisfaction", From: "unknown", To: "declining", Call: cockpit.CallSplitNow},
	}
}

func sampleMissing() []cockpit.Missing {
	return []cockpit.Missing{
		{What: "Where the CTO's time goes", Effect: "Under 60 % on direction would turn the answer into \"split now\"", Shift: 0.31, How: "diarchy source add calendar --person cto --file ~/Calendars/cto-2026.ics --category strategy,execution,people"},
		{What: "Whether engineers are content", Effect: "A decline would add to the case for a VP of Engineering", Shift: 0.17, How: "surveys:\n  - name: pulse-2026-q4\n    questions: builtin/satisfaction\n    closes: 2026-12-01"},
		{What: "Recurring revenue", Effect: "Between 10 and 50 M$ is a common trigger", Shift: 0.09, How: "company:\n  revenue: {amount: 8.5M, currency: USD, per: year}"},
		{What: "Incidents", Effect: "Hours lost to them are not in the load", How: "diarchy source add incidents --file incidents.csv"},
	}
}

func sampleCosts() []cockpit.Cost {
	return []cockpit.Cost{
		{
			Of: "waiting", Summary: "Each quarter of waiting costs about 70 to 190 engineer-days of delivery, if the unevenness stays.",
			Lines: []cockpit.Fact{
				{Label: "Delivery lost", Value: "70 to 190 engineer-days", Note: "a quarter", Origin: "assumed"},
				{Label: "In money", Value: "45 to 120 k€", Note: "a quarter, at 640 € a day", Origin: "assumed"},
			},
			Rests: []string{"The spread of weekly changes stays at 2.3 times the year before.", "A loaded engineer-day costs 640 €."},
		},
		{
			Of: "splitting", Summary: "A VP of Engineering costs 210 to 290 k€ a year and four to seven months of search.",
			Lines: []cockpit.Fact{
				{Label: "Salary and search", Value: "210 to 290 k€", Note: "first year", Origin: "assumed"},
				{Label: "Time to be effective", Value: "7 to 13 months", Origin: "assumed"},
			},
			Rests: []string{"Ranges are defaults; none was declared by the company."},
		},
	}
}

func sampleHistory() cockpit.History {
	shares := [][3]float64{{.86, .12, .02}, {.81, .16, .03}, {.74, .22, .04}, {.69, .26, .05}, {.55, .39, .06}, {.41, .50, .09}, {.30, .58, .12}, {.083, .714, .199}}
	dates := []string{"2025-01-31", "2025-04-30", "2025-07-31", "2025-10-31", "2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"}
	engineers := []float64{26, 28, 31, 33, 36, 41, 42, 42}
	h := cockpit.History{Flips: 1, Summary: "The call moved once, from \"one leader\" to \"prepare\" in April 2026, and has grown steadier since."}
	for i, s := range shares {
		p := cockpit.Past{AsOf: dates[i], Call: cockpit.CallOneLeader, Confidence: s[0], Engineers: ptr(engineers[i]), Shares: map[string]float64{
			cockpit.CallOneLeader: s[0], cockpit.CallPrepare: s[1], cockpit.CallSplitNow: s[2], cockpit.CallUnknown: max(0, 1-s[0]-s[1]-s[2]),
		}}
		if s[1] > s[0] {
			p.Call, p.Confidence = cockpit.CallPrepare, s[1]
		}
		h.Points = append(h.Points, p)
	}
	return h
}

func sampleCharts() []cockpit.Chart {
	return []cockpit.Chart{
		throughputChart(),
		{
			ID: "load", Title: "Hours of leadership work in a week", Sentence: "Work that one leader has, by what it is for, against the hours that one person has.",
			Kind: "bar", Unit: "h/week", XTitle: "Work for", X: []string{"Direct reports", "Hiring", "Delivery", "Incidents", "Architecture", "Vendors and board"},
			Series: []cockpit.Series{{Name: "Hours", Values: []*float64{ptr(21), ptr(9), ptr(11), nil, ptr(10), ptr(7)}}},
		},
		{
			ID: "debt", Title: "Markers of debt in the code", Sentence: "The number of markers fell slowly while the code grew.",
			Kind: "area", Unit: "markers", X: []string{"2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"},
			Series: []cockpit.Series{{Name: "Markers", Values: points(431, 433, 428, 427, 425, 430, 421, 418, 415, 409, 410, 405, 402)}},
		},
		{
			ID: "growth", Title: "Engineers, and where growth leads", Sentence: "42 engineers are active; at the present growth the upper end of the critical band is reached in 2027.",
			Kind: "line", Unit: "engineers", X: []string{"2025-04", "2025-07", "2025-10", "2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "2027-04", "2027-07", "2027-10"},
			Series: []cockpit.Series{
				{Name: "Active in 90 days", Values: append(points(28, 31, 33, 36, 41, 42, 42), nil, nil, nil, nil)},
				{Name: "Projected", Dashed: true, Values: append(make([]*float64, 6), points(42, 44, 47, 49, 51)...)},
			},
			Bands: []cockpit.Band{{Label: "Critical band (N1)", Low: 20, High: 50}},
		},
	}
}

func points(values ...float64) []*float64 {
	var out []*float64
	for _, v := range values {
		out = append(out, ptr(v))
	}
	return out
}

// throughputChart is 78 weeks of merged changes: even, then uneven from April
// 2026, with a gap for the holidays.
func throughputChart() cockpit.Chart {
	c := cockpit.Chart{
		ID: "throughput", Title: "Merged changes by week", Sentence: "The level holds; the swing from week to week has more than doubled since April.",
		Kind: "line", Unit: "changes", XTitle: "Week of",
		Bands: []cockpit.Band{{Label: "Usual range before", Low: 78, High: 104}},
		Marks: []cockpit.Mark{{Label: "spread doubles", X: "2026-04-13"}},
	}
	week := time.Date(2025, 5, 5, 0, 0, 0, 0, time.UTC)
	values := cockpit.Series{Name: "Merged changes"}
	for i := range 78 {
		swing := 7.0
		if week.After(time.Date(2026, 4, 12, 0, 0, 0, 0, time.UTC)) {
			swing = 19
		}
		v := math.Round(91 + swing*math.Sin(float64(i*i)*1.7) + 3*math.Cos(float64(i)*2.3))
		c.X = append(c.X, week.Format(time.DateOnly))
		if week.Month() == time.December && week.Day() > 21 {
			values.Values = append(values.Values, nil)
		} else {
			values.Values = append(values.Values, ptr(v))
		}
		week = week.AddDate(0, 0, 7)
	}
	c.Series = []cockpit.Series{values}
	return c
}

func sampleSources() []cockpit.Source {
	read := time.Date(2026, 11, 2, 7, 41, 12, 0, time.UTC)
	return []cockpit.Source{
		{Name: "core", Location: "/srv/git/core.git", Branch: "main", Commits: 18204, First: "2019-03-04", Last: "2026-10-31", Head: "9f1c2ab47d5e60c1b2a3948576fedcba01234567", ReadAt: read, Status: "ok", Notes: []string{}},
		{Name: "mobile", Location: "/srv/git/mobile.git", Branch: "trunk", Commits: 3077, First: "2024-02-11", Last: "2026-10-30", Head: "0b7e44d2", ReadAt: read, Status: "partial", Notes: []string{"shallow clone: 33 months of history"}},
		{Name: "legacy-tms", Location: "/srv/git/legacy/very/deep/folder/structure/of/the/former/transport-management-system-2009.git", Branch: "master", Status: "failed", Notes: []string{"pack file is damaged"}},
	}
}

func sampleAssumptions() []cockpit.Assumption {
	return []cockpit.Assumption{
		{Name: "Hours a week of one leader", Value: "40 to 50", Source: "judgement of the built-in playbook", Origin: "default", Edit: "load.hours_per_week"},
		{Name: "Hours for each direct report", Value: "1 to 2", Source: "R3", Origin: "default", Edit: "load.hours_per_report"},
		{Name: "Factor of a present indicator", Value: "1.5 to 4", Source: "stated range", Origin: "default", Edit: "symptoms.factor.present"},
		{Name: "Cost of an engineer-day", Value: "640 €", Source: "company.yaml", Origin: "company", Edit: "costs.engineer_day"},
	}
}

func sampleDefinitions() []cockpit.Definition {
	return []cockpit.Definition{
		{
			Name: "throughput.weekly", Title: "Merged changes by week", Question: "How much gets finished?", Unit: "changes/week",
			Meaning: "Changes that reached the main branch in a week of the company's time zone, merges and bots left out.",
			Caveats: "Says nothing about the size or the worth of a change.", Gaming: "Splitting changes raises it.", Cites: []string{"N6", "B2"},
		},
		{
			Name: "engineers.active", Title: "Active engineers", Question: "How many people build?", Unit: "engineers",
			Meaning: "People, not accounts, with at least one change in the 90 days before the date.", Cites: []string{"N1"},
		},
	}
}

// empty is a company of which nothing is known.
func empty() cockpit.Diagnosis {
	return cockpit.Diagnosis{
		Schema:  cockpit.DiagnosisSchema,
		AsOf:    "2026-10-31",
		Verdict: cockpit.Verdict{Call: cockpit.CallUnknown, MissingRole: "unknown"},
	}
}

// chartless is the sample without anything to draw.
func chartless() cockpit.Diagnosis {
	d := sample()
	d.Charts = nil
	d.History = cockpit.History{Summary: "There is only one month of history."}
	return d
}

// payload is put into every free text of the hostile diagnosis.
const payload = "=1+1|`</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>\"'" +
	"\x1b[31m\r\n# {{.}} ${x} [a](javascript:alert(1)) *b* _c_ Ωλ日本語\u202e 👩‍👩‍👧 " +
	"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" + "https://example.com/x.js"

// structural are the fields that hold our own words or keys, not free text.
var structural = map[string]bool{
	"Schema": true, "AsOf": true, "Call": true, "MissingRole": true, "Reading": true, "State": true, "Speaks": true,
	"Kind": true, "From": true, "To": true, "X": true, "Status": true, "Of": true, "Origin": true, "Chart": true, "ID": true,
}

// hostile is the sample with every free text replaced by the payload.
func hostile() cockpit.Diagnosis {
	d := sample()
	n := 0
	poison(reflect.ValueOf(&d).Elem(), &n)
	return d
}

func poison(v reflect.Value, n *int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !structural[f.Name] {
				poison(v.Field(i), n)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), n)
		}
	case reflect.String:
		*n++
		v.SetString(fmt.Sprintf("%s %d", payload, *n))
	}
}

// alien is a diagnosis from a newer program: every enum has a word not known here.
func alien() cockpit.Diagnosis {
	d := sample()
	d.Verdict.Call, d.Verdict.MissingRole = "merge_roles", "chief_of_staff"
	d.Verdict.Shares = map[string]float64{"merge_roles": 0.7, "split_now": 0.3}
	d.Lenses[0].Name, d.Lenses[0].Reading = "market_pull", "merge_roles"
	d.Findings[0].State, d.Findings[1].Speaks = "disputed", "architect"
	d.Charts[0].Kind, d.Sources[0].Status, d.Costs[0].Of = "violin", "stale", "merging"
	return d
}

// crowded is a large company: many sources, findings and unknowns, ids of several
// words, and names that are long, wide or made of combining marks.
func crowded() cockpit.Diagnosis {
	d := sample()
	d.Company = "株式会社隼貨物運送システムズ Công ty Vận Tải e\u0301te\u0301 กิ้งก่า"
	d.Sources, d.Skipped, d.Findings, d.Missing = nil, nil, nil, nil
	for i := range 40 {
		name := fmt.Sprintf("運送-%d-%s", i, strings.Repeat("long", i%30))
		src := cockpit.Source{Name: name, Branch: "main", Commits: 1000 + i, First: "2020-01-01", Last: "2026-10-31", Status: "ok"}
		if i%5 == 0 {
			src.Status = "partial"
			d.Skipped = append(d.Skipped, cockpit.Skipped{Source: name, What: "line counts", Why: "contents are damaged", Count: i + 1})
		}
		d.Sources = append(d.Sources, src)
	}
	for i := range 24 {
		f := cockpit.Finding{
			ID: fmt.Sprintf("slow_work_%d", i), Title: "仕事が遅くなった, and cafe\u0301s wait longer than they did before",
			State: cockpit.Present, Strength: 1 - float64(i)/24, Speaks: []string{"vpe", "cto", "split", "none"}[i%4],
			Summary:  "0 of 11 newcomers of the last year worked regularly within two weeks; newcomers took a median of 36 days to their fifth active day; before, 8.",
			Warnings: []string{"newcomers who will still become regular are not in it yet."},
			Explain:  fmt.Sprintf("diarchy explain slow_work_%d", i),
		}
		if i >= 12 {
			f.State, f.Strength = []string{cockpit.Absent, cockpit.Unknown}[i%2], 0
		}
		d.Findings = append(d.Findings, f)
	}
	for i := range 20 {
		m := cockpit.Missing{What: fmt.Sprintf("資金調達 %d (slow work %d)", i, i), Effect: "It would tell", How: "company:\n  board_cadence: quarterly   # none, monthly, quarterly, half_yearly, yearly"}
		m.Shift = max(0, 1-float64(i)*0.07)
		d.Missing = append(d.Missing, m)
	}
	return d
}

// all are the named diagnoses.
func all() map[string]cockpit.Diagnosis {
	return map[string]cockpit.Diagnosis{
		"crowded": crowded(), "full": sample(), "empty": empty(), "chartless": chartless(), "hostile": hostile(), "alien": alien(), "zero": {}, "big": big(),
	}
}

// containsAny tells which of the texts a rendering holds.
func containsAny(s string, texts ...string) string {
	for _, t := range texts {
		if strings.Contains(s, t) {
			return t
		}
	}
	return ""
}

func sampleDelivery() *cockpit.Delivery {
	return &cockpit.Delivery{
		Summary: "Delivery got worse: change lead time. 2 of the 3 numbers that the page looks at are known.",
		Changes: []cockpit.DeliveryChange{
			{Metric: "change_lead_time", Title: "Change lead time", Tone: "worse", What: "Change lead time: 9.5 days in the last half year, 4.1 days in the year before", SoWhat: "customers wait longer for what is finished",
				Ask: "Where do changes wait?", How: "Mann-Whitney test on 6 and 12 months, p 0.0021", Cites: []string{"N6"}, Explain: "diarchy explain change_lead_time"},
			{Metric: "deployment_frequency", Title: "Deployment frequency", Tone: "better", What: "Deployment frequency: 11 deployments a week in the last half year, 6.2 deployments a week in the year before", SoWhat: "less goes out at once",
				Ask: "What makes a deployment an effort?", How: "Mann-Whitney test on 26 and 52 weeks, p 0.00012", Explain: "diarchy explain deployment_frequency"},
		},
		Numbers: []cockpit.DeliveryNumber{
			{Metric: "change_lead_time", Title: "Change lead time", Value: "9.5 days", Number: ptr(9.5), Unit: "days", N: 210, Window: "in the last 3 months", Level: "medium, by DORA's levels of 2024", Coverage: "91 % of 240 changes were seen deployed", Explain: "diarchy explain change_lead_time"},
			{Metric: "deployment_frequency", Title: "Deployment frequency", Value: "11 deployments a week", Number: ptr(11), Unit: "deployments a week", N: 143, Window: "over 13 weeks", Explain: "diarchy explain deployment_frequency"},
		},
		Unknown:  []cockpit.DeliveryGap{{Metric: "change_failure_rate", Title: "Change failure rate", Why: "no facts (unknown where no incident system tells of the application)", How: "systems: [{system: csv, files: {incidents: incidents.csv}}]   # in diarchy.yaml; or an incident system"}},
		Calendar: "Times count nights, weekends and holidays.",
	}
}
