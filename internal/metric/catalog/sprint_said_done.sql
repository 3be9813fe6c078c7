-- title: Planned against delivered
-- question: How much of what was in a sprint when it began was done when it ended?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: up
-- grain: month
-- needs: sprint, sprint_issue, issue_transition
-- nulls: unknown in a month with fewer than five issues planned in sprints that ended in it
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, S4
-- caveats: Issues that were in a sprint at its start and not done yet, by the month in which the sprint was completed. What was taken out after the start stays planned, as in the reports of trackers on sprints: the plan did not hold. Done is what was done while it was in the sprint, and still was at the sprint's end; what was taken out first and done elsewhere is not. Issues count alike, whatever their estimate. S4 asks for 80 to 90 % predictable delivery.
-- gaming: Planning less raises it; look at issue_throughput beside it.
SELECT @month(q.completed_at) AS bucket, CASE WHEN COUNT(*) >= 5 THEN CAST(COUNT(*) FILTER (WHERE q.done) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM (
  SELECT p.project_id, p.issue_id, p.completed_at, bool_or(COALESCE(f.done_at <= p.completed_at AND (p.left_at IS NULL OR f.done_at <= p.left_at) AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false)) AS done
  FROM (
    SELECT sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at, CASE WHEN bool_and(si.removed_at IS NOT NULL) THEN MAX(si.removed_at) END AS left_at
    FROM sprint sp
    JOIN scope_project s ON s.project_id = sp.project_id AND s.scope = $1 AND @held(s, sp.completed_at)
    JOIN sprint_issue si ON si.project_id = sp.project_id AND si.sprint_id = sp.sprint_id AND si.added_at < sp.completed_at AND (si.removed_at IS NULL OR si.removed_at > sp.started_at)
    WHERE sp.completed_at < $2 AND sp.started_at < sp.completed_at
    GROUP BY sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at
    HAVING MIN(si.added_at) <= sp.started_at
  ) p
  LEFT JOIN issue_finish f ON f.project_id = p.project_id AND f.issue_id = p.issue_id AND f.done_at <= p.completed_at
  GROUP BY p.project_id, p.sprint_id, p.issue_id, p.completed_at
  HAVING NOT bool_or(COALESCE(f.done_at <= p.started_at AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false))
) q
GROUP BY 1
ORDER BY 1
-- facts:
SELECT q.completed_at AS landed_at, q.project_id AS repo_id, '' AS sha, i.issue_key || ' ' || i.title || CASE WHEN q.done THEN '' ELSE ' (planned, not done)' END AS subject
FROM (
  SELECT p.project_id, p.issue_id, p.completed_at, bool_or(COALESCE(f.done_at <= p.completed_at AND (p.left_at IS NULL OR f.done_at <= p.left_at) AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false)) AS done
  FROM (
    SELECT sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at, CASE WHEN bool_and(si.removed_at IS NOT NULL) THEN MAX(si.removed_at) END AS left_at
    FROM sprint sp
    JOIN scope_project s ON s.project_id = sp.project_id AND s.scope = $1 AND @held(s, sp.completed_at)
    JOIN sprint_issue si ON si.project_id = sp.project_id AND si.sprint_id = sp.sprint_id AND si.added_at < sp.completed_at AND (si.removed_at IS NULL OR si.removed_at > sp.started_at)
    WHERE sp.completed_at < $2 AND sp.started_at < sp.completed_at
    GROUP BY sp.project_id, sp.sprint_id, si.issue_id, sp.started_at, sp.completed_at
    HAVING MIN(si.added_at) <= sp.started_at
  ) p
  LEFT JOIN issue_finish f ON f.project_id = p.project_id AND f.issue_id = p.issue_id AND f.done_at <= p.completed_at
  GROUP BY p.project_id, p.sprint_id, p.issue_id, p.completed_at
  HAVING NOT bool_or(COALESCE(f.done_at <= p.started_at AND (f.undone_at IS NULL OR f.undone_at > p.completed_at), false))
) q
JOIN issue i ON i.project_id = q.project_id AND i.issue_id = q.issue_id
WHERE q.completed_at >= $3 AND q.completed_at < $4
ORDER BY q.completed_at DESC, q.project_id, i.issue_key
