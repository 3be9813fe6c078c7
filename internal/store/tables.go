package store

// Tables lists every table of facts. Those of the schema itself are not among them.
func Tables() []string {
	return []string{"repository", "location", "skipped", "identity", "commit", "commit_parent", "trailer", "file_change", "release", "release_commit",
		"debt_marker", "decision_version", "document", "file_shape", "scope_repository", "marker_line", "commit_uncounted", "stale_repository"}
}
