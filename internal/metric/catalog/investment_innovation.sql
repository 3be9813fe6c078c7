-- title: Share of effort: innovation
-- question: How much of the effort goes into prototypes, research and experiments?
-- owner: both
-- unit: share
-- proportion: yes
-- better: none
-- grain: quarter
-- needs: change_delivery, issue_class
-- nulls: unknown in a quarter with fewer than ten changes, where rules fit fewer than half of them, and where fewer than one change in a hundred was ever called innovation
-- supply: work: categories:   # in playbook.yaml: labels, types, words, paths and projects that say what work is for
-- classifies: yes
-- cites: S4, B3
-- caveats: Share of the changes that reached the main line, each counted alike, whatever its size: effort is not measured better by lines. Of a change that names an issue, what rules make of the issue counts; else what they make of its title, labels and paths. Where rules fit fewer than half of the changes it is unknown: what is unclassified could be anything. Where hardly any change was ever called innovation it is unknown as well: experiments may go by other names.
-- gaming: Naming work as what is wanted; look at the changes themselves.
SELECT @quarter(c.landed_at) AS bucket,
       CASE WHEN COUNT(*) >= 10 AND 2 * COUNT(*) FILTER (WHERE c.category <> '') >= COUNT(*)
         AND 100 * SUM(COUNT(*) FILTER (WHERE c.category = 'innovation')) OVER () >= SUM(COUNT(*)) OVER () THEN CAST(COUNT(*) FILTER (WHERE c.category = 'innovation') AS double precision) / COUNT(*) END AS value, COUNT(*) AS n
FROM @changes_sorted c
GROUP BY 1
ORDER BY 1
-- facts:
SELECT c.landed_at, c.repo_id, c.sha, c.title AS subject
FROM @changes_sorted c
WHERE c.category = 'innovation' AND c.landed_at >= $3 AND c.landed_at < $4
ORDER BY c.landed_at DESC, c.repo_id, c.sha
