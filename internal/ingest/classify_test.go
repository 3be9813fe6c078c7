package ingest

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
)

func TestKeyIn(t *testing.T) {
	for text, want := range map[string]string{
		"PAY-12 Pay later":                    "PAY-12",
		"Pay later pay-12-new-button":         "PAY-12",
		"Fix UTF-8 encoding (PAY-12)":         "PAY-12",
		"Use SHA-256 instead of MD-5 [web-3]": "WEB-3",
		"Mend CVE-2024-1234":                  "",
		"2024-11-12 release":                  "",
		"Ask for RFC-9110":                    "",
		"X2-7: parts":                         "X2-7",
		"nothing":                             "",
	} {
		if got := keyIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestVersionAlone: what is called after a version is a release of the product; what names something
// besides is not.
func TestVersionAlone(t *testing.T) {
	for title, want := range map[string]bool{
		"v1.2.3": true, "1.2.3-rc.1": true, "Bump version to 1.2.3": true, "Version 2.0": true, "bump to v3.4.0 ": true, "[2.0.1+build.5]": true,
		"grpc 1.2.3": false, "Bump grpc to 1.2.3": false, "Update to Rails 7.1": false, "": false, "version": false, "12": false,
	} {
		if got := versionAlone.MatchString(title); got != want {
			t.Errorf("%q: %v", title, got)
		}
	}
}

func TestMentions(t *testing.T) {
	for _, tt := range []struct {
		title, branch string
		commits       []string
		want          []string
	}{
		{"Mention #7, fixes #12", "", nil, []string{"#12", "#7", "#12"}},
		{"Closes: issue #3", "", nil, []string{"#3", "#3"}},
		{"Resolve GH-4", "", nil, []string{"#4", "#4"}},
		{"A button (#12)", "12-a-button", []string{"Part of #8", "fixed #9"}, []string{"#9", "#12", "#8", "#9", "#12"}},
		{"A button", "fix/issue-12", nil, nil},
		{"A button", "issue-12", nil, []string{"#12"}},
		{"A button", "hotfix/12_now", nil, []string{"#12"}},
		{"A button", "release-12", nil, nil},
		{"See Acme/Web#5 (#6)", "", []string{"fix acme/web/sub#8"}, []string{"acme/web/sub#8", "acme/web#5", "#6", "acme/web/sub#8"}},
		{"x#6 and &#39; and 1.#4 and https://h/a/b#12", "v2-12", nil, nil},
		{"Prefix #5a", "", nil, nil},
	} {
		got := mentions(append([]string{tt.title, tt.branch}, tt.commits...))
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q on %q with %q: %q, want %q", tt.title, tt.branch, tt.commits, got, tt.want)
		}
	}
}

// FuzzMentions: whatever a change says, a mention is a number, alone or after a repository's name
// in small letters; and keys of trackers are in capitals.
func FuzzMentions(f *testing.F) {
	f.Add("fixes acme/web#5, GH-4", "12-a-button", "PAY-12: see #3")
	f.Add("https://h/a/b#1", "pay-7", "a/b/c#9 UTF-8")
	form := regexp.MustCompile(`^(?:[\pL\w.-]+(?:/[\pL\w.-]+)+)?#\d{1,9}$`)
	f.Fuzz(func(t *testing.T, title, branch, commit string) {
		told := []string{title, branch, commit}
		all := mentions(told)
		for _, m := range all {
			if !form.MatchString(m) || m != strings.ToLower(m) {
				t.Errorf("%q: %q", told, m)
			}
		}
		for _, m := range elsewhere(all) {
			if strings.HasPrefix(m, "#") {
				t.Errorf("%q: %q is of no other repository", told, m)
			}
		}
		if key := keyIn(strings.Join(told, " ")); key != strings.ToUpper(key) || key != "" && !strings.Contains(key, "-") {
			t.Errorf("%q: %q", told, key)
		}
	})
}

// TestIssuesOfAForge: a change is of the category of the issue that it closes or names, in whatever
// order both are told, and also when the issue says something else later. What names nothing is
// judged by itself.
func TestIssuesOfAForge(t *testing.T) {
	ctx := context.Background()
	at := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	request := func(number int64, title, head string) fact.ChangeRequest {
		return fact.ChangeRequest{Repository: "acme/api", Number: number, Title: title, Head: head, State: fact.RequestMerged, MergeSHA: title, OpenedAt: at, UpdatedAt: at, MergedAt: at, ClosedAt: at, Author: fact.Identity{Name: "ann"}}
	}
	closing := func(r fact.ChangeRequest, issues ...string) fact.ChangeRequest {
		r.Closes = issues
		return r
	}
	issue := func(repository, key, kind string, updated time.Time, links ...fact.IssueLink) fact.Issue {
		return fact.Issue{Project: repository, ID: repository + key, Key: key, Kind: kind, OpenedAt: at, UpdatedAt: updated, Links: links}
	}
	requests := source.Page{Stream: "requests", Cursor: "1", Delivery: fact.Delivery{ChangeRequests: []fact.ChangeRequest{
		request(11, "fixes #1", ""), request(12, "a button", "2-a-button"), request(13, "linked by the forge", ""), request(14, "fix what has no issue", ""), request(15, "see #4", ""), request(16, "fix #5, says who opened it", ""),
		closing(request(17, "says it in its description", ""), "acme/web#6", "acme/api#2"), closing(request(18, "of a tracker", ""), "UTF-8", "PAY-7")}}}
	issues := source.Page{Stream: "issues", Cursor: "1", Delivery: fact.Delivery{Projects: []fact.Project{{Name: "acme/api"}, {Name: "acme/web"}, {Name: "Acme/Web"}}, Issues: []fact.Issue{
		issue("acme/api", "#1", "Story", at), issue("acme/api", "#2", "Chore", at), issue("acme/web", "#3", "Story", at, fact.IssueLink{Kind: "closed by", Target: "acme/api#13"}), issue("acme/web", "#4", "Story", at), issue("acme/api", "#5", "nothing", at), issue("Acme/Web", "#6", "Story", at)}}}
	by := Delivering{Categories: []Rule{{Category: "new_value", Types: []string{"Story"}}, {Category: "debt", Types: []string{"Chore"}}, {Category: "unplanned", Words: []string{"fix"}}}}
	expected := "fixes #1 new_value\na button debt\nlinked by the forge new_value\nfix what has no issue unplanned\nsee #4 \nfix #5, says who opened it unplanned\nsays it in its description new_value\nof a tracker "
	for name, runs := range map[string][][]source.Page{"at once": {{requests, issues}}, "issues first": {{issues}, {requests}}, "changes first": {{requests}, {issues}}} {
		t.Run(name, func(t *testing.T) {
			st, forge := openStore(t, ""), &told{name: "forge"}
			opts := Options{Now: func() time.Time { return at }, Feeds: []Feed{{Feed: forge}}, Delivering: by}
			run := func(pages []source.Page) {
				t.Helper()
				forge.pages = pages
				if results, err := Run(ctx, st, nil, opts); err != nil || results[0].Err != nil {
					t.Fatal(results, err)
				}
			}
			for _, pages := range runs {
				run(pages)
			}
			const categories = "SELECT title || ' ' || category FROM change_delivery ORDER BY change_key"
			want(t, st, categories, expected)
			later := source.Page{Stream: "issues", Cursor: "2", Delivery: fact.Delivery{Issues: []fact.Issue{issue("acme/api", "#1", "Chore", at.AddDate(0, 0, 1))}}}
			run([]source.Page{later})
			want(t, st, categories, "fixes #1 debt"+expected[len("fixes #1 new_value"):])
			want(t, st, "SELECT issue_key FROM change_delivery WHERE title = 'of a tracker'", "PAY-7")
			run([]source.Page{{Stream: "issues", Cursor: "3", Delivery: fact.Delivery{Issues: []fact.Issue{issue("Acme/Web", "#6", "Chore", at.AddDate(0, 0, 1))}}}}) // of another repository
			const described = "SELECT category FROM change_delivery WHERE title = 'says it in its description'"
			want(t, st, described, "debt")
			run([]source.Page{{Stream: "issues", Cursor: "4", Delivery: fact.Delivery{Gone: []fact.Gone{{Kind: fact.IssueItem, In: "Acme/Web", ID: "Acme/Web#6"}}}}})
			want(t, st, described, "debt") // then it is about acme/api#2
			run([]source.Page{{Stream: "issues", Cursor: "5", Delivery: fact.Delivery{Gone: []fact.Gone{{Kind: fact.IssueItem, In: "acme/api", ID: "acme/api#2"}}}}})
			want(t, st, described, "")
			moved := issue("acme/web", "#3", "Story", at.AddDate(0, 0, 2)) // and nothing closed it
			run([]source.Page{{Stream: "issues", Cursor: "6", Delivery: fact.Delivery{Issues: []fact.Issue{moved}}}})
			want(t, st, "SELECT category FROM change_delivery WHERE title = 'linked by the forge'", "")
		})
	}
}

// TestIssuesElsewhere: a change is about the issue of another repository that a commit of it names,
// about the one that closed_by of another system says, and a part of an issue is what that issue
// is, wherever it is; in whatever order all of it is told, and after the issues changed.
func TestIssuesElsewhere(t *testing.T) {
	ctx := context.Background()
	at := time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)
	commits := func(subjects ...string) fact.Delivery {
		var d fact.Delivery
		for n, s := range subjects {
			d.ChangeRequests = append(d.ChangeRequests, fact.ChangeRequest{Repository: "acme/api", Number: int64(n + 1), Title: s, State: fact.RequestMerged, MergeSHA: s, OpenedAt: at, UpdatedAt: at, MergedAt: at, ClosedAt: at, Author: fact.Identity{Name: "ann"}})
		}
		return d
	}
	issue := func(project, id, kind, parent string, updated time.Time, links ...fact.IssueLink) fact.Issue {
		return fact.Issue{Project: project, ID: id, Key: "#" + id, Kind: kind, Parent: parent, OpenedAt: at, UpdatedAt: updated, Links: links}
	}
	requests := source.Page{Stream: "requests", Cursor: "1", Delivery: commits("fix acme/web#1", "see Acme/Road#3, fixes acme/web#2", "nobody says", "see acme/none#1")}
	issues := source.Page{Stream: "issues", Cursor: "1", Delivery: fact.Delivery{Projects: []fact.Project{{Name: "acme/web"}, {Name: "acme/road"}}, Issues: []fact.Issue{
		issue("acme/web", "1", "Story", "", at), issue("acme/web", "2", "", "3", at), issue("acme/road", "3", "Chore", "", at)}}}
	rows := source.Page{Stream: "rows", Cursor: "1", Delivery: fact.Delivery{Projects: []fact.Project{{Name: "HAND"}}, Issues: []fact.Issue{
		issue("HAND", "3", "Story", "", at, fact.IssueLink{Kind: "closed by", Target: "acme/api#3"})}}}
	const categories = "SELECT title || ': ' || category FROM change_delivery ORDER BY change_key"
	for name, order := range map[string][]int{"issues first": {1, 0}, "changes first": {0, 1}, "at once": nil} {
		t.Run(name, func(t *testing.T) {
			st, forge, hand := openStore(t, ""), &told{name: "forge"}, &told{name: "hand", pages: []source.Page{rows}}
			opts := Options{Now: func() time.Time { return at }, Feeds: []Feed{{Feed: forge}, {Feed: hand}},
				Delivering: Delivering{Categories: []Rule{{Category: "new_value", Types: []string{"Story"}}, {Category: "debt", Types: []string{"Chore"}}}}}
			run := func(pages ...source.Page) {
				t.Helper()
				forge.pages = pages
				if results, err := Run(ctx, st, nil, opts); err != nil || results[0].Err != nil {
					t.Fatal(results, err)
				}
			}
			if order == nil {
				run(requests, issues)
			}
			for _, n := range order {
				run([]source.Page{requests, issues}[n])
			}
			want(t, st, categories, "fix acme/web#1: new_value\nsee Acme/Road#3, fixes acme/web#2: debt\nnobody says: new_value\nsee acme/none#1: ")
			later := at.AddDate(0, 0, 1)
			run(source.Page{Stream: "issues", Cursor: "2", Delivery: fact.Delivery{Issues: []fact.Issue{issue("acme/road", "3", "Story", "", later)}}})
			want(t, st, categories, "fix acme/web#1: new_value\nsee Acme/Road#3, fixes acme/web#2: new_value\nnobody says: new_value\nsee acme/none#1: ")
			run(source.Page{Stream: "issues", Cursor: "3", Delivery: fact.Delivery{Gone: []fact.Gone{{Kind: fact.IssueItem, In: "acme/web", ID: "1"}, {Kind: fact.IssueItem, In: "acme/road", ID: "3"}}}})
			want(t, st, categories, "fix acme/web#1: \nsee Acme/Road#3, fixes acme/web#2: \nnobody says: new_value\nsee acme/none#1: ")
		})
	}
}
