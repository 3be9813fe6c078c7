package git

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/diarchy/diarchy/internal/problem"
)

// deepest is how far below a folder clones are looked for.
const deepest = 3

// hosted is an address as people write it, such as git.example.com/acme/web.
var hosted = regexp.MustCompile(`^[\w-]+(\.[\w-]+)+(:\d+)?/[^\s/]+/[^\s/]+`)

// Find lists the clones that a path names: itself, the clones in it, or the one that
// it lies in.
func Find(ctx context.Context, path string) ([]string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(abs)
	if err != nil {
		hint := "give the path of a git clone, or of a folder that holds clones"
		if hosted.MatchString(path) {
			hint = "an address begins with its protocol: https://" + path
		}
		return nil, problem.New(problem.Missing, hint, "%s: %w", path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return nil, problem.New(problem.Missing, "give a folder: a git clone, or one that holds clones", "%s: not a folder", path)
	}
	if isClone(abs) {
		return []string{abs}, nil
	}
	if found := clonesBelow(abs); len(found) > 0 {
		return found, nil
	}
	r := repo{program: "git", dir: abs}
	if top := r.line(ctx, "rev-parse", "--show-toplevel"); top != "" {
		return []string{top}, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, problem.New(problem.Missing, "give the path of a git clone, or of a folder that holds clones", "%s: neither a git repository nor a folder that holds one", path)
}

// isClone reports whether a folder is a clone by what lies in it.
func isClone(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		return true
	}
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// clonesBelow lists clones in a folder, in the order of their names. It follows no links.
func clonesBelow(dir string) (found []string) {
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || p == dir {
			return nil // what cannot be opened holds no clone for us
		}
		if isClone(p) {
			found = append(found, p)
			return fs.SkipDir
		}
		rel, _ := filepath.Rel(dir, p)
		if strings.Count(rel, string(filepath.Separator)) >= deepest-1 || strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" {
			return fs.SkipDir
		}
		return nil
	})
	return found
}

// Fetch brings a remote repository into the cache as a bare clone, or brings an
// earlier clone up to date. Only https and ssh are spoken. It uses the user's own git
// configuration, because credentials and proxies are set there.
func Fetch(ctx context.Context, address, cache string, progress io.Writer) (dir string, err error) {
	if err := checkAddress(address); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(address))
	name := nameOf(strings.TrimSuffix(strings.NewReplacer(":", "/").Replace(address), "/"))
	dir = filepath.Join(cache, "clones", name+"-"+hex.EncodeToString(sum[:6])+".git")
	args := []string{"--git-dir", dir, "fetch", "--prune", "--prune-tags", "--tags", "--progress", "origin", "+refs/heads/*:refs/heads/*"}
	target := dir
	if _, statErr := os.Stat(filepath.Join(dir, "HEAD")); statErr != nil {
		if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
			return "", err
		}
		target = dir + ".part"
		if err := os.RemoveAll(target); err != nil {
			return "", err
		}
		args = []string{"clone", "--bare", "--progress", "--config", "remote.origin.fetch=+refs/heads/*:refs/heads/*", "--", address, target}
	}
	safe := []string{"-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "submodule.recurse=false", "-c", "fetch.recurseSubmodules=false", "-c", "core.fsmonitor=false"}
	cmd := exec.CommandContext(ctx, "git", append(safe, args...)...)
	cmd.Env = append(os.Environ(), "GIT_ALLOW_PROTOCOL=https:ssh", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	var errs strings.Builder
	cmd.Stderr = io.MultiWriter(&errs, progress)
	if err := cmd.Run(); err != nil {
		hint := "check the address and that git itself can clone it: git clone " + Redact(address)
		return "", problem.New(problem.Missing, hint, "%s could not be fetched: %w", Redact(address), gitError(ctx, "fetch", err, errs.String()))
	}
	if target != dir {
		err = os.Rename(target, dir)
	}
	return dir, err
}

func checkAddress(address string) error {
	if u, err := url.Parse(address); err == nil && (u.Scheme == "http" || u.Scheme == "git") {
		return problem.New(problem.Usage, "use an https:// or ssh address", "%s: %s is not encrypted", Redact(address), u.Scheme)
	}
	if strings.HasPrefix(address, "-") {
		return problem.New(problem.Usage, "use an https:// or ssh address", "%s: not an address", address)
	}
	return nil
}

// Redact removes credentials from an address.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	if _, secret := u.User.Password(); secret || u.Scheme == "https" {
		u.User = nil
	}
	return fmt.Sprint(u)
}
