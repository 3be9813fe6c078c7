package drill

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/demo"
)

const (
	soakUsers  = 50  // each looks at a page a second
	soakEvents = 500 // a second, each of which is a row
	soakSecret = "a secret for a soak"
)

// soakRooms are what they look at.
var soakRooms = []string{"/", "/vpe", "/cto", "/delivery", "/numbers", "/metrics/deployment_frequency", "/explain/verdict", "/agreement", "/organisation", "/decisions", "/data", "/playbook"}

// TestSoak lets many people read a server's pages while systems push events to it: pages
// stay quick, nothing grows without end, and every event that was taken is a row.
func TestSoak(t *testing.T) {
	s := newSoak(t)
	s.enter()
	takes := time.Duration(times(20, 1800)) * time.Second
	s.load(5 * time.Second) // what is made at the first look
	s.pages = nil
	before := s.weigh()
	s.load(takes)
	s.quiet()
	after := s.weigh()
	slices.Sort(s.pages)
	p99 := s.pages[len(s.pages)*99/100]
	t.Logf("%d pages, p50 %v, p99 %v; %d events; before %v, after %v", len(s.pages), s.pages[len(s.pages)/2], p99, s.sent.Load(), before, after)
	if p99 > time.Second {
		t.Errorf("one page of a hundred takes %v", p99)
	}
	if n := s.sent.Load(); n < int64(takes.Seconds())*soakEvents*8/10 {
		t.Errorf("only %d events were taken", n)
	}
	for _, what := range []string{"go_goroutines", "process_open_fds"} {
		if after[what] > before[what]+20 {
			t.Errorf("%s went from %v to %v", what, before[what], after[what])
		}
	}
	if long && after["process_resident_memory_bytes"] > before["process_resident_memory_bytes"]*1.5 {
		t.Errorf("memory went from %v to %v bytes", before["process_resident_memory_bytes"], after["process_resident_memory_bytes"])
	}
	if got := s.rows(); got != s.sent.Load() {
		t.Errorf("%d events were taken, %d are rows", s.sent.Load(), got)
	}
}

// soak is a server under a load.
type soak struct {
	t       *testing.T
	p       program
	dir     string
	address string
	link    string
	client  *http.Client
	token   string
	commit  string // that is deployed

	sent  atomic.Int64 // events that were taken
	mu    sync.Mutex
	pages []time.Duration
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{t: t, p: newProgram(t), dir: filepath.Join(t.TempDir(), "company")}
	if _, err := demo.Make(context.Background(), s.dir, demo.SmallTroubled(), "git"); err != nil {
		t.Fatal(err)
	}
	repos, err := filepath.Glob(filepath.Join(s.dir, "repos", "*.git"))
	if err != nil || len(repos) == 0 {
		t.Fatal(repos, err)
	}
	head, err := exec.Command("git", "-C", repos[0], "rev-parse", "main").Output()
	if err != nil {
		t.Fatal(err)
	}
	s.commit = strings.TrimSpace(string(head))
	file := filepath.Join(s.dir, "diarchy.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		text = []byte(strings.Replace(string(text), "systems:\n", "systems:\n  - {system: cdevents, name: ci, files: {events: events.jsonl}, token_env: CI_HOOK_SECRET}\n", 1))
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, out, log := s.p.serve(s.dir, "CI_HOOK_SECRET="+soakSecret)
	for lines := bufio.NewScanner(out); s.link == "" && lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "Diarchy is at "); ok {
			s.address = rest
		}
		if rest, ok := strings.CutPrefix(lines.Text(), "Make the first account: "); ok {
			s.link = rest
		}
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // what else is printed
	awaitLine(t, log, "rooms are ready")
	return s
}

// enter makes the first account, and a token to watch the server with.
func (s *soak) enter() {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.client = &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	link, err := url.Parse(s.link)
	if err != nil {
		s.t.Fatal(err)
	}
	s.post("/enter/first", url.Values{"link": {link.Query().Get("link")}, "name": {"ada"}, "password": {"a sentence that nobody guesses"}, "role": {"both"}, "to": {"/help"}})
	text := s.post("/account/tokens", url.Values{"name": {"a soak"}, "grants": {"read:data"}, "days": {"1"}})
	if s.token = regexp.MustCompile(`diarchy_[A-Za-z0-9_-]{20,}`).FindString(text); s.token == "" {
		s.t.Fatalf("no token: %.500s", text)
	}
}

func (s *soak) post(path string, form url.Values) string {
	s.t.Helper()
	res, err := s.client.PostForm(s.address+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: status %d, %v\n%.500s", path, res.StatusCode, err, text)
	}
	return string(text)
}

// load lets people read and systems push for a time.
func (s *soak) load(takes time.Duration) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), takes)
	defer cancel()
	var wg sync.WaitGroup
	for user := range soakUsers {
		wg.Go(func() {
			s.pace(ctx, time.Second, time.Duration(user)*time.Second/soakUsers, func(i int) { s.look(soakRooms[(user+i)%len(soakRooms)]) })
		})
	}
	const senders = 10
	for sender := range senders {
		wg.Go(func() {
			s.pace(ctx, senders*time.Second/soakEvents, time.Duration(sender)*time.Second/soakEvents, func(int) { s.push() })
		})
	}
	wg.Wait()
}

// pace does something at even times, however long it takes, until the time is over.
func (s *soak) pace(ctx context.Context, every, first time.Duration, do func(i int)) {
	next := time.Now().Add(first)
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		do(i)
		next = next.Add(every)
	}
}

func (s *soak) look(path string) {
	began := time.Now()
	res, err := s.client.Get(s.address + path)
	if err != nil {
		s.t.Errorf("%s: %v", path, err)
		return
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		s.t.Errorf("%s: status %d, %v", path, res.StatusCode, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages = append(s.pages, time.Since(began))
}

// push sends the event of one deployment.
func (s *soak) push() {
	id := fmt.Sprint("soak-", time.Now().UnixNano())
	text := fmt.Sprintf(`{"context":{"version":"0.4.1","id":%q,"source":"/ci","type":"dev.cdevents.service.deployed.0.2.0","timestamp":%q},
		"subject":{"id":"checkout","type":"service","content":{"environment":{"id":"production"},"artifactId":"pkg:github/acme/api@%s"}}}`, id, time.Now().UTC().Format(time.RFC3339Nano), s.commit)
	mac := hmac.New(sha256.New, []byte(soakSecret))
	mac.Write([]byte(text))
	req, err := http.NewRequest(http.MethodPost, s.address+"/hooks/ci", strings.NewReader(text))
	if err != nil {
		s.t.Error(err)
		return
	}
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Error(err)
		return
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection is used again
	if res.StatusCode != http.StatusAccepted {
		s.t.Errorf("an event: status %d", res.StatusCode)
		return
	}
	s.sent.Add(1)
}

// weigh is what the server says of itself.
func (s *soak) weigh() map[string]float64 {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.address+"/metrics", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]float64{}
	for _, what := range []string{"go_goroutines", "process_open_fds", "process_resident_memory_bytes"} {
		m := regexp.MustCompile(`(?m)^` + what + ` (\S+)$`).FindStringSubmatch(string(text))
		if m == nil {
			s.t.Fatalf("no %s: status %d\n%.500s", what, res.StatusCode, text)
		}
		if out[what], err = strconv.ParseFloat(m[1], 64); err != nil {
			s.t.Fatal(err)
		}
	}
	return out
}

// quiet waits until all that was pushed is a row, and connections have gone idle.
func (s *soak) quiet() {
	s.client.CloseIdleConnections()
	for until := time.Now().Add(time.Minute); s.rows() < s.sent.Load() && time.Now().Before(until); {
		time.Sleep(time.Second)
	}
}

// rows are the deployments of the facts that were pushed.
func (s *soak) rows() int64 {
	s.t.Helper()
	r := s.p.run("facts", "deployment", "--workspace", s.dir, "--json", "--quiet")
	n := int64(0)
	for line := range strings.Lines(r.out) {
		var row struct{ Source string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			s.t.Fatalf("%v: %.300s %s", err, line, r.err)
		}
		if strings.Contains(line, "cdevents") {
			n++
		}
	}
	return n
}
