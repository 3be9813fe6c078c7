-- title: Share of effort: unclassified work
-- question: How much of the effort goes into work of which no rule says what it is for?
-- owner: both
-- unit: share
-- proportion: yes
-- better: down
-- grain: quarter
-- needs: change_delivery, issue_class
-- nulls: unknown in a quarter with fewer than ten changes
-- supply: work: categories:   # in playbook.yaml: labels, types, words, paths and projects that say what work is for
-- classifies: yes
-- cites: S4, B3
-- caveats: Share of the changes that reached the main line, each counted alike, whatever its size: effort is not measured better by lines. Of a change that names an issue, what rules make of the issue counts; else what they make of its title, labels and paths. What is unclassified could be anything.
-- gaming: Naming work as what is wanted; look at the changes themselves.
SELECT @quarter(c.landed_at) AS bucket,
       CASE WHEN COUNT(*) >= 10 THEN CAST(COUNT(*) FILTER (WHERE c.category = '') AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM @changes_sorted c
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, c.repo_id, c.sha, c.title AS subject
FROM @changes_sorted c
WHERE c.category = '' AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.repo_id, c.sha
