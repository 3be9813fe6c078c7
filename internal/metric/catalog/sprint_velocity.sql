-- title: What a sprint delivers, against its usual
-- question: Is as much done in a sprint as in those before it?
-- owner: vpe
-- unit: times the usual
-- better: steady
-- grain: event
-- reduce: against the usual
-- needs: sprint, sprint_issue, issue_transition
-- nulls: unknown of a sprint with fewer than six before it, or of a team that usually does fewer than three issues in one; unknown in a quarter with fewer than three sprints
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: N6, R5
-- caveats: Issues done in a sprint, planned or not, as a multiple of the median of the project's six sprints before, so that teams that estimate or cut their work otherwise can stand together. Small teams and short sprints vary more by chance: whether they turned uneven is judged of projects that go on as they were. Done is what was done while it was in the sprint, and still was at the sprint's end. A project whose teams have sprints of their own at the same time is one row of sprints here. Issues count alike, whatever their estimate, and a sprint counts alike, however long it is.
-- gaming: Cutting work into smaller pieces raises it for a while; look at sprint_said_done beside it.
SELECT w.completed_at AS bucket, CAST(COUNT(*) FILTER (WHERE w.done) AS double precision) AS value, COUNT(*) FILTER (WHERE w.done) AS n, w.project_id
FROM @sprint_work w
WHERE NOT w.earlier
GROUP BY w.project_id, w.sprint_id, w.completed_at
ORDER BY w.completed_at, w.project_id, w.sprint_id
-- facts:
SELECT w.completed_at AS landed_at, w.project_id AS repo_id, '' AS sha, p.name || ' ' || sp.name || ': ' || COUNT(*) FILTER (WHERE w.done) || ' of ' || COUNT(*) || ' issues done' AS subject
FROM @sprint_work w
JOIN sprint sp ON sp.project_id = w.project_id AND sp.sprint_id = w.sprint_id
JOIN project p ON p.project_id = w.project_id
WHERE NOT w.earlier AND w.completed_at >= $3 AND w.completed_at < $4
GROUP BY w.project_id, w.sprint_id, p.name, sp.name, w.completed_at
ORDER BY w.completed_at DESC, w.project_id, sp.name
