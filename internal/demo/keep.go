package demo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Version is how a document of the company became.
type Version struct {
	At      time.Time
	Message string
	Text    []byte
}

// Keep makes the folder of a company the repository of its documents, in which one of them, name,
// was committed in versions, the oldest first. What is read, and what is made of it, is not in it.
func Keep(ctx context.Context, git, dir, name string, versions []Version) error {
	run := func(at time.Time, args ...string) error {
		cmd := command(ctx, git, args...)
		cmd.Dir = dir
		for _, who := range []string{"AUTHOR", "COMMITTER"} {
			cmd.Env = append(cmd.Env, "GIT_"+who+"_NAME=The two leaders", "GIT_"+who+"_EMAIL=leaders@example.com", fmt.Sprintf("GIT_%s_DATE=%d +0000", who, at.Unix()))
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(out))
		}
		return nil
	}
	if err := run(time.Time{}, "init", "--quiet", "--template=", "--initial-branch=main"); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("/.diarchy/\n/exports/\n/repos/\n"), 0o644); err != nil {
		return err
	}
	for _, v := range versions {
		if err := os.WriteFile(filepath.Join(dir, name), v.Text, 0o644); err != nil {
			return err
		}
		if err := run(v.At, "add", "--all"); err != nil {
			return err
		}
		if err := run(v.At, "commit", "--quiet", "--message", v.Message); err != nil {
			return err
		}
	}
	return nil
}
