package workspace

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApplicationsAndIncidents(t *testing.T) {
	doc, err := Parse(FileName, []byte(`
teams:
  - {name: checkout, projects: [PAY, WEB]}
applications:
  - {name: shop, repository: mono, paths: [shop/, lib/a.go], services: [checkout-api], environments: [live-eu]}
  - name: admin
    repository: mono
    paths: [admin]
incidents:
  - {id: P1, deployment: none, reason: a network of others}
  - {id: P2, deployment: "987", reason: seen}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Application{
		{Name: "shop", Repository: "mono", Paths: []string{"shop", "lib/a.go"}, Services: []string{"checkout-api"}, Environments: []string{"live-eu"}, Line: 5},
		{Name: "admin", Repository: "mono", Paths: []string{"admin"}, Line: 6},
	}
	if diff := cmp.Diff(want, doc.Applications); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]IncidentCause{{"P1", "", "a network of others", 10}, {"P2", "987", "seen", 11}}, doc.Incidents); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"PAY", "WEB"}, doc.Teams[0].Projects); diff != "" {
		t.Error(diff)
	}
}

func TestWebhook(t *testing.T) {
	for entry, want := range map[string]string{
		"{system: webhook, files: {items: a.jsonl}, token_env: A}":          "",
		"{system: webhook, token_env: A}":                                   "a webhook without the file that keeps what comes",
		"{system: webhook, files: {events: a.jsonl}, token_env: A}":         "a webhook without the file that keeps what comes",
		"{system: webhook, files: {items: a.jsonl}}":                        "a webhook without a secret",
		"{system: csv, files: {items: a.jsonl}}":                            `unknown kind of file "items"`,
		"{system: webhook, files: {items: a.jsonl, b: c}, token_file: key}": "a webhook without the file",
	} {
		_, err := Parse(FileName, []byte("systems:\n  - "+entry+"\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", entry, err, want)
		}
	}
}

// TestHookOfASystem: those that are asked by their API may say that something changed.
func TestHookOfASystem(t *testing.T) {
	for entry, want := range map[string]string{
		"{system: github, hook_env: A}":                                   "",
		"{system: gitlab, hook_file: secret}":                             "",
		"{system: github, hook_env: A, hook_file: secret}":                "both hook_env and hook_file",
		"{system: github, hook_env: 'the secret itself'}":                 "not the name of a variable",
		"{system: pagerduty, hook_env: A}":                                "pagerduty does not say here when something changes",
		"{system: cdevents, files: {events: e.jsonl}, hook_env: A}":       "cdevents does not say here when something changes",
		"{system: jira, address: 'https://acme.example', hook_env: A}":    "",
		"{system: forgejo, address: 'https://acme.example', hook_env: A}": "",
	} {
		_, err := Parse(FileName, []byte("systems:\n  - "+entry+"\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", entry, err, want)
		}
	}
}
