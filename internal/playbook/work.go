package playbook

import "slices"

// Work says what pieces of work are for, by what is seen of them.
type Work struct {
	Categories []WorkRule `yaml:"categories"` // of investment
	Subjects   []WorkRule `yaml:"subjects"`   // of key work that must not stall
}

// WorkRule says which work is of a category. Rules hold in their order: the first that
// fits by any of its lists decides.
type WorkRule struct {
	ID       string
	Category string   `yaml:"category"` // "" is ID
	Title    string   `yaml:"title"`
	Labels   []string `yaml:"labels"`
	Types    []string `yaml:"types"`  // of issues
	Words    []string `yaml:"words"`  // in titles
	Paths    []string `yaml:"paths"`  // all that a change touches; of subjects, where labels and title say nothing
	Unless   []string `yaml:"unless"` // words in titles that keep paths from deciding, as a title does that is a version alone
	Projects []string `yaml:"projects"`
	Cites    []string `yaml:"cites"`
	Why      string   `yaml:"why"`
	Origin   Origin
}

// Of is the category of work that the rule speaks of.
func (r WorkRule) Of() string {
	if r.Category != "" {
		return r.Category
	}
	return r.ID
}

// Levels are those that DORA published for one of its metrics in one year.
type Levels struct {
	ID     string  // of the metric
	Year   float64 `yaml:"year"`
	Note   string  `yaml:"note"`
	Levels []Level `yaml:"levels"` // best first; none where what was published is in no order
	Why    string  `yaml:"why"`
	Origin Origin
}

// Level is a part of the range of a metric: up to and without To, or From on.
type Level struct {
	ID   string
	To   *float64 `yaml:"to"`
	From *float64 `yaml:"from"`
}

// LevelOf is the level of a value, and the year of which it is; "" where none is published.
func (p *Playbook) LevelOf(metric string, value float64) (name string, year int) {
	i := slices.IndexFunc(p.DORA, func(l Levels) bool { return l.ID == metric })
	if i < 0 {
		return "", 0
	}
	for _, l := range p.DORA[i].Levels {
		if (l.To == nil || value < *l.To) && (l.From == nil || value >= *l.From) {
			return l.ID, int(p.DORA[i].Year)
		}
	}
	return "", 0
}

// DeliveryNote says what a change of a metric of delivery means, and what to ask next.
type DeliveryNote struct {
	ID     string   // of the metric
	Worse  string   `yaml:"worse"`
	Better string   `yaml:"better"`
	Ask    string   `yaml:"ask"`
	Cites  []string `yaml:"cites"`
	Origin Origin
}
