-- title: Time to regular contribution
-- question: How long does a newcomer take from the first commit to working regularly?
-- owner: vpe
-- unit: days
-- better: down
-- grain: event
-- reduce: median by quarter
-- needs: commit
-- nulls: unknown in a quarter with fewer than five newcomers
-- supply: diarchy diagnose PATH PATH ...   # more of the company's repositories, with their whole history (git fetch --unshallow)
-- cites: D3, R2
-- people: yes
-- caveats: Days from the day of a person's first commit to the fifth different day with one, by the author's clock and of commits that reached the main line. Those who never got there within 180 days did not stay and are left out, as are the people of the history's first 91 days. The first commit stands for the first day at work, so the time before it is not seen.
-- gaming: Early trivial commits lower the start, not the fifth day.
WITH days AS MATERIALIZED (
  SELECT d.person_id, d.written_on
  FROM @person_written_day d
  JOIN scope_repository s ON s.repo_id = d.repo_id AND s.scope = $1 AND @owned(s)
  WHERE d.known_at < $2
  GROUP BY 1, 2
), ranked AS (
  SELECT person_id, written_on, ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY written_on) AS nth,
         MIN(written_on) OVER (PARTITION BY person_id) AS started_on
  FROM days
)
SELECT CAST(r.started_on AS timestamptz) AS bucket, CAST(r.written_on - r.started_on AS double precision) AS value, 1 AS n
FROM ranked r
WHERE r.nth = 5 AND r.written_on - r.started_on <= 180 AND r.started_on - (SELECT MIN(written_on) FROM days) >= 91
ORDER BY 1, 2
-- facts:
WITH days AS (
  SELECT w.person_id, CAST(w.authored_at AS date) AS written_on, MIN(w.authored_at) AS first_at, MIN(w.repo_id) AS repo_id
  FROM work w
  JOIN scope_repository s ON s.repo_id = w.repo_id AND s.scope = $1 AND @owned(s)
  WHERE w.landed_at < $2 AND NOT w.is_date_suspect
  GROUP BY 1, 2
), ranked AS (
  SELECT person_id, repo_id, first_at, written_on, ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY written_on) AS nth,
         MIN(first_at) OVER (PARTITION BY person_id) AS started_at, MIN(written_on) OVER (PARTITION BY person_id) AS started_on,
         MIN(first_at) OVER () AS history_began
  FROM days
)
SELECT r.started_at AS landed_at, r.repo_id, '' AS sha, 'a newcomer''s first commit; not shown: it would name a person' AS subject
FROM ranked r
WHERE r.nth = 5 AND r.written_on - r.started_on <= 180 AND r.started_at >= r.history_began + INTERVAL '91 days'
  AND r.started_at >= $3 AND r.started_at < $4
ORDER BY 1 DESC
