-- title: Density of debt
-- question: How much admitted debt stands in the code, for its size?
-- owner: cto
-- unit: markers per thousand lines
-- better: down
-- grain: month
-- fill: last
-- needs: debt_marker, file_change
-- nulls: unknown while there are fewer than a thousand lines
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: N7, S1
-- caveats: Open markers divided by lines of source and test code at the end of the month. See debt_inflow and code_size for what each leaves out.
-- gaming: Adding code without markers lowers it.
WITH months AS (
  SELECT @month_of(d.landed_on) AS bucket, SUM(d.markers_in + d.markers_found - d.markers_out) AS marker, SUM(d.source_lines) AS line_net
  FROM @repository_day d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
  WHERE d.landed_on <= @day(CAST($2 AS timestamptz)) AND d.markers_in + d.markers_found + d.markers_out + d.source_changes > 0
  GROUP BY 1
), level AS (
  SELECT bucket, SUM(marker) OVER (ORDER BY bucket) AS markers, SUM(line_net) OVER (ORDER BY bucket) AS line_count FROM months
)
SELECT bucket, CASE WHEN line_count >= 1000 THEN CAST(markers AS double precision) / line_count * 1000.0 END AS value, CAST(markers AS bigint) AS n
FROM level
ORDER BY bucket
-- facts:
SELECT l.in_at AS landed_at, d.repo_id, d.in_sha AS sha, d.path || ': ' || d.note AS subject
FROM debt_marker d
JOIN @debt_life l ON l.repo_id = d.repo_id AND l.in_sha = d.in_sha AND l.ordinal = d.ordinal
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
WHERE l.in_at < $2 AND l.in_at < $4 AND $3 < $4 AND (l.out_at IS NULL OR l.out_at >= $2 OR l.out_at >= $4)
ORDER BY l.in_at DESC, d.in_sha, d.ordinal
