package object

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

func entryOf(mode, name string, id byte) string {
	return mode + " " + name + "\x00" + strings.Repeat(string([]byte{id}), 20)
}

// storeOf is a store of trees and blobs, the i-th named by numbered(i).
func storeOf(t testing.TB, trees ...string) *Reader {
	var b packOf
	for _, tree := range trees {
		b.add(TypeTree, uint64(len(tree)), nil, deflate(t, []byte(tree), 1))
	}
	return b.open(Options{})
}

// Trees that no git writes today, and that git reads nevertheless: compared with it.
func TestOddTrees(t *testing.T) {
	s := gittest.New(t)
	blobs := make([]string, 4)
	raw := make([]string, 4)
	for i := range blobs {
		sha, err := s.Try([]byte(fmt.Sprint(i)), "hash-object", "-w", "--stdin")
		if err != nil {
			t.Fatal(err)
		}
		id, _ := ParseID(sha)
		blobs[i], raw[i] = sha, string(id[:20])
	}
	tree := func(entries ...string) string {
		sha, err := s.Try([]byte(strings.Join(entries, "")), "hash-object", "-w", "--literally", "-t", "tree", "--stdin")
		if err != nil {
			t.Fatal(err)
		}
		return sha
	}
	sub := func(sha string) string {
		id, _ := ParseID(sha)
		return string(id[:20])
	}
	inner := sub(tree("100644 x\x00" + raw[0]))
	trees := []string{
		tree(),
		tree("100644 a\x00"+raw[0], "100644 b\x00"+raw[1]),
		tree("100664 a\x00"+raw[0], "100600 b\x00"+raw[1]), // modes of long ago
		tree("100755 a\x00"+raw[0], "100744 b\x00"+raw[1]),
		tree("0100644 a\x00"+raw[0], "040000 c\x00"+inner), // zeros in front
		tree("100644 b\x00"+raw[1], "100644 a\x00"+raw[0]), // not in order
		tree("100644 a\x00"+raw[0], "100644 a\x00"+raw[1]), // twice
		tree("100644 a\x00"+raw[0], "100644 a-b\x00"+raw[1], "40000 a\x00"+inner, "100644 a0\x00"+raw[2]),
		tree("100644 a-b\x00"+raw[1], "40000 a\x00"+inner, "100644 a0\x00"+raw[2]),
		tree("120000 a\x00"+raw[0], "160000 b\x00"+raw[1]),
		tree("160000 a\x00"+raw[0], "120000 b\x00"+raw[1]),
		tree("20000 a\x00"+raw[0], "140000 b\x00"+raw[1]), // modes of nothing that git has
		tree("100644 \xff\xfe\x00"+raw[0], "100644 \xff\xff\x00"+raw[3]),
	}
	r := open(t, filepath.Join(s.Dir, ".git"), Options{Verify: true}).NewReader()
	for _, before := range trees {
		for _, after := range trees {
			want := strings.ReplaceAll(s.Git("diff-tree", "-r", "--raw", "--no-abbrev", "-z", before, after), "\x00", "\n")
			a, _ := ParseID(before)
			b, _ := ParseID(after)
			got, err := rawChanges(r, a, b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s (-git +ours):\n%s", before, after, diff)
			}
		}
	}
}

func TestDamagedTrees(t *testing.T) {
	sound := entryOf("100644", "a", 1)
	for _, bad := range []string{
		"100644 a", "100644 a\x00123", "100644 \x0001234567890123456789", " a\x0001234567890123456789",
		"100648 a\x0001234567890123456789", "1000000000 a\x0001234567890123456789", "100644", "x",
	} {
		for _, tree := range []string{bad, sound + bad} {
			for _, other := range []string{"", sound, entryOf("100644", "a", 2)} {
				r := storeOf(t, other, tree)
				if _, err := rawChanges(r, numbered(0), numbered(1)); !errors.Is(err, ErrDamaged) {
					t.Errorf("%q after %q: %v", tree, other, err)
				}
				if _, err := rawChanges(r, numbered(1), numbered(0)); !errors.Is(err, ErrDamaged) {
					t.Errorf("%q before %q: %v", tree, other, err)
				}
			}
		}
	}
	r := storeOf(t, entryOf("100644", "a/", 1), entryOf("40000", "a", 1))
	if _, err := rawChanges(r, numbered(0), numbered(1)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a slash in a name: %v", err)
	}
	loop := numbered(0)
	r = storeOf(t, "40000 a\x00"+string(loop[:20]), "")
	if _, err := rawChanges(r, numbered(1), numbered(0)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a folder in itself: %v", err)
	}
}

// An error of the caller ends the walk, and comes back.
func TestDiffTreesStops(t *testing.T) {
	r := storeOf(t, entryOf("100644", "a", 1)+entryOf("100644", "b", 1))
	stop := errors.New("enough")
	n := 0
	err := r.DiffTrees(ID{}, numbered(0), func(Change) error { n++; return stop })
	if err != stop || n != 1 {
		t.Errorf("%d calls, %v", n, err)
	}
}

// FuzzTree compares with a walk that takes no short cuts.
func FuzzTree(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	random := func() []byte {
		var b strings.Builder
		for i := range 12 {
			if r.IntN(4) > 0 {
				mode := []string{"100644", "100755", "120000", "160000"}[r.IntN(4)]
				b.WriteString(entryOf(mode, strings.Repeat(string(rune('a'+i)), 1+i%3), byte(r.IntN(3))))
			}
		}
		return []byte(b.String())
	}
	for range 30 {
		f.Add(random(), random())
	}
	f.Add([]byte(entryOf("100644", "a", 1)), []byte(entryOf("100664", "a", 1)))
	f.Add([]byte("100644 a"), []byte(entryOf("40000", "a", 0)))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		rd := storeOf(t, string(a), string(b))
		got, err := rawChanges(rd, numbered(0), numbered(1))
		want, ok := slowDiff(a, b)
		if err == nil && ok && got != want {
			t.Fatalf("(-slow +ours):\n%s", cmp.Diff(want, got))
		}
		if err != nil && ok || err == nil && !ok && bytes.Equal(a, b) == false && equalHead(a, b) == 0 && equalTail(a, b) == 0 {
			t.Fatalf("ours says %v, the slow walk %v", err, ok)
		}
	})
}

// slowDiff merges two trees entry by entry; ok is false where a folder differs or the
// trees are damaged.
func slowDiff(a, b []byte) (out string, ok bool) {
	for len(a) > 0 || len(b) > 0 {
		x, restA, okA := readEntry(a, 20)
		y, restB, okB := readEntry(b, 20)
		if !okA || !okB {
			return "", false
		}
		order := x.compare(y)
		if order == 0 && string(x.name) != string(y.name) {
			return "", false
		}
		if order <= 0 {
			a = restA
		} else {
			x = treeEntry{}
		}
		if order >= 0 {
			b = restB
		} else {
			y = treeEntry{}
		}
		if x.mode == y.mode && bytes.Equal(x.id, y.id) {
			continue
		}
		if x.mode == ModeTree || y.mode == ModeTree {
			return "", false
		}
		kind := "M"
		switch {
		case x.mode == 0:
			kind, x.name = "A", y.name
		case y.mode == 0:
			kind = "D"
		case x.mode&0o170000 != y.mode&0o170000:
			kind = "T"
		}
		out += fmt.Sprintf(":%06o %06o %s %s %s\n%s\n", x.mode, y.mode, makeID(x.id), makeID(y.id), kind, x.name)
	}
	return out, true
}
