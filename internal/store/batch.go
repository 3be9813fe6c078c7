package store

import (
	"context"
	"hash/fnv"

	"github.com/diarchy/diarchy/internal/fact"
)

// Batch is a piece of one repository's facts, with the cursor that covers it.
type Batch struct {
	RepoID    string
	Commits   []fact.Commit
	Relanded  map[string]fact.Landing
	Removed   []string
	Releases  []fact.Release
	Untagged  []string
	Documents []fact.Document
	Decisions []fact.DecisionVersion
	DebtNew   []fact.DebtMarker
	DebtMoved []fact.DebtMarker // stored already: their path or their end changed
	Skipped   []fact.Skipped
	Location  string
	Cursor    string
}

// Write stores a batch and its cursor in one transaction.
func (s *Store) Write(ctx context.Context, b Batch) error {
	return s.write(ctx, func(t *tx) {
		t.remove(b.RepoID, b.Removed)
		t.identities(b.Commits)
		t.commits(b)
		t.reland(b)
		t.releases(b)
		t.documents(b)
		t.debt(b)
		t.skip(b)
		t.exec("UPDATE location SET cursor_state = $1 WHERE location = $2", b.Cursor, b.Location)
	})
}

// remove takes out commits that history no longer holds, with all that hangs on them.
func (t *tx) remove(repo string, shas []string) {
	if len(shas) == 0 {
		return
	}
	for _, table := range []string{"commit", "commit_parent", "trailer", "file_change", "release_commit", "decision_version"} {
		t.exec("DELETE FROM "+table+" WHERE repo_id = $1 AND sha = ANY($2::varchar[])", repo, shas)
	}
	t.exec("DELETE FROM debt_marker WHERE repo_id = $1 AND in_sha = ANY($2::varchar[])", repo, shas)
	t.exec("UPDATE debt_marker SET out_sha = '' WHERE repo_id = $1 AND out_sha = ANY($2::varchar[])", repo, shas)
}

// IdentityID is the key of an identity: the same for the same name and e-mail,
// whatever the order of reading.
func IdentityID(id fact.Identity) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id.Name))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(id.Email))
	return int64(h.Sum64() >> 1)
}

// identities adds names that were not seen before; who they are is decided later.
func (t *tx) identities(commits []fact.Commit) {
	var ids []int64
	var names, emails []string
	seen := map[fact.Identity]bool{}
	add := func(id fact.Identity) {
		if !seen[id] {
			seen[id] = true
			ids, names, emails = append(ids, IdentityID(id)), append(names, id.Name), append(emails, id.Email)
		}
	}
	for _, c := range commits {
		add(c.Author)
		add(c.Committer)
		for _, tr := range c.Trailers {
			add(tr.Identity)
		}
	}
	if len(ids) > 0 {
		t.exec(`INSERT INTO identity SELECT u.id, u.name, u.email, u.id, false, ''
			FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::varchar[]) AS name, unnest($3::varchar[]) AS email) u
			ON CONFLICT (identity_id) DO NOTHING`, ids, names, emails)
	}
}

func (t *tx) commits(b Batch) {
	var commits, parents, trailers, changes [][]any
	for _, c := range b.Commits {
		commits = append(commits, []any{b.RepoID, c.SHA, c.Landing.Ordinal, IdentityID(c.Author), IdentityID(c.Committer),
			c.AuthoredAt, int32(c.AuthorZone), c.CommittedAt, int32(c.CommitZone), int32(len(c.Parents)), c.Subject,
			c.IsRevert, c.Reverts, c.IsBoundary, c.DateSuspect, c.Landing.OnMain, c.Landing.Change, c.Landing.At})
		for i, p := range c.Parents {
			parents = append(parents, []any{b.RepoID, c.SHA, int32(i), p})
		}
		for _, tr := range c.Trailers {
			trailers = append(trailers, []any{b.RepoID, c.SHA, tr.Key, IdentityID(tr.Identity)})
		}
		for _, f := range c.Changes {
			changes = append(changes, []any{b.RepoID, c.SHA, f.Path, f.OldPath, string(f.Kind), count(f.Added), count(f.Deleted), f.Binary, string(f.Category)})
		}
	}
	t.bulk("commit", commits)
	t.bulk("commit_parent", parents)
	t.bulk("trailer", trailers)
	t.bulk("file_change", changes)
}

func count(n int64) any {
	if n == fact.Uncounted {
		return nil
	}
	return n
}

func (t *tx) reland(b Batch) {
	if len(b.Relanded) == 0 {
		return
	}
	var rows [][]any
	for sha, l := range b.Relanded {
		rows = append(rows, []any{sha, l.Ordinal, l.OnMain, l.Change, l.At})
	}
	t.exec("CREATE TEMP TABLE relanded (sha varchar, reading_order bigint, on_main boolean, change_sha varchar, landed_at timestamptz)")
	t.bulk("relanded", rows)
	t.exec(`UPDATE commit SET reading_order = r.reading_order, on_main = r.on_main, change_sha = r.change_sha, landed_at = r.landed_at
		FROM relanded r WHERE commit.repo_id = $1 AND commit.sha = r.sha`, b.RepoID)
	t.exec("DROP TABLE relanded")
}

func (t *tx) releases(b Batch) {
	if len(b.Untagged) > 0 {
		t.exec("DELETE FROM release WHERE repo_id = $1 AND tag = ANY($2::varchar[])", b.RepoID, b.Untagged)
		t.exec("DELETE FROM release_commit WHERE repo_id = $1 AND tag = ANY($2::varchar[])", b.RepoID, b.Untagged)
	}
	var releases, contents [][]any
	for _, r := range b.Releases {
		releases = append(releases, []any{b.RepoID, r.Tag, r.SHA, r.At, r.PreRelease})
		if r.PreRelease {
			continue
		}
		for _, sha := range r.Contains {
			contents = append(contents, []any{b.RepoID, sha, r.Tag})
		}
	}
	t.bulk("release", releases)
	t.bulk("release_commit", contents)
}

func (t *tx) documents(b Batch) {
	if len(b.Documents) > 0 {
		var paths, kinds []string
		for _, d := range b.Documents {
			paths, kinds = append(paths, d.Path), append(kinds, string(d.Kind))
		}
		t.exec(`INSERT INTO document SELECT $1, u.path, u.kind FROM (SELECT unnest($2::varchar[]) AS path, unnest($3::varchar[]) AS kind) u
			WHERE NOT EXISTS (SELECT 1 FROM document d WHERE d.repo_id = $1 AND d.path = u.path)`, b.RepoID, paths, kinds)
	}
	var rows [][]any
	for _, d := range b.Decisions {
		rows = append(rows, []any{b.RepoID, d.Path, d.SHA, d.Title, d.Status})
	}
	t.bulk("decision_version", rows)
}

func (t *tx) debt(b Batch) {
	var rows [][]any
	for _, m := range b.DebtNew {
		rows = append(rows, []any{b.RepoID, m.InSHA, int32(m.Ordinal), m.Path, m.Kind, m.Text, m.OutSHA})
	}
	t.bulk("debt_marker", rows)
	if len(b.DebtMoved) == 0 {
		return
	}
	var in, path, out []string
	var ordinal []int32
	for _, m := range b.DebtMoved {
		in, path, out, ordinal = append(in, m.InSHA), append(path, m.Path), append(out, m.OutSHA), append(ordinal, int32(m.Ordinal))
	}
	t.exec(`UPDATE debt_marker SET path = u.path, out_sha = u.out_sha
		FROM (SELECT unnest($2::varchar[]) AS in_sha, unnest($3::integer[]) AS ordinal, unnest($4::varchar[]) AS path, unnest($5::varchar[]) AS out_sha) u
		WHERE debt_marker.repo_id = $1 AND debt_marker.in_sha = u.in_sha AND debt_marker.ordinal = u.ordinal`, b.RepoID, in, ordinal, path, out)
}

func (t *tx) skip(b Batch) {
	for _, s := range b.Skipped {
		t.exec("INSERT INTO skipped VALUES ($1, $2, $3, $4)", b.Location, s.What, s.Why, int64(s.Count))
	}
}
