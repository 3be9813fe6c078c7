//go:build bench

package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/web"
)

// hostOfBench is a server's host over the facts of a synthetic company: a file that
// `make bench-scale` kept, named by DIARCHY_BENCH_FACTS.
func hostOfBench(b *testing.B) (*program, *host) {
	b.Helper()
	facts := os.Getenv("DIARCHY_BENCH_FACTS")
	if facts == "" {
		b.Skip("DIARCHY_BENCH_FACTS names no file")
	}
	clone := gittest.New(b)
	clone.Save("a.go", "package a\n")
	clone.Commit("One")
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "diarchy.yaml"), []byte("database: "+facts+"\nsources:\n  - {git: "+clone.Dir+", name: a}\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	p := newProgram([]string{"HOME=" + b.TempDir(), "PATH=" + os.Getenv("PATH")}, io.Discard)
	h, err := p.openHost(b.Context(), cli.Scope{Workspace: dir}, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo})))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(h.close)
	h.ready, h.sources, h.results = true, nil, nil // the company of the file has no clones that could be read
	return p, h
}

// BenchmarkPages is a load with fifty users who look at a page a second each, of the company and of
// ten teams, over HTTP, once all is ready: -benchtime 3000x takes a minute. They share the machine
// with the server.
func BenchmarkPages(b *testing.B) {
	if b.N == 1 {
		return // before it counts, a benchmark is run once; to be ready takes minutes
	}
	p, h := hostOfBench(b)
	h.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	sess, err := p.documents(h.scope)
	if err != nil {
		b.Fatal(err)
	}
	accounts, err := sess.openLedger(b.Context(), true)
	if err != nil {
		b.Fatal(err)
	}
	defer accounts.Close() //nolint:errcheck // thrown away
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	site, err := p.newSite(b.Context(), sess, h, accounts, address)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	site.company.life = ctx
	var ended sync.WaitGroup
	ended.Go(func() { _ = site.server.Serve(ctx, listener) })
	defer ended.Wait()
	defer stop()
	began := time.Now()
	site.company.refreshed(ctx)
	b.Logf("the company is ready after %.0f s", time.Since(began).Seconds())
	site.company.background.Wait()
	b.Logf("its teams after %.0f s", time.Since(began).Seconds())

	link, _, err := site.gate.FirstLink(ctx)
	if err != nil {
		b.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	resp, err := client.PostForm(address+"/enter/first", url.Values{"link": {link}, "name": {"load"}, "password": {"a sentence for the load alone"}, "role": {"both"}, "to": {"/help"}})
	if err != nil {
		b.Fatal(err)
	}
	resp.Body.Close() //nolint:errcheck // read no further
	pages := []string{"/", "/vpe", "/cto", "/delivery", "/forecast", "/numbers", "/metrics/throughput", "/metrics/change_lead_time", "/explain/verdict", "/agreement", "/decisions", "/data", "/playbook"}
	for team := range 10 {
		for _, page := range []string{"/vpe", "/delivery", "/numbers", "/metrics/throughput", "/metrics/change_failure_rate"} {
			pages = append(pages, fmt.Sprintf("%s?scope=team:%d", page, team))
		}
	}
	var mu sync.Mutex
	times := map[string][]time.Duration{}
	b.ResetTimer()
	var users sync.WaitGroup
	var next atomic.Int64
	for user := range 50 {
		users.Go(func() {
			time.Sleep(time.Duration(user) * 20 * time.Millisecond)
			for i := user * 7; next.Add(1) <= int64(b.N); i++ {
				again := time.After(time.Second)
				page := pages[i%len(pages)]
				asked := time.Now()
				resp, err := client.Get(address + page)
				if err != nil {
					b.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, resp.Body)
				took := time.Since(asked)
				if resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
					b.Errorf("%s: status %d, %v", page, resp.StatusCode, err)
				}
				mu.Lock()
				times[page] = append(times[page], took)
				mu.Unlock()
				<-again
			}
		})
	}
	users.Wait()
	b.StopTimer()
	var all, firsts []time.Duration
	type taken struct {
		page          string
		first, median time.Duration
	}
	var slowest []taken
	for page, took := range times {
		all, firsts = append(all, took...), append(firsts, took[0])
		first := took[0]
		slices.Sort(took)
		slowest = append(slowest, taken{page, first, took[len(took)/2]})
	}
	slices.SortFunc(slowest, func(a, b taken) int { return cmp.Compare(b.median, a.median) })
	slices.Sort(all)
	slices.Sort(firsts)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(all[len(all)/2]), "p50-ms")
	b.ReportMetric(ms(all[len(all)*95/100]), "p95-ms")
	b.ReportMetric(ms(all[len(all)*99/100]), "p99-ms")
	b.ReportMetric(ms(firsts[len(firsts)-1]), "slowest-first-ms")
	b.ReportMetric(ms(slowest[0].median), "slowest-median-ms")
	b.Logf("%d pages; the slowest:", len(all))
	for _, t := range slowest[:min(10, len(slowest))] {
		b.Logf("%8.1f ms, the first %8.1f  %s", ms(t.median), ms(t.first), t.page)
	}
}

// BenchmarkRooms measures what the server makes for rooms.
func BenchmarkRooms(b *testing.B) {
	_, h := hostOfBench(b)
	s := newServed(h.program, h)
	team := web.Place{Scope: "team:0"}
	b.Run("all of the company", func(b *testing.B) {
		for b.Loop() {
			s.of(&edition{}).warm(b.Context())
		}
	})
	b.Run("a team for the first time", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.of(&edition{}).Measures(b.Context(), team); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("a metric of a team for the first time", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.of(&edition{}).Metric(b.Context(), team, "throughput"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("a metric of a team that is ready", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			one := s.of(&edition{})
			if _, err := one.Measures(b.Context(), team); err != nil {
				b.Fatal(err)
			}
			if _, err := one.Metric(b.Context(), team, "change_lead_time"); err != nil { // what is the same for all of them
				b.Fatal(err)
			}
			b.StartTimer()
			if _, err := one.Metric(b.Context(), team, "throughput"); err != nil {
				b.Fatal(err)
			}
		}
	})
	kept := s.of(&edition{})
	if _, err := kept.Measures(b.Context(), team); err != nil {
		b.Fatal(err)
	}
	b.Run("a team again", func(b *testing.B) {
		for b.Loop() {
			if _, err := kept.Measures(b.Context(), team); err != nil {
				b.Fatal(err)
			}
		}
	})
}
