package ingest

import (
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/store"
)

// fewestDigits is how much of a commit's id git itself shows at least.
const fewestDigits = 7

// completed gives deployments that name a commit by the first digits of its id the whole id, where
// one commit alone of the repository begins so: of its history, or of what its change requests tell.
func completed(c store.Carried) []store.StoredDeployment {
	if !slices.ContainsFunc(c.Deployments, func(d store.StoredDeployment) bool { return abbreviated(d.SHA) }) {
		return c.Deployments
	}
	var ids []string
	for _, k := range c.Commits {
		ids = append(ids, k.SHA)
	}
	for _, r := range c.Requests {
		ids = append(ids, r.MergeSHA, r.HeadSHA)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := slices.Clone(c.Deployments)
	for i, d := range out {
		if !abbreviated(d.SHA) {
			continue
		}
		begin := strings.ToLower(d.SHA)
		n, _ := slices.BinarySearch(ids, begin)
		alone := n+1 == len(ids) || n+1 < len(ids) && !strings.HasPrefix(ids[n+1], begin)
		if alone && strings.HasPrefix(ids[n], begin) {
			out[i].SHA = ids[n]
		}
	}
	return out
}

// abbreviated reports whether an id may be the beginning of a commit's.
func abbreviated(sha string) bool {
	return len(sha) >= fewestDigits && len(sha) < 40 && strings.Trim(sha, "0123456789abcdefABCDEF") == ""
}
