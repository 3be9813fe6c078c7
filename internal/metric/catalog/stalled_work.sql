-- title: Stalled key work
-- question: How many migrations, upgrades and pieces of security work are open, and for too long?
-- owner: cto
-- unit: pieces of work
-- better: down
-- grain: 4 weeks
-- needs: issue, change_request
-- nulls: unknown where no issue or change request is seen to be a migration, an upgrade or about security
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: N8
-- caveats: Issues, and change requests by people, that call themselves a migration, an upgrade or security work by title or label, and change requests that say neither and change nothing but manifests of dependencies and their lock files (rules of the playbook), were opened more than 60 days before the end of the four weeks, and were not done then. An issue that was reopened counts as open until it was done last. A manifest holds other settings, too, and an upgrade that needs code to change is seen only if it says what it is. Files are unknown of change requests with more than a hundred of them, and where neither the forge nor the history tells them.
-- gaming: Closing old issues as not wanted lowers it; that is a decision, too.
WITH step AS MATERIALIZED (
  SELECT CAST($2 AS timestamptz) - k * INTERVAL '28 days' AS till, CAST($2 AS timestamptz) - k * INTERVAL '28 days' - INTERVAL '60 days' AS since FROM generate_series(0, 78) AS g(k)
), piece AS MATERIALIZED (
  SELECT i.project_id AS place, i.issue_key AS label, i.title, c.subject, i.opened_at, f.done_at AS ended_at, f.undone_at AS resumed_at
  FROM issue i
  JOIN issue_class c ON c.project_id = i.project_id AND c.issue_id = i.issue_id AND c.subject <> ''
  JOIN scope_project s ON s.project_id = i.project_id AND s.scope = $1 AND @owned(s)
  LEFT JOIN issue_finish f ON f.project_id = i.project_id AND f.issue_id = i.issue_id AND f.done_at < $2 AND (f.undone_at IS NULL OR f.undone_at >= $2)
  WHERE i.opened_at < $2
  UNION ALL
  SELECT r.repo_id, '#' || CAST(r.number AS varchar), r.title, c.subject, r.opened_at, CASE WHEN r.closed_at < $2 THEN r.closed_at END, NULL
  FROM change_request r
  JOIN request_class c ON c.repo_id = r.repo_id AND c.source = r.source AND c.number = r.number
  JOIN identity a ON a.identity_id = r.author_id AND NOT a.is_bot
  WHERE @credited(r.repo_id, a.person_id, r.opened_at) AND r.opened_at < $2
)
SELECT t.till AS bucket, CAST(COUNT(p.place) FILTER (WHERE p.opened_at < t.since) AS double precision) AS value, COUNT(p.place) AS n
FROM step t
LEFT JOIN piece p ON p.opened_at < t.till AND (p.ended_at IS NULL OR p.ended_at >= t.till)
WHERE t.till > (SELECT MIN(opened_at) FROM piece)
GROUP BY t.till
ORDER BY t.till
-- facts:
SELECT p.opened_at AS landed_at, p.place AS repo_id, '' AS sha, p.label || ' ' || p.title || ' (' || p.subject || ')' AS subject
FROM (
  SELECT i.project_id AS place, i.issue_key AS label, i.title, c.subject, i.opened_at, f.done_at AS ended_at, f.undone_at AS resumed_at
  FROM issue i
  JOIN issue_class c ON c.project_id = i.project_id AND c.issue_id = i.issue_id AND c.subject <> ''
  JOIN scope_project s ON s.project_id = i.project_id AND s.scope = $1 AND @owned(s)
  LEFT JOIN issue_finish f ON f.project_id = i.project_id AND f.issue_id = i.issue_id AND f.done_at < $2 AND (f.undone_at IS NULL OR f.undone_at >= $2)
  WHERE i.opened_at < $2
  UNION ALL
  SELECT r.repo_id, '#' || CAST(r.number AS varchar), r.title, c.subject, r.opened_at, CASE WHEN r.closed_at < $2 THEN r.closed_at END, NULL
  FROM change_request r
  JOIN request_class c ON c.repo_id = r.repo_id AND c.source = r.source AND c.number = r.number
  JOIN identity a ON a.identity_id = r.author_id AND NOT a.is_bot
  WHERE @credited(r.repo_id, a.person_id, r.opened_at) AND r.opened_at < $2
) p
WHERE p.opened_at < $4 AND $3 < $4 AND p.opened_at < CASE WHEN $4 < $2 THEN $4 ELSE $2 END - INTERVAL '60 days'
  AND (p.ended_at IS NULL OR p.ended_at >= CASE WHEN $4 < $2 THEN $4 ELSE $2 END)
ORDER BY p.opened_at DESC, p.place, p.label
