//go:build bench

package app

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/diarchy/diarchy/internal/web"
)

// BenchmarkRooms measures what the server makes for rooms over the facts of a synthetic company:
// a file that `make bench-scale` kept, named by DIARCHY_BENCH_FACTS.
func BenchmarkRooms(b *testing.B) {
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
	h, err := p.openHost(b.Context(), cli.Scope{Workspace: dir}, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(h.close)
	h.ready, h.sources, h.results = true, nil, nil // the company of the file has no clones that could be read
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
