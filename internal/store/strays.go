package store

import (
	"context"
	"database/sql"
	"time"
)

// Stray is a count of what systems told of deployments and incidents and no number counts, and of
// the deployments that count, to hold it against.
type Stray struct {
	Kind        StrayKind
	RepoID      string // "" for a service
	Application string // as it was told of deployments, as it is called here of commits
	Value       string // the environment, one of the commits, or the service
	N           int
}

// StrayKind says what is missing of a stray.
type StrayKind string

// The kinds of strays.
const (
	CountedDeployment  StrayKind = "placed"     // of an application, in production: it counts
	UnplacedDeployment StrayKind = "deployment" // of no application, or in no environment of production
	UnknownCommit      StrayKind = "commit"     // of a deployment, which the history does not hold
	NoCommit           StrayKind = "no commit"  // a deployment that names none
	UnknownService     StrayKind = "service"    // of an incident that belongs to no application
)

// Strays counts what happened before an instant and fits nothing: of the company, or of the
// repositories of another scope and of what belongs to none that is known.
func (s *Store) Strays(ctx context.Context, scope string, before time.Time) (out []Stray, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var x Stray
		var kind string
		err := rows.Scan(&kind, &x.RepoID, &x.Application, &x.Value, &x.N)
		x.Kind = StrayKind(kind)
		out = append(out, x)
		return err
	}, `WITH placed AS (SELECT DISTINCT repo_id, source, deployment_id FROM production_deployment),
		stray AS (
			SELECT CASE WHEN p.source IS NULL THEN 'deployment' ELSE 'placed' END AS kind, d.repo_id, d.told_application AS application, d.environment AS value, COUNT(*) AS n
			FROM deployment d
			JOIN repository r ON r.repo_id = d.repo_id
			LEFT JOIN placed p ON p.source = d.source AND p.deployment_id = d.deployment_id AND (p.repo_id = d.repo_id OR r.root_sha = '')
			WHERE d.result <> 'running' AND COALESCE(d.finished_at, d.started_at) < $2 GROUP BY 1, 2, 3, 4
			UNION ALL
			SELECT CASE WHEN sha = '' THEN 'no commit' ELSE 'commit' END, repo_id, application, MIN(sha), COUNT(*)
			FROM production_deployment
			WHERE deployed_at < $2 AND kind NOT IN ('failed', 'cancelled') AND (sha = '' OR kind = 'unplaced' AND changes = 0) GROUP BY 1, 2, 3
			UNION ALL
			SELECT 'service', '', '', i.service, COUNT(*)
			FROM deployment_failure f
			JOIN incident i ON i.source = f.source AND i.incident_id = f.incident_id
			WHERE f.failed_at < $2 AND f.repo_id = '' AND f.how = 'none' GROUP BY 4)
		SELECT kind, repo_id, application, value, n FROM stray
		WHERE $1 = 'company' OR repo_id = '' OR repo_id IN (SELECT repo_id FROM repository WHERE root_sha = '')
			OR repo_id IN (SELECT repo_id FROM scope_repository WHERE scope = $1) OR repo_id IN (SELECT repo_id FROM scope_application WHERE scope = $1)
		ORDER BY kind, n DESC, repo_id, application, value`, scope, before)
	return out, err
}
