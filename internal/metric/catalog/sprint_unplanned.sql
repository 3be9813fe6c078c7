-- title: Unplanned share of sprints
-- question: How much of a sprint was put in after it had begun?
-- owner: vpe
-- unit: share
-- proportion: yes
-- better: down
-- grain: month
-- needs: sprint, sprint_issue
-- nulls: unknown in a month with fewer than five issues in sprints that ended in it
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, N6
-- caveats: Of the issues that were in a sprint while it went on, those that were added after its start, by the month in which the sprint was completed. Where only the day is known on which a sprint begins, as of GitLab's milestones, what was put in or taken out on that day belongs to its planning. Issues count alike, whatever their estimate.
-- gaming: Starting sprints late lowers it; look at sprint_said_done beside it.
SELECT @month(w.completed_at) AS bucket, CASE WHEN COUNT(*) >= 5 THEN CAST(COUNT(*) FILTER (WHERE w.late) AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM @sprint_work w
GROUP BY 1
ORDER BY 1
-- facts:
SELECT w.completed_at AS landed_at, w.project_id AS repo_id, '' AS sha, i.issue_key || ' ' || i.title AS subject
FROM @sprint_work w
JOIN issue i ON i.project_id = w.project_id AND i.issue_id = w.issue_id
WHERE w.late AND w.completed_at >= $3 AND w.completed_at < $4
ORDER BY w.completed_at DESC, w.project_id, i.issue_key
