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
-- caveats: Issues that were in a sprint at its start and not done yet, by the month in which the sprint was completed. Where only the day is known on which a sprint begins, as of GitLab's milestones, what was put in or taken out on that day belongs to its planning. What was taken out after the start stays planned, as in the reports of trackers on sprints: the plan did not hold. Done is what was done while it was in the sprint, and still was at the sprint's end; what was taken out first and done elsewhere is not. Issues count alike, whatever their estimate. S4 asks for 80 to 90 % predictable delivery.
-- gaming: Planning less raises it; look at issue_throughput beside it.
SELECT @month(w.completed_at) AS bucket, CASE WHEN COUNT(*) >= 5 THEN CAST(COUNT(*) FILTER (WHERE w.done) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM @sprint_work w
WHERE NOT w.late AND NOT w.earlier
GROUP BY 1
ORDER BY 1
-- facts:
SELECT w.completed_at AS landed_at, w.project_id AS repo_id, '' AS sha, i.issue_key || ' ' || i.title || CASE WHEN w.done THEN '' ELSE ' (planned, not done)' END AS subject
FROM @sprint_work w
JOIN issue i ON i.project_id = w.project_id AND i.issue_id = w.issue_id
WHERE NOT w.late AND NOT w.earlier AND w.completed_at >= $3 AND w.completed_at < $4
ORDER BY w.completed_at DESC, w.project_id, i.issue_key
