-- A day (of UTC) on which a person wrote, and when the first commit of it was known. Days that
-- can never be among a person's first five are left out: those after the first five known.
-- since: known_at >= @since OR (repo_id, person_id) @touched_person
SELECT r.repo_id, r.person_id, r.written_on, r.known_at
FROM (
  SELECT n.repo_id, n.person_id, n.written_on, n.known_at,
         MAX(CASE WHEN n.nth <= 5 THEN n.written_on END) OVER (PARTITION BY n.repo_id, n.person_id) AS fifth_on
  FROM (
    SELECT d.repo_id, d.person_id, d.written_on, d.known_at,
           ROW_NUMBER() OVER (PARTITION BY d.repo_id, d.person_id ORDER BY d.known_at, d.written_on) AS nth
    FROM (
      SELECT w.repo_id, w.person_id, CAST(w.authored_at AS date) AS written_on, MIN(w.landed_at) AS known_at
      FROM work w
      WHERE @only(w.repo_id) AND @touched_person(w.repo_id, w.person_id) AND NOT w.is_date_suspect
      GROUP BY 1, 2, 3
    ) d
  ) n
) r
WHERE r.written_on <= r.fifth_on
