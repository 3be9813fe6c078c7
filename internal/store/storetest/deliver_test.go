package storetest

import (
	"context"
	"fmt"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// deliverSteps store what follows from deliveries, and read what it follows from. Nothing
// of it is left at the end.
func deliverSteps() []step {
	read := func(method string, run func(context.Context, *store.Store) (any, error), want any) step {
		return step{method, func(ctx context.Context, st *store.Store) (any, error) {
			got, err := run(ctx, st)
			return fmt.Sprint(got), err
		}, want}
	}
	repos := map[string]string{"shop": "pipe/shop"}
	return []step{
		none("PutForgeRepository", func(ctx context.Context, st *store.Store) error {
			return st.PutForgeRepository(ctx, "pipe", "shop", "pipe/shop")
		}),
		none("WritePage", func(ctx context.Context, st *store.Store) error {
			return st.WritePage(ctx, store.Page{Source: "pipe", Stream: "s", Cursor: "1", ReadAt: day(9), Repositories: repos, Delivery: fact.Delivery{
				ChangeRequests: []fact.ChangeRequest{{Repository: "shop", Number: 3, Title: "t", Author: ann, State: fact.RequestMerged, OpenedAt: day(1), MergedAt: day(2), ClosedAt: day(2), UpdatedAt: day(2), MergeSHA: "m3", Labels: []string{"b", "a"},
					Commits: []fact.RequestCommit{{SHA: "q3", AuthoredAt: day(1)}}}},
				Deployments: []fact.Deployment{{Repository: "shop", ID: "d1", Environment: "production", SHA: "m3", Result: fact.Succeeded, StartedAt: day(3), UpdatedAt: day(3)}, {Repository: "shop", ID: "d2", Environment: "production", SHA: "m3", Result: fact.Running, StartedAt: day(4), UpdatedAt: day(4)}},
				Incidents:   []fact.Incident{{ID: "i1", Service: "shop", Title: "down", OpenedAt: day(4), ResolvedAt: day(5), UpdatedAt: day(5), Links: []fact.IncidentLink{{Kind: fact.CausedByCommit, Target: "m3"}}}},
				Projects:    []fact.Project{{Name: "PAY"}},
				Issues: []fact.Issue{{Project: "PAY", ID: "1", Key: "PAY-1", Kind: "Bug", Title: "x", Category: fact.IssueDone, OpenedAt: day(1), UpdatedAt: day(5), Labels: []string{"l"},
					Transitions: []fact.Transition{{To: "Work", ToCategory: fact.IssueDoing, At: day(2)}, {To: "Blocked", ToCategory: fact.IssueDoing, At: day(3)}, {To: "Done", FromCategory: fact.IssueDoing, ToCategory: fact.IssueDone, At: day(5)}}}},
			}})
		}),
		read("StaleDelivery", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleDelivery(ctx, "v1") }, "[ pipe/shop r]"),
		read("RepositoryNames", func(ctx context.Context, st *store.Store) (any, error) {
			names, err := st.RepositoryNames(ctx)
			return names["pipe/shop"], err
		}, "[shop]"),
		read("Carried", func(ctx context.Context, st *store.Store) (any, error) {
			c, err := st.Carried(ctx, "pipe/shop")
			return fmt.Sprintf("%d %s %s %s %d %s", len(c.Commits), c.Requests[0].MergeSHA, c.Requests[0].Commits[0].SHA, c.Requests[0].Labels, len(c.Deployments), c.Deployments[0].ID), err
		}, "0 m3 q3 [a b] 1 d1"),
		read("PathsOfChanges", func(ctx context.Context, st *store.Store) (any, error) { return st.PathsOfChanges(ctx, "pipe/shop") }, "map[]"),
		read("Incidents", func(ctx context.Context, st *store.Store) (any, error) {
			is, err := st.Incidents(ctx)
			return fmt.Sprint(is[0].ID, " ", is[0].Service, " ", is[0].Links), err
		}, "i1 shop [{commit m3}]"),
		none("PutDelivery", func(ctx context.Context, st *store.Store) error {
			return st.PutDelivery(ctx, "pipe/shop", []store.PlacedDeployment{{Application: "shop", Source: "pipe", ID: "d1", SHA: "m3", At: day(3), Kind: "first", Changes: 1}, {Application: "shop", Source: "pipe", ID: "d0", SHA: "x", At: day(2), Kind: "failed"}},
				[]store.DeliveredChange{{Application: "shop", Key: "pipe#3", SHA: "m3", Title: "t", StartedAt: day(1), LandedAt: day(2), DeployedAt: day(3), DeploymentSource: "pipe", DeploymentID: "d1"}, {Application: "shop", Key: "pipe#4", SHA: "m4", StartedAt: day(1), LandedAt: day(2)}},
				[]store.RequestClass{{Source: "pipe", Number: 3, Subject: "upgrade"}})
		}),
		read("Placed", func(ctx context.Context, st *store.Store) (any, error) {
			p, err := st.Placed(ctx)
			return fmt.Sprint(len(p), " ", p[0].RepoID, " ", p[0].ID, " ", p[0].Kind), err
		}, "1 pipe/shop d1 first"),
		read("CarriersOfCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.CarriersOfCommit(ctx, "q3") }, "[{pipe/shop shop pipe d1}]"),
		read("CarriersOfCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.CarriersOfCommit(ctx, "m4") }, "[]"),
		read("CarriersOfRequest", func(ctx context.Context, st *store.Store) (any, error) { return st.CarriersOfRequest(ctx, "shop", 3) }, "[{pipe/shop shop pipe d1}]"),
		none("PutFailures", func(ctx context.Context, st *store.Store) error {
			return st.PutFailures(ctx, []store.Failure{{RepoID: "pipe/shop", Application: "shop", Source: "pipe", ID: "i1", How: "commit", DeploymentSource: "pipe", DeploymentID: "d1", DeployedAt: day(3), FailedAt: day(4)}},
				[]store.Rework{{Carrier: store.Carrier{RepoID: "pipe/shop", Application: "shop", Source: "pipe", ID: "d1"}, How: "hotfix"}}, []store.Cover{{RepoID: "pipe/shop", Application: "shop", From: day(1), KnownAt: day(2)}})
		}),
		query("SELECT f.how, r.how, c.application, f.recovered_at IS NULL FROM deployment_failure f JOIN deployment_rework r ON r.repo_id = f.repo_id JOIN application_incidents c ON c.repo_id = f.repo_id", "commit hotfix shop true"),
		read("StaleDelivery", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleDelivery(ctx, "v1") }, "[]"),
		read("StaleIssues", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleIssues(ctx) }, "[{pipe/PAY PAY 1 Bug x  [l]}]"),
		none("PutIssues", func(ctx context.Context, st *store.Store) error {
			return st.PutIssues(ctx, []store.IssueClass{{ProjectID: "pipe/PAY", ID: "1", Category: "debt"}})
		}),
		query("SELECT f.issue_key, f.doing_days, CAST(d.from_at AS date), CAST(d.till_at AS date), c.category FROM issue_finish f JOIN issue_doing d ON d.issue_id = f.issue_id JOIN issue_class c ON c.issue_id = f.issue_id", "PAY-1 1 2024-01-02 2024-01-05 debt"),
		none("PutApplicationScopes", func(ctx context.Context, st *store.Store) error {
			return st.PutApplicationScopes(ctx, []store.ScopedApplication{{Scope: "company", RepoID: "pipe/shop", Application: "shop"}})
		}),
		query("SELECT scope, application FROM scope_application", "company shop"),
		read("Scopes", func(ctx context.Context, st *store.Store) (any, error) {
			all, err := st.Scopes(ctx)
			return len(all), err
		}, "0"),
		none("PutDelivery", func(ctx context.Context, st *store.Store) error {
			return st.PutDelivery(ctx, "pipe/shop", nil, nil, nil)
		}),
		none("PutFailures", func(ctx context.Context, st *store.Store) error { return st.PutFailures(ctx, nil, nil, nil) }),
		none("ForgetSource", func(ctx context.Context, st *store.Store) error { return st.ForgetSource(ctx, "pipe") }),
		none("PutRollups", func(ctx context.Context, st *store.Store) error { return st.PutRollups(ctx, "pipe/shop", nil) }), // it is stale, since it is gone
		query("SELECT (SELECT COUNT(*) FROM issue_finish) + (SELECT COUNT(*) FROM issue_doing) + (SELECT COUNT(*) FROM issue_class) + (SELECT COUNT(*) FROM change_delivery)", "0"),
	}
}
