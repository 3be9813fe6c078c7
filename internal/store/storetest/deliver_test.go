package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// deliverSteps store what is worked out of deliveries, incidents and issues, after what
// they are worked out from.
func deliverSteps() []step {
	first, second := commit("a", 1, ann), commit("b", 2, ann, "a")
	second.Changes = []fact.FileChange{{Path: "z.go", OldPath: "x.go", Kind: fact.Renamed, Category: fact.Code}}
	delivery := fact.Delivery{
		ChangeRequests: []fact.ChangeRequest{{Repository: "acme/api", Number: 3, Title: "é", Author: ann, State: fact.RequestMerged, Head: "x", HeadSHA: "q2", MergeSHA: "b", OpenedAt: day(1), MergedAt: day(2), ClosedAt: day(2), UpdatedAt: day(2), Labels: []string{"fix"}, Paths: []string{"go.sum"}, PathsSay: "upgrade", Closes: []string{"acme/api#8", "acme/api#7", "PAY-1"}, Commits: []fact.RequestCommit{{SHA: "q1", AuthoredAt: day(1)}}},
			{Repository: "acme/api", Number: 4, Title: "later", Author: ann, State: fact.RequestOpen, OpenedAt: day(2), UpdatedAt: day(2)}},
		Deployments: []fact.Deployment{{Repository: "acme/api", ID: "d1", Environment: "production", SHA: "b", Result: fact.Succeeded, StartedAt: day(3), FinishedAt: day(3), UpdatedAt: day(3)}, {Repository: "acme/api", ID: "d2", Environment: "production", SHA: "b", Result: fact.Running, StartedAt: day(4), UpdatedAt: day(4)}},
		Incidents:   []fact.Incident{{ID: "I1", Service: "api", Title: "down", OpenedAt: day(4), ResolvedAt: day(5), UpdatedAt: day(5), Links: []fact.IncidentLink{{Kind: fact.CausedByDeployment, Target: "d1"}, {Kind: fact.CausedByDeployment, Target: "d9"}}}},
		Projects:    []fact.Project{{Name: "PAY"}},
		Issues:      []fact.Issue{{Project: "PAY", ID: "1", Key: "PAY-1", Kind: "Bug", Title: "t", Status: "Done", Category: fact.IssueDone, OpenedAt: day(1), ResolvedAt: day(4), UpdatedAt: day(4), Labels: []string{"debt"}, Transitions: []fact.Transition{{From: "New", To: "Work", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDoing, At: day(2)}, {From: "Work", To: "Done", FromCategory: fact.IssueDoing, ToCategory: fact.IssueDone, At: day(4)}}}},
	}
	carrier := store.Carrier{RepoID: "r1", Application: "api", Source: "forge", ID: "d1"}
	scopes := []store.Scope{{Name: "company", Repos: []store.Belonging{{ID: "r1"}}}, {Name: "team:pay", Repos: []store.Belonging{{ID: "r1", Period: store.Period{Since: day(1), Until: day(2)}}, {ID: "r1", Period: store.Period{Since: day(4)}}}}}
	placed := store.PlacedDeployment{Application: "api", Source: "forge", ID: "d1", Environment: "prod-us", SHA: "b", BeganAt: day(2), At: day(3), Kind: "rollout", OfSource: "csv", OfID: "d0", Changes: 1}
	failed := store.PlacedDeployment{Application: "api", Source: "forge", ID: "d2", Environment: "prod-us", SHA: "b", BeganAt: day(3), At: day(3), Kind: "failed"}
	return []step{
		none("PutRepository", func(ctx context.Context, st *store.Store) error { return st.PutRepository(ctx, "r1", "api", "a") }),
		none("Write", func(ctx context.Context, st *store.Store) error {
			return st.Write(ctx, store.Batch{RepoID: "r1", Location: "/none", Commits: []fact.Commit{first, second}})
		}),
		none("PutForgeRepository", func(ctx context.Context, st *store.Store) error {
			return st.PutForgeRepository(ctx, "forge", "acme/api", "r1")
		}),
		none("WritePage", func(ctx context.Context, st *store.Store) error {
			return st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", Cursor: "1", ReadAt: day(9), Delivery: delivery, Repositories: map[string]string{"acme/api": "r1"}})
		}),
		none("PutScopes", func(ctx context.Context, st *store.Store) error {
			return st.PutScopes(ctx, scopes)
		}),
		{"Scopes", func(ctx context.Context, st *store.Store) (any, error) { return st.Scopes(ctx) }, scopes},
		none("PutPersonScopes", func(ctx context.Context, st *store.Store) error {
			return errors.Join(st.PutPersonScopes(ctx, []store.ScopedPerson{{Scope: "team:old", Person: 1}}), st.PutPersonScopes(ctx, []store.ScopedPerson{{Scope: "team:pay", Person: 7, Period: store.Period{Since: day(2)}}}))
		}),
		query("SELECT scope, person_id, CAST(since AS date), CAST(until AS date) FROM scope_person", "team:pay 7 2024-01-02 9999-01-01"),
		{"RepositoryNames", func(ctx context.Context, st *store.Store) (any, error) {
			names, err := st.RepositoryNames(ctx)
			return names["r1"], err
		}, []string{"acme/api", "api"}},
		none("RenewDelivery", func(ctx context.Context, st *store.Store) error { return st.RenewDelivery(ctx, "1") }),
		{"StaleDelivery", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleDelivery(ctx) }, []string{"", "r", "r1"}},
		{"Carried", func(ctx context.Context, st *store.Store) (any, error) { return st.Carried(ctx, "r1") }, store.Carried{
			Commits:     []store.CarriedCommit{{SHA: "a", Change: "a", Subject: "it's a", AuthoredAt: day(1), LandedAt: day(1), IsWork: true, Person: store.IdentityID(ann)}, {SHA: "b", Change: "b", Subject: "it's b", Parents: []string{"a"}, AuthoredAt: day(2), LandedAt: day(2), IsWork: true, Person: store.IdentityID(ann)}},
			Requests:    []store.StoredRequest{{Source: "forge", Number: 3, Title: "é", Head: "x", HeadSHA: "q2", MergeSHA: "b", MergedAt: day(2), Person: store.IdentityID(ann), Commits: []fact.RequestCommit{{SHA: "q1", AuthoredAt: day(1)}}, Labels: []string{"fix"}, PathsKnown: true, PathsSay: "upgrade", Closes: []string{"acme/api#8", "acme/api#7", "PAY-1"}}, {Source: "forge", Number: 4, Title: "later", Person: store.IdentityID(ann)}},
			Deployments: []store.StoredDeployment{{RepoID: "r1", Source: "forge", ID: "d1", Environment: "production", SHA: "b", Result: fact.Succeeded, BeganAt: day(3), At: day(3)}}}},
		{"PathsOfChanges", func(ctx context.Context, st *store.Store) (any, error) {
			paths, err := st.PathsOfChanges(ctx, "r1", time.Time{})
			return len(paths["b"]), err
		}, 2},
		none("PutDelivery", func(ctx context.Context, st *store.Store) error {
			for range 2 { // the second replaces the first
				err := st.PutDelivery(ctx, "r1", time.Time{}, []store.PlacedDeployment{placed, failed}, []store.DeliveredChange{
					{Application: "api", Key: "forge#3", SHA: "b", Title: "é", Category: "new_value", StartedAt: day(1), LandedAt: day(2), DeployedAt: day(3), DeploymentSource: "forge", DeploymentID: "d1", Person: store.IdentityID(ann)},
					{Application: "api", Key: "a", SHA: "a", StartedAt: day(1), LandedAt: day(1), IsBaseline: true}}, []store.RequestClass{{Source: "forge", Number: 3, Subject: "upgrade"}})
				if err != nil {
					return err
				}
			}
			return nil
		}),
		query(fmt.Sprintf("SELECT application, person_id = %d FROM change_delivery ORDER BY change_key", store.IdentityID(ann)), "api false", "api true"),
		{"Placed", func(ctx context.Context, st *store.Store) (any, error) { return st.Placed(ctx) }, []store.StoredPlaced{{RepoID: "r1", PlacedDeployment: placed}, {RepoID: "r1", PlacedDeployment: failed}}},
		{"CarriersOfCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.CarriersOfCommit(ctx, "b") }, []store.Carrier{carrier}},
		{"CarriersOfCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.CarriersOfCommit(ctx, "q1") }, []store.Carrier{carrier}},
		{"CarriersOfCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.CarriersOfCommit(ctx, "a") }, []store.Carrier{{RepoID: "r1", Application: "api"}}}, // known, and not deployed
		{"CarriersOfCommit", func(ctx context.Context, st *store.Store) (any, error) { return st.CarriersOfCommit(ctx, "z") }, []store.Carrier(nil)},
		{"CarriersOfRequest", func(ctx context.Context, st *store.Store) (any, error) {
			return st.CarriersOfRequest(ctx, "acme/api", 3)
		}, []store.Carrier{carrier}},
		{"CarriersOfRequest", func(ctx context.Context, st *store.Store) (any, error) {
			return st.CarriersOfRequest(ctx, "acme/api", 4)
		}, []store.Carrier{{RepoID: "r1"}}}, // open
		{"CarriersOfRequest", func(ctx context.Context, st *store.Store) (any, error) {
			return st.CarriersOfRequest(ctx, "acme/api", 5)
		}, []store.Carrier(nil)},
		{"LinkedDeployments", func(ctx context.Context, st *store.Store) (any, error) { return st.LinkedDeployments(ctx) }, []string{"d1"}},
		{"Incidents", func(ctx context.Context, st *store.Store) (any, error) { return st.Incidents(ctx) }, []store.StoredIncident{{Source: "forge", ID: "I1", Service: "api", Title: "down", OpenedAt: day(4), ResolvedAt: day(5), Links: []fact.IncidentLink{{Kind: fact.CausedByDeployment, Target: "d1"}, {Kind: fact.CausedByDeployment, Target: "d9"}}}}},
		none("PutFailures", func(ctx context.Context, st *store.Store) error {
			return st.PutFailures(ctx, []store.Failure{{RepoID: "r1", Application: "api", Source: "forge", ID: "I1", Title: "down", How: "link", DeploymentSource: "forge", DeploymentID: "d1", DeployedAt: day(3), FailedAt: day(4), RecoveredAt: day(5)}, {Source: "forge", ID: "I2", How: "none", FailedAt: day(6)}},
				[]store.Rework{{Carrier: carrier, How: "hotfix"}}, []store.Cover{{RepoID: "r1", Application: "api", From: day(1), KnownAt: day(4)}})
		}),
		query("SELECT incident_id, how, deployed_at IS NULL, recovered_at IS NULL FROM deployment_failure ORDER BY incident_id", "I1 link false false", "I2 none true true"),
		{"StaleDelivery", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleDelivery(ctx) }, []string{"r"}},
		{"Strays", func(ctx context.Context, st *store.Store) (any, error) { return st.Strays(ctx, "company", day(9)) }, []store.Stray{{Kind: store.CountedDeployment, RepoID: "r1", Value: "production", N: 1}}},
		none("PutApplicationScopes", func(ctx context.Context, st *store.Store) error {
			return st.PutApplicationScopes(ctx, []store.ScopedApplication{{Scope: "company", RepoID: "r1", Application: "api"}})
		}),
		{"StaleIssues", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleIssues(ctx) }, []store.StoredIssue{{ProjectID: "forge/PAY", Source: "forge", Project: "PAY", ID: "1", Kind: "Bug", Title: "t", Labels: []string{"debt"}}}},
		none("PutIssues", func(ctx context.Context, st *store.Store) error {
			return st.PutIssues(ctx, []store.IssueClass{{ProjectID: "forge/PAY", ID: "1", Category: "debt", Subject: ""}})
		}),
		query("SELECT issue_key, doing_days, undone_at IS NULL FROM issue_finish", "PAY-1 2 true"),
		query("SELECT category FROM issue_class", "debt"),
		{"StaleIssues", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleIssues(ctx) }, []store.StoredIssue(nil)},
		query("SELECT COUNT(*) FROM stale_delivery WHERE repo_id = 'r1'", "0"),
		none("WritePage", func(ctx context.Context, st *store.Store) error { // issues of a forge are about changes of their repository
			issue := fact.Issue{Project: "acme/api", ID: "9", Key: "#7", OpenedAt: day(1), UpdatedAt: day(1), Links: []fact.IssueLink{{Kind: "closed by", Target: "acme/api#3"}, {Kind: "closed by", Target: "acme/apis#4"}, {Kind: "blocks", Target: "acme/api#5"}}}
			return st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", Cursor: "2", ReadAt: day(9), Delivery: fact.Delivery{Projects: []fact.Project{{Name: "acme/api"}}, Issues: []fact.Issue{issue}}})
		}),
		query("SELECT COUNT(*) FROM stale_delivery WHERE repo_id = 'r1'", "1"),
		none("PutIssues", func(ctx context.Context, st *store.Store) error {
			return st.PutIssues(ctx, []store.IssueClass{{ProjectID: "forge/acme/api", ID: "9", Category: "debt"}})
		}),
		none("PutDelivery", func(ctx context.Context, st *store.Store) error {
			return st.PutDelivery(ctx, "r1", time.Time{}, []store.PlacedDeployment{
				{Application: "api", Source: "forge", ID: "d7", SHA: "x2", At: day(3), Kind: "unplaced"}, {Application: "api", Source: "forge", ID: "d8", SHA: "x1", At: day(4), Kind: "unplaced"},
				{Application: "api", Source: "forge", ID: "d9", SHA: "x3", At: day(4), Kind: "unplaced", Changes: 1}, {Application: "api", Source: "forge", ID: "d10", At: day(4), Kind: "unplaced"}}, nil, nil)
		}),
		none("PutFailures", func(ctx context.Context, st *store.Store) error {
			return st.PutFailures(ctx, []store.Failure{{Source: "forge", ID: "I1", How: "none", FailedAt: day(4)}}, nil, nil)
		}),
		{"Strays", func(ctx context.Context, st *store.Store) (any, error) { return st.Strays(ctx, "team:pay", day(9)) }, []store.Stray{
			{Kind: store.UnknownCommit, RepoID: "r1", Application: "api", Value: "x1", N: 2}, {Kind: store.UnplacedDeployment, RepoID: "r1", Value: "production", N: 1},
			{Kind: store.NoCommit, RepoID: "r1", Application: "api", N: 1}, {Kind: store.UnknownService, Value: "api", N: 1}}},
		{"Strays", func(ctx context.Context, st *store.Store) (any, error) { return st.Strays(ctx, "team:other", day(9)) }, []store.Stray{{Kind: store.UnknownService, Value: "api", N: 1}}},
		{"Strays", func(ctx context.Context, st *store.Store) (any, error) { return st.Strays(ctx, "company", day(3)) }, []store.Stray(nil)},
		none("WritePage", func(ctx context.Context, st *store.Store) error { // of another project, and a part of an issue of the first
			issues := []fact.Issue{{Project: "acme/web", ID: "8", Key: "#5", Parent: "9", OpenedAt: day(1), UpdatedAt: day(1)}, {Project: "acme/web", ID: "7", Key: "#6", Parent: "8", OpenedAt: day(1), UpdatedAt: day(1)}}
			return st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", Cursor: "3", ReadAt: day(9), Delivery: fact.Delivery{Projects: []fact.Project{{Name: "acme/web"}}, Issues: issues}})
		}),
		none("SpreadStale", func(ctx context.Context, st *store.Store) error {
			return st.SpreadStale(ctx, func(string) []string { return []string{"acme/api#7"} }) // of a project that did not change
		}),
		query("SELECT COUNT(*) FROM stale_delivery WHERE repo_id = 'r1'", "0"),
		{"StaleIssues", func(ctx context.Context, st *store.Store) (any, error) { return st.StaleIssues(ctx) }, []store.StoredIssue{
			{ProjectID: "forge/acme/api", Source: "forge", Project: "acme/api", ID: "9", Beside: true}, {ProjectID: "forge/acme/web", Source: "forge", Project: "acme/web", ID: "7", Parent: "8"}, {ProjectID: "forge/acme/web", Source: "forge", Project: "acme/web", ID: "8", Parent: "9"}}},
		none("SpreadStale", func(ctx context.Context, st *store.Store) error {
			return st.SpreadStale(ctx, func(subject string) []string { return []string{"acme/web#5"} })
		}),
		query("SELECT COUNT(*) FROM stale_delivery WHERE repo_id = 'r1'", "0"), // no first line has the form of a mention
		none("PutIssues", func(ctx context.Context, st *store.Store) error {
			return st.PutIssues(ctx, []store.IssueClass{{ProjectID: "forge/acme/web", ID: "8", Category: "debt"}})
		}),
		{"Tied", func(ctx context.Context, st *store.Store) (any, error) {
			tied, err := st.Tied(ctx, "r1", []string{"acme/web#5", "acme/web#6", "acme/none#5"})
			return tied.Elsewhere, err
		}, map[string]string{"forge acme/web#5": "debt"}},
		none("WritePage", func(ctx context.Context, st *store.Store) error { // a part is in another project
			issue := fact.Issue{Project: "acme/api", ID: "9", Key: "#7", OpenedAt: day(1), UpdatedAt: day(2), Links: []fact.IssueLink{{Kind: "closed by", Target: "acme/api#3"}}}
			return st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", Cursor: "4", ReadAt: day(9), Delivery: fact.Delivery{Issues: []fact.Issue{issue}}})
		}),
		query("SELECT project_id FROM stale_project ORDER BY project_id", "forge/acme/api", "forge/acme/web"),
		none("PutIssues", func(ctx context.Context, st *store.Store) error {
			return st.PutIssues(ctx, []store.IssueClass{{ProjectID: "forge/acme/api", ID: "9", Category: "debt"}})
		}),
		none("PutDelivery", func(ctx context.Context, st *store.Store) error {
			return st.PutDelivery(ctx, "r1", time.Time{}, nil, nil, nil)
		}),
		{"Tied", func(ctx context.Context, st *store.Store) (any, error) { return st.Tied(ctx, "r1", nil) }, store.Tied{Forges: []string{"forge"}, ClosedBy: map[string]string{"forge#3": "debt"}, Closes: map[string]string{"forge#3": "debt"}, Numbered: map[string]string{"forge#7": "debt"}}},
		{"Tied", func(ctx context.Context, st *store.Store) (any, error) { return st.Tied(ctx, "r", nil) }, store.Tied{ClosedBy: map[string]string{}, Closes: map[string]string{}, Numbered: map[string]string{}}},
		none("WritePage", func(ctx context.Context, st *store.Store) error { // it goes, and with it what closed it
			return st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", Cursor: "5", ReadAt: day(9), Delivery: fact.Delivery{Gone: []fact.Gone{{Kind: fact.IssueItem, In: "acme/api", ID: "9"}}}})
		}),
		query("SELECT repo_id FROM stale_delivery WHERE repo_id = 'r1'", "r1"),
		query("SELECT project_id FROM stale_project ORDER BY project_id", "forge/acme/api", "forge/acme/web"),
		none("RenewDelivery", func(ctx context.Context, st *store.Store) error { return st.RenewDelivery(ctx, "2") }), // other rules: all of it again
		{"StaleDelivery", func(ctx context.Context, st *store.Store) (any, error) {
			stale, err := st.StaleDelivery(ctx)
			return fmt.Sprint(stale), err
		}, "[ r r1]"},
		none("ForgetSource", func(ctx context.Context, st *store.Store) error { return st.ForgetSource(ctx, "forge") }),
		none("Forget", func(ctx context.Context, st *store.Store) error { return st.Forget(ctx, "r1") }),
		query("SELECT (SELECT COUNT(*) FROM change_request) + (SELECT COUNT(*) FROM issue) + (SELECT COUNT(*) FROM incident) + (SELECT COUNT(*) FROM deployment)", "0"),
	}
}
