-- title: Freshness of architectural documents
-- question: Are decision records, evaluation frameworks and integration patterns kept up to date?
-- owner: cto
-- unit: share
-- better: up
-- grain: 4 weeks
-- needs: document, file_change
-- nulls: unknown when there is no such document
-- cites: D2
-- caveats: A decision that stands need not change, so the unit is the collection: the decision records of a repository, its evaluation frameworks, its integration patterns. The share of collections in which anything was added or changed within the last 92 days; D2 asks for a quarterly review. A review that changes nothing is not seen.
-- gaming: Touching files raises it.
WITH step AS (
  SELECT $2 - k * INTERVAL '28 days' AS till FROM generate_series(0, 39) AS g(k)
), touched AS (
  SELECT d.repo_id, d.kind AS kind_of, d.path, c.landed_at, f.kind
  FROM document d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
  JOIN file_change f ON f.repo_id = d.repo_id AND f.path = d.path
  JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
  WHERE d.kind IN ('decision_record', 'evaluation', 'pattern') AND c.landed_at < $2
  UNION ALL
  SELECT d.repo_id, d.kind, d.path, c.landed_at, 'D'
  FROM document d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
  JOIN file_change f ON f.repo_id = d.repo_id AND f.old_path = d.path
  JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
  WHERE d.kind IN ('decision_record', 'evaluation', 'pattern') AND c.landed_at < $2
), standing AS (
  SELECT t.till, x.repo_id, x.kind_of, x.path, MAX(x.landed_at) AS changed_at,
         MAX(x.landed_at) FILTER (WHERE x.kind = 'D') AS gone_at
  FROM step t
  JOIN touched x ON x.landed_at < t.till
  GROUP BY t.till, x.repo_id, x.kind_of, x.path
), collection AS (
  SELECT till, repo_id, kind_of, MAX(changed_at) AS changed_at
  FROM standing
  WHERE gone_at IS NULL OR changed_at > gone_at
  GROUP BY till, repo_id, kind_of
)
SELECT till AS bucket,
       CAST(COUNT(*) FILTER (WHERE changed_at >= till - INTERVAL '92 days') AS double precision) / NULLIF(COUNT(*), 0) AS value,
       COUNT(*) AS n
FROM collection
GROUP BY till
ORDER BY till
-- facts:
SELECT c.landed_at, d.repo_id, c.sha, d.path AS subject
FROM document d
JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1
JOIN file_change f ON f.repo_id = d.repo_id AND f.path = d.path
JOIN commit c ON c.repo_id = f.repo_id AND c.sha = f.sha
WHERE d.kind IN ('decision_record', 'evaluation', 'pattern') AND c.landed_at < $2 AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, d.path
