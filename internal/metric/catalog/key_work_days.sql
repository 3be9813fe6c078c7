-- title: Time to settle key work
-- question: How long does a migration, an upgrade or security work take from asking until it is settled?
-- owner: cto
-- unit: days
-- better: down
-- grain: quarter
-- needs: issue, change_request
-- nulls: unknown in a quarter in which fewer than three were settled
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: N8
-- caveats: Median from opened to done, or to merged or closed, of issues and of change requests by people that call themselves a migration, an upgrade or security work by title or label, and of change requests that say neither and change nothing but manifests of dependencies and their lock files.
-- gaming: Opening them late lowers it; look at stalled_work beside it.
SELECT @quarter(p.ended_at) AS bucket,
       CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY (EXTRACT(EPOCH FROM p.ended_at) - EXTRACT(EPOCH FROM p.opened_at)) / 86400.0) AS double precision) END AS value, COUNT(*) AS n
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
WHERE p.ended_at IS NOT NULL
GROUP BY 1
ORDER BY 1
-- facts:
SELECT p.ended_at AS landed_at, p.place AS repo_id, '' AS sha, p.label || ' ' || p.title || ' (' || p.subject || ')' AS subject
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
WHERE p.ended_at >= $3 AND p.ended_at < $4
ORDER BY p.ended_at DESC, p.place, p.label
