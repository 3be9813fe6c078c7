-- title: Share of effort: keeping the lights on
-- question: How much of the effort goes into keeping what there is running?
-- owner: both
-- unit: share
-- proportion: yes
-- better: none
-- grain: quarter
-- needs: change_delivery, issue_class
-- nulls: unknown in a quarter with fewer than ten changes, and where rules fit fewer than half of them
-- supply: work: categories:   # in playbook.yaml: labels, types, words, paths and projects that say what work is for
-- classifies: yes
-- cites: S4, B3
-- caveats: Share of the changes that reached the main line, each counted alike, whatever its size: effort is not measured better by lines. Of a change that names an issue, what rules make of the issue counts; else what they make of its title, labels and paths. Where rules fit fewer than half of the changes it is unknown: what is unclassified could be anything.
-- gaming: Naming work as what is wanted; look at the changes themselves.
SELECT @quarter(c.landed_at) AS bucket,
       CASE WHEN COUNT(*) >= 10 AND 2 * COUNT(*) FILTER (WHERE c.category <> '') >= COUNT(*) THEN CAST(COUNT(*) FILTER (WHERE c.category = 'keeping') AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM (
  SELECT d.repo_id, d.change_key, MIN(d.landed_at) AS landed_at, MIN(d.sha) AS sha, MIN(d.title) AS title, MIN(COALESCE(k.category, d.category)) AS category
  FROM change_delivery d
  JOIN scope_application s ON s.repo_id = d.repo_id AND s.application = d.application AND s.scope = $1 AND @held(s, d.landed_at)
  LEFT JOIN (
    SELECT i.issue_key, MIN(c.category) AS category FROM issue_class c
    JOIN issue i ON i.project_id = c.project_id AND i.issue_id = c.issue_id
    WHERE c.category <> '' AND i.opened_at < $2
    GROUP BY 1
  ) k ON k.issue_key = d.issue_key
  WHERE d.landed_at < $2
  GROUP BY 1, 2
) c
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, c.repo_id, c.sha, c.title AS subject
FROM (
  SELECT d.repo_id, d.change_key, MIN(d.landed_at) AS landed_at, MIN(d.sha) AS sha, MIN(d.title) AS title, MIN(COALESCE(k.category, d.category)) AS category
  FROM change_delivery d
  JOIN scope_application s ON s.repo_id = d.repo_id AND s.application = d.application AND s.scope = $1 AND @held(s, d.landed_at)
  LEFT JOIN (
    SELECT i.issue_key, MIN(c.category) AS category FROM issue_class c
    JOIN issue i ON i.project_id = c.project_id AND i.issue_id = c.issue_id
    WHERE c.category <> '' AND i.opened_at < $2
    GROUP BY 1
  ) k ON k.issue_key = d.issue_key
  WHERE d.landed_at < $2
  GROUP BY 1, 2
) c
WHERE c.category = 'keeping' AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.repo_id, c.sha
