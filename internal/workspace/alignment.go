package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/problem"
)

// AlignmentFile holds what came out of the weekly alignment of the two leaders.
const AlignmentFile = "alignment.yaml"

// AlignmentPath returns where that is, or "" when there is no workspace folder.
func (d *Document) AlignmentPath() string { return d.inDir(AlignmentFile) }

// Outcome is what came out of a point of a weekly alignment.
type Outcome struct {
	Day     time.Time
	Point   string // id of the point
	Title   string
	Outcome string
}

// ParseOutcomes reads and validates an alignment document.
func ParseOutcomes(name string, data []byte) (out []Outcome, err error) {
	err = decode(name, data, time.Now(), func(r *reader, root *node) {
		r.object(root, field{key: "outcomes", read: func(n *node) {
			each(r, n, &out, func(n *node, o *Outcome) {
				r.object(n,
					field{key: "day", read: r.day(&o.Day), need: true},
					field{key: "point", read: r.text(&o.Point), need: true},
					field{key: "title", read: r.text(&o.Title)},
					field{key: "outcome", read: r.text(&o.Outcome), need: true})
			})
		}})
	})
	return out, err
}

// LoadOutcomes reads an alignment document; none where there is no file.
func LoadOutcomes(path string) ([]Outcome, error) {
	data, err := readUpTo(path, MaxBytes, "")
	if errors.Is(err, problem.Missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseOutcomes(path, data)
}

// OutcomesYAML writes outcomes as the YAML that ParseOutcomes reads.
func OutcomesYAML(all []Outcome) []byte {
	var b bytes.Buffer
	b.WriteString("# What came out of the weekly alignment, point by point.\noutcomes:\n")
	for _, o := range all {
		fmt.Fprintf(&b, "  - day: %s\n    point: %s\n    title: %s\n    outcome: %s\n", o.Day.Format(time.DateOnly), quote(oneLine(o.Point)), quote(oneLine(o.Title)), quote(oneLine(o.Outcome)))
	}
	return b.Bytes()
}
