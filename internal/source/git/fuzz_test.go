package git

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
)

// stream is what diff-tree writes for a small repository.
func stream(t testing.TB) []byte {
	s := gittest.New(t)
	s.Write("bin", "\x00")
	s.Save("a.go", "package a\n// TODO a\n")
	s.Git("mv", "a.go", "b.go")
	s.Write("c.go", "x")
	s.Commit("two\n\nReviewed-by: Bob <bob@example.com>")
	s.Link("b.go", "l")
	s.Remove("c.go")
	s.Link("b.go", "c.go")
	s.Commit("links")
	r := sourceOf(s).repo()
	out, err := r.output(t.Context(), strings.NewReader(s.Git("rev-list", "HEAD")+"\n"+chunkEnd), diffArgs...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// FuzzParse: whatever git writes, the parser ends, and what it makes of it is no
// larger than what it read.
func FuzzParse(f *testing.F) {
	whole := stream(f)
	f.Add(whole)
	f.Add([]byte(chunkEnd))
	f.Add([]byte("\x01a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\n:1 1 a b M\x00p\x00\x00diff --git a/p b/p\n@@ -1,9223372036854775807 +1 @@\n+x\n"))
	f.Add(bytes.Replace(whole, []byte("@@ -"), []byte("@@ --"), 1))
	for _, cut := range []int{1, 10, 100, len(whole) / 2, len(whole) - 1} {
		f.Add(whole[:min(cut, len(whole))])
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		p := newParser(bytes.NewReader(in))
		size := 0
		for {
			c, err := p.next()
			if err == errChunkEnd {
				continue
			}
			if err != nil {
				break
			}
			for _, ch := range c.commit.Changes {
				size += len(ch.Path) + len(ch.OldPath)
				if ch.Added < fact.Uncounted || ch.Deleted < fact.Uncounted || ch.Added > int64(len(in)) || !utf8.ValidString(ch.Path) {
					t.Fatalf("%+v", ch)
				}
			}
			size += len(c.commit.Subject) + len(c.commit.Author.Name)
		}
		if size > 3*len(in) {
			t.Errorf("%d bytes from %d", size, len(in))
		}
	})
}

// TestParseEveryCut reads the stream cut at every byte: a commit comes whole or not
// at all.
func TestParseEveryCut(t *testing.T) {
	t.Parallel()
	whole := stream(t)
	var all []touched
	for p := newParser(bytes.NewReader(whole)); ; {
		c, err := p.next()
		if err != nil {
			break
		}
		all = append(all, c)
	}
	for cut := range whole {
		p := newParser(bytes.NewReader(whole[:cut]))
		for n := 0; ; n++ {
			c, err := p.next()
			if err != nil {
				break
			}
			if want := all[n]; len(c.commit.Changes) != len(want.commit.Changes) && p.r.Buffered() > 0 {
				t.Fatalf("cut at %d: commit %s has %d changes", cut, c.commit.SHA, len(c.commit.Changes))
			}
		}
	}
}

func FuzzMessage(f *testing.F) {
	for _, s := range []string{"", "x", "Revert \"x\"\n\nThis reverts commit 0123456789abcdef.", "a\n\nReviewed-by: Ann <a@example.com>\nSigned-off-by: <x>\n", "\n\n:\n", strings.Repeat("é", 400)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var c fact.Commit
		readMessage(&c, clean(s))
		if len(c.Subject) > 500 || !utf8.ValidString(c.Subject) {
			t.Errorf("subject %q", c.Subject)
		}
		for _, tr := range c.Trailers {
			if !trailerKeys[tr.Key] || tr.Identity.Email == "" || strings.ContainsAny(tr.Identity.Email, "<>\n") {
				t.Errorf("%+v", tr)
			}
		}
	})
}

func FuzzDecision(f *testing.F) {
	for _, s := range []string{"", "# T\n\nStatus: accepted", "---\nstatus: x\n---\n", "## Status\n\nAccepted\n", "| status | a |", "---", "---\n---", "\xff\xfe",
		"---\ndecision-makers: [Ann, \"Bob\"]\ninformed:\n  - Cy\nreview-by: Q3 2025\n---\n", "* Deciders:\n  * Ann and Bob\n* Date: 3 May 2024\n\nSuperseded: 2024-01-01 by [x][y]\n\n[y]: 0002-z.md#w\n", "## Status\n\nsupersedes ADR-1, replaced by 20240101-x.\n"} {
		f.Add([]byte(s))
	}
	valid := map[string]bool{"": true, "proposed": true, "accepted": true, "rejected": true, "superseded": true, "deprecated": true}
	f.Fuzz(func(t *testing.T, b []byte) {
		v := ParseDecision("a/0001-x.md", "c1", b)
		if !valid[v.Status] || len(v.Title) > 200 || !utf8.ValidString(v.Title) {
			t.Errorf("%q %q", v.Title, v.Status)
		}
		of := map[fact.DecisionFieldKind]int{}
		for _, f := range v.Fields {
			of[f.Kind]++
			if f.Kind == "" || f.Kind == statusKey || f.Value == "" || len(f.Value) > longestField || strings.Contains(f.Value, "\n") || !utf8.ValidString(f.Value) || of[f.Kind] > mostOfKind {
				t.Errorf("%+v", f)
			}
			if _, err := time.Parse(time.DateOnly, f.Value); err != nil && (f.Kind == fact.DecisionDate || f.Kind == fact.DecisionReview) {
				t.Errorf("%+v: %v", f, err)
			}
		}
	})
}

func FuzzNumstat(f *testing.F) {
	for _, s := range []string{"1\t2\ta\x00", "-\t-\t\x00a\x00b\x00", "\x01sha\x00\n1\t2\ta\x00", "\x01", "1\t2", "\t\t\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for path, n := range parseNumstat(b) {
			if n[0] < fact.Uncounted || !utf8.ValidString(path) {
				t.Errorf("%q %v", path, n)
			}
		}
		splitNumstat(b)
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a", "caf\xe9", "\x00\x1b[31m\x7f", "é\n\t\r"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := clean(s)
		if !utf8.ValidString(c) || strings.ContainsAny(c, "\x00\x1b\r\x7f") || len(c) > 2*len(s) {
			t.Errorf("%q of %q", c, s)
		}
		if clean(c) != c {
			t.Errorf("%q is not clean", c)
		}
	})
}

func FuzzTags(f *testing.F) {
	for _, s := range []string{"v1.2.3", "1", "release_1", "2024-01-31", "v1.0-rc1", strings.Repeat("1.", 200), "--..__"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if versionTag.MatchString(s) && !strings.ContainsAny(s, "0123456789") {
			t.Errorf("%q is a version without a number", s)
		}
		preRelease.MatchString(s)
	})
}

func FuzzAdmits(f *testing.F) {
	for _, s := range []string{"", "// TODO x", "'", "\"\\", "`'\"// HACK", "/* \xff TODO", "#"} {
		for _, ext := range []string{"go", "py", "sql", "html", "clj", "ml", "erl"} {
			f.Add(ext, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, ext string, line []byte) {
		if c := commentFamilies[ext]; c != nil {
			if kind, text, ok := c.admits(line); ok && (kind == "" || len(text) > longestComment) {
				t.Errorf("%q %q", kind, text)
			}
		}
	})
}

func FuzzBlob(f *testing.F) {
	for _, s := range []string{"sha blob 3\nabc\n", "sha missing\n", "sha blob -1\n", "sha blob 9223372036854775807\nabc", "sha tree 0\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		br := newParser(bytes.NewReader(b)).r
		for {
			content, _, err := readBlob(br)
			if len(content) > longestDocument {
				t.Errorf("%d bytes", len(content))
			}
			if err != nil {
				if err == io.EOF {
					t.Error("a plain end of file where more was due")
				}
				return
			}
		}
	})
}

func FuzzCommit(f *testing.F) {
	for _, s := range []string{
		"tree 1\nparent 2\nauthor Ann <a@example.com> 1700000000 +0100\ncommitter Bob <b@example.com> 1700000001 -0330\n\nsubject\n\nbody\n",
		"tree 1\nauthor  <> 0 +0000\ncommitter a <b> -1 +0000\nencoding ISO-8859-1\n\n\xe9",
		"author A <a <b>> 1 +0000\n\n", "author A 1 +0000", "gpgsig x\n y\n\n", "\n\n", "", "author A <a> 99999999999999999999 +9999\ncommitter A <a> 1 +0000\n\nx",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := parseCommit("0123456789012345678901234567890123456789", raw)
		if err != nil {
			if err != errAskGit {
				t.Fatal(err)
			}
			return
		}
		for _, s := range []string{c.Author.Name, c.Author.Email, c.Committer.Name, c.Committer.Email, c.Subject} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b") {
				t.Errorf("%q", s)
			}
		}
		if c.AuthoredAt.Year() < 1970 || c.AuthoredAt.Year() > 3000 || c.AuthorZone < -14*60 || c.AuthorZone > 14*60 {
			t.Errorf("%v, %d", c.AuthoredAt, c.AuthorZone)
		}
	})
}
