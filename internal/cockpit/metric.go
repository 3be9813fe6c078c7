package cockpit

// MetricSummary is a catalogue entry as a list shows it.
type MetricSummary struct {
	Name  string   `json:"name"`
	Title string   `json:"title"`
	Owner string   `json:"owner"`
	Unit  string   `json:"unit"`
	Grain string   `json:"grain"`
	Cites []string `json:"cites"`
}

// MetricView is a metric for one scope: what it means, its course, and its doubts.
type MetricView struct {
	Schema     string        `json:"schema"` // diarchy/metric/v1
	Definition Definition    `json:"definition"`
	Grain      string        `json:"grain"`
	Nulls      string        `json:"nulls"`
	Supply     string        `json:"supply"` // the command or file that supplies what is missing
	Scope      string        `json:"scope"`
	AsOf       string        `json:"as_of"`
	Points     []MetricPoint `json:"points"`
	Items      []Fact        `json:"items"`
	Warnings   []string      `json:"warnings"`
	Missing    string        `json:"missing"`  // why there is nothing; "" if there is something
	People     bool          `json:"people"`   // it speaks of people
	Scopes     []string      `json:"scopes"`   // that can be asked for
	Interval   string        `json:"interval"` // which interval points have; "" where they have none
	Limits     *Limits       `json:"limits"`   // null where there are too few points, or where warnings say why
	Skipped    []Skipped     `json:"skipped"`  // input that could not be read

	Lately *DeliveryNumber `json:"lately"` // over the newest facts, with level and coverage; null for all but DORA's five
}

// Limits are those of an individuals chart (Wheeler): a point outside of them is more
// than routine variation. They are computed from the newest points, 52 at most, that came
// after the last lasting shift of the level, and end where the unit does: nothing is below zero, and no share above one.
type Limits struct {
	Center  float64  `json:"center"`
	Lower   float64  `json:"lower"`
	Upper   float64  `json:"upper"`
	N       int      `json:"n"`
	Since   string   `json:"since"`   // the first bucket after the shift; "" where none was found
	Outside []string `json:"outside"` // the buckets outside, by their Start
}

// MetricPoint is one bucket; Value is null when unknown.
type MetricPoint struct {
	Start string   `json:"start"` // first day of the bucket; of 4 weeks and of a snapshot the last day
	Value *float64 `json:"value"`
	N     int      `json:"n"`
	Low   *float64 `json:"low"` // of the interval of the value; null where it has none
	High  *float64 `json:"high"`
}

// Explanation walks from a judgement down to facts.
type Explanation struct {
	Schema  string    `json:"schema"` // diarchy/explanation/v1
	Of      string    `json:"of"`
	People  bool      `json:"people"` // it is a metric that speaks of people
	Steps   []Step    `json:"steps"`
	Skipped []Skipped `json:"skipped"` // input that could not be read
}

// Step is one level of an explanation, indented under the one that rests on it.
type Step struct {
	Depth int      `json:"depth"`
	Kind  string   `json:"kind"` // verdict, lens, rules, activities, missing, finding, signal, metric, facts, method
	Title string   `json:"title"`
	Lines []string `json:"lines"`
	Code  string   `json:"code,omitempty"` // the command, or lines of YAML, that supply what is missing
	More  string   `json:"more,omitempty"` // the command that walks on from here
}
