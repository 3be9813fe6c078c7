package csv

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

// inputs are what files can hold, and what stays unknown without it.
var inputs = []struct {
	kind  string
	of    string // the kind that it belongs to: without that one it is not missed
	costs string
}{
	{"change_requests", "", source.Costs(fact.RequestItem)},
	{"change_request_events", "change_requests", "cycle time: waiting for review, in review, waiting to merge; review load and its spread; change requests reworked after review"},
	{"change_request_commits", "change_requests", "cycle time: coding, and the start of change lead time where merges are squashed"},
	{"issues", "", source.Costs(fact.IssueItem)},
	{"transitions", "issues", "issue cycle time, issues in progress, flow efficiency"},
	{"sprints", "issues", source.Costs(fact.SprintItem)},
	{"sprint_issues", "sprints", source.Costs(fact.SprintItem)},
	{"builds", "", source.Costs(fact.BuildItem)},
	{"deployments", "", source.Costs(fact.DeploymentItem)},
	{"incidents", "", source.Costs(fact.IncidentItem)},
}

// uses are the columns that need not be there, and what stays unknown where none of some
// says anything.
var uses = []struct {
	kind    string
	columns []string
	costs   string
}{
	{"change_requests", []string{"merge_sha"}, "change lead time and changes that were seen deployed, for merges whose commits no file names"},
	{"change_requests", []string{"added", "deleted"}, "size of change requests"},
	{"change_requests", []string{"title", "labels"}, "share of effort by category, stalled key work, hotfixes"},
	{"issues", []string{"kind", "labels", "title"}, "share of effort by category, stalled key work"},
	{"sprints", []string{"started_at"}, source.Costs(fact.SprintItem)},
	{"sprints", []string{"completed_at"}, source.Costs(fact.SprintItem)},
	{"builds", []string{"finished_at"}, source.Costs(fact.BuildItem)},
	{"incidents", []string{"service", "deployment", "commit", "change_request"}, "change failure rate, failed deployment recovery time: nothing says which deployment failed"},
	{"incidents", []string{"resolved_at"}, "failed deployment recovery time"},
	{"incidents", []string{"mended_by"}, "deployment rework rate, but for rollbacks and hotfixes"},
}

// Items are the kinds of facts that some files hold.
func Items(files map[string]string) (out []fact.ItemKind) {
	for _, kinds := range streams {
		if files[kinds[0]] != "" {
			out = append(out, items[kinds[0]])
		}
	}
	return out
}

// Look implements source.Feed. The files are read: one that is there and says nothing is as good
// as none. What is wrong with one keeps no other from being looked at.
func (f *Feed) Look(ctx context.Context) (source.Sight, error) {
	var sight source.Sight
	var errs []error
	filled, bad := map[string]int{}, map[string]bool{}
	for _, kinds := range streams {
		texts, _, err := f.texts(kinds, "")
		if err == nil && len(texts) > 0 {
			var d *reader
			if d, err = f.parse(kinds, texts); err == nil {
				for key, n := range d.filled {
					filled[key] = n
				}
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%w\nunknown until then: %s", err, source.Costs(items[kinds[0]])))
			for _, kind := range kinds {
				bad[kind] = true
			}
		}
		if ctx.Err() != nil {
			return sight, ctx.Err()
		}
	}
	for _, in := range inputs {
		f.lookAt(in.kind, in.of, in.costs, filled, bad, &sight)
	}
	return sight, errors.Join(errs...)
}

// lookAt says whether there is anything of a kind, and which of its columns say nothing.
func (f *Feed) lookAt(kind, of, costs string, filled map[string]int, bad map[string]bool, sight *source.Sight) {
	file := filepath.Base(f.files[kind])
	switch {
	case bad[kind]: // an error says so
	case f.files[kind] == "" && (of == "" || filled[of] > 0):
		sight.Lacks = append(sight.Lacks, source.Lack{What: words(kind), Why: "no file is named", Costs: costs, Do: "add " + kind + ": FILE to its files"})
	case f.files[kind] != "" && filled[kind] == 0:
		sight.Lacks = append(sight.Lacks, source.Lack{What: words(kind), Why: file + " has a heading and no rows", Costs: costs, Do: "write rows into " + file})
	case filled[kind] > 0:
		sight.Sees = append(sight.Sees, source.Seen{Of: file, What: words(kind)})
	}
	for _, use := range uses {
		if use.kind != kind || filled[kind] == 0 {
			continue
		}
		some := false
		for _, c := range use.columns {
			some = some || filled[kind+"."+c] > 0
		}
		if !some {
			column := strings.Join(use.columns, " or ")
			sight.Lacks = append(sight.Lacks, source.Lack{Of: file, What: "column " + column, Why: "no row says it", Costs: use.costs, Do: "add the column " + column + " to " + file + ", or fill it"})
		}
	}
}
