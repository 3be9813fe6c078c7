package metric

// changesSorted is what metrics read as @changes_sorted: the changes of the scope by what they are for.
// Of a change that names an issue, what rules make of the issue goes first.
const changesSorted = `(
  SELECT d.repo_id, d.change_key, MIN(d.landed_at) AS landed_at, MIN(d.sha) AS sha, MIN(d.title) AS title, MIN(COALESCE(k.category, d.category)) AS category
  FROM change_delivery d
  LEFT JOIN (
    SELECT i.issue_key, MIN(c.category) AS category FROM issue_class c
    JOIN issue i ON i.project_id = c.project_id AND i.issue_id = c.issue_id
    WHERE c.category <> '' AND i.opened_at < $2
    GROUP BY 1
  ) k ON k.issue_key = d.issue_key
  WHERE @credited_change(d) AND d.landed_at < $2
  GROUP BY 1, 2
)`
