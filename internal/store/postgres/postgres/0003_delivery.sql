-- The way to the rows of one repository or project: they are removed and made again by it, and read for the
-- few of a team.
CREATE INDEX change_request_commit_request ON change_request_commit (repo_id, source, number);
CREATE INDEX change_request_commit_sha ON change_request_commit (sha);
CREATE INDEX change_request_event_request ON change_request_event (repo_id, source, number);
CREATE INDEX change_request_label_request ON change_request_label (repo_id, source, number);
CREATE INDEX issue_transition_issue ON issue_transition (project_id, issue_id);
CREATE INDEX issue_label_issue ON issue_label (project_id, issue_id);
CREATE INDEX issue_link_issue ON issue_link (project_id, issue_id);
CREATE INDEX sprint_issue_issue ON sprint_issue (project_id, issue_id);
CREATE INDEX production_deployment_repository ON production_deployment (repo_id, deployed_at);
CREATE INDEX change_delivery_repository ON change_delivery (repo_id, deployed_at);
CREATE INDEX issue_finish_project ON issue_finish (project_id, done_at);
CREATE INDEX request_stage_repository ON request_stage (repo_id, merged_at);
