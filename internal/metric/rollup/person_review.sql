-- How many commits of a repository a person reviewed in a quarter, by their trailers.
-- since: quarter_on >= CAST(@quarter(@since) AS date)
SELECT t.repo_id, i.person_id, CAST(@quarter(c.landed_at) AS date) AS quarter_on, COUNT(*) AS reviews
FROM trailer t
JOIN commit c ON c.repo_id = t.repo_id AND c.sha = t.sha
JOIN identity i ON i.identity_id = t.identity_id
WHERE @only(t.repo_id) AND @only(c.repo_id) AND @recent(c.landed_at) AND t.trailer_key IN ('reviewed-by', 'acked-by', 'approved-by') AND NOT i.is_bot
GROUP BY 1, 2, 3
