package drill

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRecoverCommand damages facts that the program read, in several ways, and brings
// them back with the commands that its own hints name. In the end the facts are those
// of a reading that nothing disturbed.
func TestRecoverCommand(t *testing.T) {
	t.Parallel()
	clone := history(t, 400)
	early := filepath.Join(t.TempDir(), "early.duckdb") // all of it in the file
	k := &killer{t: t, db: databases[0], repo: clone}
	k.start(early).end(t)
	kept := "kept clone: " + strings.TrimSpace(clone.Git("rev-list", "--count", "main")) + " commits"
	for i := range 30 { // too few for the log to be written to the file
		clone.Save(fmt.Sprintf("late%d.go", i%5), fmt.Sprintf("package main\n// TODO %d\n", i))
	}
	whole := put(t, readFile(t, early), nil)
	k.start(whole).end(t)
	st, err := openFile(context.Background(), whole)
	if err != nil {
		t.Fatal(err)
	}
	want := read(t, st)
	st.Close() //nolint:errcheck // only read
	statement := func(text string) func(t *testing.T, place string) {
		return func(t *testing.T, place string) {
			raw := rawFile(t, place)
			defer raw.Close() //nolint:errcheck // a failed statement ends the test
			if _, err := raw.Exec(text); err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(suffix string) func(t *testing.T, place string) {
		return func(t *testing.T, place string) {
			text := readFile(t, place+suffix)
			if err := os.WriteFile(place+suffix, flipped(text, len(text)/3), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, place string)
		opens  bool     // a sync does not notice
		says   []string // recover
	}{
		{"nothing", func(*testing.T, string) {}, true, []string{"it is in order; nothing was changed", "kept"}},
		{"log", flip(".wal"), false, []string{"set aside", ".wal.damaged-", "missing what was stored from", kept, "next diarchy sync"}},
		{"file", func(t *testing.T, place string) {
			st, err := openFile(context.Background(), place) // writes the log to the file
			if err != nil {
				t.Fatal(err)
			}
			st.Close() //nolint:errcheck // nothing was written
			text := readFile(t, place)
			if err := os.WriteFile(place, text[:len(text)/3], 0o600); err != nil {
				t.Fatal(err)
			}
		}, false, []string{"set aside", ".duckdb.damaged-", "missing all facts that were stored until", "next diarchy sync"}},
		{"commits gone", statement("DELETE FROM commit WHERE reading_order % 7 = 3"), true,
			[]string{"read again", "commits lack a parent", "rows of file_change belong to commits that are not there"}},
		{"parents gone", statement("DELETE FROM commit_parent WHERE position = 1"), true, []string{"read again", "do not have the parents that they were read with"}},
		{"newest commits gone", statement("DELETE FROM commit WHERE reading_order > 300; DELETE FROM commit_parent WHERE sha NOT IN (SELECT sha FROM commit); DELETE FROM file_change WHERE sha NOT IN (SELECT sha FROM commit); DELETE FROM trailer; DELETE FROM marker_line; DELETE FROM decision_version; DELETE FROM decision_field"), true,
			[]string{"read again", "read up to a commit that is not there"}},
		{"changes twice", statement("INSERT INTO file_change SELECT * FROM file_change USING SAMPLE 10 ROWS"), true, []string{"read again", "changes of files are there twice"}},
		{"authors gone", statement("DELETE FROM identity WHERE name LIKE 'Ann%'"), true, []string{"read again", "authors or committers are unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTally(t)
			place := put(t, readFile(t, early), nil)
			for l := range start(t, "sync", databases[0], place, "DIARCHY_DRILL_CLONE="+clone.Dir, "DIARCHY_DRILL_BATCH=25", "DIARCHY_DRILL_LEAVE=1").lines {
				_ = l // until it ended
			}
			c.damage(t, place)
			p := newProgram(t)
			doctor := p.run("doctor", "--database", place, clone.Dir)
			if healthy := c.name == "nothing"; (doctor.code == 0) != healthy || strings.Contains(doctor.out, "diarchy recover") == healthy {
				t.Errorf("doctor: %+v", doctor)
			}
			sync := p.run("sync", "--database", place, clone.Dir)
			if (sync.code == 0) != c.opens || !c.opens && !strings.Contains(sync.err, "hint: run diarchy recover") {
				t.Errorf("sync: %+v", sync)
			}
			began := time.Now()
			r := p.run("recover", "--database", place, clone.Dir)
			took := time.Since(began)
			if r.code != 0 || took > time.Minute {
				t.Fatalf("recover after %v: %+v", took, r)
			}
			for _, s := range c.says {
				if !strings.Contains(strings.Join(strings.Fields(r.out), " "), s) {
					t.Errorf("recover does not say %q:\n%s", s, r.out)
				}
			}
			if again := p.run("recover", "--database", place, clone.Dir); again.code != 0 || !strings.Contains(again.out, "nothing was changed") {
				t.Errorf("a second time: %+v", again)
			}
			if sync := p.run("sync", "--database", place, clone.Dir); sync.code != 0 {
				t.Errorf("sync afterwards: %+v", sync)
			}
			st, err := openFile(context.Background(), place)
			if err != nil {
				t.Fatal(err)
			}
			d.ran(took, want.whole(t, st))
			st.Close() //nolint:errcheck // only read
		})
	}
}
