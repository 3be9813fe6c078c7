-- title: Issue cycle time
-- question: How long does it take from beginning something until it is done?
-- owner: vpe
-- unit: days
-- better: down
-- grain: month
-- needs: issue, issue_transition
-- nulls: unknown in a month in which fewer than three such issues were done
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, B2
-- caveats: Median from the first time that work was under way (a status of that meaning, when it was entered) to done. Issues of which nobody said that they were begun are not in it. By the month in which they were done; nights, weekends and holidays are in it unless diarchy.yaml declares working time. What was recorded as done when it was opened, or before, was put in afterwards and does not count.
-- gaming: Opening issues late lowers it; look at issue_throughput beside it.
SELECT @month(f.done_at) AS bucket,
       CASE WHEN COUNT(*) >= 3 THEN CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY @days(f.first_doing_at, f.done_at)) FILTER (WHERE f.done_at >= @from) AS double precision) END AS value, COUNT(*) AS n
FROM issue_finish f
JOIN scope_project s ON s.project_id = f.project_id AND s.scope = $1 AND @held(s, f.done_at)
WHERE f.done_at < $2 AND (f.undone_at IS NULL OR f.undone_at >= $2) AND f.first_doing_at < f.done_at
GROUP BY 1
ORDER BY 1
-- facts:
SELECT f.done_at AS landed_at, f.project_id AS repo_id, '' AS sha, f.issue_key || ' ' || f.title AS subject
FROM issue_finish f
JOIN scope_project s ON s.project_id = f.project_id AND s.scope = $1 AND @held(s, f.done_at)
WHERE f.done_at < $2 AND (f.undone_at IS NULL OR f.undone_at >= $2) AND f.first_doing_at < f.done_at AND f.done_at >= $3 AND f.done_at < $4
ORDER BY f.done_at DESC, f.project_id, f.issue_key
