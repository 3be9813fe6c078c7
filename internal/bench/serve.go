package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// rooms are what the users of the load look at, one after the other.
var rooms = []string{"/", "/vpe", "/cto", "/delivery", "/forecast?items=40", "/numbers", "/metrics/throughput", "/explain/verdict", "/agreement", "/agreement/drift", "/organisation", "/organisation/people", "/decisions", "/data", "/playbook"}

// load lets users read the rooms of a served company at once, and compares their times with
// those of a file of the same server, which it only has to send.
func load(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	program := flags.String("program", "bin/diarchy", "the program to measure")
	workspace := flags.String("workspace", "", "company that is served (default: a new demo company)")
	users := flags.Int("users", 50, "users at once")
	takes := flags.Duration("for", 15*time.Second, "how long they read")
	if err := flags.Parse(args); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "diarchy-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if *workspace == "" {
		*workspace = filepath.Join(temp, "company")
		if out, err := exec.CommandContext(ctx, *program, "demo", "--quiet", *workspace).CombinedOutput(); err != nil {
			return fmt.Errorf("demo: %w: %s", err, out)
		}
	}
	s, err := start(ctx, *program, *workspace, filepath.Join(temp, "ledger.sqlite"))
	if err != nil {
		return err
	}
	defer s.stop()
	style, err := s.enter()
	if err != nil {
		return err
	}
	fmt.Printf("%d users for %v; %s\n\n", *users, *takes, *workspace)
	fmt.Printf("%-24s %8s %8s %8s %8s\n", "", "answers", "p50 ms", "p95 ms", "p99 ms")
	files, _, err := s.read(ctx, []string{style}, *users, *takes/3)
	if err != nil {
		return err
	}
	peer := line("a file, for comparison", files[style])
	times, wall, err := s.read(ctx, rooms, *users, *takes)
	if err != nil {
		return err
	}
	var all []time.Duration
	for _, room := range rooms {
		line(room, times[room])
		all = append(all, times[room]...)
	}
	rooms := line("all rooms", all)
	fmt.Printf("\n%.0f pages a second; a page takes %.1f times a file's median, its server used %s of memory at most\n", float64(len(all))/wall.Seconds(), float64(rooms)/float64(peer), s.peak())
	return nil
}

// line prints the times of an address, and returns their median.
func line(name string, times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	at := func(share float64) time.Duration { return times[min(len(times)-1, int(share*float64(len(times))))] }
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Printf("%-24s %8d %8.1f %8.1f %8.1f\n", name, len(times), ms(at(.5)), ms(at(.95)), ms(at(.99)))
	return at(.5)
}

// site is a server under load.
type site struct {
	cmd     *exec.Cmd
	address string
	link    string
	client  *http.Client
}

func start(ctx context.Context, program, workspace, ledger string) (*site, error) {
	cmd := exec.CommandContext(ctx, program, "serve", "--workspace", workspace, "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "DIARCHY_LEDGER="+ledger)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &site{cmd: cmd}
	for lines := bufio.NewScanner(out); s.link == "" && lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "Diarchy is at "); ok {
			s.address = rest
		}
		if rest, ok := strings.CutPrefix(lines.Text(), "Make the first account: "); ok {
			s.link = rest
		}
	}
	ready := bufio.NewScanner(log)
	for ready.Scan() && !strings.Contains(ready.Text(), "judged") { // the first answers are made
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	if s.link == "" {
		s.stop()
		return nil, errors.New("the server did not start")
	}
	return s, nil
}

func (s *site) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

func (s *site) peak() string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return "an unknown amount"
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "an unknown amount"
}

// enter makes the first account, and returns the address of the pages' style sheet.
func (s *site) enter() (style string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	s.client = &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	u, err := url.Parse(s.link)
	if err != nil {
		return "", err
	}
	res, err := s.client.PostForm(s.address+"/enter/first", url.Values{"link": {u.Query().Get("link")}, "name": {"load"}, "password": {"a sentence for the load alone"}, "role": {"both"}, "to": {"/"}})
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	_, rest, ok := strings.Cut(string(text), `href="/assets/`)
	if !ok {
		return "", fmt.Errorf("the first account: status %d", res.StatusCode)
	}
	name, _, _ := strings.Cut(rest, `"`)
	return "/assets/" + name, nil
}

// read lets users ask for addresses for a time, each from another one on.
func (s *site) read(ctx context.Context, addresses []string, users int, takes time.Duration) (map[string][]time.Duration, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, takes)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	times, failed := map[string][]time.Duration{}, error(nil)
	began := time.Now()
	for user := range users {
		wg.Go(func() {
			for i := user; ctx.Err() == nil; i++ {
				address := addresses[i%len(addresses)]
				took, err := s.get(ctx, address)
				mu.Lock()
				switch {
				case err == nil:
					times[address] = append(times[address], took)
				case ctx.Err() == nil && failed == nil:
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return times, time.Since(began), failed
}

func (s *site) get(ctx context.Context, address string) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+address, nil)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	res, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s: status %d", address, res.StatusCode)
	}
	return time.Since(began), nil
}
