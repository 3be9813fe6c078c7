-- title: Share of the largest integrator
-- question: Does everything have to pass through one pair of hands?
-- owner: vpe
-- unit: share
-- better: down
-- grain: quarter
-- needs: commit
-- nulls: unknown in a quarter with fewer than twenty changes that somebody else than the author brought in
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: R2, N11
-- people: yes
-- caveats: The share of the one person who merged or committed most of other people's changes. Merges made by the forge itself name no person and are left out, as are a person's own work and that of bots. Who merges but never wrote a commit is left out too: it is mostly an author under the name of a web account. The person is not named anywhere.
-- gaming: Merging by a service account hides it.
WITH counted AS (
  SELECT m.quarter_on, m.person_id, SUM(m.changes) AS changes
  FROM @person_merge m
  JOIN scope_repository s ON s.repo_id = m.repo_id AND s.scope = $1 AND @owned(s)
  WHERE m.quarter_on <= @day(CAST($2 AS timestamptz)) AND m.person_id IN (SELECT k.person_id FROM @person_week k WHERE k.first_at < $2)
  GROUP BY 1, 2
)
SELECT CAST(quarter_on AS timestamp) AS bucket, CASE WHEN SUM(changes) >= 20 THEN CAST(MAX(changes) AS double precision) / SUM(changes) END AS value, CAST(SUM(changes) AS bigint) AS n
FROM counted
GROUP BY 1
ORDER BY 1
-- facts:
WITH brought AS MATERIALIZED ( -- first who brought them, or a database pairs all people with all work
  SELECT m.repo_id, m.sha, m.landed_at, i.person_id
  FROM commit m
  JOIN scope_repository s ON s.repo_id = m.repo_id AND s.scope = $1 AND @owned(s)
  JOIN identity i ON i.identity_id = CASE WHEN m.parent_count > 1 THEN m.author_id ELSE m.committer_id END
  WHERE m.on_main AND m.landed_at < $2 AND m.landed_at >= $3 AND m.landed_at < $4 AND NOT i.is_bot AND NOT m.is_boundary
    AND i.person_id IN (SELECT k.person_id FROM @person_week k WHERE k.first_at < $2)
)
SELECT b.landed_at, b.repo_id, b.sha, 'brought in by another than its author' AS subject
FROM brought b
JOIN ( -- a database finds by the few of the scope which blocks of commits to read
  SELECT w.repo_id, w.change_sha, w.person_id FROM scope_repository s JOIN work w ON w.repo_id = s.repo_id WHERE s.scope = $1
) w ON w.repo_id = b.repo_id AND w.change_sha = b.sha AND w.person_id <> b.person_id
GROUP BY b.repo_id, b.sha, b.landed_at
ORDER BY b.landed_at DESC, b.sha
