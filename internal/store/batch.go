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
	Corrects  bool // Relanded replaces what was thought; otherwise the earliest landing holds
	Removed   []string
	Releases  []fact.Release
	Untagged  []string
	Retagged  bool // forget what was skipped of tags before
	Documents []fact.Document
	Decisions []fact.DecisionVersion
	Skipped   []fact.Skipped
	Location  string
	Cursor    string
	Rereads   bool // the repository's other places are to be read from the beginning
}

// Write stores a batch and its cursor in one transaction. It does not begin, with an
// error of kind problem.Full, where there may be no room for it.
func (s *Store) Write(ctx context.Context, b Batch) error {
	if err := s.room(); err != nil && len(b.Commits)+len(b.Removed)+len(b.Relanded)+len(b.Releases) > 0 {
		return err
	}
	return s.write(ctx, func(t *tx) {
		t.remove(b.RepoID, b.Removed)
		t.identities(b.Commits)
		t.commits(b)
		t.reland(b)
		t.releases(b)
		t.documents(b)
		t.skip(b)
		t.exec("UPDATE location SET cursor_state = $1 WHERE location = $2", b.Cursor, b.Location)
		if b.Rereads {
			t.exec("UPDATE location SET cursor_state = '' WHERE repo_id = $1 AND location <> $2", b.RepoID, b.Location)
		}
		if len(b.Commits)+len(b.Removed)+len(b.Relanded) > 0 {
			t.exec("INSERT INTO stale_repository VALUES ($1) ON CONFLICT DO NOTHING", b.RepoID)
		}
		t.stale(b)
	})
}

// stale notes since when facts are others. Of commits that went or landed otherwise nobody
// knows here where they were. What follows from releases is then made as a whole.
func (t *tx) stale(b Batch) {
	if len(b.Releases)+len(b.Untagged) > 0 {
		t.exec("INSERT INTO stale_release VALUES ($1) ON CONFLICT DO NOTHING", b.RepoID)
	}
	switch {
	case len(b.Removed)+len(b.Relanded) > 0:
		t.changed("stale_rollup", one, b.RepoID)
		t.changed("stale_delivery", one, b.RepoID)
	case len(b.Commits) > 0:
		from := b.Commits[0].Landing.At
		for _, c := range b.Commits {
			if c.Landing.At.Before(from) {
				from = c.Landing.At
			}
		}
		const since = "SELECT CAST($1 AS varchar) AS repo_id, CAST($2 AS timestamptz) AS from_at"
		t.changedFrom("stale_rollup", since, b.RepoID, from)
		t.changedFrom("stale_delivery", since, b.RepoID, from)
	case len(b.Releases)+len(b.Untagged) > 0:
		t.changedFrom("stale_rollup", "SELECT CAST($1 AS varchar) AS repo_id, "+fromNever+" AS from_at", b.RepoID)
	}
}

// remove takes out commits that history no longer holds, with all that hangs on them.
// Which release contains a commit does not: it follows from the tags.
func (t *tx) remove(repo string, shas []string) {
	if len(shas) == 0 {
		return
	}
	for _, table := range []string{"commit", "commit_parent", "trailer", "file_change", "marker_line", "commit_uncounted", "decision_version", "decision_field"} {
		t.exec("DELETE FROM "+table+" WHERE repo_id = $1 AND sha = ANY($2::varchar[])", repo, shas)
	}
	t.exec(`DELETE FROM document WHERE repo_id = $1
		AND NOT EXISTS (SELECT 1 FROM file_change f WHERE f.repo_id = $1 AND f.path = document.path)`, repo)
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
	var people []fact.Identity
	for _, c := range commits {
		people = append(people, c.Author, c.Committer)
		for _, tr := range c.Trailers {
			people = append(people, tr.Identity)
		}
	}
	t.people(people)
}

func (t *tx) people(people []fact.Identity) {
	var ids []int64
	var names, emails []string
	seen := map[fact.Identity]bool{}
	for _, id := range people {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, IdentityID(id)) // also of somebody who is erased: counts stay as they are
			if t.conceal != nil {
				id = t.conceal.Identity(id)
			}
			names, emails = append(names, id.Name), append(emails, id.Email)
		}
	}
	if len(ids) > 0 {
		t.exec(`INSERT INTO identity SELECT u.id, u.name, u.email, u.id, false, ''
			FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::varchar[]) AS name, unnest($3::varchar[]) AS email) u
			ON CONFLICT (identity_id) DO NOTHING`, ids, names, emails)
	}
}

func (t *tx) commits(b Batch) {
	var commits, parents, trailers, changes, lines, uncounted [][]any
	for _, c := range b.Commits {
		commits = append(commits, []any{b.RepoID, c.SHA, c.Landing.Ordinal, IdentityID(c.Author), IdentityID(c.Committer),
			c.AuthoredAt, int32(c.AuthorZone), c.CommittedAt, int32(c.CommitZone), int32(len(c.Parents)), t.written("subject", c.Subject),
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
		for i, m := range c.MarkerLines {
			lines = append(lines, []any{b.RepoID, c.SHA, int32(i), m.Path, m.Kind, t.written("note", m.Text), m.Added})
		}
		if c.CountsOmitted {
			uncounted = append(uncounted, []any{b.RepoID, c.SHA})
		}
	}
	t.bulk("commit", commits)
	t.bulk("commit_parent", parents)
	t.bulk("trailer", trailers)
	t.bulk("file_change", changes)
	t.bulk("marker_line", lines)
	t.bulk("commit_uncounted", uncounted)
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
	update := `UPDATE commit SET reading_order = r.reading_order, on_main = r.on_main, change_sha = r.change_sha, landed_at = r.landed_at
		FROM relanded r WHERE commit.repo_id = $1 AND commit.sha = r.sha`
	if !b.Corrects {
		update += ` AND (r.landed_at < commit.landed_at OR r.landed_at = commit.landed_at
			AND (r.on_main AND NOT commit.on_main OR r.on_main = commit.on_main AND r.change_sha < commit.change_sha))`
	}
	t.exec(update, b.RepoID)
	t.exec("DROP TABLE relanded")
}

// releases adds tags. Where two places differ, the younger of two tags of one name
// holds, and the older of two tags that contain a commit is the first to contain it.
func (t *tx) releases(b Batch) {
	if len(b.Untagged) > 0 {
		t.exec("DELETE FROM release WHERE repo_id = $1 AND tag = ANY($2::varchar[])", b.RepoID, b.Untagged)
		t.exec("DELETE FROM release_commit WHERE repo_id = $1 AND tag = ANY($2::varchar[])", b.RepoID, b.Untagged)
	}
	if len(b.Releases) == 0 {
		return
	}
	var releases, contents [][]any
	for _, r := range b.Releases {
		releases = append(releases, []any{r.Tag, r.SHA, r.At, r.PreRelease})
		if r.PreRelease {
			continue
		}
		for _, sha := range r.Contains {
			contents = append(contents, []any{sha, r.Tag})
		}
	}
	t.exec("CREATE TEMP TABLE tagged (tag varchar, sha varchar, released_at timestamptz, is_prerelease boolean)")
	t.exec("CREATE TEMP TABLE contained (sha varchar, tag varchar)")
	t.bulk("tagged", releases)
	t.bulk("contained", contents)
	const older = "(n.released_at < r.released_at OR n.released_at = r.released_at AND n.sha <= r.sha)"
	t.exec(`DELETE FROM contained USING tagged n, release r WHERE contained.tag = n.tag
		AND r.repo_id = $1 AND r.tag = n.tag AND r.sha <> n.sha AND `+older, b.RepoID)
	t.exec(`DELETE FROM release_commit USING tagged n, release r WHERE release_commit.repo_id = $1 AND release_commit.tag = n.tag
		AND r.repo_id = $1 AND r.tag = n.tag AND NOT `+older, b.RepoID)
	t.exec(`INSERT INTO release SELECT CAST($1 AS varchar), tag, sha, released_at, is_prerelease FROM tagged ON CONFLICT (repo_id, tag) DO UPDATE
		SET sha = excluded.sha, released_at = excluded.released_at, is_prerelease = excluded.is_prerelease
		WHERE excluded.released_at > release.released_at OR excluded.released_at = release.released_at AND excluded.sha > release.sha`, b.RepoID)
	t.exec(`INSERT INTO contained SELECT sha, tag FROM release_commit WHERE repo_id = $1 AND sha IN (SELECT sha FROM contained)`, b.RepoID)
	t.exec("DELETE FROM release_commit WHERE repo_id = $1 AND sha IN (SELECT sha FROM contained)", b.RepoID)
	t.exec(`INSERT INTO release_commit SELECT CAST($1 AS varchar), o.sha, o.tag FROM (
		SELECT c.sha, c.tag, ROW_NUMBER() OVER (PARTITION BY c.sha ORDER BY r.released_at, r.tag) AS age
		FROM contained c JOIN release r ON r.repo_id = $1 AND r.tag = c.tag) o WHERE o.age = 1`, b.RepoID)
	t.exec("DROP TABLE tagged")
	t.exec("DROP TABLE contained")
}

func (t *tx) documents(b Batch) {
	if len(b.Documents) > 0 {
		var paths, kinds []string
		for _, d := range b.Documents {
			paths, kinds = append(paths, d.Path), append(kinds, string(d.Kind))
		}
		t.exec(`INSERT INTO document SELECT CAST($1 AS varchar), u.path, u.kind FROM (SELECT unnest($2::varchar[]) AS path, unnest($3::varchar[]) AS kind) u
			WHERE NOT EXISTS (SELECT 1 FROM document d WHERE d.repo_id = $1 AND d.path = u.path)`, b.RepoID, paths, kinds)
	}
	t.decisions(b.RepoID, b.Decisions)
}

// decisions adds versions of decision records, as today's reader reads them.
func (t *tx) decisions(repoID string, versions []fact.DecisionVersion) {
	var rows, fields [][]any
	for _, d := range versions {
		rows = append(rows, []any{repoID, d.Path, d.SHA, t.written("title", d.Title), d.Status, int32(fact.DecisionReader)})
		for i, f := range d.Fields {
			fields = append(fields, []any{repoID, d.Path, d.SHA, int32(i), string(f.Kind), t.written("stated", f.Value)})
		}
	}
	t.bulk("decision_version", rows)
	t.bulk("decision_field", fields)
}

func (t *tx) skip(b Batch) {
	if b.Retagged {
		t.exec("DELETE FROM skipped WHERE location = $1 AND (what = 'releases' OR what LIKE 'release %')", b.Location)
	}
	for _, s := range b.Skipped {
		t.exec("INSERT INTO skipped VALUES ($1, $2, $3, $4)", b.Location, s.What, t.written("why", s.Why), int64(s.Count))
	}
}
