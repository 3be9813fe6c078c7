package store

// Tables lists every table of facts. Those of the schema itself are not among them.
func Tables() []string {
	return []string{"repository", "location", "skipped", "identity", "commit", "commit_parent", "trailer", "file_change", "release", "release_commit",
		"debt_marker", "decision_version", "decision_field", "document", "file_shape", "scope_repository", "marker_line", "commit_uncounted", "stale_repository",
		"repository_day", "person_week", "person_day", "person_change", "person_written_day", "person_merge", "person_review", "release_wait", "debt_life", "document_change",
		"decision_moment", "source_change", "source_holder", "source_churn", "source_hotspot", "release_version", "stale_rollup", "stale_release", "rollup_version",
		"feed_stream", "forge_repository", "change_request", "change_request_commit", "change_request_event", "change_request_label", "change_request_close", "project", "issue",
		"issue_transition", "issue_label", "issue_link", "sprint", "sprint_issue", "build", "deployment", "incident", "incident_link", "scope_project",
		"scope_application", "production_deployment", "change_delivery", "deployment_failure", "deployment_rework", "application_incidents", "stale_delivery",
		"delivery_version", "issue_finish", "stale_project", "issue_doing", "issue_class", "request_class",
		"request_stage", "person_request_review", "scope_person"}
}
