-- Where a deployment went, when it began, and which one of the same application it is about. kind may also be
-- rollout: the release of another deployment, of_source and of_id, comes to one more environment of production.
-- Of a rollback these name the deployment that it undid, as it came to that environment; of others nothing.
-- Its failure (deployment_failure) has as deployed_at when that came there. how may also be unfit link and
-- unfit correction: what an incident or a user names is known, and brought nothing to production by then.
ALTER TABLE production_deployment ADD COLUMN environment varchar COLLATE "C" DEFAULT '';
ALTER TABLE production_deployment ADD COLUMN began_at timestamptz;
ALTER TABLE production_deployment ADD COLUMN of_source varchar COLLATE "C" DEFAULT '';
ALTER TABLE production_deployment ADD COLUMN of_id varchar COLLATE "C" DEFAULT '';
