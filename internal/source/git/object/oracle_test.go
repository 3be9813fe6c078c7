package object

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

// stored is an object as the git program shows it.
type stored struct {
	id   ID
	kind string
	data []byte
}

// allObjects asks the git program for everything in a repository.
func allObjects(t testing.TB, s *gittest.Repo) (all []stored) {
	t.Helper()
	return readBatch(t, s.Git("cat-file", "--batch-all-objects", "--batch", "--buffer")+"\n")
}

func readBatch(t testing.TB, out string) (all []stored) {
	t.Helper()
	r := bufio.NewReader(strings.NewReader(out))
	for {
		line, err := r.ReadString('\n')
		if err == io.EOF || line == "\n" { // gittest trims newlines at the end
			return all
		}
		var name string
		var size int
		var o stored
		if _, err := fmt.Sscanf(line, "%s %s %d\n", &name, &o.kind, &size); err != nil {
			t.Fatalf("cat-file printed %.80q: %v", line, err)
		}
		if o.id, err = ParseID(name); err != nil {
			t.Fatal(err)
		}
		o.data = make([]byte, size)
		n, err := io.ReadFull(r, o.data)
		if err != nil { // newlines that gittest trimmed
			copy(o.data[n:], strings.Repeat("\n", size-n))
		}
		all = append(all, o)
		r.ReadByte() //nolint:errcheck // the newline behind the object
	}
}

func open(t testing.TB, dir string, o Options) *Store {
	t.Helper()
	o.Spoil = true
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// get reads an object of whatever type.
func (r *Reader) get(o stored) ([]byte, error) {
	switch o.kind {
	case "blob":
		return r.Blob(o.id)
	case "tree":
		return r.Tree(o.id)
	case "commit":
		c, err := r.Commit(o.id)
		return c.Raw, err
	}
	return r.object(o.id, TypeTag)
}

// equalsGit compares every object, and the changes of every commit.
func equalsGit(t *testing.T, s *gittest.Repo, dir string, o Options) {
	t.Helper()
	st := open(t, dir, o)
	r := st.NewReader()
	all := allObjects(t, s)
	if len(all) == 0 {
		t.Fatal("there are no objects")
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, want := range all {
		got, err := r.get(want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.data) {
			t.Fatalf("%s %s: content differs", want.kind, want.id)
		}
		r.Release()
	}
	if broken := st.broken; len(broken) > 0 {
		t.Error(broken)
	}

	want := map[string]string{}
	sha := ""
	for line := range strings.Lines(s.Git("log", "--all", "--format=%x01%H", "-m", "--first-parent", "--raw", "--root", "-r", "--no-renames", "--no-abbrev", "-z") + "\n") {
		for _, f := range strings.Split(strings.TrimRight(line, "\n"), "\x00") {
			if h, ok := strings.CutPrefix(f, "\x01"); ok {
				sha = h
				want[sha] = ""
				continue
			}
			if f != "" {
				want[sha] += f + "\n"
			}
		}
	}
	for sha, want := range want {
		if diff := cmp.Diff(want, changesOf(t, r, sha)); diff != "" {
			t.Fatalf("%s (-git +ours):\n%s", sha, diff)
		}
	}
}

// changesOf are the changes of a commit against its first parent as git prints them.
func changesOf(t testing.TB, r *Reader, sha string) string {
	t.Helper()
	id, err := ParseID(sha)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Commit(id)
	if err != nil {
		t.Fatal(err)
	}
	var parent Commit
	if len(c.Parents) > 0 {
		if parent, err = r.Commit(c.Parents[0]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := rawChanges(r, parent.Tree, c.Tree)
	if err != nil {
		t.Fatal(err)
	}
	r.Release()
	return got
}

func rawChanges(r *Reader, before, after ID) (string, error) {
	var b strings.Builder
	name := func(id ID) string { // none has as many digits as any
		return (id.String() + strings.Repeat("0", 24))[:2*r.s.hash]
	}
	err := r.DiffTrees(before, after, func(c Change) error {
		kind := "M"
		switch {
		case c.OldMode == 0:
			kind = "A"
		case c.NewMode == 0:
			kind = "D"
		case c.OldMode&0o170000 != c.NewMode&0o170000:
			kind = "T"
		}
		fmt.Fprintf(&b, ":%06o %06o %s %s %s\n%s\n", c.OldMode, c.NewMode, name(c.Old), name(c.New), kind, c.Path)
		return nil
	})
	return b.String(), err
}

// history writes commits on several branches, all kinds of entries among them.
func history(s *gittest.Repo, seed uint64, commits int) {
	s.Git("config", "fastimport.unpackLimit", "100000") // loose objects
	s.Git("config", "gc.auto", "0")
	r := rand.New(rand.NewPCG(seed, 0))
	s.Grow(r, commits)
	s.Git("read-tree", "main")
	s.Git("checkout-index", "-a", "-f")

	var big strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&big, "%d lines, of which this is one of %d\n", r.IntN(1e9), i)
	}
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	s.Write("big", big.String())
	s.Write("noise", string(noise))
	s.Write("empty", "")
	s.Write("deep/er/and/deep/er/file", "x\n")
	s.Write("name", "1\n")
	s.Write("name-with", "1\n")
	s.Write("name.with", "1\n")
	s.Write("name0", "1\n")
	s.Commit("all kinds")
	s.Remove("name")
	s.Write("name/inside", "1\n")
	s.Write("big", strings.Replace(big.String(), "which", "many of which", 40))
	s.Commit("a folder in the place of a file")
	s.Remove("name")
	s.Link("name0", "name")
	s.Chmod("name0", 0o755)
	s.Write("noise", string(noise[:200_000])+"and more"+string(noise[200_000:]))
	s.Git("update-index", "--add", "--cacheinfo", "160000,"+s.Git("rev-parse", "HEAD")+",module")
	s.Clock += 60
	s.Git("add", "-A", "--", "name", "name0", "noise")
	s.Git("commit", "-q", "-m", "a link in the place of a folder, a submodule")
	s.Git("update-index", "--cacheinfo", "160000,"+s.Git("rev-parse", "HEAD")+",module")
	s.Git("commit", "-q", "-m", "the submodule moves")
	s.Git("tag", "-a", "-m", "a tag", "v1")
	s.Remove("deep")
	s.Git("rm", "-q", "-r", "--cached", "deep", "module")
	s.Git("commit", "-q", "-m", "a folder goes")
}

func TestEqualsGit(t *testing.T) {
	repack := func(args ...string) func(s *gittest.Repo) string {
		return func(s *gittest.Repo) string {
			s.Git(args...)
			return filepath.Join(s.Dir, ".git")
		}
	}
	layouts := []struct {
		name  string
		init  []string
		setUp func(s *gittest.Repo) (gitDir string)
		packs bool
	}{
		{"loose", nil, repack("prune"), false},
		{"packed", nil, repack("repack", "-adfq"), true},
		{"deep deltas", nil, repack("repack", "-adfq", "--depth=250", "--window=50"), true},
		{"deltas by name", nil, repack("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"), true},
		{"index version 1", nil, repack("-c", "pack.indexVersion=1", "repack", "-adfq"), true},
		{"not compressed", nil, repack("-c", "pack.compression=0", "repack", "-adfFq"), true},
		{"well compressed", nil, repack("-c", "pack.compression=9", "repack", "-adfFq"), true},
		{"offsets of 64 bits", nil, func(s *gittest.Repo) string {
			s.Git("repack", "-adfq")
			packs, _ := filepath.Glob(filepath.Join(s.Dir, ".git/objects/pack/*.pack"))
			idx := strings.TrimSuffix(packs[0], ".pack") + ".idx"
			if err := os.Remove(idx); err != nil {
				t.Fatal(err)
			}
			s.Git("index-pack", "--index-version=2,0x100", "-o", idx, packs[0])
			return filepath.Join(s.Dir, ".git")
		}, true},
		{"several packs and loose", nil, func(s *gittest.Repo) string {
			for i, rev := range []string{"HEAD~4", "HEAD~2", "HEAD~1"} {
				s.Git("branch", "-f", "part", rev)
				if _, err := s.Try([]byte("part\n"), "pack-objects", "-q", "--revs", fmt.Sprintf(".git/objects/pack/pack-%d", i)); err != nil {
					t.Fatal(err)
				}
				s.Git("prune-packed")
			}
			return filepath.Join(s.Dir, ".git")
		}, true},
		{"work tree", nil, func(s *gittest.Repo) string {
			s.Git("repack", "-adq")
			s.Git("worktree", "add", "-q", "--detach", filepath.Join(t.TempDir(), "other"))
			return filepath.Join(s.Dir, ".git", "worktrees", "other")
		}, true},
		{"SHA-256, loose", []string{"--object-format=sha256"}, repack("prune"), false},
		{"SHA-256", []string{"--object-format=sha256"}, repack("repack", "-adfq", "--depth=100"), true},
		{"SHA-256, deltas by name", []string{"--object-format=sha256"}, repack("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"), true},
		{"SHA-256, index version 1", []string{"--object-format=sha256"}, repack("-c", "pack.indexVersion=1", "repack", "-adfq"), true},
	}
	for i, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			s := gittest.New(t, l.init...)
			history(s, uint64(i), 120)
			dir := l.setUp(s)
			equalsGit(t, s, dir, Options{Verify: true})
			equalsGit(t, s, dir, Options{CacheBytes: 1}) // nothing is kept
			if l.packs {
				equalsGit(t, s, dir, Options{noMap: true})
			}
		})
	}
}

func TestAlternates(t *testing.T) {
	s := gittest.New(t)
	history(s, 99, 60)
	s.Git("repack", "-adfq")
	first := filepath.Join(s.Dir, ".git", "objects")
	// A chain of three, the second with a relative path and a quoted one, the last
	// with the first again.
	dirs := []string{first}
	for i := range 2 {
		c := gittest.New(t)
		line := dirs[i]
		if i == 1 {
			rel, err := filepath.Rel(filepath.Join(c.Dir, ".git", "objects"), line)
			if err != nil {
				t.Fatal(err)
			}
			line = "# a comment\n\n/nowhere/at/all\n\"/with \\\"\\303\\244\\t\"\n" + rel
		}
		c.Write(".git/objects/info/alternates", line+"\n")
		dirs = append(dirs, filepath.Join(c.Dir, ".git", "objects"))
	}
	s.Write(".git/objects/info/alternates", dirs[2]+"\n")
	equalsGit(t, s, filepath.Dir(dirs[2]), Options{Verify: true})

	st := open(t, filepath.Dir(dirs[2]), Options{})
	if len(st.dirs) != 3 {
		t.Errorf("folders %q", st.dirs)
	}
}

// Objects that appear, are packed, and packed again while readers run are found.
func TestRepackedWhileRead(t *testing.T) {
	for _, noMap := range []bool{false, true} {
		t.Run(fmt.Sprint("noMap=", noMap), func(t *testing.T) {
			s := gittest.New(t)
			history(s, 7, 60)
			s.Git("gc", "-q", "--prune=now")
			st := open(t, filepath.Join(s.Dir, ".git"), Options{CacheBytes: 1 << 10, Verify: true, noMap: noMap})
			var mu sync.Mutex
			all := allObjects(t, s)
			var stop atomic.Bool
			var wg sync.WaitGroup
			for i := range 3 {
				wg.Go(func() {
					r := st.NewReader()
					rnd := rand.New(rand.NewPCG(uint64(i), 0))
					for !stop.Load() {
						mu.Lock()
						want := all[rnd.IntN(len(all))]
						mu.Unlock()
						got, err := r.get(want)
						if err != nil || !bytes.Equal(got, want.data) {
							t.Errorf("%s: %v", want.id, err)
							return
						}
					}
				})
			}
			for i := range 6 {
				s.Save("new", strings.Repeat(fmt.Sprintf("content %d\n", i), 100))
				now := allObjects(t, s)
				mu.Lock()
				all = now
				mu.Unlock()
				switch i % 3 {
				case 0:
					s.Git("gc", "-q", "--prune=now")
				case 1:
					s.Git("repack", "-adfq")
				}
			}
			now := allObjects(t, s)
			stop.Store(true)
			wg.Wait()
			r := st.NewReader()
			for _, want := range now {
				if got, err := r.get(want); err != nil || !bytes.Equal(got, want.data) {
					t.Fatalf("%s: %v", want.id, err)
				}
			}
		})
	}
}

func TestMissingAndTooLarge(t *testing.T) {
	s := gittest.New(t)
	history(s, 3, 40)
	blob := s.Git("rev-parse", "HEAD:big")
	id, _ := ParseID(blob)
	for _, packed := range []bool{false, true} {
		if packed {
			s.Git("repack", "-adfq")
		}
		st := open(t, filepath.Join(s.Dir, ".git"), Options{MaxObject: 100_000})
		r := st.NewReader()
		if _, err := r.Blob(id); !errors.Is(err, ErrTooLarge) || errors.Is(err, ErrDamaged) {
			t.Errorf("packed=%v: %v", packed, err)
		}
		other := id
		other[19]++
		if _, err := r.Blob(other); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), other.String()) {
			t.Errorf("packed=%v: %v", packed, err)
		}
		other = id
		other[31]++ // a SHA-256 that begins alike
		if _, err := r.Blob(other); !errors.Is(err, ErrMissing) {
			t.Errorf("packed=%v: %v", packed, err)
		}
		if _, err := r.Tree(id); !errors.Is(err, ErrTooLarge) {
			t.Errorf("packed=%v: %v", packed, err)
		}
		small, _ := ParseID(s.Git("rev-parse", "HEAD:name0"))
		if _, err := r.Tree(small); !errors.Is(err, ErrDamaged) {
			t.Errorf("packed=%v: a blob was read as a tree: %v", packed, err)
		}
		if _, err := r.Commit(small); !errors.Is(err, ErrDamaged) {
			t.Errorf("packed=%v: a blob was read as a commit: %v", packed, err)
		}
	}
}

// The tree without entries need not be stored.
func TestEmptyTree(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		s := gittest.New(t, "--object-format="+format)
		first := s.Commit("nothing")
		s.Save("a", "1\n")
		last := s.Commit("still")
		r := open(t, filepath.Join(s.Dir, ".git"), Options{Verify: true}).NewReader()
		for _, sha := range []string{first, last} {
			if got := changesOf(t, r, sha); got != "" {
				t.Errorf("%s: %q", format, got)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := Open(t.TempDir(), Options{}); err == nil {
		t.Error("a folder that is no repository was opened")
	}
	for _, config := range []string{"[core]\nrepositoryformatversion = 2\n", "[extensions]\n\tObjectFormat = \"blake3\" ; new\n"} {
		s := gittest.New(t)
		s.Write(".git/config", config)
		if _, err := Open(filepath.Join(s.Dir, ".git"), Options{}); err == nil || !strings.Contains(err.Error(), "is not known") {
			t.Errorf("%q: %v", config, err)
		}
	}
}

// The cache keeps what fits, drops the oldest, and stays within its budget.
func TestCacheHoldsItsBudget(t *testing.T) {
	const budget = 64 << 10
	c := newCache(budget)
	kept := 0
	for i := range 1000 {
		at := place{pack: 1, off: int64(i)}
		v := c.make(TypeBlob, uint64(i*20))
		c.put(at, v)
		if w := c.get(at); w != nil {
			kept++
			c.release(w)
		}
		c.release(v)
		used := int64(0)
		for _, it := range c.items {
			used += int64(cap(it.data)) + itemSize
		}
		if used != c.used || used > budget || c.unused > budget/8 {
			t.Fatalf("%d bytes are used, %d counted, %d allowed, %d wait", used, c.used, budget, c.unused)
		}
	}
	if want := (budget/4-itemSize)/20 + 1; kept < want-100 || kept > want { // sizes are rounded up
		t.Errorf("%d were kept, not about %d", kept, want)
	}
	if c.get(place{pack: 1, off: 0}) != nil {
		t.Error("the oldest is still there")
	}
}

// Memory is used again when nobody holds what is in it, and not before.
func TestMemoryIsUsedAgain(t *testing.T) {
	c := newCache(1 << 20)
	c.spoil = true
	at := func(i int) place { return place{pack: 1, off: int64(i)} }
	first := c.make(TypeBlob, 5000)
	copy(first.data, "first")
	c.put(at(0), first)
	memory := &first.data[0]
	for i := 1; i < 1000; i++ { // pushes the first out of the cache
		v := c.make(TypeBlob, 5000)
		if &v.data[0] == memory {
			t.Fatal("memory that is held was used again")
		}
		c.put(at(i), v)
		c.release(v)
	}
	if string(first.data[:5]) != "first" {
		t.Errorf("what is held became %q", first.data[:5])
	}
	c.release(first)
	if v := c.make(TypeBlob, 4999); &v.data[0] != memory || len(v.data) != 4999 {
		t.Error("memory that nobody holds was not used again")
	}
}

func TestClassesOfSizes(t *testing.T) {
	rooms := map[int]uint64{}
	for size := uint64(1); size < 100_000; size++ {
		class, room := classOf(size)
		if class < 0 {
			if size >= smallest {
				t.Fatalf("%d bytes have no class", size)
			}
			continue
		}
		if room < size || room > size+size/8+1 || rooms[class] != 0 && rooms[class] != room {
			t.Fatalf("%d bytes are of class %d, for which there are %d, and %d before", size, class, room, rooms[class])
		}
		if again, _ := classOf(room); again != class {
			t.Fatalf("class %d of %d bytes is %d", class, room, again)
		}
		rooms[class] = room
	}
	if class, _ := classOf(smallest); class != 0 {
		t.Errorf("the smallest is of class %d", class)
	}
	if class, room := classOf(largest); class != sizeClasses-1 || room != largest {
		t.Errorf("the largest is of class %d of %d", class, sizeClasses)
	}
}

// Memory follows the cache's budget, not the history.
func TestMemoryIsBounded(t *testing.T) {
	s := gittest.New(t)
	history(s, 11, 200)
	s.Git("repack", "-adfq", "--depth=250", "--window=50")
	all := allObjects(t, s)
	st := open(t, filepath.Join(s.Dir, ".git"), Options{CacheBytes: 1 << 20})
	r := st.NewReader()
	measure := func() uint64 {
		for _, o := range all {
			if _, err := r.get(o); err != nil {
				t.Fatal(err)
			}
			r.Release()
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	first := measure()
	for range 5 {
		measure()
	}
	if last := measure(); last > first+1<<20 {
		t.Errorf("memory grew from %d to %d bytes", first, last)
	}
	if st.Stats().Bytes > 1<<20 {
		t.Errorf("cache takes %d bytes", st.Stats().Bytes)
	}
}

func TestIDs(t *testing.T) {
	for _, s := range []string{strings.Repeat("0f", 20), strings.Repeat("a1", 32)} {
		id, err := ParseID(s)
		if err != nil || id.String() != s || id.IsZero() {
			t.Errorf("%s: %s, %v", s, id, err)
		}
	}
	for _, s := range []string{"", "abc", strings.Repeat("g", 40), strings.Repeat("0", 41)} {
		if _, err := ParseID(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	kinds := []string{TypeCommit.String(), TypeTree.String(), TypeBlob.String(), TypeTag.String(), Type(6).String()}
	if want := []string{"commit", "tree", "blob", "tag", "type 6"}; !slices.Equal(kinds, want) {
		t.Errorf("%q", kinds)
	}
}
