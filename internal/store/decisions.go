package store

import (
	"context"
	"database/sql"

	"github.com/diarchy/diarchy/internal/fact"
)

// OutdatedDecisions lists the versions of a repository's decision records that an older
// reader read, by path and commit.
func (s *Store) OutdatedDecisions(ctx context.Context, repoID string) (out []fact.DecisionVersion, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var v fact.DecisionVersion
		err := rows.Scan(&v.Path, &v.SHA)
		out = append(out, v)
		return err
	}, "SELECT path, sha FROM decision_version WHERE repo_id = $1 AND reader < $2 ORDER BY path, sha", repoID, int64(fact.DecisionReader))
	return out, err
}

// ReplaceDecisions puts versions that were read again in the place of what was stored of
// them. What is made of them is stale then.
func (s *Store) ReplaceDecisions(ctx context.Context, repoID string, versions []fact.DecisionVersion) error {
	var keys [][]any
	for _, v := range versions {
		keys = append(keys, []any{v.Path, v.SHA})
	}
	return s.write(ctx, func(t *tx) {
		t.exec("CREATE TEMP TABLE reread (path varchar, sha varchar)")
		t.bulk("reread", keys)
		for _, table := range []string{"decision_version", "decision_field"} {
			t.exec("DELETE FROM "+table+" WHERE repo_id = $1 AND EXISTS (SELECT 1 FROM reread r WHERE r.path = "+table+".path AND r.sha = "+table+".sha)", repoID)
		}
		t.exec("DROP TABLE reread")
		t.decisions(repoID, versions)
		t.changed("stale_rollup", one, repoID)
	})
}
