package fact

import (
	"regexp"
	"slices"
	"testing"
)

// What GitHub and GitLab document as closing, and what is none of it.
func TestCloses(t *testing.T) {
	for _, c := range []struct {
		title, description string
		want               []string
	}{
		{"A button", "Closes #10", []string{"acme/api#10"}},
		{"A button", "Fixes octo-org/octo-repo#100, resolves #123.", []string{"octo-org/octo-repo#100", "acme/api#123"}},
		{"A button", "FIXED: GH-7", []string{"acme/api#7"}},
		{"A button", "Closes #4, #6, and group/sub/project#7", []string{"acme/api#4", "acme/api#6", "group/sub/project#7"}},
		{"A button", "implements #1 and #2\nimplemented #3", []string{"acme/api#1", "acme/api#2", "acme/api#3"}},
		{"A button", "Closing issue #5 and issues #5", []string{"acme/api#5"}},
		{"A button", "resolves PROJ-7, PAY_2-8", []string{"PROJ-7", "PAY_2-8"}},
		{"A button", "Resolves https://gitlab.example.com/Group/project/-/issues/23", []string{"group/project#23"}},
		{"A button", "fix https://github.com/acme/web/issues/9 and https://example.atlassian.net/browse/PAY-3", []string{"acme/web#9", "PAY-3"}},
		{"A button", "fixes HTTPS://Example.com/Browse/PAY-3 and https://h/a/b/Issues/4", []string{"PAY-3", "a/b#4"}},
		{"Fix #2 and see Acme/Web#12", "", []string{"acme/api#2", "acme/web#12"}},
		{"acme/web#12: a button", "Fixes #3", []string{"acme/api#3", "acme/web#12"}},

		{"See #2", "Part of #3, after PAY-3; see acme/web#12", nil}, // closes nothing
		{"A button", "<!-- Fixes #123 -->\n```\nfixes #4\n```\nand `closes #5`", nil},
		{"A button", "prefixes #5, unresolved #6, fixes web#7, closes step-2, fixes #8a", nil},
		{"https://example.com/a/b#12", "fixes the bug of #4", nil},
	} {
		if got := Closes("Acme/api", c.title, c.description); !slices.Equal(got, c.want) {
			t.Errorf("%q, %q: %q, want %q", c.title, c.description, got, c.want)
		}
	}
}

// On GitLab, project#12 is an issue of the same group. On other forges it is none.
func TestClosesNearby(t *testing.T) {
	for _, c := range []struct {
		title, description string
		want               []string
	}{
		{"A button", "Closes web#12 and #3, Group/Sub/Project#7", []string{"acme/shop/web#12", "acme/shop/api#3", "group/sub/project#7"}},
		{"web#12: a button", "See web#13", []string{"acme/shop/web#12"}},
		{"A button", "`closes web#12`", nil},
	} {
		if got := ClosesNearby("Acme/shop/api", c.title, c.description); !slices.Equal(got, c.want) {
			t.Errorf("%q, %q: %q, want %q", c.title, c.description, got, c.want)
		}
	}
}

func TestClosedIssue(t *testing.T) {
	for ref, want := range map[string]string{"#12": "acme/api#12", "GH-7": "acme/api#7", "Acme/Web#12": "acme/web#12", "PAY-3": "PAY-3", "https://github.com/acme/web/issues/9": "acme/web#9",
		"web#12": "acme/web#12", "12": "", "pay-3": "", "#12 and #13": "", "closes #12": "", "": ""} {
		if got, ok := ClosedIssue("Acme/api", ref); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", ref, got, want)
		}
	}
}

func FuzzCloses(f *testing.F) {
	f.Add("Fix #2", "Closes #4, acme/web#6 and https://h/a/b/-/issues/1")
	f.Add("", "fixes https://h/Browse/PAY-1, HTTPS://H/Issues/1")
	f.Add("", "fixes https://h/Browse/Issues/1")
	f.Add("a/b#1", "fixes https://h/issues/1, https://h/browse/PAY-1")
	form := regexp.MustCompile(`^(?:[\pL\w./-]*#\d{1,9}|[A-Z][A-Z0-9_]+-\d{1,9})$`)
	f.Fuzz(func(t *testing.T, title, description string) {
		said := append(Closes("acme/api", title, description), ClosesNearby("acme/api", title, description)...)
		if one, ok := ClosedIssue("acme/api", title); ok {
			said = append(said, one)
		}
		for _, issue := range said {
			if !form.MatchString(issue) {
				t.Errorf("%q, %q: %q", title, description, issue)
			}
		}
	})
}
