package playbook

import "regexp"

// threshold is a band, or one end of it, as conditions name it.
var threshold = regexp.MustCompile(`\bt\.(\w+)(?:\.(low|high))?\b`)

// WithValues is a condition with the value of each threshold beside its name, for
// people to read: "x > t.overload_chance.low (0.5)".
func (p *Playbook) WithValues(condition string) string {
	return withValues(condition, p.Thresholds)
}

// WithBounds is WithValues for the conditions of Deciding, whose names are bounds.
func (p *Playbook) WithBounds(condition string) string {
	return withValues(condition, p.Agreement.Bounds)
}

func withValues(condition string, among []Threshold) string {
	return threshold.ReplaceAllStringFunc(condition, func(name string) string {
		parts := threshold.FindStringSubmatch(name)
		t, ok := find(among, func(t Threshold) bool { return t.ID == parts[1] })
		switch {
		case !ok:
			return name
		case parts[2] == "low":
			return name + " (" + number(t.Low) + ")"
		case parts[2] == "high":
			return name + " (" + number(t.High) + ")"
		}
		return name + " (" + number(t.Low) + " to " + number(t.High) + ")"
	})
}
