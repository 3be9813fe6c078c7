package object

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options bound what a store takes. Zero values stand for the defaults.
type Options struct {
	// CacheBytes is how much memory contents may take that all readers share.
	// The default is 256 MB.
	CacheBytes int64
	// MaxObject is the size in bytes above which an object is not read.
	// The default is 128 MB.
	MaxObject int64
	// Verify compares the content of every object that is asked for with its name.
	Verify bool
	// Spoil overwrites contents that were released, so that tests see a use after that.
	Spoil bool

	noMap bool // read files instead of mapping them
}

const (
	defaultCache     = 256 << 20
	defaultMaxObject = 128 << 20
)

// Store is the objects of one repository, with those of its alternates. It may be used
// by several goroutines; each has its own Reader.
type Store struct {
	options Options
	hash    int      // length of an object name in bytes
	dirs    []string // of objects: the repository's own first, then its alternates

	packs atomic.Pointer[[]*pack]
	cache *cache

	mu      sync.Mutex // over what follows
	listed  map[string]listing
	known   map[string]bool  // paths of indexes whose pack is open
	broken  map[string]error // and why another is not
	numbers uint32           // of packs, given so far
}

// listing is when a folder of packs was listed, and how old it was then.
type listing struct{ modified, at time.Time }

// Open opens the objects of a repository: gitDir is what `git rev-parse --git-dir`
// prints. It fails when the repository has no objects folder or an unknown format;
// a pack that cannot be read only fails what needs it.
func Open(gitDir string, options Options) (*Store, error) {
	if options.CacheBytes <= 0 {
		options.CacheBytes = defaultCache
	}
	if options.MaxObject <= 0 {
		options.MaxObject = defaultMaxObject
	}
	common, err := commonDir(gitDir)
	if err != nil {
		return nil, err
	}
	hash, err := hashLength(filepath.Join(common, "config"))
	if err != nil {
		return nil, err
	}
	dirs, err := objectDirs(filepath.Join(common, "objects"))
	if err != nil {
		return nil, err
	}
	s := &Store{options: options, hash: hash, dirs: dirs, cache: newCache(options.CacheBytes),
		listed: map[string]listing{}, known: map[string]bool{}, broken: map[string]error{}}
	s.cache.spoil = options.Spoil
	s.packs.Store(new([]*pack))
	s.scan(nil)
	return s, nil
}

// Close releases the files. No reader may be used from then on; contents may.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, p := range *s.packs.Swap(new([]*pack)) {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// Stats tell how the cache does.
type Stats struct {
	Hits, Misses int64 // look-ups, of objects and of bases of deltas
	Bytes        int64 // in use
}

// Stats returns the counts since Open.
func (s *Store) Stats() Stats {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	return Stats{s.cache.hits, s.cache.misses, s.cache.used}
}

// scan looks for packs that are new since seen was the list of packs, and tells
// whether there may be any. A pack that vanished stays open: what it holds is still
// right, and readers may be using it.
func (s *Store) scan(seen *[]*pack) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.packs.Load()
	if seen != nil && seen != now {
		return true // another reader has just looked
	}
	packs := slices.Clone(*now)
	for _, dir := range s.dirs {
		// Where a pack vanished between the listing and its opening, another with the
		// same objects may have come: look again.
		for again, tries := true, 0; again && tries < 10; tries++ {
			var more []*pack
			more, again = s.scanDir(filepath.Join(dir, "pack"))
			packs = append(packs, more...)
		}
	}
	if len(packs) == len(*now) {
		return false
	}
	s.packs.Store(&packs)
	return true
}

// scanDir opens the packs of a folder that are not open yet, and tells whether one was
// gone again.
func (s *Store) scanDir(dir string) (packs []*pack, gone bool) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, false
	}
	// A folder that is as it was then, and was at rest, needs no other look.
	was, ok := s.listed[dir]
	if ok && was.modified.Equal(info.ModTime()) && was.at.Sub(was.modified) > 2*time.Second {
		return nil, false
	}
	s.listed[dir] = listing{info.ModTime(), time.Now()}
	files, err := os.ReadDir(dir)
	if err != nil {
		s.broken[dir] = err
		return nil, false
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name())
		if !strings.HasSuffix(path, ".idx") || s.known[path] {
			continue
		}
		p, err := openPack(path, s.hash, !s.options.noMap)
		if errors.Is(err, os.ErrNotExist) { // gone, or an index that never had a pack
			_, err := os.Stat(path)
			gone = gone || err != nil
			continue
		}
		if err != nil {
			s.broken[path] = err
			continue
		}
		delete(s.broken, path)
		s.known[path] = true
		s.numbers++
		p.number = s.numbers
		packs = append(packs, p)
	}
	if gone {
		delete(s.listed, dir)
	}
	return packs, gone
}

// missing is the error for an object that is nowhere: if a pack could not be opened it
// may be in there.
func (s *Store) missing() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, err := range s.broken {
		return fmt.Errorf("%w, or in a pack that cannot be opened: %w", ErrMissing, err)
	}
	return ErrMissing
}
