-- What landed in a repository on a day of the company's calendar: commits by
-- people; markers of debt that came in, were found where a shallow history begins, or went
-- out; changes of source and test files, and the lines that they added less those deleted.
-- since: landed_on >= @day(@since)
SELECT m.repo_id, m.landed_on, CAST(SUM(m.commits) AS bigint) AS commits, CAST(SUM(m.reverts) AS bigint) AS reverts,
       CAST(SUM(m.markers_in) AS bigint) AS markers_in, CAST(SUM(m.markers_found) AS bigint) AS markers_found, CAST(SUM(m.markers_out) AS bigint) AS markers_out,
       CAST(SUM(m.source_changes) AS bigint) AS source_changes, CAST(SUM(m.source_lines) AS bigint) AS source_lines
FROM (
  SELECT w.repo_id, @day(w.landed_at) AS landed_on, COUNT(*) AS commits, COUNT(*) FILTER (WHERE w.is_revert) AS reverts,
         0 AS markers_in, 0 AS markers_found, 0 AS markers_out, 0 AS source_changes, 0 AS source_lines
  FROM @lately(work) w
  WHERE @only(w.repo_id)
  GROUP BY 1, 2
  UNION ALL
  SELECT d.repo_id, @day(c.landed_at), 0, 0, COUNT(*) FILTER (WHERE NOT c.is_boundary), COUNT(*) FILTER (WHERE c.is_boundary), 0, 0, 0
  FROM debt_marker d
  JOIN @lately(commit) c ON c.repo_id = d.repo_id AND c.sha = d.in_sha
  WHERE @only(d.repo_id) AND @only(c.repo_id)
  GROUP BY 1, 2
  UNION ALL
  SELECT d.repo_id, @day(c.landed_at), 0, 0, 0, 0, COUNT(*), 0, 0
  FROM debt_marker d
  JOIN @lately(commit) c ON c.repo_id = d.repo_id AND c.sha = d.out_sha
  WHERE @only(d.repo_id) AND @only(c.repo_id)
  GROUP BY 1, 2
  UNION ALL
  SELECT f.repo_id, @day(c.landed_at), 0, 0, 0, 0, 0, COUNT(*), SUM(COALESCE(f.added, 0) - COALESCE(f.deleted, 0))
  FROM @lately(file_change) f
  JOIN @lately(commit) c ON c.repo_id = f.repo_id AND c.sha = f.sha
  WHERE @only(f.repo_id) AND @only(c.repo_id) AND f.category IN ('code', 'test')
  GROUP BY 1, 2
  UNION ALL
  -- a file that began where it stood already, or ended where it was gone, did so on another
  -- branch as well: merged, its lines are there, or gone, once
  SELECT t.repo_id, @day(t.landed_at), 0, 0, 0, 0, 0, 0, -SUM(t.net)
  FROM (
    SELECT e.repo_id, e.landed_at, e.begins, e.renamed, e.net, e.category,
           LAG(e.begins) OVER (PARTITION BY e.repo_id, e.path ORDER BY e.landed_at, e.reading_order, e.begins, e.renamed) AS stood
    FROM (
      SELECT f.repo_id, f.path, f.kind <> 'D' AS begins, f.kind = 'R' AS renamed, COALESCE(f.added, 0) - COALESCE(f.deleted, 0) AS net, f.category, c.landed_at, c.reading_order
      FROM @lately(file_change.path) f
      JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
      WHERE @only(f.repo_id) AND @only(c.repo_id) AND f.kind IN ('A', 'D', 'R')
      UNION ALL
      SELECT f.repo_id, f.old_path, false, true, 0, f.category, c.landed_at, c.reading_order
      FROM @lately(file_change.old_path) f
      JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
      WHERE @only(f.repo_id) AND @only(c.repo_id) AND f.old_path <> ''
    ) e
  ) t
  WHERE t.begins = t.stood AND NOT t.renamed AND t.category IN ('code', 'test')
  GROUP BY 1, 2
) m
GROUP BY m.repo_id, m.landed_on
