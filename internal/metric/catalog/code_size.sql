-- title: Size of the code
-- question: How much source code is there?
-- owner: cto
-- unit: thousand lines
-- better: none
-- grain: month
-- fill: last
-- needs: file_change
-- nulls: unknown before the first commit
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N7
-- caveats: Added less deleted lines of source and test files over the history; documents, configuration, generated and vendored files are left out. A file that came by two ways, as when a history was copied into another, counts once. Lines that merge commits change by themselves are not seen.
-- gaming: Says nothing about worth.
SELECT bucket, CAST(SUM(net) OVER (ORDER BY bucket) AS double precision) / 1000.0 AS value, CAST(SUM(n) OVER (ORDER BY bucket) AS bigint) AS n
FROM (
  SELECT @month_of(d.landed_on) AS bucket, SUM(d.source_lines) AS net, CAST(SUM(d.source_changes) AS bigint) AS n
  FROM @repository_day d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
  WHERE d.landed_on <= @day(CAST($2 AS timestamptz)) AND d.source_changes > 0
  GROUP BY 1
) m
ORDER BY bucket
-- facts:
SELECT f.landed_at, f.repo_id, f.sha, f.path || ': +' || CAST(f.added AS varchar) || ' -' || CAST(f.deleted AS varchar) AS subject
FROM @source_change f
JOIN scope_repository s ON s.repo_id = f.repo_id AND s.scope = $1 AND @owned(s)
WHERE f.landed_at < $2 AND f.landed_at >= $3 AND f.landed_at < $4
ORDER BY f.landed_at DESC, f.sha, f.path
