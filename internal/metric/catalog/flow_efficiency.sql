-- title: Flow efficiency
-- question: For what share of the time between beginning and end is work done on an issue?
-- owner: vpe
-- unit: share
-- better: up
-- grain: month
-- needs: issue, issue_transition
-- nulls: unknown in a month in which fewer than five issues were done that had been begun, and while no issue was ever seen to wait
-- supply: systems: [{system: csv, files: {issues: issues.csv}}]   # in diarchy.yaml; or a tracker; teams: projects: says whose they are
-- cites: R5, B2
-- caveats: Days under way of the days from the first time that an issue was under way until it was done, added up over the issues of the month, by the clock: nights, weekends and holidays are in both, whatever working time is declared. Back among what is to be done, done already and reopened, or in a status that says that it waits (wait, block, hold, ready for, pending, queue) is waiting. A workflow with few such statuses shows more efficiency than there is; one in which nothing ever waits says nothing, and it is unknown rather than 100 %.
-- gaming: Statuses that do not say that they wait raise it.
SELECT @month(f.done_at) AS bucket,
       CASE WHEN COUNT(*) >= 5 AND SUM(SUM(CASE WHEN f.doing_days < (EXTRACT(EPOCH FROM f.done_at) - EXTRACT(EPOCH FROM f.first_doing_at)) / 86400.0 - 0.0001 THEN 1 ELSE 0 END)) OVER () > 0 THEN CAST(SUM(f.doing_days) AS double precision) / NULLIF(CAST(SUM(EXTRACT(EPOCH FROM f.done_at) - EXTRACT(EPOCH FROM f.first_doing_at)) AS double precision) / 86400.0, 0) END AS value, COUNT(*) AS n
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
