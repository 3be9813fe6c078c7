package decision

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
)

// index finds records by what others call them.
type index struct {
	all      []Record
	byPath   map[Place]int      // also of former paths
	heirs    map[Place][]Record // those that say that they supersede a record
	numbered map[shelf][]Record
}

// shelf is a number in a folder.
type shelf struct {
	folder Place
	number int
}

func (r Record) place() Place { return Place{r.Repository, r.Path} }

func (r Record) shelf() shelf { return shelf{Place{r.Repository, path.Dir(r.Path)}, r.Number} }

func newIndex(records []Record) index {
	x := index{records, map[Place]int{}, map[Place][]Record{}, map[shelf][]Record{}}
	for i, r := range records {
		for _, p := range r.Paths {
			if _, taken := x.byPath[Place{r.Repository, p}]; !taken {
				x.byPath[Place{r.Repository, p}] = i
			}
		}
	}
	for i, r := range records { // a path of today goes before one of the past
		x.byPath[r.place()] = i
		x.numbered[r.shelf()] = append(x.numbered[r.shelf()], r)
	}
	for _, r := range records {
		for _, target := range r.Stated(fact.DecisionSupersedes) {
			if to := x.refers(r, target); to != nil && to.place() != r.place() {
				x.heirs[to.place()] = append(x.heirs[to.place()], r)
			}
		}
	}
	return x
}

// refers finds the record that another one of its repository calls so; nil for none.
func (x index) refers(from Record, target string) *Record {
	target = unescaped(target)
	if i, ok := x.byPath[Place{from.Repository, relative(from.Path, target)}]; ok {
		return &x.all[i]
	}
	for _, same := range []func(Record) bool{
		func(r Record) bool { return named(r, target) },
		func(r Record) bool { return path.Dir(r.Path) == path.Dir(from.Path) && numbered(r, target) },
		func(r Record) bool { return numbered(r, target) },
		func(r Record) bool { return strings.EqualFold(BareTitle(r.Title), BareTitle(target)) },
	} {
		for i, r := range x.all {
			if r.Repository == from.Repository && r.Path != from.Path && same(r) {
				return &x.all[i]
			}
		}
	}
	return nil
}

// find lists the records that a user can mean: by path, the end of a path, the file's
// name, a number, or a title; of one repository when it stands before a colon.
func (x index) find(words string) (found []Record) {
	repository, rest, ok := strings.Cut(words, ":")
	if !ok || !x.has(repository) {
		repository, rest = "", words
	}
	for _, same := range []func(Record) bool{
		func(r Record) bool { return r.Path == path.Clean(rest) },
		func(r Record) bool { return strings.HasSuffix(r.Path, "/"+path.Clean(rest)) },
		func(r Record) bool { return named(r, rest) },
		func(r Record) bool { return mentioned(rest) && numbered(r, rest) },
		func(r Record) bool { return strings.EqualFold(BareTitle(r.Title), BareTitle(rest)) },
	} {
		for _, r := range x.all {
			if (repository == "" || r.Repository == repository) && same(r) {
				found = append(found, r)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func (x index) has(repository string) bool {
	for _, r := range x.all {
		if r.Repository == repository {
			return true
		}
	}
	return false
}

// relative is the path in the repository that a link in a document means.
func relative(from, target string) string {
	if rooted, ok := strings.CutPrefix(target, "/"); ok {
		return path.Clean(rooted)
	}
	return path.Join(path.Dir(from), target)
}

func unescaped(target string) string {
	if plain, err := url.PathUnescape(target); err == nil {
		return plain
	}
	return target
}

// named reports whether a target ends in the name of a record's file, with or without
// what it ends in.
func named(r Record, target string) bool {
	base, name := path.Base(target), path.Base(r.Path)
	return base == name || strings.EqualFold(base, strings.TrimSuffix(name, path.Ext(name)))
}

var (
	numberOf    = regexp.MustCompile(`\d{1,8}`)
	wholeNumber = regexp.MustCompile(`(?i)^#?(?:adr|madr|decision|record|dr)?[ _#-]*\d{1,6}$`)
	titleNumber = regexp.MustCompile(`(?i)^(?:adr[ _-]*)?\d{1,6}[.:)]?\s+`)
)

// numbered reports whether the first number in a target is that of a record.
func numbered(r Record, target string) bool {
	n, err := strconv.Atoi(numberOf.FindString(path.Base(target)))
	return err == nil && r.Number != 0 && n == r.Number
}

// mentioned reports whether words are a number and nothing else.
func mentioned(words string) bool { return wholeNumber.MatchString(words) }

// BareTitle is a title without its number.
func BareTitle(title string) string {
	return titleNumber.ReplaceAllString(strings.TrimSpace(title), "")
}
