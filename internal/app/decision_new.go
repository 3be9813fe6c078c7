package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/cli"
	"github.com/diarchy/diarchy/internal/cockpit"
	"github.com/diarchy/diarchy/internal/decision"
	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/problem"
	"github.com/diarchy/diarchy/internal/workspace"
)

// usualFolder is where MADR keeps records.
const usualFolder = "docs/decisions"

// DecisionNew implements cli.Actions.
func (p *program) DecisionNew(_ context.Context, scope cli.Scope, ask cli.NewDecision) (cockpit.NewRecord, error) {
	none := cockpit.NewRecord{}
	title := decision.CleanTitle(ask.Title)
	slug := decision.Slug(title)
	if slug == "" {
		return none, problem.New(problem.Usage, "for instance: diarchy decision new \"Use PostgreSQL for orders\"", "the title %q has no letters", ask.Title)
	}
	if ask.ReviewBy != "" {
		if _, err := time.Parse(time.DateOnly, ask.ReviewBy); err != nil {
			return none, problem.New(problem.Usage, "write it as YYYY-MM-DD, for instance 2027-06-30", "--review-by %q is no date", ask.ReviewBy)
		}
	}
	s, err := p.documents(scope)
	if err != nil {
		return none, err
	}
	dir, err := recordFolder(ask.Dir)
	if err != nil {
		return none, err
	}
	names, err := fileNames(dir)
	if err != nil {
		return none, err
	}
	if same := decision.SameTitle(names, slug); same != "" {
		return none, problem.New(problem.Usage, "change that one, or give another title", "%s has this title already", shown(filepath.Join(dir, same)))
	}
	d := decision.Draft{Title: title, Day: p.now(), Deciders: ask.Deciders, ReviewBy: ask.ReviewBy}
	out := cockpit.NewRecord{Schema: cockpit.NewRecordSchema, Notes: []string{}}
	if d.Supersedes, err = supersededFile(names, ask.Supersedes, dir); err != nil {
		return none, err
	}
	if len(d.Deciders) == 0 {
		d.Deciders, d.Consulted = s.architectureLeaders()
	}
	name, number := decision.Name(names, slug, d.Day)
	file := filepath.Join(dir, name)
	if err := writeNew(file, decision.Text(d)); err != nil {
		return none, err
	}
	out.Path, out.Number = shown(file), number
	if d.Supersedes != "" {
		out.Notes = append(out.Notes, "once it is accepted, set the status of "+shown(filepath.Join(dir, d.Supersedes))+" to: superseded by "+name)
	}
	return out, nil
}

func supersededFile(names []string, words, dir string) (string, error) {
	if words == "" {
		return "", nil
	}
	found := decision.Called(names, words)
	if len(found) == 1 {
		return found[0], nil
	}
	hint := "name a file of " + shown(dir) + ", or its number"
	if len(found) > 1 {
		hint = "use one of " + strings.Join(found, ", ")
	}
	return "", problem.New(problem.Usage, hint, "%d records are called %q", len(found), words)
}

// architectureLeaders are the declared roles that decide on architecture, and those to be
// asked: the CTO's records (D2), ownership shared with the VP of Engineering (C2).
func (s *session) architectureLeaders() (decide, consulted []string) {
	if s.doc == nil {
		return nil, nil
	}
	roles, known := s.doc.LeadersAt(s.now(), true)
	if !known {
		return nil, nil
	}
	cto, vpe := slices.Contains(roles, workspace.RoleCTO), slices.Contains(roles, workspace.RoleVPE)
	switch {
	case cto && vpe:
		return []string{"CTO"}, []string{"VP of Engineering"}
	case cto:
		return []string{"CTO"}, nil
	case slices.Contains(roles, workspace.RoleTechnicalLeader):
		return []string{"technical lead"}, nil
	case vpe:
		return []string{"VP of Engineering"}, nil
	}
	return nil, nil
}

// recordFolder is where a new record goes: where it was asked for, else where .adr-dir
// says, else where most records of the work tree lie, else where MADR keeps them.
func recordFolder(asked string) (string, error) {
	if asked != "" {
		return absolute(asked), nil
	}
	root, err := workTree(absolute("."))
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(root, ".adr-dir"))
	if err == nil {
		return folderOf(root, strings.TrimSpace(string(text)))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	dir, err := mostRecords(root)
	if err != nil {
		return "", err
	}
	return folderOf(root, dir)
}

// workTree is the folder of a clone that a folder lies in.
func workTree(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", problem.New(problem.Usage, "go to a clone, or name the folder: --dir docs/decisions", "%s is in no clone", dir)
		}
	}
}

// folderOf is a folder of a work tree. A clone must not choose a place outside of it, be it
// by a link.
func folderOf(root, dir string) (string, error) {
	refused := problem.New(problem.Invalid, "name the folder: --dir FOLDER", "%q, where decision records are said to lie, is not in the clone", dir)
	if !filepath.IsLocal(filepath.FromSlash(dir)) {
		return "", refused
	}
	full := filepath.Join(root, filepath.FromSlash(dir))
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return "", err
	}
	for at := full; ; at = filepath.Dir(at) { // the part of it that is there
		found, err := filepath.EvalSymlinks(at)
		if errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Lstat(at); err == nil {
				return "", refused // a link to what is not there
			}
			continue
		}
		if err != nil {
			return "", err
		}
		if rel, err := filepath.Rel(real, found); err != nil || !filepath.IsLocal(rel) {
			return "", refused
		}
		return full, nil
	}
}

// mostEntries bounds how much of a work tree is looked at.
const mostEntries = 200_000

// mostRecords is the folder, relative to the root, in which most decision records lie.
func mostRecords(root string) (string, error) {
	in, seen := map[string]int{}, 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || seen > mostEntries {
			return fs.SkipAll
		}
		seen++
		if e.IsDir() {
			if name := e.Name(); path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor") {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if kind, ok := fact.DocumentKindOf(filepath.ToSlash(rel)); ok && kind == fact.DecisionRecord {
			in[filepath.ToSlash(filepath.Dir(rel))]++
		}
		return nil
	})
	best := usualFolder
	for dir, n := range in {
		if n > in[best] || n == in[best] && dir < best {
			best = dir
		}
	}
	return best, err
}

// fileNames are those of a folder, which need not be there.
func fileNames(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// writeNew writes a file that is not there yet.
func writeNew(file, text string) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return problem.New(problem.Usage, "give another title", "%s is there already", shown(file))
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// shown is a path as the user would write it.
func shown(path string) string {
	if rel, err := filepath.Rel(absolute("."), path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
