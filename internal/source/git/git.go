package git

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/git/object"
)

// Source is one clone. Dir must be a git repository, bare or not.
type Source struct {
	Dir      string
	Name     string // "" takes the folder's
	Branch   string // "" takes HEAD
	Location string // address it was cloned from; "" takes Dir
	Git      string // program; "" takes "git"
	GitOnly  bool   // leave all reading to the program: slower, and the measure of what is read without it
	Batch    int    // commits that one transaction holds; 0 takes 5000
	Now      func() time.Time

	place    source.Place
	layout   layout
	descends string // a commit that is known to be on the main line before the head

	reading object.Options // where tests ask for other bounds
}

var _ source.Source = (*Source)(nil)

func (s *Source) repo() repo {
	program := s.Git
	if program == "" {
		program = "git"
	}
	return repo{program, s.Dir, s.GitOnly, s.reading, s.layout}
}

// Open finds the main line and its newest commit.
func (s *Source) Open(ctx context.Context) (source.Place, error) {
	r := s.repo()
	p := source.Place{Name: s.Name, Location: s.Location}
	if p.Name == "" {
		p.Name = nameOf(s.Dir)
	}
	if p.Location == "" {
		p.Location = s.Dir
	}
	if _, err := os.Stat(s.Dir); err != nil {
		return p, problem.New(problem.Missing, "give the path of a git clone, or of a folder that holds clones", "%s: no such folder", s.Dir)
	}
	var err error
	if s.layout, err = r.laidOut(ctx); err != nil {
		if ctx.Err() != nil {
			return p, ctx.Err()
		}
		return p, problem.New(problem.Missing, "give the path of a git clone, or of a folder that holds clones", "%s: not a git repository (%v)", s.Dir, err)
	}
	r.layout = s.layout
	ref := "HEAD"
	if s.Branch != "" {
		ref = s.Branch
	}
	p.Branch = strings.TrimPrefix(r.line(ctx, "symbolic-ref", "-q", "--short", ref), "heads/")
	if p.Branch == "" {
		p.Branch = ref
	}
	p.Head = r.line(ctx, "rev-parse", "-q", "--verify", ref+"^{commit}")
	if p.Head == "" && r.line(ctx, "rev-parse", "-q", "--verify", ref) != "" {
		_, err := r.output(ctx, nil, "rev-parse", "--verify", ref+"^{commit}")
		return p, r.broken(ctx, err)
	}
	if p.Head == "" {
		if s.Branch != "" {
			return p, problem.New(problem.Missing, "name a branch that the clone has", "%s: no branch %q", s.Dir, s.Branch)
		}
		p.Skipped = append(p.Skipped, fact.Skipped{What: "the repository", Why: "it has no commits on " + p.Branch, Count: 1})
		s.place = p
		return p, nil
	}
	p.Tags = fingerprint(r.line(ctx, "for-each-ref", "--format=%(refname) %(objectname)", "refs/tags"))
	s.shortcomings(ctx, &p)
	s.place = p
	return p, ctx.Err()
}

// shortcomings notes what the clone cannot tell by its kind.
func (s *Source) shortcomings(ctx context.Context, p *source.Place) {
	if s.layout.isShallow {
		p.Skipped = append(p.Skipped, fact.Skipped{What: "history before the shallow boundary",
			Why: "the clone is shallow; `git fetch --unshallow` in it brings the rest", Count: 1})
	}
	if s.repo().line(ctx, "config", "--get-regexp", `^(extensions\.partialclone|remote\..*\.promisor)$`) != "" {
		p.Notes = append(p.Notes, "a partial clone: line counts are missing where contents are not here")
	}
}

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// nameOf is a folder's name without what says that it is a git folder.
func nameOf(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = dir
	}
	base := filepath.Base(abs)
	if base == ".git" || base == "repo" || base == "repo.git" {
		base = filepath.Base(filepath.Dir(abs))
	}
	return strings.TrimSuffix(base, ".git")
}

// Root walks the main line, and no further than to the known commit.
func (s *Source) Root(ctx context.Context, known string) (string, error) {
	if known == s.place.Head {
		return known, nil
	}
	r := s.repo()
	if known != "" {
		out, err := r.output(ctx, nil, "rev-list", "--ignore-missing", "--first-parent", "--parents", s.place.Head, "^"+known, "--")
		if err != nil {
			return "", r.broken(ctx, err)
		}
		lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		if last := strings.Fields(lines[len(lines)-1]); len(last) > 1 && last[1] == known {
			s.descends = known
			return known, nil
		}
	}
	out, err := r.output(ctx, nil, "rev-list", "--first-parent", "--max-parents=0", s.place.Head, "--")
	if err != nil {
		return "", r.broken(ctx, err)
	}
	roots := strings.Fields(string(out))
	if len(roots) == 0 {
		return "", r.broken(ctx, fmt.Errorf("%s: the main line has no beginning", s.place.Head))
	}
	return roots[len(roots)-1], nil
}

// Has asks the clone which commits it holds.
func (s *Source) Has(ctx context.Context, shas []string) (map[string]bool, error) {
	out, err := s.repo().output(ctx, strings.NewReader(strings.Join(shas, "\n")+"\n"), "cat-file", "--batch-check=%(objectname) %(objecttype)")
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, l := range strings.Split(string(out), "\n") {
		if sha, kind, ok := strings.Cut(l, " "); ok && kind == "commit" {
			has[sha] = true
		}
	}
	return has, nil
}

// Canonical applies the .mailmap at the head.
func (s *Source) Canonical(ctx context.Context, ids []fact.Identity) (map[fact.Identity]fact.Identity, error) {
	var in bytes.Buffer
	asked := make([]fact.Identity, 0, len(ids))
	for _, id := range ids {
		if strings.ContainsAny(id.Name+id.Email, "<>\n") || id.Email == "" {
			continue
		}
		fmt.Fprintf(&in, "%s <%s>\n", id.Name, id.Email)
		asked = append(asked, id)
	}
	r := s.repo()
	if s.layout.gitDir != "" {
		r.dir = s.layout.gitDir // in a work tree, git would read the file that lies there as well
	}
	args := []string{"check-mailmap", "--stdin"}
	if s.place.Head != "" {
		args = append([]string{"-c", "mailmap.blob=" + s.place.Head + ":.mailmap", "-c", "mailmap.file="}, args...)
	}
	out, err := r.output(ctx, &in, args...)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(asked) == 0 {
		return nil, nil
	}
	if len(lines) != len(asked) {
		return nil, fmt.Errorf("git check-mailmap: %d answers to %d questions", len(lines), len(asked))
	}
	m := map[fact.Identity]fact.Identity{}
	for i, l := range lines {
		if p := person.FindStringSubmatch(clean(l)); p != nil {
			if to := (fact.Identity{Name: strings.TrimSpace(p[1]), Email: p[2]}); to != asked[i] {
				m[asked[i]] = to
			}
		}
	}
	return m, nil
}

// IsAddress reports whether an argument is the address of a remote rather than a path.
func IsAddress(arg string) bool {
	if u, err := url.Parse(arg); err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "ssh" || u.Scheme == "git") && u.Host != "" {
		return true
	}
	host, path, ok := strings.Cut(arg, ":") // user@host:path
	return ok && strings.Contains(host, "@") && !strings.ContainsAny(host, `/\ `) && path != "" && !strings.HasPrefix(arg, "-")
}
