package web

import (
	"strings"

	"github.com/diarchy/diarchy/internal/report"
)

// doneHere are commands that advice names and a room does: where, and what leads there.
var doneHere = []struct {
	command, path, part, label string
	asks                       bool // the command ends with the kind of decision that is asked about
}{
	{"diarchy decide --kind ", "/agreement/decide", "", "Who decides, and the path of disputes", true},
	{"diarchy agreement sign ", "/agreement", "#signatures", "Sign", false},
	{"diarchy agreement draft", "/agreement", "", "Agreement", false},
}

// advised gives an entry its advice. Where that ends with a command, a page leads to the
// room that does the same.
func (r *request) advised(one item, advice string) item {
	advice = strings.Replace(advice, " (diarchy agreement compare)", "", 1)
	for _, d := range doneHere {
		words, rest, ok := strings.Cut(advice, d.command)
		if !ok {
			continue
		}
		advice = strings.TrimRight(words, " :")
		if one.Label = d.label; d.asks {
			one.Address = r.place.address(d.path, "kind", rest)
		} else {
			one.Address = r.place.address(d.path) + d.part
		}
		break
	}
	one.Action = capital(report.Clean(advice))
	return one
}
