package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/store"
)

// deliverySteps store what systems tell: again, in another order, with less news than
// is stored, and deletions.
func deliverySteps() []step {
	points := 3.0
	request := func(updated int, state fact.RequestState, labels ...string) fact.ChangeRequest {
		r := fact.ChangeRequest{Repository: "acme/api", Number: 12, Title: "it's ü", Author: ann, State: state, Base: "main", Head: "x", HeadSHA: "h",
			OpenedAt: day(2), UpdatedAt: day(updated), Added: 4, Deleted: fact.Uncounted, Files: 1, Labels: labels, Closes: []string{"PAY-1", "acme/api#2"},
			Commits: []fact.RequestCommit{{SHA: "q1", AuthoredAt: day(1)}}, Events: []fact.RequestEvent{{Kind: fact.Approved, Actor: bob, At: day(3)}}}
		if state == fact.RequestMerged {
			r.Paths, r.PathsSay = []string{"go.mod"}, "upgrade"
			r.MergedAt, r.ClosedAt, r.MergeSHA = day(updated), day(updated), "m"
		}
		return r
	}
	issue := func(project string, updated int, category fact.IssueCategory) fact.Issue {
		return fact.Issue{Project: project, ID: "1001", Key: project + "-1", Kind: "Bug", Title: "é", Status: string(category), Category: category, Points: &points, OpenedAt: day(1), UpdatedAt: day(updated),
			Labels: []string{"debt", "debt"}, Transitions: []fact.Transition{{From: "New", To: "Work", FromCategory: fact.IssueToDo, ToCategory: fact.IssueDoing, At: day(2)}},
			Sprints: []fact.SprintSpan{{SprintID: "7", AddedAt: day(1)}}, Links: []fact.IssueLink{{Kind: "blocks", Target: "PAY-2"}}}
	}
	incident := func(updated int, severity string) fact.Incident {
		return fact.Incident{ID: "P1", Service: "checkout", Title: "down", Severity: severity, OpenedAt: day(4), UpdatedAt: day(updated), Links: []fact.IncidentLink{{Kind: fact.CausedByCommit, Target: "m"}}}
	}
	build := func(result fact.Result, finished time.Time) fact.Build {
		return fact.Build{Repository: "acme/api", ID: "5", Attempt: 1, Pipeline: "ci", SHA: "m", Branch: "main", Result: result, QueuedAt: day(3), FinishedAt: finished}
	}
	deploy := func(updated int, result fact.Result) fact.Deployment {
		return fact.Deployment{Repository: "acme/api", ID: "d1", Environment: "production", SHA: "m", Result: result, StartedAt: day(4), UpdatedAt: day(updated)}
	}
	page := func(cursor string, d fact.Delivery) step {
		return none("WritePage", func(ctx context.Context, st *store.Store) error {
			repos, err := st.ForgeRepositories(ctx, "forge")
			if err != nil {
				return err
			}
			return st.WritePage(ctx, store.Page{Source: "forge", Stream: "all", Cursor: cursor, ReadAt: day(9), Delivery: d, Repositories: repos, Skipped: []fact.Skipped{{What: "reviews", Why: "forbidden", Count: 1}}, Fresh: cursor == "1"})
		})
	}
	completed := func(on int, atLatest bool) fact.Sprint {
		return fact.Sprint{Project: "PAY", ID: "7", Name: "S 7", StartedAt: day(1), EndsAt: day(8), CompletedAt: day(on), AtLatest: atLatest}
	}
	return []step{
		none("PutForgeRepository", func(ctx context.Context, st *store.Store) error {
			return st.PutForgeRepository(ctx, "forge", "acme/api", "forge/acme/api")
		}),
		page("1", fact.Delivery{ChangeRequests: []fact.ChangeRequest{request(5, fact.RequestMerged, "b"), request(4, fact.RequestOpen, "a")}, Projects: []fact.Project{{Name: "PAY", Title: "Payments"}},
			Issues: []fact.Issue{issue("PAY", 3, fact.IssueDoing)}, Sprints: []fact.Sprint{{Project: "PAY", ID: "7", Name: "S", StartedAt: day(1)}, {Project: "PAY", ID: "7", Name: "S 7", StartedAt: day(1), EndsAt: day(8)}},
			Builds: []fact.Build{build(fact.Succeeded, day(4)), build(fact.Failed, day(3)), build(fact.Running, time.Time{})}, Deployments: []fact.Deployment{deploy(5, fact.Succeeded), deploy(4, fact.Running)}, Incidents: []fact.Incident{incident(5, "high"), incident(4, "low")}}),
		page("2", fact.Delivery{ChangeRequests: []fact.ChangeRequest{request(4, fact.RequestOpen, "old")}, Builds: []fact.Build{build(fact.Running, time.Time{})}, Deployments: []fact.Deployment{deploy(4, fact.Failed)}, Incidents: []fact.Incident{incident(4, "low")}}), // older than what is stored
		query("SELECT repo_id, number, state, added, deleted IS NULL, CAST(merged_at AS date) FROM change_request", "forge/acme/api 12 merged 4 true 2024-01-05"),
		query("SELECT paths_say FROM change_request", "upgrade"),
		query("SELECT c.sha, e.kind, l.label FROM change_request_commit c JOIN change_request_event e ON e.number = c.number JOIN change_request_label l ON l.number = c.number", "q1 approved b"),
		query("SELECT repo_id, source, number, position, issue FROM change_request_close ORDER BY position", "forge/acme/api forge 12 0 PAY-1", "forge/acme/api forge 12 1 acme/api#2"),
		query("SELECT result, finished_at IS NULL FROM build", "success false"),
		query("SELECT result, environment FROM deployment", "success production"),
		query("SELECT i.severity, l.kind, l.target FROM incident i JOIN incident_link l ON l.incident_id = i.incident_id", "high commit m"),
		query("SELECT name, CAST(ends_at AS date) FROM sprint", "S 7 2024-01-08"),
		page("2", fact.Delivery{Sprints: []fact.Sprint{completed(9, true)}}),
		page("2", fact.Delivery{Sprints: []fact.Sprint{completed(20, true)}}), // edited later
		query("SELECT CAST(completed_at AS date) FROM sprint", "2024-01-09"),
		page("2", fact.Delivery{Sprints: []fact.Sprint{completed(8, true)}}),
		query("SELECT CAST(completed_at AS date) FROM sprint", "2024-01-08"),
		page("2", fact.Delivery{Sprints: []fact.Sprint{completed(21, false)}}), // begun again, and completed once more
		query("SELECT CAST(completed_at AS date) FROM sprint", "2024-01-21"),
		page("3", fact.Delivery{Issues: []fact.Issue{issue("WEB", 6, fact.IssueDone)}}), // it moved to another project
		query("SELECT i.project_id, i.category, i.points, t.to_category, l.label, k.target, s.sprint_id FROM issue i JOIN issue_transition t ON t.project_id = i.project_id JOIN issue_label l ON l.project_id = i.project_id JOIN issue_link k ON k.project_id = i.project_id JOIN sprint_issue s ON s.project_id = i.project_id", "forge/WEB done 3 doing debt PAY-2 7"),
		query("SELECT COUNT(*) FROM issue_transition", "1"),
		none("PutForgeRepository", func(ctx context.Context, st *store.Store) error { // its clone is there now
			return st.PutForgeRepository(ctx, "forge", "acme/api", "r")
		}),
		{"ForgeRepositories", func(ctx context.Context, st *store.Store) (any, error) { return st.ForgeRepositories(ctx, "forge") }, map[string]string{"acme/api": "r"}},
		{"NamedCommits", func(ctx context.Context, st *store.Store) (any, error) { return st.NamedCommits(ctx, "r") }, []string{"m"}},
		{"Told", func(ctx context.Context, st *store.Store) (any, error) { return st.Told(ctx) }, map[string]map[fact.ItemKind]int{"forge": {fact.RequestItem: 1, fact.IssueItem: 1, fact.SprintItem: 1, fact.BuildItem: 1, fact.DeploymentItem: 1, fact.IncidentItem: 1}}},
		{"ProjectIDs", func(ctx context.Context, st *store.Store) (any, error) { return st.ProjectIDs(ctx) }, map[string][]string{"PAY": {"forge/PAY"}}},
		query("SELECT c.repo_id, l.repo_id, d.repo_id FROM change_request c JOIN change_request_label l ON l.number = c.number CROSS JOIN deployment d", "r r r"),
		{"Streams", func(ctx context.Context, st *store.Store) (any, error) { return st.Streams(ctx) }, []store.Stream{{Source: "forge", Stream: "all", Cursor: "3", ReadAt: day(9)}}},
		none("ReadWhole", func(ctx context.Context, st *store.Store) error {
			return errors.Join(st.ReadWhole(ctx, "forge", day(10)), st.ReadWhole(ctx, "other", day(11)))
		}),
		query("SELECT CAST(read_at AS date) FROM feed_stream", "2024-01-10"),
		none("ReadWhole", func(ctx context.Context, st *store.Store) error {
			return errors.Join(st.ReadWhole(ctx, "forge", day(12), "others"), st.ReadWhole(ctx, "forge", day(11), "all", "others"))
		}),
		query("SELECT CAST(read_at AS date) FROM feed_stream", "2024-01-11"),
		none("ForgetStreams", func(ctx context.Context, st *store.Store) error {
			return errors.Join(st.WritePage(ctx, store.Page{Source: "other", Stream: "all", ReadAt: day(9)}), st.WritePage(ctx, store.Page{Source: "forge", Stream: "old", ReadAt: day(9)}), st.ForgetStreams(ctx, "forge", []string{"all", "new"}))
		}),
		query("SELECT source, stream FROM feed_stream ORDER BY source", "forge all", "other all"),
		none("ForgetStreams", func(ctx context.Context, st *store.Store) error {
			return st.ForgetStreams(ctx, "other", []string{"none"})
		}),
		none("PutProjectScopes", func(ctx context.Context, st *store.Store) error {
			return errors.Join(st.PutProjectScopes(ctx, map[string][]store.Belonging{"old": {{ID: "x"}}}), st.PutProjectScopes(ctx, map[string][]store.Belonging{"company": {{ID: "forge/WEB", Period: store.Period{Until: day(2)}}}}))
		}),
		query("SELECT scope, project_id, CAST(since AS date), CAST(until AS date) FROM scope_project", "company forge/WEB 1900-01-01 2024-01-02"),
		page("4", fact.Delivery{Gone: []fact.Gone{{Kind: fact.RequestItem, In: "acme/api", ID: "12"}, {Kind: fact.IssueItem, In: "WEB", ID: "1001"}, {Kind: fact.DeploymentItem, In: "acme/api", ID: "d1"}, {Kind: fact.IncidentItem, ID: "P1"}}}),
		query("SELECT (SELECT COUNT(*) FROM change_request) + (SELECT COUNT(*) FROM change_request_event) + (SELECT COUNT(*) FROM change_request_close) + (SELECT COUNT(*) FROM issue) + (SELECT COUNT(*) FROM deployment) + (SELECT COUNT(*) FROM incident) + (SELECT COUNT(*) FROM incident_link)", "0"),
		none("WritePage", func(ctx context.Context, st *store.Store) error {
			return st.WritePage(ctx, store.Page{Source: "forge", Stream: "builds", ReadAt: day(9), Whole: []fact.ItemKind{fact.BuildItem, fact.SprintItem}, Delivery: fact.Delivery{Builds: []fact.Build{{Repository: "acme/api", ID: "6", Result: fact.Running, QueuedAt: day(9)}}}, Repositories: map[string]string{"acme/api": "r"}})
		}),
		query("SELECT build_id FROM build", "6"),
		query("SELECT COUNT(*) FROM sprint", "0"),
		query("SELECT what, n FROM skipped WHERE location = 'forge all'", "reviews 1"),
		none("ForgetSource", func(ctx context.Context, st *store.Store) error { return st.ForgetSource(ctx, "forge") }),
		query("SELECT (SELECT COUNT(*) FROM build) + (SELECT COUNT(*) FROM project) + (SELECT COUNT(*) FROM sprint) + (SELECT COUNT(*) FROM feed_stream) + (SELECT COUNT(*) FROM skipped)", "0"),
	}
}
