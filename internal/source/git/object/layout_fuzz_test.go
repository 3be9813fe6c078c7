package object

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzLayout: whatever a repository's configuration and alternates hold, reading them
// ends, names are 20 or 32 bytes long, and the folder itself comes first, once.
func FuzzLayout(f *testing.F) {
	f.Add("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n", "../other\n\"q\\303\\244\"\n# note\n")
	f.Add("[core\nrepositoryformatversion=0 # x\n", ".\n..\n\"\n\"\\\"\n/\x00\n")
	f.Fuzz(func(t *testing.T, config, alternates string) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "info"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "info", "alternates"), []byte(alternates), 0o600); err != nil {
			t.Fatal(err)
		}
		if n, err := hashLength(filepath.Join(dir, "config")); err == nil && n != 20 && n != 32 {
			t.Errorf("names of %d bytes", n)
		}
		dirs, err := objectDirs(dir)
		if err != nil || dirs[0] != dir {
			t.Fatalf("%v, %v", dirs, err)
		}
		seen := map[string]bool{}
		for _, d := range dirs {
			real, err := filepath.EvalSymlinks(d)
			if err != nil || seen[real] {
				t.Errorf("%s of %v: %v", d, dirs, err)
			}
			seen[real] = true
		}
	})
}
