package app_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/diarchy/diarchy/internal/app"
	"github.com/diarchy/diarchy/internal/htmltest"
	"github.com/diarchy/diarchy/internal/web"
	"github.com/diarchy/diarchy/internal/workspace"
)

// serving is the program as it serves a workspace.
type serving struct {
	t       *testing.T
	dir     string // the workspace
	address string
	link    string // of the first start
	stop    func() (status int, took time.Duration)
	log     *lockedBuffer
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serveDemo serves the demo company.
func serveDemo(t *testing.T) *serving {
	t.Helper()
	dir := readDemo(t)
	plan(t, dir)
	return serveDir(t, dir)
}

func serveDir(t *testing.T, dir string, env ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	s := &serving{t: t, dir: dir, log: &lockedBuffer{}}
	ended := make(chan int, 1)
	go func() {
		ended <- app.Run(ctx, []string{"serve", "--workspace", dir, "--listen", "127.0.0.1:0", "--every", "24h"}, append(newHome(t).env, env...), strings.NewReader(""), in, s.log)
		in.Close()
	}()
	var once sync.Once
	s.stop = func() (status int, took time.Duration) {
		once.Do(func() {
			began := time.Now()
			cancel()
			status, took = <-ended, time.Since(began)
		})
		return status, took
	}
	t.Cleanup(func() { s.stop() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "Diarchy is at "); ok {
			s.address = rest
		}
		if _, rest, ok := strings.Cut(lines.Text(), "http://"); ok && strings.Contains(rest, "link=") {
			s.link = "http://" + rest
			break
		}
	}
	if s.link == "" {
		t.Fatalf("no link was printed; the log: %s", s.log)
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // what else is printed
	for range 600 {
		if resp, err := http.Get(s.address + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return s
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("never ready; the log: %s", s.log)
	return nil
}

// warm waits until what rooms show first is worked out.
func (s *serving) warm() {
	s.t.Helper()
	for range 3000 { // five minutes: other tests run beside it
		if strings.Contains(s.log.String(), `msg="rooms are ready"`) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.t.Fatalf("never judged; the log: %s", s.log)
}

const sentence = "a sentence that nobody guesses"

// client signs in as the first administrator, who also leads alone.
func (s *serving) client() *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	u, err := url.Parse(s.link)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := c.PostForm(s.address+"/enter/first", url.Values{"link": {u.Query().Get("link")}, "name": {"ada"}, "password": {sentence}, "role": {"both"}, "to": {"/help"}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK || !strings.Contains(string(text), "How to get around") {
		s.t.Fatalf("the first account: status %d\n%.500s", resp.StatusCode, text)
	}
	return c
}

func (s *serving) get(c *http.Client, path string) (int, string) {
	s.t.Helper()
	resp, err := c.Get(s.address + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// pages are the addresses of the site that answer with a page, with samples that the demo
// company has something to show at.
var pages = map[string][]string{
	"GET /enter":                {"/enter", "/enter?link=none"},
	"GET /{$}":                  {"/"},
	"GET /vpe":                  {"/vpe"},
	"GET /cto":                  {"/cto"},
	"GET /delivery":             {"/delivery"},
	"GET /forecast":             {"/forecast", "/forecast?items=40", "/forecast?work=Checkout%3D40,+Search%3D20-30&growth=0.5/week"},
	"GET /numbers":              {"/numbers", "/numbers?scope=team:ledger"},
	"GET /metrics/{name}":       {"/metrics/throughput", "/metrics/joiners"},
	"GET /explain/{what}":       {"/explain/verdict", "/explain/N6", "/explain/load", "/explain/joiners"},
	"GET /agreement":            {"/agreement"},
	"GET /agreement/decide":     {"/agreement/decide", "/agreement/decide?q=a+new+cloud+vendor", "/agreement/decide?reach=company&cost=500"},
	"GET /agreement/drift":      {"/agreement/drift"},
	"GET /agreement/agenda":     {"/agreement/agenda"},
	"GET /agreement/versions":   {"/agreement/versions"},
	"GET /organisation":         {"/organisation"},
	"GET /organisation/people":  {"/organisation/people"},
	"GET /organisation/plans":   {"/organisation/plans", "/organisation/plans?do=hire", "/organisation/plans?do=split&cut=data", "/organisation/plans?file=" + demoPlan},
	"GET /organisation/plan":    {"/organisation/plan?file=" + demoPlan},
	"GET /decisions":            {"/decisions"},
	"GET /decisions/record":     {"/decisions/record?id=insights:docs/adr/0002-split-the-read-model-from-the-ledger.md"},
	"GET /data":                 {"/data"},
	"GET /playbook":             {"/playbook", "/playbook?group=stage"},
	"GET /search":               {"/search?q=debt"},
	"GET /help":                 {"/help"},
	"GET /account":              {"/account"},
	"GET /administration":       {"/administration"},
	"GET /administration/audit": {"/administration/audit"},
}

// noPages are the addresses that are read and answer with something else.
var noPages = []string{"GET /healthz", "GET /readyz", "GET /metrics", "GET /assets/{file}", "GET /enter/with", "GET /enter/back", "GET /scim/v2/{path...}"}

// demoPages are samples of every page that the router knows: the doors, and the rooms behind
// them. A route that is neither a page nor none fails the test.
func demoPages(t *testing.T) (doors, rooms []string) {
	t.Helper()
	known := map[string]bool{}
	for _, r := range new(web.Server).Routes() {
		known[r.Pattern] = true
		samples, page := pages[r.Pattern]
		switch {
		case !strings.HasPrefix(r.Pattern, "GET ") || slices.Contains(noPages, r.Pattern):
		case !page:
			t.Errorf("%s: nobody has said where its page can be seen", r.Pattern)
		case r.Access.Open:
			doors = append(doors, samples...)
		default:
			rooms = append(rooms, samples...)
		}
	}
	for pattern := range pages {
		if !known[pattern] {
			t.Errorf("%s: there is no such route", pattern)
		}
	}
	return doors, rooms
}

// demoPlan is a file of scenarios about the demo company.
const demoPlan = "growth"

// plan writes a scenario, which the demo company does not have of its own.
func plan(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "scenarios", demoPlan+".yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("scenarios:\n  - name: Growth\n    growth: {low: 0.2, high: 0.5}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestServe(t *testing.T) {
	doors, rooms := demoPages(t)
	s := serveDemo(t)
	s.warm()
	t.Run("nothing is open without an account", func(t *testing.T) {
		for _, path := range rooms {
			resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(s.address + path)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/enter?to=") {
				t.Errorf("%s: status %d", path, resp.StatusCode)
			}
		}
		if code, text := s.get(http.DefaultClient, "/healthz"); code != 200 || text != "ok\n" {
			t.Errorf("healthz: %d %q", code, text)
		}
	})
	c := s.client()
	t.Run("pages", func(t *testing.T) { s.checkPages(t, c, append(doors, rooms...)) })
	t.Run("programs", func(t *testing.T) { s.checkPrograms(t, c) })
	t.Run("nobody is measured", func(t *testing.T) { s.checkNobodyIsMeasured(t, c, rooms) })
	t.Run("an assistant", func(t *testing.T) { s.checkAssistant(t, c) })
	t.Run("the link is good once", func(t *testing.T) {
		u, _ := url.Parse(s.link)
		resp, err := http.PostForm(s.address+"/enter/first", url.Values{"link": {u.Query().Get("link")}, "name": {"eve"}, "password": {sentence}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("a second time: status %d", resp.StatusCode)
		}
	})
	t.Run("it stops", func(t *testing.T) {
		status, took := s.stop()
		if status != 0 && status != 1 || took > 10*time.Second {
			t.Errorf("status %d after %v", status, took)
		}
		for line := range strings.Lines(s.log.String()) {
			if strings.Contains(line, "level=ERROR") || strings.Contains(line, "ada") || strings.Contains(line, "link=") {
				t.Errorf("the log says %s", line)
			}
		}
	})
}

// token makes an API token on the page of one's own account.
func (s *serving) token(c *http.Client, grants string) string {
	s.t.Helper()
	resp, err := c.PostForm(s.address+"/account/tokens", url.Values{"name": {"a program"}, "grants": {grants}, "days": {"1"}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	token := regexp.MustCompile(`diarchy_[A-Za-z0-9_-]{20,}`).FindString(string(text))
	if token == "" {
		s.t.Fatalf("no token: status %d\n%.500s", resp.StatusCode, text)
	}
	return token
}

// checkPrograms asks every described address with a token, and holds what is answered about
// the demo company against the description.
func (s *serving) checkPrograms(t *testing.T, c *http.Client) {
	token := s.token(c, "read:diagnosis read:delivery read:organisation read:agreement read:decisions read:forecast read:data read:people")
	ask := func(path, token string) (int, []byte) {
		r, err := http.NewRequest(http.MethodGet, s.address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, text
	}
	_, text := ask("/api/v1/openapi.json", token)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("api.json", doc); err != nil {
		t.Fatal(err)
	}
	paths, _ := doc.(map[string]any)["paths"].(map[string]any)
	if len(paths) < 10 {
		t.Errorf("%d addresses are described", len(paths))
	}
	for path := range paths {
		address := apiAddress(path)
		code, text := ask(address, token)
		if code != http.StatusOK {
			t.Errorf("%s: %d %.300s", address, code, text)
			continue
		}
		schema, err := compiler.Compile("api.json#/paths/" + strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(path) + "/get/responses/200/content/application~1json/schema")
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s does not fit its description: %.600s", address, err)
		}
	}
	checkExplanations(t, s.dir, func(metric string) string {
		code, text := ask("/api/v1/explanations/"+metric, token)
		if code != http.StatusOK {
			t.Errorf("the explanation of %s: %d %.300s", metric, code, text)
		}
		return string(text)
	})
	few := s.token(c, "read:decisions")
	for path, want := range map[string]int{"/api/v1/diagnosis": 403, "/api/v1/decisions": 200, "/metrics": 404, "/administration": 404} {
		if code, _ := ask(path, few); code != want {
			t.Errorf("%s with read:decisions: %d, want %d", path, code, want)
		}
	}
	if code, _ := ask("/api/v1/diagnosis", "diarchy_none"); code != http.StatusUnauthorized {
		t.Errorf("with no token of ours: %d", code)
	}
	if code, text := ask("/metrics", token); code != http.StatusOK || !strings.Contains(string(text), "diarchy_request_seconds") || regexp.MustCompile(`\bada\b`).Match(text) {
		t.Errorf("what an operator watches: %d %.300s", code, text)
	}
}

// apiAddress is an address of the interface that the demo company answers.
func apiAddress(path string) string {
	path = strings.NewReplacer("{name}", "change_lead_time", "{id}", url.PathEscape("insights:docs/adr/0001-use-idempotency-keys-on-writes.md"), "{of}", "N6").Replace(path)
	if strings.HasSuffix(path, "/forecast") {
		path += "?items=40"
	}
	return path
}

// checkPages holds every page against what it may weigh and take, once it is warm.
func (s *serving) checkPages(t *testing.T, c *http.Client, paths []string) {
	style := regexp.MustCompile(`href="(/assets/style-[0-9a-f]+\.css)"`)
	script := regexp.MustCompile(`src="(/assets/[a-z]+-[0-9a-f]+\.js)"`)
	var slowest time.Duration // the second time; make bench measures what it takes
	for _, path := range paths {
		if code, text := s.get(c, path); code != http.StatusOK {
			t.Errorf("%s: status %d\n%.300s", path, code, text)
			continue
		}
		began := time.Now()
		_, text := s.get(c, path)
		slowest = max(slowest, time.Since(began))
		page := packed(text) + packed(s.file(c, style.FindStringSubmatch(text)[1]))
		charts := 0
		for _, m := range script.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "charts-") {
				charts += packed(s.file(c, m[1]))
			} else {
				page += packed(s.file(c, m[1]))
			}
		}
		if page > 60_000 || page+charts > 300_000 {
			t.Errorf("%s weighs %d bytes, %d with charts", path, page, page+charts)
		}
	}
	t.Logf("the slowest page takes %v", slowest)
	_, text := s.get(c, "/vpe?format=csv")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	if rows, err := r.ReadAll(); err != nil || len(rows) < 50 {
		t.Errorf("the VPE's room as CSV has %d rows, %v", len(rows), err)
	}
}

func (s *serving) file(c *http.Client, path string) string {
	_, text := s.get(c, path)
	return text
}

// packed is the size of a text as it is sent.
func packed(text string) int {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text)) // memory does not fail
	_ = z.Close()
	return b.Len()
}

// TestTwoLeadersWorkInABrowser drives the rooms as a person does.
func TestTwoLeadersWorkInABrowser(t *testing.T) {
	doors, rooms := demoPages(t)
	tb := htmltest.New(t)
	s := serveDemo(t)
	s.forgetAddress()
	notAgreed(t, s.dir)
	s.warm()
	b := &hand{tb, s}
	tb.Viewport(1280)

	b.accessible(append(doors, strings.TrimPrefix(s.link, s.address)))
	tb.Load(s.link) // make the first account
	b.do(chromedp.SendKeys("input[name=name]", "ada"), chromedp.SendKeys("input[name=password]", sentence), chromedp.SetValue("select[name=role]", "both"), chromedp.Click("main button"))
	b.sees("Split the role now")
	b.do(chromedp.Click("form.who button")) // out, and in again by name
	b.sees("Sign in")
	b.do(chromedp.SendKeys("input[name=name]", "ada"), chromedp.SendKeys("input[name=password]", sentence), chromedp.Click("main button"))
	b.sees("Split the role now: a VP of Engineering is missing")
	if n := htmltest.Eval[int](tb, `document.querySelectorAll("#decide .items > li").length`); n < 1 || n > 3 {
		t.Errorf("%d things to decide now", n)
	}

	b.do(chromedp.Click(`.lede a`)) // the chain down to commits
	b.sees("published rules that apply")
	if !regexp.MustCompile(`20\d\d-\d\d-\d\d [a-z]+ [0-9a-f]{12}`).MatchString(b.text()) {
		t.Error("the chain of the verdict does not end at commits")
	}

	b.accessible(append(rooms, "/vpe?as_of=no-day"))
	b.showsOnceWhatIsSecret()
	b.sharesAnAddress()
	b.makesAPlanByKeyboard()
	b.signsTheAgreement()
	b.recordsAnOutcome()
	b.correctsAnIdentity()

	tb.Load(s.address + "/") // export
	if got := htmltest.Eval[string](tb, `fetch(document.querySelector(".exports a").href).then(r => r.text())`); !strings.Contains(got, "Split the role now") {
		t.Errorf("the export holds %.200s", got)
	}
	b.do(chromedp.Click("form.who button"))
	b.sees("Sign in")
	tb.Load(s.address + "/vpe")
	b.sees("Sign in")
	if got := tb.Foreign(s.address); len(got) > 0 {
		t.Errorf("requests: %q", got)
	}
	for _, got := range tb.Complaints() {
		// A signature for somebody else is refused, and a merge of no teams.
		if !strings.Contains(got, "status of 422") && !strings.Contains(got, "status of 400") {
			t.Errorf("console: %q", got)
		}
	}
}

// forgetAddress takes an address away from somebody of the organisation, so that commits
// by it are nobody's.
func (s *serving) forgetAddress() {
	s.t.Helper()
	path := filepath.Join(s.dir, workspace.OrganisationFile)
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	changed := bytes.Replace(text, []byte("emails: [lars.nordvall@example.com], "), nil, 1)
	if bytes.Equal(changed, text) {
		s.t.Fatal("the demo company has nobody called so any more")
	}
	if err := os.WriteFile(path, changed, 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// hand does in the browser what a person does.
type hand struct {
	*htmltest.Tab
	s *serving
}

func (b *hand) do(actions ...chromedp.Action[chromedp.Void]) {
	b.s.t.Helper()
	ctx, cancel := context.WithTimeout(b.Context, 30*time.Second)
	defer cancel()
	for i, a := range actions {
		if _, err := chromedp.Run(ctx, a); err != nil {
			b.s.t.Fatalf("action %d: %v; the page says: %.600s", i, err, b.text())
		}
	}
}

func (b *hand) text() string { return htmltest.Eval[string](b.Tab, `document.body.innerText`) }

// sees waits for a text on the page.
func (b *hand) sees(text string) {
	b.s.t.Helper()
	for range 1800 {
		got, err := chromedp.Run(b.Context, chromedp.Evaluate[string](`document.readyState === "complete" ? document.body.innerText : ""`))
		if err == nil && strings.Contains(got, text) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.s.t.Fatalf("%q is not seen: %.1500s", text, b.text())
}

// looks are how pages are looked at: wide and light, narrow and dark.
var looks = []struct {
	width  int64
	scheme string
}{{1280, "light"}, {320, "dark"}}

func (b *hand) accessible(paths []string) {
	b.s.t.Helper()
	for _, look := range looks {
		b.Viewport(look.width)
		b.Scheme(look.scheme)
		for _, path := range paths {
			b.Load(b.s.address + path)
			b.holds(path, look.width)
		}
	}
	b.Viewport(looks[0].width)
	b.Scheme(looks[0].scheme)
}

// holds checks the page that is open: rules of accessibility, and that it is no wider than
// the window.
func (b *hand) holds(what string, width int64) {
	b.s.t.Helper()
	b.Settled()
	b.Unfold()
	for _, v := range b.Violations() {
		b.s.t.Errorf("%s, %d wide: %s", what, width, v)
	}
	if got := htmltest.Eval[int](b.Tab, `document.documentElement.scrollWidth`); got > int(width) {
		b.s.t.Errorf("%s: the page is %d wide in %d; %s", what, got, width, b.Widest())
	}
}

// showsOnceWhatIsSecret makes a second factor, a token and an invitation: pages that answer a
// form have no address of their own.
func (b *hand) showsOnceWhatIsSecret() {
	b.s.t.Helper()
	for i, look := range looks {
		b.Viewport(look.width)
		b.Scheme(look.scheme)
		b.Load(b.s.address + "/account")
		b.do(chromedp.Click(`form[action="/account/code"] button`))
		b.sees("Set up the second factor")
		b.holds("the second factor", look.width)
		b.Load(b.s.address + "/account")
		b.do(chromedp.SendKeys(`form[action="/account/tokens"] [name=name]`, "a program"), chromedp.Click(`form[action="/account/tokens"] button`))
		b.sees("A new API token")
		b.holds("a new token", look.width)
		b.Load(b.s.address + "/administration")
		b.do(chromedp.SendKeys(`form[action="/administration/accounts"] [name=name]`, "grace"+strings.Repeat("e", i)), chromedp.Click(`form[action="/administration/accounts"] [value=member]`), chromedp.Click(`form[action="/administration/accounts"] button`))
		b.sees("A link for the new account")
		b.holds("an invitation", look.width)
		b.Load(b.s.address + "/administration")
		b.do(chromedp.Click(`#accounts a[href*="id="]`))
		b.sees("Ends its sessions and tokens at once")
		b.holds("an account", look.width)
		b.do(chromedp.Click(`#deactivate button`)) // without saying that it is meant
		b.sees("Tick it if you mean it")
		b.holds("an account that is not deactivated", look.width)
	}
	b.Viewport(looks[0].width)
	b.Scheme(looks[0].scheme)
}

// sharesAnAddress opens an earlier day, and sees that it stays.
func (b *hand) sharesAnAddress() {
	b.s.t.Helper()
	b.Load(b.s.address + "/?as_of=2024-03-01")
	b.sees("Prepare to split")
	b.do(chromedp.Click(`nav.rooms a[data-key="v"]`))
	b.sees("Seen: 1 March 2024")
}

// addStep is the button that adds a step, past the kinds of step.
const addStep = `#step > button:not(.heard)`

// makesAPlanByKeyboard uses no mouse from the first key to the comparison.
func (b *hand) makesAPlanByKeyboard() {
	b.s.t.Helper()
	b.Load(b.s.address + "/")
	b.do(chromedp.KeyEvent("go"))
	b.sees("What the structure needs")
	b.Load(b.s.address + "/organisation/plans")
	b.do(chromedp.Focus(`#step [name=about]`), chromedp.KeyEvent("A VP of Engineering"))
	b.do(chromedp.SetValue(`#step [name=manager]`, "jianyu-luoyang"), chromedp.Focus(`#step [value=hire]`), chromedp.KeyEvent("\r"))
	b.sees("How many")
	b.do(chromedp.SetValue(`#step [name=role]`, "vpe"), chromedp.SetValue(`#step [name=employment]`, "employee"))
	b.do(chromedp.Focus(`#step [name=location]`), chromedp.KeyEvent("Oslo\r")) // what was typed before is there
	b.sees("Saved in the scenario's file")
	b.sees("Side by side")
	scenarios, err := workspace.LoadScenarios(filepath.Join(b.s.dir, "scenarios", "a-vp-of-engineering.yaml"))
	if err != nil || len(scenarios) != 1 || len(scenarios[0].Steps) != 1 || scenarios[0].Seed == 0 || scenarios[0].Steps[0].Hire == nil || scenarios[0].Steps[0].Hire.Job.Location != "Oslo" || scenarios[0].Steps[0].Hire.Job.Manager != "jianyu-luoyang" {
		b.s.t.Fatalf("the scenario holds %+v, %v", scenarios, err)
	}
	// Moving by the form, and by dragging, is the same step.
	b.do(chromedp.SetValue(`#step [name=person]`, "lars-nordvall"), chromedp.SetValue(`#step [name=team]`, "ledger"), chromedp.Focus(addStep), chromedp.KeyEvent("\r"))
	b.sees("Lars Nordvall moves to the team ledger")
	htmltest.Eval[bool](b.Tab, `(() => { const data = new DataTransfer();
		document.querySelector('[data-person="farid-tehrandoust"]').dispatchEvent(new DragEvent("dragstart", {bubbles: true, dataTransfer: data}));
		document.querySelector('[data-team="data"]').dispatchEvent(new DragEvent("drop", {bubbles: true, dataTransfer: data})); return true })()`)
	b.sees("Farid Tehrandoust moves to the team data")
	// So is putting a team under another.
	htmltest.Eval[bool](b.Tab, `(() => { const data = new DataTransfer();
		document.querySelector('[data-team="quality"] h3').dispatchEvent(new DragEvent("dragstart", {bubbles: true, dataTransfer: data}));
		document.querySelector('[data-team="platform"]').dispatchEvent(new DragEvent("drop", {bubbles: true, dataTransfer: data})); return true })()`)
	b.sees("The team quality goes under platform")
	b.mergesTeamsByKeyboard()
}

// mergesTeamsByKeyboard forgets to choose teams at first: what was chosen stays.
func (b *hand) mergesTeamsByKeyboard() {
	b.s.t.Helper()
	b.do(chromedp.Focus(`#step [value=merge]`), chromedp.KeyEvent("\r"))
	b.sees("Which teams")
	b.do(chromedp.SetValue(`#step [name=into]`, "reliability"), chromedp.Focus(addStep), chromedp.KeyEvent("\r"))
	b.sees("Which teams: Nothing is chosen")
	if v := b.Violations(); len(v) > 0 {
		b.s.t.Errorf("the refused form: %q", v)
	}
	if got := htmltest.Eval[string](b.Tab, `document.activeElement.name`); got != "teams" {
		b.s.t.Errorf("the cursor is at %q", got)
	}
	b.do(chromedp.Focus(`#step [name=teams][value=data-platform]`), chromedp.KeyEvent(" "), chromedp.Focus(addStep), chromedp.KeyEvent("\r"))
	b.sees("The teams data-platform and reliability become one, reliability")
	if got := htmltest.Eval[bool](b.Tab, `!!document.querySelector('[data-team="data-platform"]')`); got {
		b.s.t.Errorf("the board still has the team that was merged")
	}
	all, err := workspace.LoadScenarios(filepath.Join(b.s.dir, "scenarios", "a-vp-of-engineering.yaml"))
	if err != nil || len(all[0].Steps) != 5 || all[0].Steps[3].Parent == nil || all[0].Steps[4].Merge == nil {
		b.s.t.Errorf("the scenario holds %+v, %v", all, err)
	}
	b.addsAScenarioByKeyboard()
}

// addsAScenarioByKeyboard sets a second scenario beside the first, gives it another name and
// day, and removes it.
func (b *hand) addsAScenarioByKeyboard() {
	b.s.t.Helper()
	const file = "a-vp-of-engineering"
	b.do(chromedp.Focus(`.choose a[href*="/organisation/plans"]`), chromedp.KeyEvent("\r"))
	b.sees("Side by side with A VP of Engineering")
	b.do(chromedp.Focus(`#step [name=about]`), chromedp.KeyEvent("Growth"), chromedp.Focus(`#step [value=growth]`), chromedp.KeyEvent("\r"))
	b.sees("Engineers a year, at least")
	b.do(chromedp.Focus(`#step [name=low]`), chromedp.KeyEvent("20"), chromedp.Focus(`#step [name=high]`), chromedp.KeyEvent("50\r"))
	b.sees("Engineers grow by 20 to 50 % a year")
	b.do(chromedp.Focus(`#name [name=about]`), chromedp.KeyEvent("Big "), chromedp.SetValue(`#name [name=date]`, "2027-01-01"), chromedp.Focus(`#name button`), chromedp.KeyEvent("\r"))
	b.sees("Big Growth")
	path := filepath.Join(b.s.dir, "scenarios", file+".yaml")
	all, err := workspace.LoadScenarios(path)
	if err != nil || len(all) != 2 || all[1].Name != "Big Growth" || all[1].Date.Format(time.DateOnly) != "2027-01-01" || all[1].Seed != all[0].Seed {
		b.s.t.Errorf("the file holds %+v, %v", all, err)
	}
	b.accessible([]string{"/organisation/plan?file=" + file, "/organisation/plans?file=" + file})
	b.Load(b.s.address + "/organisation/plan?file=" + file + "&scenario=" + url.QueryEscape(all[1].Name))
	b.do(chromedp.Focus(`#drop [name=sure]`), chromedp.KeyEvent(" "), chromedp.Focus(`#drop button`), chromedp.KeyEvent("\r"))
	b.sees("The scenario was removed")
	if all, err = workspace.LoadScenarios(path); err != nil || len(all) != 1 {
		b.s.t.Errorf("the file holds %+v, %v", all, err)
	}
}

// signsTheAgreement makes the draft the company's own, and signs it for both.
func (b *hand) signsTheAgreement() {
	b.s.t.Helper()
	b.Load(b.s.address + "/agreement")
	b.sees("There is no agreement yet")
	b.do(chromedp.Click(`form[action="/agreement/draft"] button`))
	b.sees("agreement.yaml was written")
	file := filepath.Join(b.s.dir, workspace.AgreementFile)
	a, err := workspace.LoadAgreement(file)
	if err != nil {
		b.s.t.Fatal(err)
	}
	cto, _ := a.Role("cto")
	sign := func(role, name, answer string) {
		b.Load(b.s.address + "/agreement")
		b.do(chromedp.SetValue(`form[action="/agreement/sign"] [name=role]`, role), chromedp.SendKeys(`form[action="/agreement/sign"] [name=name]`, name), chromedp.Click(`form[action="/agreement/sign"] button`))
		b.sees(answer)
	}
	sign("cto", "Ada Example", "nothing was signed") // somebody else is the CTO
	sign("cto", cto.Holder, "Signed. The signature stands")
	sign("vpe", "Ada Example", "Signed. The signature stands")
	a, err = workspace.LoadAgreement(file)
	if err != nil || len(a.Signatures) != 2 || a.Signatures[0].SHA256 != a.Hash || a.Signatures[1].Name != "Ada Example" {
		b.s.t.Fatalf("the agreement holds %+v, %v", a.Signatures, err)
	}
	b.accessible([]string{"/agreement", "/organisation/plan?file=a-vp-of-engineering"})
}

func (b *hand) recordsAnOutcome() {
	b.s.t.Helper()
	b.Load(b.s.address + "/agreement/agenda")
	b.do(chromedp.SendKeys(`main form[action="/agreement/agenda"] [name=outcome]`, "Decided: we keep it"), chromedp.Click(`main form[action="/agreement/agenda"] button`))
	b.sees("Recorded in alignment.yaml")
	b.sees("Decided: we keep it")
}

// correctsAnIdentity joins the address that nobody had to the person it is suggested for.
func (b *hand) correctsAnIdentity() {
	b.s.t.Helper()
	b.Load(b.s.address + "/data")
	b.sees("lars.nordvall@example.com")
	if got := htmltest.Eval[string](b.Tab, `document.querySelector('form[action="/data/join"] select').value`); got != "lars-nordvall" {
		b.s.t.Errorf("suggested: %q", got)
	}
	b.do(chromedp.Click(`form[action="/data/join"] button`))
	b.sees("Written into organisation.yaml")
	text, err := os.ReadFile(filepath.Join(b.s.dir, workspace.OrganisationFile))
	if err != nil || !bytes.Contains(text, []byte("lars.nordvall@example.com")) {
		b.s.t.Errorf("organisation.yaml does not hold the address; %v", err)
	}
}
