-- The way to the rows of one change request, and to the changes that are about an issue of which something
-- new is told.
CREATE INDEX change_request_close_request ON change_request_close (repo_id, source, number);
CREATE INDEX change_request_close_issue ON change_request_close (source, issue);
