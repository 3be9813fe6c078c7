package sourcebench

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diarchy/diarchy/internal/ingest"
	"github.com/diarchy/diarchy/internal/source/sourcetest"
	"github.com/diarchy/diarchy/internal/store"
)

// RunFiles measures a feed of files as Run does one that asks: its peer reads and decodes the same files.
func RunFiles(b *testing.B, c sourcetest.Files) {
	var peer, all time.Duration
	b.Run("peer", func(b *testing.B) {
		f := newFolder(b, c)
		for b.Loop() {
			f.decode()
		}
		peer = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("all", func(b *testing.B) {
		f, items := newFolder(b, c), 0
		for b.Loop() {
			st := open(b)
			items = f.read(st)
			closed(b, st)
		}
		all = b.Elapsed() / time.Duration(b.N)
		b.ReportMetric(float64(items)/all.Seconds(), "items/s")
		b.ReportMetric(float64(all)/float64(peer), "x-peer")
	})
	b.Run("news", func(b *testing.B) {
		f, st := newFolder(b, c), open(b)
		defer closed(b, st)
		f.read(st)
		items, took, n := 0, time.Duration(0), 0
		for b.Loop() {
			f.world.News()
			f.write()
			start := time.Now()
			items = f.read(st)
			took += time.Since(start)
			n++
		}
		took /= time.Duration(n)
		b.ReportMetric(float64(took.Nanoseconds()), "ns/op")
		b.ReportMetric(float64(items), "items")
		b.ReportMetric(100*float64(took)/float64(all), "%-of-all")
	})
}

// folder holds the files that tell a world.
type folder struct {
	*testing.B
	c     sourcetest.Files
	world *sourcetest.World
	files map[string]string
	lines map[string][]string
}

func newFolder(b *testing.B, c sourcetest.Files) *folder {
	b.Helper()
	f := &folder{B: b, c: c, world: sourcetest.NewWorldOf(7, times), files: map[string]string{}}
	dir := b.TempDir()
	f.lines = c.Tell(b, f.world.Delivery)
	for kind := range f.lines {
		f.files[kind] = filepath.Join(dir, kind)
	}
	f.write()
	return f
}

// write brings the files up to the world.
func (f *folder) write() {
	f.Helper()
	f.lines = f.c.Grown(f.lines, f.c.Tell(f, f.world.Delivery))
	for kind, path := range f.files {
		if err := os.WriteFile(path, []byte(strings.Join(f.lines[kind], "\n")+"\n"), 0o600); err != nil {
			f.Fatal(err)
		}
	}
}

// decode is a reader that makes nothing of what it reads.
func (f *folder) decode() {
	for _, path := range f.files {
		text, err := os.ReadFile(path)
		if err == nil && f.c.Table {
			_, err = csv.NewReader(strings.NewReader(string(text))).ReadAll()
		}
		for line := range strings.Lines(string(text)) {
			if err == nil && !f.c.Table {
				var v any
				err = json.Unmarshal([]byte(line), &v)
			}
		}
		if err != nil {
			f.Fatal(err)
		}
	}
}

// read is what a sync does with the files; it says how many items came.
func (f *folder) read(st *store.Store) int {
	f.Helper()
	now := func() time.Time { return f.world.Now }
	res, err := ingest.Run(context.Background(), st, nil, ingest.Options{Now: now, Feeds: []ingest.Feed{{Feed: f.c.New(f.files)}}})
	if err != nil || len(res) != 1 || res[0].Err != nil || res[0].New == 0 {
		f.Fatalf("%+v, %v", res, err)
	}
	return res[0].New
}
