package ingest

import (
	"context"
	"fmt"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/store"
)

// rereadAtOnce bounds what one transaction holds.
const rereadAtOnce = 2000

// reread reads versions of decision records again that an older reader read, and says by
// repository what it could not read: of that, what was known before stays.
func reread(ctx context.Context, st *store.Store, byRepo map[string]source.Source, lost func(string, error) error) (map[string]fact.Skipped, error) {
	skipped := map[string]fact.Skipped{}
	for repo, src := range byRepo {
		rec, ok := src.(source.Recorder)
		if !ok {
			continue
		}
		old, err := st.OutdatedDecisions(ctx, repo)
		if err != nil {
			return nil, err
		}
		missing := 0
		for len(old) > 0 {
			part := old[:min(len(old), rereadAtOnce)]
			old = old[len(part):]
			read, err := rec.Decisions(ctx, part)
			if err != nil {
				if err := lost(repo, err); err != nil {
					return nil, err
				}
				break
			}
			missing += len(part) - len(read)
			if len(read) > 0 {
				if err := st.ReplaceDecisions(ctx, repo, read); err != nil {
					return nil, fmt.Errorf("decision records: %w", err)
				}
			}
		}
		if missing > 0 {
			skipped[repo] = fact.Skipped{What: "who decided, and other details, in versions of decision records", Why: "their content is missing now; what an earlier version of this program read of them is kept", Count: missing}
		}
	}
	return skipped, nil
}
