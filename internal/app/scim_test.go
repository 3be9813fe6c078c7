package app

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/diarchy/diarchy/internal/account"
	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/workspace"
)

// TestProvisioning: who is no longer active at the identity provider is out of the
// document, and of the server at the next request (T2).
func TestProvisioning(t *testing.T) {
	dir := t.TempDir()
	document := filepath.Join(dir, "organisation.yaml")
	for name, text := range map[string]string{
		"diarchy.yaml":      "company: {name: Example}\n",
		"organisation.yaml": "people:\n  - {id: grace, emails: [grace@example.com], manager: none}\n  - {id: ada, emails: [ada@example.com], manager: grace, start: 2020-01-01}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := newProgram([]string{"HOME=" + dir}, os.Stderr)
	scope := cli.Scope{Workspace: dir}
	h, err := p.provisioning(scope)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path, body string) {
		t.Helper()
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(method, path, strings.NewReader(body)))
		if rec.Code != 200 {
			t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
	}
	operations := func(s string) string {
		return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + s + `]}`
	}
	// ask what the next request would: with the document as it is then
	answer := func(session string) (err error) {
		t.Helper()
		if e := p.withAccounts(t.Context(), scope, true, func(accounts *account.Service) error {
			_, err = accounts.Session(t.Context(), session)
			return nil
		}); e != nil {
			t.Fatal(e)
		}
		return err
	}
	var session string
	if err := p.withAccounts(context.Background(), scope, true, func(accounts *account.Service) error {
		link, _, err := accounts.Create(t.Context(), account.Operator(), account.Invite{Name: "ada", Person: "ada"})
		if err != nil {
			return err
		}
		session, err = accounts.Accept(t.Context(), link, "a sentence nobody guesses", account.Credentials{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ask("PATCH", "/Users/ada", operations(`{"op":"Replace","path":"title","value":"Engineer"}`))
	if err := answer(session); err != nil {
		t.Fatalf("with another title: %v", err)
	}
	ask("PATCH", "/Users/ada", operations(`{"op":"Replace","path":"active","value":"False"}`))
	if err := answer(session); !errors.Is(err, account.ErrRefused) {
		t.Errorf("not active any more: %v", err)
	}
	text, err := os.ReadFile(document)
	if err != nil || !strings.Contains(string(text), "ada@example.com") || !strings.Contains(string(text), "end: ") {
		t.Errorf("%v\n%s", err, text)
	}
}

// TestProvisioningBesideRooms: an identity provider and a room change the organisation
// document at once, and nothing that either wrote is lost.
func TestProvisioningBesideRooms(t *testing.T) {
	const people = 12
	dir := t.TempDir()
	text := "people:\n"
	for i := range people {
		text += fmt.Sprintf("  - {id: p%d, emails: [p%d@example.com], manager: none}\n", i, i)
	}
	for name, text := range map[string]string{"diarchy.yaml": "company: {name: Example}\n", "organisation.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := newProgram([]string{"HOME=" + dir}, os.Stderr)
	scope := cli.Scope{Workspace: dir}
	provider, err := p.provisioning(scope)
	if err != nil {
		t.Fatal(err)
	}
	room := &served{p: p, host: &host{program: p, scope: scope}, writes: &writing{}}
	var all sync.WaitGroup
	for i := range people {
		all.Go(func() {
			body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"title","value":"Engineer %d"}]}`, i)
			rec := httptest.NewRecorder()
			provider.ServeHTTP(rec, httptest.NewRequest("PATCH", fmt.Sprintf("/Users/p%d", i), strings.NewReader(body)))
			if rec.Code != 200 {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
		})
		all.Go(func() {
			if err := room.Join(t.Context(), fmt.Sprintf("other%d@example.com", i), fmt.Sprintf("p%d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	doc, err := workspace.LoadOrganisation(filepath.Join(dir, "organisation.yaml"))
	if err != nil || len(doc.People) != people {
		t.Fatalf("%v", err)
	}
	for i, one := range doc.People {
		title := one.Job.Title
		for _, c := range one.Changes {
			title = c.Title
		}
		if title != fmt.Sprint("Engineer ", i) || len(one.Emails) != 2 {
			t.Errorf("%+v", one)
		}
	}
}
