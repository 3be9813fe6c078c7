package cockpit

// Delivery says how work reaches users: what changed first, then the numbers.
type Delivery struct {
	Summary  string           `json:"summary"`  // in one or two sentences
	Changes  []DeliveryChange `json:"changes"`  // what changed, for the worse first
	Numbers  []DeliveryNumber `json:"numbers"`  // DORA's five first
	Unknown  []DeliveryGap    `json:"unknown"`  // what could not be said
	Calendar string           `json:"calendar"` // how time is counted
}

// DeliveryChange is a metric that is not what it was.
type DeliveryChange struct {
	Metric  string   `json:"metric"`
	Title   string   `json:"title"`
	Tone    string   `json:"tone"` // worse, better, other
	What    string   `json:"what"` // what changed
	SoWhat  string   `json:"so_what"`
	Ask     string   `json:"ask"` // what to ask next
	How     string   `json:"how"` // how the change was found
	Cites   []string `json:"cites"`
	Explain string   `json:"explain"`
}

// DeliveryNumber is the newest value of a metric.
type DeliveryNumber struct {
	Metric   string   `json:"metric"`
	Title    string   `json:"title"`
	Value    string   `json:"value"` // formatted, with its unit
	Number   *float64 `json:"number"`
	Unit     string   `json:"unit"`
	N        int      `json:"n"`        // facts that it rests on
	Interval string   `json:"interval"` // in words, with its name; "" where the number has none
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	Window   string   `json:"window"`   // of which months
	Level    string   `json:"level"`    // with its year; "" where none is published, or too little is known
	Coverage string   `json:"coverage"` // how much of the company it covers
	Explain  string   `json:"explain"`
}

// DeliveryGap is a number of delivery that is not known.
type DeliveryGap struct {
	Metric string `json:"metric"`
	Title  string `json:"title"`
	Why    string `json:"why"`
	How    string `json:"how"` // the command, or the lines of YAML, that supply it
}
