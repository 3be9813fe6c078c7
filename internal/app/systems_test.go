package app_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSystemsThatTellNothing: a file that is there and says nothing is no green light; doctor and
// the sources of a diagnosis say what is lacking, what that costs, and what to do. What one
// system tells is not missed in another; one that fails says what that costs.
func TestSystemsThatTellNothing(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	const heading = "repository,id,environment,sha,result,started_at\n"
	write(t, filepath.Join(dir, "deployments.csv"), heading)
	write(t, filepath.Join(dir, "incidents.csv"), "id,opened_at\nI1,2024-05-01\n")
	write(t, filepath.Join(dir, "builds.csv"), "repository,id,sha,result,queued_at,finished_at\nshop,1,abc,success,2024-05-01,2024-05-01\n")
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\nsystems:\n"+
		"  - {system: csv, name: a, files: {deployments: deployments.csv, incidents: incidents.csv}}\n  - {system: csv, name: b, files: {builds: builds.csv}}\n"+
		"  - {system: pagerduty, token_env: NOT_THERE}\n")
	r := h.run("doctor", "--workspace", dir)
	said := strings.Join(strings.Fields(r.out), " ")
	for _, want := range []string{
		"warning csv:a: no deployments: deployments.csv has a heading and no rows; unknown without: DORA's five metrics",
		"do: write rows into deployments.csv",
		"warning csv:a: no column resolved_at of incidents.csv: no row says it; unknown without: failed deployment recovery time",
		"ok csv:b: reads builds.csv: builds",
		"failed api.pagerduty.com: the token of pagerduty: the variable NOT_THERE is not set unknown until it is read: change failure rate, failed deployment recovery time",
	} {
		if r.code != 1 || !strings.Contains(said, want) {
			t.Errorf("status %d; doctor does not say %q:\n%s", r.code, want, r.out)
		}
	}
	for _, not := range []string{"csv:a: no builds", "csv:b: no incidents"} { // the other one has them
		if strings.Contains(said, not) {
			t.Errorf("doctor says %q:\n%s", not, r.out)
		}
	}
	notes := func() (all string) {
		for _, s := range h.diagnosis("diagnose", "--workspace", dir).Sources {
			for _, n := range s.Notes {
				all += s.Name + ": " + strings.Join(strings.Fields(n), " ") + "\n"
			}
		}
		return all
	}
	all := notes()
	for _, want := range []string{
		"csv:a: no deployments: deployments.csv has a heading and no rows; unknown without: DORA's five metrics: write rows into deployments.csv\n",
		"api.pagerduty.com: unknown until it is read: change failure rate, failed deployment recovery time, deployment rework rate\n",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no source says %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "no builds") {
		t.Errorf("builds are missed, though they are told:\n%s", all)
	}
	write(t, filepath.Join(dir, "deployments.csv"), heading+"shop,1,production,abc,success,2024-05-01\n")
	if all := notes(); strings.Contains(all, "no deployments") {
		t.Errorf("deployments are missed, though they are told:\n%s", all)
	}
}

// TestSystemsOnOneHost: each says which it is, by its name, by what is read there, or by what it is.
func TestSystemsOnOneHost(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\nsystems:\n"+
		"  - {system: github, name: shops, projects: [acme/shop, acme/till], token_env: NOT_THERE}\n  - {system: github, projects: [acme/a, acme/b, acme/c, acme/d], token_env: NOT_THERE}\n  - {system: github, token_env: NOT_THERE}\n"+
		"  - {system: jira, address: https://dev.example.com/jira, projects: [PAY], token_env: NOT_THERE}\n  - {system: jenkins, address: https://dev.example.com/ci, projects: [PAY], token_env: NOT_THERE}\n"+
		"  - {system: pagerduty, name: alone, token_env: NOT_THERE}\n")
	want := []string{"github.com (shops)", "github.com (acme/a, acme/b, acme/c and 1 more)", "github.com (github)", "dev.example.com (jira PAY)", "dev.example.com (jenkins PAY)", "api.pagerduty.com"}
	r := h.run("doctor", "--workspace", dir)
	for _, name := range want {
		if r.code != 1 || strings.Count(r.out, name+": the token of ") != 1 {
			t.Errorf("status %d; doctor does not say once that %q cannot be read:\n%s", r.code, name, r.out)
		}
	}
	var names []string
	for _, s := range h.diagnosis("diagnose", "--workspace", dir).Sources {
		names = append(names, s.Name)
	}
	for _, name := range want {
		if !slices.Contains(names, name) {
			t.Errorf("no source is %q: %q", name, names)
		}
	}
}

// TestFilesThatAreNotThere: doctor says of every kind of file system what stays unknown without it.
func TestFilesThatAreNotThere(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\nsystems:\n  - {system: cdevents, name: a, files: {events: events.jsonl}}\n"+
		"  - {system: webhook, name: b, files: {items: items.jsonl}, token_env: SECRET}\n  - {system: csv, name: c, files: {builds: builds.csv}}\n")
	h.env = append(h.env, "SECRET=a-shared-secret-of-some-length")
	r := h.run("doctor", "--workspace", dir)
	said := strings.Join(strings.Fields(r.out), " ")
	for _, want := range []string{
		"failed cdevents:a: " + filepath.Join(dir, "events.jsonl") + " is not there unknown until it is read: cycle time and its stages",
		"failed webhook:b: " + filepath.Join(dir, "items.jsonl") + " is not there unknown until it is read: lead and cycle time of issues",
		"failed csv:c: " + filepath.Join(dir, "builds.csv") + " is not there unknown until then: builds that succeed",
	} {
		if r.code != 1 || !strings.Contains(said, want) {
			t.Errorf("status %d; doctor does not say %q:\n%s", r.code, want, r.out)
		}
	}
}

// TestCorrectionsThatFitNothing are named with their line, and no guess takes their place.
func TestCorrectionsThatFitNothing(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	write(t, filepath.Join(dir, "deployments.csv"), "repository,application,id,environment,sha,result,started_at\nshop,shop,d1,production,abc,success,2024-05-01 10:00\nshop,shop,d2,production,abd,success,2024-05-03 10:00\n")
	write(t, filepath.Join(dir, "incidents.csv"), "id,opened_at,service\nI1,2024-05-01 11:00,shop\nI2,2024-05-01 12:00,shop\nI3,2024-05-01 13:00,shop\nI4,2024-05-01 14:00,shop\n")
	write(t, filepath.Join(dir, "diarchy.yaml"), "company:\n  name: Example\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\n"+
		"systems:\n  - {system: csv, files: {deployments: deployments.csv, incidents: incidents.csv}}\n"+
		"incidents:\n  - {id: I1, deployment: d1, reason: seen}\n  - {id: I2, deployment: d9, reason: a typing error}\n  - {id: I3, deployment: d2, reason: it came later}\n  - {id: I9, deployment: d1, reason: no such incident}\n")
	wants := []string{
		"What caused incident I2, as diarchy.yaml:9 corrects it: no deployment d9 to production is known that did not fail.",
		"What caused incident I3, as diarchy.yaml:10 corrects it: deployment d2 came after the incident began.",
		"What caused incident I9, as diarchy.yaml:11 corrects it: no incident of that id is known.",
	}
	missing := ""
	for _, m := range h.diagnosis("diagnose", "--workspace", dir).Missing {
		missing += m.What + "\n"
	}
	r := h.run("doctor", "--workspace", dir)
	doctor := strings.Join(strings.Fields(r.out), " ")
	for _, want := range wants {
		if !strings.Contains(missing, want) {
			t.Errorf("the diagnosis does not miss %q:\n%s", want, missing)
		}
		if !strings.Contains(doctor, "warning incidents: "+want) {
			t.Errorf("doctor does not say %q:\n%s", want, r.out)
		}
	}
	if strings.Contains(missing+doctor, "incident I1") {
		t.Errorf("a correction that fits is named:\n%s%s", missing, r.out)
	}
	blamed := h.ok("facts", "deployment_failure", "--workspace", dir)
	for _, want := range []string{"I1,correction,d1", "I2,unfit correction,", "I3,unfit correction,", "I4,service,d1"} {
		id, how, _ := strings.Cut(want, ",")
		how, deployment, _ := strings.Cut(how, ",")
		found := false
		for line := range strings.Lines(blamed) {
			found = found || strings.Contains(line, ","+id+",") && strings.Contains(line, ","+how+",") && strings.Contains(line, ","+deployment+",")
		}
		if !found {
			t.Errorf("not blamed as %q:\n%s", want, blamed)
		}
	}
}

// TestSystemThatIsGone: what a system told stays when its entry goes, and doctor says so, until
// it is forgotten; one that is read is not forgotten.
func TestSystemThatIsGone(t *testing.T) {
	h, dir := newHome(t), t.TempDir()
	write(t, filepath.Join(dir, "deployments.csv"), "application,id,environment,sha,result,started_at\nalone,d1,production,abc,success,2024-05-01\n")
	write(t, filepath.Join(dir, "issues.csv"), "project,id,category,opened_at\nPAY,1,todo,2024-05-01\n")
	document := "company:\n  name: Example\nsources:\n  - {git: " + smallRepo(t) + ", name: shop}\nsystems:\n  - {system: csv, name: kept, files: {issues: issues.csv}}\n"
	write(t, filepath.Join(dir, "diarchy.yaml"), document+"  - {system: csv, name: gone, files: {deployments: deployments.csv}}\n")
	stored := func() string {
		t.Helper()
		return h.ok("facts", "deployment", "--workspace", dir) + h.ok("facts", "issue", "--workspace", dir)
	}
	if out := stored(); !strings.Contains(out, "d1") || !strings.Contains(out, "PAY") {
		t.Fatalf("stored:\n%s", out)
	}
	if r := h.run("sync", "--workspace", dir, "--forget", "csv:gone"); r.code != 2 || !strings.Contains(r.err, "csv:gone is still read") {
		t.Errorf("a system that is read: %d %s", r.code, r.err)
	}
	write(t, filepath.Join(dir, "diarchy.yaml"), document)
	doctor := func() string { return strings.Join(strings.Fields(h.ok("doctor", "--workspace", dir)), " ") }
	if out := doctor(); !strings.Contains(out, "warning csv:gone: stored of it: 1 item; diarchy.yaml names it no longer") || !strings.Contains(out, "diarchy sync --forget csv:gone") || strings.Contains(out, "--forget csv:kept") {
		t.Errorf("doctor says\n%s", out)
	}
	if r := h.run("sync", "--workspace", dir, "--forget", "csv:other"); r.code != 2 {
		t.Errorf("a system that never was: %d %s", r.code, r.err)
	}
	h.ok("sync", "--workspace", dir, "--forget", "csv:gone")
	if out := stored(); strings.Contains(out, "d1") || !strings.Contains(out, "PAY") {
		t.Errorf("stored after it:\n%s", out)
	}
	if out := doctor(); strings.Contains(out, "csv:gone") {
		t.Errorf("doctor says\n%s", out)
	}
}

// TestDeliveriesThatFitNothing: what is read and counts nowhere is counted with the values that were
// told, and the line to write stands beside: in doctor, the diagnosis and the metrics. Written, it helps.
func TestDeliveriesThatFitNothing(t *testing.T) {
	h, repo := newHome(t), smallRepo(t)
	shas := strings.Fields(git(t, repo, "rev-list", "--reverse", "HEAD"))
	for name, c := range map[string]struct {
		application, told, environment string
		sha                            func(string) string
		service                        string
		metric, what, do, applications string
	}{
		"environment": {environment: "production-eu", service: "shop", metric: "deployment_frequency",
			what: "4 deployments of shop are in an environment that is not taken for production: production-eu (4)",
			do:   "applications: [{name: shop, repository: shop, environments: [production-eu]}]", applications: "  - {name: shop, repository: shop, environments: [production-eu]}\n"},
		"application": {application: "  - {name: shop, repository: shop, services: [shop]}\n", told: "Shop Frontend", environment: "production", service: "shop", metric: "deployment_frequency",
			what: "4 deployments are of no application that is known: Shop Frontend (4)",
			do:   "services: [shop, Shop Frontend]", applications: "  - {name: shop, repository: shop, services: [shop, Shop Frontend]}\n"},
		"commits": {environment: "production", sha: func(sha string) string { return strings.Repeat("0", 8) + sha[8:] }, service: "shop", metric: "change_lead_time",
			what: "4 deployments of shop are of a commit that no history holds here, such as 00000000", do: "sources: [{git: PATH, branch: BRANCH}]"},
		"service": {environment: "production", service: "Shop Web Service", metric: "failed_deployment_recovery_time",
			what: "1 incident is of a service of no application: Shop Web Service (1)",
			do:   "applications: [{name: shop, repository: shop, services: [Shop Web Service]}]", applications: "  - {name: shop, repository: shop, services: [Shop Web Service]}\n"},
		"first digits": {environment: "production", sha: func(sha string) string { return sha[:8] }, service: "shop"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			rows := "repository,application,id,environment,sha,result,started_at\n"
			for i, sha := range shas {
				if c.sha != nil {
					sha = c.sha(sha)
				}
				rows += fmt.Sprintf("shop,%s,d%d,%s,%s,success,2024-03-04 1%d:00\n", c.told, i, c.environment, sha, i)
			}
			write(t, filepath.Join(dir, "deployments.csv"), rows)
			write(t, filepath.Join(dir, "incidents.csv"), "id,opened_at,resolved_at,service\nI1,2024-03-04 15:00,2024-03-04 16:00,"+c.service+"\n")
			document := "company:\n  name: Example\nsources:\n  - {git: " + repo + ", name: shop}\nsystems:\n  - {system: csv, files: {deployments: deployments.csv, incidents: incidents.csv}}\napplications:\n"
			doctor := func(applications string) string {
				write(t, filepath.Join(dir, "diarchy.yaml"), document+applications)
				h.ok("sync", "--workspace", dir)
				return strings.Join(strings.Fields(h.ok("doctor", "--workspace", dir)), " ")
			}
			said := map[string]string{"doctor": doctor(c.application)}
			if c.what == "" {
				if strings.Contains(said["doctor"], "warning deliveries") {
					t.Errorf("doctor says %s", said["doctor"])
				}
				return
			}
			said[c.metric] = strings.Join(strings.Fields(h.ok("metric", "show", c.metric, "--workspace", dir)), " ")
			if name == "environment" {
				d := h.diagnosis("diagnose", "--workspace", dir)
				for _, m := range d.Missing {
					said["the diagnosis"] += m.What + " " + m.How + "\n"
				}
				if !strings.Contains(d.Delivery.Summary, "what they tell fits none of the numbers") {
					t.Errorf("the section on delivery says %q", d.Delivery.Summary)
				}
			}
			for where, text := range said {
				if !strings.Contains(text, c.what) || !strings.Contains(text, c.do) {
					t.Errorf("%s does not say %q and %q:\n%s", where, c.what, c.do, text)
				}
			}
			if c.applications == "" {
				return
			}
			if after := doctor(c.applications); strings.Contains(after, "warning deliveries") {
				t.Errorf("after the line was written, doctor says %s", after)
			}
		})
	}
}
