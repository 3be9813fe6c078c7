package cockpit

// ForecastSchema names the version of Forecast as JSON.
const ForecastSchema = "diarchy/forecast/v1"

// Forecast says when pieces of work will be finished, and how much of it by a date: for a
// scope's work, never for a person's.
type Forecast struct {
	Schema   string           `json:"schema"`
	Scope    string           `json:"scope"`
	AsOf     string           `json:"as_of"` // last day of which anything is known
	Unit     string           `json:"unit"`  // of items: changes
	Start    string           `json:"start"` // first day of the work
	Headline string           `json:"headline"`
	Summary  string           `json:"summary"`
	Refused  *ForecastRefusal `json:"refused"` // null when there is an answer
	Pieces   []ForecastPiece  `json:"pieces"`  // one after the other
	By       *ForecastBy      `json:"by"`      // null when no date was asked for
	Basis    *ForecastBasis   `json:"basis"`   // null when refused
	Record   ForecastRecord   `json:"record"`
	Assumed  []Fact           `json:"assumed"` // growth, split, focus: what was given, and is not measured
	Warnings []string         `json:"warnings"`
	Method   []string         `json:"method"`
	Trials   int              `json:"trials"`
	Seed     uint64           `json:"seed"`
	Skipped  []Skipped        `json:"skipped"` // input that could not be read
}

// ForecastRefusal is why there is no forecast.
type ForecastRefusal struct {
	Kind    string `json:"kind"` // short, stopped, changed, thin, drifting; uncounted: not of such a scope
	Why     string `json:"why"`
	Missing string `json:"missing"`
	Supply  string `json:"supply"` // the command that may supply it; "" when only time does
}

// ForecastPiece is when one piece of work is done.
type ForecastPiece struct {
	Name   string         `json:"name"`
	Low    float64        `json:"items_low"`
	High   float64        `json:"items_high"`
	Dates  []ForecastDate `json:"dates"`
	Weeks  float64        `json:"weeks_to_half"` // until half of the trials have finished
	Record int            `json:"record_weeks"`  // horizon whose record corrects the dates
	Bins   []ForecastBin  `json:"bins"`
}

// ForecastDate is a day by which work is finished with a chance.
type ForecastDate struct {
	Chance      float64 `json:"chance"`
	Date        string  `json:"date"`        // "" when it is not within ten years
	Share       float64 `json:"share"`       // of trials at which it was read, as the record says
	Uncorrected string  `json:"uncorrected"` // the date before that; "" as above
}

// ForecastBin is the chance to finish from one day to another, as corrected.
type ForecastBin struct {
	From  string  `json:"from"`
	To    string  `json:"to"` // inclusive
	Share float64 `json:"chance"`
	Until float64 `json:"until"` // chance to be finished by its end
}

// ForecastBy is how much is finished by a date.
type ForecastBy struct {
	Date   string          `json:"date"`
	Counts []ForecastCount `json:"counts"`
	Record int             `json:"record_weeks"`
}

// ForecastCount is how many planned items are finished at least, with a chance.
type ForecastCount struct {
	Chance float64 `json:"chance"`
	Items  float64 `json:"items"`
	Share  float64 `json:"share"` // of trials at which it was read
}

// ForecastBasis is the past that was drawn from.
type ForecastBasis struct {
	From    string  `json:"from"`
	To      string  `json:"to"` // last day
	Weeks   int     `json:"weeks"`
	Items   float64 `json:"items"`
	Zero    int     `json:"weeks_without_items"`
	Recent  float64 `json:"items_a_week"` // newer weeks weigh more
	Note    string  `json:"note"`         // why it begins there
	History int     `json:"history_weeks"`
}

// ForecastRecord is how often such forecasts would have come true before.
type ForecastRecord struct {
	Origins int             `json:"origins"` // weeks of the past at whose end a forecast was made
	Refused int             `json:"refused"` // and was refused
	Summary string          `json:"summary"`
	Scores  []ForecastScore `json:"scores"`
}

// ForecastScore is how often the dates of one chance held, over one horizon.
type ForecastScore struct {
	Weeks       int      `json:"weeks"`
	Chance      float64  `json:"chance"`
	Forecasts   int      `json:"forecasts"`
	Held        int      `json:"held"`
	Share       *float64 `json:"share"`       // null without forecasts
	Uncorrected *float64 `json:"uncorrected"` // share, had the dates not been corrected
	Blocks      int      `json:"blocks"`      // forecasts that do not overlap
	Low         float64  `json:"low"`         // 95 % interval, for as many independent forecasts as blocks
	High        float64  `json:"high"`
}

// ForecastQuestion is what is asked of a forecast, as it is written; "" is not asked.
type ForecastQuestion struct {
	Items  string   `json:"items"` // 40, or 30-60
	Work   []string `json:"work"`  // pieces that are done one after the other: checkout=40
	By     string   `json:"by"`
	Start  string   `json:"start"`
	Growth string   `json:"growth"`
	Split  string   `json:"split"`
	Focus  string   `json:"focus"`
	Of     string   `json:"of"` // changes, requests or issues
}

// Nothing says that a question asks for nothing.
func (q ForecastQuestion) Nothing() bool { return q.Items == "" && len(q.Work) == 0 && q.By == "" }
