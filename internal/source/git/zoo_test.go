package git

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source/git/gittest"
	"github.com/google/go-cmp/cmp"
)

// trap is a repository in which everything that can name a program names a canary.
type trap struct {
	*gittest.Repo
	canary, sign string
}

func newTrap(t *testing.T) trap {
	s := gittest.New(t)
	dir := t.TempDir()
	p := trap{s, filepath.Join(dir, "canary"), filepath.Join(dir, "sang")}
	script := "#!/bin/sh\necho \"$0 $*\" >> '" + p.sign + "'\nexit 0\n"
	if err := os.WriteFile(p.canary, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s.Write(".mailmap", "Ann <ann@example.com> <old@example.com>\n")
	s.Write("docs/adr/0001-x.md", "# X\n\nStatus: accepted\n")
	s.Write("a.go", "package a\n// TODO a\n")
	s.Write("a.bin", "\x00\x01")
	s.Commit("start")
	s.Git("checkout", "-q", "-b", "side")
	s.Save("b.go", "package a\n")
	s.Git("checkout", "-q", "main")
	s.Save("a.go", "package a\n")
	s.Merge("side")
	s.Git("tag", "-a", "-m", "one", "v1.0.0")
	s.Git("mv", "a.bin", "b.bin")
	s.Commit("renamed")
	return p
}

// use reads the clone in every way that the program has.
func (p trap) use(t *testing.T, src *Source) {
	t.Helper()
	k := readAll(t, src)
	if len(k.commits) == 0 {
		t.Error("no commits")
	}
	if _, err := src.Has(context.Background(), []string{k.place.Head, strings.Repeat("0", 40)}); err != nil {
		t.Error(err)
	}
	if _, err := src.Canonical(context.Background(), []fact.Identity{{Name: "Ann", Email: "old@example.com"}}); err != nil {
		t.Error(err)
	}
	if _, err := src.Shapes(context.Background(), []string{"a.go", "b.go", "none"}, nil); err != nil {
		t.Error(err)
	}
	if _, err := Find(context.Background(), src.Dir); err != nil {
		t.Error(err)
	}
}

// fingerprints are the contents and modes of all files below a folder.
func fingerprints(t *testing.T, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		sum := ""
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum = fmt.Sprintf("%x", sha256.Sum256(b))
		}
		m[path] = fmt.Sprint(info.Mode(), info.ModTime().UnixNano(), sum)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestNothingOfTheRepositoryRuns springs every trap that git's documentation knows.
func TestNothingOfTheRepositoryRuns(t *testing.T) {
	t.Parallel()
	config := func(pairs ...string) func(p trap) {
		return func(p trap) {
			for i := 0; i < len(pairs); i += 2 {
				p.Git("config", pairs[i], strings.ReplaceAll(pairs[i+1], "CANARY", p.canary))
			}
		}
	}
	attributes := "* diff=evil filter=evil merge=evil\n*.go diff=evil filter=evil\n"
	driver := func(keys ...string) func(p trap) {
		return func(p trap) {
			p.Write(".git/info/attributes", attributes)
			for _, k := range keys {
				p.Git("config", k, p.canary)
			}
			p.Write(".gitattributes", attributes)
			p.Write("a.go", "package a\n// changed but not added\n")
		}
	}
	cases := map[string]func(p trap){
		"core.fsmonitor": config("core.fsmonitor", "CANARY", "core.untrackedCache", "true"),
		"hooks": func(p trap) {
			p.Git("config", "core.hooksPath", filepath.Join(p.Dir, "hooks"))
			for _, dir := range []string{"hooks", ".git/hooks"} {
				for _, h := range []string{"post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc", "fsmonitor-watchman", "sendemail-validate", "post-rewrite", "proc-receive"} {
					p.Write(dir+"/"+h, "#!/bin/sh\nexec '"+p.canary+"'\n")
					p.Chmod(dir+"/"+h, 0o755)
				}
			}
		},
		"pagers":                 config("core.pager", "CANARY", "pager.log", "CANARY", "pager.diff-tree", "CANARY", "pager.rev-list", "CANARY", "pager.config", "CANARY", "pager.tag", "CANARY", "pager.for-each-ref", "CANARY"),
		"diff.external":          config("diff.external", "CANARY", "diff.trustExitCode", "true"),
		"textconv":               driver("diff.evil.textconv"),
		"diff.command":           driver("diff.evil.command"),
		"filters":                driver("filter.evil.clean", "filter.evil.smudge", "filter.evil.process"),
		"merge driver":           driver("merge.evil.driver"),
		"signatures":             config("gpg.program", "CANARY", "log.showSignature", "true", "gpg.ssh.program", "CANARY", "gpg.x509.program", "CANARY"),
		"core.sshCommand":        config("core.sshCommand", "CANARY", "core.gitProxy", "CANARY", "remote.origin.url", "ssh://example.com/x", "remote.origin.promisor", "true", "remote.origin.partialclonefilter", "blob:none", "extensions.partialClone", "origin", "core.repositoryFormatVersion", "1"),
		"credential.helper":      config("credential.helper", "!CANARY", "core.askPass", "CANARY", "remote.origin.url", "https://127.0.0.1:1/x", "remote.origin.promisor", "true"),
		"alternate refs":         config("core.alternateRefsCommand", "CANARY"),
		"upload pack":            config("uploadpack.packObjectsHook", "CANARY", "remote.origin.uploadpack", "CANARY", "remote.origin.url", "/", "remote.origin.promisor", "true"),
		"editors":                config("core.editor", "CANARY", "sequence.editor", "CANARY", "gui.editor", "CANARY", "browser.x.cmd", "CANARY", "interactive.diffFilter", "CANARY"),
		"aliases":                config("alias.diff-tree", "!CANARY", "alias.rev-list", "!CANARY", "alias.log", "!CANARY", "alias.rev-parse", "!CANARY", "alias.cat-file", "!CANARY", "alias.check-mailmap", "!CANARY"),
		"tools":                  config("diff.tool", "x", "difftool.x.cmd", "CANARY", "merge.tool", "x", "mergetool.x.cmd", "CANARY", "trailer.x.command", "CANARY", "trailer.x.cmd", "CANARY"),
		"promisor with ext::":    config("remote.origin.url", "ext::CANARY", "remote.origin.promisor", "true", "extensions.partialClone", "origin", "core.repositoryFormatVersion", "1", "protocol.ext.allow", "always", "protocol.allow", "always"),
		"traces":                 config("trace2.normalTarget", "/proc/self/fd/2", "trace2.eventTarget", "/proc/self/fd/1"),
		"maintenance":            config("gc.auto", "1", "gc.autoDetach", "false", "maintenance.auto", "true", "gc.recentObjectsHook", "CANARY"),
		"changes of what counts": config("diff.suppressBlankEmpty", "true", "diff.noprefix", "true", "diff.renames", "copies", "diff.context", "0", "diff.algorithm", "patience", "core.quotePath", "true", "i18n.logOutputEncoding", "UTF-16", "color.ui", "always", "log.mailmap", "true", "diff.orderFile", "/none", "core.bigFileThreshold", "1", "format.pretty", "oneline", "log.date", "iso", "diff.submodule", "log"),
		"include": func(p trap) {
			inner := filepath.Join(filepath.Dir(p.canary), "config")
			text := "[core]\n\tfsmonitor = " + p.canary + "\n\tpager = " + p.canary + "\n\tsshCommand = " + p.canary + "\n[diff]\n\texternal = " + p.canary + "\n[log]\n\tshowSignature = true\n[gpg]\n\tprogram = " + p.canary + "\n"
			if err := os.WriteFile(inner, []byte(text), 0o644); err != nil {
				panic(err)
			}
			p.Git("config", "include.path", inner)
			p.Git("config", "includeIf.gitdir:/.path", inner)
		},
		"worktree config": func(p trap) {
			p.Git("config", "extensions.worktreeConfig", "true")
			p.Git("config", "--worktree", "core.fsmonitor", p.canary)
			p.Git("config", "--worktree", "diff.external", p.canary)
		},
		"submodules": func(p trap) {
			p.Write(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ext::"+p.canary+"\n\tupdate = !"+p.canary+"\n")
			p.Git("update-index", "--add", "--cacheinfo", "160000,"+p.Git("rev-parse", "HEAD")+",x")
			p.Commit("submodule")
			p.Git("config", "submodule.x.url", "ext::"+p.canary)
			p.Git("config", "submodule.x.update", "!"+p.canary)
			p.Git("config", "submodule.recurse", "true")
			p.Git("config", "diff.submodule", "diff")
			p.Git("config", "status.submoduleSummary", "true")
		},
	}
	for name, set := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newTrap(t)
			p.Save("loud.go", "package a\n")
			set(p)
			if name == "promisor with ext::" || name == "core.sshCommand" || name == "upload pack" || name == "credential.helper" {
				blob := p.Git("rev-parse", "HEAD~2:a.go")
				p.Remove(".git/objects/" + blob[:2] + "/" + blob[2:])
			}
			_ = os.Remove(p.sign) // what making the trap set off
			before := fingerprints(t, p.Dir)
			p.use(t, sourceOf(p.Repo))
			if sang, err := os.ReadFile(p.sign); err == nil {
				t.Errorf("the repository ran: %s", sang)
			}
			if diff := cmp.Diff(before, fingerprints(t, p.Dir)); diff != "" {
				t.Errorf("the clone changed:\n%s", diff)
			}
		})
	}
}

// TestConfigurationChangesNoCount: what is read does not depend on a clone's settings.
func TestConfigurationChangesNoCount(t *testing.T) {
	t.Parallel()
	s := gittest.New(t)
	s.Save("a.go", lines("a", 30)+"\n\n")
	s.Git("mv", "a.go", "b.go")
	s.Save("b.go", "x\n"+lines("a", 29)+"\n\n\ny\n")
	one := s.Save("c", "é\n")
	s.Git("update-index", "--add", "--cacheinfo", "160000,"+one+",sub")
	s.Git("commit", "-q", "-m", "sub")
	s.Git("update-index", "--cacheinfo", "160000,"+s.Git("rev-parse", "HEAD")+",sub")
	s.Git("commit", "-q", "-m", "sub moved")
	want := readAll(t, sourceOf(s)).commits
	for _, c := range []string{"diff.suppressBlankEmpty=true", "diff.noprefix=true", "diff.renames=false", "diff.context=0", "diff.interHunkContext=9", "diff.algorithm=patience", "diff.indentHeuristic=false",
		"core.quotePath=true", "i18n.logOutputEncoding=UTF-16", "color.ui=always", "color.diff=always", "diff.orderFile=.git/config", "core.bigFileThreshold=1", "format.pretty=oneline", "log.date=iso", "diff.submodule=log", "diff.ignoreSubmodules=all",
		"diff.wsErrorHighlight=all", "diff.colorMoved=zebra", "diff.dirstat=lines", "diff.renameLimit=1", "diff.wordRegex=.", "diff.mnemonicPrefix=true", "log.showRoot=false", "diff.statGraphWidth=1", "core.abbrev=5", "log.follow=true", "diff.relative=true"} {
		key, value, _ := strings.Cut(c, "=")
		s.Git("config", key, value)
		if diff := cmp.Diff(want, readAll(t, sourceOf(s)).commits); diff != "" {
			t.Errorf("%s:\n%s", c, diff)
			s.Git("config", "--unset", key)
		}
	}
}

// TestGitFileElsewhere: a .git file is followed, as git does, and nothing more.
func TestGitFileElsewhere(t *testing.T) {
	t.Parallel()
	p := newTrap(t)
	p.Git("config", "core.fsmonitor", p.canary)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".git"), []byte("gitdir: "+filepath.Join(p.Dir, ".git")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := fingerprints(t, p.Dir)
	p.use(t, &Source{Dir: dir, Now: sourceOf(p.Repo).Now})
	if _, err := os.Stat(p.sign); err == nil {
		t.Error("the repository ran something")
	}
	if diff := cmp.Diff(before, fingerprints(t, p.Dir)); diff != "" {
		t.Error(diff)
	}
}
