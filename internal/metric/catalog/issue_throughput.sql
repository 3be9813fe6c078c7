-- title: Issues done
-- question: How many issues are finished each week?
-- owner: vpe
-- unit: issues a week
-- better: steady
-- grain: week
-- fill: zero
-- needs: issue, issue_transition
-- nulls: a week without is zero; weeks before the first are not there
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: N6, R5, B2
-- caveats: Issues by the week in which they were done, as their status was meant then. One that was reopened counts when it was done last. What was recorded as done when it was opened, or before, was put in afterwards and does not count.
-- gaming: Cutting work into smaller pieces raises it; look at issue_lead_time beside it.
SELECT @week(f.done_at) AS bucket, CAST(COUNT(*) AS double precision) AS value, COUNT(*) AS n
FROM issue_finish f
JOIN scope_project s ON s.project_id = f.project_id AND s.scope = $1 AND @held(s, f.done_at)
WHERE f.done_at < $2 AND (f.undone_at IS NULL OR f.undone_at >= $2)
GROUP BY 1
ORDER BY 1
-- facts:
SELECT f.done_at AS landed_at, f.project_id AS repo_id, '' AS sha, f.issue_key || ' ' || f.title AS subject
FROM issue_finish f
JOIN scope_project s ON s.project_id = f.project_id AND s.scope = $1 AND @held(s, f.done_at)
WHERE f.done_at < $2 AND (f.undone_at IS NULL OR f.undone_at >= $2) AND f.done_at >= $3 AND f.done_at < $4
ORDER BY f.done_at DESC, f.project_id, f.issue_key
