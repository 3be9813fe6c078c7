-- When each marker of debt came in and went out.
SELECT d.repo_id, d.in_sha, d.ordinal, ci.landed_at AS in_at, co.landed_at AS out_at, ci.is_boundary
FROM debt_marker d
JOIN commit ci ON ci.repo_id = d.repo_id AND ci.sha = d.in_sha
LEFT JOIN commit co ON @only(co.repo_id) AND co.repo_id = d.repo_id AND co.sha = d.out_sha
WHERE @only(d.repo_id) AND @only(ci.repo_id)
