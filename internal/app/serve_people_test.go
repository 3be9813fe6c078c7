package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/diarchy/diarchy/internal/workspace"
)

// checkNobodyIsMeasured asks every page, every address of the interface and every tool
// for the numbers of a person, in all ways that one could think of: each refuses, or
// answers as if nothing had been asked. And nothing that is answered has a number beside a
// person (P0).
func (s *serving) checkNobodyIsMeasured(t *testing.T, c *http.Client, rooms []string) {
	doc, err := workspace.LoadOrganisation(filepath.Join(s.dir, workspace.OrganisationFile))
	if err != nil {
		t.Fatal(err)
	}
	p := privacy{t: t, s: s, named: map[string]bool{}}
	for _, one := range doc.People {
		for _, name := range append([]string{one.ID, one.Name}, one.Emails...) {
			p.named[name] = len(name) > 3 // ceo, cto and vpe are roles, too
		}
		if p.ways == nil && len(one.Emails) > 0 && one.Name != "" {
			p.ways = []string{one.ID, one.Name, one.Emails[0]}
		}
	}
	token := s.token(c, "read:diagnosis read:delivery read:organisation read:agreement read:decisions read:forecast read:data read:people")
	p.pages(c, rooms)
	p.programs(token)
	p.tools(token)
	if p.asked < 1000 || p.seen < 20 {
		t.Errorf("only %d questions were asked, and %d people seen", p.asked, p.seen)
	}
	t.Logf("%d questions", p.asked)
}

type privacy struct {
	t           *testing.T
	s           *serving
	ways        []string        // to call one of the people
	named       map[string]bool // all people
	asked, seen int
}

// scopes of a person, by whatever they could be called.
func (p *privacy) scopes() (out []string) {
	for _, name := range p.ways {
		out = append(out, "person:"+name, name)
	}
	for _, kind := range []string{"Person:", "people:", "author:", "identity:", "member:", "account:", "engineer:"} {
		out = append(out, kind+p.ways[0])
	}
	return append(out, "person:1", "identity:1")
}

// parameters by which a person could be asked for where there is no scope.
var parameters = []string{"person", "author", "who", "of", "identity", "member", "email", "name", "group_by", "sort", "rank"}

func (p *privacy) get(c *http.Client, path, token string) (int, string) {
	p.t.Helper()
	p.asked++
	r, err := http.NewRequest(http.MethodGet, p.s.address+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// add puts a parameter to an address.
func add(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		panic(err) // a sample of the test itself
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// asking asks an address for a person, in every way.
func (p *privacy) asking(c *http.Client, path, token string) {
	p.t.Helper()
	code, plain := p.get(c, path, token)
	if code != http.StatusOK {
		p.t.Errorf("%s: %d %.200s", path, code, plain)
	}
	for _, scope := range p.scopes() { // an interface without parts of the company takes no notice
		code, text := p.get(c, add(path, "scope", scope), token)
		if refused := slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusForbidden}, code); !refused && (token == "" || text != plain) {
			p.t.Errorf("%s of %q: %d %.2000s", path, scope, code, cmp.Diff(plain, text))
		}
	}
	for _, name := range parameters {
		if strings.Contains(path, name+"=") || name == "of" && strings.Contains(path, "/forecast") {
			continue // what the sample is about, and what an item is
		}
		if code, text := p.get(c, add(path, name, p.ways[0]), token); code < 400 && text != plain {
			p.t.Errorf("%s with %s=%s answers something else: %d %.2000s", path, name, p.ways[0], code, cmp.Diff(plain, text))
		}
	}
	p.holds(path, plain)
}

func (p *privacy) pages(c *http.Client, rooms []string) {
	for _, path := range rooms {
		if !strings.HasPrefix(path, "/account") && !strings.HasPrefix(path, "/administration") {
			p.asking(c, add(path, "format", "json"), "")
		}
	}
	for _, path := range []string{"/metrics/", "/explain/"} {
		for _, way := range p.scopes() {
			if code, text := p.get(c, path+url.PathEscape(way), ""); code != http.StatusNotFound {
				p.t.Errorf("%s%s: %d %.200s", path, way, code, text)
			}
		}
	}
}

func (p *privacy) programs(token string) {
	_, text := p.get(http.DefaultClient, "/api/v1/openapi.json", token)
	var doc struct{ Paths map[string]any }
	if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Paths) < 10 {
		p.t.Fatal(len(doc.Paths), err)
	}
	for path := range doc.Paths {
		address := apiAddress(path)
		if strings.Contains(path, "{") {
			for _, way := range p.scopes() {
				one := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, url.PathEscape(way))
				if code, text := p.get(http.DefaultClient, one, token); code != http.StatusNotFound {
					p.t.Errorf("%s: %d %.200s", one, code, text)
				}
			}
		}
		p.asking(http.DefaultClient, address, token)
	}
}

func (p *privacy) tools(token string) {
	session, err := mcp.NewClient(&mcp.Implementation{Name: "assistant"}, nil).Connect(p.t.Context(), &mcp.StreamableClientTransport{
		Endpoint: p.s.address + "/mcp", HTTPClient: &http.Client{Transport: bearing(token)}, MaxRetries: -1}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	defer session.Close() //nolint:errcheck // asked for nothing more
	tools, err := session.ListTools(p.t.Context(), nil)
	if err != nil || len(tools.Tools) < 9 {
		p.t.Fatal(len(tools.Tools), err)
	}
	ask := func(tool string, args map[string]any) (string, bool) {
		p.asked++
		res, err := session.CallTool(p.t.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
		if err != nil {
			return err.Error(), false
		}
		text, _ := json.Marshal(res.StructuredContent)
		return string(text), !res.IsError
	}
	for _, tool := range tools.Tools {
		args := map[string]any{}
		switch tool.Name {
		case "explain":
			args["name"] = "N6"
		case "metric":
			args["name"] = "throughput"
		case "when_done":
			args["items"] = "40"
		}
		text, ok := ask(tool.Name, args)
		if !ok {
			p.t.Errorf("%s: %.300s", tool.Name, text)
		}
		p.holds(tool.Name, text)
		for _, name := range append([]string{"scope"}, parameters...) {
			before, was := args[name]
			for _, way := range p.scopes() {
				args[name] = way
				if text, ok := ask(tool.Name, args); ok {
					p.t.Errorf("%s with %s %q: %.300s", tool.Name, name, way, text)
				}
			}
			if delete(args, name); was {
				args[name] = before
			}
		}
	}
}

// TestCommandsMeasureNobody asks every command that takes a part of the company for a person (P0).
func TestCommandsMeasureNobody(t *testing.T) {
	h, dir, taken := newHome(t), t.TempDir(), 0
	write(t, filepath.Join(dir, "diarchy.yaml"), "company: {name: Example}\nsources:\n  - {git: "+smallRepo(t)+", name: shop}\n")
	write(t, filepath.Join(dir, "organisation.yaml"), "people:\n  - {id: ann, name: Ann Other, emails: [ann@example.com], role: engineer, manager: none}\n")
	p := privacy{ways: []string{"ann", "Ann Other", "ann@example.com"}}
	for _, command := range commandsOf(h, nil) {
		help := h.ok(append(slices.Clone(command), "--help")...)
		for _, flag := range []string{"--of", "--scope"} {
			if !strings.Contains(help, flag+" ") {
				continue
			}
			taken++
			for _, way := range p.scopes() {
				args := append(slices.Clone(command), flag, way)
				switch {
				case slices.Contains(command, "metric"):
					args = append(args, "throughput")
				case slices.Contains(command, "forecast"):
					args = append(args, "--items", "40")
				}
				if r := h.run(append(args, "--workspace", dir)...); r.code != 2 || !strings.Contains(r.err, "there is no scope") && !strings.Contains(r.err, "nothing that is counted") {
					t.Errorf("%s: %d %.200s%.200s", args, r.code, r.out, r.err)
				}
			}
		}
	}
	if taken < 4 {
		t.Errorf("%d commands take a part of the company", taken)
	}
}

// commandsOf are all commands below one, by its own help.
func commandsOf(h home, above []string) (out [][]string) {
	_, list, ok := strings.Cut(h.ok(append(slices.Clone(above), "--help")...), "Commands:\n")
	if !ok {
		return [][]string{above}
	}
	list, _, _ = strings.Cut(list, "\n\nFlags:")
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+) +`).FindAllStringSubmatch(list, -1) {
		out = append(out, commandsOf(h, append(slices.Clone(above), m[1]))...)
	}
	return out
}

// holds looks for a number beside somebody's name.
func (p *privacy) holds(where, text string) {
	p.t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		p.t.Errorf("%s: %v: %.200s", where, err, text)
		return
	}
	p.walk(where, "", v)
}

// structure are the numbers of a place in the chart, which are no measure of who has it: how far it is
// from the top, and how many report there. Of these the widest is named, so that it can be mended.
var structure = []string{"depth", "reports", "below"}

func (p *privacy) walk(where, at string, v any) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			p.walk(where, at+"[]", one)
		}
	case map[string]any:
		who, numbers := "", []string{}
		for key, one := range v {
			switch one := one.(type) {
			case string:
				if p.named[one] {
					who = key
				}
			case float64:
				if !slices.Contains(structure, key) && v["label"] != "widest span" {
					numbers = append(numbers, key)
				}
			}
			if p.named[key] {
				p.t.Errorf("%s: %s has the key of a person", where, at)
			}
			p.walk(where, at+"."+key, one)
		}
		if who != "" {
			p.seen++
		}
		if who != "" && len(numbers) > 0 {
			p.t.Errorf("%s: %s has %q beside the person %s: %s", where, at, numbers, who, fmt.Sprint(v))
		}
	}
}
