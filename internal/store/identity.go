package store

import (
	"context"

	"github.com/diarchy/diarchy/internal/fact"
)

// Person says whom an identity belongs to.
type Person struct {
	IdentityID int64
	Identity   fact.Identity
	PersonID   int64
	IsBot      bool
	Reason     string // why it was merged with others, or taken for a bot
}

// Identities lists all names and e-mails that were seen.
func (s *Store) Identities(ctx context.Context) (out []Person, err error) {
	rows, err := s.Query(ctx, "SELECT identity_id, name, email, person_id, is_bot, reason FROM identity ORDER BY identity_id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Person
		if err := rows.Scan(&p.IdentityID, &p.Identity.Name, &p.Identity.Email, &p.PersonID, &p.IsBot, &p.Reason); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// PutIdentities replaces whom these identities belong to; the rollups of repositories in which
// somebody whom that changes did anything are then stale, from the first time on.
func (s *Store) PutIdentities(ctx context.Context, people []Person) error {
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{p.IdentityID, p.PersonID, p.IsBot, p.Reason}
	}
	return s.write(ctx, func(t *tx) {
		t.exec("CREATE TEMP TABLE resolved (identity_id bigint, person_id bigint, is_bot boolean, reason varchar)")
		t.bulk("resolved", rows)
		t.exec("CREATE TEMP TABLE other (identity_id bigint)")
		t.exec(`INSERT INTO other SELECT i.identity_id FROM identity i JOIN resolved r ON r.identity_id = i.identity_id
			WHERE r.person_id <> i.person_id OR r.is_bot <> i.is_bot`)
		t.changedFrom("stale_rollup", `SELECT a.repo_id, MIN(a.from_at) AS from_at FROM (
			SELECT c.repo_id, c.landed_at AS from_at FROM commit c JOIN other o ON o.identity_id = c.author_id
			UNION ALL SELECT c.repo_id, c.landed_at FROM commit c JOIN other o ON o.identity_id = c.committer_id
			UNION ALL SELECT t.repo_id, c.landed_at FROM trailer t JOIN other o ON o.identity_id = t.identity_id JOIN commit c ON c.repo_id = t.repo_id AND c.sha = t.sha
			UNION ALL SELECT r.repo_id, `+fromNever+` FROM change_request r JOIN other o ON o.identity_id = r.author_id
			UNION ALL SELECT e.repo_id, `+fromNever+` FROM change_request_event e JOIN other o ON o.identity_id = e.actor_id) a
			GROUP BY a.repo_id`)
		t.changedFrom("stale_delivery", `SELECT a.repo_id, MIN(a.from_at) AS from_at FROM (
			SELECT c.repo_id, c.landed_at AS from_at FROM commit c JOIN other o ON o.identity_id = c.author_id
			UNION ALL SELECT r.repo_id, `+fromStart+` FROM change_request r JOIN other o ON o.identity_id = r.author_id) a
			GROUP BY a.repo_id`)
		t.exec("DROP TABLE other")
		t.exec(`UPDATE identity SET person_id = r.person_id, is_bot = r.is_bot, reason = r.reason
			FROM resolved r WHERE identity.identity_id = r.identity_id
			AND (r.person_id <> identity.person_id OR r.is_bot <> identity.is_bot OR r.reason <> identity.reason)`)
		t.exec("DROP TABLE resolved")
	})
}
